"""Free text: FTX components to runs of text and back.

A component ends a line, but for one that ends in a backslash; a full stop alone is an empty line. A line that is cut
carries the backslash; a run that changes font, style or alignment starts a new FTX. How text is cut is exact: two
systems that convert the same letter must get the same segments.
Source: MedCom's description of FTX in the EDIFACT letters; behaviour of the letters in use.
"""

import re
from collections.abc import Iterator, Sequence

from samspil.domain.text import Run, Style, Text
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END

LONGEST = 69
"""Characters of a piece before it is cut; its backslash makes it 70."""
PER_SEGMENT = 5
_EARLIEST_CUT = 3  # a blank before the fourth position is no place to cut

_STYLES = {
    "00": Style.PLAIN,
    "F0": Style.BOLD,
    "U0": Style.UNDERLINE,
    "K0": Style.ITALIC,
    "0M": Style.CENTER,
    "0H": Style.RIGHT,
}
_LOOKS = {f"{font}{code}": (style, font == "F") for font in "PF" for code, style in _STYLES.items()}
_CODES = {look: code for code, look in _LOOKS.items()}
_OPENING = re.compile(f"FTX{ELEMENT}[^{ELEMENT}{END}]*{ELEMENT}([^{ELEMENT}{END}]*){ELEMENT}{ELEMENT}")
_UNKNOWN = (Style.PLAIN, True)
_ALIGNED = frozenset({Style.CENTER, Style.RIGHT})


# -------------------------------------------------------------------------------------------------------- reading
def lines_of(components: str) -> str:
    """The text of an FTX's components, each line ended by a line feed."""
    text = f"{COMPONENT}{components}{COMPONENT}"
    if f"{COMPONENT}.{COMPONENT}" in text:
        text = text.replace(f"{COMPONENT}.{COMPONENT}", COMPONENT * 2)
        text = text.replace(f"{COMPONENT}.{COMPONENT}", COMPONENT * 2)
    if "\\" in text:
        text = text.replace(f"\\{COMPONENT}", "")
    return text[1:].replace(COMPONENT, "\n")


def _even(segments: str) -> tuple[str, str] | None:
    """The look and the components of FTX segments that all begin alike, which nearly all do; None for others."""
    opening = _OPENING.match(segments)
    if opening and segments.count(opening[0]) == segments.count(END) == segments.count(ELEMENT) // 4:
        return opening[1], segments[len(opening[0]) : -1].replace(f"{END}{opening[0]}", COMPONENT)
    return None


def read_text(segments: str) -> Text:
    """The text of some FTX segments in marked text, each with its END; consecutive ones in one look are one run."""
    if even := _even(segments):
        return Text((Run(lines_of(even[1]), *_LOOKS.get(even[0], _UNKNOWN)),))
    runs: list[Run] = []
    look, gathered = None, ""
    for segment in segments.split(END)[:-1]:
        elements = segment.split(ELEMENT, 5)
        here = _LOOKS.get(elements[2] if len(elements) > 2 else "", _UNKNOWN)
        if here != look:
            if look and gathered:
                runs.append(Run(gathered, *look))
            look, gathered = here, ""
        gathered += lines_of(elements[4]) if len(elements) > 4 else "\n"
    if look and gathered:
        runs.append(Run(gathered, *look))
    return Text(tuple(runs))


def read_lines(segments: str) -> Text:
    """The same lines in one plain run: breakable text has no formatting."""
    even = _even(segments)
    return Text.plain(lines_of(even[1]) if even else str(read_text(segments)))


# -------------------------------------------------------------------------------------------------------- writing
def write_text(text: Text) -> Iterator[tuple[str, Sequence[str]]]:
    """The FTX segments of a text: format code and components."""
    return _segments(_aligned(text.runs))


def write_lines(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The FTX segments of lines without formatting."""
    return _segments([(_LOOKS["P00"], text)] if text else [])


def _segments(runs: list[tuple[tuple[Style, bool], str]]) -> Iterator[tuple[str, Sequence[str]]]:
    for number, (look, line) in enumerate(runs):
        following = runs[number + 1][1] if number + 1 < len(runs) else None
        pieces, following = _pieces(line, following)
        code = _CODES[look]
        for first in range(0, len(pieces), PER_SEGMENT):
            components = pieces[first : first + PER_SEGMENT]
            while following and len(components) < PER_SEGMENT and following[0] == "\n":
                components.append(".")
                following = following[1:]
            yield code, components
        if following is not None:
            runs[number + 1] = (runs[number + 1][0], following)


def _aligned(runs: Sequence[Run]) -> list[tuple[tuple[Style, bool], str]]:
    """Runs by look and text; centred and right-aligned ones stand on lines of their own."""
    found: list[tuple[tuple[Style, bool], str]] = []
    for run in runs:
        text = run.text
        if run.style in _ALIGNED:
            if not text.startswith("\n") and not (found and found[-1][1].endswith("\n")):
                text = "\n" + text
            if not text.endswith("\n"):
                text += "\n"
        if text:
            found.append(((run.style, run.fixed), text))
    return found


def _pieces(text: str, following: str | None) -> tuple[list[str], str | None]:
    """A run's components, and what is left of the next run when a break at its start ends this run's last line."""
    *lines, last = text.split("\n")
    pieces: list[str] = []
    for line in lines:
        pieces.append((line if len(line) <= LONGEST else cut_line(line, pieces)) or ".")
    if last:
        rest = cut_line(last, pieces)
        if following and following[0] == "\n":
            following = following[1:]
        elif following is not None:
            rest += "\\"
        pieces.append(rest)
    return pieces, following


def cut_line(line: str, pieces: list[str]) -> str:
    """Cut a line that is too long into `pieces`; give back its last piece."""
    while len(line) > LONGEST:
        piece = line[:LONGEST]
        blank = max(piece.rfind(" "), piece.rfind("\t"))
        cut = blank + 1 if blank >= _EARLIEST_CUT else LONGEST
        pieces.append(line[:cut] + "\\")
        line = line[cut:]
    return line


def write_plain(text: str) -> Iterator[Sequence[str]]:
    """The components of a text that may not hold breaks, five to a segment."""
    pieces: list[str] = []
    pieces.append(cut_line(text, pieces))
    for first in range(0, len(pieces), PER_SEGMENT):
        yield pieces[first : first + PER_SEGMENT]
