"""What a message says in words: nothing that the model holds is hidden from its reader."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from samspil.apps.messages.examples import EXAMPLES, payload_of
from samspil.apps.messages.reading.blocks import Facts, Files, Prose, Table, Thread
from samspil.apps.messages.reading.fieldwise import render_fields
from samspil.apps.messages.reading.reader import Reading, patient_line, read_bytes
from samspil.apps.messages.services import TEMPLATES
from samspil.domain.identifiers import Cpr, Unchecked
from samspil.domain.issues import Phrase, Verdict
from samspil.domain.message import Person, PersonName
from samspil.domain.text import Run, Style, Text
from samspil.formats.identify import identify
from samspil.ui.pages import Pages
from samspil.validation.judge import examine

ROOT = Path(__file__).parents[4]
TODAY = date(2026, 11, 24)
LETTERS = sorted(file for file in (ROOT / "examples").rglob("*.json") if not file.name.endswith("expected.json"))
PAGES = Pages(secret=bytes(32), apps=TEMPLATES, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize("file", LETTERS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_example_can_be_drawn(file: Path) -> None:
    """Whatever can be read is drawn in both languages, and the words differ."""
    reading = read_bytes(file.read_bytes(), today=TODAY)
    if reading is None:
        assert examine(file.read_bytes()).report.verdict is not Verdict.ACCEPTED
        return
    drawn = {
        language: PAGES.draw(language, "messages/reading/message.html", "reading", reading) for language in ("da", "en")
    }
    assert drawn["da"] != drawn["en"]


def test_a_thread_shows_the_newest_words_first() -> None:
    """The answer stands on top; what it answers stands below, marked as carried along."""
    reading = read_bytes(payload_of(EXAMPLES["thread"]), today=TODAY)
    assert reading is not None
    threads = [block for block in reading.blocks if isinstance(block, Thread)]
    assert [entry.old for thread in threads for entry in thread.entries] == [False, True]
    newest, earlier = (thread.entries[0].at for thread in threads)
    assert isinstance(newest, datetime)
    assert isinstance(earlier, datetime)
    assert newest > earlier


@pytest.mark.parametrize(
    ("person", "number", "age"),
    [
        (Person(number=Cpr("2509479989"), name=PersonName(family="Elmer")), "250947-9989", 79),
        (Person(number=Cpr("0101519995"), birth_date=date(2020, 11, 25)), "010151-9995", 5),
        (Person(number=Unchecked("25-09")), "25-09", None),
        (Person(number=Cpr("2509479989"), deceased=True), "250947-9989", None),
        (Person(), "", None),
    ],
)
def test_the_banner_of_a_citizen(person: Person, number: str, age: int | None) -> None:
    """The number as people write it, the age by the message's own date of birth or the number's."""
    line = patient_line(person, today=TODAY)
    assert (line.number, line.age) == (number, age)


@dataclass(frozen=True)
class _Place:
    name: str
    bed: int


@dataclass(frozen=True)
class _Body:
    """A body that no renderer knows."""

    title: str
    empty: str
    text: Text
    places: tuple[_Place, ...]
    words: tuple[str, ...]

    @property
    def headline(self) -> str:
        return self.title


def test_an_unknown_body_is_shown_field_by_field() -> None:
    """Every value is there under the name that leads to it; empty ones are left out."""
    body = _Body(
        title="Seng 71903",
        empty="",
        text=Text((Run("Fast", Style.BOLD), Run(" tekst"))),
        places=(_Place("Nord", 3), _Place("Syd", 4)),
        words=("et", "to"),
    )
    blocks = list(render_fields(body))
    told = [(str(fact.label), fact.value) for block in blocks if isinstance(block, Facts) for fact in block.rows]
    places = [("Name", "Nord"), ("Bed", 3), ("Name", "Syd"), ("Bed", 4)]
    assert told == [("Title", "Seng 71903"), *places, ("Words", "et, to")]
    assert [str(block.text) for block in blocks if isinstance(block, Prose)] == ["Fast tekst"]
    assert not [block for block in blocks if isinstance(block, Files | Table)]


def test_a_message_cannot_write_markup() -> None:
    """What a sender wrote is text on the page, whatever it looks like."""
    body = _Body(title="<script>x</script>", empty="", text=Text.plain("<b>fed</b>"), places=(), words=())
    reading = Reading(patient=None, headline=Phrase(body.title), blocks=tuple(render_fields(body)))
    drawn = PAGES.draw("da", "messages/reading/message.html", "reading", reading)
    assert "<script>" not in drawn
    assert "<b>fed" not in drawn
    assert "&lt;b&gt;fed" in drawn


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pages_own_examples_are_what_they_say(name: str) -> None:
    """Each is of its format, and is in order or not as its text on the page says."""
    example = EXAMPLES[name]
    payload = payload_of(example)
    assert identify(payload).format is example.format
    faulty = "faulty" in example.file
    assert (examine(payload).report.verdict is Verdict.REJECTED) == faulty
    said = PAGES.texts.say(f"trying.example.{name}", "da")
    assert ("med fejl" in said) == faulty
