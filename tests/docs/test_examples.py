"""What the documentation shows on a console is what happens: each page is typed from top to bottom.

A block is marked ```console; a line that begins with `$ ` is a command, the lines below it are what it says, on
standard output and error together. `…` stands for anything within a line, and alone on a line for any lines. A command
without output below it must only succeed. Commands that need a running site get a demonstration.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import Up

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("./samspil up", "./samspil test", "git ", "eval ", ".venv/bin/ruff", ".venv/bin/basedpyright")
"""Run by other tests, by the gate, or about the reader's own machine."""
REMOTE = re.compile(r"samspil (?:send|trace)\b")


@dataclass(frozen=True)
class Example:
    """One command of a page and what it should say."""

    line: int
    command: str
    expected: tuple[str, ...]


def examples(page: Path) -> Iterator[Example]:
    """Every command of a page that can be typed here."""
    inside, command, line, expected = False, "", 0, list[str]()
    for number, text in enumerate([*page.read_text(encoding="utf-8").splitlines(), "```"], 1):
        if inside and command and text.startswith(("$ ", "```")):
            if not command.startswith(ELSEWHERE):
                yield Example(line, command, tuple(expected))
            command, expected = "", []
        if text.startswith("```"):
            inside = text == "```console"
        elif inside and text.startswith("$ "):
            command, line = text[2:], number
        elif inside and command:
            expected.append(text)


TYPED = {page: list(examples(page)) for page in PAGES}


@pytest.mark.parametrize(
    "document", [page for page in PAGES if TYPED[page]], ids=lambda document: str(document.relative_to(ROOT))
)
def test_a_page_does_what_it_shows(document: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Whoever types the lines of a page, one after the other, sees what the page shows."""
    environment = {**os.environ, "SAMSPIL_HOME": str(tmp_path / "home")}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    if any(REMOTE.search(example.command) for example in TYPED[document]):
        demo: Up = request.getfixturevalue("demo")
        environment["SAMSPIL_NODE"] = demo.address
    for example in TYPED[document]:
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
        where = f"{document.relative_to(ROOT)}:{example.line}"
        if example.expected:
            assert re.fullmatch(pattern(example.expected), run.stdout), f"{where}\n{run.stdout}"
        else:
            assert run.returncode == 0, f"{where}\n{run.stdout}"


def pattern(lines: tuple[str, ...]) -> str:
    """What the shown lines match."""
    return "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in lines
    )
