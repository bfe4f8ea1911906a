"""The publisher for our own participants, asked over HTTP by our own client and by hand."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette

from samspil.access.directory import Capability, Directory, Endpoint, Organisation, OrganisationKind
from samspil.catalogue.envelopes import ehmi
from samspil.formats.smp.model import Edition, Identifier, ServiceGroup
from samspil.formats.smp.reader import read_smp
from samspil.transports.discovery.client import Question, SmpClient
from samspil.transports.discovery.publishing import Publication, Publisher, smp_routes
from samspil.transports.discovery.signature import verify_document
from tests.contract.http.serving import serving
from tests.unit.transports.as4.partners import own_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLINIC, HOSPITAL, HUB = "5790000121526", "5790000201389", "5790001348120"
SCHEME = ehmi().authority
PROFILE = "bdxr-transport-ebms3-as4-v1p0"
BASE = "http://smp.example/smp"
PUBLICATION = Publication(
    base_url=BASE,
    access_point_url="https://ap.example/as4",
    access_point_certificate=own_key("AP-A").certificate.public_bytes(Encoding.DER),
    transport_profile=PROFILE,
    key=own_key("SMP-71903").key,
    certificate=own_key("SMP-71903").certificate,
)
HOME_CARE = Capability("HomeCareObservation", "1.2", NOON - timedelta(days=1), NOON + timedelta(hours=2))
PARTIES = {CLINIC: OrganisationKind.CLINIC, HOSPITAL: OrganisationKind.HOSPITAL, HUB: OrganisationKind.HUB}
ORGANISATIONS = [
    Organisation(id=UUID(int=number), name=kind, kind=kind, glns=(gln,))
    for number, (gln, kind) in enumerate(PARTIES.items(), 1)
]
ENDPOINTS = [Endpoint(id=UUID(int=10 * one.id.int), organisation=one.id, gln=one.glns[0]) for one in ORGANISATIONS]
ENDPOINTS[0] = replace(ENDPOINTS[0], capabilities=(HOME_CARE, Capability("DIS91")))
DIRECTORY = Directory(ORGANISATIONS, ENDPOINTS)


def participant(gln: str) -> Identifier:
    """A participant by its location number."""
    return Identifier(SCHEME, f"0088:{gln}")


def publisher(at: datetime = NOON) -> Publisher:
    """The publisher at a moment."""
    return Publisher(DIRECTORY, PUBLICATION, lambda: at)


def documents(gln: str, at: datetime = NOON) -> list[str]:
    """Which messages a participant's group names, shortly."""
    found = publisher(at).group(participant(gln), Edition.TWO)
    if found is None:
        return []
    group = read_smp(found)
    assert isinstance(group, ServiceGroup)
    return [one.document.value.partition("##")[0] for one in group.references if one.document]


def test_a_participant_takes_what_the_register_says() -> None:
    """A capability makes its document; none makes all; whoever takes anything takes receipts; in time only."""
    assert documents(CLINIC) == ["homecareobservation-message", "ehmisbdh-acknowledgement"]
    assert documents(CLINIC, NOON + timedelta(hours=2)) == []
    assert documents(HOSPITAL) == [
        "homecareobservation-message",
        "acknowledgement-message",
        "carecommunication-message",
        "hospitalnotification-message",
        "ehmisbdh-acknowledgement",
    ]


@pytest.mark.parametrize(
    "asked",
    [participant(HUB), participant("5790000209354"), Identifier("other", f"0088:{CLINIC}"), Identifier(SCHEME, CLINIC)],
)
def test_about_others_nothing_is_published(asked: Identifier) -> None:
    """A network that carries others' messages, strangers, and identifiers of other schemes are not ours to tell of."""
    assert publisher().group(asked, Edition.ONE) is None


@pytest.mark.parametrize("edition", Edition)
def test_our_client_finds_our_participant(edition: Edition) -> None:
    """Register, publisher, HTTP, signature, client: the access point comes out, until the capability ends."""

    async def ask(url: str) -> None:
        client = SmpClient(
            f"{url}/smp",
            trusts=lambda certificate: certificate == PUBLICATION.certificate,
            transport_profiles=(PROFILE,),
            clock=lambda: NOON,
            edition=edition,
        )
        await client.start()
        try:
            kind = ehmi().kinds["homecareobservation-message"]
            question = Question(participant(CLINIC), Identifier.read(kind.ids[0]), Identifier.read(ehmi().process))
            found = (await client.find(question)).endpoint
            assert found is not None
            assert (found.url, found.certificate) == ("https://ap.example/as4", PUBLICATION.access_point_certificate)
            other = replace(question, document=Identifier.read(ehmi().kinds["acknowledgement-message"].ids[0]))
            assert (await client.find(other)).endpoint is None
        finally:
            await client.stop()

    with serving(Starlette(routes=smp_routes(publisher()))) as served:
        asyncio.run(ask(served.url))


def test_a_group_leads_to_its_metadata() -> None:
    """SMP 1.0: the addresses in a group are the publisher's own, and answer with signed metadata."""

    async def ask() -> None:
        transport = httpx.ASGITransport(app=Starlette(routes=smp_routes(publisher())))
        async with httpx.AsyncClient(transport=transport, base_url="http://smp.example") as client:
            group = read_smp((await client.get(f"/smp/{participant(HOSPITAL).segment}")).content)
            assert isinstance(group, ServiceGroup)
            assert len(group.references) == 5
            for reference in group.references:
                answer = await client.get(reference.url)
                assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
                assert verify_document(answer.content).signer == PUBLICATION.certificate

    asyncio.run(ask())


@pytest.mark.parametrize(
    "path",
    ["", "x", "%ff", "a/b", "a/b/c/d", f"{SCHEME}%3A%3A0088%3A{CLINIC}/services/x%3A%3Ay", "bdxr-smp-2", "x" * 3000],
)
def test_what_is_not_there_is_404(path: str) -> None:
    """Any path gives an answer or 404, and nothing may be changed."""

    async def ask() -> None:
        transport = httpx.ASGITransport(app=Starlette(routes=smp_routes(publisher())))
        async with httpx.AsyncClient(transport=transport, base_url="http://smp.example") as client:
            assert (await client.get(f"/smp/{path}")).status_code == 404
            assert (await client.put(f"/smp/{path}")).status_code == 405

    asyncio.run(ask())
