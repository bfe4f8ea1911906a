"""A resource's narrative as plain text: what a reader sees when the markup is gone.

Only for reading: the markup itself stays in the tree. Source: HL7 FHIR R4, narrative.html.
"""

import re
from html import unescape

from samspil.domain.text import Text

_MARKUP = re.compile(r"<(?:/?([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]*|![^<>]*)>")
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = frozenset({"p", "div", "tr", "li", "table", "ul", "ol", "blockquote", "hr", *_HEADINGS})
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r" ?\n[ \n]*")


def text_of_narrative(div: str) -> Text:
    """The text of an XHTML div: blocks become lines, cells are set apart by a tab's worth of space.

    >>> str(text_of_narrative("<div><p>One</p><p>Two<br/>three</p></div>"))
    'One\\nTwo\\nthree'
    """
    flat = " ".join(div.split())
    text = unescape(_MARKUP.sub(_mark, flat))
    return Text.plain(_GAPS.sub("\n", _BLANKS.sub(" ", text)).strip())


def _mark(found: re.Match[str]) -> str:
    name = (found[1] or "").lower()
    if name == "br" or name in _BLOCKS:
        return "\n"
    return " " if name in {"td", "th"} else ""
