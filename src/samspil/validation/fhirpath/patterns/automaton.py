"""An automaton that follows all alternatives of a pattern at once, and looks at each letter once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from samspil.validation.fhirpath.patterns.tree import (
    FLAGS,
    Anchor,
    Choice,
    Letters,
    Opaque,
    Part,
    PatternError,
    Repeat,
    Row,
)

MAX_STATES = 4000
"""States an automaton may have; counted repetitions are written out."""

MAX_KNOWN_STEPS = 5000
"""Steps an automaton remembers before it starts afresh."""

_Test = Callable[[str], object]


@dataclass(slots=True)
class _State:
    """Consumes a letter, or asks about the place, or splits; `next` are the states after it."""

    letters: _Test | None = None
    anchor: str = ""
    next: list[int] = field(default_factory=list)


_States = frozenset[int]


class Automaton:
    """Follows all alternatives at once, and remembers where each letter led each set of states."""

    def __init__(self, tree: Part, *, ignore_case: bool) -> None:
        self._flags = FLAGS | re.IGNORECASE if ignore_case else FLAGS
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

    def _build(self, part: Part, after: int) -> int:
        """The state that begins a part and leads on to `after`."""
        match part:
            case Letters(source):
                return self._add(_State(letters=re.compile(source, self._flags).fullmatch, next=[after]))
            case Anchor(name):
                return self._add(_State(anchor=name, next=[after]))
            case Row(parts):
                for child in reversed(parts):
                    after = self._build(child, after)
                return after
            case Choice(parts):
                return self._add(_State(next=[self._build(child, after) for child in parts]))
            case Repeat(child, least, most):
                return self._build_repeat(child, least, most, after)
            case Opaque():
                raise PatternError("look-around and back-references cannot be matched safely here")

    def _build_repeat(self, child: Part, least: int, most: int | None, after: int) -> int:
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
