"""`samspil schemas`: what is taken in, and that it changes no verdict unless asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samspil.runtime import cli
from tests.oioxml_schemas import NAMESPACE, write_schemas, zip_schemas
from tests.unit.validation.legacy.test_schema import LETTER

Lines = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def lines(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Run a command with --json in a home of its own: its exit code and its lines."""
    monkeypatch.setenv("SAMSPIL_HOME", str(tmp_path / "home"))

    def run(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
        capfdbinary.readouterr()
        code = cli.run([*map(str, words), "--json"])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    return run


def test_added_listed_used_and_removed(lines: Lines, tmp_path: Path) -> None:
    """Added schemas judge only who asks for them."""
    letter = tmp_path / "letter.xml"
    letter.write_bytes(LETTER)
    code, (added,) = lines("schemas", "add", zip_schemas(tmp_path / "medcom.zip"))
    assert (code, added["name"], added["namespaces"], added["added"]) == (0, "medcom", [NAMESPACE], True)
    assert lines("schemas", "list") == (0, [{key: added[key] for key in ("name", "sha256", "files", "namespaces")}])
    assert "oioxml.schema" not in [issue["code"] for issue in lines("validate", letter)[1][0]["issues"]]
    told = lines("validate", letter, "--schemas", "installed")[1][0]["issues"]
    assert [issue["line"] for issue in told if issue["code"] == "oioxml.schema"][:1] == [4]
    assert lines("schemas", "remove", "medcom") == (0, [{"name": "medcom", "removed": True}])
    assert lines("schemas", "remove", "medcom")[0] == 1
    assert lines("validate", letter, "--schemas", "installed")[0] == 2


def test_what_cannot_be_taken_in(lines: Lines, tmp_path: Path) -> None:
    """Nothing there is wrong use; a set that is none, or another of the same name, is refused."""
    assert lines("schemas", "add", tmp_path / "nowhere")[0] == 2
    (tmp_path / "empty").mkdir()
    assert lines("schemas", "add", tmp_path / "empty")[0] == 1
    folder = write_schemas(tmp_path / "set")
    assert lines("schemas", "add", folder)[0] == 0
    code, (again,) = lines("schemas", "add", folder)
    assert (code, again["added"]) == (0, False)
    (folder / "2013" / "more.xsd").write_bytes((folder / "2013" / "parts" / "Short.xsd").read_bytes())
    assert lines("schemas", "add", folder)[0] == 1


def test_a_changed_file_is_never_used(lines: Lines, tmp_path: Path) -> None:
    """Listing and judging both say so."""
    lines("schemas", "add", write_schemas(tmp_path / "set"))
    file = tmp_path / "home" / "schemas" / "set" / "2013" / "EMessage.xsd"
    file.write_bytes(file.read_bytes() + b" ")
    assert lines("schemas", "list")[0] == 1
    (tmp_path / "letter.xml").write_bytes(LETTER)
    assert lines("validate", tmp_path / "letter.xml", "--schemas", "installed")[0] == 2
