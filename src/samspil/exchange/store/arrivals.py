"""What was seen before: the stored first answer, and what is needed to judge a repetition."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samspil.domain.issues import Verdict
from samspil.exchange.carriage import Carriage, Happening, Receipt
from samspil.exchange.store.compression import unpack
from samspil.storage.database import Database

_SEEN = "select kind, message, sha256 from seen where sender = $1 and id = any($2)"

_ANSWER = """
select answer_code, answer, verdict from message where id = $1
"""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a sender has used before: the messages known by the message id, by the envelope id, by the bytes."""

    by_message: UUID | None = None
    by_envelope: UUID | None = None
    by_bytes: UUID | None = None
    sha256: bytes | None = None


class Arrivals:
    """Look-ups for repeated arrivals; rare, so plain."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def traces(self, letter: Carriage) -> Traces:
        """What is known of this letter's ids."""
        wanted = [text for text in (letter.message_id, letter.seen_envelope, letter.sha256.hex()) if text]
        rows = await self._database.rows(_SEEN, letter.seen_as, wanted)
        found = {_letter(kind): (message, sha) for kind, message, sha in rows}
        known = found.get("M") or found.get("B")
        return Traces(
            by_message=found["M"][0] if "M" in found else None,
            by_envelope=found["E"][0] if "E" in found else None,
            by_bytes=found["B"][0] if "B" in found else None,
            sha256=bytes(known[1]) if known else None,
        )

    async def payload(self, message: UUID) -> bytes:
        """The bytes of a message as received."""
        row = await self._database.row(
            "select p.codec, p.bytes from message m join payload p on p.sha256 = m.payload where m.id = $1", message
        )
        return unpack(*row) if row else b""

    async def answer(self, message: UUID) -> Receipt | None:
        """The answer given the first time, byte for byte."""
        row = await self._database.row(_ANSWER, message)
        if row is None or row[0] is None:
            return None
        status, body, verdict = row
        return Receipt(id=message, verdict=Verdict(verdict), status=status, body=bytes(body), repeated=True)

    async def remember_envelope(self, letter: Carriage, original: UUID) -> None:
        """A resend's new envelope id belongs to the message it repeats."""
        await self._database.execute(
            """insert into seen (id, sender, kind, message, sha256) values ($1, $2, 'E', $3, $4)
               on conflict (id, sender, kind) do update set message = $3""",
            letter.seen_envelope, letter.seen_as, original, letter.sha256,
        )  # fmt: skip

    async def note(self, message: UUID, happening: Happening, *, at: datetime, cause: str = "") -> None:
        """Write an event that changes no state."""
        await self._database.execute(
            "insert into event (message, at, kind, cause) values ($1, $2, $3, $4)", message, at, happening, cause
        )


def _letter(kind: object) -> str:
    """PostgreSQL's one-byte "char" arrives as bytes."""
    return kind.decode() if isinstance(kind, bytes) else str(kind)
