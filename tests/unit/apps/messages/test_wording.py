"""Words for codes: a cause, a standard, and never a sentence with holes."""

from importlib.resources import files

import pytest

from samspil.apps.messages.wording import answer_on_wire, cause_in_words, standard_name
from samspil.catalogue.findings import entries
from samspil.exchange.carriage import Outcome, Result
from samspil.ui.texts import Texts


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The pages' texts."""
    return Texts(files("samspil.ui") / "texts")


def test_a_cause_is_said_in_words(texts: Texts) -> None:
    """Our own sentence, else the finding's, else the code as it is."""
    assert cause_in_words("delivery.timeout", texts, "da") == "Modtagerens system svarede ikke i tide."
    assert cause_in_words("payload.empty", texts, "en") == entries()["payload.empty"].message
    assert cause_in_words("delivery.status.418", texts, "da") == "delivery.status.418"
    assert cause_in_words("", texts, "da") == ""


def test_a_finding_with_places_to_fill_is_not_half_said(texts: Texts) -> None:
    """A sentence whose facts are gone is not shown with holes."""
    for code, entry in entries().items():
        if "{" in entry.message:
            assert "{" not in cause_in_words(code, texts, "da")


def test_a_standard_nobody_knows_keeps_its_id() -> None:
    """A name if there is one, the id if not, and a word for nothing."""
    assert standard_name("DIS91").in_("da") == "Korrespondancebrev"
    assert standard_name("XYZ99") == "XYZ99"
    assert standard_name(None).in_("da") == "Ukendt indhold"


def test_what_couriers_bring_home_has_words(texts: Texts) -> None:
    """Every code of our own carrier that a person may meet is said in both languages."""
    for code in ("timeout", "tls", "unreachable", "url", "broken", "expired", "endpoint.gone"):
        outcome = Outcome(result=Result.TRY_AGAIN, code=f"delivery.{code}")
        assert cause_in_words(outcome.code, texts, "da") != outcome.code


@pytest.mark.parametrize("wire", ["http", "folder", "another", ""])
@pytest.mark.parametrize("status", [202, 422])
def test_an_answer_is_told_as_its_wire_gives_it(texts: Texts, wire: str, status: int) -> None:
    """A folder gives no HTTP status; a wire nobody has words for is told as HTTP is."""
    said = texts.say(answer_on_wire(wire, status), "da", status=status)
    assert (str(status) in said) == (wire != "folder")
