"""Running text with the little formatting that messages allow (fritekst).

The union of what EDIFACT's FTX, OIOXML's FormattedText and plain FHIR strings can say.
"""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a run looks. The standards do not combine style with alignment."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters in one look; a line break is the character `\\n`. `fixed` asks for a fixed-width font."""

    text: str
    style: Style = Style.PLAIN
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text as a row of runs."""

    runs: tuple[Run, ...] = ()

    @classmethod
    def plain(cls, text: str) -> "Text":
        """Text without formatting."""
        return cls((Run(text),) if text else ())

    def __str__(self) -> str:
        return "".join(run.text for run in self.runs)

    def __bool__(self) -> bool:
        return any(run.text for run in self.runs)
