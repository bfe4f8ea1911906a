"""AS4: milliseconds of one core to build, open and receipt a message of 20 KB, and full circles a second with fsync.

The peer of the steps is what nobody can save: the same compression, hashes, ciphers and RSA operations on the same
bytes, without any XML. Where xmlsec is installed, its verifying of the same header is measured beside ours.

One circle: a message built at A, posted over HTTP, opened and committed at B with its receipt, the receipt checked and
committed at A. A and the driver are one process, B another; one embedded cluster, a database each.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.access_points import Pair, message, new_pair, running
from samspil.benchmarks.letters import Letters
from samspil.storage.database import Database
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate
from samspil.transports.as4 import names
from samspil.transports.as4.client import As4Client
from samspil.transports.as4.compression import compressed, expanded
from samspil.transports.as4.messages import Payload
from samspil.transports.as4.mime import LIMITS, read_package
from samspil.transports.as4.receipts import receipt_for, settle
from samspil.transports.as4.receiving import Received, open_message, open_signal
from samspil.transports.as4.retrying import Next
from samspil.transports.as4.sending import Outgoing, pack, pack_signal
from samspil.transports.as4.vault import Vault

ROUNDS = 5
ROUND_SECONDS = 0.3
WORKERS = 16
PEER = "cryptography and zlib"
FHIR_JSON = "application/fhir+json"
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def run(options: Options) -> Iterator[Figure]:
    """Each step alone, their sum, the peers; then full circles."""
    yield from steps()
    options.tell(f"circles for {options.warm_up + options.seconds:.0f} s")
    yield circles(options)


def steps() -> Iterator[Figure]:
    """What each step costs, and the peers."""
    letter = _Message(Letters().next())
    calls: dict[str, Callable[[], object]] = {
        "build: compress, sign, encrypt": letter.build,
        "open: decrypt, verify, expand": letter.open,
        "make a receipt": letter.make_receipt,
        "check a receipt": letter.check_receipt,
    }
    times = {step: milliseconds(call) for step, call in calls.items()}
    for step, value in times.items():
        yield Figure(what=step, value=value, unit="ms")
    both = "sign, encrypt, verify and decrypt"
    size = f"{len(letter.payload.content) / 1000:.1f} KB"
    yield Figure(what=both, value=sum(list(times.values())[:2]), unit="ms", note=f"{size}; goal 2.5")
    yield Figure(what=both, value=milliseconds(letter.bare), unit="ms", by=PEER)
    if find_spec("xmlsec"):
        yield from _xmlsec(letter)


class _Message:
    """One message from A to B and its receipt, with everything that each step needs."""

    def __init__(self, content: bytes) -> None:
        self.now = datetime.now(UTC)
        self.pair = new_pair()
        self.rings = self.pair.ring(self.pair.a), self.pair.ring(self.pair.b)
        self.payload = Payload(content_id="payload@samspil.example", content=content, media_type=FHIR_JSON)
        self.sent = self.build()
        self.received = self.open()
        self.signal = self.make_receipt()

    def build(self) -> Outgoing:
        said = message("71903@samspil.example", self.now)
        return pack(said, (self.payload,), own=self.pair.a, receiver=self.pair.b.certificate)

    def open(self) -> Received:
        return open_message(self.sent.content_type, self.sent.body, keyring=self.rings[1], now=self.now)

    def make_receipt(self) -> Outgoing:
        signal = receipt_for(self.received, message_id="71904@samspil.example", now=self.now)
        return pack_signal(signal, own=self.pair.b)

    def check_receipt(self) -> object:
        answer = open_signal(self.signal.content_type, self.signal.body, keyring=self.rings[0], now=self.now)
        return settle(answer, self.sent, receiver=self.pair.b.certificate)

    def bare(self) -> None:
        """The operations themselves, both ways."""
        a, b = self.pair.a.key, self.pair.b.key
        content, key, nonce = compressed(self.payload.content), b"k" * 16, b"n" * 12
        signature = a.sign(sha256(content).digest(), padding.PKCS1v15(), hashes.SHA256())
        wrapped = b.public_key().encrypt(key, _OAEP)
        sealed = AESGCM(key).encrypt(nonce, content, None)
        opened = AESGCM(b.decrypt(wrapped, _OAEP)).decrypt(nonce, sealed, None)
        a.public_key().verify(signature, sha256(opened).digest(), padding.PKCS1v15(), hashes.SHA256())
        expanded(opened, LIMITS)


def _xmlsec(letter: _Message) -> Iterator[Figure]:
    """libxmlsec on the SOAP part of a message without payload: it knows no attachments."""
    xmlsec = import_module("xmlsec")
    said = message("71903@samspil.example", letter.now)
    outgoing = pack(said, (), own=letter.pair.a, receiver=letter.pair.b.certificate)
    soap = read_package(outgoing.content_type, outgoing.body).soap
    pem = letter.pair.a.certificate.public_bytes(serialization.Encoding.PEM)
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

    what = "verify a signed header and body"
    yield Figure(what=what, value=milliseconds(letter.check_receipt), unit="ms", note="a receipt, settled")
    yield Figure(what=what, value=milliseconds(verify), unit="ms", by="xmlsec")


def milliseconds(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median over rounds of one call's mean CPU time: what neighbours on the machine take does not count."""
    call()
    return median(_mean(call) for _ in range(rounds))


def _mean(call: Callable[[], object]) -> float:
    calls, began = 0, time.process_time()
    while True:
        call()
        calls += 1
        elapsed = time.process_time() - began
        if elapsed >= ROUND_SECONDS:
            return elapsed / calls * 1000


@dataclass(slots=True)
class _Load:
    """What the workers share: ids, and the circles that were closed."""

    url: str
    pair: Pair
    client: As4Client
    letters: Letters = field(default_factory=Letters)
    numbers: "count[int]" = field(default_factory=count)
    closed: int = 0

    async def work(self, until: float) -> None:
        """One circle after the other until the time is up."""
        while time.perf_counter() < until:
            now = datetime.now(UTC)
            payload = Payload(content_id="payload@samspil.example", content=self.letters.next(), media_type=FHIR_JSON)
            said = message(f"{next(self.numbers)}@samspil.example", now)
            outgoing = pack(said, (payload,), own=self.pair.a, receiver=self.pair.b.certificate)
            tried = await self.client.post(outgoing, url=self.url, receiver=self.pair.b.certificate)
            if tried.follows is not Next.DONE:
                raise RuntimeError(f"a circle was not closed: {tried}")
            self.closed += 1


def circles(options: Options) -> Figure:
    """Full circles a second, both stores flushing to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="samspil-bench-", dir="/tmp"))  # short, for the socket
    pair = new_pair()
    try:
        with EmbeddedServer(folder) as server:
            dsn_a, dsn_b = server.create("ap_a"), server.create("ap_b")
            for dsn in (dsn_a, dsn_b):
                asyncio.run(migrate(dsn))
            with running(dsn_b, pair, folder) as url:
                rate = asyncio.run(_rate(dsn_a, url, pair, options))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Figure(what="full circles, receipts kept", value=rate, unit="/s", note="goal 150")


async def _rate(dsn: str, url: str, pair: Pair, options: Options) -> float:
    database = await Database.open(dsn, connections=WORKERS)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            load = _Load(url, pair, As4Client(session, keyring=pair.ring(pair.a), vault=Vault(database)))
            for seconds in (options.warm_up, options.seconds):
                load.closed, began = 0, time.perf_counter()
                await asyncio.gather(*(load.work(began + seconds) for _ in range(WORKERS)))
            return load.closed / (time.perf_counter() - began)
    finally:
        await database.close()
