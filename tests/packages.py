"""Small FHIR packages, and a small registry of ours on loopback that serves them."""

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import orjson


def packed(
    name: str,
    version: str,
    *,
    needs: Mapping[str, str] | None = None,
    definitions: Mapping[str, Mapping[str, Any]] | None = None,
    manifest: bytes = b"",
) -> bytes:
    """A package's archive, the same bytes each time."""
    files = {"package.json": manifest or orjson.dumps({"name": name, "version": version, "dependencies": needs or {}})}
    files |= {file: orjson.dumps(content) for file, content in (definitions or {}).items()}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for file, content in files.items():
            member = tarfile.TarInfo(f"package/{file}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(written.getvalue(), mtime=0)


@dataclass
class Registry:
    """A registry: what it holds by name and version, how it describes it, and what it was asked for."""

    address: str = ""
    archives: dict[tuple[str, str], bytes] = field(default_factory=dict)
    dist: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def hold(self, archive: bytes, name: str, version: str, **dist: str) -> None:
        """Offer an archive, told of by its checksum unless told otherwise."""
        digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
        self.archives[name, version] = archive
        self.dist[name, version] = dist or {"integrity": f"sha512-{digest}"}

    def answer(self, path: str) -> tuple[int, bytes]:
        """The status and body for a path."""
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        name, _, version = path.strip("/").partition("/")
        if version:
            archive = self.archives.get((name, version))
            return (404, b"") if archive is None else (200, archive)
        versions = {row[1]: {"dist": self.dist[row]} for row in self.archives if row[0] == name}
        return (200, orjson.dumps({"name": name, "versions": versions})) if versions else (404, b"")


@contextmanager
def serving() -> Generator[Registry]:
    """A registry that answers on loopback for the length of a `with`."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = registry.answer(self.path)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
