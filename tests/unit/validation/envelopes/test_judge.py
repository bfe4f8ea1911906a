"""Verdicts on envelopes at the level open profile."""

import json
from pathlib import Path

import pytest

from samspil.domain.issues import Verdict
from samspil.formats.envelopes.sbdh_writer import write_sbdh
from samspil.validation.judge import examine
from tests.unit.formats.envelopes.letters import envelope

# The verdict on the envelope itself, and why. What lies in it has its own verdict, in a part of its own.
OPEN_PROFILE = {
    "20250429_ehmisbdh_ack_sample.xml": (Verdict.REJECTED, "holds a referral, says acknowledgement"),
    "20250429_ehmisbdh_sample.md.xml": (Verdict.REJECTED, "holds a referral, says home-care observation"),
    "TestExampleEmbeddedFHIRAckSBDH.md.xml": (Verdict.ACCEPTED, "says Response where a message requests: told"),
    "TestExampleEmbeddedHCO.md.xml": (Verdict.ACCEPTED, "older spelling of its DOCUMENTID, other parties: told"),
    "TestExample_ehmiSBDH_Embedded_HCO.md.xml": (Verdict.UNREADABLE, "the document's start tag is lost"),
    "TestExample_ehmiSBDH_Embedded_SBDHAck.md.xml": (Verdict.ACCEPTED, "a receipt by the guide's prose"),
    "XREF01_oioxml_20250413.xml": (Verdict.ACCEPTED, "an older draft, read through the table"),
    "ehmiSBDH_9a6ff822-08de-5a6f-9670-9fa4b9d2f0dc_HCO_full.txt.xml": (
        Verdict.ACCEPTED,
        "content element in another namespace, ids and parties unlike the message's: told",
    ),
    "ehmiSBDH_9a6ff822-08de-5a6f-9670-9fa4b9d2f0dc_ReceiptAcknowledgement_full.xml": (
        Verdict.ACCEPTED,
        "a receipt by the schema",
    ),
    "ehmiSBDH_example.md.xml": (Verdict.UNREADABLE, "attributes in typographic quotes"),
    "ehmiSbdhRA_401cbc36-db1e-4fe0-bf90-6df331dde179_HCO_RA.txt.xml": (
        Verdict.ACCEPTED,
        "a signal alone; RequestionField is passed over",
    ),
    "ehmisbdh_fullsample.md.xml": (Verdict.REJECTED, "holds a referral, says home-care observation"),
    "ehmisbdh_fullsample.xml": (Verdict.ACCEPTED, "padded dates, a correlation id that is no UUID: told"),
    "ehmisbdh_fullsample_ack.xml": (Verdict.REJECTED, "holds a referral, says acknowledgement"),
    "ehmisbdh_fullsample_sbdhAck.md.xml": (Verdict.ACCEPTED, "a receipt by the prose, in ISO 8859-1"),
    "ehmisbdh_fullsample_sbdhack.xml": (Verdict.ACCEPTED, "a receipt; its signal is broken, which is the signal's"),
    "sample1.xml": (Verdict.REJECTED, "a header alone"),
    "sample2Requesting.xml": (Verdict.REJECTED, "a generic header, not of EHMI"),
    "sample3.xml": (Verdict.REJECTED, "a generic header, not of EHMI"),
    "sample_ehmiSBDH_9a6ff822-08de-5a6f-9670-9fa4b9d2f0dc_HCO_full.md.xml": (
        Verdict.ACCEPTED,
        "content element in another namespace, ids and parties unlike the message's: told",
    ),
}


def test_the_official_envelopes_at_the_open_profile(shared: Path) -> None:
    """Every file of the collection has its verdict and a reason."""
    folder = shared / "sbdh"
    rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["envelopes"]
    verdicts: dict[str, Verdict] = {}
    for row in rows:
        report = examine((folder / row["file"]).read_bytes()).report
        verdicts[Path(row["file"]).name] = (report.parts or (report,))[0].verdict
    assert verdicts == {name: verdict for name, (verdict, _) in OPEN_PROFILE.items()}


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("0088:5", "0184:5", {"envelope.sbdh.participant"}),
        ('Authority="iso6523-actorid-upis"', 'Authority="GLN"', {"envelope.sbdh.authority"}),
        ("<Standard>care-", "<Standard>Care-", {"envelope.sbdh.spelling"}),
        ("<Standard>care-communication-message", "<Standard>carecommunication-message", {"envelope.sbdh.spelling"}),
        ("<Standard>care-communication-message", "<Standard>prescription", {"envelope.sbdh.standard"}),
        ("<TypeVersion>5.0", "<TypeVersion>9.0", {"envelope.sbdh.version"}),
        ("<Type>Bundle", "<Type>Message", {"envelope.sbdh.type"}),
        ("<Type>PATIENTID", "<Type>PATIENT", {"envelope.sbdh.scope.unknown"}),
        ("<Type>MESSAGEIDENTIFIER", "<Type>X", {"envelope.sbdh.scope.unknown", "envelope.sbdh.scope.missing"}),
        ("<Type>XDS-METADATA", "<Type>XDS_METADATA", {"envelope.sbdh.spelling"}),
        ("urn:ehmi:sdn-emergence", "urn:other", {"envelope.sbdh.process"}),
        ("care-communication-message::5", "care-communication-message::7", set()),
        ("carecommunication-message::5.0", "carecommunication-message::7.0", {"envelope.sbdh.document"}),
        ("<InstanceIdentifier>Request", "<InstanceIdentifier>Ask", {"envelope.sbdh.receipt.word"}),
        ("Acknowledgement-Request", "Acknowledgement-Ask", {"envelope.sbdh.receipt.service"}),
        ("<CreationDateAndTime>2026-03-02T08:15", "<CreationDateAndTime>2026-03-02T08-15", {"envelope.sbdh.moment"}),
        ("<ExpectedResponseDateTime>2026", "<ExpectedResponseDateTime>2027", {"envelope.sbdh.receipt.due"}),
        ("application/fhir+json", "application/fhir+xml", {"envelope.content.label"}),
        ("application/fhir+json", "fhir/json", {"envelope.sbdh.spelling"}),
        ('encoding="UTF-8">', 'encoding="ASCII">', {"envelope.content.encoding"}),
    ],
)
def test_each_fault_is_a_finding_of_its_own(old: str, new: str, codes: set[str]) -> None:
    """One change, and the code that tells it."""
    written = write_sbdh(envelope(document_reference="<DocumentReference/>")).decode()
    if codes:
        assert old in written
    found = {issue.code for issue in examine(written.replace(old, new, 1).encode()).report.parts[0].issues}
    if "envelope.sbdh.receipt.word" in codes:
        found -= {"envelope.sbdh.receipt.service"}
    assert found == codes


def test_an_envelope_never_raises_whatever_is_cut_from_it() -> None:
    """Any head of it and any hole in it give a report."""
    written = write_sbdh(envelope())
    for place in range(0, len(written), 97):
        examine(written[:place])
        examine(written[:place] + written[place + 31 :])


@pytest.mark.parametrize(
    "payload",
    [
        b"<StandardBusinessDocument xmlns='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'>"
        + b"<a>" * 20
        + b"</a>" * 20
        + b"</StandardBusinessDocument>",
        b"<StandardBusinessDocument xmlns='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'>"
        + b"<a/>" * 3000
        + b"</StandardBusinessDocument>",
    ],
    ids=["deep", "crowded"],
)
def test_an_envelope_that_no_program_of_good_will_writes_is_not_read(payload: bytes) -> None:
    """Depth and number of elements are bounded."""
    assert examine(payload).report.verdict is Verdict.UNREADABLE
