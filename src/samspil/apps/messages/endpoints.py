"""Endepunkter: who takes part, by which numbers, where their messages are delivered and what they take."""

from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from samspil.access.directory import Endpoint, Organisation
from samspil.access.rights import Right
from samspil.apps.messages.visits import Visit

_STATES = {"open": ("good", "check"), "resting": ("warn", "unplug"), "off": ("still", "ban")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One location number, with an endpoint if it has one. `address` is empty for those who may not see it."""

    gln: str
    endpoint: Endpoint | None = None
    address: str = ""
    takes: tuple[str, ...] = ()
    state_name: str = ""

    @property
    def state(self) -> tuple[str, str]:
        """How its state looks: tone and icon."""
        return _STATES[self.state_name] if self.state_name else ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation with its places."""

    organisation: Organisation
    places: tuple[Place, ...]


async def list_endpoints(visit: Visit) -> Response:
    """The list, by a word."""
    directory, q = visit.services.directory, visit.asked("q")
    resting = {row.endpoint for row in await visit.services.tracking.circuits() if row.open_until is not None}
    everybody = directory.organisations
    shown = [organisation for organisation in everybody if not q or _fits(organisation, q.casefold())]
    by_gln: dict[str, list[Endpoint]] = {}
    for endpoint in directory.endpoints:
        by_gln.setdefault(endpoint.gln, []).append(endpoint)
    return visit.show(
        "messages/endpoints.html",
        q=q,
        total=len(everybody),
        parties=[_party(organisation, by_gln, resting, visit) for organisation in shown],
    )


def _party(organisation: Organisation, by_gln: dict[str, list[Endpoint]], resting: set[UUID], visit: Visit) -> Party:
    insight = visit.may(Right.ADMINISTER) and visit.caller.sees(*organisation.glns)
    places = [
        _place(gln, endpoint, resting, insight=insight)
        for gln in organisation.glns
        for endpoint in (by_gln.get(gln) or [None])
    ]
    return Party(organisation=organisation, places=tuple(places) or (Place(gln=""),))


def _place(gln: str, endpoint: Endpoint | None, resting: set[UUID], *, insight: bool) -> Place:
    if endpoint is None:
        return Place(gln=gln)
    return Place(
        gln=gln,
        endpoint=endpoint,
        address=endpoint.url if insight else "",
        takes=tuple(f"{item.standard} {item.version}".strip() for item in endpoint.capabilities),
        state_name="off" if not endpoint.active else "resting" if endpoint.id in resting else "open",
    )


def _fits(organisation: Organisation, word: str) -> bool:
    return word in organisation.name.casefold() or any(word in gln for gln in organisation.glns)
