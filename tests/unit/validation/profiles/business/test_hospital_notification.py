"""Hospital notifications: class, status and activity tell the same, and give the times that go with them."""

from collections.abc import Callable
from typing import Any

import pytest

from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.business.hospital_notification import ROWS
from samspil.validation.profiles.terminology import Terminology
from tests.unit.validation.profiles.business.conftest import NOTE, Found, Message, message, own_step, the

Judge = Callable[[Message], Found]
EMERGENCY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"}
ACTIVITIES = "http://medcomfhir.dk/ig/terminology/ValueSet/medcom-hospitalNotification-messageActivities"


def told(root: Message, **encounter: Any) -> Message:
    """The message with its stay changed."""
    the(root, "Encounter").update(encounter)
    return root


def test_the_table_has_a_row_for_every_activity() -> None:
    """No activity of the standard is forgotten, and none is made up."""
    library = builtin_library()
    package = library.package("medcom.fhir.dk.terminology", "2.0.2")
    assert package is not None
    codes = Terminology(library.view(package)).codes(ACTIVITIES)
    assert codes is not None
    assert set(ROWS) == set(codes.alone)


def test_the_rows_keep_to_the_standards_pattern() -> None:
    """Corrections repeat the row they correct; cancellations link by removal; later events link by revision."""
    for activity, row in ROWS.items():
        if activity.startswith("revise-"):
            base = ROWS[activity.removeprefix("revise-")]
            assert (row.classes, row.status, row.times) == (base.classes, base.status, base.times)
            assert row.link == "revision" and row.code == f"RE_{base.code}"
        elif activity.startswith("cancel-"):
            assert row.link == "removal" and row.code == f"AN_{ROWS[activity.removeprefix('cancel-')].code}"
        assert ("emergency" in activity) is (row.classes == frozenset({"EMER"}))


@pytest.mark.parametrize(
    ("name", "encounter", "code"),
    [
        ("stin", {"class": EMERGENCY}, "error fhir.notification.class"),
        ("stin", {"status": "finished"}, "warning fhir.notification.status"),
        ("slhj", {"period": {"start": "2026-03-01T08:00:00+01:00"}}, "error fhir.notification.time"),
        ("stor", {"status": "in-progress"}, "warning fhir.notification.status"),
    ],
)  # fmt: skip
def test_class_status_and_times_go_with_the_activity(
    found: Judge, name: str, encounter: dict[str, Any], code: str
) -> None:
    """A class that contradicts is an error, a status a warning, a missing time an error."""
    assert tuple(code.split(" ")) in found(told(message(f"{NOTE}/{name}"), **encounter))


def test_an_unheard_of_activity_is_turned_away(found: Judge) -> None:
    """The published rule looks for activities under a dead address; this one does not."""
    root = message(f"{NOTE}/stin")
    own_step(root)["activity"]["coding"][0]["code"] = "new-message"
    assert ("error", "fhir.notification.activity") in found(root)


def test_a_death_ends_the_stay(found: Judge) -> None:
    """Test scripts send deaths while the stay is in progress, so this is a warning."""
    root = message(f"{NOTE}/stin")
    the(root, "Patient")["deceasedBoolean"] = True
    codes = [row for row in found(root) if "notification" in row[1]]
    assert codes == [("warning", "fhir.notification.death.status"), ("warning", "fhir.notification.death.end")]
    told(root, status="finished")["entry"]
    the(root, "Encounter")["period"]["end"] = the(root, "Encounter")["period"]["start"]
    assert not [row for row in found(root) if "notification" in row[1]]


def test_a_cancellation_takes_something_back(found: Judge) -> None:
    """Its link has the role removal, and there must be one."""
    root = message(f"{NOTE}/an_stin")
    (link,) = own_step(root)["entity"]
    link["role"] = "revision"
    assert ("error", "fhir.provenance.link.role") in found(root)
    del own_step(root)["entity"]
    assert ("error", "fhir.provenance.link.missing") in found(root)


def test_a_report_of_admission_goes_with_an_admission(found: Judge) -> None:
    """It is asked for when somebody is admitted, and its recipient is named with it."""
    flag = {
        "url": "http://medcomfhir.dk/ig/hospitalnotification/StructureDefinition/medcom-messaging-reportOfAdmissionExtension",
        "valueBoolean": True,
    }
    root = message(f"{NOTE}/slhj")
    the(root, "MessageHeader")["extension"] = [flag]
    assert ("warning", "fhir.notification.report") in found(root)
