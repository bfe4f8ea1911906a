"""FHIR packages from archives and folders; what is none is told as such."""

import io
import tarfile
from pathlib import Path

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageError, read_package, read_packages

MANIFEST = {"name": "test.rules", "version": "1.0.0", "dependencies": {"other": "2.0.0"}}
COLOURS = {"resourceType": "ValueSet", "id": "colours", "url": "http://example.org/ValueSet/colours", "version": "7.0"}


def archive(place: Path, members: dict[str, bytes]) -> Path:
    """A package archive with these members."""
    with tarfile.open(place, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return place


def members() -> dict[str, bytes]:
    """A package's members: definitions, and much that is none."""
    return {
        "package/package.json": orjson.dumps(MANIFEST),
        "package/ValueSet-colours.json": orjson.dumps(COLOURS),
        "package/SearchParameter-x.json": b"{",
        "package/example/ValueSet-other.json": orjson.dumps(COLOURS | {"id": "other"}),
        "package/.index.json": b"{}",
    }


def test_an_archive_is_read_without_looking_into_definitions(tmp_path: Path) -> None:
    """Name, version, needs, and the definitions by address; examples and other kinds are left."""
    package = read_package(archive(tmp_path / "a.tgz", members()))
    (definition,) = package.definitions
    assert (str(package), package.needs) == ("test.rules@1.0.0", (("other", "2.0.0"),))
    assert (definition.kind, definition.url, definition.version) == ("ValueSet", COLOURS["url"], "7.0")
    assert definition.read() == COLOURS


@pytest.mark.parametrize("inside", ["", "package"])
def test_a_folder_is_a_package_too(tmp_path: Path, inside: str) -> None:
    """Unpacked, with or without the `package` folder."""
    home = tmp_path / "one" / inside
    home.mkdir(parents=True)
    (home / "package.json").write_bytes(orjson.dumps(MANIFEST))
    (home / "ValueSet-colours.json").write_bytes(orjson.dumps(COLOURS))
    assert [str(package) for package in read_packages(tmp_path)] == ["test.rules@1.0.0"]
    assert [str(package) for package in read_packages(str(tmp_path / "one"))] == ["test.rules@1.0.0"]


def test_a_folder_of_nothing_is_told(tmp_path: Path) -> None:
    """Neither a missing folder nor an empty one is packages."""
    with pytest.raises(PackageError, match="not a folder"):
        read_packages(tmp_path / "nowhere")
    with pytest.raises(PackageError, match="holds no FHIR package"):
        read_packages(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"\x1f\x8b\x08\x00junk"],
)
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    """Any bytes give the one error, never another."""
    (tmp_path / "a.tgz").write_bytes(content)
    with pytest.raises(PackageError):
        read_packages(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"package/package.json": b"{"},
        {"package/package.json": b"[]"},
        {"package/package.json": b'{"name": "x"}'},
        {"package/ValueSet-colours.json": b"{"},
    ],
)
def test_a_broken_package_is_told(tmp_path: Path, change: dict[str, bytes]) -> None:
    """A package whose manifest or definitions cannot be read is wrong use."""
    with pytest.raises(PackageError):
        read_package(archive(tmp_path / "a.tgz", members() | change))


def test_an_archive_without_a_manifest_is_none(tmp_path: Path) -> None:
    """An archive of something else."""
    with pytest.raises(PackageError):
        read_package(archive(tmp_path / "a.tgz", {"readme.txt": b"x"}))
