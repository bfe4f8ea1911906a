"""Over TLS a client may show its certificate instead of a token, and only a registered one opens anything."""

import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samspil.access.callers import Caller
from samspil.transports.http.answers import json_answer, send_answer
from samspil.transports.http.attempts import Attempts
from samspil.transports.http.callers import Callers, Doors
from samspil.transports.http.problems import Problem
from tests.contract.http.serving import serving

NOW = datetime.now(UTC)


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority-71903")])
        self.certificate = self._sign(self.name, self.key, authority=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, x509.Certificate]:
        """A file with a certificate and its key, and the certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), key)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self.folder / f"{name}.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
        return file, certificate

    def _sign(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool = False) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            self.name, name, key.public_key(), x509.random_serial_number(), NOW - timedelta(1), NOW + timedelta(1)
        )
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


class Register:
    """One client, known by its certificate."""

    def __init__(self, certificate: x509.Certificate) -> None:
        self.fingerprint = certificate.fingerprint(hashes.SHA256())
        self.caller = Caller(id=UUID(int=71903), kind="client", name="client-71903")

    def authenticate(self, token: str) -> Caller | None:
        """No token is known."""
        return None

    def recognise(self, certificate: bytes) -> Caller | None:
        """Is it that one?"""
        return self.caller if certificate == self.fingerprint else None


def telling(callers: Callers) -> Callable[..., Awaitable[None]]:
    """An application that says who calls."""

    async def app(scope: dict[str, Any], _receive: object, send: Any) -> None:
        if scope["type"] == "http":
            try:
                answer = json_answer(callers.find(scope).name)
            except Problem as problem:
                answer = problem.answer("en")
            await send_answer(answer, send, over_tls=scope["scheme"] == "https")

    return app


def test_a_registered_certificate_names_its_client(tmp_path: Path) -> None:
    """Known certificate: in. None, or one that is not registered: 401. One of a strange authority: no connection."""
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    server, _ = ours.issue("server")
    known, certificate = ours.issue("known")
    other, _ = ours.issue("other")
    strange, _ = theirs.issue("strange")
    callers = Callers(Register(certificate), Doors(), Attempts(lambda: 0.0))
    tls = {"ssl_certfile": server, "ssl_ca_certs": str(ours.file), "ssl_cert_reqs": ssl.CERT_OPTIONAL}
    with serving(telling(callers), tls=tls) as served:

        def ask(file: Path | None) -> httpx.Response:
            context = ssl.create_default_context(cafile=ours.file)
            if file is not None:
                context.load_cert_chain(file)
            with httpx.Client(verify=context) as client:
                return client.get(f"https://127.0.0.1:{served.port}/")

        assert (ask(known).status_code, ask(known).json()) == (200, "client-71903")
        assert ask(known).headers["strict-transport-security"]
        assert ask(None).json()["code"] == "access.credentials.missing"
        assert ask(other).json()["code"] == "access.credentials.refused"
        with pytest.raises(httpx.TransportError):
            ask(strange)
