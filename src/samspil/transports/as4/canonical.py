"""Text and attributes spelt as exclusive canonical XML spells them.

What we send is written in canonical form from the start, so that the bytes we hash are the bytes we write and nothing
is parsed to be signed. Source: Canonical XML 1.0, 2.3; Exclusive XML Canonicalization 1.0.
"""

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AWKWARD = re.compile("[^ !#-%'-;=?-~\u00a0-\ud7ff]")
"""What must be looked at: all that has another spelling, or that XML may not hold. Most values have none of it."""
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})


def text(value: str) -> str:
    """A value as the text of an element. Errors: ValueError for a character that XML cannot hold."""
    return _spelt(value, _IN_TEXT)


def attribute(value: str) -> str:
    """A value as an attribute's, in quotes. Errors: ValueError for a character that XML cannot hold."""
    return f'"{_spelt(value, _IN_ATTRIBUTE)}"'


def _spelt(value: str, spellings: dict[int, str]) -> str:
    if not _AWKWARD.search(value):
        return value
    if _NOT_XML.search(value):
        raise ValueError("a character that XML cannot hold")
    return value.translate(spellings)
