"""Identifiers between the generations: letters have fourteen characters, FHIR has UUIDs.

A letter that is converted twice is the same message twice: its ids in the other generation are made from its own.
"""

import re
from hashlib import blake2b
from uuid import UUID

from samspil.catalogue.bridge import number_first
from samspil.formats.letters.identifiers import short_id

_BARE = re.compile(r"[0-9a-fA-F]{32}")
_HYPHENATED = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
URN = "urn:uuid:"


def uuid_of(*names: str) -> UUID:
    """The UUID that these names make, formed as version 4, the only one that MedCom's rules know.

    >>> uuid_of("5790000121526", "BREV1") == uuid_of("5790000121526", "BREV1") != uuid_of("5790000121526", "BREV2")
    True
    """
    return UUID(bytes=blake2b("#".join(names).encode(), digest_size=16, person=b"samspil bridge").digest(), version=4)


def letter_id(message_id: str) -> str:
    """A letter's or envelope's id for a FHIR id."""
    return short_id(UUID(message_id) if _HYPHENATED.fullmatch(message_id) else uuid_of(message_id))


def urn_of(identifier: str) -> str:
    """A UUID as FHIR's identifiers spell it; another identifier as it stands.

    >>> urn_of("0FD2C1E87A2E4F0C9C532B7A3F1D5E60")
    'urn:uuid:0fd2c1e8-7a2e-4f0c-9c53-2b7a3f1d5e60'
    """
    if _BARE.fullmatch(identifier) or _HYPHENATED.fullmatch(identifier):
        return f"{URN}{UUID(identifier)}"
    return identifier


def bare(identifier: str) -> str:
    """A UUID as letters spell it, without hyphens; another identifier as it stands."""
    value = identifier.removeprefix(URN)
    return value.replace("-", "").lower() if _HYPHENATED.fullmatch(value) else identifier


def letter_reference(message_id: str) -> tuple[str, str] | None:
    """The location number and the letter id that a message id joins by `#`, in either order; None if it joins none.

    MedCom's profile writes the location number first, its example last: the one of thirteen digits is it.
    """
    first, mark, second = message_id.partition("#")
    if not mark:
        return None
    return (second, first) if _is_gln(second) and not _is_gln(first) else (first, second)


def joined(gln: str, letter: str) -> str:
    """A letter's name in a FHIR message.

    >>> joined("5790000121526", "BREV1")
    '5790000121526#BREV1'
    """
    return f"{gln}#{letter}" if number_first() else f"{letter}#{gln}"


def _is_gln(text: str) -> bool:
    return len(text) == 13 and text.isdecimal()
