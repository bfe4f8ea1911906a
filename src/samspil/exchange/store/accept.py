"""Accept letters: one statement each, everything that must follow in the same transaction.

A letter is stored only if none of its sender's ids was used before; the statement says so. Letters that arrive
while a commit is on its way share the next one: one flush of the disk carries many.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import psycopg

from samspil.domain.issues import Unreachable
from samspil.exchange.carriage import Carriage, Happening, Origin, State
from samspil.exchange.store.compression import pack
from samspil.storage.database import Database, numbered
from samspil.storage.ending import end
from samspil.storage.writers import Batch

STATE_AFTER = {
    Happening.ACCEPTED: State.WAITING,
    Happening.MADE: State.WAITING,
    Happening.KEPT: State.DELIVERED,
    Happening.REFUSED: State.REFUSED,
    Happening.UNMATCHED: State.DELIVERED,
}

_ACCEPT, _NAMES = numbered("""
with message_known as (
    insert into seen (id, sender, kind, message, sha256)
    values (:first_id, :seen_as, :first_kind, :id, :sha256)
    on conflict do nothing returning 1),
envelope_known as (
    insert into seen (id, sender, kind, message, sha256)
    select :seen_envelope::text, :seen_as, 'E', :id, :sha256 from message_known where :seen_envelope::text is not null
    on conflict do nothing returning 1),
new as (select from message_known where :seen_envelope::text is null or exists (select from envelope_known)),
payload_ as (
    insert into payload (sha256, codec, size_bytes, bytes, at)
    select :sha256, :codec::smallint, :size_bytes::int, :bytes, :at from new
    on conflict do nothing),
message_ as (
    insert into message (id, owner, parent, origin, caller, format, kind, standard, version, message_id, envelope_id,
                         sender, receiver, subject, answers, payload, size_bytes, verdict, report, answer, answer_code,
                         sent_at, at)
    select :id, :owner, :parent::uuid, :origin, :caller::uuid, :format, :kind, :standard, :version, :message_id,
           :envelope_id, :sender, :receiver, :subject, :answers, :sha256, :size_bytes, :verdict, :report::bytea,
           :answer::bytea, :answer_code::int, :sent_at::timestamptz, :at from new),
event_ as (
    insert into event (message, at, kind, state, cause, evidence)
    select :id, :at, :happening, :state, :cause, :evidence::json from new),
outbox_ as (
    insert into outbox (id, message, owner, endpoint, format, payload, lane, expects, created_at, due)
    select :id, :id, :owner, :endpoint::uuid, :format, :sha256, :lane::uuid, :answer_due::timestamptz is not null,
           :at, :at
    from new where :endpoint::uuid is not null),
obligation_ as (
    insert into obligation (message, owner, kind, due, resends_left)
    select :id, :owner, 'acknowledgement', :answer_due::timestamptz, :resends::int
    from new where :answer_due::timestamptz is not null),
dead_ as (
    insert into dead_letter (id, message, owner, endpoint, reason, tries, at)
    select :id, :id, :owner, null, :dead_reason, 0, :at from new where :dead_reason <> '')
select exists (select from message_known), exists (select from new)
""")

# The message id was free but its envelope id is not: nothing was stored, so the message id stays free.
_FREE = "delete from seen where id = $1 and sender = $2 and kind = $3 and message = $4"

# An answer found its message: settle what was owed, once. A first answer is never overruled by a later one; and a
# message set aside as undeliverable that is answered all the same had arrived.
_SETTLE = """
with original as (
    select s.message from seen s
    where s.id = $1 and s.kind = 'M' and s.sender = $2),
settled as (
    delete from obligation o using original where o.message = original.message and $4 <> 'deferred'
    returning o.message),
arrived as (
    update dead_letter d set settled = $5, outcome = 'answered' from original
    where d.message = original.message and d.settled is null and $4 <> 'deferred'
    returning 1),
first as (select from settled union all select from arrived),
told as (
    insert into event (message, at, kind, state, cause, evidence)
    select original.message, $5,
           case when $4 = 'deferred' or exists (select from first) then $4 else 'answered-again' end,
           case when exists (select from first) then $6 end, $7, $8::json
    from original returning 1),
unmatched as (
    insert into event (message, at, kind, cause)
    select $3, $5, 'unmatched', '' where not exists (select from original) returning 1)
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

    def __init__(self, database: Database, *, committers: int = 2, largest_batch: int = 64) -> None:
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
            await end(task)

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
                for _, group in groupby(sorted(batch, key=_order), key=_owner):
                    await self._commit(list(group))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _commit(self, batch: list[_Waiting]) -> None:
        """One transaction for the batch; if it fails for one letter's sake, one for each."""
        try:
            answers = await self._database.write(lambda work: _write(work, batch))
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


def _write(work: Batch, batch: Sequence[_Waiting]) -> list[bool]:
    """Store the batch's first letters; then, of those that were new, what follows from them."""
    new = _store(work, [waiting.letters[0] for waiting in batch])
    stored = [waiting for waiting, is_new in zip(batch, new, strict=True) if is_new]
    followers = [letter for waiting in stored for letter in waiting.letters[1:]]
    if followers:
        _store(work, followers)
    answers = [row for waiting in stored if _settles(waiting.letters[0]) for row in _settlements(waiting.letters[0])]
    if answers:
        work.each(_SETTLE, answers)
    return new


def _store(work: Batch, letters: Sequence[Carriage]) -> list[bool]:
    """Write letters; say of each whether it was new."""
    rows = [_values(letter) for letter in letters]
    results = [found[0] for found in work.each(_ACCEPT, [[row[name] for name in _NAMES] for row in rows])]
    half_known = [
        (row["first_id"], row["seen_as"], row["first_kind"], row["id"])
        for row, (message_was_free, is_new) in zip(rows, results, strict=True)
        if message_was_free and not is_new
    ]
    if half_known:
        work.each(_FREE, half_known)
    return [is_new for _, is_new in results]


def _settles(letter: Carriage) -> bool:
    return letter.answers is not None and letter.origin is not Origin.MADE


def _owner(waiting: _Waiting) -> str:
    return waiting.letters[0].owner


def _order(waiting: _Waiting) -> tuple[str, str]:
    """By owner, and then by id: two batches that hold the same ids take them in the same order, and never deadlock."""
    return waiting.letters[0].owner, waiting.letters[0].message_id or ""


def _fail(batch: Iterable[_Waiting], problem: Exception) -> None:
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(problem)


_ANSWERED = {
    "ok": (Happening.ACKNOWLEDGED, State.ACKNOWLEDGED),
    "fatal-error": (Happening.DECLINED, State.DECLINED),
    "transient-error": (Happening.DEFERRED, None),
}


def _settlements(letter: Carriage) -> Iterator[tuple[object, ...]]:
    """What an answer settles: one message, or each of those that it names."""
    answer = letter.answers
    assert answer is not None
    happening, state = _ANSWERED[answer.code]
    evidence = f'{{"answer":"{letter.id}"}}'
    cause = answer.findings[0] if answer.findings else ""
    for message_id in (answer.message_id, *answer.also):
        yield (message_id, letter.receiver, letter.id, happening, letter.at, state, cause, evidence)


def _values(letter: Carriage) -> dict[str, object]:
    """What the statement writes, by name."""
    codec, packed = pack(letter.payload)
    queued = letter.endpoint is not None and letter.happening in {Happening.ACCEPTED, Happening.MADE}
    has_ids = letter.message_id is not None
    return {
        "id": letter.id,
        "owner": letter.owner,
        "seen_as": letter.seen_as,
        "first_id": letter.message_id if has_ids else letter.sha256.hex(),
        "first_kind": "M" if has_ids else "B",
        "seen_envelope": letter.seen_envelope if has_ids else None,
        "sha256": letter.sha256,
        "codec": codec,
        "size_bytes": len(letter.payload),
        "bytes": packed,
        "at": letter.at,
        "parent": letter.parent,
        "origin": letter.origin,
        "caller": letter.caller,
        "format": letter.format,
        "kind": letter.kind or "",
        "standard": letter.standard,
        "version": letter.version,
        "message_id": letter.message_id,
        "envelope_id": letter.envelope_id,
        "sender": letter.sender,
        "receiver": letter.receiver,
        "subject": letter.subject,
        "answers": letter.answers.message_id if letter.answers else None,
        "verdict": letter.verdict,
        "report": letter.report,
        "answer": letter.http_body or None,
        "answer_code": letter.http_status if letter.http_body else None,
        "sent_at": letter.sent_at,
        "happening": letter.happening,
        "state": State.DEAD if letter.dead_reason else STATE_AFTER[letter.happening],
        "cause": letter.dead_reason or letter.cause,
        "evidence": letter.evidence.decode() if letter.evidence else None,
        "endpoint": letter.endpoint.id if queued and letter.endpoint else None,
        "lane": letter.lane,
        "answer_due": letter.at + letter.expects_answer_within if letter.expects_answer_within else None,
        "resends": letter.resends,
        "dead_reason": letter.dead_reason,
    }
