"""`samspil admin organisation`: a party, its kind, and the location numbers it holds."""

from samspil.access.directory import Organisation, OrganisationKind
from samspil.access.organisations import add_organisation, list_organisations, remove_organisation
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.parser import Parser

COLUMNS = ("id", "kind", "glns", "name")
WHICH = Phrase("its id, or one of its location numbers", da="dens id eller et af dens lokationsnumre")


def declare_add(parser: Parser, language: Language) -> None:
    """Arguments of `add`."""
    kinds = [kind.value for kind in OrganisationKind]
    parser.add_argument("name", metavar="NAME", help=Phrase("its name", da="dens navn").in_(language))
    parser.add_argument(
        "--gln",
        action="append",
        required=True,
        metavar="GLN",
        help=Phrase("a location number it holds; may be repeated", da="et lokationsnummer; kan gentages").in_(language),
    )
    parser.add_argument("--kind", choices=kinds, default="other", help=Phrase("what it is", da="art").in_(language))
    parser.add_argument("--sor", metavar="CODE", help=Phrase("its SOR code", da="dens SOR-kode").in_(language))


def declare_list(parser: Parser, language: Language) -> None:
    """`list` takes nothing."""


def declare_remove(parser: Parser, language: Language) -> None:
    """Arguments of `remove`."""
    parser.add_argument("organisation", metavar="ORGANISATION", help=WHICH.in_(language))


async def add(desk: Desk) -> None:
    """Add one, and show it."""
    asked = desk.options
    made = await add_organisation(
        desk.database, by=desk.by, name=asked.name, kind=OrganisationKind(asked.kind), glns=asked.gln, sor=asked.sor
    )
    desk.tell([row(made)], COLUMNS)


async def list(desk: Desk) -> None:
    """Show all."""
    desk.tell([row(found) for found in await list_organisations(desk.database, by=desk.by)], COLUMNS)


async def remove(desk: Desk) -> None:
    """Remove one, with its endpoints, clients and people."""
    found = await desk.organisation(desk.options.organisation)
    assert found is not None
    await remove_organisation(desk.database, by=desk.by, organisation=found.id)


def row(organisation: Organisation) -> dict[str, object]:
    """One organisation as it is listed."""
    return {
        "id": organisation.id,
        "name": organisation.name,
        "kind": organisation.kind,
        "glns": organisation.glns,
        "sor": organisation.sor,
        "synthetic": organisation.synthetic,
    }
