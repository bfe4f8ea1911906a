"""`/fhir/Organization` and `/fhir/Endpoint`: the register that routes messages, read and searched by whoever writes."""

from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from samspil.access.callers import SYSTEM
from samspil.access.directory import Capability
from samspil.access.endpoints import add_endpoint
from samspil.access.keys import SiteKey
from samspil.access.rights import Right
from samspil.catalogue.identifier_systems import GLN
from tests.contract.http.site import CLINIC, HOSPITAL, PHARMACY, Site, WithSite

HOME_CARE = "homecareobservation-message"


def found(bundle: dict[str, Any], mode: str = "match") -> list[dict[str, Any]]:
    """The resources of a searchset."""
    return [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]


async def second_endpoint(site: Site) -> str:
    """The pharmacy gets an endpoint that takes home-care observations only."""
    capabilities = (Capability("HomeCareObservation"),)
    made = await add_endpoint(
        site.database, SiteKey(bytes(32)), by=SYSTEM, gln=PHARMACY, rank=1, capabilities=capabilities
    )
    await site.register.refresh()
    return str(made.id)


def test_an_organisation_leads_to_its_endpoint(with_site: WithSite) -> None:
    """Found by location number, whoever one is; each reference and address can be followed, in both syntaxes."""

    async def story(site: Site) -> None:
        async with await site.client(PHARMACY, Right.SEND) as client:
            bundle = (await client.get(f"/fhir/Organization?identifier={GLN}|{HOSPITAL}")).json()
            (hospital,) = found(bundle)
            assert hospital["identifier"] == [{"system": GLN, "value": HOSPITAL}]
            assert (await client.get(f"/fhir/Organization/{hospital['id']}")).json() == hospital
            endpoint = (await client.get(f"/fhir/{hospital['endpoint'][0]['reference']}")).json()
            assert endpoint["managingOrganization"] == {"reference": f"Organization/{hospital['id']}"}
            assert endpoint["identifier"] == [{"system": GLN, "value": HOSPITAL}]
            spelt = await client.get(f"/fhir/Endpoint/{endpoint['id']}?_format=xml")
            assert ElementTree.fromstring(spelt.content).tag == "{http://hl7.org/fhir}Endpoint"

    with_site(story)


def test_where_a_receivers_own_system_listens_is_not_told(with_site: WithSite) -> None:
    """The address is this site's for every endpoint, also for one that is posted to elsewhere."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.READ) as client:
            answer = await client.get("/fhir/Endpoint")
            addresses = {endpoint["address"] for endpoint in found(answer.json())}
            assert addresses == {"http://site.example/fhir/$process-message"}
            assert "127.0.0.1" not in answer.text

    with_site(story)


def test_each_parameter_finds_what_it_says(with_site: WithSite) -> None:
    """Both resources, parameter by parameter, by the register as it is then."""

    async def story(site: Site) -> None:
        special = await second_endpoint(site)
        parties = {str(identifier): gln for gln, identifier in site.organisations.items()}
        everyone = {CLINIC, HOSPITAL, PHARMACY}
        organizations: list[tuple[str, set[str]]] = [
            ("", everyone),
            (f"identifier={CLINIC}", {CLINIC}),
            (f"identifier=urn:other|{CLINIC}", set()),
            ("name=HOSP", {HOSPITAL}),
            ("active=true", everyone),
            ("active=false", set()),
            (f"_id={site.organisations[PHARMACY]}", {PHARMACY}),
            ("messageType=HomeCareObservation", everyone),
        ]
        async with await site.client(CLINIC, Right.READ) as client:
            for query, expected in organizations:
                bundle = (await client.get(f"/fhir/Organization?{query}")).json()
                assert {parties[one["id"]] for one in found(bundle)} == expected, query
                assert bundle["total"] == len(expected)
            for query, count in (
                ("", 4),
                (f"identifier={PHARMACY}", 2),
                (f"organization=Organization/{site.organisations[PHARMACY]}", 2),
                ("status=active", 4),
                ("status=off", 0),
                (f"payload-type={HOME_CARE}", 4),
                ("payload-type=CareCommunication", 3),
                (f"_id={special}", 1),
            ):
                bundle = (await client.get(f"/fhir/Endpoint?{query}")).json()
                assert len(found(bundle)) == count, query
            (one,) = found((await client.get(f"/fhir/Endpoint?_id={special}")).json())
            assert [kind["text"] for kind in one["payloadType"]] == ["HomeCareObservation"]

    with_site(story)


def test_endpoints_come_along_and_pages_follow_each_other(with_site: WithSite) -> None:
    """`_include` adds the endpoints of the page's organisations; `next` leads through all of them."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.READ) as client:
            url, names = "/fhir/Organization?_count=2&_include=Organization:endpoint", list[str]()
            while url:
                bundle = (await client.get(url)).json()
                page = found(bundle)
                names += [one["name"] for one in page]
                referred = {reference["reference"] for one in page for reference in one["endpoint"]}
                assert {f"Endpoint/{one['id']}" for one in found(bundle, "include")} == referred
                url = {link["relation"]: link["url"] for link in bundle["link"]}.get("next", "")
            assert names == [one.name for one in site.register.directory.organisations]

    with_site(story)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Organization/no-id", 404),
        (f"Endpoint/{uuid4()}", 404),
        ("Organization?colour=red", 400),
        ("Organization?active=maybe", 400),
        ("Organization?_include=Patient:link", 400),
        ("Organization?messageType=nothing", 400),
        ("Endpoint?_count=0", 400),
        ("Endpoint?_offset=-1", 400),
        ("Endpoint?organization=x", 400),
        ("Endpoint?status=gone", 400),
        ("Endpoint?identifier=%00", 400),
    ],
)
def test_what_cannot_be_meant_is_refused(with_site: WithSite, path: str, status: int) -> None:
    """An OperationOutcome that says which parameter, or that there is nothing."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.READ) as client:
            answer = await client.get(f"/fhir/{path}")
            assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
            assert (await client.put(f"/fhir/Endpoint/{uuid4()}")).status_code == 405

    with_site(story)
