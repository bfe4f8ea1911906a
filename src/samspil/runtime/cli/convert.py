"""`samspil convert FILE --to FORMAT`: a message in another format, and a list of what got lost on the way."""

import base64
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Misuse, Refused
from samspil.runtime.cli.files import Given, read_one
from samspil.runtime.cli.findings import finding_text
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import FILE, JSON

API = "samspil.conversion.api"
FORMATS = ("edifact", "oioxml", "fhir")
ENDINGS = {"edifact": "edi", "oioxml": "xml", "fhir": "json"}
TO = Phrase("the format wanted", da="det ønskede format")
VERSION = Phrase("the standard's version wanted", da="den ønskede version af standarden")
OUT = Phrase("where to write; a folder when there are several", da="hvor der skrives; en mappe, når der er flere")
NO_LOSS = Phrase("write nothing if anything gets lost", da="skriv intet, hvis noget går tabt")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help=FILE.in_(language))
    parser.add_argument("--to", required=True, choices=FORMATS, help=TO.in_(language))
    parser.add_argument("--version", metavar="CODE", help=VERSION.in_(language))
    parser.add_argument("--out", metavar="FILE", type=Path, help=OUT.in_(language))
    parser.add_argument("--no-loss", action="store_true", help=NO_LOSS.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """Convert, write, and tell losses and findings beside it."""
    asked = context.options
    given = read_one(asked.file)
    if find_spec(API) is None:
        raise Refused(
            "this version of samspil converts nothing yet.", da="denne version af samspil omsætter intet endnu."
        )
    result = import_module(API).convert(given.payload, to=asked.to, version=asked.version)
    refused = not result.outputs or (asked.no_loss and bool(result.losses))
    written = [] if refused else _write(context, result.outputs)
    if context.output.json:
        context.output.line(_line(given, result, written))
    else:
        _tell(context, given, result)
    return Exit.REFUSED if refused else Exit.DONE


def _write(context: Context, outputs: Any) -> list[dict[str, object]]:
    """Write each output where it was asked for; give the contract's rows. Errors: Misuse."""
    out: Path | None = context.options.out
    if out is None and not context.output.json:
        _to_stdout(context, outputs)
    rows: list[dict[str, object]] = []
    for number, output in enumerate(outputs, 1):
        row: dict[str, object] = {"standard": output.standard, "version": output.version}
        if out is None:
            row["base64"] = base64.b64encode(output.payload).decode()
        else:
            file = out / f"{number}-{output.standard}.{ENDINGS[context.options.to]}" if len(outputs) > 1 else out
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.payload)
            row["path"] = str(file)
        rows.append(row)
    return rows


def _to_stdout(context: Context, outputs: Any) -> None:
    """Raw bytes, unless a terminal would be spoilt by them. Errors: Misuse."""
    if len(outputs) != 1:
        raise Misuse("several outputs: name a folder with --out.", da="flere uddata: nævn en mappe med --out.")
    payload: bytes = outputs[0].payload
    if sys.stdout.isatty() and not _is_text(payload):
        raise Misuse("the output is binary: name a file with --out.", da="uddata er binære: nævn en fil med --out.")
    context.output.bytes(payload)


def _is_text(payload: bytes) -> bool:
    text = payload.decode("utf-8", "replace")
    return all(character.isprintable() or character in "\r\n\t" for character in text[:65_536])


def _line(given: Given, result: Any, written: list[dict[str, object]]) -> dict[str, object]:
    losses = [{"path": loss.path, "reason": str(loss.reason)} for loss in result.losses]
    identity = given.name
    return {
        "file": identity,
        "from": result.source,
        "verdict": result.report.verdict,
        "losses": losses,
        "outputs": written,
    }


def _tell(context: Context, given: Given, result: Any) -> None:
    """Losses and findings on stderr, so that stdout holds the output alone."""
    output = context.output
    lost = output.say(Phrase("lost", da="tabt"))
    for loss in result.losses:
        output.note(f"{lost}: {loss.path}: {output.say(loss.reason)}")
    for issue in result.report.worst_first:
        output.note(finding_text(issue, given.payload, output))
