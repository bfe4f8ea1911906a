"""Correspondence: payloads and their history, attachments, the thread, telephone numbers, the version."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.validation.profiles.business.conftest import CARE, Found, Message, message, own_step, the

Judge = Callable[[Message], Found]


def payload(root: Message, kind: str) -> dict[str, Any]:
    """The first payload of a kind."""
    return next(row for row in the(root, "Communication")["payload"] if f"content{kind}" in row)


def extension(row: dict[str, Any], word: str) -> dict[str, Any]:
    """A payload's extension whose address holds a word."""
    return next(one for one in row["extension"] if word in one["url"])


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("|5.0", None),
        ("|5.12", None),
        ("", "fhir.definition.version"),
        ("|6.0", "fhir.definition"),
        ("s|5.0", "fhir.definition"),
    ],
)
def test_the_definition_names_kind_and_version(found: Judge, definition: str, code: str | None) -> None:
    """The published rule lets other kinds and versions pass; this one does not."""
    root = message(f"{CARE}/new")
    header = the(root, "MessageHeader")
    header["definition"] = header["definition"].partition("|")[0] + definition
    codes = [row[1] for row in found(root) if row[1].startswith("fhir.definition")]
    assert codes == ([] if code is None else [code])


def test_an_answer_names_what_it_answers(found: Judge) -> None:
    """Replies and forwards have a link, new messages have none."""
    root = message(f"{CARE}/reply")
    own_step(root)["entity"] = [row for row in own_step(root)["entity"] if row["role"] == "source"]
    assert ("error", "fhir.provenance.link.missing") in found(root)
    root = message(f"{CARE}/reply")
    own_step(root)["activity"]["coding"][0]["code"] = "new-message"
    assert ("warning", "fhir.provenance.link.unexpected") in found(root)


def test_history_and_payloads_agree(found: Judge) -> None:
    """A payload that no step brought in, and a step that brought in what is not there, are warned of."""
    root = message(f"{CARE}/new")
    extension(payload(root, "String"), "identifier")["valueIdentifier"]["value"] = (
        "urn:uuid:11111111-1111-4111-8111-111111111111"
    )
    assert sorted(found(root)) == [
        ("warning", "fhir.care.payload.untold"),
        ("warning", "fhir.care.source.unknown"),
    ]


def test_identifiers_are_uuids_of_version_4(found: Judge) -> None:
    """Other versions are let through with a warning."""
    root = message(f"{CARE}/new")
    old = extension(payload(root, "String"), "identifier")["valueIdentifier"]["value"]
    new = old[:23] + "1" + old[24:]
    text = repr(root).replace(old, new)
    root = eval(text)
    assert found(root) == [("warning", "fhir.id.uuid")]


def test_an_encounter_is_the_one_pointed_at(found: Judge) -> None:
    """An encounter that nobody points at tells nothing."""
    root = message(f"{CARE}/reply")
    del the(root, "Communication")["encounter"]
    assert ("error", "fhir.care.encounter") in found(root)


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("12345678", True),
        ("+45 12 34 56 78", True),
        ("004512345678", True),
        ("+4612345678", True),
        ("ring", False),
        ("1234", False),
    ],
)
def test_a_contact_can_be_dialled(found: Judge, number: str, sound: bool) -> None:
    """Eight digits, or a country's code first."""
    root = message(f"{CARE}/new")
    extension(payload(root, "String"), "contact")["valueContactPoint"]["value"] = number
    assert (("warning", "fhir.care.phone") in found(root)) is not sound


def emptied(root: Message) -> Message:
    """The message with its first attachment's content taken out."""
    attachment = payload(root, "Attachment")["contentAttachment"]
    for name in ("data", "url"):
        attachment.pop(name, None)
    return root


def test_a_new_attachment_has_content(found: Judge) -> None:
    """A file without content or link is an error in a new message, a warning in a forward."""
    assert ("error", "fhir.care.attachment.empty") in found(emptied(message(f"{CARE}/attachments")))
    root = emptied(message(f"{CARE}/attachments"))
    own_step(root)["activity"]["coding"][0]["code"] = "forward-message"
    name = extension(payload(root, "Attachment"), "identifier")["valueIdentifier"]["value"]
    own_step(root)["entity"] = [
        row for row in own_step(root)["entity"] if row["what"].get("identifier", {}).get("value") != name
    ]
    assert ("warning", "fhir.care.attachment.empty") in found(root)


def test_a_reply_leaves_out_earlier_content(found: Judge) -> None:
    """What the other side has already is not sent again."""
    root = message(f"{CARE}/attachments")
    own_step(root)["activity"]["coding"][0]["code"] = "reply-message"
    name = extension(payload(root, "Attachment"), "identifier")["valueIdentifier"]["value"]
    own_step(root)["entity"] = [
        row for row in own_step(root)["entity"] if row["what"].get("identifier", {}).get("value") != name
    ]
    assert ("warning", "fhir.care.attachment.old") in found(root)


@pytest.mark.parametrize(
    ("title", "sound"), [("Blodprøver", True), ("medcom.dk", True), ("svar.PDF", False), ("a.b.jpeg", False)]
)
def test_a_title_is_no_file_name(found: Judge, title: str, sound: bool) -> None:
    """A reader is told what an attachment is about."""
    root = message(f"{CARE}/attachments")
    payload(root, "Attachment")["contentAttachment"]["title"] = title
    assert (("warning", "fhir.care.attachment.title") in found(root)) is not sound


def test_the_thread_has_a_uuid_of_version_4(found: Judge) -> None:
    """Two senders must never begin the same thread."""
    root = message(f"{CARE}/new")
    the(root, "Communication")["identifier"][0]["value"] = "urn:uuid:0f8fad5b-d9cb-169f-a165-70867728950e"
    assert found(root) == [("warning", "fhir.id.uuid")]
