"""Parties, professionals and the citizen as resources."""

from collections.abc import Iterable

from samspil.catalogue.codes import authorised_roles
from samspil.catalogue.identifier_systems import CPR, ORGANISATIONS
from samspil.domain.message import Address, IdentifierKind, Party, Person, PersonName, Professional
from samspil.formats.fhir.writer.sheet import CODES, Reference, Resource, Sheet, coded, narrative

MESSAGING = "messaging/StructureDefinition/medcom-messaging-organization"
SOR_ADDRESS = "https://sor2.sum.dsdn.dk/#id="

_UNKNOWN_NAME: Resource = {
    "_family": {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
}
"""Profiles demand a citizen's name; a letter may know the number alone."""

_SYSTEMS = {kind: system for system, kind in reversed(list(ORGANISATIONS.items()))}
"""The system to write for a kind: the first in the table."""


def put_party(sheet: Sheet, party: Party, *, profile: str = MESSAGING) -> Reference:
    """An organisation, put down once however often it takes part."""
    return sheet.once(("party", party.gln or party.name), lambda: _put_party(sheet, party, profile))


def _put_party(sheet: Sheet, party: Party, profile: str) -> Reference:
    members: Resource = {
        "identifier": [
            {"system": row.system or _SYSTEMS.get(row.kind, ""), "value": row.value} for row in party.identifiers
        ]
    }
    if party.name:
        members["name"] = party.name
    if party.phones:
        members["telecom"] = [{"system": "phone", "value": phone} for phone in party.phones]
    if party.professional and party.professional.name:
        members["contact"] = [{"name": written_name(party.professional.name)}]
    numbers = ((row.kind.value.upper(), row.value) for row in party.identifiers)
    contact = str(party.professional.name) if party.professional and party.professional.name else ""
    shown = [("Organisation", party.name), *numbers, ("Telefon", ", ".join(party.phones)), ("Kontakt", contact)]
    return sheet.put("Organization", profile, members, text=narrative(shown))


def endpoint_of(party: Party) -> str:
    """Where messages to a party go, as MedCom spells it: its address in the organisation register.

    Errors: ValueError for a party without a SOR code: no FHIR message can be addressed to it.
    """
    sor = party.identifier(IdentifierKind.SOR)
    if not sor or not party.identifier(IdentifierKind.GLN):
        raise ValueError("a party needs a GLN and a SOR code")
    return party.endpoint or SOR_ADDRESS + sor


def put_professional(sheet: Sheet, person: Professional, *, organisation: Reference | None = None) -> Reference:
    """A professional in a role, put down once."""
    key = ("professional", person, organisation["reference"] if organisation else "")
    return sheet.once(key, lambda: _put_professional(sheet, person, organisation))


def _put_professional(sheet: Sheet, person: Professional, organisation: Reference | None) -> Reference:
    name = str(person.name or "")
    about: Resource = {"name": [written_name(person.name)]} if person.name else {}
    if person.phones:
        about["telecom"] = [{"system": "phone", "value": phone} for phone in person.phones]
    shown = [("Navn", name), ("Telefon", ", ".join(person.phones))]
    practitioner = sheet.put(
        "Practitioner", "core/StructureDefinition/medcom-core-practitioner", about, text=narrative(shown)
    )
    members: Resource = {"practitioner": practitioner}
    if organisation:
        members["organization"] = organisation
    if person.role_code:
        members["code"] = [coded(role_system(person.role_code), person.role_code)]
    elif person.role:
        members["code"] = [{"text": str(person.role)}]
    return sheet.put(
        "PractitionerRole",
        "core/StructureDefinition/medcom-core-practitionerrole",
        members,
        text=narrative([("Navn", name), ("Stilling", str(person.role) or person.role_code)]),
    )


def role_system(code: str) -> str:
    """The code system that a role code is from; those in both are taken from SKS."""
    register = "Autorisationsregistret" if code in authorised_roles() else "SKSadministrativ"
    return f"{CODES}medcom-core-PractitionerRoles{register}"


def put_patient(sheet: Sheet, person: Person) -> Reference:
    """The citizen."""
    number = person.number.reveal() if person.number else ""
    members: Resource = {"identifier": [{"system": person.number_system or CPR, "value": number}]}
    name = written_name(person.name) if person.name else {}
    members["name"] = [{"use": "official", **(name or _UNKNOWN_NAME)}]
    if person.phones:
        members["telecom"] = [{"system": "phone", "value": phone} for phone in person.phones]
    if person.deceased is not None:
        members["deceasedBoolean"] = person.deceased
    if person.address:
        members["address"] = [written_address(person.address)]
    shown = [
        ("Navn", str(person.name or "")),
        ("Personnummer", number),
        ("Telefon", ", ".join(person.phones)),
        ("Adresse", _address_line(person.address)),
        ("Død", "ja" if person.deceased else ""),
    ]
    return sheet.put("Patient", "core/StructureDefinition/medcom-core-patient", members, text=narrative(shown))


def written_name(name: PersonName) -> Resource:
    """A HumanName."""
    written: Resource = {"family": name.family} if name.family else {}
    if name.given:
        written["given"] = list(name.given)
    if name.text and not written:
        written["text"] = name.text
    return written


def written_address(address: Address) -> Resource:
    """An Address."""
    rows: Iterable[tuple[str, object]] = (
        ("line", list(address.lines)),
        ("city", address.city),
        ("district", address.suburb),
        ("postalCode", address.postal_code),
        ("country", address.country),
    )
    return {name: value for name, value in rows if value}


def _address_line(address: Address | None) -> str:
    if address is None:
        return ""
    place = f"{address.postal_code} {address.city}".strip()
    return ", ".join(filter(None, (*address.lines, address.suburb, place)))
