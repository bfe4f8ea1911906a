"""Talking to a node over HTTP, for the commands that work on a running site.

Only the standard library is used: one request at a time needs no more, and the command starts at once.
"""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import orjson

from samspil.domain.issues import Phrase
from samspil.runtime.cli.context import Context, Misuse, Unanswered

NODE = Phrase(
    "the node's address (else SAMSPIL_NODE, else this machine)", da="knudepunktets adresse (ellers SAMSPIL_NODE)"
)
TIMEOUT_SECONDS = 60.0
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a node answered."""

    status: int
    body: bytes
    media_type: str
    location: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def problem(self) -> Phrase:
        """What a refusal says, as a sentence."""
        found = self.json if isinstance(self.json, dict) else {}
        said = found.get("detail") or found.get("title") or http.client.responses.get(self.status, "")
        return Phrase(f"{self.status} {found.get('code', '')} {said}".replace("  ", " ").strip())


@dataclass(frozen=True, slots=True)
class Node:
    """A node, as one caller sees it."""

    address: str
    token: str
    language: str

    def get(self, path: str, **query: str) -> Reply:
        """Ask. Errors: Unanswered."""
        words = urllib.parse.urlencode(query)
        return self._call("GET", f"{path}?{words}" if words else path, None, {})

    def post(self, path: str, body: bytes, *, media_type: str = "application/octet-stream", **query: str) -> Reply:
        """Hand over. Errors: Unanswered."""
        words = urllib.parse.urlencode(query)
        return self._call("POST", f"{path}?{words}" if words else path, body, {"Content-Type": media_type})

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        headers |= {"Accept": "application/json", "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.address + path, data=body, headers=headers, method=method)  # noqa: S310 - http(s) only, checked in node_of
        try:
            with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return _reply(answer)
        except urllib.error.HTTPError as refusal:
            return _reply(refusal)
        except (OSError, http.client.HTTPException) as problem:
            why = type(getattr(problem, "reason", problem)).__name__
            raise Unanswered(
                f"{self.address} does not answer ({why}); is the site up?",
                da=f"{self.address} svarer ikke ({why}); kører knudepunktet?",
            ) from None


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere: a token would go along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_StayHere)


def _reply(answer: Any) -> Reply:
    return Reply(
        status=answer.status,
        body=answer.read(MOST_BYTES),
        media_type=answer.headers.get_content_type(),
        location=answer.headers.get("Location", ""),
    )


def node_of(context: Context) -> Node:
    """The node that this run talks to: --node, SAMSPIL_NODE, or the one on this machine. Errors: Misuse."""
    settings = context.settings()
    address = (settings.node or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise Misuse(
            "--node is an address like http://127.0.0.1:8400", da="--node er en adresse som http://127.0.0.1:8400"
        )
    return Node(address, settings.token, context.output.language)
