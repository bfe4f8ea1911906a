"""Bytes are judged or converted for whoever may ask, and nothing is stored."""

from base64 import b64decode
from pathlib import Path

import pytest

from samspil.access.rights import Right
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, NOWHERE_KNOWN, Site, WithSite

LETTER = care_communication(sender=CLINIC, receiver=NOWHERE_KNOWN)


def test_the_lines_are_those_of_the_command_line(with_site: WithSite) -> None:
    """One object a part, with the contract's keys."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            answer = await client.post("/validate", content=LETTER)
            assert answer.status_code == 200
            (line,) = answer.json()
            assert set(line) == {"file", "part", "format", "kind", "standard", "version", "verdict", "issues"}
            assert (line["file"], line["part"], line["format"]) == ("-", "1", "fhir-json")
            assert (line["standard"], line["version"], line["verdict"]) == ("CareCommunication", "5.0", "accepted")
        assert await site.database.rows("select 1 from message") == []
        assert await site.database.rows("select 1 from payload") == []

    with_site(story)


@pytest.mark.parametrize("payload", [b"", b"no message", b"{" * 100_000, b'<?xml version="1.0"?><!DOCTYPE a []><a/>'])
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_bad_payload_is_a_finding_not_a_failure(with_site: WithSite, payload: bytes, language: str) -> None:
    """200 and the findings, whatever the verdict, in the caller's language."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            answer = await client.post("/validate", content=payload, headers={"accept-language": language})
            assert answer.status_code == 200
            (line,) = answer.json()
            assert line["verdict"] == "unreadable"
            keys = {
                "code",
                "severity",
                "rule",
                "layer",
                "where",
                "span",
                "line",
                "column",
                "message",
                "remedy",
                "source",
            }
            assert line["issues"]
            assert all(set(issue) == keys for issue in line["issues"])

    with_site(story)


def test_a_large_payload_is_judged_aside(with_site: WithSite) -> None:
    """A payload that takes a while gets the same lines."""

    async def story(site: Site) -> None:
        large = care_communication(sender=CLINIC, receiver=NOWHERE_KNOWN, text="Lang besked. " * 20_000)
        async with await site.client(CLINIC, Right.CHECK) as client:
            (line,) = (await client.post("/validate", content=large)).json()
            assert line["verdict"] == "accepted"

    with_site(story)


def test_a_letter_is_told_in_another_standards_words(with_site: WithSite, shared: Path) -> None:
    """The line names what came out and carries its bytes; nothing is stored."""
    letter = (shared / "edifact" / "pairs" / "edifact" / "DIS91_1.edi").read_bytes()

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            (line,) = (await client.post("/convert?to=oioxml", content=letter)).json()
            assert set(line) == {"file", "from", "verdict", "losses", "outputs", "issues"}
            assert (line["file"], line["from"], line["verdict"]) == ("-", "edifact", "accepted")
            (output,) = line["outputs"]
            assert (output["standard"], output["version"]) == ("DIS91", "XD9134L")
            (back,) = (await client.post("/convert?to=edifact", content=b64decode(output["base64"]))).json()
            assert (back["from"], back["verdict"], len(back["outputs"])) == ("oioxml", "accepted", 1)
        assert await site.database.rows("select 1 from payload") == []

    with_site(story)


def test_a_letter_becomes_fhir_or_says_what_is_missing(with_site: WithSite, shared: Path) -> None:
    """Without a register that knows the parties each gap is named; as a document for reading nothing is missing."""
    letter = (shared / "edifact" / "pairs" / "edifact" / "DIS91_1.edi").read_bytes()

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            (line,) = (await client.post("/convert?to=fhir", content=letter)).json()
            assert line["outputs"] == []
            assert "convert.missing" in {issue["code"] for issue in line["issues"]}
            (line,) = (await client.post("/convert?to=fhir&version=document", content=letter)).json()
            assert len(line["outputs"]) == 1

    with_site(story)


@pytest.mark.parametrize("payload", [b"", b"no message", LETTER])
@pytest.mark.parametrize("language", ["da", "en"])
def test_what_cannot_be_converted_says_why(with_site: WithSite, payload: bytes, language: str) -> None:
    """No output, and findings in the caller's language, or the losses that forbid it."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            answer = await client.post(
                "/convert?to=edifact&no-loss=true", content=payload, headers={"accept-language": language}
            )
            assert answer.status_code == 200
            (line,) = answer.json()
            assert line["outputs"] == []
            told = [issue["remedy"] for issue in line["issues"]] + [loss["reason"] for loss in line["losses"]]
            assert told
            assert all(told)

    with_site(story)


@pytest.mark.parametrize(
    ("query", "where"), [("", "to"), ("?to=pdf", "to"), ("?to=fhir&no-loss=perhaps", "no-loss"), ("?to=fhir&x=1", None)]
)
def test_a_conversion_must_say_to_what(with_site: WithSite, query: str, where: str | None) -> None:
    """The parameter at fault is named."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.CHECK) as client:
            answer = await client.post(f"/convert{query}", content=LETTER)
            assert (answer.status_code, answer.json().get("where")) == (400, where)

    with_site(story)
