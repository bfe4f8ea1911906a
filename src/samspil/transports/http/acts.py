"""What an operator's program may do with a stuck message, and where it sees what is stuck."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from uuid import UUID

import msgspec

from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.edge import Call
from samspil.transports.http.messages import message_id, row_line, story_of
from samspil.transports.http.problems import Problem

NO_REASON = "operator"
LONGEST_REASON = 200


class Reason(msgspec.Struct, frozen=True):
    """What may stand in the body of an act: why. It is kept, and may be read by the sender."""

    reason: str = NO_REASON


async def resend(call: Call) -> Answer:
    """Send a delivered or unconfirmed message once more, in a new envelope."""
    acts = call.services.acts
    return await _act(call, lambda message, _: acts.resend(message, by=call.caller))


async def release(call: Call) -> Answer:
    """Put a dead letter back on its path."""
    acts = call.services.acts
    return await _act(call, lambda message, _: acts.release(message, by=call.caller))


async def give_back(call: Call) -> Answer:
    """Return a stuck message to its sender."""
    acts = call.services.acts
    return await _act(call, lambda message, reason: acts.give_back(message, by=call.caller, reason=reason))


async def _act(call: Call, do: Callable[[UUID, str], Awaitable[bool]]) -> Answer:
    """Do it with a message that the caller may see, and tell where the message is then."""
    call.query(())
    reason = _reason(await call.body())
    await story_of(call)
    if not await do(message_id(call), reason):
        raise Problem("http.act.idle")
    return json_answer(row_line((await story_of(call)).row))


def _reason(body: bytes) -> str:
    if not body.strip():
        return NO_REASON
    try:
        reason = msgspec.json.decode(body, type=Reason).reason
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason = ""
    if not reason.isprintable() or not 0 < len(reason) <= LONGEST_REASON:
        expected = f'JSON such as {{"reason": "…"}}, with at most {LONGEST_REASON} characters'
        raise Problem("http.parameter.wrong", "reason", name="reason", expected=expected)
    return reason


async def list_dead_letters(call: Call) -> Answer:
    """What a person must look at: deliveries that were given up, and messages whose acknowledgement never came."""
    call.query(())
    tracking, glns = call.services.tracking, call.caller.glns
    return json_answer(
        {
            "dead_letters": [asdict(row) for row in await tracking.dead_letters(glns=glns)],
            "unconfirmed": [asdict(row) for row in await tracking.unconfirmed(glns=glns)],
        }
    )


async def list_lanes(call: Call) -> Answer:
    """What waits, by sender and receiver, and which endpoints are left in peace for a while."""
    call.query(())
    tracking, glns = call.services.tracking, call.caller.glns
    lanes = await tracking.lanes(glns=glns)
    seen = {lane.endpoint for lane in lanes}
    circuits = [row for row in await tracking.circuits() if glns is None or row.endpoint in seen]
    return json_answer({"lanes": [asdict(row) for row in lanes], "circuits": [asdict(row) for row in circuits]})
