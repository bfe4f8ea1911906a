"""An interchange around written letters: UNB, UNZ, and nothing that ISO 8859-1 cannot say.

Source: ISO 9735 syntax version 3; MedCom's EDIFACT profile.
"""

import re
from collections.abc import Sequence

from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, encoded, trimmed
from samspil.formats.edifact.writer import object_marks
from samspil.formats.encoding import sniff
from samspil.formats.letters.letter import Dispatch

REPLACEMENTS = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "-",
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2026": "...",
    "\u2264": "<=", "\u2265": ">=", "\u20ac": "EUR", "\u2192": "->", "\u200b": "", "\ufeff": "",
}  # fmt: skip
"""Typographic characters and what says the same in ISO 8859-1. Letters of names are never replaced."""
_BEGINNING = re.compile(r"\s*UN[AB]")
_REPLACED = str.maketrans(REPLACEMENTS)


def write_interchange(
    dispatch: Dispatch, units: Sequence[str], objects: Sequence[bytes] = (), *, receipts: bool = False
) -> bytes:
    """The bytes of an interchange with these letters. Errors: UnicodeEncodeError for a character it cannot carry."""
    acknowledgement = "" if receipts else "1" if dispatch.receipt_wanted else "0"
    day, time = dispatch.day[2:].replace("-", ""), dispatch.time[:5].replace(":", "")
    header = (
        f"UNOC{COMPONENT}3",
        f"{dispatch.sender}{COMPONENT}14",
        f"{dispatch.receiver}{COMPONENT}14",
        f"{day}{COMPONENT}{time}",
        dispatch.identifier,
        "",
        "",
        "",
        acknowledgement,
    )
    trailer = ELEMENT.join(("UNZ", str(len(units)), dispatch.identifier))
    opening = trimmed(f"{ELEMENT.join(('UNB', *header))}{END}")
    text = f"{opening}{''.join(units)}{trailer}{END}"
    if objects:
        text = object_marks(text)
    if not text.isascii():
        text = fitting(text)
    return encoded(text, tuple(objects))


def fitting(text: str) -> str:
    """The text with typographic characters replaced, if any need it."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.translate(_REPLACED)
    return text


def repaired(payload: bytes) -> bytes | None:
    """An interchange that came as UTF-8 or UTF-16 in ISO 8859-1; None for any other payload, or if it cannot be."""
    encoding = sniff(payload)
    if payload.isascii() and encoding.is_utf8:
        return None
    try:
        text = payload[encoding.mark_bytes :].decode(encoding.codec)
        return fitting(text).encode("latin-1") if _BEGINNING.match(text) else None
    except UnicodeError:
        return None
