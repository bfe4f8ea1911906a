"""One letter of a payload as its reader found it: what every reader gives and every judge takes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from samspil.domain.issues import Issue
from samspil.domain.message import Head, Identity, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A letter, receipt, document or envelope in a payload.

    `part` is "1", "2" …, and "1.1" for the payload inside envelope "1". `head` is None where no message could be
    made out; then `issues` holds a fatal one. `tree` is the format's own parse, for judges and writers of that
    format. `build` reads the whole message; it is asked for only when somebody looks.
    """

    part: str
    identity: Identity
    payload: bytes = field(repr=False)
    head: Head | None = None
    issues: tuple[Issue, ...] = ()
    tree: object = field(default=None, repr=False)
    build: Callable[[], Message | None] = field(default=lambda: None, repr=False)
