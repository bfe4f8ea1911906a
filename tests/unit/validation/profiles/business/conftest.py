"""Our own example messages, changed one way at a time, and what is then found of the written rules."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from samspil.validation.judge import examine

EXAMPLES = Path(__file__).parents[5] / "examples"
CARE, NOTE = "care-communication/5.0", "hospital-notification/3.0"

Message = dict[str, Any]
Found = list[tuple[str, str]]


def message(name: str) -> Message:
    """An example of ours, to be changed."""
    return orjson.loads((EXAMPLES / f"{name}.json").read_bytes())


def resources(root: Message, type_name: str) -> list[dict[str, Any]]:
    """A message's resources of a type."""
    return [entry["resource"] for entry in root["entry"] if entry["resource"]["resourceType"] == type_name]


def the(root: Message, type_name: str) -> dict[str, Any]:
    """A message's first resource of a type."""
    return resources(root, type_name)[0]


def own_step(root: Message) -> dict[str, Any]:
    """The Provenance that is about the message itself."""
    header = the(root, "MessageHeader")["id"]
    return next(row for row in resources(root, "Provenance") if row["target"][0]["reference"].endswith(header))


@pytest.fixture
def found() -> Callable[[Message], Found]:
    """The severity and code of everything that is found of our own rules and of the profiles."""

    def judge(root: Message) -> Found:
        issues = examine(orjson.dumps(root)).report.issues
        return [(str(issue.severity), issue.code) for issue in issues]

    return judge
