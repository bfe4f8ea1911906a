"""An administrative act: permitted first, then whole or not at all, and never without a trace."""

from dataclasses import replace
from uuid import UUID

import pytest

from samspil.access.acting import TAKEN, acting
from samspil.access.audit import Act
from samspil.access.refusals import Refusal
from samspil.catalogue.findings import entries
from samspil.domain.issues import Unreachable
from tests.unit.access.desk import Desk

pytestmark = pytest.mark.anyio

OBJECT = UUID(int=71903)
ADD = "insert into organisation (id, name, kind) values (gen_random_uuid(), 'x', 'other')"


async def count(desk: Desk) -> int:
    """How many organisations there are."""
    row = await desk.database.row("select count(*) from organisation")
    return row[0] if row else -1


async def test_what_was_done_is_told(desk: Desk) -> None:
    """The object, whom it concerns, what changed: filled in while it happens."""
    async with acting(desk.database, by=desk.by, act=Act.ORGANISATION_ADD) as deed:
        await deed.work.execute(ADD)
        deed.object_id, deed.concerns = OBJECT, ["5790000121526"]
        deed.facts["changed"] = ["name"]
    row = await desk.database.row("select object, object_id, concerns, facts, outcome from audit")
    assert row == ("organisation", str(OBJECT), ["5790000121526"], {"changed": ["name"]}, "done")
    assert await count(desk) == 1


async def test_a_refused_act_leaves_its_trace_only(desk: Desk) -> None:
    """What it had written is undone; that it was tried, and why not, stays."""
    with pytest.raises(Refusal):
        async with acting(desk.database, by=desk.by, act=Act.ORGANISATION_CHANGE, object_id=OBJECT) as deed:
            await deed.work.execute(ADD)
            raise Refusal("register.name.missing")
    assert await count(desk) == 0
    row = await desk.database.row("select object_id, outcome, facts from audit")
    assert row == (str(OBJECT), "refused", {"code": "register.name.missing"})


async def test_without_the_right_nothing_begins(desk: Desk) -> None:
    """Not one statement of it runs; the refusal names the right."""
    nobody = replace(desk.by, rights=frozenset())
    with pytest.raises(Refusal) as refusal:
        async with acting(desk.database, by=nobody, act=Act.ORGANISATION_ADD):
            pytest.fail("it began")
    assert refusal.value.code == "access.right.missing"
    assert "administer" in refusal.value.issue.message
    assert [entry[:2] for entry in await desk.audit()] == [("organisation.add", "refused")]


async def test_a_failure_of_the_work_is_no_refusal(desk: Desk) -> None:
    """A database that goes away undoes the act and its entry alike."""
    with pytest.raises(Unreachable):
        async with acting(desk.database, by=desk.by, act=Act.ORGANISATION_ADD) as deed:
            await deed.work.execute(ADD)
            await deed.work.execute("select pg_terminate_backend(pg_backend_pid())")
    assert await count(desk) == 0
    assert await desk.audit() == []


async def test_every_unique_index_of_the_register_has_its_sentence(desk: Desk) -> None:
    """An index without one would show an operator a fault of ours; random keys cannot collide."""
    rows = await desk.database.rows(
        "select indexname from pg_indexes where schemaname = 'public' and indexdef like 'CREATE UNIQUE%'"
        " and tablename in ('organisation', 'organisation_gln', 'endpoint', 'capability', 'client', 'person',"
        " 'certificate')"
    )
    of_random_keys = {
        "organisation_pkey",
        "endpoint_pkey",
        "client_pkey",
        "person_pkey",
        "client_token",
        "certificate_pkey",
    }
    assert {name for (name,) in rows} - of_random_keys == set(TAKEN)
    assert set(TAKEN.values()) <= set(entries())
