"""The FHIR routes: the same exchange, told in OperationOutcomes, and a statement of what is understood."""

from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from samspil.catalogue.standards import Syntax, standards
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, NOWHERE_KNOWN, Site, WithSite

PROCESS = "/fhir/$process-message"
FHIR_JSON, FHIR_XML = "application/fhir+json", "application/fhir+xml"


def codes(outcome: dict[str, Any]) -> list[str]:
    """Our codes in an OperationOutcome."""
    return [issue["details"].get("coding", [{"code": ""}])[0]["code"] for issue in outcome["issue"]]


def test_an_accepted_message_is_told_so(with_site: WithSite) -> None:
    """202 with an OperationOutcome that holds no error, then 200 for the same bytes; the place is in Location."""

    async def story(site: Site) -> None:
        payload = care_communication(sender=CLINIC, receiver=HOSPITAL)
        async with await site.client() as client:
            first = await client.post(PROCESS, content=payload, headers={"content-type": FHIR_JSON})
            again = await client.post(PROCESS, content=payload, headers={"content-type": FHIR_JSON})
            assert (first.status_code, again.status_code) == (202, 200)
            for answer in (first, again):
                assert answer.headers["content-type"] == FHIR_JSON
                outcome = answer.json()
                assert outcome["resourceType"] == "OperationOutcome"
                assert {issue["severity"] for issue in outcome["issue"]} == {"information"}
            assert (await client.get(first.headers["location"])).json()["state"]

    with_site(story)


def test_both_doors_lead_to_the_same_exchange(with_site: WithSite) -> None:
    """What came in by one route is known on the other."""

    async def story(site: Site) -> None:
        payload = care_communication(sender=CLINIC, receiver=HOSPITAL)
        async with await site.client() as client:
            first = await client.post("/exchange/messages", content=payload)
            again = await client.post(PROCESS, content=payload)
            assert (first.status_code, again.status_code) == (202, 200)
            assert again.headers["location"] == first.headers["location"]

    with_site(story)


@pytest.mark.parametrize("syntax", [FHIR_JSON, FHIR_XML])
def test_a_refusal_names_each_finding(with_site: WithSite, syntax: str) -> None:
    """422 with severity, code, words and remedy, in the syntax asked for; again the same for the same bytes."""

    async def story(site: Site) -> None:
        payload = care_communication(sender=CLINIC, receiver=NOWHERE_KNOWN)
        async with await site.client() as client:
            for _ in range(2):
                answer = await client.post(PROCESS, content=payload, headers={"accept": syntax})
                assert answer.status_code == 422
                assert answer.headers["content-type"] == syntax
                assert b"exchange.party.unknown" in answer.content
                if syntax == FHIR_XML:
                    assert ElementTree.fromstring(answer.content).tag == "{http://hl7.org/fhir}OperationOutcome"
                else:
                    (issue,) = answer.json()["issue"]
                    assert (issue["severity"], issue["code"]) == ("error", "business-rule")
                    assert issue["details"]["text"]
                    assert issue["diagnostics"]

    with_site(story)


def test_refusals_before_the_message_are_outcomes_too(with_site: WithSite) -> None:
    """No credentials, a wrong method, a wrong path, a conflict: a FHIR client reads them all."""

    async def story(site: Site) -> None:
        ids = {"message_id": str(uuid4()), "bundle_id": str(uuid4())}
        first, other = (care_communication(sender=CLINIC, receiver=HOSPITAL, text=text, **ids) for text in ("a", "b"))
        async with site.stranger() as stranger, await site.client() as client:
            await client.post(PROCESS, content=first)
            answers = {
                (401, "login"): await stranger.post(PROCESS, content=first),
                (405, "not-supported"): await client.get(PROCESS),
                (404, "not-found"): await client.get("/fhir/Patient/1"),
                (409, "conflict"): await client.post(PROCESS, content=other),
                (415, "not-supported"): await client.post(PROCESS, content=first, headers={"content-encoding": "br"}),
            }
            for (status, kind), answer in answers.items():
                assert answer.status_code == status
                outcome = answer.json()
                assert outcome["resourceType"] == "OperationOutcome"
                assert [issue["code"] for issue in outcome["issue"]] == [kind]
            assert "POST" in answers[405, "not-supported"].headers["allow"]
            assert answers[401, "login"].headers["www-authenticate"]

    with_site(story)


def test_the_answer_speaks_the_senders_syntax(with_site: WithSite) -> None:
    """Who sends XML and asks for nothing reads XML, also when the bytes are no FHIR."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            for headers in ({}, {"content-type": FHIR_XML}):
                answer = await client.post(PROCESS, content=b"\xef\xbb\xbf<Bundle/>", headers=headers)
                assert answer.status_code == 422
                assert answer.headers["content-type"] == FHIR_XML
                ElementTree.fromstring(answer.content)

    with_site(story)


def test_the_statement_of_capabilities_is_drawn_from_the_catalogue(with_site: WithSite) -> None:
    """Open to anyone, in both syntaxes, with the messages and the operation that are there."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.get("/fhir/metadata")
            assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR_JSON)
            statement = answer.json()
            assert statement["resourceType"] == "CapabilityStatement"
            assert statement["fhirVersion"] == "4.0.1"
            (messaging,) = statement["messaging"]
            assert messaging["endpoint"][0]["address"] == "http://site.example/fhir/$process-message"
            events = {standard.event for standard in standards() if standard.event and Syntax.FHIR in standard.syntaxes}
            assert "care-communication-message" in events
            assert all(event in messaging["documentation"] for event in events)
            definitions = {message["definition"] for message in messaging["supportedMessage"]}
            assert definitions == {standard.definition for standard in standards() if standard.definition}
            for query, accept in (("?_format=xml", "*/*"), ("", FHIR_XML)):
                spelt = await stranger.get(f"/fhir/metadata{query}", headers={"accept": accept})
                assert spelt.headers["content-type"] == FHIR_XML
                root = ElementTree.fromstring(spelt.content)
                children = [child.tag.removeprefix("{http://hl7.org/fhir}") for child in root]
                assert list(dict.fromkeys(children)) == [name for name in statement if name != "resourceType"]

    with_site(story)
