"""`samspil trace MESSAGE-ID`: what happened to a message, station by station.

The id may be ours, the message's own, or that of an envelope it travelled in; whatever is known by it is listed.
"""

from typing import Any
from urllib.parse import quote

from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Refused
from samspil.runtime.cli.output import Output
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.remote import NODE, Node, Reply, node_of
from samspil.runtime.cli.send import MESSAGES, STATES
from samspil.runtime.cli.words import JSON

ID = Phrase("ours, the message's, or an envelope's id", da="vores, meddelelsens eller en kuverts id")
VERBS = {
    "receive": Phrase("receive", da="modtag"),
    "identify": Phrase("identify", da="genkend"),
    "parse": Phrase("parse", da="læs"),
    "validate": Phrase("validate", da="bedøm"),
    "route": Phrase("route", da="find vej"),
    "deliver": Phrase("deliver", da="aflevér"),
    "acknowledge": Phrase("acknowledge", da="kvittér"),
}
PASSAGES = {
    "done": ("✓", "green"),
    "waiting": ("…", "yellow"),
    "failed": ("✗", "red"),
    "not-reached": ("·", "dim"),
    "not-needed": ("–", "dim"),
}


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="MESSAGE-ID", help=ID.in_(language))
    parser.add_argument("--node", metavar="URL", help=NODE.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """One line, or one block, for each message known by the id."""
    node, asked = node_of(context), context.options.id
    found = [row["id"] for row in _ask(node.get(MESSAGES, id=asked))["messages"]]
    if not found:
        raise Refused(f"nothing is known by the id {asked!r}.", da=f"intet er kendt under id {asked!r}.")
    for identifier in found:
        trace = _trace(node, identifier)
        if context.output.json:
            context.output.line(trace)
        else:
            _show(context.output, trace)
    return Exit.DONE


def _trace(node: Node, identifier: str) -> dict[str, Any]:
    """One message's head and history."""
    path = f"{MESSAGES}/{quote(identifier)}"
    row = _ask(node.get(path))
    head = ("id", "at", "standard", "version", "message_id", "envelope_id", "sender", "receiver", "verdict", "state")
    history = _ask(node.get(f"{path}/trace"))
    return {name: row[name] for name in head} | {name: history[name] for name in ("stations", "events", "attempts")}


def _ask(reply: Reply) -> dict[str, Any]:
    """A reply that is what was asked for. Errors: Refused with what the node says instead."""
    if reply.status != 200 or not isinstance(reply.json, dict):
        raise Refused(str(reply.problem), da=str(reply.problem))
    return reply.json


def _show(output: Output, trace: dict[str, Any]) -> None:
    state = output.say(STATES.get(trace["state"], Phrase(trace["state"])))
    standard = " ".join(filter(None, (trace["standard"], trace["version"]))) or "?"
    output.text(f"{output.styled(trace['id'], 'bold')}  {standard}  {trace['sender']} → {trace['receiver']}  {state}")
    for station in trace["stations"]:
        mark, colour = PASSAGES[station["passage"]]
        verb = output.say(VERBS[station["verb"]])
        output.text(f"  {output.styled(mark, colour)} {verb:12} {station['at'] or '':32} {station['cause']}".rstrip())
    for attempt in trace["attempts"]:
        tried = output.say(Phrase("tried", da="forsøgt"))
        output.text(f"    {tried} {attempt['at']}  {attempt['code']}  {attempt['took_ms']} ms")
