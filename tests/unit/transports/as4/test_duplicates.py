"""What a message is, in the light of what came before."""

from dataclasses import replace

from samspil.transports.as4.duplicates import DECISIONS, Repeat, fingerprint, judge_repeat, memory_key
from samspil.transports.as4.messages import Party
from samspil.transports.as4.sending import pack
from tests.unit.transports.as4.partners import MESSAGE, PAYLOAD, own_key, sent


def test_a_known_id_is_a_repeat_or_a_conflict() -> None:
    """It is told by the digests of its payloads; an unknown id is new, and the table has every case."""
    content = fingerprint(sent().signed)
    repeats = [judge_repeat(content, remembered) for remembered in (None, content, b"other")]
    assert repeats == [Repeat.NEW, Repeat.AGAIN, Repeat.CONFLICT]
    assert len(DECISIONS) == 4


def test_a_retry_that_was_packed_anew_is_the_same_message() -> None:
    """Timestamps and keys differ, the signed payload does not."""
    again = pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
    assert again.body != sent().body
    assert fingerprint(again.signed) == fingerprint(sent().signed)


def test_another_payload_is_another_fingerprint() -> None:
    """One byte is enough."""
    other = replace(PAYLOAD, content=PAYLOAD.content + b" ")
    changed = pack(MESSAGE, (other,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
    assert fingerprint(changed.signed) != fingerprint(sent().signed)


def test_an_id_is_remembered_for_its_sender_alone() -> None:
    """Another access point cannot use it up."""
    other = replace(MESSAGE, sender=Party("AP-C", MESSAGE.sender.type, MESSAGE.sender.role))
    assert memory_key(other) != memory_key(MESSAGE)
