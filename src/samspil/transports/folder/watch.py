"""Looks after the folders that the register names: one intake for each, as long as the register names it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from samspil.access.callers import Caller
from samspil.access.directory import Directory, Endpoint, OrganisationKind
from samspil.access.rights import Right
from samspil.exchange.carriage import Arrival, Clock, Receipt
from samspil.exchange.rounds import Rounds
from samspil.transports.folder.intake import WIRE, Intake
from samspil.transports.folder.places import places_of
from samspil.transports.folder.shelf import Shelf

LOOK_SECONDS = 1.0


@dataclass(slots=True)
class _Tended:
    intake: Intake
    rounds: Rounds


class FolderWatch:
    """Takes in what is put into the folders of this site's endpoints."""

    def __init__(
        self,
        directory: Directory,
        receive: Callable[[Arrival], Awaitable[Receipt]],
        clock: Clock,
        *,
        every_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._directory = directory
        self._receive = receive
        self._clock = clock
        self._every_seconds = every_seconds
        self._tended: dict[str, _Tended] = {}
        self._rounds = Rounds("folders", self._look, every_seconds=every_seconds)

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start()

    async def stop(self) -> None:
        """Take nothing more. What is being handed over stays in `taken` if its commit is not through."""
        await self._rounds.stop()
        for url in list(self._tended):
            await self._leave(url)

    async def _look(self) -> None:
        """Follow the register."""
        wanted = folders_of(self._directory)
        for url in self._tended.keys() - wanted.keys():
            await self._leave(url)
        for url, endpoints in wanted.items():
            caller = caller_of(endpoints, self._directory)
            limit = max(endpoint.max_payload_bytes for endpoint in endpoints)
            tended = self._tended.get(url)
            if tended is not None:
                tended.intake.caller, tended.intake.max_bytes = caller, limit
                continue
            intake = Intake(
                shelf=Shelf(places_of(url)), caller=caller, max_bytes=limit, receive=self._receive, clock=self._clock
            )
            tended = _Tended(intake, Rounds(WIRE, intake.look, every_seconds=self._every_seconds))
            self._tended[url] = tended
            tended.rounds.start()

    async def _leave(self, url: str) -> None:
        tended = self._tended.pop(url)
        await tended.rounds.stop()
        tended.intake.close()


def folders_of(directory: Directory) -> dict[str, list[Endpoint]]:
    """The active folder endpoints by address: several location numbers may share one."""
    found: dict[str, list[Endpoint]] = {}
    for endpoint in directory.endpoints:
        if endpoint.wire == WIRE and endpoint.active:
            found.setdefault(endpoint.url, []).append(endpoint)
    return found


def caller_of(endpoints: list[Endpoint], directory: Directory) -> Caller:
    """On whose behalf a folder's letters come: its organisations', or everybody's behind a hub."""
    holders = [holder for endpoint in endpoints if (holder := directory.organisation(endpoint.organisation))]
    if any(holder.kind is OrganisationKind.HUB for holder in holders):
        return Caller(id=endpoints[0].id, kind="client", name=WIRE, rights=frozenset({Right.RELAY}))
    glns = frozenset(gln for holder in holders for gln in holder.glns)
    return Caller(
        id=endpoints[0].id,
        kind="client",
        name=WIRE,
        organisation=endpoints[0].organisation,
        glns=glns,
        rights=frozenset({Right.SEND}),
    )
