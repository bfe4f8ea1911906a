"""What a reader noticed, before anybody asks for sentences and places.

A fault is cheap: a code, a place in the reader's own coordinates and a few facts. The letter it belongs to turns it
into a finding. Facts never hold a person's data.
"""

import re
from typing import NamedTuple


class Fault(NamedTuple):
    """One fault. `where` is an offset in marked text (EDIFACT), an element (OIOXML), or a path in the tree."""

    code: str
    where: object
    facts: tuple[tuple[str, str], ...] = ()


_HARMLESS = re.compile(r"[A-Z0-9:+*]{1,6}")


def shown(value: str) -> str:
    """A code as it may be shown: what is longer than codes are could be anything, a name or a number of a person."""
    return value if _HARMLESS.fullmatch(value) else "…"


class Unclean(Exception):
    """A letter, or a value in it, is not quite as its table says: the quick way ends, and a slower one says why."""
