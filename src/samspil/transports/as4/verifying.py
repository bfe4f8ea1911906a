"""Verifies a signature, and gives back what it covers: the signed bytes themselves, nothing that merely stands nearby.

The order is: what may be used at all, whose key, is SignedInfo genuine, does every reference name the very element
that we process, does every digest fit, is everything covered. Wrapping attacks end at the third from last: the node
that is digested must be the node at its fixed place.
Source: XML Signature 1.1, 3.2; WS-Security SwA Profile 1.1; eDelivery AS4 1.15.
"""

import hmac
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samspil.transports.as4 import names
from samspil.transports.as4.envelope import Element, SoapEnvelope, canonical, one_child, text_of
from samspil.transports.as4.header import signed_of
from samspil.transports.as4.keys import Certificates, public_key
from samspil.transports.as4.messages import Signed
from samspil.transports.as4.mime import named_by
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.suites import Suite
from samspil.transports.as4.tokens import certificate_of

_MAX_REFERENCES = 40


def _ds(name: str) -> str:
    return f"{{{names.DS}}}{name}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature whose SignedInfo is genuine: the signer said this. Whether it is true, `require_covered` tells."""

    signer: x509.Certificate
    references: tuple[Element, ...] = field(repr=False)


def read_claim(envelope: SoapEnvelope, *, held: Certificates, suite: Suite) -> Claim:
    """The signature's claim. Errors: Refused, EBMS:0103 without a signature as agreed, EBMS:0101 for a false one."""
    signature = _signature(envelope)
    info = one_child(signature, _ds("SignedInfo"), Ebms.POLICY_NONCOMPLIANCE)
    method = one_child(info, _ds("CanonicalizationMethod"), Ebms.POLICY_NONCOMPLIANCE)
    _require(method.get("Algorithm") == suite.canonicalization, "canonicalization not allowed")
    algorithm = one_child(info, _ds("SignatureMethod"), Ebms.POLICY_NONCOMPLIANCE).get("Algorithm")
    _require(algorithm == suite.signature, "signature method not allowed")
    references = tuple(info.iterchildren(_ds("Reference")))
    _require(0 < len(references) <= _MAX_REFERENCES, "no references, or too many")
    for reference in references:
        _require_allowed(reference, suite)
    key_info = one_child(signature, _ds("KeyInfo"), Ebms.FAILED_AUTHENTICATION)
    signer = certificate_of(key_info, envelope, held)
    key = public_key(signer)
    _require(key.key_size >= suite.min_rsa_bits, "the key is too short")
    value = _decoded(one_child(signature, _ds("SignatureValue"), Ebms.FAILED_AUTHENTICATION))
    try:
        key.verify(value, canonical(info, _prefixes(method)), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as fault:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "the signature does not fit") from fault
    return Claim(signer, references)


def _signature(envelope: SoapEnvelope) -> Element:
    if envelope.security is None:
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "no Security header")
    return one_child(envelope.security, _ds("Signature"), Ebms.POLICY_NONCOMPLIANCE)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, reason)


def _require_allowed(reference: Element, suite: Suite) -> None:
    """The reference's digest and its one transform are of those agreed on."""
    _require(
        one_child(reference, _ds("DigestMethod"), Ebms.POLICY_NONCOMPLIANCE).get("Algorithm") == suite.digest, "digest"
    )
    transform = _transform(reference)
    wanted = suite.canonicalization if _is_local(reference) else names.ATTACHMENT_SIGNATURE
    _require(transform.get("Algorithm") == wanted, "transform not allowed")


def _is_local(reference: Element) -> bool:
    return reference.get("URI", "").startswith("#")


def _transform(reference: Element) -> Element:
    transforms = one_child(reference, _ds("Transforms"), Ebms.POLICY_NONCOMPLIANCE)
    return one_child(transforms, _ds("Transform"), Ebms.POLICY_NONCOMPLIANCE)


def _prefixes(method: Element) -> str:
    """The InclusiveNamespaces list of a canonicalization, where there is one."""
    children = list(method.iterchildren("*"))
    if not children:
        return ""
    _require(len(children) == 1 and children[0].tag == f"{{{names.EXC_C14N}}}InclusiveNamespaces", "parameters unknown")
    return children[0].get("PrefixList", "")


def _decoded(element: Element) -> bytes:
    try:
        return b64decode("".join(text_of(element).split()), validate=True)
    except (Error, ValueError) as fault:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "no base64 where it must be") from fault


@dataclass(frozen=True, slots=True)
class Covered:
    """What was signed and holds: the Messaging header's own bytes, and each part with its digest."""

    messaging: bytes = field(repr=False)
    parts: tuple[Signed, ...]


def require_covered(claim: Claim, envelope: SoapEnvelope, attachments: Mapping[str, bytes]) -> Covered:
    """What the claim covers: header, body, and each of the attachments (decrypted, still compressed), and all fits.

    Errors: Refused, EBMS:0101 for a digest that does not fit or a reference to somewhere else, EBMS:0103 for a part
    that nobody signed.
    """
    elements: dict[Element, bytes] = {}
    signed_contents: set[str] = set()
    for reference in claim.references:
        if _is_local(reference):
            target = _target(reference, envelope)
            content = canonical(target, _prefixes(_transform(reference)))
            elements[target] = content
        else:
            name = named_by(reference.get("URI", ""))
            if name not in attachments or name in signed_contents:
                raise Refused(Ebms.MIME_INCONSISTENCY, "a signed attachment is not there, or is signed twice")
            content = attachments[name]
            signed_contents.add(name)
        if not hmac.compare_digest(sha256(content).digest(), _digest(reference)):
            raise Refused(Ebms.FAILED_AUTHENTICATION, "a digest does not fit")
    _require({envelope.messaging, envelope.body} <= elements.keys(), "header or body is not signed")
    _require(signed_contents == set(attachments), "an attachment is not signed")
    return Covered(elements[envelope.messaging], tuple(map(_told, claim.references)))


_SIGNED_BESIDES = frozenset({f"{{{names.WSSE}}}BinarySecurityToken", f"{{{names.WSU}}}Timestamp"})


def _target(reference: Element, envelope: SoapEnvelope) -> Element:
    """The element that a local reference names: header, body, or a token or time in the Security header."""
    found = envelope.by_id.get(reference.get("URI", "")[1:])
    if found is None:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "a reference to nothing")
    beside = found.getparent() is envelope.security and found.tag in _SIGNED_BESIDES
    if found is not envelope.messaging and found is not envelope.body and not beside:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "a reference to an element that is not in its place")
    return found


def _digest(reference: Element) -> bytes:
    return _decoded(one_child(reference, _ds("DigestValue"), Ebms.FAILED_AUTHENTICATION))


def _told(reference: Element) -> Signed:
    told = signed_of(reference)
    return Signed(told.uri, told.digest, told.transform, told.method, canonical(reference).decode())
