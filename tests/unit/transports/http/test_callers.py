"""Who calls is told from a token, a certificate, or on a demonstration's own machine from nothing at all."""

import base64
import hashlib
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from samspil.access.callers import Caller, demo_caller
from samspil.access.rights import Right
from samspil.transports.http.attempts import Attempts
from samspil.transports.http.callers import Callers, Doors
from samspil.transports.http.problems import Problem

CLIENT = Caller(id=UUID(int=71903), kind="client", name="client-71903")
OTHER = Caller(id=UUID(int=71904), kind="client", name="client-71904")
DEMO = demo_caller([Right.SEND])
PROXY = "192.0.2.10"
PROXIES = (ipaddress.ip_network("192.0.2.0/28"),)


def certificate() -> bytes:
    """A certificate in DER form."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client-71904")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 71904, now, now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


CERTIFICATE = certificate()


class Register:
    """Two clients: one with a token, one with a certificate."""

    def authenticate(self, token: str) -> Caller | None:
        return CLIENT if token == "token-71903" else None

    def recognise(self, certificate: bytes) -> Caller | None:
        return OTHER if certificate == hashlib.sha256(CERTIFICATE).digest() else None


def asking(doors: Doors | None = None) -> Callers:
    """The edge's question, with nothing tried before."""
    return Callers(Register(), doors or Doors(), Attempts(lambda: 0.0, most=3))


def request(headers: dict[str, str | bytes] | None = None, *, peer: str = "198.51.100.7") -> dict[str, Any]:
    """A request from somewhere."""
    rows = [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in {"host": "localhost:8400", **(headers or {})}.items()
    ]
    return {"type": "http", "client": (peer, 50000), "headers": rows}


def refusal(callers: Callers, scope: dict[str, Any]) -> Problem:
    """The problem that a request ends in."""
    with pytest.raises(Problem) as refused:
        callers.find(scope)
    return refused.value


def test_a_token_names_its_client() -> None:
    """The scheme's letters may be of either case."""
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert asking().find(request({"authorization": f"{scheme} token-71903"})) is CLIENT


@pytest.mark.parametrize(
    "shown",
    ["Bearer wrong", "Bearer", "Bearer ", "Basic dG9rZW4=", "token-71903", "", b"Bearer \xff", "Bearer " + "x" * 5000],
)
def test_wrong_credentials_are_all_refused_alike(shown: str | bytes) -> None:
    """Nobody is told whether a token was unknown, cut, or no token at all."""
    problem = refusal(asking(), request({"authorization": shown}))
    assert (problem.code, problem.status) == ("access.credentials.refused", 401)
    assert (b"www-authenticate", b'Bearer realm="samspil", error="invalid_token"') in problem.headers


def test_without_credentials_the_way_in_is_named() -> None:
    """The challenge says what to show, and claims no fault."""
    problem = refusal(asking(), request())
    assert problem.code == "access.credentials.missing"
    assert problem.headers == ((b"www-authenticate", b'Bearer realm="samspil"'),)


def test_guessing_is_slowed_down_but_locks_nobody_out() -> None:
    """After some failures the address must wait, yet a valid token from there still passes."""
    callers = asking()
    wrong = request({"authorization": "Bearer guess"})
    codes = [refusal(callers, wrong).code for _ in range(5)]
    assert codes == ["access.credentials.refused"] * 3 + ["access.attempts.many"] * 2
    assert dict(refusal(callers, wrong).headers)[b"retry-after"]
    assert callers.find(request({"authorization": "Bearer token-71903"})) is CLIENT


def test_a_certificate_that_our_server_verified() -> None:
    """The ASGI server's word on TLS is taken."""
    scope = request() | {"extensions": {"tls": {"client_cert_chain": (ssl.DER_cert_to_PEM_cert(CERTIFICATE),)}}}
    assert asking().find(scope) is OTHER


@pytest.mark.parametrize(
    "spelt",
    [
        b":" + base64.b64encode(CERTIFICATE) + b":",
        quote_from_bytes(ssl.DER_cert_to_PEM_cert(CERTIFICATE).encode()).encode(),
    ],
    ids=["rfc9440", "escaped-pem"],
)
def test_a_certificate_that_a_trusted_proxy_names(spelt: bytes) -> None:
    """The header counts from a proxy of ours and from nobody else, and only when it is configured."""
    trusting = asking(Doors(proxies=PROXIES, certificate_header="Client-Cert"))
    headers: dict[str, str | bytes] = {"client-cert": spelt}
    assert trusting.find(request(headers, peer=PROXY)) is OTHER
    assert refusal(trusting, request(headers, peer="198.51.100.7")).code == "access.credentials.missing"
    assert refusal(asking(), request(headers, peer=PROXY)).code == "access.credentials.missing"
    assert refusal(asking(Doors(proxies=PROXIES)), request(headers, peer=PROXY)).code == "access.credentials.missing"


@given(st.binary(min_size=1))
def test_any_certificate_header_is_refused_or_known(value: bytes) -> None:
    """What a proxy says may be nonsense; it opens nothing."""
    callers = asking(Doors(proxies=PROXIES, certificate_header="client-cert"))
    assert refusal(callers, request({"client-cert": value}, peer=PROXY)).status == 401


def test_the_demonstration_opens_to_its_own_machine() -> None:
    """Loopback needs no credentials where the demonstration says so, and wrong ones are still wrong."""
    demo = asking(Doors(loopback=DEMO))
    for peer in ("127.0.0.1", "127.8.9.10", "::1"):
        assert demo.find(request(peer=peer)) is DEMO
    assert refusal(demo, request(peer="198.51.100.7")).code == "access.credentials.missing"
    assert refusal(asking(), request(peer="127.0.0.1")).code == "access.credentials.missing"
    assert (
        refusal(demo, request({"authorization": "Bearer wrong"}, peer="127.0.0.1")).code == "access.credentials.refused"
    )


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"])
def test_forwarded_calls_are_not_local(name: str) -> None:
    """A proxy on the same machine makes the whole world look local; what it forwards is not."""
    assert refusal(asking(Doors(loopback=DEMO)), request({name: "x"}, peer="127.0.0.1")).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "evil.example:8400"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_a_strange_page_may_not_use_the_open_door(headers: dict[str, str | bytes]) -> None:
    """A browser on the demonstration's machine shows pages of other sites too."""
    problem = refusal(asking(Doors(loopback=DEMO)), request(headers, peer="127.0.0.1"))
    assert (problem.code, problem.status) == ("access.browser.foreign", 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:8400", "sec-fetch-site": "same-origin"},
        {"host": "127.0.0.1:8400", "origin": "http://127.0.0.1:8400"},
        {"host": "[::1]:8400"},
        {"host": "[::1]"},
        {"sec-fetch-site": "none"},
    ],
)
def test_our_own_page_may(headers: dict[str, str | bytes]) -> None:
    """The demonstration's own pages and a typed address are let in."""
    assert asking(Doors(loopback=DEMO)).find(request(headers, peer="127.0.0.1")) is DEMO


def test_the_address_is_seen_past_our_proxies_only() -> None:
    """The last hop that no proxy of ours stands for is the caller; what it claims itself is not believed."""
    trusting = asking(Doors(proxies=PROXIES))
    hops: dict[str, str | bytes] = {"x-forwarded-for": "203.0.113.9, 198.51.100.7, 192.0.2.11"}
    assert trusting.address(request(hops, peer=PROXY)) == "198.51.100.7"
    assert trusting.address(request(hops, peer="198.51.100.8")) == "198.51.100.8"
    assert trusting.address(request(peer=PROXY)) == PROXY
    assert asking().address({"client": None, "headers": []}) == ""
