"""Makes an AS4 message: payloads compressed, signed, encrypted and packed; or a signal, signed.

The same bytes are sent on every retry, so a message is made once and kept. Source: eDelivery AS4 1.15; AS4 1.0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_bytes

from cryptography import x509

from samspil.transports.as4 import names
from samspil.transports.as4.canonical import attribute
from samspil.transports.as4.compression import compressed
from samspil.transports.as4.encryption import encrypted, written_data, written_key
from samspil.transports.as4.header import written_header
from samspil.transports.as4.keys import OwnKey
from samspil.transports.as4.messages import PartInfo, Payload, Property, SignalMessage, Signed, UserMessage
from samspil.transports.as4.mime import Attachment, Package, write_package
from samspil.transports.as4.signing import (
    certificate_text,
    signed_attachment,
    signed_element,
    written_signature,
)
from samspil.transports.as4.suites import EDELIVERY_1_15, Suite
from samspil.transports.as4.tokens import written_token

_BODY = "body"
_HEADER = "header"
_SIGNER = "signer"
_RECEIVER = "receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is posted, and what was signed in it: a receipt must name exactly that."""

    message_id: str
    content_type: str
    body: bytes = field(repr=False)
    signed: tuple[Signed, ...]


def pack(
    message: UserMessage,
    payloads: Sequence[Payload],
    *,
    own: OwnKey,
    receiver: x509.Certificate,
    suite: Suite = EDELIVERY_1_15,
    random: Callable[[int], bytes] = token_bytes,
) -> Outgoing:
    """A user message with its payloads. The header's parts are made here, from the payloads.

    Errors: ValueError for a text that XML cannot hold, or two payloads of one Content-ID.
    """
    if len({payload.content_id for payload in payloads}) != len(payloads):
        raise ValueError("payloads are told apart by their Content-ID")
    contents = [(payload.content_id, compressed(payload.content)) for payload in payloads]
    header = written_header(replace(message, parts=tuple(map(_part_info, payloads))), element_id=_HEADER)
    signed = (
        *_signed_elements(header, suite),
        *(signed_attachment(name, content, suite) for name, content in contents),
    )
    key = random(suite.key_bytes)
    attachments = tuple(
        Attachment(name, encrypted(content, key=key, nonce=random(12)), "application/octet-stream")
        for name, content in contents
    )
    secured = _written_encryption([name for name, _ in contents], key, receiver, suite) if contents else ""
    soap = _written_soap(header, secured + _written_signing(signed, own, suite))
    boundary = f"samspil-{random(16).hex()}"
    content_type, body = write_package(Package(soap, attachments), boundary=boundary)
    return Outgoing(message_id=message.message_id, content_type=content_type, body=body, signed=signed)


def pack_signal(signal: SignalMessage, *, own: OwnKey, suite: Suite = EDELIVERY_1_15) -> Outgoing:
    """A signal, signed: header and body."""
    header = written_header(signal, element_id=_HEADER)
    signed = _signed_elements(header, suite)
    soap = _written_soap(header, _written_signing(signed, own, suite))
    content_type, body = write_package(Package(soap), boundary="")
    return Outgoing(message_id=signal.message_id, content_type=content_type, body=body, signed=signed)


def _part_info(payload: Payload) -> PartInfo:
    rows = [Property("MimeType", payload.media_type), Property("CompressionType", names.GZIP)]
    if payload.character_set:
        rows.append(Property("CharacterSet", payload.character_set))
    return PartInfo(f"cid:{payload.content_id}", tuple(rows))


_WRITTEN_BODY = f'<S12:Body xmlns:S12="{names.SOAP}" xmlns:wsu="{names.WSU}" wsu:Id="{_BODY}"></S12:Body>'


def _signed_elements(header: str, suite: Suite) -> tuple[Signed, ...]:
    return signed_element(_HEADER, header, suite), signed_element(_BODY, _WRITTEN_BODY, suite)


def _written_signing(signed: Sequence[Signed], own: OwnKey, suite: Suite) -> str:
    token = written_token(certificate_text(own.certificate), element_id=_SIGNER)
    return token + written_signature(signed, own=own, token_id=_SIGNER, suite=suite)


def _written_encryption(content_ids: Sequence[str], key: bytes, receiver: x509.Certificate, suite: Suite) -> str:
    data_ids = [f"data-{number}" for number in range(1, len(content_ids) + 1)]
    token = written_token(certificate_text(receiver), element_id=_RECEIVER)
    wrapped = written_key(key, receiver=receiver, token_id=_RECEIVER, data_ids=data_ids, suite=suite)
    data = "".join(
        written_data(name, data_id=data_id, token_id=_RECEIVER, suite=suite)
        for name, data_id in zip(content_ids, data_ids, strict=True)
    )
    return token + wrapped + data


def _written_soap(header: str, secured: str) -> bytes:
    return (
        f'<S12:Envelope xmlns:S12="{names.SOAP}"><S12:Header>{header}'
        f"<wsse:Security xmlns:wsse={attribute(names.WSSE)} xmlns:wsu={attribute(names.WSU)}"
        f' xmlns:ds={attribute(names.DS)} S12:mustUnderstand="true">{secured}</wsse:Security>'
        f"</S12:Header>{_WRITTEN_BODY}</S12:Envelope>"
    ).encode()
