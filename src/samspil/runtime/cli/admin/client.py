"""`samspil admin client`: another system, known by a token that is shown once, or by its certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from samspil.access.clients import Client, add_client, list_clients, remove_client, renew_token
from samspil.access.rights import CLIENT_RIGHTS, Right
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.admin.organisation import WHICH
from samspil.runtime.cli.parser import Parser

COLUMNS = ("id", "rights", "organisation", "expires_at", "name")
USUAL = (Right.SEND, Right.READ, Right.OPEN, Right.CHECK)
TEXTS = {
    "organisation": WHICH,
    "right": Phrase(
        f"a right; may be repeated (else {', '.join(USUAL)})", da=f"en ret; kan gentages (ellers {', '.join(USUAL)})"
    ),
    "certificate": Phrase("file with its certificate, or its SHA-256", da="fil med certifikatet, eller dets SHA-256"),
    "days": Phrase("ends after so many days", da="ophører efter så mange dage"),
}

MORE_ACTIONS = {"renew": Phrase("a new token; the old one ends", da="ny nøgle; den gamle ophører")}


def declare_add(parser: Parser, language: Language) -> None:
    """Arguments of `add`."""
    texts = {name: phrase.in_(language) for name, phrase in TEXTS.items()}
    rights = sorted(right.value for right in CLIENT_RIGHTS)
    parser.add_argument("name", metavar="NAME", help=Phrase("what it is called", da="dens navn").in_(language))
    parser.add_argument("--organisation", metavar="ORGANISATION", help=texts["organisation"])
    parser.add_argument("--right", action="append", choices=rights, help=texts["right"])
    parser.add_argument("--certificate", metavar="FILE", help=texts["certificate"])
    parser.add_argument("--days", metavar="N", type=int, help=texts["days"])


def declare_list(parser: Parser, language: Language) -> None:
    """`list` takes nothing."""


def declare_remove(parser: Parser, language: Language) -> None:
    """Arguments of `remove`."""
    parser.add_argument("id", metavar="ID", help=Phrase("the client's id", da="klientens id").in_(language))


def declare_renew(parser: Parser, language: Language) -> None:
    """Arguments of `renew`."""
    declare_remove(parser, language)


async def add(desk: Desk) -> None:
    """Add one; its token is the only thing on stdout, or beside its row in JSON. A certificate needs no token."""
    asked = desk.options
    organisation = await desk.organisation(asked.organisation)
    made, token = await add_client(
        desk.database,
        by=desk.by,
        name=asked.name,
        rights=[Right(right) for right in asked.right or USUAL],
        organisation=organisation.id if organisation else None,
        token=asked.certificate is None,
        certificate=_certificate(asked.certificate),
        expires_at=None if asked.days is None else datetime.now(UTC) + timedelta(days=asked.days),
    )
    if token is None:
        desk.tell([row(made)], COLUMNS)
    else:
        _show_token(desk, {**row(made), "token": token})


async def renew(desk: Desk) -> None:
    """Give one a new token, shown as `add` shows it."""
    client = desk.identifier()
    _show_token(desk, {"id": client, "token": await renew_token(desk.database, by=desk.by, client=client)})


async def list(desk: Desk) -> None:
    """Show all."""
    desk.tell([row(found) for found in await list_clients(desk.database, by=desk.by)], COLUMNS)


async def remove(desk: Desk) -> None:
    """End one: its credentials are refused within two seconds."""
    await remove_client(desk.database, by=desk.by, client=desk.identifier())


def row(client: Client) -> dict[str, object]:
    """One client as it is listed."""
    return {
        "id": client.id,
        "name": client.name,
        "organisation": client.organisation,
        "rights": sorted(client.rights),
        "has_token": client.has_token,
        "certificate": client.certificate,
        "expires_at": client.expires_at,
    }


def _show_token(desk: Desk, made: dict[str, object]) -> None:
    output = desk.context.output
    if output.json:
        output.line(made)
        return
    output.note(output.say(Phrase("Its token, shown only now:", da="Dens nøgle, der kun vises nu:")))
    output.text(str(made["token"]))


def _certificate(named: str | None) -> bytes | str | None:
    """A file's content, or the digits themselves."""
    if named is None:
        return None
    return Path(named).read_bytes() if Path(named).is_file() else named
