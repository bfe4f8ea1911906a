"""A site on a real database: three organisations, a client for each way of being allowed, and the edge before it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx
from starlette.applications import Starlette

from samspil.access.audit import Entry, find_entries
from samspil.access.callers import SYSTEM
from samspil.access.clients import add_client
from samspil.access.directory import Endpoint, OrganisationKind
from samspil.access.endpoints import add_endpoint
from samspil.access.keys import SiteKey
from samspil.access.organisations import add_organisation
from samspil.access.register import Register
from samspil.access.rights import Right
from samspil.exchange.carriage import Outcome, Parcel, Result
from samspil.exchange.engine import Engine
from samspil.storage.database import Database
from samspil.transports.http.attempts import Attempts
from samspil.transports.http.callers import Callers, Doors
from samspil.transports.http.limits import Intake, Limits
from samspil.transports.http.routes import routes
from samspil.transports.http.services import Services

CLINIC, HOSPITAL, PHARMACY = "5790000121526", "5790000201389", "5790001348120"
NOWHERE_KNOWN = "5790000209354"
"""A well-formed location number that nobody here holds."""
ORGANISATIONS = {
    CLINIC: OrganisationKind.CLINIC,
    HOSPITAL: OrganisationKind.HOSPITAL,
    PHARMACY: OrganisationKind.PHARMACY,
}


class Away:
    """The hospital's system, which takes nothing."""

    result = Result.FAILED

    async def carry(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> Outcome:
        return Outcome(result=self.result, code="endpoint.refused")


@dataclass(slots=True)
class Site:
    """A running site, seen from its edge."""

    database: Database
    engine: Engine
    register: Register
    services: Services
    app: Starlette
    organisations: dict[str, UUID]
    hospital: Away
    tokens: dict[tuple[str | None, frozenset[Right]], str] = field(default_factory=dict)

    async def token(self, gln: str | None, rights: Iterable[Right]) -> str:
        """The token of a client with exactly these rights; of the whole site without a location number."""
        key = gln, frozenset(rights)
        if key not in self.tokens:
            organisation = None if gln is None else self.organisations[gln]
            _, token = await add_client(
                self.database, by=SYSTEM, name=f"client-{len(self.tokens)}", rights=key[1], organisation=organisation
            )
            assert token is not None
            self.tokens[key] = token
            await self.register.refresh()
        return self.tokens[key]

    async def client(
        self, gln: str | None = CLINIC, *rights: Right, peer: tuple[str, int] = ("198.51.100.7", 50000)
    ) -> httpx.AsyncClient:
        """A client of the edge; with the rights of a sender where none are named."""
        token = await self.token(gln, rights or (Right.SEND, Right.READ, Right.OPEN, Right.CHECK))
        return self.stranger(peer, {"authorization": f"Bearer {token}"})

    def stranger(
        self, peer: tuple[str, int] = ("198.51.100.7", 50000), headers: dict[str, str] | None = None
    ) -> httpx.AsyncClient:
        """A client without credentials."""
        transport = httpx.ASGITransport(app=self.app, client=peer)
        return httpx.AsyncClient(transport=transport, base_url="http://site.example", headers=headers)

    async def audited(self) -> list[Entry]:
        """What the audit holds about messages, oldest first."""
        entries = await find_entries(self.database, by=SYSTEM)
        return [entry for entry in reversed(entries) if entry.act.startswith("message.")]


@asynccontextmanager
async def open_site(
    database_url: str, *, limits: Limits | None = None, doors: Doors | None = None
) -> AsyncGenerator[Site]:
    """Start a site; stop it at the end."""
    database = await Database.open(database_url, connections=8)
    try:
        key = SiteKey(bytes(32))
        organisations: dict[str, UUID] = {}
        for gln, kind in ORGANISATIONS.items():
            made = await add_organisation(database, by=SYSTEM, name=f"{kind} {gln}", kind=kind, glns=[gln])
            organisations[gln] = made.id
            if gln == HOSPITAL:
                await add_endpoint(database, key, by=SYSTEM, gln=gln, wire="http", url="http://127.0.0.1:1/")
            else:
                await add_endpoint(database, key, by=SYSTEM, gln=gln)
        register = await Register.open(database, key)
        hospital = Away()
        engine = Engine(database, register.directory, {"http": hospital})
        await engine.start()
        services = Services(
            receive=engine.receive,
            tracking=engine.tracking,
            acts=engine.acts,
            database=database,
            callers=Callers(register.clients, doors or Doors(), Attempts(asyncio.get_running_loop().time)),
            intake=Intake(limits or Limits()),
            public_url="http://site.example",
            version="0.1.0",
            started_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
            directory=register.directory,
        )
        app = Starlette(routes=routes(services))
        try:
            yield Site(database, engine, register, services, app, organisations, hospital)
        finally:
            await engine.stop()
    finally:
        await database.close()


WithSite = Callable[[Callable[[Site], Awaitable[None]]], None]
