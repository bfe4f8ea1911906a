"""`samspil validate FILE...`: the verdict on each message, and every finding with its place and remedy."""

from pathlib import Path

from samspil.domain.issues import Language, Phrase, Verdict
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.files import Given, read_each
from samspil.runtime.cli.findings import count, finding_text
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import FILES, JSON, VERDICTS, describe
from samspil.validation.judge import Examination, examine
from samspil.validation.lines import verdict_line

PACKAGES = Phrase(
    "judge by the FHIR packages in DIR instead; `installed`: by those added to the site",
    da="bedøm efter FHIR-pakkerne i DIR i stedet; `installed`: efter dem, der er føjet til knudepunktet",
)
INSTALLED = "installed"
SCHEMAS = Phrase(
    "judge OIOXML also by the XML schemas in DIR; `installed`: by those added to the site",
    da="bedøm også OIOXML efter XML-skemaerne i DIR; `installed`: efter dem, der er føjet til knudepunktet",
)


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=FILES.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))
    parser.add_argument("--packages", dest="packages_from", metavar="DIR", help=PACKAGES.in_(language))
    parser.add_argument("--schemas", dest="schemas_from", metavar="DIR", help=SCHEMAS.in_(language))


def run(context: Context) -> int:
    """One line for each part of each file, findings below it."""
    rules = load_rules(context)
    worst = Exit.DONE
    for given in read_each(context, context.options.files):
        if isinstance(given, Misuse):
            worst = Exit.MISUSE
            continue
        examination = examine(given.payload, **rules)
        tell(context, given, examination)
        if examination.report.verdict is not Verdict.ACCEPTED:
            worst = max(worst, Exit.REFUSED)
    return worst


def load_rules(context: Context) -> dict[str, object]:
    """The packages and schemas named by options, loaded once for all files.

    Errors: Misuse for a folder that is not there, or from which nothing can be loaded.
    """
    from samspil.validation import api  # noqa: PLC0415 - only who names a folder waits for its loader

    asked = {"packages": context.options.packages_from, "schemas": context.options.schemas_from}
    rules: dict[str, object] = {}
    for name, named in asked.items():
        if named is None:
            continue
        folder = _installed(context, name) if named == INSTALLED else Path(named)
        if not folder.is_dir():
            raise Misuse(f"--{name}: no such folder: {folder}", da=f"--{name}: mappen findes ikke: {folder}")
        try:
            if name == "packages":
                rules[name] = api.load_packages(folder, cache=context.settings().packages_cache)
            else:
                rules[name] = api.load_schemas(folder)
        except ValueError as problem:
            raise Misuse(f"--{name}: {problem}", da=f"--{name}: {problem}") from None
    return rules


def _installed(context: Context, name: str) -> Path:
    """The folder of what was added to the site. Errors: Misuse, where schemas are not what they were."""
    settings = context.settings()
    if name == "packages":
        return settings.packages_folder
    from samspil.catalogue.schema_store import SchemaSetError, SchemaStore  # noqa: PLC0415 - as above

    try:
        return SchemaStore(settings.schemas_folder).verified()
    except SchemaSetError as problem:
        raise Misuse(f"--schemas: {problem}", da=f"--schemas: {problem}") from None


def tell(context: Context, given: Given, examination: Examination) -> None:
    """Write the verdicts on one file."""
    output = context.output
    for part, report in examination.by_part():
        if output.json:
            row = verdict_line(part.identity, report, file=given.name, part=part.part, language=output.language)
            output.line(row)
            continue
        name = given.name if part.part == "1" else f"{given.name} [{part.part}]"
        word, colour = VERDICTS[report.verdict]
        verdict = output.styled(output.say(word), "bold", colour)
        about = ", ".join((describe(part.identity, output.language), count(report, output.language)))
        output.text(f"{name}: {verdict} ({about})")
        for issue in report.worst_first:
            output.text(finding_text(issue, part.payload, output))
