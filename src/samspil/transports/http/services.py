"""What this edge needs from below, in one value that the runtime fills in once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from samspil.access.directory import Directory
from samspil.exchange.acts import Acts
from samspil.exchange.carriage import Arrival, Receipt
from samspil.exchange.tracking import Tracking
from samspil.storage.database import Database
from samspil.transports.http.callers import Callers
from samspil.transports.http.limits import Intake
from samspil.validation.judge import Examination, examine


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of a running site that its HTTP edge calls.

    `receive`, `tracking` and `acts` are the exchange's; `judge` is what the site judges by, `directory` its register
    of organisations; the audit is kept in the
    database. `public_url` is the site's address as its partners see it, without a slash at the end.
    """

    receive: Callable[[Arrival], Awaitable[Receipt]]
    tracking: Tracking
    acts: Acts
    database: Database
    callers: Callers
    intake: Intake
    public_url: str
    version: str
    started_at: datetime
    judge: Callable[[bytes], Examination] = examine
    directory: Directory = field(default_factory=Directory)
