"""The audit: what is written stays as it was written, and tells those it concerns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from samspil.access.audit import Act, Outcome, find_entries, record
from samspil.access.callers import Caller
from samspil.access.refusals import Refusal
from samspil.access.rights import Role
from tests.unit.access.desk import CLINIC, HOSPITAL, PHARMACY, Desk

pytestmark = pytest.mark.anyio

MESSAGE = UUID(int=71903)


async def test_an_entry_says_who_what_when_and_why(desk: Desk) -> None:
    """Every field comes back; a long purpose is cut."""
    by = replace(desk.by, origin="192.0.2.7")
    await record(
        desk.database,
        by=by,
        act=Act.MESSAGE_OPEN,
        object="message",
        object_id=MESSAGE,
        purpose="x" * 1000,
        concerns=[HOSPITAL, CLINIC],
        facts={"part": "1"},
    )
    [entry] = await find_entries(desk.database, by=by)
    assert (entry.caller, entry.kind, entry.name, entry.origin) == (by.id, "system", "local:tester", "192.0.2.7")
    assert (entry.act, entry.object, entry.object_id) == ("message.open", "message", str(MESSAGE))
    assert (entry.outcome, entry.purpose, entry.concerns) == (Outcome.DONE, "x" * 500, (HOSPITAL, CLINIC))
    assert entry.facts == {"part": "1"}
    assert entry.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("statement", ["update audit set name = 'nobody'", "delete from audit", "truncate audit"])
async def test_it_only_grows(desk: Desk, statement: str) -> None:
    """Neither the whole nor a month's part of it can be changed, whoever asks."""
    await record(desk.database, by=desk.by, act=Act.MESSAGE_OPEN)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        await desk.database.execute(statement)
    if not statement.startswith("truncate"):
        row = await desk.database.row("select tableoid::regclass::text from audit")
        assert row is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            await desk.database.execute(statement.replace("audit", row[0]))
    assert await desk.database.row("select count(*) from audit") == (1,)


async def test_an_act_and_its_entry_stand_or_fall_together(desk: Desk) -> None:
    """Written in the act's transaction it is undone with it."""
    with pytest.raises(ZeroDivisionError):
        async with desk.database.transaction() as work:
            await record(work, by=desk.by, act=Act.MESSAGE_RELEASE)
            raise ZeroDivisionError
    assert await desk.audit() == []


async def test_the_newest_come_first_page_by_page(desk: Desk) -> None:
    """Each page continues before the last entry of the one before; filters narrow it."""
    for number in range(7):
        act = Act.MESSAGE_TAKE if number % 2 else Act.MESSAGE_OPEN
        await record(desk.database, by=desk.by, act=act, object_id=f"message-{number}")
    seen: list[str] = []
    page = await find_entries(desk.database, by=desk.by, limit=3)
    while page:
        seen += [entry.object_id for entry in page]
        page = await find_entries(desk.database, by=desk.by, limit=3, before=(page[-1].at, page[-1].id))
    assert seen == [f"message-{number}" for number in range(6, -1, -1)]
    assert len(await find_entries(desk.database, by=desk.by, act=Act.MESSAGE_TAKE)) == 3
    assert len(await find_entries(desk.database, by=desk.by, object_id="message-3")) == 1


async def test_an_organisation_sees_what_concerns_it(desk: Desk, caller_of: Callable[..., Caller]) -> None:
    """Who opened its messages, also somebody of the whole site; its own people's acts; not the neighbours'."""
    operator = caller_of(await desk.organisation())
    await record(desk.database, by=desk.by, act=Act.MESSAGE_OPEN, object_id="ours", concerns=[HOSPITAL, CLINIC])
    await record(desk.database, by=desk.by, act=Act.MESSAGE_OPEN, object_id="theirs", concerns=[PHARMACY, CLINIC])
    await record(desk.database, by=operator, act=Act.MESSAGE_OPEN, object_id="mine")
    entries = await find_entries(desk.database, by=operator)
    assert [entry.object_id for entry in entries if entry.object_id in {"ours", "theirs", "mine"}] == ["mine", "ours"]


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.VIEWER])
async def test_only_operators_read_it(desk: Desk, caller_of: Callable[..., Caller], role: Role) -> None:
    """Others are refused."""
    with pytest.raises(Refusal, match=r"access\.right\.missing"):
        await find_entries(desk.database, by=caller_of(None, role))


async def test_each_month_has_its_own_part(desk: Desk) -> None:
    """Made ahead, twice without harm; a month that already has rows elsewhere keeps them."""
    await desk.database.execute("select ensure_audit_month('2031-05-17'), ensure_audit_month('2031-05-01')")
    await desk.database.execute(
        "insert into audit (at, caller, kind, name, act, outcome)"
        " values ('2031-05-31 23:59:59Z', gen_random_uuid(), 'system', 'x', 'y', 'done'),"
        "        ('2032-01-01', gen_random_uuid(), 'system', 'x', 'y', 'done')"
    )
    await desk.database.execute("select ensure_audit_month('2032-01-05')")
    rows = await desk.database.rows("select tableoid::regclass::text from audit order by at")
    assert rows == [("audit_203105",), ("audit_other",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await desk.database.execute("delete from audit_203105")
