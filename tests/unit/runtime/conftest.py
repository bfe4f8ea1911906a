"""What tests of a running site's surroundings share: its log lines, read back."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from samspil.runtime.logging import configure


@pytest.fixture
def lines(captured_log: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines written so far, read back; the session's own capture goes on afterwards."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    stream = io.StringIO()
    configure(form="json", level="debug", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers
