"""`samspil route FILE`: where this site would send a message, and what would stop it. Nothing is sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from samspil.access.directory import Directory
from samspil.access.keys import SiteKey
from samspil.access.register import Register
from samspil.domain.identifiers import Gln, Unchecked
from samspil.domain.issues import Language, Phrase
from samspil.exchange.routing import Route, find_route
from samspil.formats.part import Part
from samspil.formats.readers import read_payload
from samspil.runtime.cli.context import Context, Exit, Misuse, Refused
from samspil.runtime.cli.files import Given, read_one
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import FILE, JSON
from samspil.runtime.database import site_database
from samspil.storage.database import Database
from samspil.validation.lines import Line, issue_line

TO = Phrase("as if it were to this location number", da="som om den var til dette lokationsnummer")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help=FILE.in_(language))
    parser.add_argument("--to", metavar="GLN", help=TO.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """One line for each letter; exit 1 if any has nowhere to go."""
    given, to = read_one(context.options.file), context.options.to
    if to is not None and not Gln.fits(to):
        raise Misuse(f"--to: {to} is no location number.", da=f"--to: {to} er ikke et lokationsnummer.")
    with site_database(context.settings()) as place:
        directory = asyncio.run(_directory(context, place.dsn))
    found = list(_routes(given, directory, Gln(to) if to else None))
    if not found:
        raise Refused("no message could be made out.", da="der kunne ikke læses nogen meddelelse.")
    for part, route in found:
        _tell(context, _line(context, given, part, route, directory))
    return Exit.DONE if all(route.endpoint is not None for _, route in found) else Exit.REFUSED


async def _directory(context: Context, dsn: str) -> Directory:
    settings = context.settings()
    database = await Database.open(dsn, connections=4)
    try:
        register = await Register.open(database, SiteKey.load(settings.folder, given=settings.site_key))
        return register.directory
    finally:
        await database.close()


def _routes(given: Given, directory: Directory, to: Gln | None) -> Iterator[tuple[Part, Route]]:
    for part in read_payload(given.payload)[1]:
        if part.head is not None:
            asked = part if to is None else replace(part, head=replace(part.head, receiver=to))
            yield asked, find_route(asked, directory, now=datetime.now(UTC))


def _line(context: Context, given: Given, part: Part, route: Route, directory: Directory) -> Line:
    head, endpoint = part.head, route.endpoint
    assert head is not None
    receiver = head.receiver.reveal() if isinstance(head.receiver, Unchecked) else head.receiver
    return {
        "file": given.name,
        "part": part.part,
        "standard": head.standard,
        "version": head.version,
        "receiver": receiver,
        "receiver_name": directory.name_of(receiver) if receiver else None,
        "endpoint": None if endpoint is None else endpoint.id,
        "wire": None if endpoint is None else endpoint.wire,
        "url": None if endpoint is None else endpoint.url or None,
        "issues": [issue_line(issue, language=context.output.language) for issue in route.issues],
    }


def _tell(context: Context, line: Line) -> None:
    output = context.output
    if output.json:
        output.line(line)
        return
    nowhere = output.say(Phrase("nowhere", da="ingen steder hen"))
    where = line["url"] or (output.say(Phrase("the mailbox here", da="postkassen her")) if line["wire"] else nowhere)
    output.text(f"{line['file']} [{line['part']}]: {line['receiver_name'] or '–'} ({line['receiver']}) → {where}")
    issues = line["issues"]
    assert isinstance(issues, list)
    for issue in issues:
        output.text(f"  {issue['severity']} {issue['code']}\n    {issue['message']}\n    → {issue['remedy']}")
