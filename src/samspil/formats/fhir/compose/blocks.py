"""The resources that every MedCom message is made of: header, organisations, patient, author, Provenance, bundle.

Source: MedCom FHIR messaging and core implementation guides; cardinalities as the profiles have them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

import orjson

Resource = dict[str, Any]
NewId = Callable[[], UUID]

ROOT = "http://medcomfhir.dk/ig/"
CORE = f"{ROOT}core/StructureDefinition/medcom-core-"
MESSAGING = f"{ROOT}messaging/StructureDefinition/medcom-messaging-"
TERMINOLOGY = f"{ROOT}terminology/CodeSystem/"
GLN_SYSTEM, SOR_SYSTEM = "https://www.gs1.org/gln", "urn:oid:1.2.208.176.1.1"
CPR_SYSTEM, YDER_SYSTEM = "urn:oid:1.2.208.176.1.2", "urn:oid:1.2.208.176.1.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An organisation that sends or receives."""

    name: str
    gln: str
    sor: str
    yder: str = ""

    @property
    def address(self) -> str:
        """Its endpoint as the header names it."""
        return f"https://sor2.sum.dsdn.dk/#id={self.sor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """Whom a message is about. `cpr` in clear: it goes into the message."""

    cpr: str
    family: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it: a name, a role of MedCom's list, a telephone number."""

    given: str
    family: str
    role: str = "sygeplejerske"
    phone: str = ""


class Bundle:
    """A message bundle under construction. Resources are added in reading order; the header comes first."""

    def __init__(self, guide: str, new_id: NewId) -> None:
        self._base = f"{ROOT}{guide}/"
        self._entries: list[Resource] = []
        self.new_id = new_id

    def add(
        self, kind: str, content: Resource, *, profile: str, tells: Iterable[tuple[str, str]], identifier: str = ""
    ) -> str:
        """Add a resource with its profile and a narrative of `tells`; give the reference to it."""
        identifier = identifier or str(self.new_id())
        resource = {
            "resourceType": kind,
            "id": identifier,
            "meta": {"profile": [profile]},
            "text": narrative(kind, tells),
            **content,
        }
        self._entries.append({"fullUrl": f"{self._base}{kind}/{identifier}", "resource": resource})
        return f"{kind}/{identifier}"

    def place(self, kind: str, resource: Resource) -> None:
        """Add a resource as it is: one carried along from an earlier message."""
        self._entries.append({"fullUrl": f"{self._base}{kind}/{resource['id']}", "resource": resource})

    def write(self, *, profile: str, at: datetime) -> bytes:
        """The finished bundle with the header, wherever it was added, as its first entry."""
        ordered = sorted(self._entries, key=lambda entry: entry["resource"]["resourceType"] != "MessageHeader")
        return orjson.dumps(
            {
                "resourceType": "Bundle",
                "id": str(self.new_id()),
                "meta": {"profile": [profile]},
                "type": "message",
                "timestamp": stamp(at),
                "entry": ordered,
            }
        )


def stamp(moment: datetime) -> str:
    """A moment with its offset, to the second."""
    return moment.isoformat(timespec="seconds")


def narrative(kind: str, tells: Iterable[tuple[str, str]]) -> Resource:
    """What the data say, as a small table of names and values."""
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in tells if value)
    table = f"<table><tbody>{rows}</tbody></table>" if rows else f"<p>{kind}</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{table}</div>'}


def coding(system: str, code: str) -> Resource:
    """One coding."""
    return {"system": system, "code": code}


def concept(system: str, code: str) -> Resource:
    """A concept of one coding."""
    return {"coding": [coding(system, code)]}


def add_header(
    bundle: Bundle,
    *,
    event: str,
    profile: str,
    sender: tuple[Office, str],
    receiver: tuple[Office, str],
    focus: str,
    identifier: str,
    definition: str = "",
    extensions: Iterable[Resource] = (),
) -> str:
    """The MessageHeader. Parties come with the reference to their Organization."""
    (sender_office, sender_reference), (receiver_office, receiver_reference) = sender, receiver
    use = {
        "url": f"{MESSAGING}destinationUseExtension",
        "valueCoding": coding(f"{TERMINOLOGY}medcom-messaging-destinationUse", "primary"),
    }
    content: Resource = {
        "eventCoding": coding(f"{TERMINOLOGY}medcom-messaging-eventCodes", event),
        "destination": [
            {"extension": [use], "endpoint": receiver_office.address, "receiver": {"reference": receiver_reference}}
        ],
        "sender": {"reference": sender_reference},
        "source": {"endpoint": sender_office.address},
        "focus": [{"reference": focus}],
    }
    if definition:
        content["definition"] = definition
    if more := list(extensions):
        content["extension"] = more
    tells = (("Afsender", sender_office.name), ("Modtager", receiver_office.name), ("Meddelelse", event))
    return bundle.add("MessageHeader", content, profile=profile, tells=tells, identifier=identifier)


def add_office(
    bundle: Bundle, office: Office, *, profile: str = f"{MESSAGING}organization", more: Resource | None = None
) -> str:
    """A messaging organisation: location number and SOR code, then what a standard wants beside them."""
    identifiers = [{"system": GLN_SYSTEM, "value": office.gln}, {"system": SOR_SYSTEM, "value": office.sor}]
    content = {"identifier": identifiers, "name": office.name, **(more or {})}
    content["identifier"] = [*identifiers, *(more or {}).get("identifier", [])]
    tells = (("Navn", office.name), ("Lokationsnummer", office.gln), ("SOR-kode", office.sor))
    return bundle.add("Organization", content, profile=profile, tells=tells)


def add_citizen(bundle: Bundle, citizen: Citizen, *, deceased: bool | None = None) -> str:
    """The patient, known by the civil registration number."""
    name: Resource = {"use": "official", "family": citizen.family}
    if citizen.given:
        name["given"] = list(citizen.given)
    content: Resource = {"identifier": [{"system": CPR_SYSTEM, "value": citizen.cpr}], "name": [name]}
    if deceased is not None:
        content["deceasedBoolean"] = deceased
    full_name = " ".join((*citizen.given, citizen.family))
    tells = (("Navn", full_name), ("CPR-nummer", f"{citizen.cpr[:6]}-{citizen.cpr[6:]}"))
    return bundle.add("Patient", content, profile=f"{CORE}patient", tells=tells)


def add_author(bundle: Bundle, author: Author) -> str:
    """Practitioner and PractitionerRole; the reference is the role's."""
    who: Resource = {"name": [{"family": author.family, "given": [author.given]}]}
    if author.phone:
        who["telecom"] = [{"system": "phone", "value": author.phone}]
    name = f"{author.given} {author.family}"
    practitioner = bundle.add("Practitioner", who, profile=f"{CORE}practitioner", tells=(("Navn", name),))
    role = {
        "practitioner": {"reference": practitioner},
        "code": [concept(f"{TERMINOLOGY}medcom-core-PractitionerRolesSKSadministrativ", author.role)],
    }
    tells = (("Navn", name), ("Stilling", author.role))
    return bundle.add("PractitionerRole", role, profile=f"{CORE}practitionerrole", tells=tells)


def add_provenance(
    bundle: Bundle,
    *,
    header: str,
    activity: str,
    who: str,
    at: datetime,
    profile: str = f"{MESSAGING}provenance",
    entities: Iterable[Resource] = (),
) -> str:
    """Who did what to this message, when; `entities` name earlier messages and the payloads added."""
    content: Resource = {
        "target": [{"reference": header}],
        "occurredDateTime": stamp(at),
        "recorded": stamp(at),
        "activity": concept(f"{TERMINOLOGY}medcom-messaging-activityCodes", activity),
        "agent": [{"who": {"reference": who}}],
    }
    if named := list(entities):
        content["entity"] = named
    tells = (("Handling", activity), ("Tidspunkt", stamp(at)))
    return bundle.add("Provenance", content, profile=profile, tells=tells)
