"""`samspil admin organisation`: a party, its kind, the location numbers it holds, and where we are lenient with it."""

from collections.abc import Iterable
from dataclasses import replace

from samspil.access.directory import Organisation, OrganisationKind
from samspil.access.organisations import (
    add_organisation,
    change_organisation,
    list_organisations,
    remove_organisation,
)
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.context import Misuse
from samspil.runtime.cli.parser import Parser
from samspil.validation.leniency import may_be_relaxed

MORE_ACTIONS = {"change": Phrase("change where we are lenient with one", da="ret, hvor vi er lempelige over for en")}
COLUMNS = ("id", "kind", "glns", "name")
LENIENT = Phrase(
    "a rule whose faults turn none of its messages away, as findings name it; may be repeated",
    da="en regel, hvis fejl ikke afviser dens meddelelser, som fund nævner den; kan gentages",
)
STRICT = Phrase(
    "a rule that counts for it again; may be repeated", da="en regel, der gælder for den igen; kan gentages"
)
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
    _declare_lenient(parser, language)


def declare_change(parser: Parser, language: Language) -> None:
    """Arguments of `change`."""
    parser.add_argument("organisation", metavar="ORGANISATION", help=WHICH.in_(language))
    _declare_lenient(parser, language)
    parser.add_argument("--strict", action="append", default=[], metavar="RULE", help=STRICT.in_(language))


def _declare_lenient(parser: Parser, language: Language) -> None:
    parser.add_argument("--lenient", action="append", default=[], metavar="RULE", help=LENIENT.in_(language))


def declare_list(parser: Parser, language: Language) -> None:
    """`list` takes nothing."""


def declare_remove(parser: Parser, language: Language) -> None:
    """Arguments of `remove`."""
    parser.add_argument("organisation", metavar="ORGANISATION", help=WHICH.in_(language))


async def add(desk: Desk) -> None:
    """Add one, and show it."""
    asked = desk.options
    made = await add_organisation(
        desk.database,
        by=desk.by,
        name=asked.name,
        kind=OrganisationKind(asked.kind),
        glns=asked.gln,
        sor=asked.sor,
        lenient=_checked(asked.lenient),
    )
    desk.tell([row(made)], COLUMNS)


async def change(desk: Desk) -> None:
    """Be lenient with one in more rules or fewer, and show it."""
    found = await desk.organisation(desk.options.organisation)
    assert found is not None
    lenient = (found.lenient | _checked(desk.options.lenient)) - set(desk.options.strict)
    changed = await change_organisation(desk.database, by=desk.by, organisation=replace(found, lenient=lenient))
    desk.tell([row(changed)], (*COLUMNS, "lenient"))


def _checked(rules: Iterable[str]) -> frozenset[str]:
    """Rules that an agreement may be about. Errors: Misuse."""
    for rule in rules:
        if not may_be_relaxed(rule):
            raise Misuse(
                f"{rule!r} is no rule to be lenient about; the findings' `rule` has its name.",
                da=f"{rule!r} er ingen regel, man kan lempe; dens navn står i fundenes `rule`.",
            )
    return frozenset(rules)


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
        "lenient": sorted(organisation.lenient),
    }
