"""Which machine is calling: by bearer token, by client certificate, or, on a demonstration's own machine, anyone.

A certificate counts when our own TLS server verified it, or when a proxy that we trust says in a header which one it
verified. Nobody is told what was wrong with their credentials, and who guesses too often must wait.
Sources: RFC 6750 (bearer), RFC 8705 (certificates by thumbprint), RFC 9440 (Client-Cert).
"""

import base64
import binascii
import hashlib
import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from samspil.access.callers import Caller
from samspil.transports.http.attempts import Attempts
from samspil.transports.http.negotiation import Headers, header, header_text
from samspil.transports.http.problems import Problem

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
CHALLENGE = (b"www-authenticate", b'Bearer realm="samspil"')
CHALLENGE_AGAIN = (b"www-authenticate", b'Bearer realm="samspil", error="invalid_token"')
MOST_TOKEN_BYTES = 4096


class Clients(Protocol):
    """The register of machine callers, in memory. `samspil.access.clients.Clients` is one."""

    def authenticate(self, token: str) -> Caller | None:
        """Whose token this is, if it stands."""
        ...

    def recognise(self, certificate: bytes) -> Caller | None:
        """Whose certificate has this SHA-256 of its DER bytes, if it stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Ways in beside the token.

    `proxies` are the networks whose hosts may name a certificate in `certificate_header`, and the address they
    speak for in X-Forwarded-For. `loopback` is who a caller without credentials is on the site's own machine: the
    demonstration's, and nobody's elsewhere.
    """

    proxies: tuple[Network, ...] = ()
    certificate_header: str = ""
    loopback: Caller | None = None


class Callers:
    """Finds out who is calling."""

    def __init__(self, clients: Clients, doors: Doors, attempts: Attempts) -> None:
        self._clients = clients
        self._doors = doors
        self._attempts = attempts

    def find(self, scope: Mapping[str, Any]) -> Caller:
        """The caller. Errors: Problem when there is none."""
        headers: Headers = scope["headers"]
        shown = header(headers, b"authorization")
        if shown is not None:
            token = _token(shown)
            return self._known(None if token is None else self._clients.authenticate(token), scope)
        fingerprint = self._fingerprint(scope)
        if fingerprint is not None:
            return self._known(self._clients.recognise(fingerprint), scope)
        if self._doors.loopback is not None and _is_local(scope):
            if _comes_from_a_page(headers):
                raise Problem("access.browser.foreign")
            return self._doors.loopback
        raise Problem("access.credentials.missing", headers=(CHALLENGE,))

    def _known(self, caller: Caller | None, scope: Mapping[str, Any]) -> Caller:
        """Valid credentials always pass, so that nobody can lock a neighbour out by guessing."""
        if caller is not None:
            return caller
        address = self.address(scope)
        wait = self._attempts.wait_seconds(address)
        if wait:
            raise Problem("access.attempts.many", retry_after_seconds=wait)
        self._attempts.failed(address)
        raise Problem("access.credentials.refused", headers=(CHALLENGE_AGAIN,))

    def address(self, scope: Mapping[str, Any]) -> str:
        """Where the call comes from, seen past the proxies we trust."""
        peer = _peer(scope)
        if not self._is_proxy(peer):
            return peer
        hops = [hop.strip() for hop in header_text(scope["headers"], b"x-forwarded-for").split(",")]
        return next((hop for hop in reversed(hops) if hop and not self._is_proxy(hop)), peer)

    def _is_proxy(self, address: str) -> bool:
        return bool(self._doors.proxies) and _lies_in(address, self._doors.proxies)

    def _fingerprint(self, scope: Mapping[str, Any]) -> bytes | None:
        """SHA-256 of the caller's certificate, if it showed one in a way that we trust."""
        tls = scope.get("extensions", {}).get("tls")
        if tls is not None and tls.get("client_cert_chain"):
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(tls["client_cert_chain"][0])).digest()
        name = self._doors.certificate_header
        if name and self._is_proxy(_peer(scope)):
            value = header(scope["headers"], name.lower().encode())
            return None if not value else hashlib.sha256(_certificate(value)).digest()
        return None


def _certificate(value: bytes) -> bytes:
    """DER bytes from a proxy's header: `:base64:` as RFC 9440 spells them, or PEM with %-escapes.

    Bytes that are neither stand for themselves: nobody has such a certificate.
    """
    try:
        if value.startswith(b":"):
            return base64.b64decode(value.strip(b": "), validate=True)
        return ssl.PEM_cert_to_DER_cert(unquote_to_bytes(value).decode("ascii"))
    except (binascii.Error, ValueError):
        return value


def _token(shown: bytes) -> str | None:
    """The token of an Authorization header, or None if it is of another kind."""
    scheme, _, token = shown.partition(b" ")
    fits = scheme.lower() == b"bearer" and len(token) <= MOST_TOKEN_BYTES and token.isascii()
    return token.strip().decode() if fits else None


def _peer(scope: Mapping[str, Any]) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _lies_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"})
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def _is_local(scope: Mapping[str, Any]) -> bool:
    """Does the call come from this machine itself, not through something that forwards from elsewhere?"""
    return _lies_in(_peer(scope), _LOOPBACK) and all(name not in _FORWARDED for name, _ in scope["headers"])


def _comes_from_a_page(headers: Headers) -> bool:
    """Is a browser calling for a page that is not ours, or under a name that is not this machine's own?"""
    site = header(headers, b"sec-fetch-site")
    if site is not None and site not in {b"same-origin", b"none"}:
        return True
    host = header_text(headers, b"host")
    origin = header_text(headers, b"origin")
    if origin and origin.partition("://")[2] != host:
        return True
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.strip("[]") not in {"localhost", ""} and not _lies_in(name.strip("[]"), _LOOPBACK)
