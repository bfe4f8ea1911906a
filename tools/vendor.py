"""Fetch the browser assets the pages use, unmodified and with their licences, into `src/samspil/ui/vendor/`.

Run: `.venv/bin/python tools/vendor.py` (needs npm). Every package is pinned here, only the files named here are
kept, and the list in THIRD_PARTY.md is written anew between its two marker comments.
"""

import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "src" / "samspil" / "ui" / "vendor"
NOTICE = ROOT / "THIRD_PARTY.md"
START, END = "<!-- browser assets: written by tools/vendor.py -->", "<!-- end of browser assets -->"

ICONS = (
    "arrow-left",
    "arrow-left-right",
    "arrow-right",
    "badge-check",
    "ban",
    "book-open",
    "check",
    "check-check",
    "circle-check",
    "circle-x",
    "clock",
    "copy",
    "download",
    "file-search",
    "file-text",
    "hourglass",
    "inbox",
    "info",
    "list-checks",
    "lock",
    "log-in",
    "log-out",
    "octagon-alert",
    "paperclip",
    "pause",
    "play",
    "refresh-cw",
    "rotate-cw",
    "search",
    "send",
    "sun-moon",
    "triangle-alert",
    "undo-2",
    "unplug",
    "upload",
    "user",
    "waypoints",
    "x",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One npm package: what it is for, and which of its files are kept under which name."""

    name: str
    version: str
    licence: str
    purpose: str
    files: dict[str, str]


ASSETS = (
    Asset(
        name="htmx.org",
        version="2.0.11",
        licence="0BSD",
        purpose="lists that refresh themselves, results without a page load",
        files={"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Asset(
        name="lucide-static",
        version="1.62.0",
        licence="ISC, some icons MIT",
        purpose="icons",
        files={"LICENSE": "lucide/LICENSE"} | {f"icons/{icon}.svg": f"lucide/{icon}.svg" for icon in ICONS},
    ),
)


def fetch(asset: Asset, *, into: Path) -> Path:
    """Download one package with npm and unpack it; gives the unpacked folder."""
    subprocess.run(
        ["npm", "pack", f"{asset.name}@{asset.version}", "--silent", "--pack-destination", str(into)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    folder = into / asset.name
    with tarfile.open(into / f"{asset.name}-{asset.version}.tgz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def notice() -> str:
    """The table of what is kept, for THIRD_PARTY.md."""
    rows = "".join(
        f"| {asset.name} | {asset.version} | {asset.licence} | {asset.purpose} | "
        f"`src/samspil/ui/vendor/{asset.files['LICENSE']}` |\n"
        for asset in ASSETS
    )
    return (
        f"{START}\n\n## In the tree: browser assets, unmodified\n\n"
        f"| package | version | licence | for | licence text |\n|---|---|---|---|---|\n{rows}\n{END}\n"
    )


def main() -> None:
    """Replace the vendor folder and the list of it."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        for asset in ASSETS:
            package = fetch(asset, into=Path(scratch))
            for source, target in asset.files.items():
                place = VENDOR / target
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(package / source, place)
    text = NOTICE.read_text(encoding="utf-8") if NOTICE.exists() else ""
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2].lstrip("\n")
    NOTICE.write_text(before + notice() + (f"\n{after}" if after else ""), encoding="utf-8")


if __name__ == "__main__":
    main()
