"""What a letter has no element for, as the first lines of its text, and back.

One value a line, after a label and a colon; an empty line ends the heading. People read it as it stands. A heading of
ours always says when the text was written, to the second: other first lines are the writer's own words, and stay.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType

from samspil.catalogue.bridge import labels
from samspil.catalogue.codes import names
from samspil.domain.message import PersonName, Professional
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.heads import DANISH

Values = Mapping[str, tuple[str, ...]]
_SECOND_HOUR = " (vintertid)"
"""After a time in the hour that comes twice in October, when it is the second."""


@cache
def _attributes() -> Mapping[str, str]:
    return MappingProxyType({label: attribute for attribute, label in labels().items()})


def with_heading(rows: Iterable[tuple[str, str]], text: str) -> Text:
    """A text under its heading; rows without a value are left out."""
    lines = [f"{labels()[attribute]}: {_one_line(value)}" for attribute, value in rows if value]
    if not lines:
        return Text.plain(text)
    return Text((Run("\n".join(lines) + "\n", Style.BOLD), Run(f"\n{text}")))


def without_heading(text: str) -> tuple[Values, str]:
    """The values of a text's heading by attribute, and the text below it."""
    lines = text.split("\n")
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines):
        label, colon, value = line.partition(": ")
        attribute = _attributes().get(label)
        if colon and attribute:
            found[attribute] = (*found.get(attribute, ()), value)
        elif read_moment("".join(found.get("sent_at", ()))) and not line.strip():
            return found, "\n".join(lines[number + 1 :])
        else:
            break
    return {}, text


def _one_line(value: str) -> str:
    return " ".join(value.split())


def written_moment(at: datetime) -> str:
    """A moment as Danes read it, to the second."""
    local = at.astimezone(DANISH)
    return f"{local:%d.%m.%Y kl. %H:%M:%S}{_SECOND_HOUR if local.fold else ''}"


def read_moment(text: str) -> datetime | None:
    """The moment that was written; None if it is none."""
    second, plain = text.endswith(_SECOND_HOUR), text.removesuffix(_SECOND_HOUR)
    try:
        return datetime.strptime(plain, "%d.%m.%Y kl. %H:%M:%S").replace(tzinfo=DANISH, fold=int(second))
    except ValueError:
        return None


def role_text(person: Professional) -> str:
    """A professional's role by its Danish name; the code beside it where the name alone does not tell it."""
    code = person.role_code
    if not code:
        return person.role
    name = names("role").get(code)
    if name is None:
        return f"{person.role or code} [{code}]"
    danish = name.in_("da")
    return danish if _roles().get(danish) == code else f"{danish} [{code}]"


def person_of(name: str, role: str) -> Professional | None:
    """The professional that a heading names."""
    if not (name or role):
        return None
    said, bracket, code = role.removesuffix("]").rpartition(" [")
    code = code if bracket and role.endswith("]") else _roles().get(role, "")
    title = names("role").get(code) if code else None
    *given, family = name.split() or [""]
    return Professional(
        name=PersonName(family=family, given=tuple(given)) if name else None,
        role=title or (said if bracket else role),
        role_code=code,
    )


@cache
def _roles() -> Mapping[str, str]:
    """Codes by Danish name, of names that only one code has."""
    codes: dict[str, list[str]] = {}
    for code, name in names("role").items():
        codes.setdefault(name.in_("da"), []).append(code)
    return MappingProxyType({name: found[0] for name, found in codes.items() if len(found) == 1})
