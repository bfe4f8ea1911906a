"""What the signs of a JSON text tell of it, without parsing: how many texts it writes, and whether any holds controls.

Source: RFC 8259 §7: a control character may only be written as an escape.
"""

from functools import cached_property

_HARMLESS = frozenset((b'"', b"/", b"n", b"r", b"t"))
_CONTROLS = (b"b", b"f", b"u000", b"u001")


class Signs:
    r"""The signs of a valid JSON text.

    >>> signs = Signs(rb'{"a": "\u0007", "b": ["\"", 1]}')
    >>> signs.texts, signs.may_hold_controls
    (4, True)
    """

    def __init__(self, text: bytes) -> None:
        self._text = text

    @property
    def texts(self) -> int:
        """How many texts there are, names of members counted."""
        escaped = sum(escape[:1] == b'"' for escape in self._escapes)
        return (self._text.count(b'"') - escaped) // 2

    @cached_property
    def may_hold_controls(self) -> bool:
        """May a text hold control characters? If not, none does."""
        if _HARMLESS.issuperset({escape[:1] for escape in self._escapes}):
            return False
        return any(escape.startswith(_CONTROLS) for escape in self._escapes)

    @cached_property
    def _escapes(self) -> list[bytes]:
        """What follows each backslash that escapes something, as far as the next."""
        escapes = self._text.split(b"\\")
        if b"" in escapes[1:]:  # a backslash that is itself escaped
            escapes = self._text.replace(b"\\\\", b"").split(b"\\")
        return escapes[1:]
