"""The enveloped signature of a publisher's document: made, and verified down to the bytes that were signed.

A verified document is given back as those bytes, without the signature: nothing beside them is ever read. What the
signature may use is a short list; it stands as a child of the root, once, and covers the whole document.
Sources: XML Signature 1.1; OASIS SMP 1.0, 3.6; SMP 2.0, 3.7.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from samspil.formats.smp.names import DS
from samspil.formats.smp.reader import MOST_BYTES

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
LEAST_BITS = 2048
Element = Any
_LXML: Any = etree


class Unsigned(ValueError):
    """The document is not signed as it must be. The text says which rule fails."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whose signature it is, and the bytes that it covers. Whether the signer is believed is another question."""

    signer: x509.Certificate
    content: bytes = field(repr=False)


def sign_document(payload: bytes, *, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> bytes:
    """The document with a signature as its root's last child."""
    root = _parse(payload)
    digest = b64encode(sha256(_canonical(root.getroottree(), C14N)).digest()).decode()
    signature = _LXML.fromstring(
        f'<Signature xmlns="{DS}"><SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<SignatureMethod Algorithm="{RSA_SHA256}"/><Reference URI=""><Transforms><Transform Algorithm="{ENVELOPED}"/>'
        f'</Transforms><DigestMethod Algorithm="{SHA256}"/><DigestValue>{digest}</DigestValue></Reference></SignedInfo>'
        f"<SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"
    )
    root.append(signature)
    info, value, key_info = signature
    value.text = b64encode(key.sign(_canonical(info, C14N), padding.PKCS1v15(), hashes.SHA256())).decode()
    key_info[0][0].text = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    return _LXML.tostring(root, xml_declaration=True, encoding="UTF-8")


def verify_document(payload: bytes) -> Verified:
    """The signed bytes and their signer. Errors: Unsigned."""
    root = _parse(payload)
    signatures = list(root.iter(f"{{{DS}}}Signature"))
    _require(len(signatures) == 1 and signatures[0].getparent() is root, "one signature, as a child of the root")
    signature = signatures[0]
    info = _one(signature, "SignedInfo")
    method = _algorithm(info, "CanonicalizationMethod")
    _require(method in {C14N, EXC_C14N} and not len(_one(info, "CanonicalizationMethod")), "canonicalization")
    _require(_algorithm(info, "SignatureMethod") == RSA_SHA256, "signature method")
    reference = _one(info, "Reference")
    _require(reference.get("URI") == "", "the reference covers the whole document")
    _require(_algorithm(reference, "DigestMethod") == SHA256, "digest method")
    form = _form(reference)
    signer = _signer(signature)
    _check_value(signer, _binary(_one(signature, "SignatureValue")), _canonical(info, method))
    digest = _binary(_one(reference, "DigestValue"))
    _take_out(root, signature)
    content = _canonical(root.getroottree(), form)
    _require(hmac.compare_digest(sha256(content).digest(), digest), "the digest fits")
    return Verified(signer, content)


def _parse(payload: bytes) -> Element:
    """The document without comments, which canonical form leaves out anyway. Errors: Unsigned."""
    _require(len(payload) <= MOST_BYTES, "the document is of a normal size")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root: Element = _LXML.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise Unsigned("well-formed XML") from None
    _require(not root.getroottree().docinfo.doctype, "no doctype")
    return root


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise Unsigned(rule)


def _canonical(node: Element, method: str) -> bytes:
    return _LXML.tostring(node, method="c14n", exclusive=method == EXC_C14N, with_comments=False)


def _one(parent: Element, name: str) -> Element:
    found = list(parent.iterchildren(f"{{{DS}}}{name}"))
    _require(len(found) == 1, f"one {name}")
    return found[0]


def _algorithm(parent: Element, name: str) -> str:
    return _one(parent, name).get("Algorithm", "")


def _form(reference: Element) -> str:
    """The canonical form of what is digested: the transforms are the enveloped signature's, then at most that form."""
    transforms = list(_one(reference, "Transforms"))
    names = [transform.get("Algorithm") for transform in transforms]
    _require(all(not len(transform) for transform in transforms), "transforms without parameters")
    _require(names in ([ENVELOPED], [ENVELOPED, C14N], [ENVELOPED, EXC_C14N]), "transforms")
    return names[-1] if len(names) > 1 else C14N


def _binary(element: Element) -> bytes:
    try:
        return b64decode("".join("".join(element.itertext()).split()), validate=True)
    except (Error, ValueError):
        raise Unsigned("base64") from None


def _signer(signature: Element) -> x509.Certificate:
    """The first certificate: the signer's own, by the specification of SMP."""
    named = list(_one(_one(signature, "KeyInfo"), "X509Data").iterchildren(f"{{{DS}}}X509Certificate"))
    _require(bool(named), "a certificate")
    try:
        return x509.load_der_x509_certificate(_binary(named[0]))
    except ValueError:
        raise Unsigned("a certificate that can be read") from None


def _check_value(signer: x509.Certificate, value: bytes, signed: bytes) -> None:
    try:
        key = signer.public_key()
    except Exception:  # whatever the library finds wrong with a stranger's key, it is no RSA key of ours
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
        raise Unsigned("an RSA key of 2,048 bits or more")
    try:
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise Unsigned("the signature fits") from None


def _take_out(root: Element, signature: Element) -> None:
    """Remove an element but not the text behind it, which belongs to the document."""
    before = signature.getprevious()
    tail = signature.tail or ""
    if before is None:
        root.text = (root.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    signature.tail = None
    root.remove(signature)
