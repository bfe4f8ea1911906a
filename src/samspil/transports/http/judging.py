"""`POST /validate` and `POST /convert`: what the command line's lines say, without storing anything.

The name of a file is unknown here: lines carry "-", as the command line does for its standard input.
"""

import asyncio

from samspil.domain.issues import Language
from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.edge import Call
from samspil.transports.http.problems import Problem
from samspil.validation.judge import examine
from samspil.validation.lines import Line, verdict_line

NO_FILE = "-"
INLINE_BYTES = 1 << 16
"""Payloads up to this size are judged at once; larger ones would hold up everybody else, and go to a thread."""


async def validate(call: Call) -> Answer:
    """One line for each part of the payload, 200 whatever the verdict."""
    call.query(())
    payload = await call.body()
    if len(payload) <= INLINE_BYTES:
        return json_answer(verdict_lines(payload, call.language))
    return json_answer(await asyncio.to_thread(verdict_lines, payload, call.language))


def verdict_lines(payload: bytes, language: Language) -> list[Line]:
    """What each part is, what it is worth, and every finding."""
    return [
        verdict_line(part.identity, report, file=NO_FILE, part=part.part, language=language)
        for part, report in examine(payload).by_part()
    ]


async def convert(call: Call) -> Answer:
    """One line for the payload in another standard's words, its losses beside it."""
    raise Problem("http.conversion.absent")
