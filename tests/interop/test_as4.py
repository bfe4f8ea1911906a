"""AS4 with a stranger: an access point written with nothing but a JDK sends to us, and opens what we send."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from samspil.transports.as4.messages import SignalMessage
from samspil.transports.as4.receipts import receipt_for
from samspil.transports.as4.receiving import open_message
from samspil.transports.as4.sending import Outgoing, pack, pack_signal
from tests.unit.transports.as4.partners import MESSAGE, NOW, PAYLOAD, keyring, own_key, sent

PROGRAM = Path(__file__).with_name("As4Stranger.java")
CONTENT = "Hilsen fra en fremmed: æøå\n".encode() * 800


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stranger, compiled."""
    if shutil.which("javac") is None:
        pytest.skip("no JDK: install openjdk-17-jdk-headless")
    folder = tmp_path_factory.mktemp("stranger")
    subprocess.run(["javac", "-d", str(folder), str(PROGRAM)], check=True)
    return folder


def stranger(classes: Path, what: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """One run of the stranger."""
    words = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        str(classes),
        "As4Stranger",
        what,
        str(folder),
    ]
    return subprocess.run(words, check=False, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both keys as the stranger reads them."""
    for name, party in (("sender", "AP-A"), ("receiver", "AP-B")):
        own = own_key(party)
        (tmp_path / f"{name}.pem").write_bytes(own.certificate.public_bytes(serialization.Encoding.PEM))
        (tmp_path / f"{name}.key.pem").write_bytes(
            own.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return tmp_path


def test_we_open_what_the_stranger_sends(classes: Path, folder: Path) -> None:
    """Other prefixes, other order, wrapped base64, an escaped cid: all is verified and opened."""
    (folder / "payload").write_bytes(CONTENT)
    built = stranger(classes, "build", folder)
    assert built.returncode == 0, built.stderr
    content_type, body = (folder / "message.type").read_text(), (folder / "message.body").read_bytes()
    received = open_message(content_type, body, keyring=keyring("AP-B"), now=NOW)
    assert [payload.content for payload in received.payloads] == [CONTENT]
    assert received.signer == own_key("AP-A").certificate


def opened(classes: Path, folder: Path, outgoing: Outgoing) -> "subprocess.CompletedProcess[str]":
    """What the stranger makes of a message of ours."""
    (folder / "message.type").write_text(outgoing.content_type)
    (folder / "message.body").write_bytes(outgoing.body)
    return stranger(classes, "open", folder)


def test_the_stranger_opens_what_we_send(classes: Path, folder: Path) -> None:
    """Its own canonical XML finds the digests that we wrote, its own ciphers open the payload."""
    read = opened(classes, folder, pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate))
    assert read.returncode == 0, read.stderr
    assert (folder / "opened").read_bytes() == PAYLOAD.content
    assert "CN=AP-A" in read.stdout


def receipt() -> SignalMessage:
    """Our receipt."""
    received = open_message(sent().content_type, sent().body, keyring=keyring("AP-B"), now=NOW)
    return receipt_for(received, message_id="71904@samspil.example", now=NOW)


def test_the_stranger_verifies_our_receipt_and_sees_a_change_in_it(classes: Path, folder: Path) -> None:
    """The references in it are copies, and canonical where they stand."""
    outgoing = pack_signal(receipt(), own=own_key("AP-B"))
    assert opened(classes, folder, outgoing).returncode == 0
    changed = replace(outgoing, body=outgoing.body.replace(b"71904@", b"71905@"))
    assert opened(classes, folder, changed).returncode == 1
