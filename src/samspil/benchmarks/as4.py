"""AS4 without the network: milliseconds of one core to build, open and receipt one message of 20 KB.

The peer is what nobody can save: the same compression, hashes, ciphers and RSA operations on the same bytes, without
any XML. Where xmlsec is installed, its signing and verifying of the same SOAP part is measured beside it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from lxml import etree

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.letters import Letters
from samspil.transports.as4 import names
from samspil.transports.as4.compression import compressed, expanded
from samspil.transports.as4.keys import OwnKey, OwnKeys, Trust
from samspil.transports.as4.messages import Party, Payload, Property, UserMessage
from samspil.transports.as4.mime import LIMITS, read_package
from samspil.transports.as4.receipts import receipt_for, settle
from samspil.transports.as4.receiving import Keyring, open_message, open_signal
from samspil.transports.as4.sending import Outgoing, pack, pack_signal

ROUNDS = 5
ROUND_SECONDS = 0.3
PEER = "cryptography and zlib"
FHIR_JSON = "application/fhir+json"
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def run(options: Options) -> Iterator[Figure]:
    """Each step alone, their sum, and the peers."""
    circle = _Circle(Letters().next())
    steps: dict[str, Callable[[], object]] = {
        "build: compress, sign, encrypt": circle.build,
        "open: decrypt, verify, expand": circle.open,
        "make a receipt": circle.make_receipt,
        "check a receipt": circle.check_receipt,
    }
    size = f"{len(circle.payload.content) / 1000:.1f} KB"
    times = {step: milliseconds(call) for step, call in steps.items()}
    for step, value in times.items():
        yield Figure(what=f"{step}: {size}", value=value, unit="ms")
    both = sum(list(times.values())[:2])
    yield Figure(what=f"sign, encrypt, verify and decrypt: {size}", value=both, unit="ms", note="goal 2.5")
    yield Figure(what=f"sign, encrypt, verify and decrypt: {size}", value=milliseconds(circle.bare), unit="ms", by=PEER)
    if find_spec("xmlsec"):
        yield from _xmlsec(circle)


class _Circle:
    """One message from A to B and its receipt, with everything that each step needs."""

    def __init__(self, content: bytes) -> None:
        self.a, self.b = _access_point("AP-A"), _access_point("AP-B")
        trust = Trust((self.a.certificate, self.b.certificate))
        self.ring_a = Keyring(own=OwnKeys((self.a,)), trust=trust)
        self.ring_b = Keyring(own=OwnKeys((self.b,)), trust=trust)
        self.now = datetime.now(UTC)
        self.payload = Payload(
            content_id="payload@samspil.example", content=content, media_type="application/fhir+json"
        )
        self.message = UserMessage(
            message_id="71903@samspil.example",
            timestamp=self.now,
            sender=Party("AP-A", "urn:example:ap", names.INITIATOR),
            receiver=Party("AP-B", "urn:example:ap", names.RESPONDER),
            service="urn:ehmi:sdn-emergence",
            action="example-docid::urn:example:document",
            conversation_id="71903",
            properties=(Property("originalSender", "0088:5790000121526"),),
        )
        self.sent = self.build()
        self.received = self.open()
        self.signal = self.make_receipt()

    def build(self) -> Outgoing:
        return pack(self.message, (self.payload,), own=self.a, receiver=self.b.certificate)

    def open(self) -> Any:
        return open_message(self.sent.content_type, self.sent.body, keyring=self.ring_b, now=self.now)

    def make_receipt(self) -> Outgoing:
        signal = receipt_for(self.received, message_id="71904@samspil.example", now=self.now)
        return pack_signal(signal, own=self.b)

    def check_receipt(self) -> object:
        answer = open_signal(self.signal.content_type, self.signal.body, keyring=self.ring_a, now=self.now)
        return settle(answer, self.sent, receiver=self.b.certificate)

    def bare(self) -> None:
        """The operations themselves, both ways."""
        content = compressed(self.payload.content)
        key, nonce = b"k" * 16, b"n" * 12
        digest = sha256(content).digest()
        signature = self.a.key.sign(digest, padding.PKCS1v15(), hashes.SHA256())
        wrapped = self.b.key.public_key().encrypt(key, _OAEP)
        sealed = AESGCM(key).encrypt(nonce, content, None)
        opened = AESGCM(self.b.key.decrypt(wrapped, _OAEP)).decrypt(nonce, sealed, None)
        self.a.key.public_key().verify(signature, sha256(opened).digest(), padding.PKCS1v15(), hashes.SHA256())
        expanded(opened, LIMITS)


def _access_point(name: str) -> OwnKey:
    """A key with a certificate that it signed itself."""
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


def _xmlsec(circle: _Circle) -> Iterator[Figure]:
    """libxmlsec on the SOAP part of a message without payload: it knows no attachments."""
    xmlsec = import_module("xmlsec")
    outgoing = pack(circle.message, (), own=circle.a, receiver=circle.b.certificate)
    soap = read_package(outgoing.content_type, outgoing.body).soap
    pem = circle.a.certificate.public_bytes(serialization.Encoding.PEM)
    key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)

    def verify() -> None:
        root: Any = etree.fromstring(soap)
        (signature,) = root.iter(f"{{{names.DS}}}Signature")
        signature.remove(signature[-1])  # its way to name the key is WS-Security's, which libxmlsec does not know
        context = xmlsec.SignatureContext()
        context.key = key
        for element in root.iter():
            if element.get(f"{{{names.WSU}}}Id"):
                context.register_id(element, "Id", names.WSU)
        context.verify(signature)

    answer = milliseconds(circle.check_receipt)
    yield Figure(what="verify a signed header and body", value=answer, unit="ms", note="a receipt, settled")
    yield Figure(what="verify a signed header and body", value=milliseconds(verify), unit="ms", by="xmlsec")


def milliseconds(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median over rounds of one call's mean time."""
    call()
    return median(_mean(call) for _ in range(rounds))


def _mean(call: Callable[[], object]) -> float:
    calls, began = 0, time.perf_counter()
    while True:
        call()
        calls += 1
        elapsed = time.perf_counter() - began
        if elapsed >= ROUND_SECONDS:
            return elapsed / calls * 1000
