"""An answer on its way out: status, headers and bytes."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON = "application/json"
PIECE_BYTES = 256 * 1024
"""Large answers go in pieces, so that `wire.py` sees a slow reader's progress, or that there is none."""

ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"accept, accept-language, authorization"),
)
"""On every answer: nothing of it is guessed at, framed, kept by caches or read by other sites. No CORS header, ever."""

_GUARDS = frozenset(name for name, _ in ALWAYS)
OVER_TLS: Header = (b"strict-transport-security", b"max-age=31536000")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back. `headers` may replace one of `ALWAYS` by naming it."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: tuple[Header, ...] = ()


def json_answer(content: object, *, status: int = 200, headers: tuple[Header, ...] = ()) -> Answer:
    """An answer in JSON."""
    return Answer(status, orjson.dumps(content), JSON, headers)


async def send_answer(answer: Answer, send: Send, *, without_body: bool = False, over_tls: bool = False) -> None:
    """Send an answer; `without_body` for HEAD, whose headers stay those of GET."""
    body = answer.body
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer, over_tls)})
    if without_body or len(body) <= PIECE_BYTES:
        await send({"type": "http.response.body", "body": b"" if without_body else body})
        return
    for start in range(0, len(body), PIECE_BYTES):
        piece = body[start : start + PIECE_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": start + PIECE_BYTES < len(body)})


def _headers(answer: Answer, over_tls: bool) -> Sequence[Header]:
    own = [*answer.headers]
    if answer.status not in {204, 304}:
        own.append((b"content-length", str(len(answer.body)).encode()))
        if answer.body:
            own.append((b"content-type", answer.media_type.encode()))
    if over_tls:
        own.append(OVER_TLS)
    named = {name for name, _ in answer.headers}
    if named.isdisjoint(_GUARDS):
        own.extend(ALWAYS)
    else:
        own.extend(row for row in ALWAYS if row[0] not in named)
    return own
