"""Two access points with certificates of a test authority, made once a session, and a message between them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from samspil.transports.as4.keys import OwnKey, OwnKeys, Trust
from samspil.transports.as4.messages import Party, Payload, Property, UserMessage
from samspil.transports.as4.names import INITIATOR, RESPONDER
from samspil.transports.as4.receiving import Keyring
from samspil.transports.as4.sending import Outgoing, pack

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
TYPE = "urn:example:identifiers:ap"


@dataclass(frozen=True)
class Authority:
    """A certificate authority that issues what a test asks for."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def issue(
        self, name: str, *, days: int = 365, bits: int = 2048, authority: bool = False, signs: bool = True
    ) -> OwnKey:
        """A key and its certificate, valid from a year before the test's hour and for so many days after."""
        key = new_key(bits)
        certificate = (
            builder(name, key, days=days, authority=authority, signs=signs)
            .issuer_name(self.certificate.subject)
            .sign(self.key, hashes.SHA256())
        )
        return OwnKey(key, certificate)


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A fresh RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def name_of(name: str) -> x509.Name:
    """A subject with that common name."""
    country, organisation = x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"), "Prøve, Samspil"
    attributes = [country, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def builder(
    name: str, key: rsa.RSAPrivateKey, *, days: int, authority: bool, signs: bool = True
) -> x509.CertificateBuilder:
    """A certificate but for its issuer and signature."""
    usage = {"content_commitment": False, "data_encipherment": False, "key_agreement": False, "crl_sign": authority}
    return (
        x509.CertificateBuilder()
        .subject_name(name_of(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=365))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=signs,
                key_encipherment=True,
                key_cert_sign=authority,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )


def new_authority(name: str) -> Authority:
    """A root of its own."""
    key = new_key()
    draft = builder(name, key, days=3650, authority=True)
    return Authority(key, draft.issuer_name(name_of(name)).sign(key, hashes.SHA256()))


@cache
def authority() -> Authority:
    """The test network's root."""
    return new_authority("Prøve-CA")


@cache
def own_key(name: str) -> OwnKey:
    """An access point's key."""
    return authority().issue(name)


@cache
def keyring(name: str) -> Keyring:
    """What an access point holds: its key, and the root."""
    return Keyring(own=OwnKeys((own_key(name),)), trust=Trust((authority().certificate,)))


MESSAGE = UserMessage(
    message_id="0b2f6c1e-2222-4222-8333-5a6f9b7d1f01@samspil.example",
    timestamp=NOW,
    sender=Party("AP-A", TYPE, INITIATOR),
    receiver=Party("AP-B", TYPE, RESPONDER),
    agreement="urn:example:agreement",
    service="urn:ehmi:sdn-emergence",
    service_type="example-procid",
    action="example-docid::urn:example:document",
    conversation_id="71903",
    properties=(
        Property("originalSender", "0088:5790000121526", "iso6523-actorid-upis"),
        Property("finalRecipient", "0088:5790000201389", "iso6523-actorid-upis"),
    ),
)
PAYLOAD = Payload(content_id="payload-71903@samspil.example", content=b"<Hilsen>" + b"\xc3\xb8" * 9000 + b"</Hilsen>")


@cache
def sent() -> Outgoing:
    """The message from A to B."""
    return pack(MESSAGE, (PAYLOAD,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)
