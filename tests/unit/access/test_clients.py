"""API clients: what lets a program in, and what shuts it out again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from samspil.access.callers import Caller
from samspil.access.clients import Clients, add_client, list_clients, new_token, remove_client, renew_token
from samspil.access.refusals import Refusal
from samspil.access.rights import CLIENT_RIGHTS, Right
from tests.unit.access.desk import CLINIC, HOSPITAL, Desk

pytestmark = pytest.mark.anyio

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate() -> x509.Certificate:
    """A certificate of some system."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "epj.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 71903, MARCH, MARCH + timedelta(days=365))
    return builder.sign(key, SHA256())


async def renewed(desk: Desk) -> Clients:
    """What a node knows of the clients now."""
    clients = Clients()
    async with desk.database.transaction() as work:
        await clients.renew(work)
    return clients


async def test_a_token_lets_its_client_in(desk: Desk) -> None:
    """With its organisation's numbers and its own rights; no other text does."""
    hospital = await desk.organisation()
    client, token = await add_client(
        desk.database, by=desk.by, name="EPJ", rights=[Right.SEND, Right.READ], organisation=hospital.id
    )
    assert token
    clients = await renewed(desk)
    caller = clients.authenticate(token)
    assert caller
    assert (caller.id, caller.kind, caller.name, caller.organisation) == (client.id, "client", "EPJ", hospital.id)
    assert (caller.glns, caller.rights) == ({HOSPITAL}, {Right.SEND, Right.READ})
    for other in ("", token[:-1], token + "x", token.upper(), new_token(), "\udcff", "x" * 100_000):
        assert clients.authenticate(other) is None
    assert await list_clients(desk.database, by=desk.by) == [client]


async def test_the_token_is_nowhere_kept(desk: Desk) -> None:
    """Neither the table nor the audit holds it, and it carries 256 bits of chance."""
    _, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    assert token
    assert len(token.removeprefix("samspil_")) == 43
    rows = await desk.database.rows("select client::text from client union all select audit::text from audit")
    assert token not in str(rows)


async def test_a_client_of_the_whole_site(desk: Desk) -> None:
    """A peer that relays belongs to no organisation here."""
    _, token = await add_client(desk.database, by=desk.by, name="Nabo", rights=[Right.RELAY])
    caller = (await renewed(desk)).authenticate(token or "")
    assert caller
    assert caller.glns is None
    assert caller.speaks_for(CLINIC)


@pytest.mark.parametrize("form", ["pem", "der", "hex", "colons"])
async def test_a_certificate_lets_its_client_in(desk: Desk, certificate: x509.Certificate, form: str) -> None:
    """Known by its SHA-256, however it was given; the same certificate is one client's only."""
    fingerprint = certificate.fingerprint(SHA256())
    given: dict[str, bytes | str] = {
        "pem": certificate.public_bytes(Encoding.PEM),
        "der": certificate.public_bytes(Encoding.DER),
        "hex": fingerprint.hex(),
        "colons": fingerprint.hex(":").upper(),
    }
    client, token = await add_client(
        desk.database, by=desk.by, name="EPJ", rights=[Right.SEND], token=False, certificate=given[form]
    )
    assert (token, client.certificate) == (None, fingerprint.hex())
    clients = await renewed(desk)
    caller = clients.recognise(fingerprint)
    assert caller
    assert caller.id == client.id
    assert clients.recognise(b"\0" * 32) is None
    with pytest.raises(Refusal, match=r"register\.certificate\.held"):
        await add_client(desk.database, by=desk.by, name="B", rights=[Right.SEND], certificate=fingerprint.hex())
    await remove_client(desk.database, by=desk.by, client=client.id)
    await add_client(desk.database, by=desk.by, name="B", rights=[Right.SEND], certificate=fingerprint.hex())


async def test_an_expired_client_stays_out(desk: Desk, certificate: x509.Certificate) -> None:
    """To the moment, by token and by certificate."""
    fingerprint = certificate.fingerprint(SHA256())
    _, token = await add_client(
        desk.database, by=desk.by, name="EPJ", rights=[Right.SEND], certificate=fingerprint.hex(), expires_at=MARCH
    )
    assert token
    clients = await renewed(desk)
    before = MARCH - timedelta(microseconds=1)
    assert clients.authenticate(token, at=before)
    assert clients.recognise(fingerprint, at=before)
    assert clients.authenticate(token, at=MARCH) is None
    assert clients.recognise(fingerprint, at=MARCH) is None
    assert clients.authenticate(token) is None


async def test_a_new_token_ends_the_old_one(desk: Desk) -> None:
    """After a token was lost."""
    client, old = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    new = await renew_token(desk.database, by=desk.by, client=client.id)
    clients = await renewed(desk)
    assert clients.authenticate(old or "") is None
    assert clients.authenticate(new)


async def test_a_removed_client_stays_out(desk: Desk) -> None:
    """And cannot be removed or renewed again."""
    client, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    await remove_client(desk.database, by=desk.by, client=client.id)
    assert (await renewed(desk)).authenticate(token or "") is None
    assert await list_clients(desk.database, by=desk.by) == []
    with pytest.raises(Refusal, match=r"register\.client\.unknown"):
        await remove_client(desk.database, by=desk.by, client=client.id)
    with pytest.raises(Refusal, match=r"register\.client\.unknown"):
        await renew_token(desk.database, by=desk.by, client=uuid4())
    assert [entry[:2] for entry in await desk.audit()] == [
        ("client.add", "done"),
        ("client.remove", "done"),
        ("client.remove", "refused"),
        ("client.renew", "refused"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "register.name.missing"),
        ({"rights": []}, "register.rights.wrong"),
        ({"rights": [Right.ADMINISTER]}, "register.rights.wrong"),
        ({"rights": [Right.SEND, Right.AUDIT]}, "register.rights.wrong"),
        ({"token": False}, "register.credentials.missing"),
        ({"certificate": "zz" * 32}, "register.certificate.malformed"),
        ({"certificate": b"-----BEGIN CERTIFICATE-----\nnonsense"}, "register.certificate.malformed"),
        ({"certificate": b"\x30\x82nonsense"}, "register.certificate.malformed"),
        ({"certificate": "søm"}, "register.certificate.malformed"),
        ({"organisation": uuid4()}, "register.organisation.unknown"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, change: dict[str, object], code: str) -> None:
    """With its own sentence each."""
    given: dict[str, object] = {"name": "EPJ", "rights": [Right.SEND]} | change
    with pytest.raises(Refusal) as refusal:
        await add_client(desk.database, by=desk.by, **given)  # pyright: ignore[reportArgumentType]
    assert refusal.value.code == code
    assert await list_clients(desk.database, by=desk.by) == []


async def test_relaying_is_the_whole_sites(desk: Desk) -> None:
    """An organisation's client never speaks for others."""
    hospital = await desk.organisation()
    with pytest.raises(Refusal, match=r"register\.rights\.wrong"):
        await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.RELAY], organisation=hospital.id)


async def test_an_operator_of_one_organisation_has_its_clients_only(
    desk: Desk, caller_of: Callable[..., Caller]
) -> None:
    """Not a neighbour's, nor the whole site's; those are unknown to them."""
    hospital, clinic = await desk.organisation(), await desk.organisation("Lægerne", CLINIC)
    operator = caller_of(hospital)
    own, _ = await add_client(
        desk.database, by=operator, name="EPJ", rights=CLIENT_RIGHTS - {Right.RELAY}, organisation=hospital.id
    )
    other, _ = await add_client(desk.database, by=desk.by, name="B", rights=[Right.SEND], organisation=clinic.id)
    site, _ = await add_client(desk.database, by=desk.by, name="C", rights=[Right.SEND])
    assert await list_clients(desk.database, by=operator) == [own]
    for organisation in (clinic.id, None):
        with pytest.raises(Refusal, match=r"access\.site\.only"):
            await add_client(desk.database, by=operator, name="D", rights=[Right.SEND], organisation=organisation)
    for client in (other, site):
        with pytest.raises(Refusal, match=r"register\.client\.unknown"):
            await remove_client(desk.database, by=operator, client=client.id)
        with pytest.raises(Refusal, match=r"register\.client\.unknown"):
            await renew_token(desk.database, by=operator, client=client.id)
    await remove_client(desk.database, by=operator, client=own.id)


async def test_a_right_of_a_newer_version_gives_nothing(desk: Desk) -> None:
    """During an upgrade two versions read one table."""
    _, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    await desk.database.execute("update client set rights = '{send,unheard}'")
    caller = (await renewed(desk)).authenticate(token or "")
    assert caller
    assert caller.rights == {Right.SEND}
