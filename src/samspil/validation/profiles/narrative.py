"""Is a narrative safe to show and worth showing?

A narrative is XHTML inside a `div`. It may format text and show pictures, and do nothing else: no scripts, no event
handlers, no forms or frames, nothing fetched from elsewhere. A good one is read tag by tag, and a tag that was good
once is good again: senders write the same few tags over and over. Anything else is looked at closely for the reason.

Sources: HL7 FHIR R4, narrative.html; txt-1 (elements and attributes that are allowed), txt-2 (not empty).
"""

import re
from html.entities import html5
from typing import Final
from xml.parsers import expat

from samspil.domain.issues import Severity
from samspil.validation.profiles.faults import Fault, Faults
from samspil.validation.profiles.primitives import has_controls

SAFE: Final = "Narrative#txt-1"
NOT_EMPTY: Final = "Narrative#txt-2"
WELL_FORMED: Final = "Narrative#Narrative.div"
XHTML: Final = "http://www.w3.org/1999/xhtml"
ELEMENTS: Final = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "ul",
        "var",
    ]
)
ATTRIBUTES: Final = frozenset(
    [
        "abbr",
        "accesskey",
        "align",
        "alt",
        "axis",
        "bgcolor",
        "border",
        "cellhalign",
        "cellpadding",
        "cellspacing",
        "cellvalign",
        "char",
        "charoff",
        "charset",
        "cite",
        "class",
        "colspan",
        "compact",
        "coords",
        "dir",
        "frame",
        "headers",
        "height",
        "href",
        "hreflang",
        "hspace",
        "id",
        "lang",
        "longdesc",
        "name",
        "nowrap",
        "rel",
        "rev",
        "rowspan",
        "rules",
        "scope",
        "shape",
        "span",
        "src",
        "start",
        "style",
        "summary",
        "tabindex",
        "title",
        "type",
        "valign",
        "value",
        "vspace",
        "width",
        "xmlns",
        "xml:lang",
        "xml:space",
    ]
)
MOST_TAGS_KEPT: Final = 4096
MOST_ROWS_KEPT: Final = 1024
LONGEST_ROW_KEPT: Final = 1000
DEEPEST: Final = 64
"""Elements nested deeper than this are looked at closely."""

_is_tag = re.compile(r"""([a-z][a-z0-9]*)((?:\s++[\w:.-]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))*+)\s*+(/?)""").fullmatch
_attributes_of = re.compile(r"""([\w:.-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""").finditer
_is_xhtml = re.compile(
    r"""<div\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*?\sxmlns\s*=\s*(["'])http://www\.w3\.org/1999/xhtml\1"""
).match
_is_shown = re.compile(r">[^<]*?[^<\s]|<img[\s/]").search
_entities_of = re.compile(r"&(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_runs = re.compile(r"\s*(?:javascript|vbscript|data\s*:\s*text)", re.IGNORECASE).match
_is_elsewhere = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE).match
_fetches = re.compile(r"url\s*\(|expression\s*\(|@import", re.IGNORECASE).search
_any_tag = re.compile(r"<\s*/?\s*([A-Za-z][\w:.-]*)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")

_OPENS: Final = {name: chr(0x100 + 2 * place) for place, name in enumerate(sorted(ELEMENTS))}
_CLOSES: Final = {f"/{name}": chr(ord(letter) + 1) for name, letter in _OPENS.items()}
_PAIRS: Final = {chr(ord(letter) + 1): letter + chr(ord(letter) + 1) for letter in _OPENS.values()}


class _Memory:
    """Tags that were found good, without brackets, each with its element's letter; none for one that closes itself.

    And rows of tags that fit together, as whole narratives had them. When there are too many, a new collection takes
    the old one's place; whoever is reading keeps the old one.
    """

    def __init__(self) -> None:
        self.tags: dict[str, str] = dict(_CLOSES)
        self.rows: set[str] = set()

    def known(self) -> dict[str, str]:
        """The tags to go by, and to add to."""
        if len(self.tags) > MOST_TAGS_KEPT:
            self.tags = dict(_CLOSES)
        return self.tags

    def keep(self, row: str) -> None:
        """Remember a row of tags that fit."""
        if len(self.rows) >= MOST_ROWS_KEPT:
            self.rows = set()
        if len(row) <= LONGEST_ROW_KEPT:
            self.rows.add(row)


_memory = _Memory()


def judge_narrative(text: str, *, is_clean: bool = False) -> Faults | None:
    """The faults of a narrative's `div`; `is_clean` if it is known to hold no control characters."""
    pieces = text.replace(">", "<").split("<")  # text, tag, text … if no text has a bracket of its own
    if pieces[0] or pieces[-1] or not _fit(pieces[1::2]) or not _is_plain(text, is_clean=is_clean):
        return _explain(text)
    if any(map(str.strip, pieces[2::2])) or "<img" in text:
        return None
    return [Fault("fhir.narrative.empty", NOT_EMPTY)]


def _fit(tags: list[str]) -> bool:
    """Does every tag belong, and does each close what was opened last, the `div` at the very end?"""
    row = "<".join(tags)
    if row in _memory.rows:
        return True
    is_fit = _nest(tags)
    if is_fit:
        _memory.keep(row)
    return is_fit


def _nest(tags: list[str]) -> bool:
    """The same, worked out.

    Tags become letters, one for an opening and one for a closing of each element; an opening and its closing that
    stand side by side are taken away until nothing is left.
    """
    known = _memory.known()
    if (
        not tags
        or XHTML not in tags[0]
        or (not known.keys() >= set(tags) and not all(_belongs(tag, known) for tag in tags))
    ):
        return False
    letters = "".join(map(known.__getitem__, tags))
    if letters[:1] != _OPENS["div"] or letters[-1:] != _CLOSES["/div"]:
        return False
    letters = letters[1:-1]
    for _ in range(DEEPEST):
        if not letters:
            return True
        before = len(letters)
        for closing in set(letters) & _PAIRS.keys():
            letters = letters.replace(_PAIRS[closing], "")
        if len(letters) == before:
            return False
    return False


def _belongs(tag: str, known: dict[str, str]) -> bool:
    """Is a tag one that a narrative may hold? Remember it if so."""
    if tag in known:
        return True
    found = _is_tag(tag)
    if found is None or found[1] not in ELEMENTS:
        return False
    for attribute in _attributes_of(found[2]):
        if _fault_of(attribute[1], attribute[2] or attribute[3] or "") is not None:
            return False
    known[tag] = "" if found[3] else _OPENS[found[1]]
    return True


def _is_plain(text: str, *, is_clean: bool) -> bool:
    """Are all entities known, and no characters in it that XML has no place for?"""
    if "]]>" in text or ("&" in text and not _entities_known(text)):
        return False
    return is_clean or not has_controls(text)


def _entities_known(text: str) -> bool:
    names = _entities_of.findall(text)
    return len(names) == text.count("&") and all(name[0] == "#" or f"{name};" in html5 for name in names)


def _fault_of(attribute: str, value: str) -> Fault | None:
    """What is wrong with an attribute, if anything is."""
    if attribute not in ATTRIBUTES and not attribute.startswith("xmlns:"):
        return Fault("fhir.narrative.unsafe", SAFE, found=attribute[:40])
    if attribute in {"href", "src", "cite", "longdesc"} and _runs(value) is not None:
        return Fault("fhir.narrative.unsafe", SAFE, found=attribute)
    if (attribute == "src" and _is_elsewhere(value)) or (attribute == "style" and _fetches(value)):
        return Fault("fhir.narrative.external", SAFE, severity=Severity.WARNING, found=attribute)
    return None


def _explain(text: str) -> Faults | None:
    """Why a narrative was not read tag by tag: the first thing that does not belong, if there is one after all."""
    text = text.strip()
    if text[:4] != "<div" or "<!DOCTYPE" in text or not _fits_together(text):
        return [_first_unsafe(text) or Fault("fhir.narrative.malformed", WELL_FORMED)]
    unsafe = _first_unsafe(text)
    if unsafe is not None:
        return [unsafe]
    if _is_xhtml(text) is None:
        return [Fault("fhir.narrative.namespace", WELL_FORMED)]
    return None if _is_shown(text) else [Fault("fhir.narrative.empty", NOT_EMPTY)]


def _first_unsafe(text: str) -> Fault | None:
    for tag in _any_tag.finditer(text):
        if tag[1] not in ELEMENTS:
            return Fault("fhir.narrative.unsafe", SAFE, found=f"<{tag[1][:40]}>")
        for attribute in _attributes_of(tag[2]):
            fault = _fault_of(attribute[1], attribute[2] or attribute[3] or "")
            if fault is not None:
                return fault
    return None


def _fits_together(text: str) -> bool:
    """Is the text well-formed XML? HTML's own entities count as what they stand for."""
    if "&" in text:
        text = _entities_of.sub(_spell_out, text)
    try:
        expat.ParserCreate().Parse(text, True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def _spell_out(entity: re.Match[str]) -> str:
    name = entity[1]
    if name[0] == "#" or name in {"amp", "lt", "gt", "quot", "apos"}:
        return entity[0]
    return html5.get(f"{name};", entity[0])
