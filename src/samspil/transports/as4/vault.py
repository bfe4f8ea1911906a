"""What AS4 keeps in the database: messages that came in with the receipt each got, and receipts for what went out.

A message and its receipt are written by one statement, and the receipt leaves only afterwards. Who loses a race
against the same message finds what the winner wrote.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from samspil.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What stands under an id: the fingerprint of its content, and the answer it got."""

    fingerprint: bytes
    answer_type: str
    answer: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as it is kept. `key` is its id, sender and sender's type."""

    key: tuple[str, str, str]
    fingerprint: bytes
    mode: str
    media_type: str
    payload: bytes = field(repr=False)
    evidence: bytes = field(repr=False)
    answer_type: str
    answer: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is receipted and not yet taken over. `sender` is the access point it came from."""

    sender: str
    payload: bytes = field(repr=False)


_RECALL = """
select fingerprint, answer_type, answer
from as4_message where message_id = $1 and sender = $2 and sender_type = $3
"""
_KEEP = """
insert into as4_message
    (message_id, sender, sender_type, fingerprint, mode, media_type, payload, evidence, answer_type, answer, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
"""
_WAITING = """
select message_id, sender, sender_type, payload
from as4_message where taken_at is null order by at limit $1 for update skip locked
"""
_TAKEN = """
update as4_message set taken_at = $4, problem = $5 where message_id = $1 and sender = $2 and sender_type = $3
"""
_KEEP_RECEIPT = """
insert into as4_receipt (message_id, answer_type, answer, at) values ($1, $2, $3, $4) on conflict do nothing
"""


class Vault:
    """AS4's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, key: tuple[str, str, str]) -> Remembered | None:
        """What stands under an id."""
        row = await self._database.row(_RECALL, *key)
        if row is None:
            return None
        fingerprint, answer_type, answer = row
        assert isinstance(fingerprint, bytes) and isinstance(answer, bytes)
        return Remembered(fingerprint=fingerprint, answer_type=str(answer_type), answer=answer)

    async def keep(self, entry: Entry) -> Remembered:
        """Write the message and its answer, unless its id is taken; give what stands there. On return it is durable."""
        rows = (entry.mode, entry.media_type, entry.payload, entry.evidence, entry.answer_type, entry.answer, entry.at)
        if await self._database.execute(_KEEP, *entry.key, entry.fingerprint, *rows):
            return Remembered(fingerprint=entry.fingerprint, answer_type=entry.answer_type, answer=entry.answer)
        found = await self.recall(entry.key)
        assert found is not None, "rows of this table are never deleted while their message travels"
        return found

    async def hand_over(self, give: Callable[[Waiting], Awaitable[str]], *, at: datetime, most: int = 20) -> int:
        """Give the oldest messages that wait, each once while all goes well; give the number of them.

        What `give` answers is the problem to note, if any. When it raises, all of this round wait again: who takes
        them must know them by their ids. Several nodes may ask at once.
        """
        async with self._database.transaction() as work:
            rows = await work.rows(_WAITING, most)
            for message_id, sender, sender_type, payload in rows:
                problem = await give(Waiting(sender=sender, payload=payload))
                await work.execute(_TAKEN, message_id, sender, sender_type, at, problem)
        return len(rows)

    async def keep_receipt(self, message_id: str, *, answer_type: str, answer: bytes, at: datetime) -> None:
        """Keep the proof that a message of ours arrived. The first one stays."""
        await self._database.execute(_KEEP_RECEIPT, message_id, answer_type, answer, at)

    async def receipt_of(self, message_id: str) -> bytes | None:
        """The proof that a message of ours arrived, as its receiver signed it."""
        row = await self._database.row("select answer from as4_receipt where message_id = $1", message_id)
        return None if row is None else row[0]

    async def forget(self, *, before: datetime) -> int:
        """Delete what was taken over and is older than any partner's memory; give the number of messages."""
        await self._database.execute("delete from as4_receipt where at < $1", before)
        return await self._database.execute("delete from as4_message where at < $1 and taken_at is not null", before)
