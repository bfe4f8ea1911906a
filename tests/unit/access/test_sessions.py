"""Sessions: opened by the right password, ended by logout, silence and age; guessing is made slow."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from samspil.access.passwords import Passwords
from samspil.access.people import Person, add_person
from samspil.access.refusals import Refusal
from samspil.access.rights import RIGHTS, Role
from samspil.access.sessions import ABSOLUTE, IDLE, Sessions, csrf_fits, csrf_token
from tests.unit.access.desk import HOSPITAL, PASSWORD, Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
async def kim(desk: Desk) -> AsyncIterator[Person]:
    """An engineer of a hospital."""
    hospital = await desk.organisation()
    yield await add_person(
        desk.database,
        desk.passwords,
        by=desk.by,
        login="kim",
        name="Kim Test",
        role=Role.ENGINEER,
        password=PASSWORD,
        organisation=hospital.id,
    )


async def guess(desk: Desk, login: str = "kim", origin: str = "192.0.2.7", password: str = "wrong") -> str:
    """Try to log in; give the refusal's code."""
    with pytest.raises(Refusal) as refusal:
        await desk.sessions.open(login=login, password=password, origin=origin)
    return refusal.value.code


async def test_the_right_password_opens_a_session(desk: Desk, kim: Person) -> None:
    """For the person, with their organisation's numbers and their role's rights; login's case does not matter."""
    token = await desk.sessions.open(login=" KIM ", password=PASSWORD, origin="192.0.2.7")
    session = await desk.sessions.find(token, origin="192.0.2.8")
    assert session
    assert session.person == kim
    assert session.expires_at == desk.clock.now + ABSOLUTE
    caller = session.caller
    assert (caller.id, caller.kind, caller.name, caller.origin) == (kim.id, "person", "kim", "192.0.2.8")
    assert (caller.glns, caller.rights) == ({HOSPITAL}, RIGHTS[Role.ENGINEER])
    row = await desk.database.row("select act, outcome, name, origin from audit order by id desc limit 1")
    assert row == ("session.open", "done", "kim", "192.0.2.7")


async def test_the_token_is_not_stored(desk: Desk, kim: Person) -> None:
    """Whoever reads the table opens no session with it."""
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    rows = await desk.database.rows("select token_hash, session::text from session")
    assert token not in str(rows)
    for other in ("", rows[0][0].hex(), token[:-1], token + "x", "\udcff"):
        assert await desk.sessions.find(other) is None


async def test_a_wrong_login_is_refused_like_a_wrong_password(desk: Desk, kim: Person) -> None:
    """Nobody learns who exists; what a stranger typed as a login is kept nowhere."""
    assert await guess(desk) == await guess(desk, login="hemmeligt-71903") == "access.login.refused"
    everything = await desk.database.rows(
        "select audit::text from audit union all select login_attempt::text from login_attempt"
    )
    assert "hemmeligt" not in str(everything)
    entries = await desk.database.rows("select object_id from audit where outcome = 'refused' order by id")
    assert entries == [(str(kim.id),), ("",)]


async def test_logout_ends_it(desk: Desk, kim: Person) -> None:
    """At once and on every node; twice does no harm."""
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    other = await desk.sessions.open(login="kim", password=PASSWORD)
    await desk.sessions.close(token)
    await desk.sessions.close(token)
    assert await desk.sessions.find(token) is None
    assert await desk.sessions.find(other)
    assert [entry[0] for entry in await desk.audit()].count("session.close") == 1


async def test_silence_ends_it(desk: Desk, kim: Person) -> None:
    """Half an hour without a request; each request keeps it awake."""
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    for _ in range(3):
        desk.clock.now += IDLE - timedelta(seconds=1)
        assert await desk.sessions.find(token)
    desk.clock.now += IDLE
    assert await desk.sessions.find(token) is None


async def test_a_page_that_asks_by_itself_is_silence(desk: Desk, kim: Person) -> None:
    """A live list in a forgotten window finds its session, and does not keep it awake."""
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    desk.clock.now += IDLE - timedelta(minutes=1)
    assert await desk.sessions.find(token, awake=False)
    desk.clock.now += timedelta(minutes=1)
    assert await desk.sessions.find(token) is None


async def test_age_ends_it(desk: Desk, kim: Person) -> None:
    """After ten hours, however busy."""
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    begun = desk.clock.now
    while desk.clock.now + timedelta(minutes=20) < begun + ABSOLUTE:
        desk.clock.pass_by(minutes=20)
        assert await desk.sessions.find(token)
    desk.clock.now = begun + ABSOLUTE
    assert await desk.sessions.find(token) is None


async def test_a_login_clears_away_what_is_over(desk: Desk, kim: Person) -> None:
    """The tables do not grow for ever."""
    await desk.sessions.open(login="kim", password=PASSWORD)
    await guess(desk, origin="192.0.2.99")
    desk.clock.pass_by(hours=1)
    await desk.sessions.open(login="kim", password=PASSWORD)
    assert await desk.database.row("select count(*) from session") == (1,)
    assert await desk.database.row("select count(*) from login_attempt where last_at < $1", desk.clock.now) == (0,)


async def test_guessing_is_made_slow(desk: Desk, kim: Person) -> None:
    """After five wrong ones the right one must wait too; the wait doubles; then it opens, and all is forgotten."""
    assert [await guess(desk) for _ in range(5)] == ["access.login.refused"] * 5
    with pytest.raises(Refusal) as blocked:
        await desk.sessions.open(login="kim", password=PASSWORD, origin="192.0.2.7")
    assert (blocked.value.code, blocked.value.retry_after_seconds) == ("access.login.blocked", 15)
    assert "15" in blocked.value.issue.message.in_("da")
    desk.clock.pass_by(seconds=16)
    assert await guess(desk) == "access.login.refused"
    assert await guess(desk) == "access.login.blocked"
    desk.clock.pass_by(seconds=29)
    assert await guess(desk) == "access.login.blocked"
    desk.clock.pass_by(seconds=2)
    await desk.sessions.open(login="kim", password=PASSWORD, origin="192.0.2.7")
    assert await guess(desk) == "access.login.refused"


async def test_a_stranger_locks_nobody_out(desk: Desk, kim: Person) -> None:
    """Wrong passwords from elsewhere do not keep a person from their own address."""
    for _ in range(10):
        await guess(desk, origin="203.0.113.9")
    assert await desk.sessions.open(login="kim", password=PASSWORD, origin="192.0.2.7")


async def test_an_address_that_tries_everybody_must_wait(desk: Desk, kim: Person) -> None:
    """Fifty logins, one wrong password each."""
    codes = [await guess(desk, login=f"person{number}") for number in range(52)]
    assert codes == ["access.login.refused"] * 50 + ["access.login.blocked"] * 2
    assert await guess(desk, origin="192.0.2.8") == "access.login.refused"


async def test_many_at_once_gain_nothing(desk: Desk, kim: Person) -> None:
    """Twelve guesses side by side: no more are looked at than one after the other."""
    asked = (desk.sessions.open(login="kim", password="wrong", origin="192.0.2.7") for _ in range(12))
    refusals = await asyncio.gather(*asked, return_exceptions=True)
    codes = [refusal.code for refusal in refusals if isinstance(refusal, Refusal)]
    assert len(codes) == 12
    assert codes.count("access.login.refused") == 5


async def test_a_weaker_hash_is_renewed(desk: Desk, kim: Person) -> None:
    """When the parameters have grown, the next login makes the hash anew."""
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    before = await desk.database.row("select password_hash from person")
    await Sessions(desk.database, stronger, desk.key, clock=desk.clock).open(login="kim", password=PASSWORD)
    after = await desk.database.row("select password_hash from person")
    assert after
    assert before != after
    assert not stronger.is_outdated(after[0])
    assert await desk.sessions.open(login="kim", password=PASSWORD)


def test_a_form_belongs_to_its_session() -> None:
    """The proof tells nothing of the token, and fits no other session."""
    proof = csrf_token("one")
    assert csrf_fits("one", proof)
    assert "one" not in proof
    for other in ("", proof[:-1], csrf_token("two"), "æ" * 64, "\udcff"):
        assert not csrf_fits("one", other)
