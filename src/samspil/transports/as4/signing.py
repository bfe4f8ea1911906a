"""Signs a header, an empty body and attachments: one ds:Signature, its references in canonical form.

Source: XML Signature 1.1; WS-Security SwA Profile 1.1; eDelivery AS4 1.15.
"""

from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from samspil.transports.as4 import names
from samspil.transports.as4.canonical import attribute
from samspil.transports.as4.header import written_reference
from samspil.transports.as4.keys import OwnKey
from samspil.transports.as4.messages import Signed
from samspil.transports.as4.suites import Suite
from samspil.transports.as4.tokens import written_reference_to


def digest_of(content: bytes) -> str:
    """The SHA-256 of content, in base64."""
    return b64encode(sha256(content).digest()).decode("ascii")


def signed_element(element_id: str, written: str, suite: Suite) -> Signed:
    """What is signed of an element that is written in canonical form."""
    return Signed("#" + element_id, digest_of(written.encode()), suite.canonicalization, suite.digest)


def signed_attachment(content_id: str, content: bytes, suite: Suite) -> Signed:
    """What is signed of an attachment: its octets before encryption."""
    return Signed("cid:" + content_id, digest_of(content), names.ATTACHMENT_SIGNATURE, suite.digest)


def written_signature(parts: Iterable[Signed], *, own: OwnKey, token_id: str, suite: Suite) -> str:
    """The ds:Signature over these parts, by a key that the token of that id names."""
    references = "".join(written_reference(part) for part in parts)
    inner = (
        f"<ds:CanonicalizationMethod Algorithm={attribute(suite.canonicalization)}></ds:CanonicalizationMethod>"
        f"<ds:SignatureMethod Algorithm={attribute(suite.signature)}></ds:SignatureMethod>{references}"
    )
    info = f'<ds:SignedInfo xmlns:ds="{names.DS}">{inner}</ds:SignedInfo>'
    value = b64encode(own.key.sign(info.encode(), padding.PKCS1v15(), hashes.SHA256())).decode("ascii")
    return (
        f'<ds:Signature xmlns:ds="{names.DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue>'
        f"{written_reference_to(token_id)}</ds:Signature>"
    )


@lru_cache(maxsize=256)
def certificate_text(certificate: x509.Certificate) -> str:
    """A certificate in base64, as tokens carry it."""
    return b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")
