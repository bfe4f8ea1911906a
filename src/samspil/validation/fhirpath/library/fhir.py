"""Functions that FHIR adds: extensions, references, profiles, terminology, narrative."""

from samspil.validation.fhirpath.code import StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.library.calls import CallSite
from samspil.validation.fhirpath.navigation import NONE, Items
from samspil.validation.fhirpath.values import Item, plain


def extension(call: CallSite) -> StepCode:
    """The extensions of one URL."""
    members, url = call.navigation.members("extension"), call.text(0)

    def step(items: Items, this: Item, frame: Frame) -> Items:
        wanted = url(this, frame)
        found = members(items, this, frame)
        return [one for one in found if _url(one) == wanted] if wanted is not None else NONE

    return StepCode(step)


def _url(extension: Item) -> Item:
    value = extension if type(extension) is dict else plain(extension)
    return value.get("url") if type(value) is dict else None


def resolve(call: CallSite) -> StepCode:
    """What references lead to; those that lead nowhere are left out."""
    enter = call.navigation.enter

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found = [frame.resolve(item) for item in items]
        return [enter(one) for one in found if one is not None]

    return StepCode(step)


def conforms_to(call: CallSite) -> StepCode:
    """Whether a resource keeps a profile."""
    site, canonical = call.site, call.text(0)

    def truth(items: Items, this: Item, frame: Frame) -> bool | None:
        resource, url = site.single(items), canonical(this, frame)
        ask = frame.environment.conforms_to
        return None if resource is None or url is None or ask is None else ask(resource, url)

    return step_from_truth(truth)


def member_of(call: CallSite) -> StepCode:
    """Whether a value set holds a code, Coding or CodeableConcept."""
    site, canonical = call.site, call.text(0)

    def truth(items: Items, this: Item, frame: Frame) -> bool | None:
        coded, url = site.single(items), canonical(this, frame)
        ask = frame.environment.member_of
        return None if coded is None or url is None or ask is None else ask(coded, url)

    return step_from_truth(truth)


def subsumes(call: CallSite) -> StepCode:
    """Whether a code includes another."""
    return _subsumption(call, turned=False)


def subsumed_by(call: CallSite) -> StepCode:
    """Whether a code is included in another."""
    return _subsumption(call, turned=True)


def _subsumption(call: CallSite, *, turned: bool) -> StepCode:
    site, other = call.site, call.arguments[0]

    def truth(items: Items, this: Item, frame: Frame) -> bool | None:
        one, two = site.single(items), other.site.single(other.code.items(this, frame))
        ask = frame.environment.subsumes
        if one is None or two is None or ask is None:
            return None
        return ask(two, one) if turned else ask(one, two)

    return step_from_truth(truth)


def html_checks(call: CallSite) -> StepCode:
    """Whether a narrative is safe and says something."""
    site = call.site

    def truth(items: Items, this: Item, frame: Frame) -> bool | None:
        narrative = site.single(items)
        ask = frame.environment.html_checks
        return ask(narrative) if ask is not None and type(narrative) is str else None

    return step_from_truth(truth)
