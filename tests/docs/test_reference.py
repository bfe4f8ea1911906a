"""The reference pages are what the program's own tables say, and leave nothing out."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from samspil.runtime import cli, settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "reference").glob("*.md"))


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """The script that writes the generated parts."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("reference_page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_current(reference_page: Path, reference: ModuleType) -> None:
    """A table in the code was changed without `tools/reference.py`, or a page was changed by hand."""
    text = reference_page.read_text(encoding="utf-8")
    assert reference.fill(text) == text, "run: .venv/bin/python tools/reference.py"


def test_every_setting_is_documented() -> None:
    """A setting that nobody can look up is none."""
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    for name, *_ in settings.table():
        assert f"`{settings.variable(name)}`" in page


def test_every_command_has_its_section() -> None:
    """Each command is a heading of the command line's page, with its generated arguments below."""
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    for name in cli.COMMANDS:
        assert f"\n## {name}\n" in page
        assert f"<!-- generated: samspil {name} -->" in page


@pytest.mark.parametrize("document", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_somewhere(document: Path) -> None:
    """A relative link points to a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_from_the_front_lead_somewhere(name: str) -> None:
    """The same for the pages at the root."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), f"{name} links to {target}"


def test_every_tolerance_is_listed() -> None:
    """A `# QUIRK:` in the source bends a clause; the page of interpretations says which and why."""
    page = (DOCS / "interpretations.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "samspil"
    for file in package.rglob("*.py"):
        if "QUIRK:" in file.read_text(encoding="utf-8"):
            assert f"`{file.relative_to(package)}`" in page, file


def test_interpretations_name_files_that_are_there() -> None:
    """A reading whose code has moved is found again."""
    page = (DOCS / "interpretations.md").read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+(?:/\w+)+\.py)`", page):
        assert (ROOT / "src" / "samspil" / name).is_file(), name
