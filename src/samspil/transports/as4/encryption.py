"""Encrypts attachments for a partner, and opens what was encrypted for us: one content key, wrapped once.

Every way in which opening can fail looks the same from outside: the same code, and the same work done. A wrapped key
that does not open is replaced by a random one, so that the failure comes where a wrong tag's does.
Source: XML Encryption 1.1; WS-Security SwA Profile 1.1; eDelivery AS4 1.15.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping, Sequence
from secrets import token_bytes

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from samspil.transports.as4 import names
from samspil.transports.as4.canonical import attribute
from samspil.transports.as4.envelope import Element, SoapEnvelope, one_child, text_of
from samspil.transports.as4.keys import OwnKey, OwnKeys, public_key
from samspil.transports.as4.mime import named_by
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.suites import KeyTransport, Suite
from samspil.transports.as4.tokens import certificate_of, written_reference_to

_NONCE, _TAG = 12, 16
_MAX_WRAPPED = 1024


def _xenc(name: str) -> str:
    return f"{{{names.XENC}}}{name}"


def _ds(name: str) -> str:
    return f"{{{names.DS}}}{name}"


def _oaep(transport: KeyTransport) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(transport.mask_hash), hashes.SHA256(), None)


def encrypted(content: bytes, *, key: bytes, nonce: bytes) -> bytes:
    """The content as it lies in its part: nonce, ciphertext, tag."""
    return nonce + AESGCM(key).encrypt(nonce, content, None)


def written_key(key: bytes, *, receiver: x509.Certificate, token_id: str, data_ids: Sequence[str], suite: Suite) -> str:
    """The EncryptedKey for that receiver, naming the data that it opens."""
    transport = suite.transports[0]
    wrapped = b64encode(public_key(receiver).encrypt(key, _oaep(transport))).decode("ascii")
    mask = f'<xenc11:MGF xmlns:xenc11="{names.XENC11}" Algorithm={attribute(transport.mask)}></xenc11:MGF>'
    data = "".join(f"<xenc:DataReference URI={attribute('#' + name)}></xenc:DataReference>" for name in data_ids)
    return (
        f'<xenc:EncryptedKey xmlns:xenc="{names.XENC}" xmlns:ds="{names.DS}" Id="{_key_id(token_id)}">'
        f"<xenc:EncryptionMethod Algorithm={attribute(transport.method)}>"
        f"<ds:DigestMethod Algorithm={attribute(transport.digest)}></ds:DigestMethod>{mask}</xenc:EncryptionMethod>"
        f"{written_reference_to(token_id)}<xenc:CipherData><xenc:CipherValue>{wrapped}</xenc:CipherValue>"
        f"</xenc:CipherData><xenc:ReferenceList>{data}</xenc:ReferenceList></xenc:EncryptedKey>"
    )


def _key_id(token_id: str) -> str:
    return f"key-{token_id}"


def written_data(content_id: str, *, data_id: str, token_id: str, suite: Suite) -> str:
    """The EncryptedData that tells of one attachment."""
    return (
        f'<xenc:EncryptedData xmlns:xenc="{names.XENC}" xmlns:ds="{names.DS}" Id={attribute(data_id)}'
        f" MimeType={attribute(names.GZIP)} Type={attribute(names.ATTACHMENT_CONTENT)}>"
        f"<xenc:EncryptionMethod Algorithm={attribute(suite.cipher)}></xenc:EncryptionMethod>"
        f"<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI={attribute('#' + _key_id(token_id))}>"
        "</wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo>"
        f"<xenc:CipherData><xenc:CipherReference URI={attribute('cid:' + content_id)}><xenc:Transforms>"
        f"<ds:Transform Algorithm={attribute(names.ATTACHMENT_CIPHERTEXT)}></ds:Transform></xenc:Transforms>"
        "</xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>"
    )


def decrypted(
    envelope: SoapEnvelope,
    attachments: Mapping[str, bytes],
    *,
    own: OwnKeys,
    suite: Suite,
    random: Callable[[int], bytes] = token_bytes,
) -> dict[str, bytes]:
    """Each attachment's content, by Content-ID. All must be encrypted, as the suite has it.

    Errors: Refused, EBMS:0103 for what is not encrypted as agreed, EBMS:0102 for what does not open.
    """
    if not attachments:
        return {}
    security = envelope.security
    if security is None:
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "no Security header")
    wrapped = one_child(security, _xenc("EncryptedKey"), Ebms.POLICY_NONCOMPLIANCE)
    transport = _transport(wrapped, suite)
    sources = _sources(security, wrapped, attachments, suite)
    key = _unwrapped(wrapped, _own_key(wrapped, envelope, own), transport)
    cipher = AESGCM(key if len(key) == suite.key_bytes else random(suite.key_bytes))
    opened: dict[str, bytes] = {}
    for name in sources:
        sealed = attachments[name]
        try:
            opened[name] = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError) as fault:
            raise Refused(Ebms.FAILED_DECRYPTION, "content does not open") from fault
    return opened


def _transport(wrapped: Element, suite: Suite) -> KeyTransport:
    """How the key is wrapped: method, digest and mask must be a row of the suite."""
    method = one_child(wrapped, _xenc("EncryptionMethod"), Ebms.POLICY_NONCOMPLIANCE)
    said = {str(child.tag): child.get("Algorithm", "") for child in method.iterchildren("*")}
    digest, mask = said.pop(_ds("DigestMethod"), ""), said.pop(f"{{{names.XENC11}}}MGF", "")
    for row in suite.transports:
        if not said and (method.get("Algorithm"), digest, mask) == (row.method, row.digest, row.mask):
            return row
    raise Refused(Ebms.POLICY_NONCOMPLIANCE, "key transport not allowed")


def _sources(security: Element, wrapped: Element, attachments: Mapping[str, bytes], suite: Suite) -> list[str]:
    """Which attachments are encrypted: each once, by data that the key's list names, all of them."""
    references = one_child(wrapped, _xenc("ReferenceList"), Ebms.POLICY_NONCOMPLIANCE)
    listed = {reference.get("URI", "") for reference in references.iterchildren(_xenc("DataReference"))}
    data = list(security.iterchildren(_xenc("EncryptedData")))
    if {f"#{element.get('Id', '')}" for element in data} != listed or len(listed) != len(data):
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "the key does not name the data that it opens")
    found = [_source(element, suite) for element in data]
    if set(found) != set(attachments) or len(set(found)) != len(found):
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "an attachment is not encrypted, or twice")
    return found


def _source(data: Element, suite: Suite) -> str:
    """The Content-ID that an EncryptedData tells of."""
    method = one_child(data, _xenc("EncryptionMethod"), Ebms.POLICY_NONCOMPLIANCE)
    if method.get("Algorithm") != suite.cipher or data.get("Type") != names.ATTACHMENT_CONTENT:
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "content cipher not allowed")
    place = one_child(one_child(data, _xenc("CipherData"), Ebms.POLICY_NONCOMPLIANCE), _xenc("CipherReference"))
    transforms = [item.get("Algorithm") for item in place.iterfind(f"{_xenc('Transforms')}/{_ds('Transform')}")]
    if transforms != [names.ATTACHMENT_CIPHERTEXT]:
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "transform not allowed")
    return named_by(place.get("URI", ""))


def _unwrapped(wrapped: Element, own: OwnKey, transport: KeyTransport) -> bytes:
    """The content key; empty where ours does not open it."""
    try:
        return own.key.decrypt(_wrapped_bytes(wrapped), _oaep(transport))
    except ValueError:
        return b""


def _own_key(wrapped: Element, envelope: SoapEnvelope, own: OwnKeys) -> OwnKey:
    """The key of ours that the sender encrypted for."""
    try:
        named = certificate_of(one_child(wrapped, _ds("KeyInfo")), envelope, own.certificates)
    except Refused as fault:
        raise Refused(Ebms.FAILED_DECRYPTION, f"key not named: {fault.reason}") from fault
    key = own.by_certificate.get(named)
    if key is None:
        raise Refused(Ebms.FAILED_DECRYPTION, "encrypted for somebody else")
    return key


def _wrapped_bytes(wrapped: Element) -> bytes:
    value = wrapped.find(f"{_xenc('CipherData')}/{_xenc('CipherValue')}")
    try:
        return b64decode("".join(text_of(value).split()), validate=True)[:_MAX_WRAPPED] if value is not None else b""
    except (Error, ValueError):
        return b""
