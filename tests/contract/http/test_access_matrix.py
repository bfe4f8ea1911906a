"""Each route refuses whoever lacks its right, and shows nobody another organisation's messages: role by role."""

from collections.abc import Iterator

import httpx
import pytest

from samspil.access.rights import CLIENT_RIGHTS, RIGHTS, Right, Role
from samspil.transports.http.edge import Operation
from samspil.transports.http.operations import OPERATIONS
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, PHARMACY, Site, WithSite

ROLES = {
    **{role.value: RIGHTS[role] & CLIENT_RIGHTS for role in Role},
    "sender": frozenset({Right.SEND}),
    "relay": frozenset({Right.RELAY}),
    "powerless": frozenset({Right.MEASURE}),
}
OF_A_MESSAGE = "/exchange/messages/{id}"
WHOLE_SITE = None
GUARDED = [operation for operation in OPERATIONS if operation.rights]
OPEN = [operation for operation in OPERATIONS if not operation.rights]


def name_of(operation: Operation) -> str:
    """The operation in the test's own name."""
    return operation.name


async def ask(client: httpx.AsyncClient, operation: Operation, message: str) -> httpx.Response:
    """Call an operation, on a message where it is about one."""
    path = operation.path.format(id=message, code="http.body.large")
    body = b"no message" if operation.method == "POST" and "{" not in operation.path else None
    return await client.request(operation.method, path, content=body)


async def clinics_message(site: Site) -> str:
    """The id of a message from the clinic to the hospital."""
    async with await site.client(CLINIC, Right.SEND) as client:
        answer = await client.post("/exchange/messages", content=care_communication(sender=CLINIC, receiver=HOSPITAL))
        assert answer.status_code == 202
        return answer.json()["id"]


def code_of(answer: httpx.Response) -> str:
    """Our stable code in a refusal, whichever way it is spelt."""
    document = answer.json()
    return document.get("code") or document["issue"][0]["details"]["coding"][0]["code"]


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_without_credentials_nothing_is_done(with_site: WithSite, operation: Operation) -> None:
    """401 with a challenge, for none and for wrong ones alike."""

    async def story(site: Site) -> None:
        message = await clinics_message(site)
        async with site.stranger() as stranger, site.stranger(headers={"authorization": "Bearer x"}) as guesser:
            for client, code in ((stranger, "missing"), (guesser, "refused")):
                answer = await ask(client, operation, message)
                assert (answer.status_code, code_of(answer)) == (401, f"access.credentials.{code}")
                assert answer.headers["www-authenticate"].startswith("Bearer")

    with_site(story)


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_each_role_does_what_its_rights_let_and_no_more(with_site: WithSite, operation: Operation) -> None:
    """403 names the right that is missing; with it the answer is anything but 401 and 403."""

    async def story(site: Site) -> None:
        message = await clinics_message(site)
        for role, rights in ROLES.items():
            for gln in _glns(rights):
                async with await site.client(gln, *rights) as client:
                    answer = await ask(client, operation, message)
                    if rights.isdisjoint(operation.rights):
                        assert (answer.status_code, code_of(answer)) == (403, "access.right.missing"), role
                        assert operation.rights[0].value in answer.text
                    else:
                        assert answer.status_code not in {401, 403, 500}, (role, answer.text)

    with_site(story)


@pytest.mark.parametrize(
    "operation", [operation for operation in GUARDED if operation.path.startswith(OF_A_MESSAGE)], ids=name_of
)
def test_another_organisations_message_does_not_exist(with_site: WithSite, operation: Operation) -> None:
    """Its parties and the whole site find it; to everybody else it is nowhere, whatever their rights."""

    async def story(site: Site) -> None:
        message = await clinics_message(site)
        all_rights = CLIENT_RIGHTS - {Right.RELAY}
        for gln in (CLINIC, HOSPITAL, WHOLE_SITE):
            async with await site.client(gln, *all_rights) as client:
                assert (await ask(client, operation, message)).status_code in {200, 409}, gln
        async with await site.client(PHARMACY, *all_rights) as stranger:
            answer = await ask(stranger, operation, message)
            assert (answer.status_code, code_of(answer)) == (404, "http.message.unknown")

    with_site(story)


def test_lists_hold_ones_own_only(with_site: WithSite) -> None:
    """A search finds for its caller what its caller may open, and nothing else."""

    async def story(site: Site) -> None:
        message = await clinics_message(site)
        for gln, ids in ((CLINIC, [message]), (HOSPITAL, [message]), (WHOLE_SITE, [message]), (PHARMACY, [])):
            async with await site.client(gln, Right.READ) as client:
                found = (await client.get("/exchange/messages")).json()["messages"]
                assert [row["id"] for row in found] == ids

    with_site(story)


def test_a_revoked_client_is_out(with_site: WithSite) -> None:
    """A token that was taken back opens nothing any more."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.READ) as client:
            assert (await client.get("/exchange/messages")).status_code == 200
            await site.database.execute("update client set removed_at = now()")
            await site.register.refresh()
            assert (await client.get("/exchange/messages")).status_code == 401

    with_site(story)


@pytest.mark.parametrize("operation", OPEN, ids=name_of)
def test_what_is_open_says_why(with_site: WithSite, operation: Operation) -> None:
    """Without a right there is a reason, and it works for a stranger."""

    async def story(site: Site) -> None:
        assert operation.why_open
        async with site.stranger() as stranger:
            path = operation.path.format(id="DIS91", code="http.body.large")
            assert (await stranger.request(operation.method, path)).status_code == 200

    with_site(story)


def test_the_table_is_total() -> None:
    """A method and path stand once; what reads or moves a payload leaves an audit mark."""
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))
    for operation in OPERATIONS:
        heavy = not set(operation.rights).isdisjoint({Right.OPEN, Right.RESOLVE})
        assert heavy == (operation.act is not None), operation.name


def _glns(rights: frozenset[Right]) -> Iterator[str | None]:
    """Organisations that can have these rights: who relays belongs to none."""
    if Right.RELAY not in rights:
        yield CLINIC
        yield PHARMACY
    yield WHOLE_SITE
