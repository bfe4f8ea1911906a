"""The way out to a folder: a letter appears in `receive` whole, and once.

Written and flushed under a name of ours, then noted in `sent`, then renamed to where its reader looks. After a crash
the note says which of the two it was: no note, begin anew; a note and our file, rename it; a note alone, it is there,
or its reader has taken it already.
"""

import asyncio
import errno
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samspil.access.directory import Endpoint
from samspil.domain.message import Format
from samspil.exchange.carriage import Outcome, Parcel, Result
from samspil.transports.folder.files import move, write_flushed, write_whole
from samspil.transports.folder.places import Places, places_of

SECONDS = 30.0  # less than a lease lasts
ENDINGS = {Format.EDIFACT: "edi", Format.OIOXML: "xml", Format.FHIR_JSON: "json", Format.FHIR_XML: "xml"}


class FolderCarrier:
    """Writes parcels into folders. Each folder has a thread: a share that hangs holds up nobody else."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._hands: dict[str, ThreadPoolExecutor] = {}

    def stop(self) -> None:
        """Begin nothing more."""
        for hand in self._hands.values():
            hand.shutdown(wait=False, cancel_futures=True)

    async def carry(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> Outcome:
        """Write it once."""
        began = time.monotonic()
        hand = self._hands.get(endpoint.url)
        if hand is None:
            hand = self._hands[endpoint.url] = ThreadPoolExecutor(max_workers=1, thread_name_prefix="folder")
        work = asyncio.get_running_loop().run_in_executor(
            hand, deliver, places_of(endpoint.url), parcel, payload, began + self._seconds
        )
        code = ""
        try:
            async with asyncio.timeout(self._seconds):
                await work
        except TimeoutError:
            code = "delivery.timeout"
        except FileNotFoundError:
            code = "delivery.folder.missing"
        except OSError as problem:
            code = "delivery.folder.full" if problem.errno in {errno.ENOSPC, errno.EDQUOT} else "delivery.folder.broken"
        took_ms = round((time.monotonic() - began) * 1000)
        if code:
            return Outcome(result=Result.TRY_AGAIN, code=code, took_ms=took_ms, counts_against_endpoint=True)
        return Outcome(result=Result.DELIVERED, code="", took_ms=took_ms)


def deliver(places: Places, parcel: Parcel, payload: bytes, until: float) -> None:
    """Let the letter appear, unless it has. Errors: OSError; TimeoutError when it is another's turn by now."""
    target = places.receive / f"{parcel.message}.{ENDINGS.get(parcel.format, 'dat')}"
    if not places.receive.is_dir():
        raise FileNotFoundError(errno.ENOENT, "receive")
    for folder in (places.making, places.sent):
        folder.mkdir(parents=True, exist_ok=True)
    note = places.sent / str(parcel.id)
    written = _noted(note, places)
    if written is None:
        written = places.making / f"{parcel.id}.{parcel.fence}"
        write_flushed(written, payload)
        if time.monotonic() > until:
            raise TimeoutError
        write_whole(note, written.name.encode(), by_way_of=places.making / f"{written.name}.note")
    if written.exists():
        move(written, target)


def _noted(note: Path, places: Places) -> Path | None:
    """The file that an earlier try had ready, whether or not it is still there."""
    try:
        return places.making / note.read_bytes().decode()
    except FileNotFoundError:
        return None
