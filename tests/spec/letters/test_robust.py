"""Bytes of any kind: a report, soon, and never a traceback."""

import time
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil.catalogue.legacy.layouts import find_layout, versions
from samspil.catalogue.legacy.shapes import editions
from samspil.conversion.api import convert
from samspil.formats.edifact.envelope import write_interchange
from samspil.formats.edifact.irregular import Work
from samspil.formats.edifact.writer import write_unit
from samspil.formats.letters.letter import Dispatch
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.validation.judge import examine
from tests.letter_trees import random_letter

DISPATCH = Dispatch(
    identifier="KUVERT01", day="2026-03-01", time="12:00", sender="5790000121526", receiver="5790000120116"
)
SECONDS = 1.0
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SERVICE = (
    b"'",
    b"+",
    b":",
    b"?",
    b"\r\n",
    b"UNT",
    b"UNZ+1+KUVERT01'",
    b"S01+01'",
    b"FTX",
    b"\xc3\xa6",
    b"\xe6",
    b"\x00",
    b"UNO+",
)
MARKUP = (
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!--",
    b"</",
    b"<Break/>",
    b"<Letter>",
    b"\xe6",
    b"&amp;",
    b"<![CDATA[",
    b"<!DOCTYPE x>",
    b"\x00",
)


def edifact_letter(chance: Random) -> bytes:
    """A random EDIFACT letter."""
    layout = find_layout(chance.choice(versions()))
    assert layout
    work = Work()
    unit = write_unit(layout, random_letter(layout.edition, chance), work)
    return write_interchange(DISPATCH, [unit], work.objects, receipts=layout.is_receipt)


def oioxml_letter(chance: Random) -> bytes:
    """A random OIOXML letter."""
    edition = chance.choice(list(editions().values()))
    return write_emessage(DISPATCH, edition.namespace, [write_twin(edition, random_letter(edition, chance))])


def damaged(payload: bytes, chance: Random, pieces: tuple[bytes, ...]) -> bytes:
    """A letter with a few bytes cut out, doubled, or put in."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(payload) + 1)
        end = min(len(payload), start + chance.choice((0, 0, 1, 2, 30)))
        filling = chance.choice((b"", chance.choice(pieces), payload[start:end] * 2))
        payload = payload[:start] + filling + payload[end:]
    return payload


def assert_reported(payload: bytes) -> None:
    """Judged and converted within a second of CPU, and its model built."""
    began = time.process_time()
    examination = examine(payload)
    for part in examination.parts:
        part.build()
    for target in ("edifact", "oioxml"):
        convert(payload, to=target)
    assert time.process_time() - began < SECONDS
    assert all(str(issue.message) and issue.where is not None for issue in examination.report.issues)


@QUIET
@given(st.binary(max_size=400))
@pytest.mark.parametrize(
    "opening",
    [
        b"UNA:+.? '",
        b"UNB+UNOC:3+",
        b'<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/">',
    ],
)
def test_any_bytes_after_an_opening_give_a_report(opening: bytes, rest: bytes) -> None:
    """Whatever follows the first bytes of a letter, there is a report."""
    assert_reported(opening + rest)


@QUIET
@given(st.integers(0, 2**32))
def test_damaged_edifact_gives_a_report(seed: int) -> None:
    """An EDIFACT letter with a few bytes changed is judged; nothing in it stops the judge."""
    chance = Random(seed)
    assert_reported(damaged(edifact_letter(chance), chance, SERVICE))


@QUIET
@given(st.integers(0, 2**32))
def test_damaged_oioxml_gives_a_report(seed: int) -> None:
    """An OIOXML letter with a few bytes changed is judged; nothing in it stops the judge."""
    chance = Random(seed)
    assert_reported(damaged(oioxml_letter(chance), chance, MARKUP))


@pytest.mark.parametrize(
    "payload",
    [
        b"UNB+UNOC:3" + b"+" * 200_000 + b"'",
        b"UNA:+.? '" + b"?" * 200_000,
        b"UNB+UNOC:3+A+B+260301:1200+X'" + b"UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'" * 2_000,
        b"UNB+UNOC:3+A+B+260301:1200+X'UNH+1+MEDDIS:D:93A:UN:D0133L+DIS01'" + b"S14+14'" * 20_000,
        b"UNB+UNOC:3+A+B+260301:1200+X'UNH+1+MEDDIS:D:93A:UN:D0133L+DIS01'FTX+NC+P00++" + b":" * 200_000 + b"'",
        b'<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/">' + b"<A>" * 50_000,
        b'<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/"><ClinicalEmail>'
        + b"<Letter></Letter>" * 20_000
        + b"</ClinicalEmail></Emessage>",
    ],
    ids=["elements", "releases", "letters", "groups", "components", "depth", "repeats"],
)
def test_much_of_one_thing_gives_a_report_soon(payload: bytes) -> None:
    """Long rows of the same thing take no longer than their length."""
    began = time.process_time()
    examine(payload)
    assert time.process_time() - began < 10 * SECONDS
