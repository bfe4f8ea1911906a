"""What the demonstration's parties write: right where it should be right, wrong where it is meant to be."""

import random
from collections import Counter
from datetime import UTC, datetime
from itertools import islice

import pytest

from samspil.domain.issues import Verdict
from samspil.runtime.demo.cast import CITIZENS
from samspil.runtime.demo.script import Scene, Writer, pdf
from samspil.validation.judge import examine

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.fixture
def writer() -> Writer:
    """A writer whose day and chance are fixed."""
    return Writer(now=lambda: NOW, chance=random.Random(71903))


def verdict(scene: Scene) -> Verdict:
    """What a letter is worth."""
    return examine(scene.letter).report.verdict


def test_the_opening_shows_every_kind_of_message(writer: Writer) -> None:
    """Letters, stays and measurements, most of them right."""
    scenes = list(writer.opening())
    kinds = {examine(scene.letter).identity.standard for scene in scenes}
    assert kinds >= {"CareCommunication", "HospitalNotification", "HomeCareObservation"}
    verdicts = Counter(map(verdict, scenes))
    assert verdicts[Verdict.ACCEPTED] > 3 * (verdicts[Verdict.REJECTED] + verdicts[Verdict.UNREADABLE])


def test_faults_are_faults(writer: Writer) -> None:
    """Without a header, cut off, no message at all, a stay without a beginning; others fail at the register."""
    verdicts = Counter(map(verdict, writer.faults(CITIZENS[0])))
    assert verdicts[Verdict.UNREADABLE] == 3
    assert verdicts[Verdict.REJECTED] == 1
    assert verdicts[Verdict.ACCEPTED] == 3


def test_an_answer_carries_its_question(writer: Writer) -> None:
    """Both texts of a conversation stand in the second letter, and both letters pass every rule without a word."""
    question, answer = writer.conversation(CITIZENS[1])
    assert b"S\xc3\xa5ret er skiftet" in question.letter
    assert b"S\xc3\xa5ret er skiftet" in answer.letter
    assert b"Forts\xc3\xa6t u\xc3\xa6ndret" in answer.letter
    assert examine(answer.letter).report.issues == ()


def test_a_day_brings_all_sorts(writer: Writer) -> None:
    """Whatever chance picks can be written."""
    scenes = [scene for _ in range(60) for scene in writer.drip()]
    assert len({scene.sender for scene in scenes}) > 3
    assert Counter(map(verdict, islice(scenes, 25)))[Verdict.ACCEPTED] > 15


def test_the_attachment_is_a_pdf() -> None:
    """Its table of places points at its objects (ISO 32000-1, 7.5.4)."""
    file = pdf("0 0 m 1 1 l S", width=10, height=10)
    assert file.startswith(b"%PDF-1.4\n")
    table = file[int(file.split(b"startxref\n")[1].split(b"\n")[0]) :]
    assert table.startswith(b"xref\n0 6\n")
    for number, row in enumerate(table.splitlines()[3:8], 1):
        assert file[int(row[:10]) :].startswith(f"{number} 0 obj".encode())
