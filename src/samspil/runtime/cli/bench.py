"""`samspil bench [NAME...]`: measure, and print each figure beside its peer's."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.parser import Parser
from samspil.runtime.cli.words import JSON

# By name, as the command itself was found: benchmarks stand beside the command line, not below it.
benchmarks = import_module("samspil.benchmarks")

NAMES = Phrase("which; without it all", da="hvilke; ellers alle")
DATA = Phrase("also measure the official data in DIR", da="mål også de officielle data i DIR")
STORED = Phrase(
    "measure the exchange also with N messages stored before",
    da="mål også udvekslingen med N meddelelser gemt i forvejen",
)
SECONDS = Phrase("how long a load lasts after its warm-up", da="hvor længe en belastning varer efter opvarmning")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=NAMES.in_(language))
    parser.add_argument("--data", metavar="DIR", type=Path, help=DATA.in_(language))
    parser.add_argument("--seconds", metavar="N", type=float, default=120.0, help=SECONDS.in_(language))
    parser.add_argument("--stored", metavar="N", type=int, default=0, help=STORED.in_(language))
    parser.add_argument("--json", action="store_true", help=JSON.in_(language))


def run(context: Context) -> int:
    """One line for each figure, as soon as it is known."""
    asked = context.options
    for name in asked.names:
        if name not in benchmarks.BENCHMARKS:
            known = ", ".join(benchmarks.BENCHMARKS)
            raise Misuse(
                f"no benchmark is called {name!r}; there are {known}", da=f"{name!r} findes ikke; der er {known}"
            )
    if asked.data is not None and not asked.data.is_dir():
        raise Misuse(f"--data: no such folder: {asked.data}", da=f"--data: mappen findes ikke: {asked.data}")
    options = benchmarks.Options(
        seconds=asked.seconds,
        warm_up=min(20.0, asked.seconds / 6),
        data=asked.data,
        stored=asked.stored,
        tell=context.output.note if sys.stderr.isatty() else lambda text: None,
    )
    for name in asked.names or benchmarks.BENCHMARKS:
        for figure in benchmarks.run(name, options):
            _tell(context, name, figure)
    return Exit.DONE


def _tell(context: Context, name: str, figure: Any) -> None:
    if context.output.json:
        context.output.line(
            {
                "benchmark": name,
                "what": figure.what,
                "by": figure.by,
                "value": figure.value,
                "unit": figure.unit,
                "note": figure.note,
            }
        )
        return
    digits = 2 if figure.value < 10 else 1 if figure.value < 1000 else 0
    number = f"{figure.value:,.{digits}f}"
    note = f"  {figure.note}" if figure.note else ""
    context.output.text(f"{name:9} {figure.what:48} {number:>12} {figure.unit:10} {figure.by}{note}".rstrip())
