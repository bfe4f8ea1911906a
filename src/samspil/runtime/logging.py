"""Logs without persons: structlog lines as JSON or for a terminal, on stderr.

Three rules keep a person's data out, whoever writes the line:

- Only the keys of `ALLOWED` pass. Another key is dropped, and named once under `dropped`, so that it is seen.
- An exception is told by its type and the places it passed, never by its text, which may quote a message.
- A line of the standard library's logging (uvicorn, asyncio, aiohttp) is told by its template, without its arguments.

So the first argument of a log call is always a constant, which tests/architecture checks.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        # every line
        "event", "level", "at", "from",
        # what it is about: our own ids, never a person's or the sender's own text
        "message", "part", "lane", "endpoint", "organisation", "client", "caller", "site", "node", "worker",
        "certificate",
        "standard", "version", "format", "kind", "verdict", "code", "codes", "span",
        # the request, by its route's template
        "method", "route", "status", "request",
        # switches
        "open", "repeated", "answered",
        # figures
        "ms", "seconds", "bytes", "count", "tries", "due", "pid", "port", "waiting", "applied", "limit",
        # what went wrong
        "error", "problem", "trace", "dropped", "signal", "reason", "setting", "meant",
    }
)  # fmt: skip
DEEPEST = 12
"""Places of a trace that are told."""


def configure(*, form: str = "auto", level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for this process. `form` is `json`, `console`, or `auto`: console on a terminal."""
    stream = cast("TextIO", sys.stderr) if stream is None else stream
    console = form == "console" or (form == "auto" and stream.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            tell_exception,
            allow,
            _console(stream) if console else render_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = Foreign()
    handler.setLevel(max(_number(level), logging.INFO))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_number(level), logging.INFO))
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # its hellos and goodbyes are ours to say
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = name != "uvicorn.access"


def allow(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Drop every key that is not known to be harmless."""
    extra = line.keys() - ALLOWED
    if extra:
        for key in extra:
            del line[key]
        line["dropped"] = sorted(extra)
    return line


def tell_exception(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Put an exception's type and places in the stead of the exception."""
    problem = line.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()[1]
    if isinstance(problem, tuple):
        problem = problem[1]
    if isinstance(problem, BaseException):
        line["error"] = type(problem).__name__
        line["trace"] = places(problem.__traceback__)
    return line


def places(trace: TracebackType | None) -> list[str]:
    """Where an exception passed, outermost first: module, line and function, no source and no values."""
    found = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(trace)
    ]
    return found[-DEEPEST:]


def render_json(_logger: WrappedLogger, _method: str, line: MutableMapping[str, Any]) -> str:
    """One JSON object; values that JSON lacks as their text."""
    return orjson.dumps(line, default=str).decode()


class Foreign(logging.Handler):
    """Lines of other libraries, as ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the template's first line and where it came from; arguments and further lines may hold anything."""
        template = str(record.msg).partition("\n")[0][:200]
        structlog.get_logger().log(record.levelno, template, exc_info=record.exc_info, **{"from": record.name})


def _console(stream: TextIO) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=28, timestamp_key="at")


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
