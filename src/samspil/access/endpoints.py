"""Endpoints of the register: add, change, remove, list. Each act is one audited transaction.

An endpoint decides where an organisation's messages go, so only a caller of the whole site changes one. Behind
`samspil admin endpoint add|list|remove`.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import structlog

from samspil.access.acting import acting
from samspil.access.audit import Act
from samspil.access.callers import Caller
from samspil.access.directory import DEFAULT_MAX_BYTES, Capability, Endpoint, Wire
from samspil.access.keys import SiteKey
from samspil.access.organisations import changed_fields
from samspil.access.refusals import Refusal, reaches, require
from samspil.access.rights import Right
from samspil.storage.database import Database, Work

log = structlog.get_logger(__name__)

_ENDPOINTS = """
select id, organisation, gln, wire, url, bearer, tls_ca, tls_certificate, tls_key, resend, max_payload_bytes, rank,
       active
from endpoint where removed_at is null
"""
_CAPABILITIES = """
select c.endpoint, c.standard, c.version,
       nullif(c.valid_from, '-infinity'), nullif(c.valid_until, 'infinity')
from capability c join endpoint e on e.id = c.endpoint and e.removed_at is null
order by c.standard, c.version, c.valid_from
"""


async def add_endpoint(
    database: Database,
    key: SiteKey,
    *,
    by: Caller,
    gln: str,
    wire: Wire = "mailbox",
    url: str = "",
    bearer: str | None = None,
    tls_ca: str = "",
    tls_certificate: str = "",
    tls_key: str = "",
    resend: Literal["auto", "button"] = "auto",
    max_payload_bytes: int = DEFAULT_MAX_BYTES,
    rank: int = 0,
    active: bool = True,
    capabilities: Sequence[Capability] = (),
    allow_open: bool = False,
) -> Endpoint:
    """Add an endpoint to a location number that an organisation here holds.

    `bearer` is kept sealed; `tls_*` are paths of PEM files on each node; `allow_open` permits http to other machines.
    Errors: Refusal.
    """
    async with acting(database, by=by, act=Act.ENDPOINT_ADD, whole_site=True) as deed:
        holder = await deed.work.row(
            "select organisation from organisation_gln where gln = $1 and held_until is null for share", gln
        )
        if holder is None:
            raise Refusal("register.gln.unknown", gln=gln)
        endpoint = _checked(
            Endpoint(
                id=uuid4(),
                organisation=holder[0],
                gln=gln,
                wire=wire,
                url=url,
                bearer=bearer,
                tls_ca=tls_ca,
                tls_certificate=tls_certificate,
                tls_key=tls_key,
                resend=resend,
                max_payload_bytes=max_payload_bytes,
                rank=rank,
                active=active,
                capabilities=tuple(capabilities),
            ),
            allow_open=allow_open,
        )
        await deed.work.execute(
            "insert into endpoint (id, wire, url, tls_ca, tls_certificate, tls_key, resend, max_payload_bytes, rank,"
            " active, organisation, gln) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            *_row(endpoint),
            endpoint.organisation,
            endpoint.gln,
        )
        await _write_rest(deed.work, key, endpoint)
        deed.object_id, deed.concerns = endpoint.id, (gln,)
        return endpoint


async def change_endpoint(
    database: Database, key: SiteKey, *, by: Caller, endpoint: Endpoint, allow_open: bool = False
) -> Endpoint:
    """Store an endpoint as it is to be: `replace(old, active=False)`. Its location number stays.

    Errors: Refusal as in `add_endpoint`, and for an unknown endpoint.
    """
    async with acting(database, by=by, act=Act.ENDPOINT_CHANGE, object_id=endpoint.id, whole_site=True) as deed:
        old = await _get(deed.work, key, endpoint.id)
        new = _checked(replace(endpoint, organisation=old.organisation, gln=old.gln), allow_open=allow_open)
        await deed.work.execute(
            "update endpoint set wire = $2, url = $3, tls_ca = $4, tls_certificate = $5, tls_key = $6, resend = $7,"
            " max_payload_bytes = $8, rank = $9, active = $10 where id = $1",
            *_row(new),
        )
        await _write_rest(deed.work, key, new, old=old)
        deed.concerns = (new.gln,)
        deed.facts["changed"] = changed_fields(old, new)
        return new


async def remove_endpoint(database: Database, key: SiteKey, *, by: Caller, endpoint: UUID) -> None:
    """Remove an endpoint. What waits for it becomes the operator's: it is set aside when its turn comes.

    Errors: Refusal.
    """
    async with acting(database, by=by, act=Act.ENDPOINT_REMOVE, object_id=endpoint, whole_site=True) as deed:
        old = await _get(deed.work, key, endpoint)
        await deed.work.execute("update endpoint set removed_at = now(), active = false where id = $1", endpoint)
        deed.concerns = (old.gln,)


async def list_endpoints(database: Database, key: SiteKey, *, by: Caller) -> list[Endpoint]:
    """All endpoints of the organisations a caller administers, by location number. Errors: Refusal."""
    require(by, Right.ADMINISTER)
    async with database.transaction() as work:
        found = await load_endpoints(work, key)
    return sorted((item for item in found if reaches(by, item.organisation)), key=lambda item: (item.gln, item.rank))


async def load_endpoints(work: Work, key: SiteKey) -> list[Endpoint]:
    """Every endpoint that is there, with what it takes."""
    takes: dict[UUID, list[Capability]] = defaultdict(list)
    for endpoint, *rest in await work.rows(_CAPABILITIES):
        takes[endpoint].append(Capability(*rest))
    return [_endpoint(row, takes, key) for row in await work.rows(_ENDPOINTS)]


async def _get(work: Work, key: SiteKey, identifier: UUID) -> Endpoint:
    await work.execute("select from endpoint where id = $1 for update", identifier)
    for endpoint in await load_endpoints(work, key):
        if endpoint.id == identifier:
            return endpoint
    raise Refusal("register.endpoint.unknown")


async def _write_rest(work: Work, key: SiteKey, new: Endpoint, *, old: Endpoint | None = None) -> None:
    """The token, if it is another than before (one that cannot be read here stays), and what the endpoint takes."""
    if new.bearer != (old.bearer if old else None):
        sealed = key.seal(new.bearer, about=new.id) if new.bearer else None
        await work.execute("update endpoint set bearer = $2 where id = $1", new.id, sealed)
    await work.execute("delete from capability where endpoint = $1", new.id)
    for item in new.capabilities:
        await work.execute(
            "insert into capability (endpoint, standard, version, valid_from, valid_until)"
            " values ($1, $2, $3, coalesce($4::timestamptz, '-infinity'), coalesce($5::timestamptz, 'infinity'))",
            new.id,
            item.standard,
            item.version,
            item.valid_from,
            item.valid_until,
        )


def _row(item: Endpoint) -> tuple[object, ...]:
    return (
        item.id,
        item.wire,
        item.url,
        item.tls_ca,
        item.tls_certificate,
        item.tls_key,
        item.resend,
        item.max_payload_bytes,
        item.rank,
        item.active,
    )


def _endpoint(row: tuple[Any, ...], takes: dict[UUID, list[Capability]], key: SiteKey) -> Endpoint:
    identifier, organisation, gln, wire, url, sealed, ca, certificate, tls_key, resend, size, rank, active = row
    bearer = key.unseal(sealed, about=identifier) if sealed is not None else None
    if sealed is not None and bearer is None:
        log.error("endpoint.token.unreadable", endpoint=str(identifier))
    return Endpoint(
        id=identifier,
        organisation=organisation,
        gln=gln,
        wire=wire,
        url=url,
        bearer=bearer,
        tls_ca=ca,
        tls_certificate=certificate,
        tls_key=tls_key,
        resend=resend,
        max_payload_bytes=size,
        rank=rank,
        active=active,
        capabilities=tuple(takes.get(identifier, ())),
    )


def _checked(item: Endpoint, *, allow_open: bool) -> Endpoint:
    """The same endpoint, if it can be as it is. Errors: Refusal."""
    if (item.wire == "mailbox") != (item.url == ""):
        raise Refusal("register.url.malformed")
    if item.wire == "folder":
        _check_folder(item.url)
    elif item.url:
        _check_url(item.url, allow_open=allow_open)
    if bool(item.tls_certificate) != bool(item.tls_key):
        raise Refusal("register.tls.half")
    if item.max_payload_bytes < 1:
        raise Refusal("register.size.wrong")
    for capability in item.capabilities:
        begins, ends = capability.valid_from, capability.valid_until
        naive = any(moment is not None and moment.tzinfo is None for moment in (begins, ends))
        if not capability.standard or naive or (begins and ends and begins >= ends):
            raise Refusal("register.capability.malformed")
    return item


def _check_url(url: str, *, allow_open: bool) -> None:
    try:
        parts = urlsplit(url)
        port_fits = parts.port != 0
    except ValueError:
        raise Refusal("register.url.malformed") from None
    whole = parts.scheme in {"http", "https"} and parts.hostname and port_fits and url.isprintable() and " " not in url
    if not whole or parts.username is not None or parts.password is not None or parts.fragment:
        raise Refusal("register.url.malformed")
    if parts.scheme == "http" and not allow_open and not _is_this_machine(parts.hostname or ""):
        raise Refusal("register.url.open")


def _check_folder(url: str) -> None:
    """An absolute path of this machine: `file:///srv/letters`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refusal("register.folder.malformed") from None
    path = unquote(parts.path)
    steps = PurePosixPath(path).parts[1:]
    whole = parts.scheme == "file" and not parts.netloc and path.startswith("/") and path.isprintable()
    if not whole or not steps or ".." in steps or parts.query or parts.fragment:
        raise Refusal("register.folder.malformed")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
