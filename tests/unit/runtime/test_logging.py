"""Log lines tell what happened and never to whom."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import structlog

from samspil.runtime.logging import configure

NUMBER = "2509479989"


def test_an_unknown_key_is_dropped_and_named(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """A key that nobody has allowed loses its value; its name stays, so that the mistake is seen."""
    structlog.get_logger().info("accepted", message="m-1", patient=NUMBER)
    (line,) = lines()
    assert line["message"] == "m-1"
    assert line["dropped"] == ["patient"]
    assert NUMBER not in json.dumps(line)


def test_an_exception_is_told_without_its_text(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """An exception's text may quote a message, so only its type and places are written."""
    try:
        raise ValueError(f"no such patient {NUMBER}")
    except ValueError:
        structlog.get_logger().exception("worker stumbled")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["trace"][0].endswith("test_an_exception_is_told_without_its_text")
    assert NUMBER not in json.dumps(line)


def test_other_libraries_lines_lose_their_arguments(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """A line of the standard library's logging keeps its template's first line and nothing that was put in."""
    logging.getLogger("uvicorn.error").warning("no route for %s\nbody follows: 2509479989", NUMBER)
    (line,) = lines()
    assert line["event"] == "no route for %s"
    assert line["from"] == "uvicorn.error"
    assert NUMBER not in json.dumps(line)


def test_a_terminal_gets_readable_lines() -> None:
    """The console form is for people: no JSON, the same rules."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    stream = io.StringIO()
    configure(form="console", stream=stream)
    structlog.get_logger().info("accepted", message="m-1", patient=NUMBER)
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers
    assert "accepted" in stream.getvalue()
    assert "message=m-1" in stream.getvalue()
    assert NUMBER not in stream.getvalue()
