"""What the envelopes' writers share: elements of text, and the refusal to write what a profile does not have."""

from xml.sax.saxutils import escape


class Unwritable(ValueError):
    """The envelope is not one the profile lets us send. Ours to mend; names fields, never what stood in them."""


def tag(name: str, text: str) -> str:
    """An element of text."""
    return f"<{name}>{escape(text)}</{name}>"


def optional(name: str, text: str) -> str:
    """An element of text, or nothing where there is no text."""
    return tag(name, text) if text else ""
