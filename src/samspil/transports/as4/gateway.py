"""The receiving side of an access point: from a posted body to the signal that answers it, and what is kept between.

A receipt is made, committed with its message, and only then given. Whatever is wrong, the answer is an error signal
with a code; the reason goes to `on_refused`, for our own log.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from samspil.domain.issues import Issue
from samspil.formats.envelopes.markup import read_markup
from samspil.formats.envelopes.sbdh import read_sbdh
from samspil.transports.as4.duplicates import Repeat, fingerprint, judge_repeat, memory_key
from samspil.transports.as4.fourcorner import require_consistent
from samspil.transports.as4.messages import Payload, SignalMessage
from samspil.transports.as4.mime import LIMITS, Limits
from samspil.transports.as4.pmodes import PMode, find_pmode
from samspil.transports.as4.receipts import error_for, receipt_for
from samspil.transports.as4.receiving import Keyring, Received, glance, open_message
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.sending import Outgoing, pack_signal
from samspil.transports.as4.vault import Entry, Remembered, Vault

LARGE_BYTES = 1 << 20


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody_hears(message_id: str, refused: Refused) -> None:
    """The default: refusals are not noted."""


def _nobody_waits() -> None:
    """The default: what was kept is found by looking."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The signal that goes back on the same connection."""

    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """What an access point needs to receive. `host` is the right half of the ids it gives out."""

    keyring: Keyring
    modes: Sequence[PMode]
    vault: Vault
    host: str = "samspil"
    clock: Callable[[], datetime] = _now
    on_refused: Callable[[str, Refused], None] = _nobody_hears
    on_kept: Callable[[], None] = _nobody_waits
    limits: Limits = LIMITS

    async def answer(self, content_type: str, body: bytes) -> Answer:
        """The receipt or error for what was posted. Never raises for what it holds."""
        try:
            return await self._receipt(content_type, body)
        except Refused as refused:
            claimed = glance(content_type, body, limits=self.limits)
            self.on_refused(claimed, refused)
            signal = error_for(refused.code, answered=claimed, message_id=self._new_id(), now=self.clock())
            return self._signed(signal)

    async def _receipt(self, content_type: str, body: bytes) -> Answer:
        now = self.clock()
        received = await self._opened(content_type, body, now)
        mode = find_pmode(received.message, self.modes)
        if received.message.is_test:
            return self._signed(receipt_for(received, message_id=self._new_id(), now=now))
        payload = _only_payload(received, mode)
        content = fingerprint(received.signed)
        found = await self.vault.recall(memory_key(received.message))
        if found is None:
            answer = self._signed(receipt_for(received, message_id=self._new_id(), now=now))
            found = await self.vault.keep(
                Entry(
                    key=memory_key(received.message),
                    fingerprint=content,
                    mode=mode.id,
                    media_type=payload.media_type,
                    payload=payload.content,
                    evidence=received.evidence,
                    answer_type=answer.content_type,
                    answer=answer.body,
                    at=now,
                )
            )
            self.on_kept()
        return _as_before(found, content)

    async def _opened(self, content_type: str, body: bytes, now: datetime) -> Received:
        """The message; a large one is opened in a thread, so that nobody waits for it."""
        work = partial(open_message, content_type, body, keyring=self.keyring, now=now, limits=self.limits)
        return await asyncio.to_thread(work) if len(body) > LARGE_BYTES else work()

    def _signed(self, signal: SignalMessage) -> Answer:
        outgoing: Outgoing = pack_signal(signal, own=self.keyring.own.keys[0])
        return Answer(outgoing.content_type, outgoing.body)

    def _new_id(self) -> str:
        return f"{uuid4()}@{self.host}"


def _as_before(found: Remembered, content: bytes) -> Answer:
    """The answer that stands under the id, if it stands for the same content."""
    if judge_repeat(content, found.fingerprint) is Repeat.CONFLICT:
        raise Refused(Ebms.VALUE_INCONSISTENT, "a known message id with other content")
    return Answer(found.answer_type, found.answer)


def _only_payload(received: Received, mode: PMode) -> Payload:
    """The one payload; where the agreement says so, an envelope that agrees with the header."""
    if len(received.payloads) != 1:
        raise Refused(Ebms.MODE_MISMATCH, "one payload is agreed on")
    (payload,) = received.payloads
    if mode.envelope == "sbdh":
        markup = read_markup(payload.content)
        if isinstance(markup, Issue):
            raise Refused(Ebms.VALUE_INCONSISTENT, "the payload is no envelope")
        require_consistent(received.message, read_sbdh(markup), document_scheme=mode.document_scheme)
    return payload
