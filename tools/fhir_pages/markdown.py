"""The little markdown that the pages need."""

import re
from collections.abc import Iterable, Sequence

WRITTEN = "<!-- Written by tools/fhir_pages from the program's own tables; do not edit. -->\n\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing if it has no rows."""
    lines = list(rows)
    if not lines:
        return ""
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in (head, ["---"] * len(head), *lines)) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def code(text: str) -> str:
    """Text as it is written in a message."""
    return f"`{text}`" if text else ""


def link(text: str, file: str) -> str:
    """A link to another page."""
    return f"[{text}]({file})"


def example(phrase: str) -> str:
    """A finding's sentence with its open places in italics."""
    return re.sub(r"{(\w+)}", r"*\1*", phrase)
