"""Organisations of the register: every act is whole, permitted and audited."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from samspil.access.callers import Caller
from samspil.access.clients import add_client, list_clients
from samspil.access.directory import OrganisationKind
from samspil.access.endpoints import add_endpoint, list_endpoints
from samspil.access.organisations import (
    add_organisation,
    change_organisation,
    list_organisations,
    remove_organisation,
)
from samspil.access.people import add_person, list_people
from samspil.access.refusals import Refusal
from samspil.access.rights import Right, Role
from tests.unit.access.desk import CLINIC, HOSPITAL, PASSWORD, PHARMACY, Desk

pytestmark = pytest.mark.anyio


async def test_an_organisation_is_kept_as_given(desk: Desk) -> None:
    """Name, kind, numbers, code, marks; the numbers sorted, blanks trimmed."""
    added = await add_organisation(
        desk.database,
        by=desk.by,
        name="  Lægerne   på Torvet ",
        kind=OrganisationKind.CLINIC,
        glns=[CLINIC, HOSPITAL, f" {CLINIC} "],
        sor="325421000016001",
        synthetic=True,
        lenient=["samspil#x", "medcom-uuidv4"],
    )
    assert (added.name, added.glns) == ("Lægerne på Torvet", (HOSPITAL, CLINIC))
    assert await list_organisations(desk.database, by=desk.by) == [added]
    assert await desk.audit() == [("organisation.add", "done", "local:tester")]
    row = await desk.database.row("select object, object_id, concerns from audit")
    assert row == ("organisation", str(added.id), [HOSPITAL, CLINIC])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "register.name.missing"),
        ({"name": "x" * 201}, "register.name.missing"),
        ({"glns": []}, "register.gln.missing"),
        ({"glns": ["5790000121527"]}, "register.gln.malformed"),
        ({"glns": ["579"]}, "register.gln.malformed"),
        ({"sor": "12"}, "register.sor.malformed"),
        ({"glns": [HOSPITAL]}, "register.gln.held"),
        ({"sor": "325421000016001"}, "register.sor.held"),
    ],
)
async def test_what_cannot_be_is_refused_and_audited(desk: Desk, change: dict[str, object], code: str) -> None:
    """Nothing is kept of it, but that somebody tried."""
    await add_organisation(
        desk.database,
        by=desk.by,
        name="Sygehus Vest",
        kind=OrganisationKind.HOSPITAL,
        glns=[HOSPITAL],
        sor="325421000016001",
    )
    given: dict[str, object] = {"name": "Lægerne", "kind": OrganisationKind.CLINIC, "glns": [CLINIC]} | change
    with pytest.raises(Refusal) as refusal:
        await add_organisation(desk.database, by=desk.by, **given)  # pyright: ignore[reportArgumentType]
    assert refusal.value.code == code
    assert refusal.value.issue.message.in_("da") != refusal.value.issue.message.in_("en")
    assert len(await list_organisations(desk.database, by=desk.by)) == 1
    assert (await desk.audit())[1:] == [("organisation.add", "refused", "local:tester")]
    assert await desk.database.row("select facts from audit order by id desc limit 1") == ({"code": code},)


async def test_a_change_frees_and_takes_numbers(desk: Desk) -> None:
    """A number left out goes with its endpoint, and another organisation may have it at once."""
    hospital = await desk.organisation()
    gone = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    changed = replace(hospital, name="Sygehus Øst", glns=(CLINIC,), lenient=frozenset({"a"}))
    assert await change_organisation(desk.database, by=desk.by, organisation=changed) == changed
    assert await list_organisations(desk.database, by=desk.by) == [changed]
    assert gone not in await list_endpoints(desk.database, desk.key, by=desk.by)
    await desk.organisation("Andre", HOSPITAL)
    row = await desk.database.row("select facts, concerns from audit where act = 'organisation.change'")
    assert row == ({"changed": ["name", "glns", "lenient"]}, [HOSPITAL, CLINIC])
    with pytest.raises(Refusal, match=r"register\.gln\.held"):
        await change_organisation(desk.database, by=desk.by, organisation=replace(changed, glns=(HOSPITAL,)))


async def test_removing_takes_all_that_belongs_to_it(desk: Desk) -> None:
    """Endpoints, clients, people and their sessions end; the rows stay for the audit's sake."""
    hospital = await desk.organisation()
    await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND], organisation=hospital.id)
    await add_person(
        desk.database,
        desk.passwords,
        by=desk.by,
        login="kim",
        name="Kim",
        role=Role.VIEWER,
        password=PASSWORD,
        organisation=hospital.id,
    )
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    await remove_organisation(desk.database, by=desk.by, organisation=hospital.id)
    assert await desk.sessions.find(token) is None
    assert await list_organisations(desk.database, by=desk.by) == []
    assert await list_endpoints(desk.database, desk.key, by=desk.by) == []
    assert await list_clients(desk.database, by=desk.by) == []
    assert await list_people(desk.database, by=desk.by) == []
    assert await desk.database.row("select count(*) from person") == (1,)
    await desk.organisation("Andre", HOSPITAL)
    for act in (
        remove_organisation(desk.database, by=desk.by, organisation=hospital.id),
        remove_organisation(desk.database, by=desk.by, organisation=uuid4()),
    ):
        with pytest.raises(Refusal, match=r"register\.organisation\.unknown"):
            await act


async def test_an_operator_of_one_organisation_changes_none(desk: Desk, caller_of: Callable[..., Caller]) -> None:
    """Not even their own; they see their own only. Those without the right see nothing."""
    hospital, _ = await desk.organisation(), await desk.organisation("Apotek", PHARMACY)
    operator = caller_of(hospital)
    assert await list_organisations(desk.database, by=operator) == [hospital]
    with pytest.raises(Refusal, match=r"access\.site\.only"):
        await add_organisation(desk.database, by=operator, name="x", kind=OrganisationKind.OTHER, glns=[CLINIC])
    with pytest.raises(Refusal, match=r"access\.site\.only"):
        await change_organisation(desk.database, by=operator, organisation=replace(hospital, name="Mit"))
    with pytest.raises(Refusal, match=r"access\.site\.only"):
        await remove_organisation(desk.database, by=operator, organisation=hospital.id)
    for role in (Role.ENGINEER, Role.VIEWER):
        with pytest.raises(Refusal, match=r"access\.right\.missing"):
            await list_organisations(desk.database, by=caller_of(None, role))
        with pytest.raises(Refusal, match=r"access\.right\.missing"):
            await remove_organisation(desk.database, by=caller_of(None, role), organisation=hospital.id)
    assert [outcome for _, outcome, _ in await desk.audit()] == ["done"] * 2 + ["refused"] * 5


async def test_two_at_once_cannot_hold_one_number(desk: Desk) -> None:
    """Of ten who ask for the same number together, one gets it."""
    asked = (desk.organisation(f"Nummer {number}") for number in range(10))
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(result, Refusal) for result in results) == 9
    assert len(await list_organisations(desk.database, by=desk.by)) == 1
