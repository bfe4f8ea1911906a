"""Which of several versions an address leads to: the root's own first, then what it needs, R4 last."""

import pytest

from samspil.validation.profiles.builtin import core_package
from samspil.validation.profiles.library import CORE, Library, version_key
from samspil.validation.profiles.shorthand import Table, TablePackage

TABLES = (
    """Package: root
Prefix: t = http://example.org/fhir
Version: 1.0.0 needs middle 1.0.0, lost 1.0.0

Profile: t:own
In: 1.0.0
Of: Patient
Parent: t:shared
* birthDate 1..
""",
    """Package: middle
Prefix: t = http://example.org/fhir
Version: 1.0.0 needs deep 2.0.0
Version: 1.2.0

Profile: t:shared
In: 1.0.0
Of: Patient
Parent: Patient
* gender 1..
""",
    """Package: deep
Prefix: t = http://example.org/fhir
Version: 2.0.0

Profile: t:shared
In: 2.0.0
Of: Patient
Parent: Patient
* name 1..
""",
)


@pytest.fixture(scope="module")
def library() -> Library:
    """Three packages, one of which needs one that is not there."""
    tables = [Table(text) for text in TABLES]
    return Library((TablePackage(table, version) for table in tables for version in table.needs), core=core_package())


def address(name: str) -> str:
    """The address of a profile in the tables."""
    return f"http://example.org/fhir/StructureDefinition/{name}"


def test_nearer_packages_come_first_and_r4_last(library: Library) -> None:
    """The root, then what it needs, then what those need."""
    root = library.package("root", "1.0.0")
    assert root is not None
    view = library.view(root)
    assert [package.name for package in view.packages] == ["root", "middle", "deep", CORE]
    assert view.missing == ["lost"]


def test_the_first_hit_counts_and_a_version_chooses(library: Library) -> None:
    """Without a version the nearest package answers; with one, the package that has it."""
    root = library.package("root", "1.0.0")
    assert root is not None
    view = library.view(root)
    plain, pinned = view.profile(address("shared")), view.profile(address("shared") + "|2.0.0")
    assert plain is not None and pinned is not None
    assert (plain.version, pinned.version) == ("1.0.0", "2.0.0")
    assert view.profile(address("shared") + "|9.9.9") is plain
    assert view.profile(address("nobody")) is None


def test_a_patch_stands_in_for_its_version(library: Library) -> None:
    """`2.0` is 2.0.0, and so is 2.7 if there is nothing nearer."""
    root = library.package("root", "1.0.0")
    assert root is not None
    view = library.view(root)
    for wanted in ("2.0", "2", "2.7.1"):
        found = view.profile(f"{address('shared')}|{wanted}")
        assert found is not None and found.version == "2.0.0", wanted


def test_a_missing_package_version_is_answered_by_the_next_one(library: Library) -> None:
    """An exact version if there is one, else the nearest later, else the newest."""
    for wanted, found in (("1.0.0", "1.0.0"), ("1.1.0", "1.2.0"), ("3.0.0", "1.2.0")):
        package = library.package("middle", wanted)
        assert package is not None and package.version == found
    assert library.package("nobody", "1.0.0") is None


def test_parents_are_sought_where_the_profile_was_written(library: Library) -> None:
    """A profile inherits from what its own package sees, and remembers the line."""
    root = library.package("root", "1.0.0")
    assert root is not None
    profile = library.view(root).profile(address("own"))
    assert profile is not None
    assert profile.parents[0] == address("shared")
    assert profile.root.children["gender"].minimum == 1
    assert profile.root.children["name"].minimum == 0


def test_versions_are_ordered_by_number() -> None:
    """2.10 is later than 2.9, and a release later than its trial."""
    assert version_key("2.10.0") > version_key("2.9.1")
    assert version_key("2.0.0-trial-use") > version_key("1.9.9")


def test_spellings_of_addresses_are_not_kept_for_ever(library: Library) -> None:
    """A message may claim any version it likes; remembering is bounded."""
    root = library.package("root", "1.0.0")
    assert root is not None
    view = library.view(root)
    for number in range(6000):
        view.profile(f"{address('shared')}|1.0.{number}")
    assert len(view._places) <= 5000  # pyright: ignore[reportPrivateUsage] - the bound is the point
