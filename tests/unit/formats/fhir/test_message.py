"""FHIR messages in the canonical model."""

from typing import Any

from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.message import Message
from samspil.formats.fhir.compose import Pen, compose_care_communication
from tests.unit.formats.fhir.letters import BRUNO, HOME_CARE, HOSPITAL, NOW, NURSE, PLAN, edited, ids, letter, part_of


def message_of(payload: bytes) -> Message:
    """The message in a payload."""
    message = part_of(payload).build()
    assert message is not None
    return message


def body_of(payload: bytes) -> CareMessage:
    """The care message in a payload."""
    body = message_of(payload).body
    assert isinstance(body, CareMessage)
    return body


def test_a_letter_is_read_as_it_was_written() -> None:
    """Parties, citizen, text, author and category survive the way over the wire."""
    message = message_of(letter(topic="Kost", attachments=[PLAN], episode="e-1"))
    body = message.body
    assert isinstance(body, CareMessage)
    assert (message.sender.name, message.receiver.name) == (HOSPITAL.name, HOME_CARE.name)
    assert message.patient and message.patient.number == BRUNO.number
    assert (body.category.code, body.topic, body.episode) == ("nursing", "Kost", "e-1")
    assert str(body.segments[0].text) == "Æbler\n& øl"
    assert body.segments[0].author and body.segments[0].author.name == NURSE.name
    assert body.attachments[0].content == PLAN.content
    assert message.unread == ()


def test_a_reply_keeps_the_thread_and_drops_old_files_data() -> None:
    """Earlier texts and history travel along; of an earlier file its title and identifier."""
    first = message_of(letter(attachments=[PLAN], episode="e-1"))
    said: dict[str, Any] = {"patient": BRUNO, "author": NURSE, "phone": "1", "text": "Tak", "category": "nursing"}
    reply = message_of(
        compose_care_communication(Pen(NOW, ids(2)), sender=HOME_CARE, receiver=HOSPITAL, replying_to=first, **said)
    )
    before, after = first.body, reply.body
    assert isinstance(before, CareMessage) and isinstance(after, CareMessage)
    assert (after.thread, after.episode) == (before.thread, before.episode)
    assert [str(segment.text) for segment in after.segments] == ["Æbler\n& øl", "Tak"]
    assert (after.attachments[0].identifier, after.attachments[0].content) == (before.attachments[0].identifier, None)
    assert [step.activity for step in reply.history] == ["new-message", "reply-message"]
    assert reply.history[1].earlier_message_id == first.head.message_id


def test_a_forward_starts_a_thread_and_keeps_files_whole() -> None:
    """Dropping attachments from a forward is not allowed."""
    first = message_of(letter(attachments=[PLAN]))
    said: dict[str, Any] = {"patient": BRUNO, "author": NURSE, "phone": "1", "text": "Se", "category": "nursing"}
    forward = body_of(
        compose_care_communication(Pen(NOW, ids(3)), sender=HOME_CARE, receiver=HOSPITAL, forwarding=first, **said)
    )
    assert isinstance(first.body, CareMessage)
    assert forward.thread != first.body.thread
    assert forward.attachments[0].content == PLAN.content


def test_what_the_model_does_not_hold_is_kept_with_its_path() -> None:
    """Nothing a sender wrote is dropped."""
    payload = edited(lambda root: root["entry"][0]["resource"].update(author={"display": "en maskine"}))
    (unread,) = message_of(payload).unread
    assert unread.path == "Bundle.entry[0].resource(MessageHeader).author"
    assert unread.value == '{"display":"en maskine"}'


def test_the_subject_is_hidden_and_the_same_for_one_episode() -> None:
    """Messages of one course of treatment share a lane; no number stands in it."""
    one, other = part_of(letter(episode="e-1")).head, part_of(letter(episode="e-1", seed=9)).head
    patient = part_of(letter()).head
    assert one and other and patient
    assert one.subject == other.subject != patient.subject
    assert "2509479989" not in patient.subject
