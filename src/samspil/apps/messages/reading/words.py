"""How people, places and codes are spelt in a reading."""

from samspil.apps.messages.reading.blocks import Cell, Fact, Value
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Party, Professional


def facts(*pairs: tuple[str, Value | None]) -> tuple[Fact, ...]:
    """Labels with their values; those without a value are left out. Labels are names in `reading.label`."""
    return tuple(Fact(f"reading.label.{name}", value) for name, value in pairs if value not in (None, ""))


def coded(code: Code) -> Cell:
    """A code in a table: its name with the code beside it, or the code alone."""
    return Cell(value=code.name, code=code.code) if code.name else Cell(value=code.code)


def name_of(code: Code | None) -> Phrase | str | None:
    """What a code is called, else the code itself."""
    if code is None:
        return None
    return code.name or code.code


def joined(*parts: str) -> Phrase:
    """Parts with commas between, in both languages; empty ones are left out."""
    filled = [part for part in parts if part]
    return Phrase(", ".join(filled), da=", ".join(_danish(part) for part in filled))


def _danish(text: str) -> str:
    return text.in_("da") if isinstance(text, Phrase) else text


def spoken(professional: Professional | None) -> Phrase:
    """A professional in one line: name, role."""
    return joined(str(professional.name or ""), professional.role) if professional else Phrase("")


def place(party: Party | None) -> str:
    """An organisation in one line, from the largest part to the smallest."""
    if party is None:
        return ""
    return ", ".join(dict.fromkeys(part for part in (party.name, party.department, party.unit) if part))
