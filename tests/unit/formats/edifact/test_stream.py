"""Large interchanges: letter after letter, the same as read whole, in bounded memory."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from samspil.domain.message import Identity
from samspil.formats.edifact.reader import read_parts
from samspil.formats.edifact.stream import stream_parts
from samspil.formats.letters.letter import Letter
from samspil.formats.part import Part
from tests.unit.conversion.test_legacy import mail

LETTERS = 5
MEGABYTES, ALLOWED = 50, 200


def interchange(letters: int = LETTERS, *, said: int | None = None, reference: str = "KUVERT01") -> bytes:
    """Our mail some times in one envelope."""
    text = mail().decode("latin-1")
    first, letter = text[: text.index("UNH")], text[text.index("UNH") : text.index("UNZ")]
    many = "".join(letter.replace("BREV01", f"BREV{number}") for number in range(letters))
    return f"{first}{many}UNZ+{letters if said is None else said}+{reference}'\r\n".encode("latin-1")


def pieces(payload: bytes, size: int) -> Iterator[bytes]:
    """A payload as it comes."""
    return (payload[start : start + size] for start in range(0, len(payload), size))


def trees(parts: tuple[Part, ...]) -> list[object]:
    """What the letters say."""
    return [part.tree.tree for part in parts if isinstance(part.tree, Letter)]


@pytest.mark.parametrize("size", [1, 7, 100, 100_000])
def test_a_stream_gives_the_letters_that_a_whole_reading_gives(size: int) -> None:
    """However the pieces fall, the letters and their heads are those of the whole, numbered through."""
    payload = interchange() + interchange(2)
    streamed = tuple(stream_parts(pieces(payload, size)))
    whole = read_parts(payload, Identity())
    assert trees(streamed) == trees(whole)
    assert [part.head for part in streamed] == [part.head for part in whole]
    assert [part.part for part in streamed] == [part.part for part in whole] == [str(n) for n in range(1, 8)]
    assert all(not part.issues for part in streamed)


def test_another_una_and_raw_objects_are_followed() -> None:
    """Service characters may change between interchanges, and an object's bytes may look like segments."""
    odd = b"UNA|-.? ~" + interchange().removeprefix(b"UNA:+.? '").translate(bytes.maketrans(b":+'", b"|-~"))
    binary = (
        b"UNA:+.? 'UNB+UNOC:3+5790000121526:14+5790000120116:14+260301:1200+KUVERT02'"
        b"UNH+BREV09+MEDBIN:D:93A:UN:B0131X+BIN01'UNO+1+AID:00+OBJ:TIF:pdf:91+11:14:1:A'UNT+9+X'UNH+1"
        b"UNP+11+1'UNT+4+BREV09'UNZ+1+KUVERT02'"
    )
    parts = tuple(stream_parts(pieces(odd + binary, 13)))
    assert len(parts) == LETTERS + 1
    assert parts[-1].head
    assert parts[-1].head.message_id == "BREV09"
    assert b"UNT+9+X'UNH" in parts[-1].payload


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (interchange(said=4), "edifact.unz.count"),
        (interchange(reference="ANDEN"), "edifact.unz.mismatch"),
        (interchange(reference=""), "edifact.unz.reference"),
        (interchange().partition(b"UNZ")[0], "edifact.unz.missing"),
    ],
)
def test_the_trailer_is_told_with_the_last_letter(payload: bytes, code: str) -> None:
    """What only the envelope's end tells comes with its last letter; the others have gone by then."""
    parts = tuple(stream_parts(pieces(payload, 200)))
    assert len(parts) == LETTERS
    assert code in {issue.code for issue in parts[-1].issues}
    assert all(not part.issues for part in parts[:-1])


@pytest.mark.parametrize("payload", [b"", b"   ", b"nothing of the kind", b"UNA:+.? '", b"UNB+UNOC:3+A+B'", b"'" * 999])
def test_what_holds_no_letter_says_so(payload: bytes) -> None:
    """A file without a letter gives a part with an issue, never nothing and never an exception."""
    parts = tuple(stream_parts(pieces(payload, 3)))
    assert parts
    assert any(part.issues for part in parts)


PROGRAM = f"""
from pathlib import Path
from samspil.formats.edifact.stream import stream_parts
from tests.unit.formats.edifact.test_stream import interchange
one = interchange(400)
head, rest = one[: one.index(b"UNH")], one[one.index(b"UNH") : one.index(b"UNZ")]
times = {MEGABYTES} * 1_000_000 // len(rest) + 1
def chunks():
    yield head
    for _ in range(times):
        yield rest
    yield b"UNZ+%d+KUVERT01'" % (400 * times)
count = sum(1 for part in stream_parts(chunks()) if not part.issues)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(count, 400 * times, int(peak.split()[1]) // 1024)
"""


def test_fifty_megabytes_stream_in_little_memory() -> None:
    """A 50 MB interchange is read letter by letter in less than 200 MiB, the interpreter included."""
    if not Path("/proc/self/status").exists():  # ru_maxrss would tell the parent's peak: it survives exec
        pytest.skip("the peak of one program's own memory is told by Linux's /proc only")
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=110)
    good, all_letters, mebibytes = map(int, done.stdout.split())
    assert good == all_letters
    assert mebibytes < ALLOWED
