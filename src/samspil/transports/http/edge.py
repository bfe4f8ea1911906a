"""What every request meets: which operation it is, who calls, whether they may, and how a refusal is told.

One `Edge` stands at each path. It speaks ASGI itself: nothing stands between the server and the handler but what is
written here. Failures of the work become refusals here, and only here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import structlog

from samspil.access.audit import Act, Outcome, record
from samspil.access.callers import Caller
from samspil.access.rights import Right
from samspil.domain.issues import Failure, Fault, Language
from samspil.exchange.journey import NotAllowed
from samspil.transports.http import negotiation
from samspil.transports.http.answers import Answer, Send, send_answer
from samspil.transports.http.limits import Gone, Receive
from samspil.transports.http.problems import Problem
from samspil.transports.http.services import Services

log = structlog.get_logger(__name__)

MOST_PARAMETERS = 32


class Call:
    """One request, as handlers see it. Made for every message on the hot path: slots, and nothing computed early."""

    __slots__ = ("_body", "_receive", "headers", "identified", "scope", "services")

    def __init__(self, scope: Mapping[str, Any], receive: Receive, services: Services) -> None:
        self.scope = scope
        self.headers: negotiation.Headers = scope["headers"]
        self.services = services
        self.identified: Caller | None = None
        self._receive = receive
        self._body = b""

    @property
    def caller(self) -> Caller:
        """Who calls. Operations that take a right have one."""
        assert self.identified is not None
        return self.identified

    @property
    def beginning(self) -> bytes:
        """The first bytes of the body, as far as it was read."""
        return self._body[:64]

    @property
    def language(self) -> Language:
        """The language that the caller reads."""
        return negotiation.language(self.headers)

    def header(self, name: bytes) -> str:
        """A header's text, empty if absent."""
        return negotiation.header_text(self.headers, name)

    def named(self, parameter: str) -> str:
        """A part of the path."""
        return self.scope["path_params"][parameter]

    def query(self, known: Sequence[str]) -> dict[str, str]:
        """The query's parameters, empty ones left out. Errors: Problem for an unknown, repeated or broken one."""
        pairs = self.pairs(known)
        found = dict(pairs)
        if len(found) < len(pairs):
            raise Problem("http.parameter.unknown", known=", ".join(known))
        return found

    def pairs(self, known: Sequence[str]) -> list[tuple[str, str]]:
        """The same where a parameter may stand more than once. Errors: Problem for an unknown or broken one."""
        try:
            pairs = parse_qsl(
                self.scope["query_string"].decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_PARAMETERS,
            )
        except ValueError:
            pairs = [("", "")]
        if any(name not in known for name, _ in pairs):
            raise Problem("http.parameter.unknown", known=", ".join(known))
        return [(name, value) for name, value in pairs if value]

    async def body(self) -> bytes:
        """The whole body, within the limits. Asked for once."""
        self._body = await self.services.intake.read(self.headers, self._receive)
        return self._body

    def done(self) -> None:
        """The request is answered: its body takes no more room."""
        self.services.intake.let_go(self._body)


Handler = Callable[[Call], Awaitable[Answer]]
Refusal = Callable[[Problem, Call], Answer]


def as_problem(problem: Problem, call: Call) -> Answer:
    """A refusal as a problem document."""
    return problem.answer(call.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row of the access table: what may be asked for, any one of which rights lets, and what the audit keeps.

    Without a right it is open to anyone, and `why_open` says why that does no harm. `act` is the audit's entry: one
    that is done is written with the deed, one that is refused is written here.
    """

    method: str
    path: str
    handler: Handler
    rights: tuple[Right, ...] = ()
    act: Act | None = None
    why_open: str = ""
    refuse: Refusal = as_problem

    @property
    def name(self) -> str:
        """Method and path, as the documentation and the log name it."""
        return f"{self.method} {self.path}"


class Edge:
    """The operations of one path, as an ASGI application."""

    def __init__(self, operations: Sequence[Operation], services: Services) -> None:
        self.path = operations[0].path
        self._services = services
        self._operations = {operation.method: operation for operation in operations}
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._refuse = operations[0].refuse
        self._allow = ", ".join(sorted({*self._operations, "OPTIONS"}))

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        call = Call(scope, receive, self._services)
        operation = self._operations.get(scope["method"])
        try:
            answer = self._of_no_operation(call) if operation is None else await _answer(operation, call)
        except Gone:
            return
        finally:
            call.done()
        await _send(answer, scope, send)

    def _of_no_operation(self, call: Call) -> Answer:
        allow = (b"allow", self._allow.encode())
        if call.scope["method"] == "OPTIONS":
            return Answer(204, headers=(allow,))
        return self._refuse(Problem("http.method.unknown", headers=(allow,), allowed=self._allow), call)


class Nowhere:
    """Every path below ours that is none, as an ASGI application."""

    def __init__(self, services: Services, *, refuse: Refusal = as_problem) -> None:
        self._services = services
        self._refuse = refuse

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Say that there is nothing here."""
        call = Call(scope, receive, self._services)
        await _send(self._refuse(Problem("http.route.unknown"), call), scope, send)


async def _send(answer: Answer, scope: Mapping[str, Any], send: Send) -> None:
    await send_answer(answer, send, without_body=scope["method"] == "HEAD", over_tls=scope["scheme"] == "https")


async def _answer(operation: Operation, call: Call) -> Answer:
    try:
        return await _perform(operation, call)
    except Problem as refused:
        problem = refused
    except Failure as failure:
        problem = _of_failure(failure, operation)
    except Gone:
        raise
    except Exception:  # nothing was promised yet: the caller hears of it and keeps its message
        log.exception("request failed", route=operation.name)
        problem = Problem("http.server.fault")
    log.info("request refused", route=operation.name, code=problem.code, request=problem.occurrence)
    return operation.refuse(problem, call)


async def _perform(operation: Operation, call: Call) -> Answer:
    if not operation.rights:
        return await operation.handler(call)
    callers = call.services.callers
    call.identified = caller = callers.find(call.scope)
    if operation.act is not None:
        call.identified = replace(caller, origin=callers.address(call.scope))
    try:
        _check_right(operation, caller)
        return await operation.handler(call)
    except Problem as refused:
        if operation.act is not None and refused.status in {403, 404}:
            await _record_refusal(operation.act, call, refused)
        raise


def _check_right(operation: Operation, caller: Caller) -> None:
    for right in operation.rights:
        if caller.may(right):
            return
    raise Problem("access.right.missing", right=operation.rights[0].value)


async def _record_refusal(act: Act, call: Call, refused: Problem) -> None:
    """Somebody known tried what is not theirs. The path is told only if it holds an id of ours."""
    try:
        object_id: UUID | str = UUID(call.named("id"))
    except (KeyError, ValueError):
        object_id = ""
    await record(
        call.services.database,
        by=call.caller,
        act=act,
        object=act.partition(".")[0],
        object_id=object_id,
        outcome=Outcome.REFUSED,
        facts={"code": refused.code},
    )


def _of_failure(failure: Failure, operation: Operation) -> Problem:
    """Not allowed is the caller's matter; else trying again helps, unless the fault is ours."""
    if isinstance(failure, NotAllowed):
        return Problem(failure.code)
    if isinstance(failure, Fault):
        log.error("request failed", route=operation.name, code=failure.code, exc_info=failure)
        return Problem("http.server.fault")
    log.warning("request put off", route=operation.name, code=failure.code)
    return Problem("http.server.unavailable", retry_after_seconds=5)
