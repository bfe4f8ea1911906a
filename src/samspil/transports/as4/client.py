"""The sending side over HTTP: one try to post a message, and what its answer means.

Whatever the other side does becomes a `Try`; nothing here raises for it. TLS is verified, redirects are not followed,
answers are read to a limit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from cryptography import x509

from samspil.transports.as4.receipts import Settled, settle
from samspil.transports.as4.receiving import Keyring, open_signal
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.retrying import Next, after
from samspil.transports.as4.sending import Outgoing
from samspil.transports.as4.vault import Vault

ANSWER_BYTES = 1_000_000


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What came of one try: what follows, by which code, and the HTTP status if there was any."""

    follows: Next
    code: str = ""
    status: int | None = None


class As4Client:
    """Posts messages, checks receipts, keeps them. One for the whole process."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        keyring: Keyring,
        vault: Vault,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._session = session
        self._keyring = keyring
        self._vault = vault
        self._clock = clock

    async def post(self, message: Outgoing, *, url: str, receiver: x509.Certificate, refreshed: bool = False) -> Try:
        """Try once. A receipt counts only once it is kept."""
        try:
            status, content_type, body = await self._exchange(message, url)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Try(follows=after(), code=Ebms.CONNECTION_FAILURE)
        code, receipted = self._read(message, content_type, body, receiver)
        if receipted:
            await self._vault.keep_receipt(message.message_id, answer_type=content_type, answer=body, at=self._clock())
        follows = after(receipted=receipted, code=code, status=status, refreshed=refreshed)
        return Try(follows=follows, code=code, status=status)

    async def _exchange(self, message: Outgoing, url: str) -> tuple[int, str, bytes]:
        headers = {"Content-Type": message.content_type}
        async with self._session.post(url, data=message.body, headers=headers, allow_redirects=False) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(16_384):
                body += chunk
                if len(body) > ANSWER_BYTES:
                    response.close()
                    break
            return response.status, response.headers.get("Content-Type", ""), bytes(body)

    def _read(self, message: Outgoing, content_type: str, body: bytes, receiver: x509.Certificate) -> tuple[str, bool]:
        """The code of the error or of what is wrong with the answer, and whether there is a receipt."""
        if not body or "soap" not in content_type.lower():
            return "", False  # no signal: the status decides
        try:
            answer = open_signal(content_type, body, keyring=self._keyring, now=self._clock())
            settlement = settle(answer, message, receiver=receiver)
        except Refused:
            return Ebms.INVALID_RECEIPT, False
        return settlement.code, settlement.how is Settled.RECEIPTED
