"""`samspil packages`: what is taken in, from where, and that it changes no verdict unless asked for."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samspil.runtime import cli
from tests.packages import Registry, packed, serving

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "examples/care-communication/5.0/new.json"
Lines = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def lines(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lines]:
    """Run a command with --json in a home of its own: its exit code and its lines."""
    monkeypatch.setenv("SAMSPIL_HOME", str(tmp_path / "home"))

    def run(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
        capfdbinary.readouterr()
        code = cli.run([*map(str, words), "--json"])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    yield run


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry that the settings name."""
    with serving() as served:
        monkeypatch.setenv("SAMSPIL_PACKAGE_REGISTRY", served.address)
        yield served


def file_of(tmp_path: Path, name: str, version: str, **more: Any) -> Path:
    """A package as a file."""
    file = tmp_path / "downloaded.tgz"
    file.write_bytes(packed(name, version, **more))
    return file


def test_a_file_is_added_listed_and_removed(lines: Lines, tmp_path: Path) -> None:
    """Its checksum is told each time, and what it needs that is not there."""
    file = file_of(tmp_path, "test.rules", "1.0.0", needs={"hl7.fhir.r4.core": "4.0.1", "other": "2.0.0"})
    code, (added,) = lines("packages", "add", file)
    assert code == 0
    assert (added["name"], added["version"], added["added"], added["missing"]) == (
        "test.rules",
        "1.0.0",
        True,
        ["other@2.0.0"],
    )
    code, (listed,) = lines("packages", "list")
    assert (code, listed["sha256"], listed["size_bytes"]) == (0, added["sha256"], file.stat().st_size)
    assert lines("packages", "remove", "test.rules@1.0.0")[0] == 0
    assert lines("packages", "list") == (0, [])
    assert lines("packages", "remove", "test.rules@1.0.0")[0] == 1


def test_a_name_is_fetched_from_the_registry(lines: Lines, registry: Registry) -> None:
    """Only then is a network used."""
    registry.hold(packed("test.rules", "1.0.0"), "test.rules", "1.0.0")
    code, (added,) = lines("packages", "add", "test.rules@1.0.0")
    assert (code, added["added"]) == (0, True)
    assert registry.asked == ["/test.rules", "/test.rules/1.0.0"]


def test_the_registry_may_be_named(lines: Lines, registry: Registry) -> None:
    """`--registry` goes before the setting."""
    with serving() as other:
        other.hold(packed("test.rules", "1.0.0"), "test.rules", "1.0.0")
        assert lines("packages", "add", "test.rules@1.0.0", "--registry", other.address)[0] == 0
    assert registry.asked == []


def test_a_file_asks_no_registry(lines: Lines, registry: Registry, tmp_path: Path) -> None:
    """Not even for what it needs."""
    lines("packages", "add", file_of(tmp_path, "test.rules", "1.0.0", needs={"other": "2.0.0"}))
    lines("packages", "list")
    lines("validate", GOOD, "--packages", "installed")
    assert registry.asked == []


def test_exit_codes_tell_what_went_wrong(lines: Lines, registry: Registry, tmp_path: Path) -> None:
    """Unknown there, not the one that was meant, no package, no such file, nobody there; the others are added."""
    good = file_of(tmp_path, "test.rules", "1.0.0")
    assert lines("packages", "add", "no.such@1.0.0")[0] == 1
    assert lines("packages", "add", good, "--sha256", "0" * 64) == (1, [])
    code, added = lines("packages", "add", ROOT / "README.md", good)
    assert (code, len(added)) == (1, 1)
    assert lines("packages", "add", tmp_path / "nothing.tgz")[0] == 2
    assert lines("packages", "add", "a@1.0", "--registry", "http://127.0.0.1:9")[0] == 3


def test_other_content_under_the_same_name_is_refused(lines: Lines, tmp_path: Path) -> None:
    """A package that verdicts were given by does not change."""
    assert lines("packages", "add", file_of(tmp_path, "test.rules", "1.0.0"))[0] == 0
    assert lines("packages", "add", file_of(tmp_path, "test.rules", "1.0.0", needs={"a": "1.0.0"}))[0] == 1


def test_what_was_added_judges_only_when_asked_for(lines: Lines, shared: Path, tmp_path: Path) -> None:
    """The same file, with and without `--packages installed`; the second time out of what was kept of the archives."""
    archives = sorted((shared / "fhir" / "packages").glob("*.tgz"))
    plain = lines("validate", GOOD)
    assert lines("packages", "add", *archives)[0] == 0
    assert lines("validate", GOOD) == plain
    first = lines("validate", GOOD, "--packages", "installed")
    code, (row,) = first
    assert (code, [issue["code"] for issue in row["issues"]]) == (0, ["fhir.packages.missing"])
    assert len(list((tmp_path / "home" / "cache" / "packages").iterdir())) == len(archives)
    assert lines("validate", GOOD, "--packages", "installed") == first


def test_packages_that_are_not_there_or_changed_are_wrong_use(lines: Lines, tmp_path: Path) -> None:
    """Nothing is judged by what was not added."""
    assert lines("validate", GOOD, "--packages", "installed")[0] == 2
    lines("packages", "add", file_of(tmp_path, "test.rules", "1.0.0"))
    kept = tmp_path / "home" / "packages" / "test.rules@1.0.0.tgz"
    kept.write_bytes(packed("test.rules", "1.0.0", needs={"a": "1.0.0"}))
    assert lines("validate", GOOD, "--packages", "installed")[0] == 2
    assert lines("packages", "list")[0] == 1
