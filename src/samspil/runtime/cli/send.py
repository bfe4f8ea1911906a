"""`samspil send FILE [--wait]`: hand a message to a node, and if asked wait for what its receiver says.

The bytes go as they are. `--from` and `--to` change nothing in them: they are a promise that the message is from and
to whom you think, and it is not sent when they differ.
"""

import sys
import time
from collections.abc import Iterable
from typing import Any

from samspil.domain.identifiers import Unchecked
from samspil.domain.issues import Language, Phrase
from samspil.formats.readers import read_payload
from samspil.runtime.cli.context import Context, Exit, Refused
from samspil.runtime.cli.files import Given, read_one
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.remote import NODE, Node, Reply, node_of
from samspil.runtime.cli.words import FILE, JSON

FROM = Phrase("send only if the message is from this number", da="send kun, hvis meddelelsen er fra dette nummer")
TO = Phrase("send only if the message is to this number", da="send kun, hvis meddelelsen er til dette nummer")
WAIT = Phrase("wait for the receiver's acknowledgement", da="vent på modtagerens kvittering")
TIMEOUT = Phrase("how long to wait, in seconds", da="hvor længe der ventes, i sekunder")
MESSAGES = "/exchange/messages"
LOOK_SECONDS = 0.25

STATES = {
    "waiting": Phrase("on its way", da="på vej"),
    "retrying": Phrase("tried, to be tried again", da="forsøgt, forsøges igen"),
    "delivered": Phrase("delivered", da="leveret"),
    "settled": Phrase("delivered, no acknowledgement awaited", da="leveret, ingen kvittering ventes"),
    "acknowledged": Phrase("acknowledged", da="kvitteret"),
    "declined": Phrase("declined by its receiver", da="afvist af modtageren"),
    "refused": Phrase("refused by the node", da="afvist af knudepunktet"),
    "unconfirmed": Phrase("never acknowledged", da="aldrig kvitteret"),
    "dead": Phrase("set aside for a person", da="lagt til side til en person"),
    "returned": Phrase("returned to its sender", da="returneret til afsenderen"),
}
WELL = frozenset({"acknowledged", "settled"})
ILL = frozenset({"declined", "refused", "unconfirmed", "dead", "returned"})


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help=FILE.in_(language))
    parser.add_argument("--from", dest="sender", metavar="GLN", help=FROM.in_(language))
    parser.add_argument("--to", dest="receiver", metavar="GLN", help=TO.in_(language))
    parser.add_argument("--node", metavar="URL", help=NODE.in_(language))
    parser.add_argument("--wait", action="store_true", help=WAIT.in_(language))
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=120.0, help=TIMEOUT.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """Send, tell the answer, and wait if asked."""
    asked = context.options
    given = read_one(asked.file)
    _check_parties(given, sender=asked.sender, receiver=asked.receiver)
    node = node_of(context)
    reply = node.post(MESSAGES, given.payload)
    answer = reply.json if isinstance(reply.json, dict) else {}
    if not answer.get("id"):
        raise Refused(str(reply.problem), da=str(reply.problem))
    taken = reply.status < 300
    if asked.wait and taken:
        answer["states"] = _wait(node, answer, asked.timeout)
        taken = all(state in WELL for state in answer["states"].values())
    _tell(context, given, reply, answer)
    return Exit.DONE if taken else Exit.REFUSED


def _check_parties(given: Given, *, sender: str | None, receiver: str | None) -> None:
    """Errors: Refused if a letter is from or to somebody else."""
    heads = [part.head for part in read_payload(given.payload)[1] if part.head is not None]
    for wanted, found in ((sender, [head.sender for head in heads]), (receiver, [head.receiver for head in heads])):
        if wanted is not None and any(_text(party) != wanted for party in found):
            others = ", ".join(sorted({_text(party) or "–" for party in found}))
            raise Refused(
                f"not sent: the message says {others}, not {wanted}.",
                da=f"ikke sendt: meddelelsen siger {others}, ikke {wanted}.",
            )


def _text(party: object) -> str:
    return party.reveal() if isinstance(party, Unchecked) else str(party or "")


def _wait(node: Node, answer: dict[str, Any], seconds: float) -> dict[str, str]:
    """The state of each accepted letter once it is settled, or when time is up."""
    letters = [part["id"] for part in answer["parts"] if part["verdict"] == "accepted"] or [answer["id"]]
    states: dict[str, str] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        states = {letter: _state(node.get(f"{MESSAGES}/{letter}")) for letter in letters}
        _draw(states.values())
        if all(state in WELL | ILL for state in states.values()):
            break
        time.sleep(LOOK_SECONDS)
    return states


def _state(reply: Reply) -> str:
    """A letter's state; "settled" when it is delivered and no acknowledgement is awaited."""
    found = reply.json if isinstance(reply.json, dict) else {}
    if "state" not in found:
        raise Refused(str(reply.problem), da=str(reply.problem))
    return "settled" if found["state"] == "delivered" and found.get("awaited") is None else found["state"]


def _draw(states: Iterable[str]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{', '.join(states)} ")
        sys.stderr.flush()


def _tell(context: Context, given: Given, reply: Reply, answer: dict[str, Any]) -> None:
    output = context.output
    if sys.stderr.isatty() and context.options.wait:
        sys.stderr.write("\r\x1b[K")
    if output.json:
        output.line({"file": given.name, "status": reply.status, **answer})
        return
    output.text(f"{given.name}: {answer['verdict']} ({reply.status}) {answer['id']}")
    for issue in answer.get("issues", ()):
        output.text(f"  {issue['severity']} {issue['code']}  {issue['where']}\n    {issue['message']}")
        output.text(f"    → {issue['remedy']}")
    for letter, state in answer.get("states", {}).items():
        output.text(f"  {letter}: {output.say(STATES[state])}")
