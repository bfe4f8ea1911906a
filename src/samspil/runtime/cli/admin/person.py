"""`samspil admin person`: somebody who logs in, for one organisation or the whole site."""

from samspil.access.passwords import Passwords
from samspil.access.people import Person, add_person, list_people, remove_person, set_password
from samspil.access.rights import Role
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.admin.organisation import WHICH
from samspil.runtime.cli.context import Refused
from samspil.runtime.cli.parser import Parser

COLUMNS = ("login", "role", "organisation", "name")
LOGIN = Phrase("what they log in with", da="det, der logges ind med")
PASSWORD = Phrase("password", da="adgangskode")
PASSWORD_FROM = Phrase(
    "file with the password; - is standard input; else asked for", da="fil med adgangskoden; ellers spørges der"
)

MORE_ACTIONS = {"password": Phrase("a new password; their sessions end", da="ny adgangskode; deres sessioner ender")}


def declare_add(parser: Parser, language: Language) -> None:
    """Arguments of `add`."""
    roles = [role.value for role in Role]
    parser.add_argument("login", metavar="LOGIN", help=LOGIN.in_(language))
    parser.add_argument("--name", required=True, metavar="NAME", help=Phrase("their name", da="navn").in_(language))
    parser.add_argument("--role", required=True, choices=roles, help=Phrase("what for", da="rolle").in_(language))
    parser.add_argument("--organisation", metavar="ORGANISATION", help=WHICH.in_(language))
    parser.add_argument("--password-from", metavar="FILE", help=PASSWORD_FROM.in_(language))


def declare_list(parser: Parser, language: Language) -> None:
    """`list` takes nothing."""


def declare_remove(parser: Parser, language: Language) -> None:
    """Arguments of `remove`."""
    parser.add_argument("login", metavar="LOGIN", help=LOGIN.in_(language))


def declare_password(parser: Parser, language: Language) -> None:
    """Arguments of `password`."""
    declare_remove(parser, language)
    parser.add_argument("--password-from", metavar="FILE", help=PASSWORD_FROM.in_(language))


async def add(desk: Desk) -> None:
    """Add one, and show it."""
    asked = desk.options
    organisation = await desk.organisation(asked.organisation)
    made = await add_person(
        desk.database,
        Passwords(),
        by=desk.by,
        login=asked.login,
        name=asked.name,
        role=Role(asked.role),
        password=desk.secret(asked.password_from, PASSWORD),
        organisation=organisation.id if organisation else None,
        language=desk.context.output.language,
    )
    desk.tell([row(made)], COLUMNS)


async def list(desk: Desk) -> None:
    """Show all."""
    desk.tell([row(found) for found in await list_people(desk.database, by=desk.by)], COLUMNS)


async def remove(desk: Desk) -> None:
    """Remove one; their sessions end."""
    await remove_person(desk.database, by=desk.by, person=(await _named(desk)).id)


async def password(desk: Desk) -> None:
    """Give one a new password, as an operator does for who forgot it."""
    person, secret = await _named(desk), desk.secret(desk.options.password_from, PASSWORD)
    await set_password(desk.database, Passwords(), by=desk.by, person=person.id, password=secret)


async def _named(desk: Desk) -> Person:
    """Whoever the command line names. Errors: Refused."""
    login = desk.options.login
    for person in await list_people(desk.database, by=desk.by):
        if person.login == login:
            return person
    raise Refused(f"nobody logs in as {login!r}.", da=f"ingen logger ind som {login!r}.")


def row(person: Person) -> dict[str, object]:
    """One person as they are listed."""
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "organisation": person.organisation,
        "language": person.language,
    }
