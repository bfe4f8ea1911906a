"""`samspil standards [ID]`: the kinds of message and document that are known, with their versions."""

from samspil.catalogue.standards import Standard, find_standard, standards
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Refused
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import JSON, KINDS
from samspil.validation.lines import standard_line

ID = Phrase("a standard's name, such as DIS91; without it all", da="en standards navn, fx DIS91; uden det vises alle")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("id", nargs="?", metavar="ID", help=ID.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """All standards, a line each; or one, whole."""
    output, asked = context.output, context.options.id
    found = standards() if asked is None else (_find(asked),)
    if output.json:
        for standard in found:
            output.line(standard_line(standard))
    elif asked is None:
        output.table([[row.id, output.say(row.name), _versions(row)] for row in found])
    else:
        _show(context, found[0])
    return Exit.DONE


def _find(name: str) -> Standard:
    standard = find_standard(name)
    if standard is None:
        raise Refused(f"no standard is called {name!r}", da=f"ingen standard hedder {name!r}")
    return standard


def _show(context: Context, standard: Standard) -> None:
    say = context.output.say
    rows = [
        [say(Phrase("name", da="navn")), say(standard.name)],
        [say(Phrase("kind", da="art")), say(KINDS[standard.kind])],
        [say(Phrase("flow", da="vej")), say(standard.flow)],
        [say(Phrase("versions", da="versioner")), _versions(standard)],
        [say(Phrase("receipt", da="kvittering")), say(RECEIPTS[standard.receipt])],
        [say(Phrase("successor", da="efterfølger")), standard.successor or "–"],
    ]
    context.output.text(context.output.styled(standard.id, "bold"))
    context.output.table(rows)


RECEIPTS = {
    "always": Phrase("always", da="altid"),
    "on-request": Phrase("on request", da="når den ønskes"),
    "never": Phrase("never", da="aldrig"),
}


def _versions(standard: Standard) -> str:
    """The versions by syntax; one that has several namespaces stands once."""
    spelt = {
        syntax: dict.fromkeys(version.code for version in standard.versions if version.syntax is syntax)
        for syntax in standard.syntaxes
    }
    return "; ".join(f"{syntax} {', '.join(codes)}" for syntax, codes in spelt.items())
