"""Ways to name a key in a message: a token with the certificate, one with its path, or a pointer to one we hold.

We write the first. Source: WS-Security 1.1.1, X.509 Token Profile; XML Signature, KeyInfo.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Sequence

from cryptography import x509

from samspil.transports.as4 import names
from samspil.transports.as4.canonical import attribute
from samspil.transports.as4.envelope import Element, SoapEnvelope, text_of
from samspil.transports.as4.keys import Certificates, load_certificate, name_key
from samspil.transports.as4.refusal import Ebms, Refused

_MAX_PATH = 5
_TOKEN = f"{{{names.WSSE}}}BinarySecurityToken"
_REFERENCE = f"{{{names.WSSE}}}Reference"
_KEY_IDENTIFIER = f"{{{names.WSSE}}}KeyIdentifier"
_X509_DATA = f"{{{names.DS}}}X509Data"
_ISSUER_SERIAL = f"{{{names.DS}}}X509IssuerSerial"


def certificate_of(key_info: Element, envelope: SoapEnvelope, held: Certificates) -> x509.Certificate:
    """The certificate that a KeyInfo names. Errors: Refused, EBMS:0101."""
    reference = _single(key_info, f"{{{names.WSSE}}}SecurityTokenReference")
    (named,) = _exactly_one(list(reference.iterchildren("*")))
    read = _FORMS.get(named.tag)
    if read is None:
        raise _unnamed("a way to name a key that we do not know")
    return read(named, envelope, held)


def _single(parent: Element, tag: str) -> Element:
    found = _exactly_one(list(parent.iterchildren("*")))[0]
    if found.tag != tag:
        raise _unnamed("KeyInfo without a token reference")
    return found


def _exactly_one(found: Sequence[Element]) -> Sequence[Element]:
    if len(found) != 1:
        raise _unnamed("a key is named once")
    return found


def _unnamed(reason: str) -> Refused:
    return Refused(Ebms.FAILED_AUTHENTICATION, reason)


def _from_token(named: Element, envelope: SoapEnvelope, held: Certificates) -> x509.Certificate:
    """A token in the security header itself: one elsewhere in the document is not looked at."""
    uri = named.get("URI", "")
    token = envelope.by_id.get(uri[1:]) if uri.startswith("#") else None
    if token is None or token.tag != _TOKEN or token.getparent() is not envelope.security:
        raise _unnamed("the token is not where it must be")
    der = _decoded(text_of(token))
    match token.get("ValueType"):
        case names.X509_V3:
            return load_certificate(der)
        case names.X509_PKI_PATH:
            return leaf_of(certificates_in_path(der))
        case _:
            raise _unnamed("a token of a kind that we do not know")


def _from_subject_key(named: Element, envelope: SoapEnvelope, held: Certificates) -> x509.Certificate:
    if named.get("ValueType") != names.X509_SUBJECT_KEY:
        raise _unnamed("a key identifier of a kind that we do not know")
    found = held.by_subject_key.get(_decoded(text_of(named)))
    if found is None:
        raise _unnamed("a key that we do not hold the certificate of")
    return found


def _from_issuer_serial(named: Element, envelope: SoapEnvelope, held: Certificates) -> x509.Certificate:
    (pair,) = _exactly_one(list(named.iterchildren("*")))
    issuer, serial = pair.find(f"{{{names.DS}}}X509IssuerName"), pair.find(f"{{{names.DS}}}X509SerialNumber")
    if pair.tag != _ISSUER_SERIAL or issuer is None or serial is None:
        raise _unnamed("X509Data without issuer and number")
    number = text_of(serial)
    try:
        name = x509.Name.from_rfc4514_string(_plain_name(text_of(issuer)))
    except ValueError as fault:
        raise _unnamed("an issuer's name that cannot be read") from fault
    if not (number.isascii() and number.isdigit() and len(number) <= 60):
        raise _unnamed("a serial number that is none")
    found = held.by_serial.get((name_key(name), int(number)))
    if found is None:
        raise _unnamed("a key that we do not hold the certificate of")
    return found


def _plain_name(text: str) -> str:
    """QUIRK: .NET and Java put a blank after each comma, and write S= and E= where RFC 4514 has other names."""
    pieces = [piece.strip() for piece in _split_name(text)]
    return ",".join(_SPELLINGS.get(key, key) + "=" + value for key, _, value in (p.partition("=") for p in pieces))


_SPELLINGS = {"S": "ST", "E": "1.2.840.113549.1.9.1", "EMAILADDRESS": "1.2.840.113549.1.9.1", "SERIALNUMBER": "2.5.4.5"}


def _split_name(text: str) -> list[str]:
    """The parts between commas that no backslash or quotation mark makes ordinary."""
    pieces, quoted, escaped = [""], False, False
    for character in text:
        if escaped or character == "\\":
            escaped = not escaped
        elif character == '"':
            quoted = not quoted
            continue
        if character == "," and not quoted and not escaped and not pieces[-1].endswith("\\"):
            pieces.append("")
        else:
            pieces[-1] += f"\\{character}" if quoted and character == "," else character
    return pieces


_FORMS: dict[str, Callable[[Element, SoapEnvelope, Certificates], x509.Certificate]] = {
    _REFERENCE: _from_token,
    _KEY_IDENTIFIER: _from_subject_key,
    _X509_DATA: _from_issuer_serial,
}


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (Error, ValueError) as fault:
        raise _unnamed("a token is no base64") from fault


def certificates_in_path(der: bytes) -> list[x509.Certificate]:
    """The certificates of a PKIPath: a DER sequence of them, in whatever order. Errors: Refused."""
    inner, rest = _der_content(der)
    if der[:1] != b"\x30" or rest:
        raise _unnamed("a certificate path that cannot be read")
    found: list[x509.Certificate] = []
    while inner:
        _, following = _der_content(inner)
        found.append(load_certificate(inner[: len(inner) - len(following)]))
        inner = following
        if len(found) > _MAX_PATH:
            raise _unnamed("a certificate path that is too long")
    return found


def _der_content(der: bytes) -> tuple[bytes, bytes]:
    """The content of the first DER element, and what follows it."""
    length, start = (der[1], 2) if len(der) > 1 else (0, 0)
    if length >= 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
        if not 1 <= count <= 4:
            raise _unnamed("a certificate path that cannot be read")
    if start == 0 or start + length > len(der):
        raise _unnamed("a certificate path that cannot be read")
    return der[start : start + length], der[start + length :]


def leaf_of(path: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that none of the others was issued by. Products differ in the order they write."""
    issuers = {name_key(item.issuer) for item in path if item.issuer != item.subject}
    leaves = [item for item in path if name_key(item.subject) not in issuers]
    if len(leaves) != 1:
        raise _unnamed("a certificate path without one end")
    return leaves[0]


def written_token(certificate_base64: str, *, element_id: str) -> str:
    """The token that carries a certificate of ours."""
    return (
        f"<wsse:BinarySecurityToken EncodingType={attribute(names.BASE64)} ValueType={attribute(names.X509_V3)}"
        f" wsu:Id={attribute(element_id)}>{certificate_base64}</wsse:BinarySecurityToken>"
    )


def written_reference_to(element_id: str) -> str:
    """The KeyInfo that names that token."""
    return (
        f"<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI={attribute('#' + element_id)}"
        f" ValueType={attribute(names.X509_V3)}></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo>"
    )
