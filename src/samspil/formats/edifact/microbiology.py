"""Microbiology reports (RPT02): a list of loosely linked results on one side, findings and a table on the other."""

from typing import Any


def read_microbiology(tree: dict[str, Any], words: str, work: Any) -> None: ...
def write_microbiology(tree: dict[str, Any], words: str, work: Any) -> None: ...
