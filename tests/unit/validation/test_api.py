"""The public functions."""

import subprocess
import sys

import pytest

import samspil
from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.issues import Verdict
from tests.unit.formats.fhir.letters import letter


def test_validate_gives_a_report() -> None:
    """A message of our own is accepted."""
    assert samspil.validate(letter()).verdict is Verdict.ACCEPTED


def test_read_gives_the_messages_and_the_report() -> None:
    """The body is the model's, not the wire's."""
    reading = samspil.read(letter())
    (message,) = reading.messages
    assert isinstance(message.body, CareMessage)
    assert reading.report.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("payload", [b"", b"x", b"{}", b"\x00\x01"])
def test_bytes_that_are_nothing_give_no_messages_and_a_reason(payload: bytes) -> None:
    """Bytes never make a public function raise."""
    reading = samspil.read(payload)
    assert reading.messages == ()
    assert reading.report.verdict is Verdict.UNREADABLE


def test_importing_the_package_imports_no_part_of_it() -> None:
    """A program that only wants to identify does not wait for the rest."""
    code = "import sys, samspil; print(sorted(name for name in sys.modules if name.startswith('samspil.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
