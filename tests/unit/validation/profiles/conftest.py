"""What the profile tests stand on: small profiles written in our own notation, and the official packages."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from samspil.formats.fhir.bundle import Bundle, Entry
from samspil.validation.profiles.builtin import core_package
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants import NamedInvariants
from samspil.validation.profiles.library import Library
from samspil.validation.profiles.rulebook import Rulebook
from samspil.validation.profiles.scene import Scene
from samspil.validation.profiles.shorthand import Table, TablePackage
from tests.fhir_packages import official, official_core, package_files

__all__ = ["official", "official_core", "package_files"]

Judged = Callable[[str, dict[str, Any]], list[Fault]]


@cache
def tabled(text: str) -> Library:
    """A library with one table of ours on top of the built-in R4."""
    table = Table(text)
    return Library((TablePackage(table, version) for version in table.needs), core=core_package())


@pytest.fixture
def rulebook() -> Callable[[str], Rulebook]:
    """The rulebook of a table, written in our notation."""

    def make(text: str) -> Rulebook:
        library = tabled(text)
        return Rulebook(library.view(next(iter(library))), NamedInvariants())

    return make


@pytest.fixture
def judged(rulebook: Callable[[str], Rulebook]) -> Judged:
    """The faults of one resource, judged by the first profile of a table; what it demands of others is not followed."""

    def judge(text: str, resource: dict[str, Any]) -> list[Fault]:
        book = rulebook(text)
        package = next(iter(tabled(text)))
        assert isinstance(package, TablePackage)
        rules = book.profile(next(package.addresses("StructureDefinition")))
        assert rules is not None
        scene = Scene(resource, Bundle(resource), book)
        scene.stand_in(Entry(-1, "", "", "", resource))
        return rules.check(resource, scene) or []

    return judge


def table(profile: str) -> str:
    """A table with these blocks in it."""
    head = "Package: test.rules\nPrefix: t = http://example.org/fhir\nVersion: 1.0.0"
    return f"{head}\n\n{profile.strip()}\n"


def places(faults: list[Fault]) -> list[tuple[str, str, str]]:
    """Faults as code, rule and place."""
    return [(fault.code, fault.rule, ".".join(map(str, fault.place))) for fault in faults]
