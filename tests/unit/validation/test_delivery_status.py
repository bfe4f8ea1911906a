"""Which AuditEvents are taken as delivery status: the official ones all, and each fault by its code."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil.domain.delivery_status import Component, DeliveryStatus, Item, Passing, StatusParty
from samspil.domain.identifiers import Cpr, Gln, Sor
from samspil.domain.issues import Severity, Verdict
from samspil.formats.fhir.delivery_status import write_delivery_status
from samspil.validation.delivery_status import LIMITS, judge_delivery_status

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "eds"
MANIFEST = OFFICIAL / "manifest.json"
ROWS: list[dict[str, Any]] = orjson.loads(MANIFEST.read_bytes())["files"] if MANIFEST.exists() else []
GOOD = write_delivery_status(
    DeliveryStatus(
        passing=Passing.SENT,
        component=Component.MSH,
        recorded=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        device="msh-71903",
        sender=StatusParty(name="Klinikken", sor=Sor("698141000016008"), gln=Gln("5790000121526")),
        receiver=StatusParty(name="Kommunen", sor=Sor("937961000016000"), gln=Gln("5790000201389")),
        message=Item(id="m-71903", type="homecareobservation-message", version="1.2"),
        message_envelope=Item(id="b-71903"),
        transport_envelope=Item(id="e-71903", type="SBDH", version="2.0"),
        patient=Cpr("2509479989"),
    )
)
LONG = "x" * 256
Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> bytes:
    """A good report with one thing wrong."""
    resource = deepcopy(GOOD)
    change(resource)
    return orjson.dumps(resource)


@pytest.mark.skipif(not ROWS, reason="the official examples are not beside the checkout")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_an_official_example_is_accepted(row: dict[str, Any]) -> None:
    """With the profile, step, component and entities that its list says; only ill-formed location numbers are told."""
    judged = judge_delivery_status((OFFICIAL / row["file"]).read_bytes())
    assert judged.report.verdict is Verdict.ACCEPTED
    assert {issue.code for issue in judged.report.issues} <= {"status.identifier.form"}
    assert judged.status is not None
    assert judged.profile.rpartition("/")[2] == row["profile"]
    assert (judged.status.passing, judged.status.component) == (row["subtype"], row["source_type"])
    named = {
        "ehmiPatient": judged.status.patient,
        "ehmiMessage": judged.status.message,
        "ehmiMessageEnvelope": judged.status.message_envelope,
        "ehmiTransportEnvelope": judged.status.transport_envelope,
        "ehmiOrigMessage": judged.status.answered_message,
        "ehmiOrigTransportEnvelope": judged.status.answered_transport_envelope,
    }
    assert {name for name, value in named.items() if value is not None} == set(row["entities"])


@pytest.mark.skipif(not ROWS, reason="the official examples are not beside the checkout")
def test_the_official_examples_are_all_there() -> None:
    """A list that was cut short would let the test above prove less."""
    assert len(ROWS) == 23


FAULTS: list[tuple[str, str, Change]] = [
    ("status.profile.missing", "AuditEvent.meta.profile", lambda r: r.pop("meta")),
    ("status.element.unknown", "AuditEvent", lambda r: r.update(colour="red")),
    ("status.element.forbidden", "AuditEvent.period", lambda r: r.update(period={})),
    ("status.element.forbidden", "AuditEvent.outcomeDesc", lambda r: r.update(outcomeDesc="x")),
    ("status.element.forbidden", "AuditEvent.purposeOfEvent", lambda r: r.update(purposeOfEvent=[{}])),
    ("status.code.unknown", "AuditEvent.type", lambda r: r["type"].update(code="rest")),
    ("status.code.unknown", "AuditEvent.subtype[0]", lambda r: r["subtype"][0].update(code="msg-lost")),
    ("status.code.unknown", "AuditEvent.subtype[0]", lambda r: r["subtype"][0].update(system="http://x")),
    ("status.count.wrong", "AuditEvent.subtype", lambda r: r["subtype"].append(r["subtype"][0])),
    ("status.count.wrong", "AuditEvent.subtype", lambda r: r.pop("subtype")),
    ("status.code.unknown", "AuditEvent.action", lambda r: r.update(action="U")),
    ("status.element.left_out", "AuditEvent", lambda r: r.pop("action")),
    ("status.code.unknown", "AuditEvent.outcome", lambda r: r.update(outcome="4")),
    ("status.code.unknown", "AuditEvent.outcome", lambda r: r.update(outcome=["0"])),
    ("status.recorded.wrong", "AuditEvent.recorded", lambda r: r.update(recorded="2026-03-02T09:15:00")),
    ("status.recorded.wrong", "AuditEvent.recorded", lambda r: r.pop("recorded")),
    ("status.code.unknown", "AuditEvent.source.type", lambda r: r["source"]["type"][0].update(code="GW")),
    ("status.element.missing", "AuditEvent.source", lambda r: r["source"].pop("observer")),
    ("status.count.wrong", "AuditEvent.agent", lambda r: r["agent"].pop()),
    ("status.count.wrong", "AuditEvent.agent", lambda r: r["agent"].extend([{}] * 3)),
    ("status.count.wrong", "AuditEvent.agent", lambda r: r["agent"].append(r["agent"][0])),
    ("status.requestor.wrong", "AuditEvent.agent[0].requestor", lambda r: r["agent"][0].update(requestor=False)),
    ("status.requestor.wrong", "AuditEvent.agent[1].requestor", lambda r: r["agent"][1].pop("requestor")),
    ("status.element.missing", "AuditEvent.agent[0]", lambda r: r["agent"][0].pop("name")),
    ("status.element.missing", "AuditEvent.agent[0]", lambda r: r["agent"][0].pop("who")),
    ("status.element.missing", "AuditEvent.agent[1]", lambda r: r["agent"][1].pop("extension")),
    (
        "status.code.unknown",
        "AuditEvent.agent[0].type",
        lambda r: r["agent"][0]["type"]["coding"][0].update(system="http://x"),
    ),
    (
        "status.identifier.form",
        "AuditEvent.agent[0].who.identifier.value",
        lambda r: r["agent"][0]["who"]["identifier"].update(value="12"),
    ),
    ("status.count.wrong", "AuditEvent.entity", lambda r: r["entity"].pop(0)),
    ("status.count.wrong", "AuditEvent.entity", lambda r: r["entity"].pop(1)),
    ("status.count.wrong", "AuditEvent.entity", lambda r: r["entity"].append(r["entity"][2])),
    ("status.count.wrong", "AuditEvent.entity", lambda r: r["entity"].extend([{}] * 64)),
    ("status.element.missing", "AuditEvent.entity[1]", lambda r: r["entity"][1].pop("what")),
    ("status.element.missing", "AuditEvent.entity[1]", lambda r: r["entity"][1]["detail"].pop()),
    ("status.code.unknown", "AuditEvent.entity[0].role", lambda r: r["entity"][0].pop("role")),
    ("status.code.unknown", "AuditEvent.entity[2].type", lambda r: r["entity"][2]["type"].update(code="ehmiOther")),
    ("status.text.control", "AuditEvent", lambda r: r["agent"][0].update(name="a\0")),
    (
        "status.text.long",
        "AuditEvent.entity[1]",
        lambda r: r["entity"][1]["what"].update(identifier={"value": LONG}),
    ),
    ("status.text.long", "AuditEvent.agent[0]", lambda r: r["agent"][0].update(name=LONG)),
    (
        "status.text.long",
        "AuditEvent.source",
        lambda r: r["source"]["observer"]["identifier"].update(value="x" * 256),
    ),
]
TOLD = {"status.profile.missing", "status.element.left_out", "status.identifier.form"}


@pytest.mark.parametrize(("code", "where", "change"), FAULTS)
def test_each_fault_has_its_code_and_place(code: str, where: str, change: Change) -> None:
    """One thing changed in a good report is found, where it is."""
    judged = judge_delivery_status(changed(change))
    assert (code, where) in {(issue.code, issue.where.path) for issue in judged.report.issues}
    other_entity = "entity[2].type" in where
    expected = Verdict.ACCEPTED if code in TOLD or other_entity else Verdict.REJECTED
    assert judged.report.verdict is expected


def test_a_good_report_has_no_finding() -> None:
    """What the faults above were made from is faultless."""
    assert judge_delivery_status(orjson.dumps(GOOD)).report.issues == ()


def test_a_patient_in_a_report_on_nobody_is_told() -> None:
    """The basic profile is for messages about nobody; a number in it is a warning, not a lost report."""
    basic = "http://medcomehmi.dk/ig/eds/StructureDefinition/EdsBasicDeliveryStatus"
    judged = judge_delivery_status(changed(lambda r: r.update(meta={"profile": [basic]})))
    (issue,) = judged.report.issues
    assert (issue.code, issue.severity) == ("status.patient.unexpected", Severity.WARNING)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "json.broken"),
        (b"[]", "json.no_object"),
        (b'{"resourceType": "Patient"}', "status.resource.other"),
        (b'{"resourceType": ["AuditEvent"]}', "status.resource.other"),
        (b"<AuditEvent", "xml.broken"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><AuditEvent xmlns="http://hl7.org/fhir"/>', "xml.doctype.refused"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "payload.too_deep"),
        (b" " * (LIMITS.max_bytes + 1), "payload.too_large"),
    ],
)
def test_what_is_no_report_is_refused_whole(payload: bytes, code: str) -> None:
    """Bytes that cannot be read, are too much, or are something else, end with one fatal finding."""
    judged = judge_delivery_status(payload)
    assert judged.report.verdict is Verdict.UNREADABLE
    assert [issue.code for issue in judged.report.issues] == [code]
    assert judged.status is None


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "code", "what", "x"]), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([name for name in GOOD if name != "resourceType"]), TREES)
def test_any_tree_in_any_element_gives_findings(name: str, tree: object) -> None:
    """An element of another shape than expected is judged, never raised."""
    assert judge_delivery_status(orjson.dumps({**GOOD, name: tree})).status is not None
