"""The pages of legacy letters are what the tables say, and their codes have a meaning."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from samspil.catalogue.legacy.layouts import find_layout, versions
from samspil.catalogue.letter_names import letter_words

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference" / "legacy"


@pytest.fixture(scope="module")
def letters_pages() -> ModuleType:
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location("letters_pages", ROOT / "tools" / "letters_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_current(letters_pages: ModuleType) -> None:
    """A table was changed without `tools/letters_pages.py`, or a page by hand."""
    assert not letters_pages.stale_pages(), "run: .venv/bin/python tools/letters_pages.py"


def test_every_layout_has_its_section_and_its_coverage() -> None:
    """Whoever looks for a version code finds how it is laid out, and whether a sample shows it."""
    coverage = (FOLDER / "coverage.md").read_text(encoding="utf-8")
    for version in versions():
        layout = find_layout(version)
        assert layout is not None
        assert f"\n## {version}\n" in (FOLDER / f"{layout.type}.md").read_text(encoding="utf-8")
        assert coverage.count(f"| {layout.type} | {version} |") == 1


def test_coverage_is_counted_as_the_samples_are(letters_pages: ModuleType, shared: Path) -> None:
    """A layout with a sample has covered rows, one without has none."""
    text = letters_pages.coverage_page(shared / "edifact")
    assert "| DIS91 | D9134L | 0 of" not in text
    assert "| DIS16 | D1630C | 0 of" in text


def test_every_word_is_told_in_both_languages() -> None:
    """No name is left empty or the same as its word by mistake."""
    for word, name in letter_words().items():
        assert str(name), word
        assert name.in_("da"), word
        assert "_" not in f"{name}{name.in_('da')}", word
