"""Every sentence stands in both languages, fills the same places, and is used."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

import samspil
from samspil.access.audit import Act, Outcome
from samspil.access.directory import OrganisationKind
from samspil.access.rights import Role
from samspil.catalogue.standards import ReceiptRule, Syntax, standards
from samspil.domain.issues import Severity, Verdict
from samspil.domain.message import AnswerCode, Format, Kind
from samspil.exchange.carriage import Happening, State
from samspil.exchange.stories import Passage, Verb
from samspil.ui.texts import Texts

PACKAGE = Path(samspil.__file__).parent
TEXTS = Texts(files("samspil.ui") / "texts")
KEY = re.compile(r"""["']([a-z_]+(?:\.[\w-]+)+)["']""")
PREFIX = re.compile(r"""["']([a-z_]+(?:\.[\w-]+)*\.)["']\s*~|f["']([a-z_]+(?:\.[\w-]+)*\.)\{""")
PLACE = re.compile(r"\{(\w+)\}")

# Keys put together from a value: every value must have its text.
FAMILIES = {
    "state": State,
    "state.said": State,
    "happening": Happening,
    "station.name": Verb,
    "station.failed": Verb,
    "station.passage": Passage,
    "format": Format,
    "findings.severity": Severity,
    "trying.verdict": Verdict,
    "message.answered": AnswerCode,
    "standards.kind": Kind,
    "standards.receipt": ReceiptRule,
    "standards.syntax": Syntax,
    "standards.family": sorted({standard.family for standard in standards()}),
    "endpoints.kind": OrganisationKind,
    "frame.role": Role,
    "audit.act": Act,
    "audit.outcome": Outcome,
}


def sources() -> str:
    """Every template and every module that could name a key."""
    folders = ("ui", "apps", "conformance", "runtime")
    return "\n".join(
        file.read_text("utf-8")
        for folder in folders
        for ending in ("*.py", "*.html")
        for file in sorted((PACKAGE / folder).rglob(ending))
        if "vendor" not in file.parts
    )


def test_both_languages_say_it() -> None:
    """Neither text is empty, both fill the same places, and both or neither tell one from several."""
    for key, pair in TEXTS.table.items():
        assert pair.da.strip(), key
        assert pair.en.strip(), key
        assert set(PLACE.findall(pair.da)) == set(PLACE.findall(pair.en)), key
        assert ("|" in pair.da) == ("|" in pair.en), key


@pytest.mark.parametrize(("prefix", "values"), FAMILIES.items(), ids=FAMILIES)
def test_every_value_has_its_text(prefix: str, values: list[str]) -> None:
    """What a page may have to name can be named."""
    missing = [str(value) for value in values if f"{prefix}.{value}" not in TEXTS.table]
    assert missing == []


def test_every_text_is_used_and_every_key_exists() -> None:
    """No sentence is left over from a page that has gone, and none is missing on a page that stands."""
    written = sources()
    named = set(KEY.findall(written))
    prefixes = tuple({first or second for first, second in PREFIX.findall(written)})
    unused = [key for key in TEXTS.table if key not in named and not key.startswith(prefixes)]
    assert unused == []
    for call in re.findall(r"""\bt\(["']([\w.-]+)["'][,)]""", written):
        assert call in TEXTS.table, f"no text {call!r}"


def test_one_and_several_are_told_apart() -> None:
    """The count chooses the form."""
    assert TEXTS.say("traffic.rows", "da", count=1) == "1 meddelelse"
    assert TEXTS.say("traffic.rows", "en", count=2) == "2 messages"


def test_a_value_from_outside_is_escaped_beside_markup() -> None:
    """In a sentence that holds markup, every other value is text."""
    from markupsafe import Markup

    said = TEXTS.speaker("da")("station.after", span=Markup("<b>2 s</b>"))
    assert said == "efter <b>2 s</b>"
    sentence = TEXTS.speaker("en")("traffic.matched", name="<i>", ignored=Markup("<b>"))
    assert "&lt;i&gt;" in sentence


def test_a_key_may_not_stand_twice(tmp_path: Path) -> None:
    """Two folders that say the same key are a mistake of ours."""
    (tmp_path / "x.toml").write_text('a = ["a", "a"]')
    with pytest.raises(ValueError, match=r"x\.a"):
        Texts(tmp_path, tmp_path)


def test_a_text_in_one_language_is_refused(tmp_path: Path) -> None:
    """A sentence without its other language does not load."""
    (tmp_path / "x.toml").write_text('a = ["kun dansk"]')
    with pytest.raises(TypeError, match=r"x\.a"):
        Texts(tmp_path)
