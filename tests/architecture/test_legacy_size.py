"""The legacy core stays small: one table row a value, one walk for all types. What it measures, it prints."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "samspil"
FOLDERS = ("formats/edifact", "formats/oioxml", "formats/letters", "catalogue/legacy")
CONVERSION = ("conversion/legacy.py", "conversion/losses.py")
"""Of `conversion` what letters alone need: `bridge/` leads to FHIR, and `api.py` is the door of every format."""
TABLES = ("catalogue/legacy/layouts.toml",)
GOAL = 3_500
MOST = 6_830
"""No line more than there are today; the goal is half."""
LONGEST_FUNCTION = 60


def modules() -> list[Path]:
    """The Python files of the legacy core."""
    files = [file for folder in FOLDERS for file in sorted((SOURCE / folder).glob("*.py"))]
    return [*files, *(SOURCE / name for name in CONVERSION)]


def documented(node: ast.AST) -> range:
    """The lines of a docstring."""
    body = node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else []
    strings = [one for one in body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)]
    return range(strings[0].lineno, (strings[0].end_lineno or 0) + 1) if strings else range(0)


def lines_of(text: str) -> int:
    """Lines of Python that are code: neither blank nor comment, and docstrings are comments."""
    said = {line for node in ast.walk(ast.parse(text)) for line in documented(node)}
    idle = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in idle:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - said)


def rows_of(text: str) -> int:
    """Lines of a table that are neither blank nor comment."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.startswith("#"))


def test_the_core_does_not_grow(capsys: pytest.CaptureFixture[str]) -> None:
    """Readers, writers, mappings and conversion, without code lists: as few lines as today, and the figure is shown."""
    sizes = {file: lines_of(file.read_text(encoding="utf-8")) for file in modules()}
    sizes |= {SOURCE / name: rows_of((SOURCE / name).read_text(encoding="utf-8")) for name in TABLES}
    total = sum(sizes.values())
    with capsys.disabled():
        print(f"\nlegacy core: {total:,} lines of code and mapping rows, {GOAL:,} wanted")
    assert total <= MOST


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_no_function_is_long(file: Path) -> None:
    """A function fits on a screen."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name
