"""What the documentation shows on a console is what happens: each line is run and its output compared.

A block is marked ```console; a line that begins with `$ ` is a command, the lines below it are what it says, on
standard output and error together. `…` stands for anything within a line, and alone on a line for any lines. A command
without output below it must only succeed. Commands that need a running site get a demonstration.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("./samspil up", "./samspil test", "git ", "eval ", ".venv/bin/ruff", ".venv/bin/basedpyright")
"""Run by other tests, by the gate, or about the reader's own machine."""
REMOTE = {"send", "trace"}


@dataclass(frozen=True)
class Example:
    """One command of a page and what it should say."""

    page: Path
    line: int
    command: str
    expected: tuple[str, ...]

    @property
    def is_remote(self) -> bool:
        """Does it talk to a running site?"""
        return bool(REMOTE & set(shlex.split(self.command, comments=True)))


def examples() -> Iterator[Example]:
    """Every command of every page."""
    for page in PAGES:
        inside, command, line, expected = False, "", 0, list[str]()
        for number, text in enumerate([*page.read_text(encoding="utf-8").splitlines(), "```"], 1):
            if inside and (text.startswith(("$ ", "```"))) and command:
                yield Example(page, line, command, tuple(expected))
                command, expected = "", []
            if text.startswith("```"):
                inside = text == "```console"
            elif inside and text.startswith("$ "):
                command, line = text[2:], number
            elif inside and command:
                expected.append(text)


EXAMPLES = [example for example in examples() if not example.command.startswith(ELSEWHERE)]


@pytest.fixture(scope="module")
def docs_home(new_home: Callable[[], Path]) -> Path:
    """One home for all examples: a reader types them one after the other."""
    return new_home()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.page.relative_to(ROOT)}:{each.line}")
def test_a_shown_command_does_what_is_shown(example: Example, request: pytest.FixtureRequest, docs_home: Path) -> None:
    """Whoever types a line from the documentation sees what the documentation shows."""
    environment = {**os.environ, "SAMSPIL_HOME": str(docs_home)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    if example.is_remote:
        environment |= request.getfixturevalue("demo_environment")
    run = subprocess.run(
        ["bash", "-c", example.command.replace("./samspil", "samspil")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    if not example.expected:
        assert run.returncode == 0, run.stdout
    else:
        assert re.fullmatch(pattern(example.expected), run.stdout), f"\n{run.stdout}"


def pattern(lines: tuple[str, ...]) -> str:
    """What the shown lines match."""
    return "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in lines
    )
