"""Identifiers of envelopes and letters: fourteen characters at most, where others have thirty-six."""

from uuid import UUID

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTH = 14


def short_id(source: UUID) -> str:
    """An identifier of the length that letters allow, from one that is longer."""
    rest, digits = source.int % len(_DIGITS) ** _LENGTH, ""
    while len(digits) < _LENGTH:
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
