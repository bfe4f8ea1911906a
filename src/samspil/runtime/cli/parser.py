"""argparse in two languages, with the options that every command takes."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from samspil.domain.issues import Language, Phrase

HOME = Phrase("the site's folder (else SAMSPIL_HOME)", da="knudepunktets mappe (ellers SAMSPIL_HOME)")
LANG = Phrase("language of texts (else SAMSPIL_LANG)", da="tekstens sprog (ellers SAMSPIL_LANG)")

# argparse's own words, where they start a line or stand alone in the help.
DANISH = {
    "usage:": "brug:",
    "positional arguments:": "argumenter:",
    "options:": "muligheder:",
    "show this help message and exit": "vis denne hjælp",
}


class Parser(argparse.ArgumentParser):
    """A parser that speaks the run's language and answers a wrong use in one line and a hint."""

    def __init__(self, *, language: Language = "en", **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        self.language: Language = language

    def format_help(self) -> str:
        """The help text, argparse's own words translated."""
        return self._translated(super().format_help())

    def format_usage(self) -> str:
        """The usage line, argparse's own words translated."""
        return self._translated(super().format_usage())

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call; exit 2."""
        hint = Phrase(f"Try: {self.prog} --help", da=f"Prøv: {self.prog} --help").in_(self.language)
        sys.stderr.write(f"samspil: {message}\n{self.format_usage()}{hint}\n")
        self.exit(2)

    def _translated(self, text: str) -> str:
        if self.language == "da":
            for english, danish in DANISH.items():
                text = text.replace(english, danish)
        return text


class Version(argparse.Action):
    """`--version`: looked up only when asked for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that no other call needs

        sys.stdout.write(f"samspil {version('samspil')}\n")
        parser.exit()


def common_options(language: Language) -> Parser:
    """Options that every command takes, before or after its name."""
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", metavar="DIR", help=HOME.in_(language))
    common.add_argument("--lang", choices=("da", "en"), help=LANG.in_(language))
    return common


def add_words(
    parser: Parser, dest: str, words: Mapping[str, Phrase], language: Language, *, metavar: str = "ACTION"
) -> dict[str, Parser]:
    """Let a command take one of some words, each with arguments of its own; give their parsers."""
    choices = parser.add_subparsers(dest=dest, metavar=metavar, required=True)
    common = common_options(language)
    return {
        word: choices.add_parser(word, help=phrase.in_(language), parents=[common], language=language)
        for word, phrase in words.items()
    }
