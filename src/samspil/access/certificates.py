"""The store of keys and certificates: add, remove, trust, take a revocation list in; and the view that wires work by.

Each act is one audited transaction of a caller of the whole site. Keys are sealed with the site's key. `Keyrings` gives
the current view (`trust/keyring.py`, where the questions are that wires and pages ask); it costs nothing while the
register stands still.

    keyrings = Keyrings(database, site_key)
    keyring = await keyrings.current()
    own = keyring.signer("ehmi", at=now)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding

from samspil.access.acting import Deed, acting
from samspil.access.audit import Act
from samspil.access.callers import Caller
from samspil.access.keys import SiteKey
from samspil.access.refusals import Refusal, require
from samspil.access.rights import Right
from samspil.access.trust.chain import Revocation, TrustList, is_authority
from samspil.access.trust.keyring import DEFAULT_NETWORK, Keyring, OwnCertificate, PartnerCertificate
from samspil.access.trust.lists import CRL, RevocationList
from samspil.access.trust.reading import Material, key_of, key_text
from samspil.access.trust.roles import CertificateRole, judge_role, roles_of
from samspil.storage.database import Database, Work

log = structlog.get_logger(__name__)

LONGEST_PARTY = 255
_NETWORK = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_POLICY = re.compile(r"[0-2](\.[0-9]{1,39}){1,30}")

_ADD = """
insert into certificate (id, network, kind, party, roles, sha256, der, key, ends_at, use_from)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ALL = """
select id, network, kind, party, roles, der, key, use_from from certificate
where removed_at is null order by added_at, id
"""
_NETWORKS = "select name, policies, revocation from trust_network order by name"
_LISTS = "select der from revocation_list"
_TAKE_LIST = """
insert into revocation_list (issuer, scope, der, this_update, next_update) values ($1, $2, $3, $4, $5)
on conflict (issuer, scope) do update
    set der = excluded.der, this_update = excluded.this_update, next_update = excluded.next_update, taken_at = now()
    where revocation_list.this_update <= excluded.this_update
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the store as it is listed. `kind`: own, partner, anchor or intermediate."""

    id: UUID
    network: str
    kind: str
    party: str
    roles: tuple[CertificateRole, ...]
    certificate: x509.Certificate
    use_from: datetime


async def add_certificate(
    database: Database,
    key: SiteKey,
    *,
    by: Caller,
    material: Material,
    at: datetime,
    network: str = DEFAULT_NETWORK,
    roles: Iterable[CertificateRole] = (),
    party: str = "",
    use_from: datetime | None = None,
) -> Entry:
    """Add a certificate of ours with its key, or a partner's without. Authorities that came with it become links.

    Without `roles` it gets all that its usage allows. `use_from` is when it takes over from older ones; else at once.
    Errors: Refusal.
    """
    async with acting(database, by=by, act=Act.CERTIFICATE_ADD, whole_site=True) as deed:
        leaf = material.leaf()
        wanted = tuple(roles) or roles_of(leaf)
        _check(material, leaf, wanted, party)
        await _ensure_network(deed.work, network)
        entry = Entry(
            id=uuid4(),
            network=network,
            kind="partner" if party else "own",
            party=party,
            roles=wanted,
            certificate=leaf,
            use_from=use_from or max(at, leaf.not_valid_before_utc),
        )
        await _insert(deed.work, key, entry, material)
        for each in material.certificates:
            if each != leaf and is_authority(each) and each.issuer != each.subject:
                await _insert_authority(deed.work, network, each, kind="intermediate", at=at)
        deed.object_id, deed.concerns = entry.id, (party,) if party else ()
        deed.facts |= {"network": network, "roles": list(wanted), "sha256": fingerprint(leaf).hex()}
        return entry


async def remove_certificate(database: Database, *, by: Caller, certificate: UUID) -> None:
    """Remove one, its key for good. Errors: Refusal for one that is not there."""
    async with acting(database, by=by, act=Act.CERTIFICATE_REMOVE, object_id=certificate, whole_site=True) as deed:
        row = await deed.work.row(
            "update certificate set removed_at = now(), key = null where id = $1 and removed_at is null"
            " returning network, party, sha256",
            certificate,
        )
        if row is None:
            raise Refusal("certificate.unknown")
        deed.concerns = (row[1],) if row[1] else ()
        deed.facts |= {"network": row[0], "sha256": bytes(row[2]).hex()}


async def trust(
    database: Database,
    *,
    by: Caller,
    at: datetime,
    network: str = DEFAULT_NETWORK,
    material: Material | None = None,
    anchor: bool = False,
    policies: Sequence[str] | None = None,
    revocation: Revocation | None = None,
) -> None:
    """Say whom a network believes, and what it asks of certificates; what is not given stays as it is.

    An authority that issued itself becomes an anchor, another a link below one, or with `anchor` an anchor too.
    Revocation lists in the material are taken in. Errors: Refusal.
    """
    material = material or Material()
    async with acting(database, by=by, act=Act.CERTIFICATE_TRUST, object_id=network, whole_site=True) as deed:
        if any(not _POLICY.fullmatch(policy) for policy in policies or ()):
            raise Refusal("certificate.network.malformed")
        await _ensure_network(deed.work, network)
        for each in material.certificates:
            if not is_authority(each):
                raise Refusal("certificate.trust.leaf")
            kind = "anchor" if anchor or each.issuer == each.subject else "intermediate"
            await _insert_authority(deed.work, network, each, kind=kind, at=at)
        await deed.work.execute(
            "update trust_network set policies = coalesce($2::text[], policies),"
            " revocation = coalesce($3::text, revocation) where name = $1",
            network,
            None if policies is None else list(policies),
            None if revocation is None else revocation.value,
        )
        for each in material.lists:
            await _take_list(deed.work, each)
        _tell_trust(deed, material, policies, revocation)


async def take_list(database: Database, *, by: Caller, crl: CRL) -> None:
    """Let a newer revocation list count. Errors: Refusal if no authority known here signed it, or it is older."""
    async with acting(database, by=by, act=Act.CERTIFICATE_LIST, whole_site=True) as deed:
        await _take_list(deed.work, crl)
        deed.object_id = _digest(crl.issuer.public_bytes()).hex()
        deed.facts |= {"from": crl.last_update_utc.isoformat(), "sha256": _digest(_der(crl)).hex()}


async def has_list(database: Database, crl: CRL) -> bool:
    """Is it this very list that is kept?"""
    return await database.row("select 1 from revocation_list where der = $1", _der(crl)) is not None


async def list_certificates(database: Database, *, by: Caller) -> list[Entry]:
    """All that are kept, in the order they were added; keys are not among it. Errors: Refusal.

    What is to be said of each is `Keyring.expiries` and `Keyring.trust(network).judge`.
    """
    require(by, Right.ADMINISTER)
    return [_entry(row) for row in await database.rows(_ALL)]


async def load_keyring(work: Work, key: SiteKey) -> Keyring:
    """Everything as a transaction sees it."""
    rows = await work.rows(_ALL)
    lists = [RevocationList(x509.load_der_x509_crl(bytes(der))) for (der,) in await work.rows(_LISTS)]
    entries = [(_entry(row), row[6]) for row in rows]
    networks = {
        name: _trust_list(name, policies, revocation, [entry for entry, _ in entries], lists)
        for name, policies, revocation in await work.rows(_NETWORKS)
    }
    return Keyring(
        own=tuple(_own(entry, sealed, key) for entry, sealed in entries if entry.kind == "own"),
        partners=tuple(
            PartnerCertificate(**_held(entry), party=entry.party) for entry, _ in entries if entry.kind == "partner"
        ),
        networks=networks,
    )


class Keyrings:
    """The current view, read anew when the register has changed; asked for at most once a second."""

    POLL_SECONDS = 1.0

    def __init__(self, database: Database, key: SiteKey) -> None:
        self._database = database
        self._key = key
        self._revision: int | None = None
        self._asked = -self.POLL_SECONDS
        self._keyring = Keyring()

    async def current(self, *, fresh: bool = False) -> Keyring:
        """The keyring; `fresh` asks the database whatever the time. Errors: Unreachable when it must be asked."""
        if not fresh and self._revision is not None and monotonic() - self._asked < self.POLL_SECONDS:
            return self._keyring
        row = await self._database.row("select revision from access_revision")
        revision = row[0] if row else 0
        if revision != self._revision:
            async with self._database.transaction() as work:
                await work.execute("set transaction isolation level repeatable read, read only")
                row = await work.row("select revision from access_revision")
                self._keyring = await load_keyring(work, self._key)
            self._revision = row[0] if row else 0
        self._asked = monotonic()
        return self._keyring


async def due_places(database: Database, urls: Iterable[str], *, at: datetime) -> list[str]:
    """Those places of revocation lists that are to be asked now."""
    rows = await database.rows("select url from revocation_place where next_at > $1", at)
    return sorted(set(urls) - {url for (url,) in rows})


async def note_place(database: Database, url: str, *, at: datetime, fetched: bool, again_after: timedelta) -> None:
    """Keep when a place was asked, and when it is to be asked again."""
    await database.execute(
        "insert into revocation_place (url, tried_at, fetched_at, next_at)"
        " values ($1, $2::timestamptz, case when $3::boolean then $2 end, $4)"
        " on conflict (url) do update set tried_at = excluded.tried_at, next_at = excluded.next_at,"
        " fetched_at = coalesce(excluded.fetched_at, revocation_place.fetched_at)",
        url,
        at,
        fetched,
        at + again_after,
    )


def fingerprint(certificate: x509.Certificate) -> bytes:
    """SHA-256 of the whole certificate."""
    return certificate.fingerprint(SHA256())


def _check(material: Material, leaf: x509.Certificate, roles: Sequence[CertificateRole], party: str) -> None:
    """Can it be kept as that? Errors: Refusal."""
    if party and material.key is not None:
        raise Refusal("certificate.key.partners")
    if not party and material.key is None:
        raise Refusal("certificate.key.missing")
    for role in roles or tuple(CertificateRole):
        for issue in judge_role(leaf, role):
            raise Refusal(issue.code, role=role.value)


async def _ensure_network(work: Work, network: str) -> None:
    if not _NETWORK.fullmatch(network):
        raise Refusal("certificate.network.malformed")
    await work.execute("insert into trust_network (name) values ($1) on conflict do nothing", network)


async def _insert(work: Work, key: SiteKey, entry: Entry, material: Material) -> None:
    sealed = None if material.key is None else key.seal(key_text(material.key), about=entry.id)
    certificate = entry.certificate
    await work.execute(
        _ADD,
        entry.id,
        entry.network,
        entry.kind,
        entry.party[:LONGEST_PARTY],
        [role.value for role in entry.roles],
        fingerprint(certificate),
        _der(certificate),
        sealed,
        certificate.not_valid_after_utc,
        entry.use_from,
    )


async def _insert_authority(work: Work, network: str, each: x509.Certificate, *, kind: str, at: datetime) -> None:
    """Add one unless it is there; as an anchor, it takes the place of the link it was."""
    digest = fingerprint(each)
    held = await work.row(
        "select id from certificate where network = $1 and sha256 = $2 and removed_at is null"
        " and kind in ('anchor', 'intermediate')",
        network,
        digest,
    )
    if held is None:
        values = _der(each), None, each.not_valid_after_utc, at
        await work.execute(_ADD, uuid4(), network, kind, "", [], digest, *values)
    elif kind == "anchor":
        await work.execute("update certificate set kind = 'anchor' where id = $1", held[0])


async def _take_list(work: Work, crl: CRL) -> None:
    found = RevocationList(crl)
    rows = await work.rows(
        "select der from certificate where removed_at is null and kind in ('anchor', 'intermediate')"
    )
    if not any(found.is_from(x509.load_der_x509_certificate(bytes(der))) for (der,) in rows):
        raise Refusal("certificate.list.foreign")
    try:
        scope = found.scope
    except ValueError:
        raise Refusal("certificate.file.unreadable") from None
    taken = await work.execute(
        _TAKE_LIST,
        _digest(crl.issuer.public_bytes()),
        _digest(scope.public_bytes() if scope else b""),
        _der(crl),
        crl.last_update_utc,
        crl.next_update_utc,
    )
    if not taken:
        raise Refusal("certificate.list.older")


def _tell_trust(deed: Deed, material: Material, policies: Sequence[str] | None, revocation: Revocation | None) -> None:
    """What the audit should know of a change of trust."""
    facts: dict[str, object] = {
        "certificates": [fingerprint(each).hex() for each in material.certificates],
        "lists": [_digest(_der(each)).hex() for each in material.lists],
        "policies": None if policies is None else list(policies),
        "revocation": None if revocation is None else revocation.value,
    }
    deed.facts |= {name: value for name, value in facts.items() if value or (name == "policies" and value is not None)}


def _entry(row: tuple[Any, ...]) -> Entry:
    identifier, network, kind, party, roles, der, _, use_from = row
    return Entry(
        id=identifier,
        network=network,
        kind=kind,
        party=party,
        roles=tuple(CertificateRole(role) for role in roles),
        certificate=x509.load_der_x509_certificate(bytes(der)),
        use_from=use_from.astimezone(UTC),
    )


def _held(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "network": entry.network,
        "certificate": entry.certificate,
        "roles": frozenset(entry.roles),
        "use_from": entry.use_from,
    }


def _own(entry: Entry, sealed: bytes | None, key: SiteKey) -> OwnCertificate:
    text = None if sealed is None else key.unseal(bytes(sealed), about=entry.id)
    found = None if text is None else key_of(text)
    if found is None:
        log.error("certificate.key.unreadable", certificate=str(entry.id))
    return OwnCertificate(**_held(entry), key=found)


def _trust_list(
    network: str, policies: list[str], revocation: str, entries: Sequence[Entry], lists: Sequence[RevocationList]
) -> TrustList:
    """One network's. Lists are given to those whose authorities signed them, whichever network they came by."""
    anchors, links = (
        tuple(each.certificate for each in entries if each.network == network and each.kind == kind)
        for kind in ("anchor", "intermediate")
    )
    return TrustList(
        network=network,
        anchors=anchors,
        intermediates=links,
        policies=tuple(policies),
        revocation=Revocation(revocation),
        lists=tuple(each for each in lists if any(each.is_from(issuer) for issuer in (*anchors, *links))),
    )


def _der(each: x509.Certificate | CRL) -> bytes:
    return each.public_bytes(Encoding.DER)


def _digest(content: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(content)
    return digest.finalize()
