"""`samspil identify FILE...`: what each file is, told by its content and never by its name."""

from samspil.domain.issues import Language
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.identify import identify
from samspil.formats.readers import read_parts
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.files import Given, read_each
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import FILES, JSON, describe
from samspil.validation.lines import identity_line


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=FILES.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """One line for each part of each file."""
    worst = Exit.DONE
    for given in read_each(context, context.options.files):
        worst = max(worst, Exit.MISUSE if isinstance(given, Misuse) else _tell(context, given))
    return worst


def parts_of(payload: bytes) -> list[tuple[str, Identity]]:
    """What each part of a payload is, numbered: "1", "2" …, and "1.1" for what lies in an envelope."""
    whole = identify(payload)
    if whole.parts == 1 and whole.kind is not Kind.ENVELOPE:
        return [("1", whole)]
    return [(part.part, part.identity) for part in read_parts(payload, whole)] or [("1", whole)]


def _tell(context: Context, given: Given) -> Exit:
    output, worst = context.output, Exit.DONE
    for part, identity in parts_of(given.payload):
        if identity.format is Format.UNKNOWN:
            worst = Exit.REFUSED
        if output.json:
            output.line(identity_line(identity, file=given.name, part=part))
        else:
            name = given.name if part == "1" else f"{given.name} [{part}]"
            output.text(f"{name}: {describe(identity, output.language)}")
    return worst
