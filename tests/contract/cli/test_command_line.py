"""The command line's contract: keys, exit codes, languages, pipes. Others call it from scripts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil.benchmarks.legacy_letters import interchanges
from samspil.domain.message import Message
from samspil.runtime import cli
from samspil.validation.api import read

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "examples/care-communication/5.0/new.json"
BAD = ROOT / "examples/faulty/no-timestamp.json"
BROKEN = ROOT / "examples/faulty/cut-off.json"
SAMSPIL = [sys.executable, "-m", "samspil"]
IDENTITY = ["file", "part", "format", "kind", "standard", "version"]
ISSUE = ["code", "severity", "rule", "layer", "where", "span", "line", "column", "message", "remedy", "source"]

Lines = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def lines(capfdbinary: pytest.CaptureFixture[bytes]) -> Lines:
    """Run a command with --json: its exit code and its lines. Nothing else may stand on stdout."""

    def run(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
        capfdbinary.readouterr()
        code = cli.run([*map(str, words), "--json"])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    return run


def shell(*words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run the program as a script would."""
    return subprocess.run([*SAMSPIL, *words], input=stdin, capture_output=True, timeout=100, check=False, cwd=ROOT)


def test_identify_gives_a_line_for_each_file(lines: Lines) -> None:
    """The six keys in their order; unknown values are null."""
    code, (first, second) = lines("identify", GOOD, ROOT / "pyproject.toml")
    assert code == 1, "one of the files is unknown"
    assert list(first) == IDENTITY
    assert first == {
        "file": str(GOOD),
        "part": "1",
        "format": "fhir-json",
        "kind": "message",
        "standard": "CareCommunication",
        "version": "5.0",
    }
    assert (second["format"], second["kind"], second["standard"], second["version"]) == ("unknown", None, None, None)


def test_validate_gives_verdict_and_issues(lines: Lines) -> None:
    """Identify's keys, a verdict, and every finding with all its keys."""
    code, (good, bad, broken) = lines("validate", GOOD, BAD, BROKEN)
    assert code == 1
    assert list(good) == [*IDENTITY, "verdict", "issues"]
    assert [row["verdict"] for row in (good, bad, broken)] == ["accepted", "rejected", "unreadable"]
    assert good["issues"] == []
    for issue in [*bad["issues"], *broken["issues"]]:
        assert list(issue) == ISSUE
    assert "fhir.bundle.timestamp.missing" in {issue["code"] for issue in bad["issues"]}


def test_texts_follow_the_language_and_codes_do_not(lines: Lines) -> None:
    """JSON is English unless asked; Danish differs in sentences only."""
    _, (english,) = lines("validate", BAD)
    _, (danish,) = lines("validate", BAD, "--lang", "da")
    assert [issue["code"] for issue in english["issues"]] == [issue["code"] for issue in danish["issues"]]
    assert english["issues"][0]["message"] == "The bundle has no timestamp."
    assert danish["issues"][0]["message"] != english["issues"][0]["message"]


def test_several_letters_are_several_parts(lines: Lines, shared: Path, tmp_path: Path) -> None:
    """An interchange with two letters gives two lines, numbered."""
    whole = next((shared / "edifact").rglob("DIS20_ok.edi")).read_bytes()
    start, end = whole.index(b"UNH+"), whole.index(b"UNZ+")
    file = tmp_path / "two"
    file.write_bytes(whole[:end] + whole[start:end] + whole[end:])
    for command in ("identify", "validate"):
        _, rows = lines(command, file)
        assert [(row["part"], row["standard"]) for row in rows] == [("1", "DIS20"), ("2", "DIS20")]


def test_an_envelope_has_a_line_before_its_payload(lines: Lines, shared: Path) -> None:
    """Part "1" is the envelope, "1.1" what lies in it."""
    for file in sorted((shared / "sbdh").rglob("*.xml")):
        _, rows = lines("identify", file)
        if rows[0]["kind"] == "envelope" and len(rows) > 1:
            assert [row["part"] for row in rows[:2]] == ["1", "1.1"]
            return
    pytest.fail("no envelope with a payload among the official samples")


def test_a_missing_file_is_wrong_use_and_the_others_are_done(lines: Lines) -> None:
    """The highest code of several files counts."""
    code, rows = lines("identify", "/no/such/file", GOOD)
    assert code == 2
    assert [row["file"] for row in rows] == [str(GOOD)]


def test_a_folder_is_wrong_use(lines: Lines) -> None:
    """Nobody means a whole folder by accident; packages that are not there are no packages."""
    assert lines("identify", ROOT / "examples")[0] == 2
    assert lines("validate", GOOD, "--packages", "/no/such/folder")[0] == 2


def test_standard_input_is_a_file_called_dash() -> None:
    """What is piped in is judged as a file is."""
    run = shell("validate", "-", "--json", stdin=GOOD.read_bytes())
    assert run.returncode == 0, run.stderr
    row = json.loads(run.stdout)
    assert (row["file"], row["verdict"]) == ("-", "accepted")


def test_standard_names_are_found_in_any_case(lines: Lines) -> None:
    """One standard, whole; an unknown one is exit 1."""
    code, (row,) = lines("standards", "dis91")
    assert code == 0
    assert row["id"] == "DIS91"
    assert row["name"]["da"] != row["name"]["en"]
    assert {"syntax", "version", "registered"} == set(row["versions"][0])
    assert lines("standards", "nothing")[0] == 1


def test_convert_gives_outputs_and_losses(lines: Lines, shared: Path, tmp_path: Path) -> None:
    """Base64 in the line, or a path with --out; a target that cannot be is exit 1."""
    letter = next((shared / "edifact").rglob("DIS20_ok.edi"))
    code, (row,) = lines("convert", letter, "--to", "oioxml")
    assert code == 0
    assert list(row)[:5] == ["file", "from", "verdict", "losses", "outputs"]
    assert (row["from"], row["outputs"][0]["standard"]) == ("edifact", "DIS20")
    code, (row,) = lines("convert", letter, "--to", "oioxml", "--out", tmp_path / "letter.xml")
    assert code == 0
    assert Path(row["outputs"][0]["path"]).read_bytes().startswith(b"<?xml")
    code, (row,) = lines("convert", BROKEN, "--to", "oioxml")
    assert (code, row["outputs"]) == (1, [])


def test_convert_takes_a_directory(lines: Lines, tmp_path: Path) -> None:
    """What letters do not say may come from a file; without it each gap is named, and another file is wrong use."""
    letter, listed = tmp_path / "letter.edi", tmp_path / "listed.json"
    letter.write_bytes(interchanges()["DIS91"])
    code, (row,) = lines("convert", letter, "--to", "fhir")
    assert (code, row["outputs"]) == (1, [])
    assert "convert.missing" in {issue["code"] for issue in row["issues"]}
    glns = {str(party) for message in read(letter.read_bytes()).messages for party in _glns(message)}
    person = {"name": {"family": "Lund", "given": ["Karen"]}, "role": "Sygeplejerske", "role_code": "sygeplejerske"}
    known = {"sor": "441211000016002", "phone": "70201020", "professional": person}
    listed.write_text(json.dumps([{"gln": gln, **known} for gln in glns]), encoding="utf-8")
    code, (row,) = lines("convert", letter, "--to", "fhir", "--directory", listed)
    assert (code, [output["standard"] for output in row["outputs"]]) == (0, ["CareCommunication"])
    listed.write_text('{"gln": 1}', encoding="utf-8")
    assert lines("convert", letter, "--to", "fhir", "--directory", listed)[0] == 2


def _glns(message: Message) -> tuple[object, object]:
    return message.sender.gln, message.receiver.gln


def test_raw_conversion_goes_to_standard_output(shared: Path) -> None:
    """Without --json the bytes alone are on stdout, so that they can be piped on."""
    letter = next((shared / "edifact").rglob("DIS20_ok.edi"))
    run = shell("convert", str(letter), "--to", "oioxml")
    assert run.returncode == 0
    assert run.stdout.startswith(b"<?xml")
    assert shell("identify", "-", "--json", stdin=run.stdout).returncode == 0


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    """`samspil … | head -1` ends quietly."""
    files = " ".join([str(GOOD)] * 400)
    run = subprocess.run(
        ["bash", "-c", f"{' '.join(SAMSPIL)} identify {files} --json | head -1"],
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert run.stdout.count(b"\n") == 1
    assert run.stderr == b""


def test_a_node_that_is_not_there_is_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence says who does not answer."""
    assert cli.run(["send", str(GOOD), "--node", "http://127.0.0.1:9", "--lang", "en"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("samspil: http://127.0.0.1:9 does not answer")
    assert len(err.splitlines()) == 1


def test_a_database_that_is_not_there_is_exit_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for the database; its address, which may hold a password, is not repeated."""
    monkeypatch.setenv("SAMSPIL_DATABASE_URL", "postgresql://u:hemmeligt@127.0.0.1:9/d")
    assert cli.run(["db", "status", "--lang", "en"]) == 3
    err = capsys.readouterr().err
    assert err == "samspil: the database does not answer.\n"


def test_the_first_verdict_comes_at_once() -> None:
    """A script that asks about one file waits less than half a second, start of the program included."""
    shell("validate", str(GOOD))  # a first run may have to compile what the next finds
    began = time.monotonic()
    shell("identify", str(GOOD))
    took = time.monotonic() - began
    quiet = not os.environ.get("CI") and os.getloadavg()[0] < 0.75 * (os.cpu_count() or 1)
    assert took < (0.5 if quiet else 5.0), f"{took:.2f} s"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(payload=st.one_of(st.binary(max_size=300), st.sampled_from([b"{", b"<", b"UNB", b"\xff\xfe", b"PK"])))
def test_any_bytes_give_a_line_and_an_exit_code(payload: bytes, lines: Lines, tmp_path: Path) -> None:
    """Whatever is in a file: identify and validate answer with lines, never with an exception."""
    file = tmp_path / "any"
    file.write_bytes(payload)
    code, rows = lines("identify", file)
    assert code in {0, 1}
    assert rows
    code, rows = lines("validate", file)
    assert code in {0, 1}
    assert all(row["verdict"] in {"accepted", "rejected", "unreadable"} for row in rows)
