"""`samspil identify FILE...`: what each file is, told by its content and never by its name."""

from samspil.domain.issues import Language, Phrase
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.identify import identify
from samspil.formats.readers import read_parts
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.files import Given, read_each
from samspil.runtime.cli.parser import Parser
from samspil.validation.lines import identity_line

FILES = Phrase("files of any format; - is standard input", da="filer i ethvert format; - er standard input")
JSON = Phrase("one JSON object a line", da="ét JSON-objekt pr. linje")


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


def describe(identity: Identity, language: Language) -> str:
    """An identity in a few words: the standard and version if known, what it is for, how it is spelt."""
    if identity.format is Format.UNKNOWN:
        return Phrase("unknown", da="ukendt").in_(language)
    standard = " ".join(filter(None, (identity.standard, identity.version)))
    kind = "" if identity.kind is None else KINDS[identity.kind].in_(language)
    return ", ".join(filter(None, (standard, kind, identity.format.value)))


KINDS = {
    Kind.MESSAGE: Phrase("message", da="meddelelse"),
    Kind.DOCUMENT: Phrase("document", da="dokument"),
    Kind.RECEIPT: Phrase("receipt", da="kvittering"),
    Kind.ENVELOPE: Phrase("envelope", da="kuvert"),
    Kind.OTHER: Phrase("other", da="andet"),
}
