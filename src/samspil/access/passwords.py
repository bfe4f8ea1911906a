"""Passwords of people: argon2id with the library's parameters, in threads, at most two at once.

One hash takes a core for some 130 ms and 64 MiB of memory: two at once are what a small machine can spare, and a
short queue keeps a burst of logins from starving the messages. Sources: RFC 9106; NIST SP 800-63B, section 5.1.1.2.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from samspil.access.refusals import Refusal

AT_ONCE = 2
WAITING = 16
SHORTEST, LONGEST = 12, 256
DIFFERENT = 6

Result = TypeVar("Result")


class Passwords:
    """Makes and checks password hashes. One object a process, so that the limits hold."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The hash to store, with its parameters and salt. Errors: Refusal when too many wait."""
        return await self._run(lambda: self._hasher.hash(_normal(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Is it the password? Takes as long when there is no such person (None). Errors: Refusal when too many wait."""
        if len(password) > LONGEST:
            return False
        if stored is None:
            self._nobody = self._nobody or await self.hash("nobody has this password")
        return await self._run(lambda: self._check(stored or self._nobody, password)) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Was it made with weaker parameters than today's?"""
        return self._hasher.check_needs_rehash(stored)

    def _check(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING:
            raise Refusal("access.login.busy", retry_after_seconds=3)
        self._waiting += 1
        try:
            async with self._seats:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def check_strength(password: str, *, login: str, name: str) -> None:
    """Errors: Refusal for a password that is short, endless, monotonous, or made of the person's own names."""
    folded = _normal(password).casefold()
    own = [login, *name.split()]
    if (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(folded)) < DIFFERENT
        or any(len(word) > 2 and word.casefold() in folded for word in own)
    ):
        raise Refusal("access.password.weak")


def _normal(password: str) -> str:
    """The same password however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)
