"""What these pages need from below, in one value that the runtime fills in once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from samspil.access.directory import Directory
from samspil.access.rights import Role
from samspil.access.sessions import Sessions
from samspil.exchange.acts import Acts
from samspil.exchange.carriage import Clock
from samspil.exchange.tracking import Tracking
from samspil.storage.database import Database
from samspil.ui.pages import Pages
from samspil.validation.judge import Examination, examine

TEMPLATES: Mapping[str, str] = {"messages": "samspil.apps.messages"}
"""The template prefix of this app, for `Pages(apps=…)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person of the demonstration, who may be signed in with one press."""

    login: str
    password: str = field(repr=False)
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of a running site that its pages call.

    `address` tells where a request came from, seen past trusted proxies; `judge` is what the site judges by.
    `demo_people` stand on the sign-in page of a demonstration and nowhere else.
    """

    pages: Pages
    tracking: Tracking
    acts: Acts
    directory: Directory
    database: Database
    sessions: Sessions
    address: Callable[[Mapping[str, Any]], str]
    clock: Clock
    site: str
    judge: Callable[[bytes], Examination] = examine
    demo: bool = False
    demo_people: tuple[DemoPerson, ...] = ()
