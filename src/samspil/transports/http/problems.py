"""Every refusal at this edge, spelt as a problem document with our stable code.

The texts lie in the findings table; which HTTP status a code gets is said here and nowhere else. A rejected message
is no problem of this kind: its findings travel in its Report (`reports.py`) under status 422.
Source: RFC 9457 (problem details), RFC 9110 (statuses), RFC 6585 (429, 431).
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

import orjson

from samspil.catalogue.findings import entries, finding
from samspil.domain.issues import Issue, Language, Location, Phrase
from samspil.transports.http.answers import Answer, Header
from samspil.validation.lines import Line, issue_line

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "http.request.malformed": 400,
        "http.parameter.unknown": 400,
        "http.parameter.wrong": 400,
        "http.body.corrupt": 400,
        "access.credentials.missing": 401,
        "access.credentials.refused": 401,
        "access.right.missing": 403,
        "access.sender.foreign": 403,
        "access.status.foreign": 403,
        "access.browser.foreign": 403,
        "http.route.unknown": 404,
        "http.message.unknown": 404,
        "http.resource.unknown": 404,
        "http.method.unknown": 405,
        "http.head.slow": 408,
        "http.body.slow": 408,
        "http.act.idle": 409,
        "http.body.large": 413,
        "http.body.swollen": 413,
        "http.body.encoding": 415,
        "access.attempts.many": 429,
        "http.head.large": 431,
        "http.server.fault": 500,
        "http.server.busy": 503,
        "http.server.unavailable": 503,
    }
)

TITLES: Mapping[int, Phrase] = MappingProxyType(
    {
        400: Phrase("The request cannot be understood", da="Forespørgslen kan ikke forstås"),
        401: Phrase("Nobody known is asking", da="Der er ikke vist gyldig adgang"),
        403: Phrase("This is not allowed", da="Det er ikke tilladt"),
        404: Phrase("There is nothing here", da="Her er ingenting"),
        405: Phrase("This cannot be done here", da="Det kan ikke gøres her"),
        408: Phrase("The request came too slowly", da="Forespørgslen kom for langsomt"),
        409: Phrase("This contradicts what is stored", da="Det modsiger det, der er gemt"),
        413: Phrase("The payload is too large", da="Indholdet er for stort"),
        415: Phrase("The payload is packed in an unknown way", da="Indholdet er pakket på en ukendt måde"),
        422: Phrase("The message was refused", da="Meddelelsen blev afvist"),
        429: Phrase("Too many attempts", da="For mange forsøg"),
        431: Phrase("The request's headers are too large", da="Forespørgslens hoveder er for store"),
        500: Phrase("A fault on our side", da="En fejl hos os"),
        503: Phrase("Not able to answer just now", da="Kan ikke svare lige nu"),
    }
)
"""The status in a few words: the same for every occurrence, as RFC 9457 asks of a title."""


class Problem(Exception):
    """A request that is refused. Carries the finding that says why, and what the answer must tell beside it."""

    def __init__(
        self,
        code: str,
        where: str = "",
        *,
        headers: tuple[Header, ...] = (),
        retry_after_seconds: int | None = None,
        **facts: str,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
        self.occurrence = uuid4()
        self.issue: Issue = finding(code, Location(where), severity=None, **facts)
        wait = () if retry_after_seconds is None else ((b"retry-after", str(retry_after_seconds).encode()),)
        self.headers = (*headers, *wait)

    def answer(self, language: Language) -> Answer:
        """The refusal as a problem document."""
        return Answer(self.status, orjson.dumps(self.document(language)), MEDIA_TYPE, self.headers)

    def document(self, language: Language) -> dict[str, object]:
        """The members of the problem document."""
        line = issue_line(self.issue, language=language)
        return document(line, self.status, language, instance=f"urn:uuid:{self.occurrence}")


def document(line: Line, status: int, language: Language, *, instance: str) -> dict[str, object]:
    """A finding's line as a problem document; `instance` names this occurrence, or the message that it is about."""
    members: dict[str, object] = {
        "type": f"/problems/{line['code']}",
        "title": TITLES[status].in_(language),
        "status": status,
        "detail": line["message"],
        "instance": instance,
        "code": line["code"],
        "remedy": line["remedy"],
    }
    if line["where"]:
        members["where"] = line["where"]
    return members


def explanation(code: str, language: Language) -> dict[str, object] | None:
    """What `type` leads to: one code's row of the findings table, or None if there is no such code."""
    entry = entries().get(code)
    if entry is None:
        return None
    return {
        "code": code,
        "severity": entry.severity.value,
        "layer": entry.layer.value,
        "message": entry.message.in_(language),
        "remedy": entry.remedy.in_(language),
        "source": entry.source,
    }
