"""One station's report of where a message is (forsendelsesstatus): who carried what from whom to whom, and when.

Three components may report, on the sending and on the receiving side: the application, the envelope maker and the
access point. Source: MedCom EHMI delivery status 1.0.2.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samspil.domain.identifiers import Cpr, Ecpr, Gln, Sor, Unchecked


class Component(StrEnum):
    """Who reports. Components that were built together report once for the pair."""

    EUA = "EUA"  # the application that people use
    EUA_MSH = "EUA-MSH"
    MSH = "MSH"  # the envelope maker
    AP_MSH = "AP-MSH"
    AP = "AP"  # the access point


class Passing(StrEnum):
    """What happened to the message at that station."""

    CREATED = "msg-created"
    CREATED_AND_SENT = "msg-created-and-sent"
    SENT = "msg-sent"
    RECEIVED = "msg-received"
    RECEIVED_AND_FINALIZED = "msg-received-and-finalized"
    FINALIZED = "msg-finalized"


class Entity(StrEnum):
    """What a report names."""

    PATIENT = "ehmiPatient"
    MESSAGE = "ehmiMessage"
    MESSAGE_ENVELOPE = "ehmiMessageEnvelope"
    TRANSPORT_ENVELOPE = "ehmiTransportEnvelope"
    ANSWERED_MESSAGE = "ehmiOrigMessage"
    ANSWERED_TRANSPORT_ENVELOPE = "ehmiOrigTransportEnvelope"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParty:
    """The organisation that sends or receives the message."""

    name: str = ""
    sor: Sor | Unchecked | None = None
    gln: Gln | Unchecked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message or an envelope, by its identifier, kind and version. `statistics` is of messages only."""

    id: str = ""
    type: str = ""
    version: str = ""
    statistics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """One report. `device` is the reporting component's own name in the register of endpoints."""

    passing: Passing | None
    component: Component | None
    recorded: datetime | None
    device: str
    sender: StatusParty
    receiver: StatusParty
    message: Item
    message_envelope: Item | None = None
    transport_envelope: Item | None = None
    answered_message: Item | None = None
    answered_transport_envelope: Item | None = None
    patient: Cpr | Ecpr | Unchecked | None = field(default=None, repr=False)
    succeeded: bool = True

    @property
    def is_about_a_patient(self) -> bool:
        """Does the report say whom the message is about? It follows another profile then."""
        return self.patient is not None
