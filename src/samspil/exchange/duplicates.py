"""Seen before? What to do with an arrival whose envelope or message id its sender has used already.

A total table over three questions. Source: MedCom, reliable messaging (Bundle.id as envelope, MessageHeader.id
as message); the row of known id with other content is ours: never two different answers for one message id.
"""

from enum import StrEnum


class Repeat(StrEnum):
    """The verdict of the table."""

    NEW = "new"  # carry it
    DUPLICATE = "duplicate"  # our answer was lost on the wire: the same answer again, no second delivery
    RESENT = "resent"  # sent again in a new envelope: not shown again, the first answer's content repeated
    REUSED_ENVELOPE = "reused-envelope"  # an old envelope id on a new message: the sender broke the rule
    CONFLICT = "conflict"  # a known message id with other content: refused, with an alarm


# (is the envelope id known?, is the message id known?, is the content the same as then?) -> verdict
REPEATS = {
    (False, False, False): Repeat.NEW,
    (False, False, True): Repeat.NEW,
    (True, True, True): Repeat.DUPLICATE,
    (False, True, True): Repeat.RESENT,
    (True, False, False): Repeat.REUSED_ENVELOPE,
    (True, False, True): Repeat.REUSED_ENVELOPE,
    (True, True, False): Repeat.CONFLICT,
    (False, True, False): Repeat.CONFLICT,
}
