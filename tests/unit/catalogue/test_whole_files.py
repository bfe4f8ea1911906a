"""A file is there whole, or as it was."""

from pathlib import Path

import pytest

from samspil.catalogue.whole_files import write_whole


def test_a_file_comes_with_its_folder_and_replaces_the_one_before(tmp_path: Path) -> None:
    """The second content stands alone; nothing else is left in the folder."""
    place = tmp_path / "new" / "file"
    for content in (b"first, and longer", b"second"):
        write_whole(place, content)
    assert place.read_bytes() == b"second"
    assert list(place.parent.iterdir()) == [place]


def test_a_failure_leaves_no_trace(tmp_path: Path) -> None:
    """Where a folder stands no file can: it is told, and no half-written one stays beside it."""
    place = tmp_path / "taken"
    place.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(place, b"content")
    assert list(tmp_path.iterdir()) == [place]
