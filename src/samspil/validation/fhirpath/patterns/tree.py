"""A regular expression read as a tree, after Python has accepted it.

Matching is as FHIRPath asks: `.` matches a line break too, and classes such as `\\d` are ASCII.
"""

import re
from dataclasses import dataclass

MAX_PATTERN = 4096
"""Characters a pattern may have."""

FLAGS = re.DOTALL | re.ASCII


class PatternError(ValueError):
    """A pattern that is malformed, or that cannot be matched safely."""


@dataclass(frozen=True, slots=True)
class Letters:
    """One character out of a class, as Python's own one-character pattern."""

    source: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place between characters: `^`, `$`, `\\b`, `\\B`."""

    name: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Look-around, with what it looks for, or a back-reference: only Python's matcher knows it."""

    part: "Part"


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part at least and at most so many times; None is no limit."""

    part: "Part"
    least: int
    most: int | None


Part = Letters | Anchor | Opaque | Row | Choice | Repeat

_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}", re.ASCII)
_GROUP = re.compile(r"\(\?(?:(?P<plain>:)|(?P<name>P?<[A-Za-z_]\w*>)|(?P<look>[=!]|<[=!]))", re.ASCII)
INLINE = re.compile(r"\(\?([aimsux]+)\)", re.ASCII)
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^\n])", re.ASCII)
_SETS = re.compile(r"\\.|\[\^?(?P<inside>\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_AMBIGUOUS_SET = re.compile(r"^\[|--|&&|~~|\|\|")
_MAX_DEPTH = 50


class _Reader:
    """Reads a pattern that Python has already accepted into a tree."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.depth = 0

    def read(self) -> Part:
        """The whole pattern."""
        inline = INLINE.match(self.pattern)
        if inline:
            self.place = inline.end()
        return self._choice()

    def _choice(self) -> Part:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError("groups are nested too deeply")
        parts = [self._row()]
        while self.pattern.startswith("|", self.place):
            self.place += 1
            parts.append(self._row())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _row(self) -> Part:
        parts: list[Part] = []
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            parts.append(self._repeated(self._single()))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _single(self) -> Part:
        letter = self.pattern[self.place]
        match letter:
            case "(":
                return self._group()
            case "[":
                return self._set()
            case "^" | "$":
                self.place += 1
                return Anchor(letter)
            case "\\":
                return self._escape()
            case _:
                self.place += 1
                return Letters("." if letter == "." else re.escape(letter))

    def _group(self) -> Part:
        start = self.place
        special = _GROUP.match(self.pattern, start)
        if special is None and self.pattern.startswith("(?", start):
            raise PatternError(f"a group that begins with '{self.pattern[start : start + 4]}' is not known")
        self.place = special.end() if special else start + 1
        inner = self._choice()
        self.place += 1  # the closing parenthesis: Python has checked it
        return Opaque(inner) if special and special["look"] else inner

    def _set(self) -> Part:
        start = self.place
        self.place += 1
        if self.pattern.startswith("^", self.place):
            self.place += 1
        if self.pattern.startswith("]", self.place):
            self.place += 1
        while self.pattern[self.place] != "]":
            self.place += 2 if self.pattern[self.place] == "\\" else 1
        self.place += 1
        return Letters(self.pattern[start : self.place])

    def _escape(self) -> Part:
        match = _ESCAPE.match(self.pattern, self.place)
        text = match.group() if match else self.pattern[self.place : self.place + 2]
        self.place += len(text)
        if text[1] in "123456789":
            return Opaque(Row(()))
        if text[1] in "bBAZ":
            return Anchor({"A": "^", "Z": "e"}.get(text[1], text[1]))
        return Letters(text)

    def _repeated(self, part: Part) -> Part:
        while self.place < len(self.pattern):
            limits = self._limits()
            if limits is None:
                return part
            part = Repeat(part, *limits)
            if self.pattern[self.place : self.place + 1] in ("?", "+"):  # lazy or possessive: the same words match
                self.place += 1
        return part

    def _limits(self) -> tuple[int, int | None] | None:
        letter = self.pattern[self.place]
        if letter in "*+?":
            self.place += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[letter]
        count = _COUNT.match(self.pattern, self.place) if letter == "{" else None
        if count is None or not (count[1] or count[3]):
            return None
        self.place = count.end()
        least = int(count[1] or 0)
        return least, least if not count[2] else int(count[3]) if count[3] else None


def read_pattern(pattern: str) -> tuple["re.Pattern[str]", Part]:
    """A pattern as Python compiles it, and as a tree.

    Errors:  PatternError for one that Python refuses, or that means something else to Python than to others.
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"the pattern has over {MAX_PATTERN} characters")
    for match in _SETS.finditer(pattern):
        if match["inside"] and _AMBIGUOUS_SET.search(match["inside"]):
            raise PatternError("sets within sets are not known; put a backslash before the sign")
    try:
        compiled = re.compile(pattern, FLAGS)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"the pattern is malformed: {error}") from None
    if compiled.flags & (re.MULTILINE | re.VERBOSE):
        raise PatternError("of the inline flags only (?i) and (?s) are known")
    return compiled, _Reader(pattern).read()
