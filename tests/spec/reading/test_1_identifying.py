"""Reading, chapter 1: what bytes are."""

from tests.spec.reading.conftest import IsA

title = "Identifying"

LETTER = b"UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'UNT+2+1'"


def test_content_decides_and_never_a_name(is_a: IsA) -> None:
    """A payload is told from its bytes: the first character decides where to look."""
    is_a(b"UNB+UNOC:3'" + LETTER + b"UNZ+1'", "edifact", "DIS91", "D9134L")
    is_a(b'{"resourceType":"Patient"}', "fhir-json", None, None)
    is_a(b'<Patient xmlns="http://hl7.org/fhir"/>', "fhir-xml", None, None)


def test_one_standard_has_one_name_in_all_spellings(is_a: IsA) -> None:
    """EDIFACT and OIOXML of one letter share the standard and differ in the version code."""
    namespace = b"http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/"
    is_a(b'<Emessage xmlns="' + namespace + b'"><ClinicalEmail/></Emessage>', "oioxml", "DIS91", "XD9134L")


def test_letters_are_counted(is_a: IsA) -> None:
    """An interchange may hold several letters; each becomes a part."""
    is_a(b"UNB+UNOC:3'" + LETTER * 3 + b"UNZ+3'", "edifact", "DIS91", "D9134L", parts=3)


def test_what_cannot_be_told_is_not_guessed(is_a: IsA) -> None:
    """Unknown bytes have no standard, and a standard without a version keeps it open."""
    is_a(b"%PDF-1.7", "unknown", None, None)
    is_a(b"UNB+UNOC:3'UNH'", "edifact", None, None)
