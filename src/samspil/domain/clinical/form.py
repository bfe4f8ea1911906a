"""Whatever a message says by names and values alone (skema): shown as it stands, lost by nobody.

The whole of kinds that have no shape of their own, and the rest of those that have.
"""

from dataclasses import dataclass

from samspil.domain.issues import Phrase
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True)
class Item:
    """A name with its value, or with more names below it."""

    name: str
    value: str | Text = ""
    items: "tuple[Item, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A message of names and values."""

    title: Phrase
    items: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of form it is."""
        return self.title
