"""Makes envelopes: one for a message that is to be sent, and the receipt that answers one.

A receipt is never answered; nor is an envelope that asks for nothing. Ids and the hour are given by the caller.
Source: EHMI SBDH guide 2.0.1, business scopes and reliable messaging.
"""

from dataclasses import dataclass, field
from datetime import datetime

from samspil.catalogue.envelopes import Role, ehmi
from samspil.domain.identifiers import Cpr, Gln
from samspil.formats.envelopes.moments import read_moment, write_moment
from samspil.formats.envelopes.sbdh import (
    RECEIPT_SCOPE,
    REQUEST,
    RESPONSE,
    Content,
    Correlation,
    Participant,
    Sbdh,
    Scope,
    Service,
)
from samspil.formats.envelopes.signal import Signal, SignalFault, write_signal

_TYPE_OF_TRANSACTION = {REQUEST: "RequestingServiceTransaction", RESPONSE: "RespondingServiceTransaction"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The message that an acknowledgement answers, as its own envelope or Bundle named it."""

    message_id: str
    bundle_id: str
    standard: str = "unknown"
    version: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is to be put in an envelope, and what the envelope says of it. `standard` is the event code."""

    standard: str
    payload: bytes = field(repr=False)
    media_type: str
    message_id: str
    bundle_id: str
    sender: Gln
    receiver: Gln
    sender_sor: str
    receiver_sor: str
    patient: Cpr | None = None
    statistics: str = ""
    answers: Original | None = None
    encoding: str = "UTF-8"
    document_reference: str | None = field(default=None, repr=False)


def envelope_for(contents: Contents, *, instance_id: str, now: datetime) -> Sbdh:
    """The envelope of a FHIR message or acknowledgement. `instance_id` is new on each sending.

    Errors: ValueError for a standard that the profile does not know, or that travels in a receipt.
    """
    kind = ehmi().kinds.get(contents.standard.lower())
    if kind is None or kind.role not in {Role.MESSAGE, Role.ACKNOWLEDGEMENT}:
        raise ValueError("the profile knows no such message")
    answered = contents.answers
    values = {
        "DOCUMENTID": kind.ids[0],
        "PROCESSID": ehmi().process,
        "PATIENTID": contents.patient.reveal() if contents.patient and kind.role is Role.MESSAGE else "",
        "SENDERID": contents.sender_sor,
        "RECEIVERID": contents.receiver_sor,
        "MESSAGEIDENTIFIER": contents.message_id,
        "MESSAGEENVELOPEIDENTIFIER": contents.bundle_id,
        "StatisticalInformation": f"MCM:{kind.standard}" + (f"#{contents.statistics}" if contents.statistics else ""),
        "XDS-METADATA": contents.document_reference or "",
        **(_of_original(answered) if answered else {}),
    }
    created = write_moment(now)
    asked = Correlation(
        requested_at=created, requesting_id=instance_id, expected_at=write_moment(now + ehmi().receipt_due)
    )
    return Sbdh(
        header_version=ehmi().header_version,
        sender=Participant.of(contents.sender),
        receiver=Participant.of(contents.receiver),
        standard=kind.standard,
        type_version=kind.version,
        instance_id=instance_id,
        type=kind.types[0],
        created=created,
        scopes=(*_scopes(values), _receipt_scope(REQUEST, asked, ehmi().transaction["TimeToAcknowledgeReceipt"])),
        content=Content(payload=contents.payload, media_type=contents.media_type, encoding=contents.encoding),
    )


def owes_receipt(envelope: Sbdh) -> bool:
    """Is the sender owed an envelope receipt? Never for a receipt, nor where none was asked for."""
    asked = envelope.scope(RECEIPT_SCOPE)
    return not envelope.is_receipt and asked is not None and asked.value == REQUEST


def receipt_due(envelope: Sbdh) -> datetime | None:
    """When the receipt must be there: as the envelope says, but never later than the profile allows."""
    created = envelope.created_at
    if created is None or not owes_receipt(envelope):
        return None
    latest = created + ehmi().receipt_due
    asked = envelope.scope(RECEIPT_SCOPE)
    said = read_moment(asked.correlation.expected_at or "") if asked and asked.correlation else None
    return min(said, latest) if said and said > created else latest


def answers_which(receipt: Sbdh) -> str:
    """The instance identifier of the envelope that a receipt answers: by its correlation, else by its scope."""
    scope = receipt.scope(RECEIPT_SCOPE)
    said = scope.correlation.requesting_id if scope and scope.correlation else ""
    return said or receipt.value("ORIGINALENVELOPEIDENTIFIER")


def is_late(receipt: Sbdh, *, due: datetime) -> bool:
    """Was a receipt made after it was due? One of unknown age is not."""
    created = receipt.created_at
    return created is not None and created > due


def receipt_for(
    envelope: Sbdh, *, instance_id: str, message_id: str, now: datetime, fault: SignalFault | None = None
) -> Sbdh:
    """The envelope receipt: positive, or with a fault negative. Both ids are new ones.

    Errors: ValueError for an envelope that is owed none.
    """
    if not owes_receipt(envelope):
        raise ValueError("this envelope is never answered")
    rules = ehmi().receipt
    kind = ehmi().kinds[rules["standard"]]
    asked = envelope.scope(RECEIPT_SCOPE)
    said = (asked.correlation if asked else None) or Correlation()
    values = {
        "DOCUMENTID": kind.ids[0],
        "PROCESSID": ehmi().process,
        "SENDERID": envelope.value("RECEIVERID"),
        "RECEIVERID": envelope.value("SENDERID"),
        "MESSAGEIDENTIFIER": message_id,
        "StatisticalInformation": rules["statistics"],
        **_of_original(_original(envelope)),
        "ORIGINALENVELOPEIDENTIFIER": envelope.instance_id,
    }
    echoed = Correlation(
        requested_at=said.requested_at or envelope.created,
        requesting_id=said.requesting_id or envelope.instance_id,
        expected_at=said.expected_at if rules["respond_with_expected_time"] else None,
    )
    return Sbdh(
        header_version=ehmi().header_version,
        sender=Participant.of(_known(envelope.receiver)),
        receiver=Participant.of(_known(envelope.sender)),
        standard=kind.standard,
        type_version=kind.version,
        instance_id=instance_id,
        type=rules["negative" if fault else "positive"],
        created=write_moment(now),
        scopes=(*_scopes(values), _receipt_scope(RESPONSE, echoed, rules["response_time_to_acknowledge"])),
        content=Content(payload=_signal(envelope, now, fault), media_type="application/xml", encoding="UTF-8"),
    )


def _known(participant: Participant) -> Gln:
    gln = participant.gln
    if not isinstance(gln, Gln):
        raise ValueError("an envelope without two location numbers cannot be answered")
    return gln


def _original(envelope: Sbdh) -> Original:
    return Original(
        message_id=envelope.value("MESSAGEIDENTIFIER"),
        bundle_id=envelope.value("MESSAGEENVELOPEIDENTIFIER"),
        standard=envelope.standard,
        version=envelope.type_version,
    )


def _of_original(original: Original) -> dict[str, str]:
    return {
        "ORIGINALMESSAGEIDENTIFIER": original.message_id,
        "ORIGINALMESSAGEENVELOPEIDENTIFIER": original.bundle_id,
        "ORIGINALMESSAGESTANDARD": original.standard,
        "ORIGINALMESSAGEVERSION": original.version,
    }


def _signal(envelope: Sbdh, now: datetime, fault: SignalFault | None) -> bytes:
    return write_signal(
        Signal(
            original_id=envelope.instance_id,
            document_id=envelope.value("DOCUMENTID"),
            original_at=envelope.created,
            made_at=write_moment(now),
            sender=envelope.receiver.value,
            receiver=envelope.sender.value,
            fault=fault,
        )
    )


def _scopes(values: dict[str, str]) -> list[Scope]:
    profile = ehmi()
    identifiers = {"XDS-METADATA": profile.document_reference_identifier}
    return [
        Scope(type=name, value=value, identifier=identifiers.get(name, profile.scope_identifier))
        for name, value in values.items()
        if value
    ]


def _receipt_scope(word: str, correlation: Correlation, time_to_acknowledge: str) -> Scope:
    profile = ehmi()
    transaction = {**profile.transaction, "TimeToAcknowledgeReceipt": time_to_acknowledge}
    return Scope(
        type=RECEIPT_SCOPE,
        value=word,
        identifier=profile.scope_identifier,
        correlation=correlation,
        service=Service(
            name=f"{RECEIPT_SCOPE}-{word}",
            transaction=(("TypeOfServiceTransaction", _TYPE_OF_TRANSACTION[word]), *transaction.items()),
        ),
    )
