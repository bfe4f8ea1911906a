"""Letters converted: between spellings and versions, with what is lost told and what cannot be done refused."""

from random import Random

import pytest

from samspil.benchmarks.legacy_letters import interchanges
from samspil.catalogue.legacy.shapes import Edition, editions
from samspil.conversion.api import Conversion, convert
from samspil.domain.issues import Verdict
from samspil.formats.letters.letter import Dispatch
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.validation.judge import examine
from tests.letter_trees import random_letter

DISPATCH = Dispatch(
    identifier="KUVERT01", day="2026-03-01", time="12:00", sender="5790000121526", receiver="5790000120116"
)
NAMESPACE = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/"
MAIL = """UNA:+.? '
UNB+UNOC:3+5790000121526:14+5790000120116:14+260301:1200+KUVERT01++++1'
UNH+BREV01+MEDDIS:D:93A:UN:D9134L+DIS91'
BGM+EPI++9+NA'
DTM+137:202603011155:203'
S01+01'
NAD+SSP+6620151:SKS:SST++Fjordby Sygehus:Medicinsk:Ambulatoriet:::US'
SEQ++1'
SPR+ORG+99:SKS:SST+DIS91:SKS:SST'
S01+01'
NAD+PO+123456:YNR:SFU++Lægehuset Bækken:::::US'
SEQ++2'
S02+02'
GIS+N'
RFF+SRI:BREV01'
DTM+182:202603011155:203'
S07+07'
PNA+PAT+2509479989:::CPR:IM+++SU:Elmer+FO:Bruno Test'
S11+11'
GIS+N'
RFF+AHI:1'
SEQ++1'
PAS+HA'
S14+14'
FTX+OE+P00++Svar på spørgsmål'
FTX+NC+P00++Blodtrykket er 120/80?; patienten har det godt?.'
UNT+25+BREV01'
UNZ+1+KUVERT01'
"""


def mail(**changes: str) -> bytes:
    """Our own mail with some words replaced."""
    text = MAIL.replace("?;", ";").replace("?.", ".")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text.replace("\n", "\r\n").encode("latin-1")


def emessage(edition: Edition, seed: int = 1) -> bytes:
    """A random letter of an edition."""
    tree = random_letter(edition, Random(f"{edition.namespace}{edition.element}{seed}"))
    return write_emessage(DISPATCH, edition.namespace, [write_twin(edition, tree)])


def codes(conversion: Conversion) -> set[str]:
    """The findings of a conversion."""
    return {issue.code for issue in conversion.report.issues}


def test_a_mail_goes_there_and_back() -> None:
    """An EDIFACT mail becomes OIOXML and the same EDIFACT again, without a loss."""
    there = convert(mail(), to="oioxml")
    assert there.payload is not None, there.report.issues
    assert (there.source, there.losses) == ("edifact", ())
    back = convert(there.payload, to="edifact")
    assert back.payload == mail().replace(b"\r\n", b"")
    assert back.losses == ()


def test_what_is_refused_is_not_converted() -> None:
    """A letter that is not accepted gives no output, but its report."""
    conversion = convert(mail(**{"UNT+25": "UNT+23"}), to="oioxml")
    assert conversion.outputs == ()
    assert codes(conversion) == {"edifact.unt.count"}


def test_another_target_is_refused() -> None:
    """A target that nobody knows is the caller's mistake."""
    with pytest.raises(ValueError, match="to is one of"):
        convert(mail(), to="pdf")


def test_a_type_without_a_layout_is_refused_with_its_code() -> None:
    """OIOXML that has no public EDIFACT layout is refused, never guessed."""
    edition = next(one for one in editions().values() if one.type == "DIS22")
    conversion = convert(emessage(edition), to="edifact")
    assert conversion.outputs == ()
    refusal = next(issue for issue in conversion.report.issues if issue.code == "convert.version.unsupported")
    assert dict(refusal.facts)["version"] == edition.version


def test_the_same_spelling_and_version_is_given_back() -> None:
    """To convert a letter to what it is changes no byte."""
    assert convert(mail(), to="edifact").payload == mail()


def test_a_version_step_tells_what_changes() -> None:
    """Another version of the same type is written with a note; what it cannot hold is a loss."""
    old = next(one for one in editions().values() if one.version == "R0130K" and "2005" in one.namespace)
    for payload in (emessage(old, seed) for seed in range(9)):
        if examine(payload).report.verdict is not Verdict.ACCEPTED:
            continue
        conversion = convert(payload, to="oioxml", version="XR0131K")
        assert "convert.version.stepped" in codes(conversion)
        for output in conversion.outputs:
            assert output.version == "XR0131K"
            assert examine(output.payload).report.verdict is Verdict.ACCEPTED


def test_every_edition_steps_or_refuses() -> None:
    """Any edition asked for in any version of its type is written so that it is accepted, or refused with a reason."""
    versions: dict[str, set[str]] = {}
    for edition in editions().values():
        versions.setdefault(edition.type, set()).add(edition.version)
    for edition in editions().values():
        payload = emessage(edition)
        for version in versions[edition.type]:
            conversion = convert(payload, to="oioxml", version=version)
            assert conversion.outputs or any(issue.severity.rejects for issue in conversion.report.issues)
            for output in conversion.outputs:
                refusing = [issue for issue in examine(output.payload).report.issues if issue.severity.rejects]
                assert refusing == [], (edition, version)


def test_typographic_characters_become_plain_ones_and_are_told() -> None:
    """What ISO 8859-1 lacks is replaced where something says the same, and refused where nothing does."""
    there = convert(mail(), to="oioxml").payload
    assert there
    dash = convert(there.replace(b"godt.", "godt – 3 €.".encode()), to="edifact")
    assert dash.payload is not None
    assert b"godt - 3 EUR." in dash.payload
    assert [str(loss.reason) for loss in dash.losses] == ["typographic characters are replaced by ones of ISO 8859-1"]
    name = convert(there.replace(b"Elmer", "Łukasz".encode()), to="edifact")
    assert name.outputs == ()
    assert "convert.charset" in codes(name)


@pytest.mark.parametrize("year", range(1994, 2036))
def test_years_are_read_in_their_century(year: int) -> None:
    """A letter's two-digit envelope year is the one near the letter's own date; 2026 stays 2026."""
    changes = {"260301:1200": f"{year % 100:02}0301:1200", "202603011155": f"{year}03011155"}
    conversion = convert(mail(**changes), to="oioxml")
    assert conversion.payload is not None
    assert f"<Sent><Date>{year}-03-01</Date>".encode() in conversion.payload
    head = examine(conversion.payload).parts[0].head
    assert head and head.sent_at and head.sent_at.year == year
    back = convert(conversion.payload, to="edifact")
    assert back.payload == mail(**changes).replace(b"\r\n", b"")


def test_letters_of_one_envelope_stay_together() -> None:
    """Two letters of one interchange become one Emessage with two letters, and one interchange again."""
    text = mail().decode("latin-1")
    first, letter, last = text[: text.index("UNH")], text[text.index("UNH") : text.index("UNZ")], "UNZ+2+KUVERT01'"
    both = (first + letter + letter.replace("BREV01", "BREV02") + last).encode("latin-1")
    there = convert(both, to="oioxml")
    assert there.payload is not None, there.report.issues
    assert there.payload.count(b"<ClinicalEmail>") == 2
    assert convert(there.payload, to="edifact").payload == both.replace(b"\r\n", b"")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_another_character_set_is_refused_or_repaired_on_request(codec: str) -> None:
    """EDIFACT in UTF-8 is refused; asked to repair, we read what was meant, and say that we did."""
    sound = interchanges()["DIS01"]
    meant = convert(sound, to="oioxml").payload
    strange = sound.decode("latin-1").encode(codec)
    assert convert(strange, to="oioxml").payload is None
    conversion = convert(strange, to="oioxml", repair=True)
    assert conversion.payload == meant
    assert [issue.code for issue in conversion.report.issues] == ["convert.charset.repaired"]


def test_nothing_is_repaired_that_is_sound_or_beyond_it() -> None:
    """ISO 8859-1 stays as it is, and what it has no character for is refused all the same."""
    sound = interchanges()["DIS01"]
    assert convert(sound, to="oioxml", repair=True) == convert(sound, to="oioxml")
    beyond = sound.replace(b"Elmer", "Ełmer".encode()).decode("utf-8", "ignore").encode()
    assert convert(beyond, to="oioxml", repair=True).payload is None
