"""The official examples between the generations: valid output, or a refusal that names its reason."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from samspil.conversion.api import Conversion, convert
from samspil.conversion.bridge.directory import Listing, Sent, Stay
from samspil.domain.issues import Verdict
from samspil.domain.message import IdentifierKind, PersonName, Professional
from samspil.validation.api import validate

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
MESSAGES = ("carecommunication", "hospitalnotification", "acknowledgement")
LETTERS = SHARED / "edifact" / "pairs"


class Everybody:
    """A directory that knows a SOR code, a professional and a telephone for whoever is asked for."""

    def find_listing(self, kind: IdentifierKind, value: str) -> Listing | None:
        """The same clinic for every number."""
        del kind, value
        nurse = Professional(name=PersonName(family="Lund", given=("Karen",)), role="Overlæge", role_code="overlaege")
        return Listing(sor="441211000016002", phone="70201020", professional=nurse)

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        """A message of its own for every name."""
        del identifier, sender
        return Sent(
            message_id=str(UUID(int=0x0FD2C1E87A2E4F0C9C532B7A3F1D5E60)),
            activity="new-message",
            sent_at=datetime(1998, 1, 1, tzinfo=UTC),
            letter="BREV0000000001",
            envelope="KUVERT00000001",
            version="D9134L",
        )

    def find_stay(self, identifier: str) -> Stay | None:
        """A stay that began long ago."""
        del identifier
        return Stay(started_at=datetime(1998, 1, 1, tzinfo=UTC))


def examples() -> Iterator[Path]:
    """The visible FHIR examples of the bridged messages."""
    for name in MESSAGES:
        yield from sorted((SHARED / "fhir" / "examples" / name).glob("*.[jx][sm]*"))


def told(conversion: Conversion) -> list[tuple[str, str]]:
    """Why a conversion was refused: each code, with what it speaks of."""
    rejecting = (issue for issue in conversion.report.issues if issue.severity.rejects)
    return [(issue.code, next((value for _, value in issue.facts), "")) for issue in rejecting]


EXAMPLES = list(examples())
needs_examples = pytest.mark.skipif(not EXAMPLES, reason="the official FHIR examples are not here")
needs_letters = pytest.mark.skipif(not LETTERS.is_dir(), reason="the official letters are not here")


@needs_examples
@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_is_a_letter_or_says_why_not(file: Path, wire: str) -> None:
    """What is written is accepted and comes back as FHIR; what is not, was faulty itself or has no letter's word."""
    payload = file.read_bytes()
    conversion = convert(payload, to=wire, directory=Everybody())
    if not conversion.outputs:
        codes = {code for code, _ in told(conversion)}
        faulty = validate(payload).verdict is not Verdict.ACCEPTED
        assert codes
        assert faulty or codes <= {"convert.event.unsayable", "convert.missing", "convert.target.unsupported"}
        return
    for output in conversion.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED
    back = convert(conversion.outputs[0].payload, to="fhir", directory=Everybody())
    waiting = {("convert.missing", f"Reference[{number}]/BIN: BIN01") for number in range(1, 9)}
    assert back.outputs or set(told(back)) <= waiting, told(back)
    for output in back.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED


UNSOUND = "convert.value.unsound"
REFUSED: dict[str, list[tuple[str, str]]] = {
    "CTL01_1": [(UNSOUND, "Sender/EANIdentifier")],
    "CTL03_1": [],
    "DIS20_1": [(UNSOUND, "Receiver/EANIdentifier")],
    "DIS91_1": [(UNSOUND, "Sender/EANIdentifier"), (UNSOUND, "Receiver/EANIdentifier")],
}
"""Each bridged official letter, and why it is no FHIR message although the directory knows everybody."""


@needs_letters
@pytest.mark.parametrize("name", REFUSED)
def test_every_letter_is_a_message_or_says_why_not(name: str) -> None:
    """Official letters of the bridged types: a message that is accepted, or exactly these reasons."""
    conversion = convert((LETTERS / "xml" / f"{name}.xml").read_bytes(), to="fhir", directory=Everybody())
    assert told(conversion) == REFUSED[name]
    assert bool(conversion.outputs) is not bool(REFUSED[name])
    for output in conversion.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED


@needs_letters
@pytest.mark.parametrize("name", ["DIS91_1", "DIS20_1"])
def test_without_a_directory_every_gap_is_named(name: str) -> None:
    """Nothing is invented: what the profile demands and the letter lacks is told, field by field."""
    conversion = convert((LETTERS / "xml" / f"{name}.xml").read_bytes(), to="fhir")
    assert conversion.outputs == ()
    missing = {path for code, path in told(conversion) if code == "convert.missing"}
    assert {f"{party}: Organization.identifier[SOR-ID]" for party in ("Sender", "Receiver")} <= missing
