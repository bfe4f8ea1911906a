"""The synthetic Denmark in the registers of its two sites: made on the first start, put right on later ones.

Making it can be interrupted and done again: what is there already is left, secrets are made anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from samspil.access.callers import SYSTEM
from samspil.access.clients import add_client
from samspil.access.directory import Capability
from samspil.access.endpoints import add_endpoint, change_endpoint, list_endpoints
from samspil.access.organisations import add_organisation, list_organisations
from samspil.access.people import add_person, list_people, set_password
from samspil.access.rights import Right
from samspil.runtime.demo.cast import LOGINS, PARTIES, SITES, Party, Place
from samspil.runtime.demo.secrets_file import DemoSecrets
from samspil.runtime.site import Site

HOMES = {Place.NORTH: Place.NORTH, Place.SOUTH: Place.SOUTH, Place.CLOSED: Place.SOUTH}
"""At which site an organisation's own system hands its messages over; the others are on no site of ours."""
FHIR = ("CareCommunication", "HospitalNotification", "HomeCareObservation", "Acknowledgement")
TAKES: Mapping[str, tuple[str, ...]] = {"pharmacy": ("CareCommunication", "Acknowledgement")}
OWN_SYSTEM = (Right.SEND, Right.READ, Right.OPEN, Right.CHECK)


@dataclass(frozen=True, slots=True)
class Town:
    """The two sites, and where everybody is reached."""

    sites: Mapping[Place, Site]
    addresses: Mapping[Place, str]

    def url(self, place: Place, *, seen_from: Place) -> str:
        """Where messages for a place are posted; empty when they stay at the site that asks."""
        return "" if HOMES.get(place) is seen_from else f"{self.addresses[place]}/exchange/messages"


async def settle(town: Town, kept: DemoSecrets) -> None:
    """Make both registers; the new tokens are put among the secrets."""
    bearers = {place: await _introduce_peer(site, place) for place, site in town.sites.items()}
    for here, site in town.sites.items():
        await _add_parties(site)
        await _add_endpoints(town, here, bearers)
        await _add_systems(site, here, kept)
        await _add_people(site, kept)
        await site.register.refresh()


async def put_addresses_right(town: Town) -> None:
    """Ports may have changed since the registers were made."""
    places = {gln: party.place for party in PARTIES for gln in party.glns}
    for here, site in town.sites.items():
        for endpoint in await list_endpoints(site.database, site.key, by=SYSTEM):
            place = places.get(endpoint.gln)
            url = town.url(place, seen_from=here) if place else ""
            if url and endpoint.url != url:
                await change_endpoint(site.database, site.key, by=SYSTEM, endpoint=replace(endpoint, url=url))
        await site.register.refresh()


async def _introduce_peer(site: Site, here: Place) -> str:
    """Let the other site hand over messages of anybody behind it; give the token it will show."""
    other = next(place for place in SITES if place is not here)
    return await _token(site, name=SITES[other], rights=(Right.RELAY,))


async def _add_parties(site: Site) -> None:
    known = {gln for found in await list_organisations(site.database, by=SYSTEM) for gln in found.glns}
    for party in PARTIES:
        if party.gln not in known:
            await add_organisation(
                site.database,
                by=SYSTEM,
                name=party.name,
                kind=party.kind,
                glns=party.glns,
                sor=party.sor,
                synthetic=True,
            )


async def _add_endpoints(town: Town, here: Place, bearers: Mapping[Place, str]) -> None:
    site = town.sites[here]
    known = {endpoint.gln: endpoint for endpoint in await list_endpoints(site.database, site.key, by=SYSTEM)}
    for party in PARTIES:
        url = town.url(party.place, seen_from=here)
        bearer = bearers[HOMES[party.place]] if url and party.place in HOMES else None
        for gln in party.glns:
            if gln in known:
                changed = replace(known[gln], url=url, bearer=bearer)
                await change_endpoint(site.database, site.key, by=SYSTEM, endpoint=changed)
                continue
            await add_endpoint(
                site.database,
                site.key,
                by=SYSTEM,
                gln=gln,
                wire="http" if url else "mailbox",
                url=url,
                bearer=bearer,
                capabilities=[Capability(standard) for standard in TAKES.get(party.key, FHIR)],
            )


async def _add_systems(site: Site, here: Place, kept: DemoSecrets) -> None:
    """The organisations' own journal systems, as clients of their site."""
    holders = {gln: found for found in await list_organisations(site.database, by=SYSTEM) for gln in found.glns}
    for party in _at_home(here):
        name, organisation = f"Journalsystem, {party.name}", holders[party.gln].id
        _, token = await add_client(site.database, by=SYSTEM, name=name, rights=OWN_SYSTEM, organisation=organisation)
        kept.tokens[party.key] = token or ""


def _at_home(here: Place) -> list[Party]:
    return [party for party in PARTIES if HOMES.get(party.place) is here]


async def _add_people(site: Site, kept: DemoSecrets) -> None:
    known = {person.login: person for person in await list_people(site.database, by=SYSTEM)}
    for login in LOGINS:
        password = kept.passwords[login.login]
        if login.login in known:
            person = known[login.login].id
            await set_password(site.database, site.passwords, by=SYSTEM, person=person, password=password)
        else:
            await add_person(
                site.database,
                site.passwords,
                by=SYSTEM,
                login=login.login,
                name=login.name,
                role=login.role,
                password=password,
            )


async def _token(site: Site, *, name: str, rights: tuple[Right, ...]) -> str:
    _, token = await add_client(site.database, by=SYSTEM, name=name, rights=rights)
    return token or ""
