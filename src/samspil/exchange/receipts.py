"""What we owe the sender: the acknowledgement of a message whose receiver's mailbox is here.

An accepted message is answered ok; a refused one that another site handed over, or that came on a wire without
answers, is answered fatal-error; a receipt is never answered. The answer is a message of its own: it is stored with
the message it answers, in one commit, and travels through the outbox like any other. A repetition is answered with
the same answer in a new envelope.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID

import orjson

from samspil.access.directory import Directory, Endpoint
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Verdict
from samspil.domain.message import AnswerCode, Head, Kind
from samspil.exchange.carriage import Carriage, Happening, Origin
from samspil.exchange.ids import uuid7
from samspil.exchange.letters import Judged
from samspil.exchange.resending import Resending
from samspil.exchange.routing import MAILBOX
from samspil.exchange.store.transmissions import Transmissions
from samspil.formats.answers import Written, write_answer

SILENT = frozenset({"folder"})
"""Wires that carry no answer back: what is refused is told in an acknowledgement."""


class Answering:
    """Writes acknowledgements, and repeats them."""

    def __init__(
        self,
        *,
        directory: Directory,
        transmissions: Transmissions,
        resending: Resending,
        new_uuid: Callable[[], UUID],
    ) -> None:
        self._directory = directory
        self._transmissions = transmissions
        self._resending = resending
        self._new_uuid = new_uuid

    def answer(self, judged: Judged, letter: Carriage) -> Carriage | None:
        """The acknowledgement to store with the letter, or None where none is owed."""
        head = judged.part.head
        if head is None or not self._is_owed(judged, head, letter.origin):
            return None
        code = AnswerCode.OK if judged.report.verdict is Verdict.ACCEPTED else AnswerCode.FATAL
        written = write_answer(judged.part, judged.report, code=code, now=judged.at, new_id=self._new_uuid)
        return self._carriage(letter, written, head, code) if written is not None else None

    def evidence(self, letter: Carriage, answer: Carriage) -> bytes:
        """What the letter's first event tells of its answer."""
        facts = orjson.loads(letter.evidence or b"{}")
        code = answer.answers.code if answer.answers else ""
        return orjson.dumps({**facts, "answer": str(answer.id), "answered": code})

    async def repeat(self, original: UUID) -> None:
        """Send the acknowledgement of this message once more, if there is one and it is not on its way."""
        answer = await self._transmissions.answer_to(original)
        if answer is not None:
            await self._resending.resend(answer.id, cause="repeated")

    def _is_owed(self, judged: Judged, head: Head, origin: Origin) -> bool:
        if head.kind is not Kind.MESSAGE or not isinstance(head.receiver, Gln) or not isinstance(head.sender, Gln):
            return False
        if judged.report.verdict is Verdict.ACCEPTED:
            return judged.route.stays_here and head.receipt_wanted
        return origin is Origin.RELAY or judged.wire in SILENT

    def _carriage(self, letter: Carriage, written: Written, head: Head, code: AnswerCode) -> Carriage:
        """The acknowledgement as a message of this site, queued for the sender's endpoint."""
        assert letter.sender is not None
        endpoint = self._directory.find_endpoint(
            Gln(letter.sender), standard=written.head.standard, version=written.head.version, at=letter.at
        )
        return made_carriage(
            written, identifier=uuid7(letter.at), letter=letter, endpoint=endpoint, receiver=letter.sender
        )


def made_carriage(
    written: Written, *, identifier: UUID, letter: Carriage, endpoint: Endpoint | None, receiver: str
) -> Carriage:
    """A message written here, about `letter`; without an endpoint it goes straight to the dead letters."""
    here = endpoint is not None and endpoint.wire == MAILBOX
    return Carriage(
        id=identifier,
        owner=letter.owner,
        origin=Origin.MADE,
        caller=None,
        format=written.format,
        kind=written.head.kind,
        standard=written.head.standard,
        version=written.head.version,
        message_id=written.head.message_id,
        envelope_id=written.head.envelope_id,
        seen_envelope=written.head.envelope_id,
        sender=letter.receiver,
        receiver=receiver,
        subject="",
        sent_at=letter.at,
        payload=written.payload,
        sha256=hashlib.sha256(written.payload).digest(),
        verdict=Verdict.ACCEPTED,
        report=None,
        at=letter.at,
        happening=Happening.KEPT if here else Happening.MADE,
        evidence=None,
        seen_as=letter.receiver or "",
        endpoint=None if here else endpoint,
        answers=written.head.answers,
        dead_reason="" if endpoint is not None else "exchange.party.unknown",
    )
