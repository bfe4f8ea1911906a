"""Regular expressions that cannot hang: Python's own matcher where its work is bounded, else an automaton of ours.

Python's matcher tries alternatives one after the other; a repetition inside a repetition can then take longer than
anyone waits. A pattern is therefore read first. Where the next letter nearly always tells which way to go, Python's
matcher runs, on texts short enough. Everything else runs on the automaton, which knows neither look-around nor
back-references; a pattern that needs both is refused. Matching is partial unless anchored.

Source:  FHIRPath N1, matches() and replaceMatches(); partial matching as the published FHIR rules assume.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from samspil.validation.fhirpath.patterns.automaton import Automaton
from samspil.validation.fhirpath.patterns.demands import MAX_QUICK_TEXT, demands_of
from samspil.validation.fhirpath.patterns.tree import INLINE, Part, PatternError, read_pattern


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A test for texts: does any part of the text match?

    Errors:  PatternError for a malformed pattern, and for one that no matcher here can run safely.

    >>> compile_pattern("^[0-9]{13}$")("5790000120000")
    True
    """
    compiled, tree = read_pattern(pattern)
    demands = demands_of(tree, compiled.flags)
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
    read_pattern(pattern)
    flags = INLINE.match(pattern)
    head = flags.group() if flags else ""
    return compile_pattern(rf"{head}\A(?:{pattern[len(head) :]})\Z")


@lru_cache(maxsize=512)
def compile_replacement(pattern: str) -> Callable[[str, str], str]:
    """Replaces every match in a text by a substitution, where `$1` and `${name}` stand for groups.

    Errors:  PatternError where Python's matcher could take for ever.

    >>> compile_replacement("(\\\\d+)-(\\\\d+)")("1-2", "$2-$1")
    '2-1'
    """
    compiled, tree = read_pattern(pattern)
    demands = demands_of(tree, compiled.flags)
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
def _automaton(compiled: "re.Pattern[str]", tree: Part) -> "Automaton":
    return Automaton(tree, ignore_case=bool(compiled.flags & re.IGNORECASE))
