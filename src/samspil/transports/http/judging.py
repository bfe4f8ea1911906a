"""`POST /validate` and `POST /convert`: what the command line's lines say, without storing anything.

The name of a file is unknown here: lines carry "-", as the command line does for its standard input.
"""

import asyncio
import base64
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from samspil.access.directory import Directory
from samspil.domain.issues import Language
from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.edge import Call
from samspil.transports.http.problems import Problem
from samspil.validation.judge import Examination
from samspil.validation.lines import Line, issue_line, verdict_line

if TYPE_CHECKING:
    from samspil.conversion.api import Conversion

NO_FILE = "-"
TARGETS = ("edifact", "oioxml", "fhir")
INLINE_BYTES = 1 << 16
"""Payloads up to this size are judged at once; larger ones would hold up everybody else, and go to a thread."""


async def validate(call: Call) -> Answer:
    """One line for each part of the payload, 200 whatever the verdict."""
    call.query(())
    payload = await call.body()
    judge = call.services.judge
    if len(payload) <= INLINE_BYTES:
        return json_answer(verdict_lines(payload, call.language, judge))
    return json_answer(await asyncio.to_thread(verdict_lines, payload, call.language, judge))


def verdict_lines(payload: bytes, language: Language, judge: Callable[[bytes], Examination]) -> list[Line]:
    """What each part is, what it is worth, and every finding."""
    return [
        verdict_line(part.identity, report, file=NO_FILE, part=part.part, language=language)
        for part, report in judge(payload).by_part()
    ]


async def convert(call: Call) -> Answer:
    """One line for the payload in another standard's words: outputs in base64, what they cannot hold, findings."""
    asked = call.query(("to", "version", "no-loss"))
    to = _one_of("to", asked.get("to", ""), TARGETS)
    no_loss = _one_of("no-loss", asked.get("no-loss", "false"), ("true", "false")) == "true"
    payload = await call.body()
    conversion = await asyncio.to_thread(_convert, payload, to, asked.get("version"), call.services.directory)
    return json_answer([conversion_line(conversion, call.language, no_loss=no_loss)])


def _convert(payload: bytes, to: str, version: str | None, register: Directory) -> "Conversion":
    """Convert; its large tables are read by the first who asks, not by every site that starts."""
    listings = import_module("samspil.transports.http.listings").Listings(register)
    return import_module("samspil.conversion.api").convert(payload, to=to, version=version, directory=listings)


def conversion_line(conversion: "Conversion", language: Language, *, no_loss: bool) -> Line:
    """The command line's line, with the findings that it would write beside it."""
    outputs = () if no_loss and conversion.losses else conversion.outputs
    return {
        "file": NO_FILE,
        "from": conversion.source,
        "verdict": conversion.report.verdict,
        "losses": [{"path": loss.path, "reason": loss.reason.in_(language)} for loss in conversion.losses],
        "outputs": [
            {
                "standard": output.standard,
                "version": output.version,
                "base64": base64.b64encode(output.payload).decode(),
            }
            for output in outputs
        ],
        "issues": [issue_line(issue, language=language) for issue in conversion.report.issues],
    }


def _one_of(name: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise Problem("http.parameter.wrong", name, name=name, expected=f"one of {', '.join(choices)}")
    return value
