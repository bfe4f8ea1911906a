"""Has this message come before? Told by what the store remembers under its id.

The memory is kept longer than the longest retry of any partner. Source: OASIS AS4 1.0, 3.2 (reception awareness).
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

from samspil.transports.as4.messages import Signed, UserMessage


class Repeat(StrEnum):
    """What a message is, in the light of what came before."""

    NEW = "new"  # store it, then receipt it
    AGAIN = "again"  # deliver nothing; the stored receipt again, byte for byte
    CONFLICT = "conflict"  # the id stands for other content: EBMS:0003, and an alarm


# (is the id known?, is the content the same?) -> what it is
DECISIONS: dict[tuple[bool, bool], Repeat] = {
    (False, False): Repeat.NEW,
    (False, True): Repeat.NEW,
    (True, True): Repeat.AGAIN,
    (True, False): Repeat.CONFLICT,
}


def memory_key(message: UserMessage) -> tuple[str, str, str]:
    """Under what a message is remembered: an id is unique per sender, so that nobody can use up another's."""
    return message.message_id, message.sender.id, message.sender.type


def fingerprint(parts: Iterable[Signed]) -> bytes:
    """What makes two messages the same: the signed payloads. Headers may be written anew on a retry."""
    payloads = sorted(f"{part.uri}\0{part.digest}" for part in parts if part.uri.startswith("cid:"))
    return sha256("\n".join(payloads).encode()).digest()


def judge_repeat(content: bytes, remembered: bytes | None) -> Repeat:
    """What a message is, by its fingerprint and the one that is remembered under its id, if any."""
    return DECISIONS[remembered is not None, remembered == content]
