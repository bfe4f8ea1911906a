"""Narratives as plain text."""

import time

import pytest

from samspil.formats.fhir.narrative import text_of_narrative


@pytest.mark.parametrize(
    ("div", "text"),
    [
        ("<div><p>Et</p><p>To<br/>tre</p></div>", "Et\nTo\ntre"),
        ("<table><tr><td>a</td><td>b &amp; c</td></tr><tr><td>d</td></tr></table>", "a b & c\nd"),
        ("<div>  meget \n luft <b>her</b> </div>", "meget luft her"),
        ("", ""),
        ("ingen mærker", "ingen mærker"),
    ],
)
def test_blocks_become_lines_and_cells_stand_apart(div: str, text: str) -> None:
    """A reader sees what a page would show, without its markup."""
    assert str(text_of_narrative(div)) == text


@pytest.mark.parametrize("div", ["<" * 200_000, "<a" * 100_000, "<!--" * 50_000, "&" * 200_000, "\n " * 100_000])
def test_no_text_takes_long(div: str) -> None:
    """Markup that never closes costs no more than its length."""
    began = time.process_time()
    text_of_narrative(div)
    assert time.process_time() - began < 1
