"""What browsers fetch beside the pages: style, script, icons. Named by their content, so they are kept for ever.

Stylesheets are the files of `static/css` joined in their order; icons are one sheet of symbols drawn from the
vendored files. Everything is read once, compressed once, and served from memory.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/static"
_YEAR = "public, max-age=31536000, immutable"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as served: its address carries a hash of its bytes."""

    address: str
    media_type: str
    body: bytes
    zipped: bytes


def _asset(name: str, body: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        address=f"{PREFIX}/{stem}.{digest}.{ending}",
        media_type=_TYPES[ending],
        body=body,
        zipped=gzip.compress(body, 9, mtime=0),
    )


@cache
def assets() -> Mapping[str, Asset]:
    """Every asset by its plain name, such as `samspil.css`."""
    home = files("samspil.ui")
    sheets = sorted((home / "static" / "css").iterdir(), key=lambda file: file.name)
    sources = {
        "samspil.css": b"\n".join(sheet.read_bytes() for sheet in sheets if sheet.name.endswith(".css")),
        "samspil.js": (home / "static" / "samspil.js").read_bytes(),
        "mark.svg": (home / "static" / "mark.svg").read_bytes(),
        "htmx.js": (home / "vendor" / "htmx" / "htmx.min.js").read_bytes(),
        "icons.svg": _sheet(home / "vendor" / "lucide"),
    }
    return {name: _asset(name, body) for name, body in sources.items()}


def icon_names() -> frozenset[str]:
    """The icons there are."""
    return frozenset(name for name, _ in _icons(files("samspil.ui") / "vendor" / "lucide"))


def _icons(folder: Traversable) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".svg"):
            drawing = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text("utf-8"), re.DOTALL)
            if drawing is None:
                raise ValueError(f"icon {file.name} is no drawing")
            yield file.name.removesuffix(".svg"), re.sub(r"\s+", " ", drawing[1]).strip()


def _sheet(folder: Traversable) -> bytes:
    """All icons as symbols of one drawing; the licence travels beside the files they came from."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>\n'
        for name, drawing in _icons(folder)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'.encode()


@cache
def _by_address() -> Mapping[str, Asset]:
    return {asset.address: asset for asset in assets().values()}


async def serve(request: Request) -> Response:
    """Answer with an asset, compressed where the browser takes it."""
    asset = _by_address().get(request.url.path)
    if asset is None:
        return Response(status_code=404)
    headers = {"cache-control": _YEAR, "x-content-type-options": "nosniff", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.zipped, media_type=asset.media_type, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def routes() -> list[Route]:
    """The one route all assets are served from."""
    return [Route(f"{PREFIX}/{{name}}", serve, methods=["GET"])]
