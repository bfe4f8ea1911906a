"""Endpoints of the register: where messages may be sent, and what guards it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samspil.access.callers import Caller
from samspil.access.directory import Capability
from samspil.access.endpoints import add_endpoint, change_endpoint, list_endpoints, remove_endpoint
from samspil.access.keys import SiteKey
from samspil.access.refusals import Refusal
from tests.unit.access.desk import CLINIC, HOSPITAL, Desk

pytestmark = pytest.mark.anyio

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
URL = "https://epj.example/exchange/messages"


async def test_an_endpoint_is_kept_as_given(desk: Desk) -> None:
    """Every field comes back, capabilities with their open ends, the token readable with the key."""
    await desk.organisation()
    added = await add_endpoint(
        desk.database,
        desk.key,
        by=desk.by,
        gln=HOSPITAL,
        wire="http",
        url=URL,
        bearer="odd-secret-71903",
        tls_ca="/etc/samspil/ca.pem",
        tls_certificate="/etc/samspil/own.pem",
        tls_key="/etc/samspil/own.key",
        resend="button",
        max_payload_bytes=1_000_000,
        rank=3,
        active=False,
        capabilities=[
            Capability("CareCommunication", "4.0", None, APRIL),
            Capability("CareCommunication", "5.0", MARCH, None),
            Capability("HospitalNotification"),
        ],
    )
    assert await list_endpoints(desk.database, desk.key, by=desk.by) == [added]
    assert ("endpoint.add", "done", "local:tester") in await desk.audit()


async def test_the_token_lies_sealed(desk: Desk) -> None:
    """The database does not hold it in clear; without the key it is not there, and a change elsewhere keeps it."""
    await desk.organisation()
    added = await add_endpoint(
        desk.database, desk.key, by=desk.by, gln=HOSPITAL, wire="http", url=URL, bearer="odd-secret-71903"
    )
    row = await desk.database.row("select bearer from endpoint")
    assert row
    assert b"odd-secret" not in row[0]
    other = SiteKey(b"z" * 32)
    [unreadable] = await list_endpoints(desk.database, other, by=desk.by)
    assert unreadable == replace(added, bearer=None)
    await change_endpoint(desk.database, other, by=desk.by, endpoint=replace(unreadable, rank=9))
    assert await list_endpoints(desk.database, desk.key, by=desk.by) == [replace(added, rank=9)]
    await change_endpoint(desk.database, desk.key, by=desk.by, endpoint=replace(added, bearer=None))
    assert await desk.database.row("select bearer from endpoint") == (None,)
    facts = await desk.database.rows("select facts::text from audit where facts is not null")
    assert "odd-secret" not in str(facts)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gln": CLINIC}, "register.gln.unknown"),
        ({"gln": "nonsense"}, "register.gln.unknown"),
        ({"url": ""}, "register.url.malformed"),
        ({"wire": "mailbox"}, "register.url.malformed"),
        ({"url": "ftp://epj.example/"}, "register.url.malformed"),
        ({"url": "https://"}, "register.url.malformed"),
        ({"url": "https://epj.example:0/"}, "register.url.malformed"),
        ({"url": "https://epj.example:99999/"}, "register.url.malformed"),
        ({"url": "https://[epj.example/"}, "register.url.malformed"),
        ({"url": "https://kim:secret@epj.example/"}, "register.url.malformed"),
        ({"url": "https://epj.example/#part"}, "register.url.malformed"),
        ({"url": "https://epj.example/a b"}, "register.url.malformed"),
        ({"url": "https://epj.example/\n"}, "register.url.malformed"),
        ({"url": "http://epj.example/"}, "register.url.open"),
        ({"url": "http://localhost.example/"}, "register.url.open"),
        ({"url": "http://10.0.0.7:8400/"}, "register.url.open"),
        ({"wire": "folder"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file:///"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file:letters"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file://nas.example/letters"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file:///srv/%2e%2e/etc"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file:///srv/a%0ab"}, "register.folder.malformed"),
        ({"wire": "folder", "url": "file:///srv?x"}, "register.folder.malformed"),
        ({"wire": "http", "url": "file:///srv/letters"}, "register.url.malformed"),
        ({"tls_key": "/own.key"}, "register.tls.half"),
        ({"tls_certificate": "/own.pem"}, "register.tls.half"),
        ({"max_payload_bytes": 0}, "register.size.wrong"),
        ({"capabilities": [Capability("")]}, "register.capability.malformed"),
        ({"capabilities": [Capability("A", "1", APRIL, MARCH)]}, "register.capability.malformed"),
        ({"capabilities": [Capability("A", "1", APRIL, APRIL)]}, "register.capability.malformed"),
        ({"capabilities": [Capability("A", "1", datetime(2026, 3, 1))]}, "register.capability.malformed"),
        ({"capabilities": [Capability("A"), Capability("A")]}, "register.capability.malformed"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, change: dict[str, object], code: str) -> None:
    """By adding and by changing alike, and nothing changes."""
    await desk.organisation()
    given: dict[str, object] = {"gln": HOSPITAL, "wire": "http", "url": URL} | change
    with pytest.raises(Refusal) as refusal:
        await add_endpoint(desk.database, desk.key, by=desk.by, **given)  # pyright: ignore[reportArgumentType]
    assert refusal.value.code == code
    assert await list_endpoints(desk.database, desk.key, by=desk.by) == []
    if "gln" not in change:
        good = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL, wire="http", url=URL)
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in change.items()}
        with pytest.raises(Refusal) as refusal:
            await change_endpoint(desk.database, desk.key, by=desk.by, endpoint=replace(good, **fields))  # pyright: ignore[reportArgumentType]
        assert refusal.value.code == code
        assert await list_endpoints(desk.database, desk.key, by=desk.by) == [good]


@pytest.mark.parametrize("url", ["http://localhost:8400/x", "http://127.0.0.1/x", "http://[::1]:8400/x"])
async def test_this_machine_needs_no_encryption(desk: Desk, url: str) -> None:
    """Two sites on one machine."""
    await desk.organisation()
    assert (await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL, wire="http", url=url)).url == url


async def test_an_open_wire_is_allowed_expressly(desk: Desk) -> None:
    """Where the network itself is closed."""
    await desk.organisation()
    url = "http://site-b:8400/exchange/messages"
    added = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL, wire="http", url=url, allow_open=True)
    assert added.url == url


async def test_a_change_keeps_owner_and_number(desk: Desk) -> None:
    """Whatever a form says, an endpoint stays with its location number."""
    await desk.organisation()
    clinic = await desk.organisation("Lægerne", CLINIC)
    old = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    stolen = replace(old, organisation=clinic.id, gln=CLINIC, active=False, capabilities=(Capability("A"),))
    changed = await change_endpoint(desk.database, desk.key, by=desk.by, endpoint=stolen)
    assert changed == replace(old, active=False, capabilities=(Capability("A"),))
    row = await desk.database.row("select facts from audit where act = 'endpoint.change'")
    assert row == ({"changed": ["active", "capabilities"]},)


async def test_a_removed_endpoint_is_gone(desk: Desk) -> None:
    """It cannot be changed or removed again."""
    await desk.organisation()
    endpoint = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    await remove_endpoint(desk.database, desk.key, by=desk.by, endpoint=endpoint.id)
    assert await list_endpoints(desk.database, desk.key, by=desk.by) == []
    with pytest.raises(Refusal, match=r"register\.endpoint\.unknown"):
        await remove_endpoint(desk.database, desk.key, by=desk.by, endpoint=endpoint.id)
    with pytest.raises(Refusal, match=r"register\.endpoint\.unknown"):
        await change_endpoint(desk.database, desk.key, by=desk.by, endpoint=endpoint)


async def test_only_the_whole_site_says_where_messages_go(desk: Desk, caller_of: Callable[..., Caller]) -> None:
    """An organisation's operator sees its endpoints and changes none."""
    hospital = await desk.organisation()
    await desk.organisation("Lægerne", CLINIC)
    own = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    await add_endpoint(desk.database, desk.key, by=desk.by, gln=CLINIC)
    operator = caller_of(hospital)
    assert await list_endpoints(desk.database, desk.key, by=operator) == [own]
    for act in (
        lambda: add_endpoint(desk.database, desk.key, by=operator, gln=HOSPITAL),
        lambda: change_endpoint(desk.database, desk.key, by=operator, endpoint=own),
        lambda: remove_endpoint(desk.database, desk.key, by=operator, endpoint=own.id),
    ):
        with pytest.raises(Refusal, match=r"access\.site\.only"):
            await act()
