"""`samspil convert FILE --to FORMAT`: a message in another format, and a list of what got lost on the way."""

import base64
import sys
from pathlib import Path

import msgspec

from samspil.conversion.api import TARGETS, Conversion, convert
from samspil.conversion.bridge.directory import NOBODY, Book, Directory, Listing
from samspil.conversion.losses import Output
from samspil.domain.issues import Language, Phrase, Verdict
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.files import Given, read_one
from samspil.runtime.cli.findings import finding_text
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import FILE, JSON
from samspil.validation.lines import issue_line

ENDINGS = {"edifact": "edi", "oioxml": "xml", "fhir": "json"}
TO = Phrase("the format wanted", da="det ønskede format")
VERSION = Phrase("the standard's version wanted", da="den ønskede version af standarden")
OUT = Phrase("where to write; a folder when there are several", da="hvor der skrives; en mappe, når der er flere")
REPAIR = Phrase("take EDIFACT in UTF-8 for ISO 8859-1", da="læs EDIFACT i UTF-8, som var det ISO 8859-1")
DIRECTORY = Phrase(
    "a JSON list of organisations: what FHIR asks of them and letters do not say",
    da="en JSON-liste over organisationer: hvad FHIR kræver om dem, og breve ikke siger",
)
NO_LOSS = Phrase("write nothing if anything gets lost", da="skriv intet, hvis noget går tabt")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help=FILE.in_(language))
    parser.add_argument("--to", required=True, choices=TARGETS, help=TO.in_(language))
    parser.add_argument("--version", metavar="CODE", help=VERSION.in_(language))
    parser.add_argument("--out", metavar="FILE", type=Path, help=OUT.in_(language))
    parser.add_argument("--repair", action="store_true", help=REPAIR.in_(language))
    parser.add_argument("--directory", metavar="FILE", help=DIRECTORY.in_(language))
    parser.add_argument("--no-loss", action="store_true", help=NO_LOSS.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """Convert, write, and tell losses and findings beside it."""
    asked = context.options
    given = read_one(asked.file)
    directory = _directory(asked.directory)
    result = convert(given.payload, to=asked.to, version=asked.version, repair=asked.repair, directory=directory)
    withheld = asked.no_loss and bool(result.losses)
    written = [] if withheld else _write(context, result.outputs)
    _tell(context, given, result, written)
    well = bool(result.outputs) and not withheld and result.report.verdict is Verdict.ACCEPTED
    return Exit.DONE if well else Exit.REFUSED


def _directory(file: str | None) -> Directory:
    """The organisations of a file. Errors: Misuse for a file that lists none."""
    if file is None:
        return NOBODY
    try:
        return Book(msgspec.json.decode(read_one(file).payload, type=list[Listing]))
    except msgspec.MsgspecError as problem:
        raise Misuse(f"{file}: no list of organisations: {problem}", da=f"{file}: {problem}") from None


def _write(context: Context, outputs: tuple[Output, ...]) -> list[dict[str, object]]:
    """Write each output where it was asked for; give the contract's rows. Errors: Misuse."""
    out: Path | None = context.options.out
    if out is None and not context.output.json and outputs:
        context.output.bytes(_for_stdout(outputs))
    rows: list[dict[str, object]] = []
    for number, output in enumerate(outputs, 1):
        row: dict[str, object] = {"standard": output.standard, "version": output.version}
        if out is None:
            row["base64"] = base64.b64encode(output.payload).decode()
        else:
            name = f"{number}-{output.standard}.{ENDINGS[context.options.to]}"
            row["path"] = str(_save(out / name if len(outputs) > 1 else out, output.payload))
        rows.append(row)
    return rows


def _save(file: Path, payload: bytes) -> Path:
    """Errors: Misuse for a place that cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(payload)
    except OSError as problem:
        raise Misuse(
            f"cannot write {file}: {problem.strerror}", da=f"kan ikke skrive {file}: {problem.strerror}"
        ) from None
    return file


def _for_stdout(outputs: tuple[Output, ...]) -> bytes:
    """The one output, unless a terminal would be spoilt by it. Errors: Misuse."""
    first, *others = outputs
    if others:
        raise Misuse("several outputs: name a folder with --out.", da="flere uddata: nævn en mappe med --out.")
    payload = first.payload
    if sys.stdout.isatty() and not _is_text(payload):
        raise Misuse("the output is binary: name a file with --out.", da="uddata er binære: nævn en fil med --out.")
    return payload


def _is_text(payload: bytes) -> bool:
    text = payload[:65_536].decode("latin-1")
    return all(character.isprintable() or character in "\r\n\t" for character in text)


def _tell(context: Context, given: Given, result: Conversion, written: list[dict[str, object]]) -> None:
    """One JSON line; or losses and findings on stderr, so that stdout holds the output alone."""
    output = context.output
    if output.json:
        output.line(
            {
                "file": given.name,
                "from": result.source,
                "verdict": result.report.verdict,
                "losses": [{"path": loss.path, "reason": output.say(loss.reason)} for loss in result.losses],
                "outputs": written,
                "issues": [issue_line(issue, language=output.language) for issue in result.report.issues],
            }
        )
        return
    lost = output.say(Phrase("lost", da="tabt"))
    for loss in result.losses:
        output.note(f"{lost}: {loss.path}: {output.say(loss.reason)}")
    for issue in result.report.worst_first:
        output.note(finding_text(issue, given.payload, output))
