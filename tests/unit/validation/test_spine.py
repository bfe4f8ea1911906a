"""The spine's own checks."""

import json
from pathlib import Path
from typing import Any

import pytest

from samspil.domain.issues import Severity
from samspil.validation.spine import judge
from tests.unit.formats.fhir.letters import edited, letter, part_of

Root = dict[str, Any]


def header(root: Root) -> Root:
    """The MessageHeader."""
    return root["entry"][0]["resource"]


def organisations(root: Root) -> list[Root]:
    """The Organizations."""
    return [row["resource"] for row in root["entry"] if row["resource"]["resourceType"] == "Organization"]


def codes(payload: bytes) -> list[str]:
    """What the spine says of a payload."""
    return [issue.code for issue in judge(part_of(payload), None)]


def test_a_sound_message_has_no_findings() -> None:
    """Neither in JSON nor laid out over many lines."""
    assert codes(letter()) == []
    assert codes(json.dumps(json.loads(letter()), indent=2).encode()) == []


@pytest.mark.parametrize(
    ("code", "edit"),
    [
        ("fhir.bundle.type", lambda root: root.update(type="collection")),
        ("fhir.bundle.id.missing", lambda root: root.pop("id")),
        ("fhir.bundle.timestamp.missing", lambda root: root.pop("timestamp")),
        ("fhir.bundle.timestamp.malformed", lambda root: root.update(timestamp="2026-03-02T09:15:00")),
        ("fhir.header.not_first", lambda root: root["entry"].append(root["entry"].pop(0))),
        ("fhir.header.missing", lambda root: root["entry"].pop(0)),
        ("fhir.header.id.missing", lambda root: header(root).pop("id")),
        ("fhir.event.missing", lambda root: header(root).pop("eventCoding")),
        ("fhir.event.unknown", lambda root: header(root)["eventCoding"].update(code="care-message")),
        ("fhir.sender.missing", lambda root: header(root).pop("sender")),
        ("fhir.receiver.missing", lambda root: header(root).pop("destination")),
        ("fhir.party.gln.missing", lambda root: organisations(root)[0]["identifier"].pop(0)),
        (
            "fhir.party.gln.malformed",
            lambda root: organisations(root)[0]["identifier"][0].update(value="5790000000013"),
        ),
        ("fhir.reference.unresolved", lambda root: header(root)["focus"][0].update(reference="Communication/9")),
    ],
)
def test_each_fault_is_found_and_rejects(code: str, edit: Any) -> None:
    """One edit, one finding of that code, with a place in the bytes."""
    issues = [issue for issue in judge(part_of(edited(edit)), None) if issue.code == code]
    assert len(issues) == 1
    assert issues[0].severity.rejects and issues[0].where.start is not None


def test_an_unknown_event_is_answered_with_the_nearest() -> None:
    """Most wrong codes are spelling mistakes."""
    (issue,) = judge(
        part_of(edited(lambda root: header(root)["eventCoding"].update(code="care-comunication-message"))), None
    )
    assert "care-communication-message" in issue.remedy


def test_messages_sent_before_need_not_be_in_the_bundle() -> None:
    """Provenances name them; they are not carried along."""

    def earlier(root: Root) -> None:
        provenance = next(row["resource"] for row in root["entry"] if row["resource"]["resourceType"] == "Provenance")
        provenance["entity"].append({"role": "revision", "what": {"reference": "MessageHeader/gone"}})

    assert codes(edited(earlier)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"type":"message"', b'"type":"message","type":"message"'),
        (b'"type":"message"', b'"type":"message","ty\\u0070e":"message"'),
        (b'"status":"unknown"', b'"status":"unknown","status":"completed"'),
    ],
)
def test_a_name_that_stands_twice_is_found(old: bytes, new: bytes) -> None:
    """Readers differ in which they believe, so an attacker may show each something else."""
    assert "json.key.repeated" in codes(letter().replace(old, new, 1))


@pytest.mark.parametrize(("codec", "code"), [("latin-1", "fhir.charset.not_utf8"), ("utf-16", "fhir.charset.not_utf8")])
def test_json_in_another_encoding_is_rejected(codec: str, code: str) -> None:
    """FHIR is UTF-8; the message is read all the same."""
    (issue,) = judge(part_of(letter().decode().encode(codec)), None)
    assert (issue.code, issue.severity) == (code, Severity.ERROR)


def test_a_byte_order_mark_is_only_noted() -> None:
    """Most readers step over it."""
    (issue,) = judge(part_of(b"\xef\xbb\xbf" + letter()), None)
    assert (issue.code, issue.severity) == ("fhir.charset.mark", Severity.NOTE)


def test_a_lone_resource_is_no_message_and_no_fault() -> None:
    """It can be judged by its profile; it cannot be sent."""
    (issue,) = judge(part_of(b'{"resourceType":"Patient"}'), None)
    assert (issue.code, issue.severity) == ("fhir.message.none", Severity.NOTE)


def test_no_finding_repeats_a_persons_number() -> None:
    """What the message says is quoted without it."""
    edit = "Patient/2509479989"
    (issue,) = judge(part_of(edited(lambda root: header(root)["focus"][0].update(reference=edit))), None)
    assert "2509479989" not in issue.message + str(issue.facts)


def test_no_valid_official_example_is_rejected(shared: Path) -> None:
    """The spine's checks are about carrying messages; the official ones can be carried."""
    folder = shared / "fhir" / "examples"
    for row in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["examples"]:
        rejecting = [
            issue.code for issue in judge(part_of((folder / row["file"]).read_bytes()), None) if issue.severity.rejects
        ]
        assert not (row["expected_valid"] and rejecting), (row["file"], rejecting)
