"""API clients: other people's programs, known by a bearer token or by their TLS certificate.

A token is 256 random bits, shown once; stored is its SHA-256, which is enough for a secret nobody can guess. `Clients`
answers from memory; `samspil.access.register` renews it within a second of a change. The acts are behind
`samspil admin client add|list|remove`.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from samspil.access.acting import acting
from samspil.access.audit import Act
from samspil.access.callers import Caller
from samspil.access.organisations import checked_name, get_organisation
from samspil.access.refusals import Refusal, reaches, require
from samspil.access.rights import CLIENT_RIGHTS, Right
from samspil.storage.database import Database, Work

PREFIX = "samspil_"  # lets scanners find a token that was published by mistake
TOKEN_BYTES = 32
FINGERPRINT_DIGITS = 64
_RIGHTS = {right.value: right for right in Right}

_CLIENTS = """
select c.id, c.name, c.organisation, c.rights, c.token_hash, c.certificate, c.expires_at,
       array(select g.gln from organisation_gln g where g.organisation = c.organisation and g.held_until is null)
from client c
where c.removed_at is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client as its operator sees it. The token is not among it: nobody can read it again."""

    id: UUID
    name: str
    organisation: UUID | None
    rights: frozenset[Right]
    has_token: bool
    certificate: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Known:
    """A client as its credentials find it."""

    caller: Caller
    expires_at: datetime | None


class Clients:
    """All clients by their credentials, in memory. A look-up costs a hash."""

    def __init__(self) -> None:
        self._by_token: dict[bytes, _Known] = {}
        self._by_certificate: dict[bytes, _Known] = {}

    def authenticate(self, token: str, *, at: datetime | None = None) -> Caller | None:
        """Whose token this is, or None: never seen, revoked or expired."""
        return _current(self._by_token.get(hash_token(token)), at)

    def recognise(self, certificate: bytes, *, at: datetime | None = None) -> Caller | None:
        """Whose certificate has this SHA-256 (of its DER form). That the peer holds its key, TLS has proved."""
        return _current(self._by_certificate.get(certificate), at)

    async def renew(self, work: Work) -> None:
        """Read all clients and answer from them from now on."""
        by_token: dict[bytes, _Known] = {}
        by_certificate: dict[bytes, _Known] = {}
        for row in await work.rows(_CLIENTS):
            known = _Known(_caller(row), row[6])
            if row[4] is not None:
                by_token[row[4]] = known
            if row[5] is not None:
                by_certificate[row[5]] = known
        self._by_token, self._by_certificate = by_token, by_certificate


async def add_client(
    database: Database,
    *,
    by: Caller,
    name: str,
    rights: Iterable[Right],
    organisation: UUID | None = None,
    token: bool = True,
    certificate: bytes | str | None = None,
    expires_at: datetime | None = None,
) -> tuple[Client, str | None]:
    """Add a client of an organisation (None: of the whole site); give it and its token, which is never shown again.

    `certificate` is a PEM or DER file's content, or the 64 hexadecimal digits of its SHA-256. Errors: Refusal.
    """
    async with acting(database, by=by, act=Act.CLIENT_ADD) as deed:
        if not reaches(by, organisation):
            raise Refusal("access.site.only")
        secret = new_token() if token else None
        fingerprint = None if certificate is None else read_fingerprint(certificate)
        if secret is None and fingerprint is None:
            raise Refusal("register.credentials.missing")
        if organisation is not None:
            deed.concerns = (await get_organisation(deed.work, organisation)).glns
        client = Client(
            id=uuid4(),
            name=checked_name(name),
            organisation=organisation,
            rights=_checked_rights(rights, organisation),
            has_token=secret is not None,
            certificate=fingerprint.hex() if fingerprint else None,
            expires_at=expires_at,
        )
        await deed.work.execute(
            "insert into client (id, organisation, name, token_hash, certificate, rights, expires_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            client.id,
            organisation,
            client.name,
            None if secret is None else hash_token(secret),
            fingerprint,
            sorted(right.value for right in client.rights),
            expires_at,
        )
        deed.object_id = client.id
        deed.facts["rights"] = sorted(client.rights)
        return client, secret


async def renew_token(database: Database, *, by: Caller, client: UUID) -> str:
    """Give a client a new token; the old one ends at once. Errors: Refusal."""
    async with acting(database, by=by, act=Act.CLIENT_RENEW, object_id=client) as deed:
        await _get(deed.work, by, client)
        secret = new_token()
        await deed.work.execute("update client set token_hash = $2 where id = $1", client, hash_token(secret))
        return secret


async def remove_client(database: Database, *, by: Caller, client: UUID) -> None:
    """End a client: every node refuses its credentials within two seconds. Errors: Refusal."""
    async with acting(database, by=by, act=Act.CLIENT_REMOVE, object_id=client) as deed:
        await _get(deed.work, by, client)
        await deed.work.execute("update client set removed_at = now() where id = $1", client)


async def list_clients(database: Database, *, by: Caller) -> list[Client]:
    """The clients a caller administers, by name. Errors: Refusal."""
    require(by, Right.ADMINISTER)
    found = [_client(row) for row in await database.rows(f"{_CLIENTS} order by c.name, c.id")]
    return [item for item in found if reaches(by, item.organisation)]


def new_token() -> str:
    """A token nobody can guess."""
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def read_fingerprint(certificate: bytes | str) -> bytes:
    """The SHA-256 of a certificate's DER form, from the certificate or from its hexadecimal digits. Errors: Refusal."""
    text = certificate if isinstance(certificate, str) else certificate.decode("latin-1")
    digits = text.replace(":", "").strip()
    if len(digits) == FINGERPRINT_DIGITS:
        try:
            return bytes.fromhex(digits)
        except ValueError:
            raise Refusal("register.certificate.malformed") from None
    content = text.encode("latin-1", "replace")
    try:
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
        return load(content).fingerprint(SHA256())
    except ValueError:
        raise Refusal("register.certificate.malformed") from None


async def _get(work: Work, by: Caller, identifier: UUID) -> None:
    """Errors: Refusal if there is no such client, or it is none of the caller's."""
    row = await work.row("select organisation from client where id = $1 and removed_at is null for update", identifier)
    if row is None or not reaches(by, row[0]):
        raise Refusal("register.client.unknown")


def _checked_rights(rights: Iterable[Right], organisation: UUID | None) -> frozenset[Right]:
    asked = frozenset(rights)
    relays_for_one = Right.RELAY in asked and organisation is not None
    if not asked or asked - CLIENT_RIGHTS or relays_for_one:
        raise Refusal("register.rights.wrong")
    return asked


def _current(known: _Known | None, at: datetime | None) -> Caller | None:
    if known is None:
        return None
    if known.expires_at is not None and known.expires_at <= (at or datetime.now(UTC)):
        return None
    return known.caller


def _caller(row: tuple[Any, ...]) -> Caller:
    identifier, name, organisation, rights, *_, glns = row
    return Caller(
        id=identifier,
        kind="client",
        name=name,
        organisation=organisation,
        glns=None if organisation is None else frozenset(glns),
        rights=known_rights(rights),
    )


def _client(row: tuple[Any, ...]) -> Client:
    identifier, name, organisation, rights, token_hash, certificate, expires_at, _ = row
    return Client(
        id=identifier,
        name=name,
        organisation=organisation,
        rights=known_rights(rights),
        has_token=token_hash is not None,
        certificate=certificate.hex() if certificate else None,
        expires_at=None if expires_at is None else expires_at.astimezone(UTC),
    )


def known_rights(values: Iterable[str]) -> frozenset[Right]:
    """Rights as stored; one that only a newer version knows gives nothing here."""
    return frozenset(_RIGHTS[value] for value in values if value in _RIGHTS)
