"""An Acknowledgement as CTL03 or CTL02, and a CTL as an Acknowledgement.

Each generation names the answered message its own way: only the log knows both names. A passing trouble is no
letter's word: it is refused, and the sender goes on waiting.
"""

from dataclasses import dataclass, replace

import orjson

from samspil.catalogue.bridge import acknowledgement_of_refusal, refusal_of_acknowledgement
from samspil.catalogue.codes import acknowledgement_codes, names
from samspil.catalogue.findings import finding
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.directory import Sent
from samspil.conversion.bridge.identifiers import letter_id, letter_reference, uuid_of
from samspil.conversion.bridge.letters_out import Draft, dispatch_of, edition_of, write_letters
from samspil.conversion.bridge.parties import fhir_party
from samspil.conversion.losses import Output
from samspil.domain.clinical.acknowledgement import Acknowledgement
from samspil.domain.clinical.receipt import AnsweredLetter, LetterReceipt
from samspil.domain.codes import Code
from samspil.domain.message import (
    AnswerCode,
    Format,
    Head,
    HistoryStep,
    IdentifierKind,
    Kind,
    Message,
    Party,
    PartyIdentifier,
)
from samspil.domain.text import Text
from samspil.formats.fhir.acknowledgement import BASE, STANDARD, VERSION
from samspil.formats.fhir.head import DESTINATION_USE
from samspil.formats.fhir.writer.people import endpoint_of, put_party
from samspil.formats.fhir.writer.provenance import put_history
from samspil.formats.fhir.writer.sheet import CODES, IG, Reference, Resource, Sheet, narrative

_UNSPECIFIED = "ikke_specificeret"
_ORIGINAL = "OriginalEmessage/OriginalLetter"
_RESPONSE = "MessageHeader.response.identifier"
_PROFILES = "acknowledgement/StructureDefinition/"


# ------------------------------------------------------------------------------------------------- FHIR to letter
def receipt_out(crossing: Crossing, message: Message, body: Acknowledgement, to: Format, wanted: str | None) -> None:
    """Write the receipt's letter."""
    answer = body.answer
    if answer.code is AnswerCode.TRANSIENT:
        crossing.unsayable(AnswerCode.TRANSIENT.value, to.value.upper())
        return
    type = "CTL03" if answer.code is AnswerCode.OK else "CTL02"
    edition = edition_of(type, wanted)
    if edition is None:
        crossing.issues.append(finding("convert.version.unsupported", version=(wanted or "")[:9], target=to.value))
        return
    said = letter_reference(answer.message_id)
    sent = crossing.directory.find_sent(said[1] if said else answer.message_id, str(message.receiver.gln or ""))
    identifier = sent.letter if sent else said[1] if said else ""
    envelope = crossing.demand(sent.envelope if sent else "", "OriginalEmessage/OriginalEnvelopeIdentifier")
    letter = Message(
        head=Head(
            standard=type,
            version=None,
            kind=Kind.RECEIPT,
            message_id=letter_id(message.head.message_id),
            envelope_id=None,
            sender=None,
            receiver=None,
        ),
        sender=_by_gln(message.sender),
        receiver=_by_gln(message.receiver),
        body=LetterReceipt(
            kind=body.verdict.name,
            taken=answer.code is AnswerCode.OK,
            envelope=envelope,
            sender=str(message.receiver.gln or ""),
            receiver=str(message.sender.gln or ""),
            letters=(_answered(crossing, body, identifier, sent),),
            statistics=f"X{type}",
        ),
    )
    _lose(crossing, message, body)
    at = message.head.sent_at or crossing.now
    dispatch = dispatch_of(
        letter_id(message.head.envelope_id or message.head.message_id), at, letter, receipt_wanted=False
    )
    write_letters(crossing, [Draft(letter, edition)], dispatch, to)


def _by_gln(party: Party) -> Party:
    gln = party.identifier(IdentifierKind.GLN)
    return Party(identifiers=(PartyIdentifier(IdentifierKind.GLN, gln),) if gln else ())


def _answered(crossing: Crossing, body: Acknowledgement, identifier: str, sent: Sent | None) -> AnsweredLetter:
    crossing.demand(identifier, f"{_ORIGINAL}/OriginalLetterIdentifier")
    version = crossing.demand(sent.version if sent else "", f"{_ORIGINAL}/OriginalVersionCode")
    if body.answer.code is AnswerCode.OK:
        return AnsweredLetter(identifier=identifier, version=version)
    code = body.complaints[0].code.code if body.complaints else ""
    told = "\n".join(complaint.text for complaint in body.complaints if complaint.text)
    return AnsweredLetter(
        identifier=identifier,
        version=version,
        refusal=Code(refusal_of_acknowledgement().get(code, _UNSPECIFIED)),
        text=Text.plain(told or code) if told or code else None,
    )


def _lose(crossing: Crossing, message: Message, body: Acknowledgement) -> None:
    crossing.lose("MessageHeader.id", "renamed")
    crossing.lose("Bundle.id", "renamed")
    at = message.head.sent_at
    crossing.lose_if(at and at.second, "Bundle.timestamp", "minute")
    for where, party in (("sender", message.sender), ("destination.receiver", message.receiver)):
        crossing.lose_if(party.name, f"MessageHeader.{where}.name")
        crossing.lose_if(party.sor, f"MessageHeader.{where}.identifier[SOR-ID]")
    taken = body.answer.code is AnswerCode.OK
    for number, complaint in enumerate(body.complaints, start=1):
        where = f"OperationOutcome.issue[{number}]"
        if taken:
            crossing.lose(where, "absent")
            continue
        crossing.lose_if(complaint.path, f"{where}.expression")
        word = refusal_of_acknowledgement().get(complaint.code.code, _UNSPECIFIED)
        back = acknowledgement_of_refusal()[word][0]
        crossing.lose_if(number > 1 or back != complaint.code.code, f"{where}.details.coding", "changed")
    for one in message.unread:
        crossing.lose(one.path, "absent")


# ------------------------------------------------------------------------------------------------- letter to FHIR
def receipt_in(crossing: Crossing, letter: Message, body: LetterReceipt) -> None:
    """Write an Acknowledgement of each letter that the receipt speaks of."""
    answered = [(one, crossing.directory.find_sent(one.identifier, body.sender)) for one in body.letters]
    if not answered or not all(sent for _, sent in answered):
        crossing.missing(_RESPONSE)
        crossing.missing("Provenance[acknowledged]")
    sender, receiver = fhir_party(crossing, letter.sender, "Sender"), fhir_party(crossing, letter.receiver, "Receiver")
    crossing.lose_items(body.more)
    if crossing.refused:
        return
    gln = letter.sender.identifier(IdentifierKind.GLN) or ""
    for one, sent in answered:
        if sent:
            names = (gln, letter.head.message_id, one.identifier)
            draft = _Draft(replace(body, letters=(one,)), sent, sender, receiver, names)
            payload = draft.written(crossing, letter.head)
            crossing.outputs.append(Output(standard=STANDARD, version=VERSION, payload=payload))


@dataclass(frozen=True, slots=True)
class _Draft:
    """The Acknowledgement of one letter. `names` are what its ids are made from."""

    body: LetterReceipt
    sent: Sent
    sender: Party
    receiver: Party
    names: tuple[str, ...]

    @property
    def message_id(self) -> str:
        """The id of its header: the same each time that the receipt comes."""
        return str(uuid_of(*self.names))

    def written(self, crossing: Crossing, head: Head) -> bytes:
        """The bundle: the header, the answered message's Provenance and its own, the parties and the reasons."""
        sheet = Sheet(new_id=crossing.new_id, base_url=BASE)
        sent, at = self.sent, max(head.sent_at or crossing.now, self.sent.sent_at)
        references = {party.name: put_party(sheet, party) for party in (self.sender, self.receiver)}
        answered = HistoryStep(
            activity=sent.activity, at=sent.sent_at, by=self.receiver.name, message_id=sent.message_id
        )
        own = HistoryStep(
            activity="acknowledgement",
            at=at,
            by=self.sender.name,
            message_id=self.message_id,
            earlier_message_id=sent.message_id,
        )
        put_history(sheet, (answered, own), references)
        root = sheet.bundle(
            identifier=str(uuid_of(head.envelope_id or "", *self.names)),
            profile=f"{_PROFILES}medcom-messaging-acknowledgement",
            at=at,
            header=self._header(sheet, _outcome(sheet, self.body)),
        )
        return orjson.dumps(root)

    def _header(self, sheet: Sheet, outcome: Reference | None) -> Resource:
        sender, receiver = self.sender, self.receiver
        code = AnswerCode.OK if self.body.taken else AnswerCode.FATAL
        response: Resource = {"identifier": self.sent.message_id, "code": code.value}
        if outcome:
            response["details"] = outcome
        use = {"system": f"{CODES}medcom-messaging-destinationUse", "code": "primary"}
        return {
            "resourceType": "MessageHeader",
            "id": self.message_id,
            "meta": {"profile": [f"{IG}{_PROFILES}medcom-messaging-acknowledgementHeader"]},
            "text": self._narrative(code),
            "eventCoding": {"system": f"{CODES}medcom-messaging-eventCodes", "code": "acknowledgement-message"},
            "destination": [
                {
                    "extension": [{"url": DESTINATION_USE, "valueCoding": use}],
                    "endpoint": endpoint_of(receiver),
                    "receiver": put_party(sheet, receiver),
                }
            ],
            "sender": put_party(sheet, sender),
            "source": {"endpoint": endpoint_of(sender)},
            "response": response,
        }

    def _narrative(self, code: AnswerCode) -> Resource:
        sender, receiver = self.sender, self.receiver
        return narrative(
            [
                ("Kvittering", f"{names('answer')[code].in_('da')} ({code.value})"),
                ("På meddelelse", self.sent.message_id),
                ("Hændelse", "acknowledgement-message"),
                ("Fra", f"{sender.name} {sender.gln} {sender.endpoint}"),
                ("Til", f"{receiver.name} {receiver.gln} {receiver.endpoint} (primary)"),
                ("Begrundelse", _told(self.body)),
            ]
        )


def _refusals(body: LetterReceipt) -> list[tuple[str, str]]:
    """The reasons of a refusal: the envelope's, then the letter's, each a word and a text."""
    rows = [(body.refusal, body.text), *((letter.refusal, letter.text) for letter in body.letters)]
    return [
        (refusal.code if refusal else _UNSPECIFIED, str(text or "").strip())
        for refusal, text in rows
        if refusal or text
    ]


def _told(body: LetterReceipt) -> str:
    return "\n".join(text or word for word, text in _refusals(body))


def _outcome(sheet: Sheet, body: LetterReceipt) -> Reference | None:
    if body.taken:
        return None
    issues: list[Resource] = []
    for word, text in _refusals(body) or [(_UNSPECIFIED, "")]:
        code, type = acknowledgement_of_refusal().get(word, acknowledgement_of_refusal()[_UNSPECIFIED])
        details: Resource = {"coding": [{"system": acknowledgement_codes()[code], "code": code}]}
        if text:
            details["text"] = text
        issues.append({"severity": "error", "code": type, "details": details})
    shown = [("Begrundelse", _told(body) or _UNSPECIFIED)]
    return sheet.put(
        "OperationOutcome",
        f"{_PROFILES}medcom-acknowledgement-operationoutcome",
        {"issue": issues},
        text=narrative(shown),
    )
