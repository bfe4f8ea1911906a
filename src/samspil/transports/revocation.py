"""Fetch the revocation lists that judging our certificates takes, from where the certificates say they lie.

A list comes over plain http as a rule; that is no harm, for it counts only if an authority trusted here signed it and
it is no older than the one that is kept. A place that does not answer is asked again soon, and the list that is kept
goes on counting until its own end.
Source: RFC 5280, 4.2.1.13 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import structlog

from samspil.access.callers import SYSTEM, Caller
from samspil.access.certificates import Keyrings, due_places, has_list, note_place, take_list
from samspil.access.refusals import Refusal
from samspil.access.trust.lists import CRL
from samspil.access.trust.reading import read_material
from samspil.storage.database import Database

log = structlog.get_logger(__name__)

LARGEST_LIST_BYTES: Final = 32 * 1024 * 1024
CHUNK_BYTES: Final = 65_536
WAITS: Final = aiohttp.ClientTimeout(total=60.0, sock_connect=10.0, sock_read=20.0)
AFTER_FAILURE: Final = timedelta(minutes=15)
SOONEST, LATEST = timedelta(minutes=10), timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of asking one place: no problem, or the code of one."""

    url: str
    problem: str = ""


async def refresh_lists(
    database: Database, keyrings: Keyrings, *, at: datetime, by: Caller = SYSTEM, all_places: bool = False
) -> list[Fetched]:
    """Fetch the lists that are due, or all. Errors: Unreachable for the database only."""
    urls = (await keyrings.current(fresh=True)).list_addresses()
    due = sorted(urls) if all_places else await due_places(database, urls, at=at)
    found: list[Fetched] = []
    if not due:
        return found
    async with aiohttp.ClientSession(timeout=WAITS, trust_env=True, headers={"User-Agent": "samspil"}) as session:
        for url in due:
            fetched, again_after = await _refresh(database, session, url, at=at, by=by)
            await note_place(database, url, at=at, fetched=not fetched.problem, again_after=again_after)
            if fetched.problem:
                log.warning("revocation list not fetched", problem=fetched.problem)
            found.append(fetched)
    return found


async def _refresh(
    database: Database, session: aiohttp.ClientSession, url: str, *, at: datetime, by: Caller
) -> tuple[Fetched, timedelta]:
    """Ask one place; tell what came of it, and after how long it is to be asked again."""
    try:
        lists = read_material(await _get(session, url)).lists
        if not lists:
            raise Refusal("certificate.file.unreadable")
        for each in lists:
            await _take(database, each, by=by)
    except Refusal as refusal:
        return Fetched(url=url, problem=refusal.code), AFTER_FAILURE
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return Fetched(url=url, problem="certificate.list.unreachable"), AFTER_FAILURE
    return Fetched(url=url), _pause(lists, at)


async def _take(database: Database, each: CRL, *, by: Caller) -> None:
    """Take a list in. The one that is kept already comes again and again until it is renewed: no act, no entry."""
    if not await has_list(database, each):
        await take_list(database, by=by, crl=each)


async def _get(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url, max_redirects=3) as response:
        response.raise_for_status()
        pieces = bytearray()
        async for piece in response.content.iter_chunked(CHUNK_BYTES):
            pieces += piece
            if len(pieces) > LARGEST_LIST_BYTES:
                raise ValueError("more than a list ever holds")
        return bytes(pieces)


def _pause(lists: Sequence[CRL], at: datetime) -> timedelta:
    """Half of the time that is left to the first of them, within bounds."""
    ends = [each.next_update_utc for each in lists if each.next_update_utc is not None]
    return max(SOONEST, min(LATEST, (min(ends) - at) / 2)) if ends else SOONEST
