"""Regular expressions that cannot hang: Python's own where its work is bounded, else an automaton of ours.

Python's matcher tries alternatives one after the other; a repetition inside a repetition can then take longer than
anyone waits. A pattern is therefore read first. Where the next letter nearly always tells which way to go, Python's
matcher runs, on texts short enough. Everything else runs on an automaton that follows all alternatives at once and
looks at each letter once. It knows neither look-around nor back-references; a pattern that needs both is refused.

Matching is partial unless anchored, `.` matches a line break too, and classes such as `\\d` are ASCII.

Source:  FHIRPath N1, matches() and replaceMatches(); partial matching as the published FHIR rules assume.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from operator import or_

MAX_PATTERN = 4096
"""Characters a pattern may have."""

MAX_STATES = 4000
"""States an automaton may have; counted repetitions are written out."""

MAX_QUICK_TEXT = (65_536, 4096, 256)
"""Characters up to which Python's matcher runs on patterns of degree 0, 1 and 2: its work grows with the text's length
to the power of one more, since a search begins anew at each letter."""

MAX_KNOWN_STEPS = 20_000
"""Steps an automaton remembers before it starts afresh."""

_FLAGS = re.DOTALL | re.ASCII


class PatternError(ValueError):
    """A pattern that is malformed, or that cannot be matched safely. `place` is where, in the pattern."""

    def __init__(self, message: str, place: int = 0) -> None:
        super().__init__(message)
        self.place = place


# ---- the pattern read as a tree


@dataclass(frozen=True, slots=True)
class _Letters:
    """One character out of a class, as Python's own one-character pattern."""

    source: str


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A place between characters: `^`, `$`, `\\b`, `\\B`."""

    name: str


@dataclass(frozen=True, slots=True)
class _Opaque:
    """Look-around, with what it looks for, or a back-reference: only Python's matcher knows it."""

    part: "_Part"


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Choice:
    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: "_Part"
    least: int
    most: int | None


_Part = _Letters | _Anchor | _Opaque | _Sequence | _Choice | _Repeat

_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}", re.ASCII)
_GROUP = re.compile(r"\(\?(?:(?P<plain>:)|(?P<name>P?<[A-Za-z_]\w*>)|(?P<look>[=!]|<[=!]))", re.ASCII)
_INLINE = re.compile(r"\(\?([aimsux]+)\)", re.ASCII)
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

    def read(self) -> _Part:
        """The whole pattern."""
        inline = _INLINE.match(self.pattern)
        if inline:
            self.place = inline.end()
        tree = self._choice()
        if self.place < len(self.pattern):
            raise PatternError("this parenthesis closes nothing", self.place)
        return tree

    def _choice(self) -> _Part:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError("groups are nested too deeply", self.place)
        parts = [self._sequence()]
        while self.pattern.startswith("|", self.place):
            self.place += 1
            parts.append(self._sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else _Choice(tuple(parts))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            parts.append(self._repeated(self._single()))
        return parts[0] if len(parts) == 1 else _Sequence(tuple(parts))

    def _single(self) -> _Part:
        letter = self.pattern[self.place]
        match letter:
            case "(":
                return self._group()
            case "[":
                return self._set()
            case "^" | "$":
                self.place += 1
                return _Anchor(letter)
            case "\\":
                return self._escape()
            case _:
                self.place += 1
                return _Letters("." if letter == "." else re.escape(letter))

    def _group(self) -> _Part:
        start = self.place
        special = _GROUP.match(self.pattern, start)
        if special is None and self.pattern.startswith("(?", start):
            raise PatternError("this kind of group is not known", start)
        self.place = special.end() if special else start + 1
        inner = self._choice()
        self.place += 1  # the closing parenthesis: Python has checked it
        return _Opaque(inner) if special and special["look"] else inner

    def _set(self) -> _Part:
        start = self.place
        self.place += 1
        if self.pattern.startswith("^", self.place):
            self.place += 1
        if self.pattern.startswith("]", self.place):
            self.place += 1
        while self.pattern[self.place] != "]":
            self.place += 2 if self.pattern[self.place] == "\\" else 1
        self.place += 1
        return _Letters(self.pattern[start : self.place])

    def _escape(self) -> _Part:
        match = _ESCAPE.match(self.pattern, self.place)
        text = match.group() if match else self.pattern[self.place : self.place + 2]
        self.place += len(text)
        if text[1] in "123456789":
            return _Opaque(_Sequence(()))
        if text[1] in "bBAZ":
            return _Anchor({"A": "^", "Z": "e"}.get(text[1], text[1]))
        return _Letters(text)

    def _repeated(self, part: _Part) -> _Part:
        while self.place < len(self.pattern):
            limits = self._limits()
            if limits is None:
                return part
            part = _Repeat(part, *limits)
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


# ---- which letters can come first

_LATIN = [chr(number) for number in range(256)]
_BEYOND = "\u0100\u03b1\u0416\u20ac\u2028\u4e2d\U0001f600"
_ANY_BEYOND = 1 << 256
"""One bit stands for all letters beyond Latin-1."""
_EVERY = (_ANY_BEYOND << 1) - 1


@lru_cache(maxsize=2048)
def _letters(source: str, flags: int) -> int:
    """The letters of a class as a set of bits."""
    matches = re.compile(source, flags).fullmatch
    beyond = not source.isascii() or "\\u" in source or any(matches(letter) for letter in _BEYOND)
    bits = sum(1 << number for number, letter in enumerate(_LATIN) if matches(letter))
    return bits | (_ANY_BEYOND if beyond else 0)


def _first(part: _Part, flags: int) -> tuple[int, bool]:
    """The letters a part may begin with, and whether it may match nothing."""
    match part:
        case _Letters(source):
            return _letters(source, flags), False
        case _Sequence(parts):
            return _first_of_all(parts, flags)
        case _Choice(parts):
            each = [_first(child, flags) for child in parts]
            return reduce(or_, (letters for letters, _ in each)), any(empty for _, empty in each)
        case _Repeat(child, least, _):
            letters, empty = _first(child, flags)
            return letters, empty or least == 0
        case _:
            return 0, True


def _first_of_all(parts: Sequence[_Part], flags: int) -> tuple[int, bool]:
    found = 0
    for part in parts:
        letters, empty = _first(part, flags)
        found |= letters
        if not empty:
            return found, False
    return found, True


# ---- which matcher


@dataclass(frozen=True, slots=True)
class _Demands:
    """What makes a pattern dear for a matcher that tries alternatives one after the other.

    `bits`: the ways through it, as a power of two. `unlimited`: repetitions without end where the next letter does
    not tell whether to go on. `plain`: whether there are others. `nested`: more than one way through something that
    repeats without end. `opaque`: has what only Python knows.
    """

    bits: float = 0.0
    unlimited: int = 0
    plain: bool = False
    nested: bool = False
    opaque: bool = False

    @property
    def degree(self) -> int:
        """Work from one beginning grows with this power of the text's length."""
        return self.unlimited + self.plain

    @property
    def modest(self) -> bool:
        """Python's matcher cannot run away with it on a text of moderate length."""
        return self.bits <= 10 and self.degree < len(MAX_QUICK_TEXT) and not self.nested


def _demands(part: _Part, flags: int, follow: int = 0) -> _Demands:
    """What a part demands where these letters may follow it."""
    match part:
        case _Opaque(child):
            return replace(_demands(child, flags, _EVERY), opaque=True)
        case _Sequence(parts):
            each: list[_Demands] = []
            for place, child in enumerate(parts):
                letters, empty = _first_of_all(parts[place + 1 :], flags)
                each.append(_demands(child, flags, letters | follow if empty else letters))
            return _gather(each, sum)
        case _Choice(parts):
            gathered = _gather([_demands(child, flags, follow) for child in parts], max)
            ways = 0.0 if _differ_at_once(parts, flags, follow) else math.log2(len(parts))
            return replace(gathered, bits=gathered.bits + ways)
        case _Repeat(child, least, most):
            letters, empty = _first(child, flags)
            inner = _demands(child, flags, follow if most == 1 else letters | follow)
            return _repeated(inner, least, most, told=not empty and not letters & follow)
        case _:
            return _Demands()


def _gather(each: list[_Demands], how: Callable[[Iterable[float]], float]) -> _Demands:
    """Of parts one after the other (sum), or of alternatives (max)."""
    return _Demands(
        bits=how([one.bits for one in each] or [0.0]),
        unlimited=int(how([one.unlimited for one in each] or [0])),
        plain=any(one.plain for one in each),
        nested=any(one.nested for one in each),
        opaque=any(one.opaque for one in each),
    )


def _repeated(child: _Demands, least: int, most: int | None, *, told: bool) -> _Demands:
    """A repetition. `told`: the next letter tells whether to go on."""
    if most is None:
        nested = child.nested or child.bits > 0 or child.unlimited > 0
        return replace(child, unlimited=child.unlimited + (not told), plain=True, nested=nested)
    ways = 0.0 if told else math.log2(max(1, most - least + 1))
    return replace(child, bits=child.bits * most + ways, unlimited=child.unlimited * most)


def _differ_at_once(parts: Sequence[_Part], flags: int, follow: int) -> bool:
    """Do alternatives begin with different letters, so that no text can take two of them?"""
    seen = 0
    for part in parts:
        letters, empty = _first(part, flags)
        if empty:
            letters |= follow
        if letters & seen:
            return False
        seen |= letters
    return True


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A test for texts: does any part of the text match?

    Errors:  PatternError for a malformed pattern, and for one that no matcher here can run safely.

    >>> compile_pattern("^[0-9]{13}$")("5790000120000")
    True
    """
    compiled, tree = _read(pattern)
    demands = _demands(tree, compiled.flags)
    search = compiled.search
    if demands.modest and not demands.degree and demands.bits <= 3:
        return lambda text: search(text) is not None
    if not demands.modest:
        return _automaton(compiled, tree).matches
    limit = MAX_QUICK_TEXT[demands.degree]
    spare = _refuse_long if demands.opaque else lambda text: _automaton(compiled, tree).matches(text)
    return lambda text: search(text) is not None if len(text) <= limit else spare(text)


@lru_cache(maxsize=512)
def compile_whole_pattern(pattern: str) -> Callable[[str], bool]:
    """A test for texts: does the whole text match?"""
    _read(pattern)
    flags = _INLINE.match(pattern)
    head = flags.group() if flags else ""
    return compile_pattern(rf"{head}\A(?:{pattern[len(head) :]})\Z")


@lru_cache(maxsize=512)
def compile_replacement(pattern: str) -> Callable[[str, str], str]:
    """Replaces every match in a text by a substitution, where `$1` and `${name}` stand for groups.

    Errors:  PatternError where Python's matcher could take for ever.

    >>> compile_replacement("(\\\\d+)-(\\\\d+)")("1-2", "$2-$1")
    '2-1'
    """
    compiled, tree = _read(pattern)
    demands = _demands(tree, compiled.flags)
    if not demands.modest:
        raise PatternError("this pattern could take for ever to replace; write it without a repeated repetition")
    limit = MAX_QUICK_TEXT[demands.degree]

    def replaced(text: str, substitution: str) -> str:
        if len(text) > limit:
            _refuse_long(text)
        return compiled.sub(lambda match: _REFERENCE.sub(lambda name: _group(match, name), substitution), text)

    return replaced


_REFERENCE = re.compile(r"\\(?P<sign>[$\\])|\$(?:(?P<number>\d)|\{(?P<name>\w+)\})", re.ASCII)


def _group(match: "re.Match[str]", name: "re.Match[str]") -> str:
    """What a reference in a substitution stands for."""
    if name["sign"]:
        return name["sign"]
    try:
        return match[int(name["number"])] or "" if name["number"] else match[name["name"]] or ""
    except IndexError:
        raise PatternError(f"the pattern has no group {name.group()[1:]}") from None


def _refuse_long(text: str) -> bool:
    raise PatternError(f"a text of {len(text)} characters is too long for this pattern")


@lru_cache(maxsize=256)
def _automaton(compiled: "re.Pattern[str]", tree: _Part) -> "_Automaton":
    return _Automaton(tree, ignore_case=bool(compiled.flags & re.IGNORECASE))


def _read(pattern: str) -> tuple["re.Pattern[str]", _Part]:
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"the pattern has over {MAX_PATTERN} characters")
    for match in _SETS.finditer(pattern):
        if match["inside"] and _AMBIGUOUS_SET.search(match["inside"]):
            raise PatternError("sets within sets are not known; put a backslash before the sign", match.start())
    try:
        compiled = re.compile(pattern, _FLAGS)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"the pattern is malformed: {error}", getattr(error, "pos", None) or 0) from None
    if compiled.flags & (re.MULTILINE | re.VERBOSE):
        raise PatternError("of the inline flags only (?i) and (?s) are known")
    return compiled, _Reader(pattern).read()


# ---- the automaton

_Test = Callable[[str], object]


@dataclass(slots=True)
class _State:
    """Consumes a letter, or asks about the place, or splits; `next` are the states after it."""

    letters: _Test | None = None
    anchor: str = ""
    next: list[int] = field(default_factory=list)


_States = frozenset[int]


class _Automaton:
    """Follows all alternatives at once, and remembers where each letter led each set of states."""

    def __init__(self, tree: _Part, *, ignore_case: bool) -> None:
        self._flags = _FLAGS | re.IGNORECASE if ignore_case else _FLAGS
        self._states: list[_State] = []
        self._accept = self._add(_State())
        self._start = self._build(tree, self._accept)
        self._anchors = {state.anchor for state in self._states} - {""}
        self._asks_words = bool(self._anchors & {"b", "B"})
        self._known: dict[tuple[_States, str, str], _States] = {}

    def _add(self, state: _State) -> int:
        if len(self._states) >= MAX_STATES:
            raise PatternError("the pattern counts too high to be matched safely")
        self._states.append(state)
        return len(self._states) - 1

    def _build(self, part: _Part, after: int) -> int:
        """The state that begins a part and leads on to `after`."""
        match part:
            case _Letters(source):
                return self._add(_State(letters=re.compile(source, self._flags).fullmatch, next=[after]))
            case _Anchor(name):
                return self._add(_State(anchor=name, next=[after]))
            case _Sequence(parts):
                for child in reversed(parts):
                    after = self._build(child, after)
                return after
            case _Choice(parts):
                return self._add(_State(next=[self._build(child, after) for child in parts]))
            case _Repeat(child, least, most):
                return self._build_repeat(child, least, most, after)
            case _Opaque():
                raise PatternError("look-around and back-references cannot be matched safely here")

    def _build_repeat(self, child: _Part, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self._add(_State())
            self._states[loop].next = [self._build(child, loop), after]
            after = loop
        else:
            end = after
            for _ in range(most - least):
                after = self._add(_State(next=[self._build(child, after), end]))
        for _ in range(least):
            after = self._build(child, after)
        return after

    def matches(self, text: str) -> bool:
        """Does any part of the text match?"""
        known, accept, end = self._known, self._accept, len(text)
        near_end = 0 if self._asks_words else end - 1 if self._anchors else end + 1
        current = self._rest({self._start}, self._spot(text, 0))
        for place, letter in enumerate(text, 1):
            if accept in current:
                return True
            step = (current, letter, self._spot(text, place) if place >= near_end else "")
            following = known.get(step)
            if following is None:
                if len(known) > MAX_KNOWN_STEPS:
                    known.clear()
                following = known[step] = self._rest({self._start} | self._after(current, letter), step[2])
            current = following
        return accept in current

    def _after(self, states: _States, letter: str) -> set[int]:
        """The states after one letter."""
        tested = ((self._states[number].letters, self._states[number].next) for number in states)
        return {following[0] for test, following in tested if test is not None and test(letter)}

    def _rest(self, states: set[int], spot: str) -> _States:
        """Where these states come to rest without another letter: those that wait for one, and the accepting one."""
        resting: set[int] = set()
        seen, waiting = set(states), list(states)
        while waiting:
            number = waiting.pop()
            state = self._states[number]
            if state.letters is not None or number == self._accept:
                resting.add(number)
            elif not state.anchor or state.anchor in spot:
                fresh = [following for following in state.next if following not in seen]
                seen.update(fresh)
                waiting += fresh
        return frozenset(resting)

    def _spot(self, text: str, place: int) -> str:
        """The anchors that hold between two characters, each as one letter."""
        if not self._anchors:
            return ""
        rest = len(text) - place
        spot = "^" if place == 0 else ""
        if rest == 0:
            spot += "$e"
        elif rest == 1 and text[-1] == "\n":
            spot += "$"
        if self._asks_words:
            spot += "b" if _is_word(text[place - 1 : place]) != _is_word(text[place : place + 1]) else "B"
        return spot


def _is_word(letter: str) -> bool:
    return letter == "_" or (letter.isascii() and letter.isalnum())
