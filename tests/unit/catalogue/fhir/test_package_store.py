"""Packages that a site has taken in: kept as they came, and never used as something else."""

import hashlib
from pathlib import Path

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageError, read_packages
from samspil.catalogue.fhir.package_store import OtherContent, PackageStore, is_reference
from tests.packages import packed


def test_what_is_added_is_listed_and_can_be_removed(tmp_path: Path) -> None:
    """Its name, version, size and checksum; a second time it was there already."""
    store, archive = PackageStore(tmp_path / "packages"), packed("test.rules", "1.0.0", needs={"other": "2.0.0"})
    kept, is_new = store.add(archive, origin="a.tgz")
    assert (str(kept), is_new, kept.needs) == ("test.rules@1.0.0", True, (("other", "2.0.0"),))
    assert (kept.sha256, kept.size_bytes) == (hashlib.sha256(archive).hexdigest(), len(archive))
    assert store.list() == (kept,)
    assert store.names() == {"test.rules"}
    assert store.add(archive, origin="a.tgz") == (kept, False)
    assert store.remove("test.rules", "1.0.0")
    assert not store.remove("test.rules", "1.0.0")
    assert list((tmp_path / "packages").iterdir()) == []


def test_nothing_is_kept_where_nothing_was_added(tmp_path: Path) -> None:
    """A home without the folder holds no packages."""
    assert PackageStore(tmp_path / "nowhere").list() == ()


def test_versions_lie_side_by_side(tmp_path: Path) -> None:
    """One name in two versions is two packages."""
    store = PackageStore(tmp_path)
    for version in ("1.0.0", "1.1.0-trial-use"):
        store.add(packed("test.rules", version), origin="a.tgz")
    assert [str(kept) for kept in store.list()] == ["test.rules@1.0.0", "test.rules@1.1.0-trial-use"]


def test_other_bytes_under_the_same_name_are_refused(tmp_path: Path) -> None:
    """What verdicts were given by must not change under its name."""
    store = PackageStore(tmp_path)
    store.add(packed("test.rules", "1.0.0"), origin="a.tgz")
    with pytest.raises(OtherContent, match="other content"):
        store.add(packed("test.rules", "1.0.0", needs={"more": "1.0.0"}), origin="a.tgz")


def test_an_archive_that_has_changed_is_not_loaded(tmp_path: Path) -> None:
    """Whoever loads the folder has every archive compared with its checksum."""
    store = PackageStore(tmp_path)
    store.add(packed("test.rules", "1.0.0"), origin="a.tgz")
    assert [str(package) for package in read_packages(tmp_path)] == ["test.rules@1.0.0"]
    (tmp_path / "test.rules@1.0.0.tgz").write_bytes(packed("test.rules", "1.0.0", needs={"more": "1.0.0"}))
    with pytest.raises(PackageError, match="checksum differs"):
        read_packages(tmp_path)
    with pytest.raises(PackageError, match="checksum differs"):
        store.list()


@pytest.mark.parametrize("name", ["../escape", "a/b", ".hidden", "a b", "", "a@b"])
def test_a_name_that_would_be_a_path_is_no_name(tmp_path: Path, name: str) -> None:
    """A package chooses its name; the file's name follows from it."""
    assert not is_reference(name, "1.0.0")
    with pytest.raises(PackageError, match="name or version"):
        PackageStore(tmp_path / "packages").add(packed(name, "1.0.0"), origin="a.tgz")
    assert not (tmp_path / "packages").exists()
    assert not PackageStore(tmp_path).remove(name, "1.0.0")


@pytest.mark.parametrize("manifest", [{"name": 1, "version": "1.0.0"}, {"name": "a", "version": None}, {"name": "a"}])
def test_a_package_says_what_it_is_called(tmp_path: Path, manifest: dict[str, object]) -> None:
    """Name and version are texts."""
    with pytest.raises(PackageError):
        PackageStore(tmp_path).add(packed("a", "1.0.0", manifest=orjson.dumps(manifest)), origin="a.tgz")
