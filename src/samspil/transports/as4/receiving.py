"""Opens an AS4 message: taken apart, authenticated, decrypted, checked, expanded. Whatever is wrong, one `Refused`.

What is given back was signed: the header is read again from the very bytes whose digest fitted.
Source: OASIS AS4 1.0; eDelivery AS4 1.15.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from samspil.transports.as4 import names
from samspil.transports.as4.compression import expanded
from samspil.transports.as4.encryption import decrypted
from samspil.transports.as4.envelope import SoapEnvelope, read_canonical, read_envelope
from samspil.transports.as4.header import read_header
from samspil.transports.as4.keys import Certificates, OwnKeys, Trust, common_name
from samspil.transports.as4.messages import PartInfo, Payload, SignalMessage, Signed, UserMessage
from samspil.transports.as4.mime import LIMITS, Limits, Package, named_by, read_package
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.suites import EDELIVERY_1_15, Suite
from samspil.transports.as4.verifying import Covered, read_claim, require_covered


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """Our keys, whom we believe, and whose certificates we hold.

    The first key signs; the others open what partners still send to them while keys are rolled over.
    """

    own: OwnKeys
    trust: Trust
    partners: Certificates = field(default_factory=Certificates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that was opened: nothing in it is unsigned. `signed` is what a receipt gives back.

    `evidence` is the SOAP part with the sender's signature, for who must prove later what was sent.
    """

    message: UserMessage
    payloads: tuple[Payload, ...]
    signer: x509.Certificate
    signed: tuple[Signed, ...]
    evidence: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedSignal:
    """A signal that was signed by somebody we believe. An unsigned error has no signer."""

    signal: SignalMessage
    signer: x509.Certificate | None


def open_message(
    content_type: str,
    body: bytes,
    *,
    keyring: Keyring,
    now: datetime,
    suite: Suite = EDELIVERY_1_15,
    limits: Limits = LIMITS,
) -> Received:
    """The user message that was posted. Errors: Refused, with the code for the sender."""
    package = read_package(content_type, body, limits=limits)
    envelope = read_envelope(package.soap)
    claim = read_claim(envelope, held=keyring.partners, suite=suite)
    keyring.trust.require(claim.signer, now=now)
    sealed = {part.content_id: part.content for part in package.attachments}
    contents = decrypted(envelope, sealed, own=keyring.own, suite=suite)
    covered = require_covered(claim, envelope, contents)
    message = _signed_header(covered)
    if not isinstance(message, UserMessage):
        raise Refused(Ebms.INVALID_HEADER, "a signal where a message was expected")
    _require_empty_body(envelope)
    _require_signer(message, claim.signer)
    payloads = tuple(_payload(part, contents, limits) for part in _matched(message.parts, contents))
    return Received(
        message=message, payloads=payloads, signer=claim.signer, signed=covered.parts, evidence=package.soap
    )


def open_signal(
    content_type: str,
    body: bytes,
    *,
    keyring: Keyring,
    now: datetime,
    suite: Suite = EDELIVERY_1_15,
    limits: Limits = LIMITS,
) -> ReceivedSignal:
    """The signal that was answered. An error may come unsigned, a receipt may not. Errors: Refused."""
    package = read_package(content_type, body, limits=limits)
    if package.attachments:
        raise Refused(Ebms.MIME_INCONSISTENCY, "a signal has no attachments")
    envelope = read_envelope(package.soap)
    if envelope.security is None:
        signal = read_header(envelope.messaging)
        if isinstance(signal, SignalMessage) and signal.receipt is None:
            return ReceivedSignal(signal=signal, signer=None)
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "a receipt that nobody signed")
    claim = read_claim(envelope, held=keyring.partners, suite=suite)
    keyring.trust.require(claim.signer, now=now)
    signal = _signed_header(require_covered(claim, envelope, {}))
    if not isinstance(signal, SignalMessage):
        raise Refused(Ebms.INVALID_HEADER, "a message where a signal was expected")
    return ReceivedSignal(signal=signal, signer=claim.signer)


def glance(content_type: str, body: bytes, *, limits: Limits = LIMITS) -> str:
    """The MessageId that a message claims, to name it in an error signal; empty where none can be told. Unverified."""
    try:
        package: Package = read_package(content_type, body, limits=limits)
        return read_header(read_envelope(package.soap).messaging).message_id
    except Refused:
        return ""


def _signed_header(covered: Covered) -> UserMessage | SignalMessage:
    """The header, read from the bytes that were signed."""
    return read_header(read_canonical(covered.messaging))


def _require_empty_body(envelope: SoapEnvelope) -> None:
    if len(envelope.body) or (envelope.body.text or "").strip():
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "something in the SOAP Body")


def _require_signer(message: UserMessage, signer: x509.Certificate) -> None:
    """The party that the header names is the one whose key signed: its id is the certificate's common name."""
    if message.sender.id.casefold() != common_name(signer).casefold():
        raise Refused(Ebms.FAILED_AUTHENTICATION, "the sender is not the signer")


def _matched(parts: Sequence[PartInfo], contents: dict[str, bytes]) -> Sequence[PartInfo]:
    """The parts, once each of them has its attachment and the reverse."""
    named = [named_by(part.href) for part in parts]
    if sorted(named) != sorted(contents):
        raise Refused(Ebms.MIME_INCONSISTENCY, "parts in the header and attachments do not match")
    return parts


def _payload(part: PartInfo, contents: dict[str, bytes], limits: Limits) -> Payload:
    content_id = named_by(part.href)
    content, compression = contents[content_id], part.value("CompressionType")
    if compression == names.GZIP:
        content = expanded(content, limits)
    elif compression:
        raise Refused(Ebms.DECOMPRESSION_FAILURE, "a compression that we do not know")
    if len(content) > limits.payload_bytes:
        raise Refused(Ebms.OTHER, "a payload that is too large")
    return Payload(
        content_id=content_id,
        content=content,
        media_type=part.value("MimeType"),
        character_set=part.value("CharacterSet"),
    )
