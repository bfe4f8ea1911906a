"""What the elements and code words of legacy letters are called in plain words.

Read from `letter_names.toml` and `letter_words.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from samspil.domain.issues import Phrase

_WORDS = re.compile(r"(?<=[a-z0-9])([A-Z])(?=[a-z])")


@cache
def letter_names() -> Mapping[str, Phrase]:
    """The elements that have a name of their own here."""
    return _table("letter_names.toml")


@cache
def letter_words() -> Mapping[str, Phrase]:
    """The words of code lists that have a meaning to be told."""
    return _table("letter_words.toml")


def _table(file: str) -> Mapping[str, Phrase]:
    text = files("samspil.catalogue").joinpath(file).read_text(encoding="utf-8")
    return MappingProxyType({name: Phrase(en, da=da) for name, (da, en) in tomllib.loads(text).items()})


def name_of(element: str) -> Phrase:
    """What an element is called; the words of its own name where nobody has named it.

    >>> str(name_of("Sender")), name_of("Sender").in_("da"), str(name_of("PersonCivilStatus"))
    ('Sender', 'Afsender', 'Person civil status')
    """
    named = letter_names().get(element)
    return named or Phrase(_WORDS.sub(lambda found: f" {found[1].lower()}", element).replace("_", " "))
