"""A development authority's folder: `ca.pem`, `ca.key`, `ca.crl`, and a certificate and key for each role and name.

The authority is made on first use and used again: several sites that develop with one folder believe each other. Keys
are readable by their owner only.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from samspil.access.refusals import Refusal
from samspil.access.trust.development import LEAF_LIFE, Authority, Issued, new_authority
from samspil.access.trust.reading import belongs, key_text, read_material
from samspil.access.trust.roles import CertificateRole

NAME = "samspil development"


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """The authority, its list of today, and the certificates made just now."""

    authority: Authority
    revocation_list: x509.CertificateRevocationList
    issued: Mapping[CertificateRole, Issued]


def develop(folder: Path, *, name: str, hosts: Iterable[str], at: datetime) -> Development:
    """Make what is missing in the folder, and a new certificate for each role. Errors: OSError, Refusal."""
    at = at.replace(microsecond=0)
    folder.mkdir(parents=True, exist_ok=True)
    authority = _authority(folder, at)
    crl = authority.revocation_list(at=at, life=LEAF_LIFE, number=int(at.timestamp()))
    (folder / "ca.crl").write_bytes(crl.public_bytes(Encoding.PEM))
    names = tuple(hosts) or ("localhost",)
    issued = {
        role: authority.issue(name, roles=[role], at=at, hosts=names if role is CertificateRole.TLS else ())
        for role in CertificateRole
    }
    for role, each in issued.items():
        _write(folder, f"{Path(name).name}-{role.value}", each)
    return Development(authority=authority, revocation_list=crl, issued=issued)


def _authority(folder: Path, at: datetime) -> Authority:
    if not (folder / "ca.key").exists():
        made = new_authority(NAME, at=at)
        _write(folder, "ca", made)
        return made
    found = read_material((folder / "ca.pem").read_bytes()) + read_material((folder / "ca.key").read_bytes())
    if not isinstance(found.key, rsa.RSAPrivateKey) or not belongs(found.key, found.leaf()):
        raise Refusal("certificate.key.foreign")
    return Authority(found.leaf(), found.key)


def _write(folder: Path, stem: str, issued: Issued) -> None:
    """Certificate and key as PEM; the key is never readable by others, not even while it is written."""
    (folder / f"{stem}.pem").write_bytes(issued.certificate.public_bytes(Encoding.PEM))
    handle = os.open(folder / f"{stem}.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(key_text(issued.key))
