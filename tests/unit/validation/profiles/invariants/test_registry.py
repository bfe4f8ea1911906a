"""Every invariant of the tables has a named function, and every named function an invariant."""

from collections.abc import Iterator

from samspil.catalogue.findings import entries
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.invariants import find_test, is_vacuous, registered
from samspil.validation.profiles.invariants.registry import ABOUT, VACUOUS, VACUOUS_IN
from samspil.validation.profiles.ir import Element, Invariant
from samspil.validation.profiles.shorthand import TablePackage


def invariants() -> Iterator[Invariant]:
    """Every invariant in every table."""
    library = builtin_library()
    for package in library:
        assert isinstance(package, TablePackage)
        for address in package.addresses("StructureDefinition"):
            for version in package.versions("StructureDefinition", address):
                yield from of_element(library.write(package, address, version).root)


def of_element(element: Element) -> Iterator[Invariant]:
    """The invariants of an element and of everything in it."""
    yield from element.invariants
    for inner in (*element.children.values(), *element.slices.values()):
        yield from of_element(inner)


def test_every_invariant_is_tested_by_name() -> None:
    """None is forgotten; those that as published can never fail are listed as such."""
    missing = {row.rule for row in invariants() if find_test(row) is None and not is_vacuous(row)}
    assert missing == set()


def test_every_function_tests_something() -> None:
    """A test of a rule that no table states is dead code."""
    stated = {row.rule for row in invariants()}
    assert set(registered()) - stated == set()
    assert set(VACUOUS) | set(VACUOUS_IN) <= stated


def test_every_function_says_its_rule() -> None:
    """The docstring is the rule in our words."""
    for offers in registered().values():
        for _, test in offers:
            assert test.__doc__ and test.__doc__.rstrip().endswith((".", ")")), test


def test_a_version_may_have_its_own_test() -> None:
    """dk-core 2.0 knew leap years; later versions do not."""
    old, new = (find_test(Invariant("cpr", "dk-core-cpr-identifier#cpr", version)) for version in ("2.0.0", "3.4.0"))
    assert old is not None and new is not None and old is not new


def test_what_is_about_one_member_needs_it() -> None:
    """Rules about contained resources are not asked of those without any."""
    assert set(ABOUT.values()) == {"contained"}


def test_every_invariant_has_words_of_its_own() -> None:
    """Whoever breaks one is told what is wrong and what would put it right, in both languages."""
    keys = {rule.partition("#")[2].lower() for rule in registered()}
    told = {code.removeprefix("fhir.invariant.") for code in entries() if code.startswith("fhir.invariant.")}
    assert told - {"broken"} == keys
