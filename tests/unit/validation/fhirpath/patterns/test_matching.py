"""Patterns: the same answers as Python's matcher, and never longer than anybody waits."""

import re
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil.validation.fhirpath.patterns.matching import compile_pattern, compile_replacement, compile_whole_pattern
from samspil.validation.fhirpath.patterns.tree import PatternError

EXPLOSIVE = [
    ("(a+)+$", "a" * 5000 + "b"),
    ("(a|aa)+$", "a" * 5000 + "b"),
    ("(a*)*b", "a" * 5000),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 5000),
    ("(x+x+)+y", "x" * 5000),
    ("(.*a){12}", "b" * 5000),
    ("(a?){25}a{25}", "a" * 24),
    (".*.*.*=", "a" * 5000),
    ("[a-z]*[a-y]*[a-x]*[a-w]*[0-9]", "a" * 2000),
    ("^(a|a|a|a|a|a|a|a)(a|a|a|a|a|a|a|a)(a|a|a|a|a|a|a|a)(a|a|a|a|a|a|a|a)b$", "aaaac"),
    ("(?i)(A+)+$", "a" * 3000 + "!"),
]


@pytest.mark.parametrize(("pattern", "text"), EXPLOSIVE)
def test_patterns_known_to_hang_do_not(pattern: str, text: str) -> None:
    """What takes Python's matcher years is answered at once: a hang guard, no claim about speed."""
    began = time.process_time()
    assert compile_pattern(pattern)(text) is False
    assert time.process_time() - began < 2


@pytest.mark.parametrize(("pattern", "text"), [("(a+)+$", "xaaa"), ("(a|aa)+b", "caab"), ("(x+x+)+y", "xxxy")])
def test_they_still_match(pattern: str, text: str) -> None:
    """The automaton finds what is there."""
    assert compile_pattern(pattern)(text) is True


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a+)+(?=b)", "look-around"),
        ("(?=(a+)+b)", "look-around"),
        ("(", "malformed"),
        ("[[a]", "sets within sets"),
        ("(?m)^a", "inline flags"),
        ("(?>a)", "a group that begins with"),
        ("(a+)+\\1", "back-references"),
        ("((a{1,60}){1,60}){1,60}", "counts too high"),
        ("a" * 5000, "over 4096"),
        ("(" * 80 + ")" * 80, "too deeply"),
    ],
)
def test_what_cannot_be_matched_safely_is_refused(pattern: str, part: str) -> None:
    """With the reason."""
    with pytest.raises(PatternError, match=part):
        compile_pattern(pattern)("a")


def test_look_around_is_refused_on_long_texts_only() -> None:
    """dk-core's older CPR rule looks ahead, on ten digits."""
    matches = compile_pattern("^(?!00)[0-9]{2}$")
    assert (matches("01"), matches("00")) == (True, False)
    with pytest.raises(PatternError, match="too long"):
        compile_pattern("(?!00)[0-9]+x")("0" * 100_000)


def test_long_texts_run_on_the_automaton() -> None:
    """A pattern of one free repetition is quick on short texts and safe on long ones."""
    matches = compile_pattern("x.*y")
    assert matches("x" + "a" * 100 + "y") is True
    began = time.process_time()
    assert matches("x" * 100_000) is False
    assert time.process_time() - began < 2


def test_replacing_is_bounded_too() -> None:
    """Groups work; what could take for ever is refused."""
    assert compile_replacement("(a)(b)?")("ab a", "<$1$2>") == "<ab> <a>"
    assert compile_replacement("a")("a", r"\$1") == "$1"
    with pytest.raises(PatternError, match="for ever"):
        compile_replacement("(a+)+$")
    with pytest.raises(PatternError, match="no group 7"):
        compile_replacement("a")("a", "$7")


def test_whole_patterns_keep_their_flags() -> None:
    """An inline flag stays in front."""
    assert compile_whole_pattern("(?i)ab|c")("AB") is True
    assert compile_whole_pattern("ab|c")("abc") is False


_ATOMS = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", "-", "1", r"\.", "(?:a|b)", "(a|ab)", "(?i:)"][:-1]
)
_COUNTS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "*?", "{2,}"])


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds("({}){}".format, inner, _COUNTS)
    return st.one_of(st.builds("{}{}".format, inner, inner), st.builds("{}|{}".format, inner, inner), group)


_PATTERNS = st.recursive(st.builds("{}{}".format, _ATOMS, _COUNTS), _nested, max_leaves=6)
_ANCHORED = st.builds("{}{}{}".format, st.sampled_from(["", "^", r"\b"]), _PATTERNS, st.sampled_from(["", "$", r"\b"]))


@settings(max_examples=400, deadline=None)
@given(pattern=_ANCHORED, text=st.text(alphabet="ab1-. \n", max_size=8))
def test_it_answers_as_pythons_matcher_does(pattern: str, text: str) -> None:
    """Whichever matcher runs, the answer is the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = re.search(pattern, text, re.DOTALL | re.ASCII) is not None
    assert compile_pattern(pattern)(text) is expected


def test_sets_may_hold_brackets_and_begin_with_one() -> None:
    """`[]a]` is a bracket or an a."""
    assert compile_pattern("^[]a]+$")("]a]") is True
    assert compile_pattern(r"^[^\]]+$")("a]") is False


def test_an_automaton_forgets_rather_than_grows() -> None:
    """Texts of ever new letters do not fill the memory."""
    matches = compile_pattern("(.|a)+(.|b)+$")
    assert matches("".join(map(chr, range(256, 12_000)))) is True
