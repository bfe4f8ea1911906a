"""Every message: UUIDs, endpoints, a narrative in the header, and numbers that agree with birth dates."""

from collections.abc import Callable

from samspil.validation.profiles.business.envelope import is_uuid_4
from tests.unit.validation.profiles.business.conftest import CARE, NOTE, Found, Message, message, the

Judge = Callable[[Message], Found]


def test_ids_are_uuids_of_version_4(found: Judge) -> None:
    """Half of the official examples have others, so this is a warning."""
    root = message(f"{CARE}/new") | {"id": "message-1"}
    assert found(root) == [("warning", "fhir.id.uuid")]
    assert is_uuid_4("urn:uuid:0F8FAD5B-D9CB-469F-A165-70867728950E")
    assert not is_uuid_4("0f8fad5b-d9cb-169f-a165-70867728950e")


def test_the_header_can_be_read_by_a_person(found: Judge) -> None:
    """A header without narrative is turned away."""
    root = message(f"{CARE}/new")
    del the(root, "MessageHeader")["text"]
    assert found(root) == [("error", "fhir.header.narrative")]


def test_endpoints_have_sor_codes(found: Judge) -> None:
    """Sender's and receiver's endpoint alike."""
    root = message(f"{CARE}/new")
    the(root, "MessageHeader")["source"]["endpoint"] = "https://example.org"
    the(root, "MessageHeader")["destination"][0]["endpoint"] = "https://example.org"
    assert found(root) == [("warning", "fhir.endpoint.sor")] * 2


def test_a_number_and_a_birth_date_tell_the_same_day(found: Judge) -> None:
    """No check digit is asked for, but a contradiction is worth a warning."""
    root = message(f"{CARE}/new")
    patient = the(root, "Patient")
    patient["birthDate"] = "1947-09-26"
    assert found(root) == [("warning", "fhir.patient.born")]
    patient["birthDate"] = "1947"
    assert found(root) == []


def test_an_episode_of_care_has_a_uuid(found: Judge) -> None:
    """With or without `urn:uuid:`; anything else cannot be given back in older formats."""
    root = message(f"{NOTE}/stin")
    identifier = the(root, "Encounter")["episodeOfCare"][0]["identifier"]
    identifier |= {"system": "https://sor2.sum.dsdn.dk/#id=953741000016009", "value": "forløb-7"}
    assert ("warning", "fhir.episode.uuid") in found(root)
    identifier["value"] = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert ("warning", "fhir.episode.uuid") not in found(root)
