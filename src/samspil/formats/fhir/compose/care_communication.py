"""A CareCommunication (korrespondancemeddelelse), version 5.0: new, or a reply that carries the thread along."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from samspil.formats.fhir.compose.blocks import (
    CORE,
    ROOT,
    TERMINOLOGY,
    Author,
    Bundle,
    Citizen,
    NewId,
    Office,
    Resource,
    add_author,
    add_citizen,
    add_header,
    add_office,
    add_provenance,
    coding,
    concept,
    stamp,
)

PROFILE = f"{ROOT}carecommunication/StructureDefinition/medcom-careCommunication-"
DEFINITION = f"{ROOT}messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition|5.0"
EPISODES = UUID("6f2b7a52-4c1e-5f0b-9a38-0b2d6f1c7e90")  # the name space of the episode ids we make


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment (bilag)."""

    title: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The message that is replied to: its header, thread, and what must be carried along from it."""

    header: str
    thread: str
    payloads: tuple[Resource, ...] = field(default=(), repr=False)
    provenances: tuple[Resource, ...] = field(default=(), repr=False)


def compose_care_communication(
    *,
    sender: Office,
    receiver: Office,
    citizen: Citizen,
    author: Author,
    texts: Sequence[str],
    now: datetime,
    new_id: NewId,
    category: str = "carecoordination",
    topic: str = "",
    files: Sequence[File] = (),
    episode: str = "",
    earlier: Earlier | None = None,
) -> bytes:
    """A message in FHIR JSON. `episode` makes an Encounter with an episode id of the sender's own; `texts` are its
    new segments, in order. A reply keeps the thread's id and says which message it follows.
    """
    bundle, header_id = Bundle("carecommunication", new_id), str(new_id())
    from_, to = add_office(bundle, sender), add_office(bundle, receiver)
    patient, role = add_citizen(bundle, citizen), add_author(bundle, author)
    segment = _Segments(assigner=from_, author=role, phone=author.phone or "20304050", at=now, new_id=new_id)
    payloads = [segment.text(text) for text in texts] + [segment.file(file) for file in files]
    old = earlier.payloads if earlier else ()
    content: Resource = {
        "identifier": [{"value": earlier.thread if earlier else f"urn:uuid:{new_id()}"}],
        "status": "unknown",
        "category": [concept(f"{TERMINOLOGY}medcom-careCommunication-categoryCodes", category)],
        "subject": {"reference": patient},
        "payload": [*old, *payloads],
    }
    if topic:
        content["topic"] = {"text": topic}
    if episode:
        content["encounter"] = {"reference": _encounter(bundle, patient, sender, episode)}
    tells = [("Kategori", category), ("Emne", topic), *(("Tekst", text) for text in texts)]
    focus = bundle.add("Communication", content, profile=f"{PROFILE}communication", tells=tells)
    header = add_header(
        bundle, event="care-communication-message", profile=f"{PROFILE}messageHeader", sender=(sender, from_),
        receiver=(receiver, to), focus=focus, identifier=header_id, definition=DEFINITION,
    )  # fmt: skip
    for provenance in earlier.provenances if earlier else ():
        bundle.place("Provenance", provenance)
    entities: list[Resource] = [
        {"role": "source", "what": {"identifier": {"value": identifier}}} for identifier in segment.ids
    ]
    if earlier:
        entities.append({"role": "revision", "what": {"reference": f"MessageHeader/{earlier.header}"}})
    add_provenance(
        bundle, header=header, activity="reply-message" if earlier else "new-message", who=from_, at=now,
        profile=f"{PROFILE}provenance", entities=entities,
    )  # fmt: skip
    return bundle.write(profile=f"{PROFILE}message", at=now)


class _Segments:
    """Payloads of one message: each with its time, id, author and telephone number."""

    def __init__(self, *, assigner: str, author: str, phone: str, at: datetime, new_id: NewId) -> None:
        self._assigner = assigner
        self._author = author
        self._phone = phone
        self._at = at
        self._new_id = new_id
        self.ids: list[str] = []

    def text(self, text: str) -> Resource:
        """A text segment."""
        return {"extension": self._facts(), "contentString": text}

    def file(self, file: File) -> Resource:
        """An attachment with its data."""
        attachment = {
            "contentType": file.media_type,
            "data": base64.b64encode(file.content).decode(),
            "title": file.title,
            "creation": stamp(self._at),
        }
        return {"extension": self._facts(), "contentAttachment": attachment}

    def _facts(self) -> list[dict[str, Any]]:
        identifier = f"urn:uuid:{self._new_id()}"
        self.ids.append(identifier)
        return [
            {"url": f"{CORE}datetime-extension", "valueDateTime": stamp(self._at)},
            {
                "url": f"{CORE}identifier-extension",
                "valueIdentifier": {"value": identifier, "assigner": {"reference": self._assigner}},
            },
            {"url": f"{CORE}practitioner-extension", "valueReference": {"reference": self._author}},
            {"url": f"{CORE}contact-extension", "valueContactPoint": {"system": "phone", "value": self._phone}},
        ]


def _encounter(bundle: Bundle, patient: str, sender: Office, episode: str) -> str:
    content: Resource = {
        "status": "in-progress",
        "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP"),
        "subject": {"reference": patient},
        "episodeOfCare": [{"identifier": {"system": sender.address, "value": str(uuid5(EPISODES, episode))}}],
    }
    return bundle.add("Encounter", content, profile=f"{CORE}encounter", tells=(("Status", "in-progress"),))
