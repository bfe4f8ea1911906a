"""Official messages in words: every sentence that the model holds stands on the page."""

import html
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

import pytest

from samspil.apps.messages.reading.reader import RENDERERS, read
from samspil.apps.messages.services import TEMPLATES
from samspil.catalogue.letter_names import letter_words
from samspil.domain.clinical.form import Item
from samspil.domain.text import Text
from samspil.formats.readers import read_payload
from samspil.ui.pages import Pages

PAGES = Pages(secret=bytes(32), apps=TEMPLATES, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
# Values that a reader of the words does not need, or reads elsewhere: codes beside their names, systems, numbers.
UNSAID = {
    "code", "system", "identifier", "identifiers", "thread", "statistics", "role_code", "producer_code", "part",
    "value_type", "indication_code", "dose_code", "drug_catalogue", "stay_class", "status", "episode_systems",
    "language", "confidentiality", "assigner", "content", "media_type", "interpretation", "remark", "kind", "answer",
    "severity", "participants", "episode_system", "number_system",
}  # fmt: skip


def sentences(value: object, name: str = "") -> Iterator[str]:
    """Every text in a value, but those of `UNSAID`."""
    if name in UNSAID or isinstance(value, Enum):
        return
    if isinstance(value, Text):
        yield from (run.text for run in value.runs)
    elif isinstance(value, str):
        yield value.in_("da") if hasattr(value, "in_") else value  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(value, Item):  # its name is spelt as words, and so is a word of a code list
        yield from sentences(letter_words().get(str(value.value), value.value))
        yield from sentences(value.items)
    elif is_dataclass(value):
        for field in fields(value):
            yield from sentences(getattr(value, field.name), field.name)
    elif isinstance(value, tuple) and name == "remarks":
        yield from (str(text) for _, text in value)
    elif isinstance(value, tuple):
        for item in value:
            yield from sentences(item, name)


def plain(text: str) -> str:
    """One space for any blanks."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("spelling", ["edifact", "xml", "fhir"])
def test_nothing_written_is_left_out(shared: Path, spelling: str) -> None:
    """Each letter is drawn, and each of its sentences is found on the page."""
    folder = shared / "fhir" / "examples" if spelling == "fhir" else shared / "edifact" / "pairs" / spelling
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "manifest.json"]
    assert len(files) > 20
    missing: list[str] = []
    for file in files:
        for part in read_payload(file.read_bytes())[1]:
            message = part.build()
            if message is None or message.body is None:
                continue
            assert type(message.body) in RENDERERS, f"no renderer for {type(message.body).__name__}"
            drawn = PAGES.draw("da", "messages/reading/message.html", "reading", read(message, today=date(2026, 1, 1)))
            words = plain(html.unescape(re.sub(r"<[^>]+>", "", drawn)))
            missing += [
                f"{file.name}: {type(message.body).__name__}: {sentence[:40]}"
                for sentence in map(plain, sentences(message.body))
                if sentence and sentence not in words and sentence.replace("_", " ") not in words
            ]
    assert not missing, "\n".join(missing)
