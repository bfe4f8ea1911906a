"""Sessions of people: opened by a password, kept on the server, ended by logout, silence, age or an operator.

The browser holds a random token, the database its hash: a stolen backup opens no session. Source: OWASP Session
Management Cheat Sheet.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from samspil.access.audit import Act, Outcome, record
from samspil.access.callers import Caller
from samspil.access.clients import hash_token
from samspil.access.keys import SiteKey
from samspil.access.passwords import Passwords
from samspil.access.people import Person, person_of
from samspil.access.refusals import Refusal
from samspil.access.throttle import Throttle
from samspil.storage.database import Database

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)  # a long shift
TOUCH_EVERY = timedelta(minutes=1)
STRANGER = UUID(int=2)  # in the audit: somebody whose login was refused

_PERSON = """
select id, login, name, organisation, role, language, password_hash
from person where login = $1 and removed_at is null
"""
_SESSION = """
select s.expires_at, s.seen_at, p.id, p.login, p.name, p.organisation, p.role, p.language,
       array(select g.gln from organisation_gln g where g.organisation = p.organisation and g.held_until is null)
from session s join person p on p.id = s.person and p.removed_at is null
where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is logged in."""

    person: Person
    caller: Caller
    expires_at: datetime


class Sessions:
    """Opens, finds and closes sessions. `clock` is another one in tests only."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        key: SiteKey,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = Throttle(database, key.derive("login attempts"))
        self._clock = clock

    async def open(self, *, login: str, password: str, origin: str = "") -> str:
        """The token of a new session; every try is audited.

        Errors: Refusal, the same for a wrong login and a wrong password; `retry_after_seconds` says how long to wait
        after too many.
        """
        login, now = login.strip().lower(), self._clock()
        wait = await self._throttle.admit(login=login, address=origin, at=now)
        if wait:
            seconds = max(1, round(wait.total_seconds()))
            raise Refusal("access.login.blocked", retry_after_seconds=seconds, seconds=str(seconds))
        row = await self._database.row(_PERSON, login)
        if not await self._passwords.verify(password, row[6] if row else None) or row is None:
            await self._tell_refusal(None if row is None else person_of(row[:6]), origin)
            raise Refusal("access.login.refused")
        person = person_of(row[:6])
        if self._passwords.is_outdated(row[6]):
            stronger = await self._passwords.hash(password)
            await self._database.execute("update person set password_hash = $2 where id = $1", person.id, stronger)
        await self._throttle.forgive(login=login, address=origin)
        await self._sweep(now)
        return await self._begin(person, origin, now)

    async def find(self, token: str, *, origin: str = "", awake: bool = True) -> Session | None:
        """Whose session it is, or None: there is none, or it ended. Using it keeps it awake.

        A page that asks by itself, with nobody at it, says `awake=False`: it is silence all the same.
        """
        now = self._clock()
        row = await self._database.row(_SESSION, hash_token(token), now, now - IDLE)
        if row is None:
            return None
        expires_at, seen_at, *fields, glns = row
        if awake and now - seen_at > TOUCH_EVERY:
            await self._database.execute(
                "update session set seen_at = $2 where token_hash = $1", hash_token(token), now
            )
        person = person_of(tuple(fields))
        own = None if person.organisation is None else frozenset(glns)
        return Session(person=person, caller=person.caller(own, origin=origin), expires_at=expires_at.astimezone(UTC))

    async def close(self, token: str, *, origin: str = "") -> None:
        """End a session; nothing happens if there is none."""
        session = await self.find(token, origin=origin)
        async with self._database.transaction() as work:
            await work.execute("delete from session where token_hash = $1", hash_token(token))
            if session is not None:
                await record(work, by=session.caller, act=Act.SESSION_CLOSE, object="session")

    async def _begin(self, person: Person, origin: str, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        async with self._database.transaction() as work:
            await work.execute(
                "insert into session (token_hash, person, created_at, seen_at, expires_at) values ($1, $2, $3, $3, $4)",
                hash_token(token),
                person.id,
                now,
                now + ABSOLUTE,
            )
            await record(work, by=person.caller(None, origin=origin), act=Act.SESSION_OPEN, object="session")
        return token

    async def _tell_refusal(self, person: Person | None, origin: str) -> None:
        """Audit a refused login. What a stranger typed is not kept: it may be a password."""
        await record(
            self._database,
            by=Caller(id=STRANGER, kind="person", name="", origin=origin),
            act=Act.SESSION_OPEN,
            object="person",
            object_id="" if person is None else person.id,
            outcome=Outcome.REFUSED,
        )

    async def _sweep(self, now: datetime) -> None:
        """Drop sessions and counts that are over: a login is seldom enough to pay for it."""
        await self._database.execute("delete from session where expires_at <= $1 or seen_at <= $2", now, now - IDLE)
        await self._throttle.sweep(at=now)


def csrf_token(session_token: str) -> str:
    """The proof a form carries that its page came from us: bound to the session, and tells nothing of its token."""
    return hmac.digest(session_token.encode(), b"samspil form", hashlib.sha256).hex()


def csrf_fits(session_token: str, given: str) -> bool:
    """Does a form's proof belong to this session?"""
    return hmac.compare_digest(csrf_token(session_token), given.encode("ascii", "replace").decode())
