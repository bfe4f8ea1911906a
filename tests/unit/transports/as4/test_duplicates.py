"""What a message is, in the light of what came before."""

from dataclasses import replace

import pytest

from samspil.transports.as4.duplicates import DECISIONS, Repeat, Seen, fingerprint, judge_repeat, memory_key
from samspil.transports.as4.messages import Party
from samspil.transports.as4.sending import pack
from tests.unit.transports.as4.partners import MESSAGE, PAYLOAD, own_key, sent


@pytest.mark.parametrize(
    ("same", "receipted", "repeat"),
    [
        (True, True, Repeat.AGAIN),
        (True, False, Repeat.UNANSWERED),
        (False, True, Repeat.CONFLICT),
        (False, False, Repeat.CONFLICT),
    ],
)
def test_a_known_id_is_a_repeat_or_a_conflict(same: bool, receipted: bool, repeat: Repeat) -> None:
    """By the digests of its payloads; a receipt is made once."""
    content = fingerprint(sent().signed) if same else frozenset({("cid:other", "AAAA")})
    assert judge_repeat(sent().signed, Seen(content, receipted)) is repeat


def test_an_unknown_id_is_new() -> None:
    """And the table has every case."""
    assert judge_repeat(sent().signed, None) is Repeat.NEW
    assert len(DECISIONS) == 8


def test_a_retry_that_was_packed_anew_is_the_same_message() -> None:
    """Timestamps and keys differ, the signed payload does not."""
    again = pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
    assert again.body != sent().body
    assert fingerprint(again.signed) == fingerprint(sent().signed)


def test_an_id_is_remembered_for_its_sender_alone() -> None:
    """Another access point cannot use it up."""
    other = replace(MESSAGE, sender=Party("AP-C", MESSAGE.sender.type, MESSAGE.sender.role))
    assert memory_key(other) != memory_key(MESSAGE)
