"""What commands write: results on stdout, words beside them on stderr, nothing where nobody looks."""

import io
import json
import sys
from typing import cast

import pytest

from samspil.domain.issues import Phrase
from samspil.runtime.cli.output import Output


def test_a_json_line_is_one_object_and_one_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Danish letters stay themselves, and a line break in a value does not break the line."""
    Output(language="en", json=True).line({"name": "Ærø\nLæge", "count": 2})
    written = capfdbinary.readouterr().out
    assert written.count(b"\n") == 1
    assert json.loads(written) == {"name": "Ærø\nLæge", "count": 2}
    assert "Ærø".encode() in written


def test_a_terminal_without_danish_letters_does_not_stop_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """A POSIX locale gets question marks instead of an exception."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    Output(language="da").text("Sæt MessageHeader først")
    assert raw.getvalue() == b"S?t MessageHeader f?rst\n"


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """A table lines up, and no line ends in blanks."""
    Output(language="en").table([["DIS91", "x"], ["CareCommunication", ""]])
    assert capsys.readouterr().out == "DIS91              x\nCareCommunication\n"


def test_progress_is_quiet_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is no terminal, the items pass and nothing is drawn."""
    assert list(Output(language="en").progress([1, 2], Phrase("reading", da="læser"))) == [1, 2]
    assert capsys.readouterr() == ("", "")


def test_progress_is_drawn_on_a_terminal_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """After half a second a count appears, and it is wiped away at the end."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen, clock = Terminal(), iter(range(100))
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("samspil.runtime.cli.output.time.monotonic", lambda: float(next(clock)))
    assert list(Output(language="da").progress([1, 2], Phrase("reading", da="læser"))) == [1, 2]
    assert "\rlæser 1/2" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets plain text; so does a terminal with NO_COLOR."""
    output = Output(language="en")
    assert output.styled("rejected", "red") == "rejected"
    stdout = cast("io.StringIO", sys.stdout)
    monkeypatch.setattr(stdout, "isatty", lambda: True)
    assert output.styled("rejected", "bold", "red") == "\x1b[1;31mrejected\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.styled("rejected", "red") == "rejected"
