"""Tests are the specification: each says its rule in a sentence, and a unit's test is found where its module is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "samspil"
UNIT = ROOT / "tests" / "unit"
FILES = sorted((ROOT / "tests").rglob("test_*.py"))


def functions_of(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every test function of a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_test_says_its_rule(file: Path) -> None:
    """A test's docstring begins with a whole sentence."""
    for node in functions_of(file):
        first = (ast.get_docstring(node) or "").split("\n\n")[0]
        assert len(first) > 15 and first.rstrip().endswith((".", "?", ":")), f"{file}:{node.lineno} {node.name}"


@pytest.mark.parametrize("file", sorted(UNIT.rglob("test_*.py")), ids=lambda file: str(file.relative_to(UNIT)))
def test_a_unit_test_lies_where_its_module_lies(file: Path) -> None:
    """tests/unit/<folder>/test_<module>.py tests src/samspil/<folder>/<module>.py, or the folder of that name."""
    place = PACKAGE / file.relative_to(UNIT).with_name(file.stem.removeprefix("test_"))
    assert place.with_suffix(".py").is_file() or place.is_dir(), f"{file.relative_to(ROOT)} has no module {place}"
