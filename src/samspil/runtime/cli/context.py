"""What a command is given: its options, where to write, and the settings if it needs them."""

import argparse
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from samspil.domain.issues import Phrase
from samspil.runtime.cli.output import Output

if TYPE_CHECKING:
    from samspil.runtime.settings import Settings


class Exit(IntEnum):
    """Exit codes; of several files the highest counts."""

    DONE = 0
    REFUSED = 1
    MISUSE = 2
    UNREACHABLE = 3


class Stop(Exception):
    """The command ends here, with one sentence for the person who gave it."""

    code = Exit.REFUSED

    def __init__(self, en: str, *, da: str) -> None:
        super().__init__(en)
        self.phrase = Phrase(en, da=da)


class Misuse(Stop):
    """The command was used wrongly; the sentence says how to use it rightly."""

    code = Exit.MISUSE


class Refused(Stop):
    """The answer is no, or there is nothing of that name."""


class Unanswered(Stop):
    """A node or database does not answer."""

    code = Exit.UNREACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run of one command."""

    options: argparse.Namespace
    output: Output

    def settings(self) -> "Settings":
        """The settings, read from this run's options and the environment. Errors: Misuse for a bad value."""
        from samspil.runtime import settings  # noqa: PLC0415 - identify and validate start without msgspec

        try:
            return settings.load(vars(self.options) | {"lang": self.output.language})
        except settings.BadSetting as problem:
            raise Misuse(f"{problem}.", da=f"{problem}.") from None
