"""Packages read before: the same again, and never anything else."""

from pathlib import Path

import pytest

from samspil.catalogue.fhir import package_cache
from samspil.catalogue.fhir.package_cache import PackageCache
from samspil.catalogue.fhir.package_files import PackageError, PackageFiles, read_archive
from tests.packages import packed

COLOURS = {"resourceType": "ValueSet", "id": "colours", "url": "http://example.org/ValueSet/colours", "version": "7.0"}
ARCHIVE = packed("test.rules", "1.0.0", needs={"other": "2.0.0"}, definitions={"ValueSet-colours.json": COLOURS})


def files(folder: Path) -> list[Path]:
    """What the cache keeps."""
    return list(folder.iterdir())


@pytest.fixture
def cache(tmp_path: Path) -> PackageCache:
    """A cache that has read the archive once."""
    made = PackageCache(tmp_path / "cache")
    assert made.read(ARCHIVE, origin="a.tgz") == read_archive(ARCHIVE, origin="a.tgz")
    return made


def test_what_was_read_before_is_the_same_again(
    cache: PackageCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without opening the archive; its definitions are read as before."""
    expected = read_archive(ARCHIVE, origin="elsewhere.tgz")

    def never(archive: bytes, *, origin: str) -> PackageFiles:
        raise AssertionError("the archive was opened again")

    monkeypatch.setattr(package_cache, "read_archive", never)
    again = cache.read(ARCHIVE, origin="elsewhere.tgz")
    assert again == expected
    assert again.definitions[0].read() == COLOURS
    assert len(files(tmp_path / "cache")) == 1


@pytest.mark.parametrize("at", [0, 30, 60, -1])
def test_a_damaged_file_is_read_anew(cache: PackageCache, tmp_path: Path, at: int) -> None:
    """One wrong byte anywhere, and the archive counts again."""
    (file,) = files(tmp_path / "cache")
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert cache.read(ARCHIVE, origin="a.tgz") == read_archive(ARCHIVE, origin="a.tgz")
    file.write_bytes(b"")
    assert cache.read(ARCHIVE, origin="a.tgz") == read_archive(ARCHIVE, origin="a.tgz")


def test_another_archive_is_another_file(cache: PackageCache, tmp_path: Path) -> None:
    """Content decides, not the name."""
    other = packed("test.rules", "1.0.0")
    assert cache.read(other, origin="a.tgz").definitions == ()
    assert len(files(tmp_path / "cache")) == 2


def test_what_is_no_package_is_not_kept(cache: PackageCache, tmp_path: Path) -> None:
    """It is told each time."""
    for _ in range(2):
        with pytest.raises(PackageError):
            cache.read(b"nothing", origin="a.tgz")
    assert len(files(tmp_path / "cache")) == 1


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    """A file in the folder's place keeps nobody from reading packages."""
    (tmp_path / "cache").write_bytes(b"")
    assert PackageCache(tmp_path / "cache").read(ARCHIVE, origin="a.tgz").name == "test.rules"
