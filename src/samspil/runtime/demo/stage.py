"""The stage of `samspil up --demo`: two sites in one process, other people's systems around them, and the play.

8400  Knudepunkt Nord       8402  the door to a clinic's system, shut at first
8401  Knudepunkt Syd        8403  a system that never answers
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from socket import socket

import msgspec

from samspil.apps.messages.services import DemoPerson
from samspil.domain.issues import Fault
from samspil.runtime.database import SiteDatabase
from samspil.runtime.demo import secrets_file
from samspil.runtime.demo.cast import LOGINS, SITES, Login, Place
from samspil.runtime.demo.play import Play
from samspil.runtime.demo.props import Door, silent_system
from samspil.runtime.demo.secrets_file import DemoSecrets
from samspil.runtime.demo.town import Town, put_addresses_right, settle
from samspil.runtime.server import PortTaken, bind, listening
from samspil.runtime.settings import Settings
from samspil.runtime.site import Site, open_site
from samspil.runtime.web import build_application

DATABASES = {Place.SOUTH: "samspil_syd"}
"""The second site's database on the same server; the first has the site's own."""
OFFSETS = {Place.SOUTH: 1, Place.CLOSED: 2, Place.SILENT: 3}
"""Where the others listen, counted from the first site's port; any free port where that one is taken."""
UNHURRIED = {"retry_seconds": "3,5,10,20,30,60", "answer_minutes": 1.0}
"""Shorter waits than in real life, so that a visitor sees what comes of them."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The sockets of the demonstration, open before anything else is."""

    sockets: Mapping[Place, socket]

    def address(self, place: Place) -> str:
        """Where a place is reached."""
        if place is Place.GONE:
            return f"{self.address(Place.SOUTH)}/nedlagt"
        host, port = self.sockets[place].getsockname()[:2]
        return f"http://{host}:{port}"


def open_doors(settings: Settings) -> Doors:
    """Open all sockets. Errors: PortTaken for the one that was asked for; the others find a place."""
    first = bind(settings.host, settings.port)
    port = first.getsockname()[1]
    sockets = {Place.NORTH: first}
    for place, offset in OFFSETS.items():
        try:
            sockets[place] = bind(settings.host, port + offset)
        except (PortTaken, OverflowError):
            sockets[place] = bind(settings.host, 0)
    return Doors(sockets)


@asynccontextmanager
async def open_stage(settings: Settings, place: SiteDatabase, doors: Doors) -> AsyncGenerator[DemoSecrets]:
    """Everything up and the play under way, for the length of an `async with`. Errors: Fault."""
    if place.server is None:
        raise Fault("demo.database.external", "The demonstration runs on the embedded database only.")
    async with AsyncExitStack() as stack:
        sites: dict[Place, Site] = {}
        for where, name in SITES.items():
            dsn = place.server.create(DATABASES[where]) if where in DATABASES else place.dsn
            own = msgspec.structs.replace(settings, public_url=doors.address(where), demo=True, **UNHURRIED)
            sites[where] = await stack.enter_async_context(open_site(own, dsn, name=name))
        town = Town(sites, {where: doors.address(where) for where in Place})
        kept = secrets_file.load(settings.folder)
        first = kept is None
        kept = kept or secrets_file.new_secrets()
        await (settle(town, kept) if first else put_addresses_right(town))
        secrets_file.save(settings.folder, kept)
        people = tuple(_demo_person(login, kept) for login in LOGINS)
        for where, site in sites.items():
            application = build_application(site, demo_people=people)
            await stack.enter_async_context(listening(application, site.settings, doors.sockets[where]))
        await stack.enter_async_context(listening(silent_system, settings, doors.sockets[Place.SILENT]))
        door = _door(settings, doors)
        stack.push_async_callback(door.shut)
        play = asyncio.create_task(Play(town, kept, door).perform(opening=first))
        stack.callback(play.cancel)
        yield kept
        for site in sites.values():
            site.draining = True


def _demo_person(login: Login, kept: DemoSecrets) -> DemoPerson:
    return DemoPerson(login=login.login, password=kept.passwords[login.login], name=login.name, role=login.role)


def _door(settings: Settings, doors: Doors) -> Door:
    """The door to the second site that opens later: its socket was only held to keep the port."""
    port = doors.sockets[Place.CLOSED].getsockname()[1]
    doors.sockets[Place.CLOSED].close()
    return Door(settings.host, port, leads_to=doors.sockets[Place.SOUTH].getsockname()[1])
