"""Which algorithms a security profile allows. What is not in the table is refused before any cryptography is done.

Source: eDelivery AS4 1.15 Common Profile; XML Encryption 1.1 for what the older key transport means. A second suite is
another row (and, where it agrees on keys instead of wrapping them, another module).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.hazmat.primitives import hashes

from samspil.transports.as4 import names

RSA_OAEP = f"{names.XENC11}rsa-oaep"
RSA_OAEP_MGF1P = f"{names.XENC}rsa-oaep-mgf1p"
SHA256 = f"{names.XENC}sha256"
MGF1_SHA256 = f"{names.XENC11}mgf1sha256"
AES128_GCM = f"{names.XENC11}aes128-gcm"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@dataclass(frozen=True, slots=True)
class KeyTransport:
    """One way of wrapping the content key: the method with its digest and mask, as named, and the mask's hash."""

    method: str
    digest: str
    mask: str
    mask_hash: hashes.HashAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What a profile allows. We write the first of each."""

    name: str
    canonicalization: str = names.EXC_C14N
    signature: str = RSA_SHA256
    digest: str = SHA256
    cipher: str = AES128_GCM
    key_bytes: int = 16
    min_rsa_bits: int = 2048
    transports: tuple[KeyTransport, ...]


_OAEP = KeyTransport(RSA_OAEP, SHA256, MGF1_SHA256, hashes.SHA256())
# The older method has no MGF element: its mask is SHA-1's, whatever the digest.
_OAEP_MGF1P = KeyTransport(RSA_OAEP_MGF1P, SHA256, "", hashes.SHA1())  # noqa: S303 - a partner's wire, off by default

EDELIVERY_1_15 = Suite(name="edelivery-1.15", transports=(_OAEP,))
EDELIVERY_1_15_TOLERANT = Suite(name="edelivery-1.15-older-key-transport", transports=(_OAEP, _OAEP_MGF1P))

SUITES: Mapping[str, Suite] = MappingProxyType(
    {suite.name: suite for suite in (EDELIVERY_1_15, EDELIVERY_1_15_TOLERANT)}
)
