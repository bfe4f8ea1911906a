"""Has this message come before? A total table over what the store remembers of its MessageId.

The memory is kept longer than the longest retry of any partner. Source: OASIS AS4 1.0, 3.2 (reception awareness).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from samspil.transports.as4.messages import Signed, UserMessage


class Repeat(StrEnum):
    """What a message is, in the light of what came before."""

    NEW = "new"  # store it, then receipt it
    AGAIN = "again"  # deliver nothing; the stored receipt again, byte for byte
    UNANSWERED = "unanswered"  # stored, but its receipt was never made: make it now, deliver nothing
    CONFLICT = "conflict"  # the id stands for other content: EBMS:0003, and an alarm


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store remembers of a message: the digests of its payloads, and whether it was receipted."""

    fingerprint: frozenset[tuple[str, str]]
    receipted: bool


# (is the id known?, is the content the same?, was it receipted?) -> what it is
DECISIONS: dict[tuple[bool, bool, bool], Repeat] = {
    (False, False, False): Repeat.NEW,
    (False, False, True): Repeat.NEW,
    (False, True, False): Repeat.NEW,
    (False, True, True): Repeat.NEW,
    (True, False, False): Repeat.CONFLICT,
    (True, False, True): Repeat.CONFLICT,
    (True, True, False): Repeat.UNANSWERED,
    (True, True, True): Repeat.AGAIN,
}


def memory_key(message: UserMessage) -> tuple[str, str, str]:
    """Under what a message is remembered: an id is unique per sender, so that nobody can use up another's."""
    return message.sender.type, message.sender.id, message.message_id


def fingerprint(parts: Iterable[Signed]) -> frozenset[tuple[str, str]]:
    """What makes two messages the same: the signed payloads. Headers may be written anew on a retry."""
    return frozenset((part.uri, part.digest) for part in parts if part.uri.startswith("cid:"))


def judge_repeat(parts: Iterable[Signed], seen: Seen | None) -> Repeat:
    """What a message is."""
    known = seen is not None
    same = known and seen.fingerprint == fingerprint(parts)
    return DECISIONS[known, same, known and seen.receipted]
