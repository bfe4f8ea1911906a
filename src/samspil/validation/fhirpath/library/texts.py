"""Functions of texts: parts of them, patterns in them, several in one."""

from collections.abc import Callable

from samspil.validation.fhirpath.code import StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.library.calls import Builder, CallSite, step_from_value
from samspil.validation.fhirpath.navigation import Items
from samspil.validation.fhirpath.operators import MAX_TEXT
from samspil.validation.fhirpath.patterns.matching import compile_replacement
from samspil.validation.fhirpath.patterns.tree import PatternError
from samspil.validation.fhirpath.values import Item, Mismatch, plain


def index_of(text: str, part: str) -> int:
    """Where a part begins, -1 where it is not there."""
    return text.find(part)


def holds(text: str, part: str) -> bool:
    """Does a text hold a part?"""
    return part in text


def substring(text: str, start: int, length: int | None = None) -> str | None:
    """From a place on, at most so many characters; nothing where the place is outside."""
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(length, 0)]


def replace(text: str, part: str, substitution: str) -> str:
    """Every part replaced."""
    _check_growth(text, substitution)
    return text.replace(part, substitution)


def replace_matches(text: str, pattern: str, substitution: str) -> str:
    """Every match of a pattern replaced."""
    _check_growth(text, substitution)
    try:
        return compile_replacement(pattern)(text, substitution)
    except PatternError as error:
        raise Mismatch(str(error)) from None


def _check_growth(text: str, substitution: str) -> None:
    if (len(text) + 1) * len(substitution) > MAX_TEXT:
        raise Mismatch(f"a text could grow beyond {MAX_TEXT} characters")


def split(call: CallSite) -> StepCode:
    """The pieces between separators."""
    separator = call.text(0)

    def step(items: Items, this: Item, frame: Frame) -> Items:
        text, mark = call.site.single(items), separator(this, frame)
        if text is None or mark is None:
            return []
        text = call.site.of_type(text, str, "a text")
        return list(text.split(mark)) if mark else list(text)

    return StepCode(step, text=True)


def to_chars(call: CallSite) -> StepCode:
    """Each character a text of its own."""

    def step(items: Items, this: Item, frame: Frame) -> Items:
        text = call.site.single(items)
        return [] if text is None else list(call.site.of_type(text, str, "a text"))

    return StepCode(step, text=True)


def join(call: CallSite) -> StepCode:
    """All texts in one."""
    separator = call.text(0) if call.count else None

    def compute(items: Items, this: Item, frame: Frame) -> Item:
        mark = separator(this, frame) if separator else ""
        texts = [call.site.of_type(plain(item), str, "texts only") for item in items]
        joined = None if mark is None or not texts else mark.join(texts)
        if joined is not None and len(joined) > MAX_TEXT:
            raise call.site.error(f"a text would grow beyond {MAX_TEXT} characters")
        return joined

    return step_from_value(compute, text=True)


def matching(compile_: Callable[[str], Callable[[str], bool]]) -> Builder:
    """Whether a text matches a pattern. A literal pattern is compiled, and refused, with the expression."""

    def build(call: CallSite) -> StepCode:
        site, pattern_site, pattern = call.site, call.arguments[0].site, call.text(0)
        constant = call.code(0).constant
        known: Callable[[str], bool] | None = None
        if type(constant) is str:
            try:
                known = compile_(constant)
            except PatternError as error:
                raise pattern_site.refusal(str(error)) from None

        def matches(items: Items, this: Item, frame: Frame) -> bool | None:
            text = site.single(items)
            if text is None:
                return None
            text = site.of_type(text, str, "a text")
            try:
                if known is not None:
                    return known(text)
                written = pattern(this, frame)
                return None if written is None else compile_(written)(text)
            except PatternError as error:
                raise pattern_site.error(str(error)) from None

        return step_from_truth(matches)

    return build
