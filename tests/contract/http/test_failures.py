"""When the work fails, the caller hears what helps, the log says where, and neither says what the message held."""

import httpx
import pytest
from structlog.testing import capture_logs

from samspil.domain.issues import Fault, Unreachable
from samspil.exchange.journey import NotAllowed
from samspil.transports.http.answers import Answer
from samspil.transports.http.edge import Call, Edge, Operation
from samspil.transports.http.fhir import as_outcome
from samspil.transports.http.limits import Gone
from tests.contract.http.site import Site, WithSite

SECRET = "2509479989"


def failing(problem: Exception) -> Operation:
    """An operation that fails in a given way."""

    async def handler(_call: Call) -> Answer:
        raise problem

    return Operation(method="GET", path="/fails", handler=handler, why_open="a test")


async def ask(site: Site, operation: Operation) -> httpx.Response:
    """The answer of a lone operation."""
    transport = httpx.ASGITransport(app=Edge((operation,), site.services))
    async with httpx.AsyncClient(transport=transport, base_url="http://site.example") as client:
        return await client.get("/fails")


@pytest.mark.parametrize(
    ("problem", "status", "code", "level"),
    [
        (Unreachable("database.unreachable", SECRET), 503, "http.server.unavailable", "warning"),
        (NotAllowed("access.sender.foreign"), 403, "access.sender.foreign", "info"),
        (Fault("site.key.lost", SECRET), 500, "http.server.fault", "error"),
        (ValueError(SECRET), 500, "http.server.fault", "error"),
    ],
)
def test_each_failure_has_its_answer(
    with_site: WithSite, problem: Exception, status: int, code: str, level: str
) -> None:
    """Trying again is asked for where it helps; the occurrence can be found in the log."""

    async def story(site: Site) -> None:
        with capture_logs() as lines:
            answer = await ask(site, failing(problem))
        document = answer.json()
        assert (answer.status_code, document["code"]) == (status, code)
        assert ("retry-after" in answer.headers) == (status == 503)
        assert SECRET not in answer.text
        assert level in {line["log_level"] for line in lines}
        (refused,) = (line for line in lines if line["event"] == "request refused")
        assert document["instance"] == f"urn:uuid:{refused['request']}"

    with_site(story)


def test_a_caller_that_left_is_not_answered(with_site: WithSite) -> None:
    """There is nobody to tell anything."""

    async def story(site: Site) -> None:
        sent: list[object] = []

        async def send(message: object) -> None:
            sent.append(message)

        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "headers": [], "scheme": "http", "path": "/fails"}
        await Edge((failing(Gone()),), site.services)(scope, receive, send)
        assert sent == []

    with_site(story)


def test_a_fhir_client_reads_failures_too(with_site: WithSite) -> None:
    """The same in an OperationOutcome."""

    async def story(site: Site) -> None:
        operation = failing(Unreachable("database.unreachable"))
        spelt = Operation(method="GET", path="/fails", handler=operation.handler, why_open="a test", refuse=as_outcome)
        answer = await ask(site, spelt)
        assert answer.status_code == 503
        assert answer.json()["issue"][0]["code"] == "transient"

    with_site(story)
