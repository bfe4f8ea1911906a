"""What commands write: JSON lines or text on stdout, everything said to a person beside it on stderr.

Progress is drawn on terminals only. Text is coloured on terminals only, and never with NO_COLOR.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeVar

import orjson

from samspil.domain.issues import Language, Phrase

T = TypeVar("T")

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34"}
_PROGRESS_AFTER_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where one run writes, in which language, and whether as JSON."""

    language: Language
    json: bool = False

    def say(self, phrase: Phrase) -> str:
        """A phrase in this run's language."""
        return phrase.in_(self.language)

    def line(self, row: Mapping[str, object]) -> None:
        """One JSON object as a line on stdout."""
        sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()

    def text(self, text: str) -> None:
        """A line of text on stdout. Characters that the terminal's encoding lacks become '?'."""
        _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """A line beside the result, on stderr."""
        _write(sys.stderr, text)

    def complain(self, phrase: Phrase) -> None:
        """One sentence on stderr, with the program's name."""
        self.note(f"samspil: {self.say(phrase)}")

    def bytes(self, payload: bytes) -> None:
        """Bytes as they are on stdout."""
        sys.stdout.buffer.write(payload)
        sys.stdout.buffer.flush()

    def styled(self, text: str, *styles: str) -> str:
        """The text in a colour or weight, on a terminal that may show it."""
        if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows in columns as wide as their widest cell, the last one free."""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.text("  ".join(cells).rstrip())

    def progress(self, items: Sequence[T], label: Phrase) -> Iterator[T]:
        """Give the items one by one, and draw how far it is where a person would otherwise wait in the dark."""
        yield from _draw(items, len(items), self.say(label)) if sys.stderr.isatty() else items


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(f"{text}\n".encode(encoding, errors="replace").decode(encoding))
    stream.flush()


def _draw(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    began, drawn = time.monotonic(), 0.0
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - began > _PROGRESS_AFTER_SECONDS and now - drawn > 0.1:
            sys.stderr.write(f"\r{label} {done}/{total}")
            sys.stderr.flush()
            drawn = now
        yield item
    if drawn:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
