"""`samspil convert`: what is lost and why, what is refused and with which code, and rubbish."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samspil.apps.messages.examples import EXAMPLES, payload_of
from samspil.runtime import cli

LETTER = payload_of(EXAMPLES["letter"])
FAULTY = payload_of(EXAMPLES["segments"])
LOSSY = LETTER.replace("Såret er helet".encode(), "Såret er helet – “fint”".encode())

Lines = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def line(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Lines:
    """Convert bytes with --json: the exit code and the one line."""

    def run(payload: bytes, *words: str) -> tuple[int, dict[str, Any]]:
        (tmp_path / "given").write_bytes(payload)
        capfdbinary.readouterr()
        code = cli.run(["convert", str(tmp_path / "given"), *words, "--json"])
        (said,) = capfdbinary.readouterr().out.splitlines()
        return code, json.loads(said)

    return run


def test_what_is_lost_is_told_with_its_place_and_reason(line: Lines) -> None:
    """In the language asked for; the output is there all the same."""
    code, row = line(LOSSY, "--to", "edifact")
    assert code == 0
    assert [loss["path"] for loss in row["losses"]] == ["ClinicalInformation/Text01"]
    assert "typographic" in row["losses"][0]["reason"]
    assert "typografiske" in line(LOSSY, "--to", "edifact", "--lang", "da")[1]["losses"][0]["reason"]
    assert base64.b64decode(row["outputs"][0]["base64"]).startswith(b"UNA")


def test_no_loss_writes_nothing(line: Lines, tmp_path: Path) -> None:
    """The losses are told, the file is not made, and the exit code says so."""
    out = tmp_path / "out.edi"
    code, row = line(LOSSY, "--to", "edifact", "--no-loss", "--out", str(out))
    assert (code, row["outputs"], len(row["losses"]), out.exists()) == (1, [], 1, False)
    assert line(LETTER, "--to", "edifact", "--no-loss", "--out", str(out))[0] == 0
    assert out.exists()


@pytest.mark.parametrize("version", ["D9999L", "XH0130R", "nonsense", "\x00", "X" * 5000, ""])
def test_a_version_that_cannot_be_written(line: Lines, version: str) -> None:
    """Another type's, or nobody's: one code, no output. An empty one is none."""
    code, row = line(LETTER, "--to", "edifact", "--version", version)
    if not version:
        assert (code, len(row["outputs"])) == (0, 1)
        return
    assert (code, row["outputs"]) == (1, [])
    assert "convert.version.unsupported" in [issue["code"] for issue in row["issues"]]


def test_a_faulty_letter_is_not_converted(line: Lines) -> None:
    """Its findings say what is to be mended first; each has a remedy."""
    code, row = line(FAULTY, "--to", "oioxml")
    assert (code, row["verdict"], row["outputs"]) == (1, "rejected", [])
    assert all(issue["remedy"] for issue in row["issues"])


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00" * 5000, b"UNB", b"UNA:+.? '", LETTER[:700], LETTER[: len(LETTER) // 2], FAULTY[:300], b"<Emessage/>"],
)
@pytest.mark.parametrize("to", ["edifact", "oioxml", "fhir"])
def test_rubbish_gets_a_reason(line: Lines, payload: bytes, to: str) -> None:
    """No output, at least one finding, no traceback."""
    code, row = line(payload, "--to", to)
    assert (code, row["outputs"]) == (1, [])
    assert row["issues"]
