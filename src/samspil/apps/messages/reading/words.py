"""How people, places, codes and the remainder of a message are spelt in a reading."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from samspil.apps.messages.reading.blocks import Block, Cell, Fact, Facts, File, Files, Prose, Value
from samspil.catalogue.letter_names import letter_names, letter_words
from samspil.catalogue.letter_names import name_of as element_name
from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval, Diagnosis, LetterStatus, Relative
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Address, Attachment, Party, Professional
from samspil.domain.text import Text
from samspil.ui.texts import Key

Pair = tuple[str, Value | None]


def label_of(name: str) -> Key:
    """The key of a label."""
    return Key(f"reading.label.{name}")


def facts(*pairs: Pair) -> tuple[Fact, ...]:
    """Labels with their values; those without a value are left out. Labels are names in `reading.label`."""
    return tuple(Fact(label_of(name), value) for name, value in pairs if value is not None and value != "")


def listed(*pairs: Pair, title: str = "") -> Iterator[Facts]:
    """A list of facts, if there is any."""
    rows = facts(*pairs)
    if rows:
        yield Facts(title=Key(title), rows=rows)


def told(title: str, text: Text | None) -> Iterator[Prose]:
    """A text under its title, if there is one."""
    if text:
        yield Prose(title=Key(title), text=trimmed(text))


def trimmed(text: Text) -> Text:
    """A text without blank lines before and after it."""
    if not text.runs:
        return text
    first, *rest = text.runs
    runs = [replace(first, text=first.text.lstrip("\n")), *rest]
    return Text((*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip("\n"))))


def attached(attachments: Iterable[Attachment]) -> Iterator[Files]:
    """The files that travel along, if any do."""
    files = tuple(
        File(
            title=attachment.title,
            media_type=attachment.media_type,
            url=attachment.url,
            size_bytes=attachment.size_bytes,
            at=attachment.sent_at or attachment.created,
            about=joined(spoken(attachment.author), attachment.phone),
        )
        for attachment in attachments
    )
    if files:
        yield Files(files=files)


def heads(*names: str) -> tuple[Key, ...]:
    """The heads of a table: names in `reading.label`."""
    return tuple(label_of(name) for name in names)


def name_of(code: Code | None) -> Phrase | str | None:
    """What a code is called, else the code itself as words."""
    if code is None:
        return None
    return code.name or letter_words().get(code.code) or code.code.replace("_", " ")


def coded(code: Code) -> Cell:
    """A code in a table: its name with the code beside it, or the code alone."""
    return Cell(value=code.name, code=code.code) if code.name else Cell(value=code.code)


def joined(*parts: str) -> Phrase:
    """Parts with commas between, in both languages; empty ones are left out."""
    filled = [part for part in parts if part]
    return Phrase(", ".join(filled), da=", ".join(_danish(part) for part in filled))


def _danish(text: str) -> str:
    return text.in_("da") if isinstance(text, Phrase) else text


def spoken(professional: Professional | None) -> Phrase:
    """A professional in one line: name, role, telephone."""
    if professional is None:
        return Phrase("")
    return joined(str(professional.name or ""), professional.role, *professional.phones)


def place(party: Party | None) -> str:
    """An organisation in one line, from the largest part to the smallest."""
    if party is None:
        return ""
    return ", ".join(dict.fromkeys(part for part in (party.name, party.department, party.unit) if part))


def diagnoses(*rows: tuple[str, Diagnosis | None]) -> tuple[Fact, ...]:
    """Diagnoses under their labels, each with its code and its day."""
    return tuple(
        Fact(
            label_of(name),
            joined(diagnosis.text or diagnosis.code, name_of(diagnosis.role) or ""),
            code=diagnosis.code if diagnosis.text else "",
            at=diagnosis.at,
        )
        for name, diagnosis in rows
        if diagnosis is not None and (diagnosis.text or diagnosis.code)
    )


def located(address: Address | None) -> str:
    """An address in one line."""
    if address is None:
        return ""
    town = f"{address.postal_code} {address.city}".strip()
    return ", ".join(part for part in (*address.lines, address.suburb, town, address.country) if part)


def relatives(people: Iterable[Relative]) -> tuple[Fact, ...]:
    """Those close to the patient: name, relation, telephone, address."""
    return tuple(
        Fact(
            label_of("relative"),
            joined(
                str(close.person.name or ""),
                name_of(close.relation) or "",
                *close.person.phones,
                located(close.person.address),
            ),
        )
        for close in people
    )


def approval(given: Approval) -> Iterator[Pair]:
    """When it was approved; and, where it is so, that it corrects or takes back an earlier one."""
    if given.status in {LetterStatus.CORRECTED, LetterStatus.CANCELLED}:
        yield "letter_status", Key(f"reading.letter_status.{given.status}")
    yield "approved_at", given.at


def remainder(items: Iterable[Item]) -> Iterator[Block]:
    """What has no place of its own in the model: every name with its value, texts in full."""
    rows: list[Fact] = []
    texts: list[Prose] = []
    for label, value in _flat(items):
        if isinstance(value, Text):
            texts.append(Prose(title=label, text=value))
        else:
            rows.append(Fact(label, value))
    yield from texts
    if rows:
        yield Facts(title=Key("reading.more"), rows=tuple(rows))


def _flat(
    items: Iterable[Item], before: tuple[Phrase, ...] = (), above: str = ""
) -> Iterator[tuple[Phrase, str | Text]]:
    for item in items:
        label = (*before, _called(item.name, above))
        if item.value:
            value = item.value
            yield _phrase(label), value if isinstance(value, Text) else letter_words().get(value) or value
        yield from _flat(item.items, label, item.name)


def _called(name: str, above: str) -> Phrase:
    """A name in plain words, without what the name above it has said."""
    return letter_names().get(name) or element_name(name.removeprefix(above) or name)


def _phrase(names: Sequence[Phrase]) -> Phrase:
    return Phrase(" · ".join(map(str, names)), da=" · ".join(name.in_("da") for name in names))
