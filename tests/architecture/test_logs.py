"""What a log call may say is settled in the source: a constant text, and keys that are known to be harmless."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from samspil.runtime.logging import ALLOWED

PACKAGE = Path(__file__).parents[2] / "src" / "samspil"
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}


def log_calls(file: Path) -> Iterator[ast.Call]:
    """Every call of a method of `log` or `logger`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in METHODS
            and ast.unparse(node.func.value).split(".")[-1].lstrip("_") in {"log", "logger"}
        ):
            yield node


CALLS = [(file, call) for file in sorted(PACKAGE.rglob("*.py")) for call in log_calls(file)]


@pytest.mark.parametrize(
    ("file", "call"), CALLS, ids=[f"{file.relative_to(PACKAGE)}:{call.lineno}" for file, call in CALLS]
)
def test_a_log_line_is_a_constant_and_known_keys(file: Path, call: ast.Call) -> None:
    """A text put together at run time, or a key nobody has thought about, could carry a person's data."""
    assert len(call.args) == 1, f"{file}:{call.lineno}: one text, the rest as keys"
    assert isinstance(call.args[0], ast.Constant), f"{file}:{call.lineno}: the text is not a constant"
    for keyword in call.keywords:
        assert keyword.arg is None or keyword.arg in ALLOWED | {"exc_info"}, f"{file}:{call.lineno}: {keyword.arg}"
