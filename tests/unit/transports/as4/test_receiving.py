"""Messages opened: our own, those that strangers made, and every attack in the table refused with its code."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from samspil.transports.as4 import encryption, names, sending
from samspil.transports.as4.encryption import decrypted
from samspil.transports.as4.envelope import read_envelope
from samspil.transports.as4.keys import Certificates, OwnKey, OwnKeys, Trust
from samspil.transports.as4.messages import PartInfo, Party, Payload
from samspil.transports.as4.mime import Attachment, Limits, Package, read_package, write_package
from samspil.transports.as4.receiving import Keyring, Received, glance, open_message, open_signal
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.sending import Outgoing, pack
from samspil.transports.as4.suites import EDELIVERY_1_15, EDELIVERY_1_15_TOLERANT
from samspil.transports.as4.verifying import read_claim, require_covered
from tests.unit.transports.as4.partners import MESSAGE, NOW, PAYLOAD, authority, keyring, new_authority, own_key, sent


def opened(outgoing: Outgoing, **changes: Any) -> Received:
    """What B makes of a message."""
    told: dict[str, Any] = {"keyring": keyring("AP-B"), "now": NOW} | changes
    return open_message(outgoing.content_type, outgoing.body, **told)


def test_a_message_comes_out_as_it_went_in() -> None:
    """Header, payload and digests."""
    received = opened(sent())
    assert received.payloads == (PAYLOAD,)
    assert replace(received.message, parts=()) == MESSAGE
    assert received.signed == sent().signed
    assert received.signer == own_key("AP-A").certificate


def test_a_message_may_carry_several_payloads_or_none() -> None:
    """A test message, for instance, carries none, and is signed all the same."""
    second = replace(PAYLOAD, content_id="second@samspil.example", media_type="application/fhir+json", content=b"{}")
    for payloads in ((), (PAYLOAD, second)):
        outgoing = pack(MESSAGE, payloads, own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
        assert opened(outgoing).payloads == payloads


def test_only_the_receiver_opens_it() -> None:
    """Somebody else's key gives the uniform answer."""
    with pytest.raises(Refused) as refused:
        opened(sent(), keyring=keyring("AP-C"))
    assert refused.value.code is Ebms.FAILED_DECRYPTION


def test_an_old_key_opens_what_was_sent_while_it_was_rolled_over() -> None:
    """The receiver holds both; the message says which."""
    ring = replace(keyring("AP-B"), own=OwnKeys((own_key("AP-B-new"), own_key("AP-B"))))
    assert opened(sent(), keyring=ring).payloads == (PAYLOAD,)


def test_what_a_message_claims_to_be_can_be_told_of_a_broken_one() -> None:
    """An error signal names the message even if nothing of it can be believed."""
    assert glance(sent().content_type, sent().body) == MESSAGE.message_id
    assert glance("text/plain", b"?") == ""


# --- attacks: one row, one change, one code -------------------------------------------------------------------------


@dataclass(frozen=True)
class Wire:
    """A message taken apart, so that a row can change one thing and put it together again."""

    soap: str
    attachments: tuple[Attachment, ...]

    def packed(self) -> tuple[str, bytes]:
        """The message as it is posted."""
        return write_package(Package(self.soap.encode(), self.attachments), boundary="attack-71903")

    def swapped(self, old: str, new: str, *, count: int = 1) -> "Wire":
        """The SOAP part with one text in place of another, which must be there."""
        assert old in self.soap, old
        return replace(self, soap=self.soap.replace(old, new, count))

    def sealed(self, change: Callable[[bytes], bytes]) -> "Wire":
        """The attachment's ciphertext changed."""
        first = self.attachments[0]
        return replace(self, attachments=(replace(first, content=change(first.content)), *self.attachments[1:]))


def wire(outgoing: Outgoing | None = None) -> Wire:
    """The message from A to B, taken apart."""
    outgoing = outgoing or sent()
    package = read_package(outgoing.content_type, outgoing.body)
    return Wire(package.soap.decode(), package.attachments)


def piece(soap: str, name: str) -> str:
    """The first element of that name, as text."""
    found = re.search(rf"<{name}[ >].*?</{name}>", soap, re.DOTALL)
    assert found, name
    return found[0]


def flipped(content: bytes, place: int) -> bytes:
    """One bit turned."""
    return content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :]


def turned(value: str) -> str:
    """A base64 value with another first character."""
    return ("B" if value[0] == "A" else "A") + value[1:]


def wrapped(message: Wire) -> Wire:
    """The signed header moved aside, a forged one of another id in its place."""
    header = piece(message.soap, "eb:Messaging")
    forged = header.replace('wsu:Id="header"', 'wsu:Id="forged"').replace("5790000201389", "5790000121526")
    aside = f"<aside>{header}</aside>"
    return message.swapped(header, forged).swapped("</S12:Header>", f"{aside}</S12:Header>")


def wrapped_under_one_id(message: Wire) -> Wire:
    """The same with one id for both."""
    header = piece(message.soap, "eb:Messaging")
    forged = header.replace("5790000201389", "5790000121526")
    return message.swapped(header, forged).swapped("</S12:Header>", f"<aside>{header}</aside></S12:Header>")


def wrapped_in_security(message: Wire) -> Wire:
    """The signed header moved into the Security header, where references may point."""
    header = piece(message.soap, "eb:Messaging")
    forged = header.replace('wsu:Id="header"', 'wsu:Id="forged"').replace("5790000201389", "5790000121526")
    return message.swapped(header, forged).swapped("</wsse:Security>", f"{header}</wsse:Security>")


def second_header(message: Wire) -> Wire:
    """Another Messaging before the signed one."""
    header = piece(message.soap, "eb:Messaging")
    forged = header.replace('wsu:Id="header"', 'wsu:Id="forged"')
    return message.swapped(header, forged + header)


def body_moved(message: Wire) -> Wire:
    """The signed body in the header, another in its place."""
    body = piece(message.soap, "S12:Body")
    moved = message.swapped(body, body.replace('"body"', '"other"').replace("></", ">evil</"))
    return moved.swapped("</wsse:Security>", f"{body}</wsse:Security>")


def digest_swapped(message: Wire) -> Wire:
    """A header changed, and its digest in SignedInfo made to fit."""
    header = piece(message.soap, "eb:Messaging")
    changed = header.replace("5790000201389", "5790000121526")
    signed = sent().signed[0].digest
    forged = sending.signed_element("header", changed, EDELIVERY_1_15).digest
    return message.swapped(header, changed).swapped(signed, forged)


def another_attachment(message: Wire) -> Wire:
    """One more attachment that nobody signed or encrypted."""
    extra = Attachment("extra@samspil.example", b"unsigned", "application/octet-stream")
    return replace(message, attachments=(*message.attachments, extra))


def replaced_key(message: Wire) -> Wire:
    """Content encrypted anew by somebody who only knows the receiver's public key."""
    key, nonce = b"k" * 16, b"n" * 12
    content = encryption.encrypted(gzip.compress(b"forged", mtime=0), key=key, nonce=nonce)
    certificate = own_key("AP-B").certificate
    told = encryption.written_key(
        key, receiver=certificate, token_id="receiver", data_ids=["data-1"], suite=EDELIVERY_1_15
    )
    return message.swapped(piece(message.soap, "xenc:EncryptedKey"), told).sealed(lambda _: content)


def signature_dropped(message: Wire) -> Wire:
    """No signature at all."""
    return message.swapped(piece(message.soap, "ds:Signature"), "")


def doubled_signature(message: Wire) -> Wire:
    """Two signatures: which one counts?"""
    signature = piece(message.soap, "ds:Signature")
    return message.swapped(signature, signature * 2)


def plain(message: Wire) -> Wire:
    """The payload as it is, without any encryption."""
    content = opened_content(message)
    bare = message.swapped(piece(message.soap, "xenc:EncryptedKey"), "")
    return bare.swapped(piece(bare.soap, "xenc:EncryptedData"), "").sealed(lambda _: content)


def opened_content(message: Wire) -> bytes:
    """The compressed payload."""
    sealed = {part.content_id: part.content for part in message.attachments}
    (content,) = decrypted(
        read_envelope(message.soap.encode()), sealed, own=keyring("AP-B").own, suite=EDELIVERY_1_15
    ).values()
    return content


def doctype(message: Wire) -> Wire:
    """An entity that would read a file."""
    return replace(message, soap=f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{message.soap}')


def utf_16(message: Wire) -> Wire:
    """A declaration of another encoding than the bytes have."""
    return replace(message, soap=f'<?xml version="1.0" encoding="ISO-8859-1"?>{message.soap}')


SIGNATURE_VALUE = "ds:SignatureValue"
ATTACKS: dict[str, tuple[Callable[[Wire], Wire], Ebms]] = {
    "header value": (lambda m: m.swapped("5790000201389", "5790000121526"), Ebms.FAILED_AUTHENTICATION),
    "message id": (lambda m: m.swapped("0b2f6c1e-2222", "0b2f6c1e-3333"), Ebms.FAILED_AUTHENTICATION),
    "comment in a value": (lambda m: m.swapped("57900002013", "5790<!-- -->0002013"), Ebms.OTHER),
    "header wrapped": (wrapped, Ebms.FAILED_AUTHENTICATION),
    "header wrapped, one id": (wrapped_under_one_id, Ebms.FAILED_AUTHENTICATION),
    "header wrapped, in Security": (wrapped_in_security, Ebms.FAILED_AUTHENTICATION),
    "second header": (second_header, Ebms.INVALID_HEADER),
    "body moved": (body_moved, Ebms.FAILED_AUTHENTICATION),
    "body filled": (lambda m: m.swapped('"body"></S12:Body>', '"body">x</S12:Body>'), Ebms.FAILED_AUTHENTICATION),
    "digest swapped": (digest_swapped, Ebms.FAILED_AUTHENTICATION),
    "signature value": (
        lambda m: m.swapped(v := piece(m.soap, SIGNATURE_VALUE), v[:19] + turned(v[19:])),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "signature value no base64": (
        lambda m: m.swapped("<ds:SignatureValue>", "<ds:SignatureValue>?"),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "signature dropped": (signature_dropped, Ebms.POLICY_NONCOMPLIANCE),
    "signature doubled": (doubled_signature, Ebms.POLICY_NONCOMPLIANCE),
    "security dropped": (lambda m: m.swapped(piece(m.soap, "wsse:Security"), ""), Ebms.POLICY_NONCOMPLIANCE),
    "security doubled": (
        lambda m: m.swapped(
            s := piece(m.soap, "wsse:Security"), s + "<wsse:Security xmlns:wsse='" + names.WSSE + "'/>"
        ),
        Ebms.INVALID_HEADER,
    ),
    "header unsigned": (
        lambda m: m.swapped(piece(m.soap, "ds:Reference"), ""),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "rsa-sha1": (
        lambda m: m.swapped("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1"),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "hmac for rsa": (
        lambda m: m.swapped("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "sha1 digest": (
        lambda m: m.swapped(
            f'<ds:DigestMethod Algorithm="{names.XENC}sha256"', f'<ds:DigestMethod Algorithm="{names.DS}sha1"', count=9
        ),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "inclusive canonicalization": (
        lambda m: m.swapped(names.EXC_C14N, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", count=9),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "xpath transform": (
        lambda m: m.swapped(
            "<ds:Transforms>",
            '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></ds:Transform>',
        ),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "aes-cbc": (lambda m: m.swapped(f"{names.XENC11}aes128-gcm", f"{names.XENC}aes128-cbc"), Ebms.POLICY_NONCOMPLIANCE),
    "rsa 1.5": (lambda m: m.swapped(f"{names.XENC11}rsa-oaep", f"{names.XENC}rsa-1_5"), Ebms.POLICY_NONCOMPLIANCE),
    "mask by sha1": (lambda m: m.swapped("#mgf1sha256", "#mgf1sha1"), Ebms.POLICY_NONCOMPLIANCE),
    "no encryption": (plain, Ebms.POLICY_NONCOMPLIANCE),
    "ciphertext": (lambda m: m.sealed(lambda c: flipped(c, 40)), Ebms.FAILED_DECRYPTION),
    "nonce": (lambda m: m.sealed(lambda c: flipped(c, 0)), Ebms.FAILED_DECRYPTION),
    "tag": (lambda m: m.sealed(lambda c: flipped(c, len(c) - 1)), Ebms.FAILED_DECRYPTION),
    "ciphertext cut off": (lambda m: m.sealed(lambda c: c[:11]), Ebms.FAILED_DECRYPTION),
    "ciphertext empty": (lambda m: m.sealed(lambda _: b""), Ebms.FAILED_DECRYPTION),
    "wrapped key": (
        lambda m: m.swapped(v := piece(m.soap, "xenc:CipherValue"), v[:18] + turned(v[18:])),
        Ebms.FAILED_DECRYPTION,
    ),
    "wrapped key empty": (
        lambda m: m.swapped(piece(m.soap, "xenc:CipherValue"), "<xenc:CipherValue></xenc:CipherValue>"),
        Ebms.FAILED_DECRYPTION,
    ),
    "content replaced": (replaced_key, Ebms.FAILED_AUTHENTICATION),
    "attachment dropped": (lambda m: replace(m, attachments=()), Ebms.MIME_INCONSISTENCY),
    "attachment added": (another_attachment, Ebms.POLICY_NONCOMPLIANCE),
    "attachment doubled": (
        lambda m: replace(m, attachments=m.attachments * 2),
        Ebms.MIME_INCONSISTENCY,
    ),
    "attachment elsewhere": (
        lambda m: m.swapped('<ds:Reference URI="cid:', '<ds:Reference URI="http://x/'),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "reference to everything": (
        lambda m: m.swapped('<ds:Reference URI="#body"', '<ds:Reference URI=""'),
        Ebms.POLICY_NONCOMPLIANCE,
    ),
    "token elsewhere": (
        lambda m: m.swapped(
            t := m.soap[m.soap.rindex("<wsse:BinarySecurityToken") : m.soap.index("<ds:Signature")], ""
        ).swapped(
            "</S12:Header>", f"<aside xmlns:wsse='{names.WSSE}' xmlns:wsu='{names.WSU}'>{t}</aside></S12:Header>"
        ),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "token renamed": (lambda m: m.swapped('wsu:Id="signer"', 'wsu:Id="nobody"'), Ebms.FAILED_AUTHENTICATION),
    "token is no certificate": (
        lambda m: m.swapped(
            b64encode(own_key("AP-A").certificate.public_bytes(serialization.Encoding.DER)).decode(), "AAAA"
        ),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "entity": (doctype, Ebms.INVALID_HEADER),
    "another encoding": (utf_16, Ebms.INVALID_HEADER),
    "instruction": (lambda m: m.swapped("<S12:Header>", "<?x y?><S12:Header>"), Ebms.INVALID_HEADER),
    "cut off": (lambda m: replace(m, soap=m.soap[:-20]), Ebms.INVALID_HEADER),
    "soap 1.1": (
        lambda m: m.swapped(names.SOAP, "http://schemas.xmlsoap.org/soap/envelope/", count=9),
        Ebms.INVALID_HEADER,
    ),
    "header doubled": (lambda m: m.swapped("</S12:Header>", "</S12:Header><S12:Header/>"), Ebms.INVALID_HEADER),
    "thousand elements": (
        lambda m: m.swapped("</S12:Header>", "<x/>" * 20_000 + "</S12:Header>"),
        Ebms.INVALID_HEADER,
    ),
    "deep": (lambda m: m.swapped("</S12:Header>", "<x>" * 300 + "</x>" * 300 + "</S12:Header>"), Ebms.INVALID_HEADER),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_its_code(name: str) -> None:
    """Each row changes one thing. A comment changes nothing that is signed, and nothing that is read."""
    change, code = ATTACKS[name]
    content_type, body = change(wire()).packed()
    if code is Ebms.OTHER:
        received = open_message(content_type, body, keyring=keyring("AP-B"), now=NOW)
        assert received.message.value("finalRecipient") == "0088:5790000201389"
        return
    with pytest.raises(Refused) as refused:
        open_message(content_type, body, keyring=keyring("AP-B"), now=NOW)
    assert refused.value.code is code, refused.value.reason


# --- senders that keep all forms but may not send so ---------------------------------------------------------------


def forged_sender() -> Outgoing:
    """A header that names another access point than the one whose key signs."""
    return pack(MESSAGE, (PAYLOAD,), own=own_key("AP-C"), receiver=own_key("AP-B").certificate)


def by(key: OwnKey) -> Outgoing:
    """The message signed by that key."""
    return pack(MESSAGE, (PAYLOAD,), own=key, receiver=own_key("AP-B").certificate)


SENDERS: dict[str, tuple[Callable[[], Outgoing], Ebms]] = {
    "another's name": (forged_sender, Ebms.FAILED_AUTHENTICATION),
    "another authority": (lambda: by(new_authority("Fremmed").issue("AP-A")), Ebms.FAILED_AUTHENTICATION),
    "its own authority": (
        lambda: by(OwnKey((root := new_authority("AP-A")).key, root.certificate)),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "issued by one who may not": (
        lambda: by(replace_issuer(authority().issue("AP-X"))),
        Ebms.FAILED_AUTHENTICATION,
    ),
    "expired": (lambda: by(authority().issue("AP-A", days=-1)), Ebms.FAILED_AUTHENTICATION),
    "a short key": (lambda: by(authority().issue("AP-A", bits=1024)), Ebms.POLICY_NONCOMPLIANCE),
    "not for signing": (lambda: by(authority().issue("AP-A", signs=False)), Ebms.FAILED_AUTHENTICATION),
}


def replace_issuer(issuer: OwnKey) -> OwnKey:
    """A certificate issued by an access point that is no authority."""
    from tests.unit.transports.as4.partners import Authority

    return Authority(issuer.key, issuer.certificate).issue("AP-A")


@pytest.mark.parametrize("name", SENDERS)
def test_a_sender_that_we_do_not_believe_is_refused(name: str) -> None:
    """The message itself is without fault."""
    make, code = SENDERS[name]
    with pytest.raises(Refused) as refused:
        opened(make())
    assert refused.value.code is code, refused.value.reason


def test_a_certificate_that_was_taken_back_is_refused() -> None:
    """By issuer and number."""
    certificate = own_key("AP-A").certificate
    revoked = frozenset({(certificate.issuer.public_bytes(), certificate.serial_number)})
    ring = replace(keyring("AP-B"), trust=replace(keyring("AP-B").trust, revoked=revoked))
    with pytest.raises(Refused) as refused:
        opened(sent(), keyring=ring)
    assert refused.value.code is Ebms.FAILED_AUTHENTICATION


def test_a_certificate_may_expire_between_two_messages() -> None:
    """The hour that counts is the hour of receipt."""
    assert opened(sent(), now=NOW + timedelta(days=364))
    with pytest.raises(Refused):
        opened(sent(), now=NOW + timedelta(days=366))


def test_a_chain_may_have_a_link_between() -> None:
    """An intermediate authority that we hold."""
    middle = authority().issue("Mellem-CA", authority=True)
    from tests.unit.transports.as4.partners import Authority

    key = Authority(middle.key, middle.certificate).issue("AP-A")
    trust = replace(keyring("AP-B").trust, intermediates=(middle.certificate,))
    assert opened(by(key), keyring=replace(keyring("AP-B"), trust=trust)).payloads == (PAYLOAD,)
    with pytest.raises(Refused):
        opened(by(key))


# --- payloads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        gzip.compress(PAYLOAD.content)[:-5],
        gzip.compress(PAYLOAD.content) + b"more",
        gzip.compress(b"\0" * 40_000_000),
    ],
    ids=["no gzip", "cut off", "something follows", "bomb"],
)
def test_a_payload_that_does_not_expand_as_it_must_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed and encrypted by a partner, and yet not believed."""
    monkeypatch.setattr(sending, "compressed", lambda _: content)
    with pytest.raises(Refused) as refused:
        opened(pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate))
    assert refused.value.code is Ebms.DECOMPRESSION_FAILURE


def test_a_payload_larger_than_agreed_is_not_expanded() -> None:
    """The cap holds whatever the ratio."""
    with pytest.raises(Refused) as refused:
        opened(sent(), limits=Limits(payload_bytes=10_000, expansion=10_000))
    assert refused.value.code is Ebms.DECOMPRESSION_FAILURE


def test_the_header_must_tell_of_every_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part without an attachment, or one outside of the message."""
    for href, code in (("cid:other", Ebms.MIME_INCONSISTENCY), ("https://x/", Ebms.EXTERNAL_PAYLOAD)):
        monkeypatch.setattr(sending, "_part_info", lambda _, href=href: PartInfo(href))
        with pytest.raises(Refused) as refused:
            opened(pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate))
        assert refused.value.code is code


def test_any_bytes_are_refused_and_nothing_else_happens() -> None:
    """Cut at any place, with any content type."""
    outgoing = sent()
    for place in range(0, len(outgoing.body), 211):
        for body in (outgoing.body[:place], outgoing.body[:place] + b"\0" + outgoing.body[place + 1 :]):
            with pytest.raises(Refused):
                open_message(outgoing.content_type, body, keyring=keyring("AP-B"), now=NOW)
    for content_type in ("", "multipart/related", "multipart/related; boundary=x", names.SOAP_XML, "text/html"):
        with pytest.raises(Refused):
            open_message(content_type, outgoing.body, keyring=keyring("AP-B"), now=NOW)


# --- strangers ------------------------------------------------------------------------------------------------------


def posted(file: Path) -> tuple[str, bytes]:
    """The Content-Type and body of a recorded HTTP message."""
    raw = file.read_bytes()
    mark = b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n"
    head, _, body = raw.partition(mark)
    content_type = message_from_bytes(head + b"\r\n\r\n")["Content-Type"]
    return re.sub(r"\r?\n\s*", " ", content_type), body


def certificate(file: Path) -> x509.Certificate:
    """A certificate in PEM."""
    return x509.load_pem_x509_certificate(file.read_bytes())


class Anybody(Trust):
    """Believes everybody: recordings carry test certificates that have long expired."""

    def require(self, certificate: x509.Certificate, *, now: datetime) -> None:
        """Nothing is refused."""


ANYBODY = Keyring(own=OwnKeys(), trust=Anybody(()))


def test_messages_made_by_strangers_are_opened(shared: Path) -> None:
    """Three independent programs: all references verify, the signer chains to the test authority."""
    folder = shared / "as4" / "made"
    key = serialization.load_pem_private_key((folder / "receiver.key.txt").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    ring = Keyring(
        own=OwnKeys((OwnKey(key, certificate(folder / "receiver.pem")),)),
        trust=Trust((certificate(folder / "ca.pem"),)),
    )
    files = sorted(folder.glob("*.mime"))
    assert len(files) == 3
    for file in files:
        received = open_message(*posted(file), keyring=ring, now=datetime(2026, 11, 24, tzinfo=UTC))
        assert received.message.sender.id == "PTE000001"
        assert received.signer == certificate(folder / "sender.pem")
        assert [b"StandardBusinessDocument" in payload.content for payload in received.payloads] == [True], file.name
        assert len(received.signed) == 3


def test_recorded_receipts_verify_or_are_refused_as_their_list_says(shared: Path) -> None:
    """One of them has a digest that does not fit."""
    folder = shared / "as4"
    rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["recorded"]
    receipts = [row for row in rows if row["kind"] == "receipt"]
    assert len(receipts) == 3
    for row in receipts:
        message = posted(folder / row["file"])
        if "REFUSED" in row["expect"]:
            with pytest.raises(Refused) as refused:
                open_signal(*message, keyring=ANYBODY, now=NOW)
            assert refused.value.code is Ebms.FAILED_AUTHENTICATION
        else:
            received = open_signal(*message, keyring=ANYBODY, now=NOW)
            assert received.signal.receipt and len(received.signal.receipt) == 3


def test_a_recorded_message_verifies_but_its_key_transport_is_outside_of_the_profile(shared: Path) -> None:
    """Holodeck's older key transport is refused by profile 1.15, and let through where a partner is granted it."""
    text = (shared / "as4/recorded/from-holodeck-1.xml").read_text(encoding="utf-8")
    envelope = read_envelope(text[text.index("-->") + 3 :].strip().encode())
    claim = read_claim(envelope, held=Certificates(), suite=EDELIVERY_1_15)
    (attachment,) = (uri for uri in (row.get("URI", "") for row in claim.references) if not uri.startswith("#"))
    # The attachment was not recorded: without its reference, header and body are verified as usual.
    local = replace(claim, references=tuple(row for row in claim.references if row.get("URI", "") != attachment))
    assert len(require_covered(local, envelope, {}).parts) == 2
    sealed = {attachment.removeprefix("cid:"): b"\0" * 60}
    refusals: list[Ebms] = []
    for suite in (EDELIVERY_1_15, EDELIVERY_1_15_TOLERANT):
        with pytest.raises(Refused) as refused:
            decrypted(envelope, sealed, own=OwnKeys(), suite=suite)
        refusals.append(refused.value.code)
    assert refusals == [Ebms.POLICY_NONCOMPLIANCE, Ebms.FAILED_DECRYPTION]


# --- key references -------------------------------------------------------------------------------------------------


def named_otherwise(reference: str, token: str = "") -> tuple[str, bytes]:
    """The message with the signer named in another way: KeyInfo is not signed, so a product may write any."""
    message = wire()
    start = message.soap.rindex("<wsse:BinarySecurityToken")
    end = message.soap.index("<ds:Signature")
    soap = message.soap[:start] + token + message.soap[end:]
    old = soap[soap.rindex("<wsse:Reference") : soap.rindex("</wsse:SecurityTokenReference>")]
    head, _, tail = soap.rpartition(old)
    return replace(message, soap=head + reference + tail).packed()


def der(key: OwnKey | x509.Certificate) -> bytes:
    """A certificate's bytes."""
    certificate = key.certificate if isinstance(key, OwnKey) else key
    return certificate.public_bytes(serialization.Encoding.DER)


def sequence(content: bytes) -> bytes:
    """A DER sequence."""
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def path_token(*certificates: bytes) -> tuple[str, str]:
    """A token with a certificate path, and the reference to it."""
    value = b64encode(sequence(b"".join(certificates))).decode()
    token = (
        f'<wsse:BinarySecurityToken EncodingType="{names.BASE64}" ValueType="{names.X509_PKI_PATH}" wsu:Id="path">'
        f"{value}</wsse:BinarySecurityToken>"
    )
    return f'<wsse:Reference URI="#path" ValueType="{names.X509_PKI_PATH}"/>', token


def subject_key(certificate: x509.Certificate) -> str:
    """A key identifier."""
    value = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return f'<wsse:KeyIdentifier ValueType="{names.X509_SUBJECT_KEY}">{b64encode(value).decode()}</wsse:KeyIdentifier>'


def issuer_serial(name: str, number: int) -> str:
    """An issuer's name and a number."""
    pair = f"<ds:X509IssuerName>{name}</ds:X509IssuerName><ds:X509SerialNumber>{number}</ds:X509SerialNumber>"
    return f"<ds:X509Data><ds:X509IssuerSerial>{pair}</ds:X509IssuerSerial></ds:X509Data>"


def key_references() -> dict[str, tuple[str, str]]:
    """Every way to name A's key, as products write it: reference and token."""
    certificate = own_key("AP-A").certificate
    number = certificate.serial_number
    return {
        "subject key identifier": (subject_key(certificate), ""),
        "issuer and serial, RFC 4514": (issuer_serial(certificate.issuer.rfc4514_string(), number), ""),
        "issuer and serial, as .NET writes it": (issuer_serial('CN=Prøve-CA, O="Prøve, Samspil", C=DK', number), ""),
        "issuer and serial, the other way round": (issuer_serial(r"C=DK,O=Prøve\, Samspil,CN=prøve-ca", number), ""),
        "path, leaf first": path_token(der(own_key("AP-A")), der(authority().certificate)),
        "path, leaf last": path_token(der(authority().certificate), der(own_key("AP-A"))),
        "path of one": path_token(der(own_key("AP-A"))),
    }


@pytest.mark.parametrize("name", key_references())
def test_a_key_may_be_named_in_four_ways(name: str) -> None:
    """A token of its own stands in every other test; here are the rest."""
    reference, token = key_references()[name]
    content_type, body = named_otherwise(reference, token)
    ring = replace(keyring("AP-B"), partners=Certificates((own_key("AP-C").certificate, own_key("AP-A").certificate)))
    assert open_message(content_type, body, keyring=ring, now=NOW).signer == own_key("AP-A").certificate


@pytest.mark.parametrize(
    ("reference", "token"),
    [
        (subject_key(own_key("AP-D").certificate), ""),
        (issuer_serial("CN=Somebody", 1), ""),
        (issuer_serial("no name", 1), ""),
        (issuer_serial("CN=Prøve-CA,O=Prøve\\, Samspil,C=DK", -1), ""),
        path_token(der(own_key("AP-A")), der(own_key("AP-C"))),
        path_token(b"\x30\x82\xff\xff"),
        path_token(),
        path_token(*[der(own_key("AP-A"))] * 9),
        ("<ds:KeyName>AP-A</ds:KeyName>", ""),
        ("", ""),
    ],
    ids=[
        "key not held",
        "issuer not known",
        "no name",
        "no number",
        "two ends",
        "length beyond its bytes",
        "empty path",
        "long path",
        "by name alone",
        "nothing",
    ],
)
def test_a_key_that_is_not_named_so_is_refused(reference: str, token: str) -> None:
    """And always as failed authentication."""
    content_type, body = named_otherwise(reference, token)
    with pytest.raises(Refused) as refused:
        open_message(content_type, body, keyring=keyring("AP-B"), now=NOW)
    assert refused.value.code is Ebms.FAILED_AUTHENTICATION


# --- what we write, seen by others ----------------------------------------------------------------------------------


def test_what_we_sign_is_canonical_as_it_stands() -> None:
    """An independent canonicalisation of each signed element gives the bytes that we hashed."""
    soap = wire().soap
    root = etree.fromstring(soap.encode())
    write: Any = etree.tostring
    for name in ("eb:Messaging", "S12:Body", "ds:SignedInfo"):
        prefix, _, local = name.partition(":")
        namespace = {"eb": names.EBMS, "S12": names.SOAP, "ds": names.DS}[prefix]
        (element,) = root.iter(f"{{{namespace}}}{local}")
        assert write(element, method="c14n", exclusive=True).decode() == piece(soap, name)


def test_texts_with_every_awkward_character_survive() -> None:
    """Signed as written, read as meant."""
    awkward = "a & b < c > \"d\" 'e' \t å\U0001f600"
    message = replace(MESSAGE, conversation_id=awkward, receiver=Party("AP-B", awkward.replace("\t", " "), "r"))
    received = opened(pack(message, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate))
    assert received.message.conversation_id == awkward
    assert received.message.receiver.type == awkward.replace("\t", " ")
    with pytest.raises(ValueError, match="XML cannot hold"):
        pack(replace(MESSAGE, conversation_id="\0"), (), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)


def test_payloads_of_one_name_are_not_sent() -> None:
    """They could not be told apart."""
    with pytest.raises(ValueError, match="Content-ID"):
        pack(MESSAGE, (PAYLOAD, PAYLOAD), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)


def test_an_independent_library_verifies_our_signature() -> None:
    """libxmlsec, where it is installed, on header and body (it knows no attachments)."""
    xmlsec: Any = pytest.importorskip("xmlsec", reason="xmlsec is not installed")
    outgoing = pack(MESSAGE, (), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
    root = etree.fromstring(wire(outgoing).soap.encode())
    (signature,) = root.iter(f"{{{names.DS}}}Signature")
    (info,) = signature.iter(f"{{{names.DS}}}KeyInfo")
    parent: Any = signature
    parent.remove(info)
    context = xmlsec.SignatureContext()
    pem = own_key("AP-A").certificate.public_bytes(serialization.Encoding.PEM)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
    for element in root.iter():
        if element.get(f"{{{names.WSU}}}Id"):
            context.register_id(element, "Id", names.WSU)
    context.verify(signature)


def test_an_error_names_nothing_but_its_code() -> None:
    """The reason stays with us: the text of a refusal never goes out."""
    with pytest.raises(Refused) as refused:
        opened(sent(), keyring=keyring("AP-C"))
    assert "encrypted for somebody else" in refused.value.reason


def test_a_payload_is_named_as_its_sender_named_it() -> None:
    """Character set and media type travel in the header."""
    payload = Payload(content_id="p@x", content=b"<a/>", media_type="text/xml", character_set="ISO-8859-1")
    assert opened(pack(MESSAGE, (payload,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)).payloads == (
        payload,
    )
