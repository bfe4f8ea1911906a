"""What bytes are, told from their content alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil.domain.message import Format, Identity, Kind
from samspil.formats.identify import identify, recognise
from samspil.formats.readers import read_payload

LETTER = "UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'BGM+EPI++9+NA'UNT+3+1'"
INTERCHANGE = f"UNB+UNOC:3+5790000000012:14+5790000000029:14+260302:0915+K1'{LETTER}UNZ+1+K1'".encode()
BUNDLE = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "message",
        "entry": [
            {"resource": {"resourceType": "MessageHeader", "eventCoding": {"code": "care-communication-message"}}}
        ],
    }
)
SEEDS = [
    INTERCHANGE,
    BUNDLE.encode(),
    b"<Bundle xmlns='http://hl7.org/fhir'><type value='message'/>",
    b"UNA:+.? '",
    b"{",
    b"<",
]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_bundle_is_told_in_any_unicode_encoding(codec: str) -> None:
    """The encoding does not hide what a message is."""
    assert identify(BUNDLE.encode(codec)) == Identity(
        format=Format.FHIR_JSON, kind=Kind.MESSAGE, standard="CareCommunication", version="5.0"
    )


def test_a_bundle_in_latin_1_is_still_told() -> None:
    """A wrong encoding is judged later; it does not make the message unknown."""
    payload = BUNDLE.replace('"entry"', '"language": "æ", "entry"').encode("latin-1")
    assert identify(payload).standard == "CareCommunication"


@pytest.mark.parametrize(
    "payload", [b"", b"  \n", b"%PDF-1.7", b"hello", b"[]", b"{}", b'{"a":1}', b"<html/>", b"\x00" * 9]
)
def test_what_is_nobodys_format_is_unknown(payload: bytes) -> None:
    """Unknown has no kind, standard or version."""
    assert identify(payload) == Identity(format=Format.UNKNOWN)


def test_a_cut_off_bundle_is_still_fhir() -> None:
    """A sender who cut a message short is told that, and not that the format is unknown."""
    assert identify(BUNDLE.encode()[:-9]) == Identity(format=Format.FHIR_JSON)


def test_the_tree_that_was_parsed_to_tell_is_given_back() -> None:
    """Reading after identifying need not parse again."""
    assert recognise(BUNDLE.encode()).root == json.loads(BUNDLE)


@given(st.binary(max_size=600))
@settings(max_examples=400, deadline=None)
def test_any_bytes_have_an_identity_and_at_least_one_part(payload: bytes) -> None:
    """No bytes make identifying or reading raise."""
    assert isinstance(identify(payload), Identity)
    assert read_payload(payload)[1]


@given(st.sampled_from(SEEDS), st.integers(0, 400), st.binary(max_size=12))
@settings(max_examples=400, deadline=None)
def test_damaged_messages_are_read_without_raising(seed: bytes, place: int, damage: bytes) -> None:
    """A message with bytes changed anywhere gives parts, and building them gives a message or nothing."""
    damaged = seed[:place] + damage + seed[place + len(damage) :]
    for part in read_payload(damaged)[1]:
        part.build()


def test_official_examples_are_what_their_manifest_says(shared: Path) -> None:
    """All official FHIR examples get their standard and kind."""
    folder = shared / "fhir" / "examples"
    standards = {
        "carecommunication": "CareCommunication",
        "hospitalnotification": "HospitalNotification",
        "homecareobservation": "HomeCareObservation",
        "acknowledgement": "Acknowledgement",
        "messaging": "EmptyMessage",
    }
    rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["examples"]
    assert len(rows) == 82
    for row in rows:
        identity = identify((folder / row["file"]).read_bytes())
        family = row["kind"].partition("/")[0]
        assert identity.format is Format.FHIR_JSON
        if family == "document":
            assert (identity.kind, bool(identity.standard)) == (Kind.DOCUMENT, True), row["file"]
        else:
            assert identity.standard == standards[family], row["file"]
            assert identity.kind is (Kind.RECEIPT if family == "acknowledgement" else Kind.MESSAGE), row["file"]


def test_official_legacy_pairs_are_what_their_manifest_says(shared: Path) -> None:
    """Both spellings of every pair get the same standard, and each its own version."""
    folder = shared / "edifact"
    for pair in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["pairs"]:
        edifact = identify((folder / pair["edifact"]).read_bytes())
        oioxml = identify((folder / pair["xml"]).read_bytes())
        assert (edifact.format, edifact.standard, edifact.version) == (
            Format.EDIFACT,
            pair["type"],
            pair["edifact_version"],
        )
        assert (oioxml.format, oioxml.standard, oioxml.version) == (Format.OIOXML, pair["type"], pair["xml_version"])
