"""Accept letters: one statement each, everything that must follow in the same transaction.

A letter is stored only if none of its sender's ids was used before; the statement says so. Letters that arrive
while a commit is on its way share the next one: one flush of the disk carries many.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

import psycopg

from samspil.domain.issues import Unreachable
from samspil.exchange.carriage import Carriage, Happening, Origin, State
from samspil.exchange.store.compression import pack
from samspil.storage.database import Database, Work

STATE_AFTER = {
    Happening.ACCEPTED: State.WAITING,
    Happening.MADE: State.WAITING,
    Happening.KEPT: State.DELIVERED,
    Happening.REFUSED: State.REFUSED,
    Happening.UNMATCHED: State.DELIVERED,
}

_ACCEPT = """
with fresh as (
    insert into seen (id, sender, kind, message, sha256)
    select v.id, $3, v.kind, $1, $4
    from (values ($5::text, 'M'::"char"), ($6::text, $7::"char")) v(id, kind)
    where v.id is not null
      and ($8::uuid is null or exists (select from message where id = $8))
      and not exists (
          select from seen s
          where s.sender = $3 and ((s.id = $5 and s.kind = 'M') or (s.id = $6 and s.kind = $7::"char")))
    on conflict do nothing
    returning kind),
new as (select from fresh having count(*) = $9::int),
payload_ as (
    insert into payload (sha256, codec, size_bytes, bytes, at)
    select $4, $10::smallint, $11::int, $12, $13 from new
    on conflict do nothing),
message_ as (
    insert into message (id, owner, parent, origin, caller, format, kind, standard, version, message_id, envelope_id,
                         sender, receiver, subject, answers, payload, size_bytes, verdict, report, sent_at, at)
    select $1, $2, $14::uuid, $15, $16::uuid, $17, $18, $19, $20, $5, $40,
           $21, $22, $23, $24, $4, $11, $25, $26::bytea, $27::timestamptz, $13 from new),
event_ as (
    insert into event (message, at, kind, state, cause, evidence)
    select $1, $13, $28, $29, $30, $31::json from new),
receipt_ as (
    insert into receipt (message, layer, at, status, media_type, bytes)
    select $1, 'http', $13, $32::int, 'application/json', $33 from new where $32::int > 0),
outbox_ as (
    insert into outbox (id, message, owner, endpoint, lane, expects, created_at, due)
    select $34::uuid, $1, $2, $35::uuid, $36::uuid, $37::timestamptz is not null, $13, $13
    from new where $35::uuid is not null),
obligation_ as (
    insert into obligation (message, owner, kind, due, resends_left)
    select $1, $2, 'acknowledgement', $37::timestamptz, $38::int from new where $37::timestamptz is not null),
dead_ as (
    insert into dead_letter (id, message, owner, endpoint, reason, tries, at)
    select $34::uuid, $1, $2, null, $39, 0, $13 from new where $39 <> '')
select exists (select from new)
"""

# An answer found its message: settle what was owed, once. A first answer is never overruled by a later one.
_SETTLE = """
with original as (
    select s.message from seen s
    where s.id = $1 and s.kind = 'M' and s.sender = $2 and exists (select from message where id = $3)
    limit 1),
settled as (
    delete from obligation o using original where o.message = original.message and $4 <> 'deferred'
    returning o.message),
told as (
    insert into event (message, at, kind, state, cause, evidence)
    select original.message, $5,
           case when $4 = 'deferred' or exists (select from settled) then $4 else 'answered-again' end,
           case when exists (select from settled) then $6 end, $7, $8::json
    from original returning 1),
unmatched as (
    insert into event (message, at, kind, cause)
    select $3, $5, 'unmatched', '' where not exists (select from original)
      and exists (select from message where id = $3) returning 1)
select (select count(*) from told), (select count(*) from settled)
"""


@dataclass(slots=True)
class _Waiting:
    """Letters that stand or fall together, and who waits for the word."""

    letters: Sequence[Carriage]
    done: "asyncio.Future[bool]" = field(repr=False)


class Acceptance:
    """The one way in: letters go to disk in batches, their senders are answered after the commit.

    `accept` says whether the first letter was new. The letters of one call are one transaction; an owner's calls
    may share a transaction, different owners' never do.
    """

    def __init__(self, database: Database, *, committers: int = 3, largest_batch: int = 64) -> None:
        self._database = database
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._committers = committers
        self._largest_batch = largest_batch
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = True

    def start(self) -> None:
        """Begin to commit."""
        self._closed = False
        self._tasks = [asyncio.create_task(self._commit_forever()) for _ in range(self._committers)]

    async def stop(self) -> None:
        """Commit what waits, then stop; who comes later is sent away."""
        self._closed = True
        await self._queue.join()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def accept(self, letters: Sequence[Carriage]) -> bool:
        """Store the letters if the first is new. Errors: Unreachable when they could not be committed."""
        if self._closed:
            raise Unreachable("exchange.stopping")
        waiting = _Waiting(letters, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.done

    async def _commit_forever(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._largest_batch and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                for _, group in groupby(sorted(batch, key=_owner), key=_owner):
                    await self._commit(list(group))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _commit(self, batch: list[_Waiting]) -> None:
        """One transaction for the batch; if it fails for one letter's sake, one for each."""
        try:
            answers = await self._write(batch)
        except Unreachable as problem:
            _fail(batch, problem)
        except psycopg.Error as problem:
            if len(batch) > 1:
                for waiting in batch:
                    await self._commit([waiting])
            else:
                _fail(batch, Unreachable("exchange.store.failed", type(problem).__name__))
        except BaseException as problem:  # whoever waits must hear of it, whatever it was
            _fail(batch, Unreachable("exchange.store.failed", type(problem).__name__))
            raise
        else:
            for waiting, new in zip(batch, answers, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(new)

    async def _write(self, batch: list[_Waiting]) -> list[bool]:
        letters = [letter for waiting in batch for letter in waiting.letters]
        async with self._database.transaction() as work:
            results = await work.each(_ACCEPT, [_row(letter) for letter in letters])
            await _settle(work, letters)
        stored = iter([bool(rows[0][0]) for rows in results])
        return [[next(stored) for _ in waiting.letters][:1] == [True] for waiting in batch]


def _owner(waiting: _Waiting) -> str:
    return waiting.letters[0].owner


def _fail(batch: Iterable[_Waiting], problem: Exception) -> None:
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(problem)


async def _settle(work: Work, letters: Iterable[Carriage]) -> None:
    rows = [_settlement(letter) for letter in letters if letter.answers and letter.origin is not Origin.MADE]
    if rows:
        await work.each(_SETTLE, rows)


_ANSWERED = {
    "ok": (Happening.ACKNOWLEDGED, State.ACKNOWLEDGED),
    "fatal-error": (Happening.DECLINED, State.DECLINED),
    "transient-error": (Happening.DEFERRED, None),
}


def _settlement(letter: Carriage) -> tuple[object, ...]:
    answer = letter.answers
    assert answer is not None
    happening, state = _ANSWERED[answer.code]
    evidence = f'{{"answer":"{letter.id}"}}'
    cause = answer.findings[0] if answer.findings else ""
    return (answer.message_id, letter.receiver, letter.id, happening, letter.at, state, cause, evidence)


def _row(letter: Carriage) -> tuple[object, ...]:
    codec, packed = pack(letter.payload)
    has_ids = letter.message_id is not None
    second = (letter.seen_envelope, "E") if has_ids else (letter.sha256.hex(), "B")
    queued = letter.endpoint is not None and letter.happening in {Happening.ACCEPTED, Happening.MADE}
    due = letter.at + letter.expects_answer_within if letter.expects_answer_within is not None else None
    return (
        letter.id,
        letter.owner,
        letter.seen_as,
        letter.sha256,
        letter.message_id,
        second[0],
        second[1],
        letter.depends_on,
        int(has_ids) + int(second[0] is not None),
        codec,
        len(letter.payload),
        packed,
        letter.at,
        letter.parent,
        letter.origin,
        letter.caller,
        letter.format,
        letter.kind or "",
        letter.standard,
        letter.version,
        letter.sender,
        letter.receiver,
        letter.subject,
        letter.answers.message_id if letter.answers else None,
        letter.verdict,
        letter.report,
        letter.sent_at,
        letter.happening,
        State.DEAD if letter.dead_reason else STATE_AFTER[letter.happening],
        letter.dead_reason or letter.cause,
        letter.evidence.decode() if letter.evidence else None,
        letter.http_status if letter.http_body else 0,
        letter.http_body,
        letter.id if queued or letter.dead_reason else None,
        letter.endpoint.id if queued and letter.endpoint else None,
        letter.lane,
        due,
        letter.resends,
        letter.dead_reason,
        letter.envelope_id,
    )
