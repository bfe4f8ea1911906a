"""The store on a real database: what is added is found, sealed and audited; what cannot be is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from samspil.access.callers import Caller
from samspil.access.certificates import (
    Entry,
    Keyrings,
    add_certificate,
    due_places,
    list_certificates,
    note_place,
    remove_certificate,
    take_list,
    trust,
)
from samspil.access.keys import SiteKey
from samspil.access.refusals import Refusal
from samspil.access.rights import Role
from samspil.access.trust.chain import Revocation
from samspil.access.trust.development import Authority, Issued, new_authority, new_key
from samspil.access.trust.reading import Material, key_text
from samspil.access.trust.roles import CertificateRole
from tests.unit.access.desk import HOSPITAL, Desk

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SIGN, ENCRYPT, TLS = CertificateRole
NETWORK = "prove"

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A key for every leaf."""
    return new_key()


@pytest.fixture(scope="module")
def root() -> Authority:
    """An authority."""
    return new_authority("Prøverod", at=NOW)


@pytest.fixture
def issue(root: Authority, key: rsa.RSAPrivateKey) -> Callable[..., Issued]:
    """Make a certificate of it."""
    return lambda name="Os", at=NOW, roles=(SIGN, ENCRYPT): root.issue(name, roles=roles, at=at, key=key)


def material(issued: Issued, *others: Issued) -> Material:
    """A certificate with its key, and others without."""
    return Material((issued.certificate, *(each.certificate for each in others)), issued.key)


async def added(desk: Desk, content: Material, **options: Any) -> Entry:
    """Add to the network."""
    return await add_certificate(
        desk.database, desk.key, by=desk.by, material=content, at=NOW, network=NETWORK, **options
    )


async def test_our_own_signs_and_opens_after_a_restart(desk: Desk, issue: Callable[..., Issued]) -> None:
    """What another process reads is the same key, for the roles that were asked for; it lies sealed."""
    issued = issue()
    entry = await added(desk, material(issued), roles=[SIGN])
    keyring = await Keyrings(desk.database, desk.key).current()
    own = keyring.signer(NETWORK, at=NOW)
    assert own is not None and own.key is not None and own.id == entry.id
    assert key_text(own.key) == key_text(issued.key)
    assert keyring.decryption_keys(NETWORK, at=NOW) == ()
    row = await desk.database.row("select key from certificate where id = $1", entry.id)
    assert row is not None and b"PRIVATE" not in row[0]


async def test_another_sites_key_opens_nothing(desk: Desk, issue: Callable[..., Issued]) -> None:
    """The certificate is there, its key is not, and nobody signs with it."""
    await added(desk, material(issue()))
    keyring = await Keyrings(desk.database, SiteKey(b"x" * 32)).current()
    assert [each.key for each in keyring.own] == [None]
    assert keyring.signer(NETWORK, at=NOW) is None


async def test_the_view_follows_the_register(desk: Desk, issue: Callable[..., Issued], root: Authority) -> None:
    """Adding, removing and trusting are seen; a view that is asked again at once costs nothing."""
    keyrings = Keyrings(desk.database, desk.key)
    assert (await keyrings.current()).own == ()
    first = await added(desk, material(issue()))
    assert (await keyrings.current()).own == ()
    assert [each.id for each in (await keyrings.current(fresh=True)).own] == [first.id]
    assert await keyrings.current(fresh=True) is await keyrings.current()
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, material=Material((root.certificate,)))
    assert (await keyrings.current(fresh=True)).trust(NETWORK).anchors == (root.certificate,)
    await remove_certificate(desk.database, by=desk.by, certificate=first.id)
    assert (await keyrings.current(fresh=True)).own == ()
    assert await desk.database.row("select key from certificate where id = $1", first.id) == (None,)
    with pytest.raises(Refusal, match=r"certificate\.unknown"):
        await remove_certificate(desk.database, by=desk.by, certificate=first.id)


async def test_a_rollover_in_the_store(desk: Desk, issue: Callable[..., Issued]) -> None:
    """The new one takes over on its day, and both open what comes."""
    old = await added(desk, material(issue()))
    new = await added(desk, material(issue(at=NOW + DAY)), use_from=NOW + 5 * DAY)
    keyring = await Keyrings(desk.database, desk.key).current()
    signers = [keyring.signer(NETWORK, at=NOW + days * DAY) for days in (0, 4, 5)]
    assert [each and each.id for each in signers] == [old.id, old.id, new.id]
    assert [each.id for each in keyring.decryption_keys(NETWORK, at=NOW + 2 * DAY)] == [new.id, old.id]


async def test_a_partners_certificate_verifies(desk: Desk, issue: Callable[..., Issued], root: Authority) -> None:
    """Found by its party, judged by whom its network believes."""
    theirs = issue("Sygehuset").certificate
    await added(desk, Material((theirs,)), party=HOSPITAL, roles=[SIGN])
    lists = (root.revocation_list(at=NOW),)
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, material=Material((root.certificate,), lists=lists))
    keyring = await Keyrings(desk.database, desk.key).current()
    (found,) = keyring.partner_certificates(NETWORK, at=NOW + DAY, party=HOSPITAL)
    assert keyring.trust(NETWORK).judge(found.certificate, role=SIGN, at=NOW + DAY) == ()
    assert keyring.partner_certificates(NETWORK, at=NOW, party="5790000000012") == ()


async def test_authorities_that_come_along_are_links(desk: Desk, root: Authority, key: rsa.RSAPrivateKey) -> None:
    """A file's root does not become an anchor by being in it; what is added twice stands once."""
    issuing = root.authority("Udsteder", at=NOW)
    leaf = issuing.issue("Os", roles=[SIGN], at=NOW, key=key)
    await added(desk, material(leaf, issuing, root))
    chosen: dict[str, Any] = {"by": desk.by, "at": NOW, "network": NETWORK}

    async def kinds() -> list[str]:
        return sorted(each.kind for each in await list_certificates(desk.database, by=desk.by))

    assert await kinds() == ["intermediate", "own"]
    await trust(desk.database, material=Material((issuing.certificate, root.certificate)), **chosen)
    assert await kinds() == ["anchor", "intermediate", "own"]
    await trust(desk.database, material=Material((issuing.certificate,)), anchor=True, **chosen)
    assert await kinds() == ["anchor", "anchor", "own"]


async def test_what_cannot_be_kept_is_refused(desk: Desk, issue: Callable[..., Issued], root: Authority) -> None:
    """Each with its code, and nothing is stored."""
    whole = material(issue())
    alone = Material(whole.certificates)
    cases: tuple[tuple[Material, dict[str, Any], str], ...] = (
        (alone, {}, "certificate.key.missing"),
        (whole, {"party": HOSPITAL}, "certificate.key.partners"),
        (replace(whole, key=new_key()), {}, "certificate.key.foreign"),
        (material(issue(roles=[ENCRYPT])), {"roles": [SIGN]}, "certificate.usage.wrong"),
        (material(root), {}, "certificate.usage.authority"),
        (Material(), {}, "certificate.file.empty"),
    )
    for content, options, code in cases:
        with pytest.raises(Refusal) as refusal:
            await added(desk, content, **options)
        assert refusal.value.code == code
    assert await list_certificates(desk.database, by=desk.by) == []
    assert await desk.database.row("select count(*) from trust_network") == (0,)
    await added(desk, whole)
    with pytest.raises(Refusal, match=r"certificate\.held"):
        await added(desk, whole)
    malformed: tuple[dict[str, Any], ...] = ({"policies": ["nonsense"]}, {"network": "Ikke Et Navn"})
    for bad in malformed:
        with pytest.raises(Refusal, match=r"network\.malformed"):
            await trust(desk.database, by=desk.by, at=NOW, **bad)
    with pytest.raises(Refusal, match=r"trust\.leaf"):
        await trust(desk.database, by=desk.by, at=NOW, material=alone)


async def test_a_network_keeps_what_it_asks_for(desk: Desk) -> None:
    """What is not given stays as it is."""
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, policies=["1.2.208.169"])
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, revocation=Revocation.KNOWN)
    found = (await Keyrings(desk.database, desk.key).current()).trust(NETWORK)
    assert (found.policies, found.revocation) == (("1.2.208.169",), Revocation.KNOWN)
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, policies=[])
    assert (await Keyrings(desk.database, desk.key).current()).trust(NETWORK).policies == ()


async def test_a_list_counts_if_an_authority_here_signed_it_and_it_is_newer(desk: Desk, root: Authority) -> None:
    """An older one, put in its place to hide a revocation, is refused; so is a stranger's."""
    options: dict[str, Any] = {"by": desk.by}
    with pytest.raises(Refusal, match=r"list\.foreign"):
        await take_list(desk.database, crl=root.revocation_list(at=NOW), **options)
    await trust(desk.database, at=NOW, network=NETWORK, material=Material((root.certificate,)), **options)
    newer = root.revocation_list(at=NOW + DAY)
    await take_list(desk.database, crl=newer, **options)
    with pytest.raises(Refusal, match=r"list\.older"):
        await take_list(desk.database, crl=root.revocation_list(at=NOW), **options)
    with pytest.raises(Refusal, match=r"list\.foreign"):
        await take_list(
            desk.database, crl=new_authority("Prøverod", at=NOW).revocation_list(at=NOW + 2 * DAY), **options
        )
    keyring = await Keyrings(desk.database, desk.key).current()
    assert [each.crl.public_bytes(Encoding.DER) for each in keyring.trust(NETWORK).lists] == [
        newer.public_bytes(Encoding.DER)
    ]


async def test_a_place_is_asked_again_when_it_is_due(desk: Desk) -> None:
    """Never before, and what was fetched once stays noted."""
    place = "http://crl.example/1"
    assert await due_places(desk.database, [place], at=NOW) == [place]
    await note_place(desk.database, place, at=NOW, fetched=True, again_after=DAY)
    await note_place(desk.database, place, at=NOW, fetched=False, again_after=DAY)
    assert await due_places(desk.database, [place], at=NOW) == []
    assert await due_places(desk.database, [place], at=NOW + DAY) == [place]
    assert await desk.database.row("select fetched_at is not null from revocation_place") == (True,)


async def test_every_act_is_audited_and_takes_the_whole_site(
    desk: Desk, issue: Callable[..., Issued], root: Authority, caller_of: Callable[..., Caller]
) -> None:
    """What was done and what was refused; nobody of one organisation may."""
    entry = await added(desk, material(issue()))
    content = Material((root.certificate,))
    await trust(desk.database, by=desk.by, at=NOW, network=NETWORK, material=content)
    await take_list(desk.database, by=desk.by, crl=root.revocation_list(at=NOW))
    await remove_certificate(desk.database, by=desk.by, certificate=entry.id)
    kim = caller_of(await desk.organisation())
    with pytest.raises(Refusal, match=r"access\.site\.only"):
        await trust(desk.database, by=kim, at=NOW, network=NETWORK, material=content)
    with pytest.raises(Refusal, match=r"access\.right\.missing"):
        await list_certificates(desk.database, by=caller_of(None, Role.VIEWER))
    assert [row[:2] for row in await desk.audit()] == [
        ("certificate.add", "done"),
        ("certificate.trust", "done"),
        ("certificate.list", "done"),
        ("certificate.remove", "done"),
        ("organisation.add", "done"),
        ("certificate.trust", "refused"),
    ]
    rows = await desk.database.rows("select facts::text from audit where act = 'certificate.add'")
    assert "sha256" in rows[0][0] and "PRIVATE" not in rows[0][0]
