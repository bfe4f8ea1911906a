"""Two access points for a benchmark: keys, a message between them, and B as a process of its own.

Run by the benchmark: `python -m samspil.benchmarks.access_points DSN PORT FOLDER`, FOLDER holding both keys.
"""

import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette

from samspil.storage.database import Database
from samspil.transports.as4 import names
from samspil.transports.as4.edge import PATH, as4_route
from samspil.transports.as4.gateway import Gateway
from samspil.transports.as4.keys import OwnKey, OwnKeys, Trust
from samspil.transports.as4.messages import Party, Property, UserMessage
from samspil.transports.as4.pmodes import read_pmode
from samspil.transports.as4.receiving import Keyring
from samspil.transports.as4.vault import Vault

START_SECONDS = 20.0
MODE = read_pmode('[mode]\nid = "bench"')


@dataclass(frozen=True)
class Pair:
    """A's and B's keys. Each believes the other's own certificate."""

    a: OwnKey
    b: OwnKey

    def ring(self, own: OwnKey) -> Keyring:
        """What one of them holds."""
        return Keyring(own=OwnKeys((own,)), trust=Trust((self.a.certificate, self.b.certificate)))

    def write(self, folder: Path) -> None:
        """Put both where B's process finds them."""
        for name, own in (("a", self.a), ("b", self.b)):
            key = own.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            certificate = own.certificate.public_bytes(serialization.Encoding.PEM)
            (folder / f"{name}.pem").write_bytes(key + certificate)


def read_pair(folder: Path) -> Pair:
    """Both keys, as `Pair.write` left them."""
    return Pair(_read(folder / "a.pem"), _read(folder / "b.pem"))


def _read(file: Path) -> OwnKey:
    pem = file.read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return OwnKey(key, x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :]))


def new_pair() -> Pair:
    """Two keys with certificates that they signed themselves."""
    return Pair(_new_key("AP-A"), _new_key("AP-B"))


def _new_key(name: str) -> OwnKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return OwnKey(key, certificate)


def message(message_id: str, now: datetime) -> UserMessage:
    """A message from A to B."""
    return UserMessage(
        message_id=message_id,
        timestamp=now,
        sender=Party("AP-A", "urn:example:ap", names.INITIATOR),
        receiver=Party("AP-B", "urn:example:ap", names.RESPONDER),
        service="urn:ehmi:sdn-emergence",
        action="example-docid::urn:example:document",
        conversation_id="71903",
        properties=(
            Property("originalSender", "0088:5790000121526", "iso6523-actorid-upis"),
            Property("finalRecipient", "0088:5790000201389", "iso6523-actorid-upis"),
        ),
    )


@contextmanager
def running(dsn: str, pair: Pair, folder: Path) -> Generator[str, None, None]:
    """B in a process of its own, for the length of a `with`: its address."""
    pair.write(folder)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "samspil.benchmarks.access_points", dsn, str(port), str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}{PATH}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the second access point did not start")


def main(words: list[str]) -> None:
    """Be B until told to stop."""
    dsn, port, folder = words
    pair = read_pair(Path(folder))

    @asynccontextmanager
    async def open_database(app: Starlette) -> AsyncGenerator[None, None]:
        database = await Database.open(dsn, connections=16)
        gateway = Gateway(keyring=pair.ring(pair.b), modes=(MODE,), vault=Vault(database))
        app.router.routes.append(as4_route(gateway))
        yield
        await database.close()

    app = Starlette(lifespan=open_database)
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1:])
