"""Marked text: OIOXML whose tags stand between control characters, so that every other character is data.

Reading marks a document once, writing unmarks it once, and in between nobody escapes. Here is also what formatted
text looks like in it, both ways.
Source: XML 1.0; MedCom's OIOXML schemas (FormattedText, BreakableText).
"""

import re

from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.faults import Unclean

OPEN, CLOSE = "\x01", "\x02"
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_ENTITY = re.compile("&(?:lt|gt|quot|apos|amp);")
_UNKNOWN = re.compile("&(?!(?:lt|gt|quot|apos|amp);)")
_RETURN_IN_TEXT = re.compile(rf"[^{CLOSE}\s]\s*\r|\r\s*[^{OPEN}\s]")
_REFUSED = b"\3"
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_MARKS = bytes.maketrans(_CONTROLS + b"<>", _REFUSED * len(_CONTROLS) + b"\1\2")
_STYLES = {
    "Bold": Style.BOLD,
    "Italic": Style.ITALIC,
    "Underline": Style.UNDERLINE,
    "Center": Style.CENTER,
    "Right": Style.RIGHT,
}
_NAMES = {style: name for name, style in _STYLES.items()}
LOOKS = frozenset({"FixedFont", *_STYLES})
SPACING = {"Break": "\n", "Space": " "}
TEXT = rf"[^{OPEN}]*(?:{OPEN}(?:(?:Break|Space)/|/?(?:{'|'.join(sorted(LOOKS))})){CLOSE}[^{OPEN}]*)*"
"""An expression for what formatted text holds; whether its tags nest, reading tells."""
_TAG = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_BREAK = f"{OPEN}Break/{CLOSE}"


def marked(payload: bytes, codec: str) -> str | None:
    """A document's marked text; None if it holds more markup than tags and the five entities, or returns in texts."""
    raw = payload.translate(_MARKS)
    if _REFUSED in raw or raw.count(b"\2") > raw.count(b"\1") or b"\1!" in raw:
        return None
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    if "\r" in text and _RETURN_IN_TEXT.search(text):
        return None
    if "&" in text:
        if _UNKNOWN.search(text):
            return None
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    return text


def unmarked(text: str) -> str:
    """A document of its marked text."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), (OPEN, "<"), (CLOSE, ">")):
        if character in text:
            text = text.replace(character, entity)
    return text


def in_document(text: str, offset: int) -> int:
    """Where in a document's own text an offset of its marked text lies."""
    for found in _ENTITY.finditer(text):
        if found.start() >= offset:
            break
        offset += len(found[0]) - 1
    return offset


def read_markup(raw: str) -> Text:
    """Formatted text as runs. Raises `Unclean` for tags that do not nest, and for line feeds, which are no breaks."""
    if "\n" in raw:
        raise Unclean
    if OPEN in raw:
        raw = raw.replace(_BREAK, "\n")
    if OPEN not in raw:
        return Text((Run(raw),)) if raw else Text()
    gathered, *rest = _TAG.split(raw)
    runs: list[Run] = []
    looks, names = [(Style.PLAIN, False)], [""]
    for tag, characters in zip(rest[::2], rest[1::2], strict=True):
        if tag == "Space/":
            gathered += " "
        else:
            if gathered:
                runs.append(Run(gathered, *looks[-1]))
            gathered = ""
            if tag[:1] != "/":
                style, fixed = looks[-1]
                names.append(tag)
                looks.append((_STYLES.get(tag, style), fixed or tag == "FixedFont"))
            else:
                looks.pop()
                if names.pop() != tag[1:]:
                    raise Unclean
        gathered += characters
    if len(names) > 1:
        raise Unclean
    if gathered:
        runs.append(Run(gathered))
    return Text(tuple(runs))


def write_markup(value: Text | str) -> str:
    """Formatted text as marked text."""
    return value if value.__class__ is str else "".join(map(_run, value.runs))  # pyright: ignore


def _run(run: Run) -> str:
    text = run.text.replace("\n", _BREAK)
    if run.style is not Style.PLAIN:
        name = _NAMES[run.style]
        text = f"{OPEN}{name}{CLOSE}{text}{OPEN}/{name}{CLOSE}"
    return f"{OPEN}FixedFont{CLOSE}{text}{OPEN}/FixedFont{CLOSE}" if run.fixed else text
