"""Every refusal has one status and one document, in the caller's language."""

import re
from uuid import UUID

import orjson
import pytest

from samspil.catalogue.findings import entries
from samspil.transports.http.problems import STATUS, TITLES, Problem, explanation

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def facts(code: str) -> dict[str, str]:
    """Something for each placeholder of a code's texts."""
    entry = entries()[code]
    texts = [entry.message, entry.remedy, entry.message.in_("da"), entry.remedy.in_("da")]
    return {name: "gln-71903" for text in texts for name in PLACEHOLDER.findall(text)}


def test_every_code_of_the_edge_has_a_status() -> None:
    """The findings table and the status table name the same codes of the edge; of others, only known ones."""
    own = {code for code in entries() if code.startswith("http.")}
    assert own == {code for code in STATUS if code.startswith("http.")}
    assert set(STATUS) <= set(entries())


def test_every_status_has_a_title() -> None:
    """No answer goes out without its few words."""
    assert set(STATUS.values()) <= set(TITLES)


@pytest.mark.parametrize("code", sorted(STATUS))
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_document_says_what_where_and_what_to_do(code: str, language: str) -> None:
    """Each refusal is a complete problem document."""
    problem = Problem(code, "parameter state", headers=(), retry_after_seconds=None, **facts(code))
    answer = problem.answer("da" if language == "da" else "en")
    document = orjson.loads(answer.body)
    assert answer.media_type == "application/problem+json"
    assert answer.status == document["status"] == STATUS[code]
    assert document["code"] == code
    assert document["type"] == f"/problems/{code}"
    assert document["where"] == "parameter state"
    assert UUID(document["instance"].removeprefix("urn:uuid:"))
    for member in ("title", "detail", "remedy"):
        assert document[member]
        assert "{" not in document[member]


def test_danish_and_english_differ() -> None:
    """The texts are really in two languages."""
    problem = Problem("http.route.unknown")
    danish, english = (orjson.loads(problem.answer(language).body) for language in ("da", "en"))
    assert all(danish[member] != english[member] for member in ("title", "detail", "remedy"))


def test_when_to_come_back() -> None:
    """A refusal that time will mend says how long to wait."""
    answer = Problem("http.server.busy", retry_after_seconds=7).answer("en")
    assert (b"retry-after", b"7") in answer.headers


def test_a_type_can_be_looked_up() -> None:
    """What a document's type names is explained; what is no code is not."""
    found = explanation("http.body.large", "da")
    assert found is not None
    assert found["code"] == "http.body.large"
    assert explanation("http.nothing", "da") is None
