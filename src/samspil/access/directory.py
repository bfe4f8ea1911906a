"""The register of organisations and their endpoints, held in memory so that a look-up costs the exchange nothing.

A `Directory` answers from one snapshot of the register; `renew` puts another in its place at once. Who keeps it
current is `samspil.access.register`; who changes the register are `organisations.py` and `endpoints.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

DEFAULT_MAX_BYTES = 100_000_000
Wire = Literal["mailbox", "http", "folder"]


class OrganisationKind(StrEnum):
    """What sort of party an organisation is."""

    HOSPITAL = "hospital"
    CLINIC = "clinic"
    SPECIALIST = "specialist"
    MUNICIPALITY = "municipality"
    PHARMACY = "pharmacy"
    LABORATORY = "laboratory"
    REGION = "region"
    HUB = "hub"  # a peer site or network that carries others' messages
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A party to messages (organisation). `lenient` names rules whose errors do not turn its messages away."""

    id: UUID
    name: str
    kind: OrganisationKind = OrganisationKind.OTHER
    glns: tuple[str, ...] = ()
    sor: str | None = None
    synthetic: bool = False
    lenient: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Capability:
    """A standard that an endpoint takes, from a moment until (not including) another. No version: all versions."""

    standard: str
    version: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def covers(self, version: str | None, at: datetime) -> bool:
        """Does it stand at that moment, for that version? A version that nobody knows is taken for any."""
        return (
            (not version or not self.version or self.version == version)
            and (self.valid_from is None or self.valid_from <= at)
            and (self.valid_until is None or at < self.valid_until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where and how a location number is reached. `bearer` is what we show the receiver; it is never printed.

    `mailbox` keeps messages here for their reader; `http` posts them to `url`; `folder` writes them
    below the folder that `url` names, and takes in what is put there.
    """

    id: UUID
    organisation: UUID
    gln: str
    wire: Wire = "mailbox"
    url: str = ""
    bearer: str | None = field(default=None, repr=False)
    tls_ca: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    resend: Literal["auto", "button"] = "auto"
    max_payload_bytes: int = DEFAULT_MAX_BYTES
    rank: int = 0
    active: bool = True
    capabilities: tuple[Capability, ...] = ()

    def takes(self, standard: str, version: str | None, at: datetime) -> bool:
        """Does it take this standard in this version at this moment? Without capabilities it takes everything."""
        for item in self.capabilities:  # a loop: `any` over a generator takes twice as long
            if item.standard == standard and item.covers(version, at):
                return True
        return not self.capabilities


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The register at one moment, ordered for look-ups."""

    organisations: Mapping[UUID, Organisation]
    endpoints: Mapping[UUID, Endpoint]
    by_gln: Mapping[str, tuple[Endpoint, ...]]
    holders: Mapping[str, Organisation]


class Directory:
    """The register as the exchange asks it. All look-ups are synchronous and cost microseconds."""

    def __init__(self, organisations: Iterable[Organisation] = (), endpoints: Iterable[Endpoint] = ()) -> None:
        self._now = _order(organisations, endpoints)

    def renew(self, organisations: Iterable[Organisation], endpoints: Iterable[Endpoint]) -> None:
        """Answer from this register from now on."""
        self._now = _order(organisations, endpoints)

    def find_endpoint(
        self, gln: str, *, standard: str | None = None, version: str | None = None, at: datetime | None = None
    ) -> Endpoint | None:
        """The first active endpoint of a location number that takes the standard; without one, the first at all."""
        candidates = self._now.by_gln.get(gln, ())
        if standard is None:
            return candidates[0] if candidates else None
        moment = at or datetime.now(UTC)
        for endpoint in candidates:
            if endpoint.takes(standard, version, moment):
                return endpoint
        return None

    def find_organisation(self, gln: str) -> Organisation | None:
        """Who holds a location number."""
        return self._now.holders.get(gln)

    def name_of(self, gln: str) -> str:
        """The holder's name, or the number itself."""
        holder = self._now.holders.get(gln)
        return holder.name if holder else gln

    def organisation(self, identifier: UUID) -> Organisation | None:
        """An organisation by our id."""
        return self._now.organisations.get(identifier)

    def endpoint(self, identifier: UUID) -> Endpoint | None:
        """An endpoint by our id, active or not."""
        return self._now.endpoints.get(identifier)

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """All organisations, by name as Danes sort it."""
        return tuple(sorted(self._now.organisations.values(), key=lambda item: danish_order(item.name)))

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, active or not, by location number and rank."""
        return tuple(sorted(self._now.endpoints.values(), key=lambda item: (item.gln, item.rank, item.id)))


def danish_order(text: str) -> tuple[str, str]:
    """A sort key with æ, ø and å last, and aa as å; capitals do not matter."""
    return text.casefold().replace("aa", "å").translate(_DANISH), text


_DANISH = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def _order(organisations: Iterable[Organisation], endpoints: Iterable[Endpoint]) -> _Snapshot:
    parties = {item.id: item for item in organisations}
    places = {item.id: item for item in endpoints}
    by_gln: dict[str, list[Endpoint]] = {}
    for endpoint in sorted(places.values(), key=lambda item: (item.rank, item.id)):
        if endpoint.active:
            by_gln.setdefault(endpoint.gln, []).append(endpoint)
    return _Snapshot(
        organisations=parties,
        endpoints=places,
        by_gln={gln: tuple(found) for gln, found in by_gln.items()},
        holders={gln: party for party in parties.values() for gln in party.glns},
    )
