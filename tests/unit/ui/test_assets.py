"""What browsers fetch is named by its content, complete, licensed, and needs nothing from elsewhere."""

import gzip
import re
from importlib.resources import files
from pathlib import Path

import samspil
from samspil.ui.assets import assets, icon_names

PACKAGE = Path(samspil.__file__).parent


def test_an_address_changes_with_the_content() -> None:
    """The name carries a hash, so that it may be kept for ever; both forms hold the same bytes."""
    for name, asset in assets().items():
        stem, _, ending = name.rpartition(".")
        assert re.fullmatch(rf"/static/{re.escape(stem)}\.[0-9a-f]{{12}}\.{ending}", asset.address)
        assert gzip.decompress(asset.zipped) == asset.body


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Style and our own script name no other site."""
    for name in ("samspil.css", "samspil.js"):
        code = re.sub(rb"^\s*//.*$", b"", assets()[name].body, flags=re.MULTILINE)
        assert not re.search(rb"https?:|//[a-z]|@import|url\(", code)


def test_every_icon_is_used_and_every_used_icon_is_there() -> None:
    """No drawing is carried along for nothing, and no page asks for one that is missing."""
    written = "\n".join(
        file.read_text("utf-8")
        for folder in ("ui", "apps")
        for ending in ("*.py", "*.html")
        for file in (PACKAGE / folder).rglob(ending)
    )
    named = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"', written))
    assert icon_names() - named == set()
    asked = set(re.findall(r'\bicon\("([a-z0-9-]+)"', written))
    assert asked - icon_names() == set()


def test_every_vendored_package_brings_its_licence() -> None:
    """A licence lies beside each package's files, and THIRD_PARTY.md names it."""
    vendor = files("samspil.ui") / "vendor"
    notice = (PACKAGE.parents[1] / "THIRD_PARTY.md").read_text("utf-8")
    for package in vendor.iterdir():
        assert (package / "LICENSE").is_file()
        assert f"src/samspil/ui/vendor/{package.name}/LICENSE" in notice
