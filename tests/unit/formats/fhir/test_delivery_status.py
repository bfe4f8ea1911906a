"""A delivery status as AuditEvent: what is written is read back in both syntaxes; only what is whole is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest

from samspil.domain.delivery_status import Component, DeliveryStatus, Item, Passing, StatusParty
from samspil.domain.identifiers import Cpr, Ecpr, Gln, Sor, Unchecked
from samspil.domain.issues import Verdict
from samspil.formats.fhir.delivery_status import Unwritable, read_delivery_status, write_delivery_status
from samspil.formats.fhir.xml_writer import write_xml
from samspil.validation.delivery_status import judge_delivery_status

WHEN = datetime(2026, 3, 2, 9, 15, 7, 250_000, tzinfo=timezone(timedelta(hours=1)))
STATUS = DeliveryStatus(
    passing=Passing.CREATED_AND_SENT,
    component=Component.EUA_MSH,
    recorded=WHEN,
    device="clinic-71903",
    sender=StatusParty(name="Klinikken", sor=Sor("698141000016008"), gln=Gln("5790000121526")),
    receiver=StatusParty(name="Kommunen", sor=Sor("937961000016000"), gln=Gln("5790000201389")),
    message=Item(
        id="b4a0b52c-7b8e-4c1e-9c55-71903aaaa001", type="homecareobservation-message", version="1.2", statistics="MCM:x"
    ),
    message_envelope=Item(id="b4a0b52c-7b8e-4c1e-9c55-71903aaaa002", type="FHIR Bundle"),
)
ABOUT_BRUNO = replace(STATUS, patient=Cpr("2509479989"))
RECEIPT = replace(
    STATUS,
    passing=Passing.RECEIVED,
    component=Component.AP,
    succeeded=False,
    transport_envelope=Item(id="e-71903", type="SBDH", version="2.0"),
    answered_message=Item(id="m-71903", type="homecareobservation-message", version="1.2"),
    answered_transport_envelope=Item(id="e-71902"),
)
CASES = {
    "nobody": STATUS,
    "patient": ABOUT_BRUNO,
    "receipt": RECEIPT,
    "utc": replace(STATUS, recorded=WHEN.astimezone(UTC)),
}


@pytest.mark.parametrize("status", CASES.values(), ids=CASES)
def test_what_is_written_is_read_back_and_accepted(status: DeliveryStatus) -> None:
    """The same report comes out of JSON and of XML, without one finding."""
    resource = write_delivery_status(status)
    for payload in (orjson.dumps(resource), write_xml(resource)):
        judged = judge_delivery_status(payload)
        assert judged.report.issues == ()
        assert judged.report.verdict is Verdict.ACCEPTED
        assert judged.status == status
        assert judged.resource == resource


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("passing", replace(STATUS, passing=None)),
        ("component", replace(STATUS, component=None)),
        ("recorded", replace(STATUS, recorded=None)),
        ("recorded", replace(STATUS, recorded=WHEN.replace(tzinfo=None))),
        ("device", replace(STATUS, device="")),
        ("sender", replace(STATUS, sender=StatusParty(name="Klinikken", sor=Sor("698141000016008")))),
        ("receiver", replace(STATUS, receiver=replace(STATUS.receiver, gln=Unchecked("GLN-1")))),
        ("receiver", replace(STATUS, receiver=replace(STATUS.receiver, sor=None))),
        ("message", replace(STATUS, message=Item(id="m"))),
        ("patient", replace(STATUS, patient=Unchecked("PAT1"))),
        ("message_envelope", replace(ABOUT_BRUNO, message_envelope=None)),
    ],
)
def test_what_the_profile_would_refuse_is_not_written(field: str, status: DeliveryStatus) -> None:
    """The refusal names the field that is missing, never what stood in it."""
    with pytest.raises(Unwritable, match=f"^{field}$"):
        write_delivery_status(status)


def test_the_profile_follows_from_the_patient() -> None:
    """A report that names a patient follows the patient profile, any other the basic one."""
    profiles = [write_delivery_status(status)["meta"]["profile"][0] for status in (STATUS, ABOUT_BRUNO)]
    assert [profile.rpartition("/")[2] for profile in profiles] == [
        "EdsBasicDeliveryStatus",
        "EdsPatientDeliveryStatus",
    ]


def test_a_replacement_number_is_read_too() -> None:
    """A patient without a civil registration number has another, and both are hidden when printed."""
    resource = write_delivery_status(replace(STATUS, patient=Ecpr("2509471AB9")))
    read = read_delivery_status(resource)
    assert read.patient == Ecpr("2509471AB9")
    assert "2509471AB9" not in repr(read)


@pytest.mark.parametrize(
    "resource",
    [{}, {"agent": [3, {"type": []}], "entity": {"type": 1}, "source": [], "subtype": "x"}, {"entity": [[{}]]}],
)
def test_reading_never_fails(resource: dict[str, Any]) -> None:
    """Whatever is missing or of another shape is empty."""
    status = read_delivery_status(resource)
    assert (status.passing, status.recorded, status.device, status.message) == (None, None, "", Item())
