"""`samspil test [ARGS]`: pytest over a checkout's tests, as README and .ci/run call it."""

import importlib.util
import os
import sys
from pathlib import Path

from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Misuse
from samspil.runtime.cli.parser import Parser

ARGUMENTS = Phrase("handed to pytest as they are", da="gives videre til pytest, som de er")
HANDS_ON = True
"""What follows the command is pytest's, options and all."""
CHECKOUT = Path(__file__).parents[4]


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("arguments", nargs="*", metavar="ARGS", help=ARGUMENTS.in_(language))


def run(context: Context) -> int:
    """Become pytest, in the checkout's root."""
    if not (CHECKOUT / "tests").is_dir():
        raise Misuse("test works in a checkout, where the tests lie.", da="test virker i en arbejdskopi med testene.")
    if importlib.util.find_spec("pytest") is None:
        raise Misuse("pytest is missing; ./samspil test installs it.", da="pytest mangler; ./samspil test henter det.")
    os.chdir(CHECKOUT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.options.arguments])  # noqa: S606 - that is the job
