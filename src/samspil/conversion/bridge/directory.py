"""What a conversion between generations asks of others: who a party is, and what was sent before.

FHIR names organisations by SOR code and asks who wrote and how to reach them; letters name ydernumre and hospital
departments. A receipt speaks of a message by the name it had in the receiver's generation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from samspil.domain.message import IdentifierKind, Professional


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A party as registers know it. `professional` speaks for it where a letter names nobody."""

    name: str = ""
    gln: str = ""
    sor: str = ""
    yder: str = ""
    shak: str = ""
    phone: str = ""
    professional: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that was carried over: its name in each generation, and what it was.

    `message_id` and `activity` are FHIR's; `letter`, `envelope` and `version` (with OIOXML's X or without) are the
    letter's.
    """

    message_id: str
    activity: str
    sent_at: datetime
    letter: str = ""
    envelope: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A hospital stay as its first notification told it. `last_message` is the id of the last one sent about it."""

    started_at: datetime
    last_message: str = ""


class Directory(Protocol):
    """Registers and logs, as far as a conversion asks them. Each answers None for what it does not know."""

    def find_listing(self, kind: IdentifierKind, value: str) -> Listing | None:
        """The party with this identifier."""
        ...

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        """The message of this letter id or MessageHeader.id that the location number sent."""
        ...

    def find_stay(self, identifier: str) -> Stay | None:
        """The stay with this notification's or episode's identifier, however it is spelt."""
        ...


class Book:
    """A directory in memory."""

    def __init__(
        self,
        listings: Iterable[Listing] = (),
        *,
        sent: Iterable[tuple[str, Sent]] = (),
        stays: Iterable[tuple[str, Stay]] = (),
    ) -> None:
        """`sent` pairs a sender's location number with a message, `stays` an identifier with a stay."""
        self._listings = {key: listing for listing in listings for key in _keys(listing)}
        self._sent = {(name, gln): one for gln, one in sent for name in (one.message_id, one.letter) if name}
        self._stays = {plain(identifier): stay for identifier, stay in stays}

    def find_listing(self, kind: IdentifierKind, value: str) -> Listing | None:
        """The party with this identifier."""
        return self._listings.get((kind, value))

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        """The message of this letter id or MessageHeader.id that the location number sent."""
        return self._sent.get((identifier, sender))

    def find_stay(self, identifier: str) -> Stay | None:
        """The stay with this identifier."""
        return self._stays.get(plain(identifier))


NOBODY = Book()


def _keys(listing: Listing) -> Iterable[tuple[IdentifierKind, str]]:
    rows = (
        (IdentifierKind.GLN, listing.gln),
        (IdentifierKind.SOR, listing.sor),
        (IdentifierKind.YDER, listing.yder),
        (IdentifierKind.SHAK, listing.shak),
    )
    return (row for row in rows if row[1])


def plain(identifier: str) -> str:
    """An identifier without the marks that generations spell differently.

    >>> plain("urn:uuid:0FD2C1E8-7A2E-4F0C-9C53-2B7A3F1D5E60") == plain("0fd2c1e87a2e4f0c9c532b7a3f1d5e60")
    True
    """
    return identifier.lower().removeprefix("urn:uuid:").replace("-", "")
