"""A participant's services as a publisher tells of them, in no edition: who takes which document, where, until when.

Sources: OASIS Service Metadata Publishing 1.0 and 2.0.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

NO_PROCESS = "bdx:noprocess"


class Edition(StrEnum):
    """Which of the two standards a document follows."""

    ONE = "1.0"
    TWO = "2.0"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier with the scheme it belongs to. Publishers change its case, so case does not tell two apart.

    >>> Identifier.read("iso6523-actorid-upis::0088:5790000121526").value
    '0088:5790000121526'
    """

    scheme: str
    value: str

    @classmethod
    def read(cls, text: str) -> "Identifier":
        """The identifier that `scheme::value` spells; without `::` it has no scheme."""
        scheme, colons, value = text.partition("::")
        return cls(scheme, value) if colons else cls("", text)

    def __str__(self) -> str:
        return f"{self.scheme}::{self.value}" if self.scheme else self.value

    @property
    def key(self) -> str:
        """What is compared."""
        return str(self).casefold()

    @property
    def segment(self) -> str:
        """The identifier as one segment of a path, every sign escaped that is not plain."""
        return quote(str(self), safe="")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a publisher keeps the metadata of one document type. SMP 2.0 tells the type, not the place."""

    document: Identifier | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGroup:
    """Every document type that a participant takes."""

    participant: Identifier
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEndpoint:
    """An access point: its address and certificate (DER), and when it is in use."""

    transport_profile: str
    url: str
    certificate: bytes = field(default=b"", repr=False)
    activates: datetime | None = None
    expires: datetime | None = None
    description: str = ""
    contact: str = ""

    def is_active(self, at: datetime) -> bool:
        """Is it in use at that moment?"""
        return (self.activates is None or self.activates <= at) and (self.expires is None or at < self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """The metadata lie with another publisher, whose certificate is told by its name (1.0) or by itself (2.0)."""

    url: str
    certificate_uid: str = ""
    certificate: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What one or several processes are served by: endpoints, or a redirect."""

    processes: tuple[Identifier, ...] = ()
    endpoints: tuple[ServiceEndpoint, ...] = ()
    redirect: Redirect | None = None

    def serves(self, process: Identifier) -> bool:
        """Is it for this process? One that names none, or names that there is none, is for any."""
        return not self.processes or any(one.key == process.key or one.value == NO_PROCESS for one in self.processes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMetadata:
    """How one participant takes one document type."""

    participant: Identifier | None
    document: Identifier | None
    services: tuple[Service, ...] = ()
    redirect: Redirect | None = None
    edition: Edition = Edition.ONE

    def find(self, process: Identifier, *, transport_profiles: tuple[str, ...], at: datetime) -> ServiceEndpoint | None:
        """The endpoint for a process that is in use and speaks one of the profiles, the first of them first."""
        usable = [
            endpoint
            for service in self.services
            if service.serves(process)
            for endpoint in service.endpoints
            if endpoint.is_active(at)
        ]
        for profile in transport_profiles:
            for endpoint in usable:
                if endpoint.transport_profile == profile:
                    return endpoint
        return None

    def redirect_for(self, process: Identifier) -> Redirect | None:
        """Where else to ask about a process."""
        if self.redirect is not None:
            return self.redirect
        return next((one.redirect for one in self.services if one.redirect and one.serves(process)), None)
