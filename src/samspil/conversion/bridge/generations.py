"""From letters to FHIR and from FHIR to letters: which conversion a message takes."""

from collections.abc import Sequence
from dataclasses import replace

from samspil.catalogue.findings import finding
from samspil.catalogue.standards import Syntax, find_standard
from samspil.conversion.bridge.correspondence.inward import correspondence_in
from samspil.conversion.bridge.correspondence.outward import correspondence_out
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.documents.document import document_in
from samspil.conversion.bridge.identifiers import uuid_of
from samspil.conversion.bridge.parties import fhir_party, fhir_patient
from samspil.conversion.bridge.receipts import receipt_in, receipt_out
from samspil.conversion.bridge.stays import stay_in, stay_out
from samspil.conversion.losses import Output
from samspil.domain.clinical.acknowledgement import Acknowledgement
from samspil.domain.clinical.binary import BinaryLetter
from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.clinical.mail import Mail
from samspil.domain.clinical.notification import Notification
from samspil.domain.clinical.receipt import LetterReceipt
from samspil.domain.message import Attachment, Format, Head, IdentifierKind, Kind, Message
from samspil.formats.fhir.writer.message import write_message
from samspil.validation.judge import examine

DOCUMENT = "document"
"""The version to ask for where a letter is wanted as a document for reading, even if a message replaces it."""
_STANDARDS = {CareMessage: "CareCommunication", StayNotification: "HospitalNotification"}


def to_letters(crossing: Crossing, message: Message, to: Format, wanted: str | None) -> None:
    """A FHIR message as letters."""
    match message.body:
        case CareMessage() as body:
            correspondence_out(crossing, message, body, to, wanted)
        case StayNotification() as body:
            stay_out(crossing, message, body, to, wanted)
        case Acknowledgement() as body:
            receipt_out(crossing, message, body, to, wanted)
        case _:
            crossing.issues.append(
                finding("convert.target.unsupported", standard=message.head.standard, target=to.value)
            )


def to_fhir(crossing: Crossing, letters: Sequence[Message], wanted: str | None) -> None:
    """The letters of one envelope as FHIR messages, or as documents where no message replaces them or one is wanted.

    A binary letter's files go with the letter that names them.
    """
    if wanted not in {None, DOCUMENT}:
        crossing.issues.append(finding("convert.version.unsupported", version=(wanted or "")[:9], target="fhir"))
        return
    files = tuple(file for one in letters if isinstance(one.body, BinaryLetter) for file in one.body.files)
    carried = wanted != DOCUMENT and files and any(isinstance(one.body, Mail) for one in letters)
    for letter in letters:
        if not (carried and isinstance(letter.body, BinaryLetter)):
            one = replace(crossing, losses=[], issues=[], outputs=[])
            _letter_to_fhir(one, letter, files, wanted)
            crossing.losses.extend(one.losses)
            crossing.issues.extend(one.issues)
            crossing.outputs.extend(one.outputs)


def _letter_to_fhir(crossing: Crossing, letter: Message, files: tuple[Attachment, ...], wanted: str | None) -> None:
    match letter.body:
        case _ if wanted == DOCUMENT:
            document_in(crossing, letter)
        case LetterReceipt() as body:
            receipt_in(crossing, letter, body)
        case Mail() if letter.head.standard == "DIS91":
            _message_in(crossing, letter, files)
        case Notification() if letter.head.standard in {"DIS17", "DIS20"}:
            _message_in(crossing, letter, files)
        case _:
            document_in(crossing, letter)
    for output in crossing.outputs:
        _judge(crossing, output)
    if crossing.refused:
        crossing.outputs.clear()


def _message_in(crossing: Crossing, letter: Message, files: tuple[Attachment, ...]) -> None:
    """A DIS91, DIS20 or DIS17 as the message that replaces it."""
    sender, receiver = fhir_party(crossing, letter.sender, "Sender"), fhir_party(crossing, letter.receiver, "Receiver")
    for number in range(1, len(letter.copies) + 1):
        crossing.lose(f"CCReceiver[{number}]", "absent")
    deceased = None
    if isinstance(letter.body, Mail):
        made = correspondence_in(crossing, letter, letter.body, (sender, receiver), files)
        deceased = True if letter.body.episode_status and letter.body.episode_status.code == "doed" else None
    else:
        assert isinstance(letter.body, Notification)
        made = stay_in(crossing, letter, letter.body, letter.head.standard, sender)
        deceased = True if letter.body.status and letter.body.status.code == "doed" else None
    patient = fhir_patient(crossing, letter.patient, deceased=deceased)
    if crossing.refused or made is None:
        return
    body, step = made
    gln = letter.sender.identifier(IdentifierKind.GLN) or ""
    message_id = str(uuid_of(gln, letter.head.message_id))
    sent_at = max(letter.head.sent_at or crossing.now, step.at or crossing.now)
    known = find_standard(_STANDARDS[body.__class__])
    head = Head(
        standard=_STANDARDS[body.__class__],
        version=known.newest(Syntax.FHIR) if known else None,
        kind=Kind.MESSAGE,
        message_id=message_id,
        envelope_id=str(uuid_of(gln, letter.head.envelope_id or "", letter.head.message_id)),
        sender=sender.gln,
        receiver=receiver.gln,
        sent_at=sent_at,
    )
    message = Message(
        head=head,
        sender=sender,
        receiver=receiver,
        patient=patient,
        body=body,
        history=(replace(step, message_id=message_id),),
    )
    payload = write_message(message, new_id=crossing.new_id)
    crossing.outputs.append(Output(standard=head.standard, version=head.version, payload=payload))


def _judge(crossing: Crossing, output: Output) -> None:
    for issue in examine(output.payload).report.issues:
        if issue.severity.rejects:
            crossing.issues.append(finding("convert.output.refused", issue.where, reason=f"{issue.code} {issue.where}"))
