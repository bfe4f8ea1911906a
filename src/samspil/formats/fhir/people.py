"""Who takes part in a FHIR message: organisations, professionals and the citizen, as the model knows them."""

from datetime import date

from samspil.catalogue.codes import names
from samspil.catalogue.identifier_systems import AUTHORISATION, ORGANISATIONS, PERSONS, PersonNumber
from samspil.domain.identifiers import Cpr, Ecpr, Unchecked
from samspil.domain.message import Address, IdentifierKind, Party, PartyIdentifier, Person, PersonName, Professional
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import code_of, concept_text, first_of, part_of, parts_of, text_of, texts_of

_NUMBERS = {PersonNumber.CPR: Cpr, PersonNumber.ECPR: Ecpr}


def party_of(organisation: Entry | None, *, endpoint: str = "") -> Party:
    """An Organization; an empty party where there is none."""
    if organisation is None:
        return Party(endpoint=endpoint)
    resource = organisation.resource
    contact = first_of(resource, "contact")
    return Party(
        name=text_of(resource, "name"),
        identifiers=tuple(_party_identifier(row) for row in parts_of(resource, "identifier") if text_of(row, "value")),
        address=address_of(first_of(resource, "address")),
        phones=phones_of(resource),
        endpoint=endpoint,
        professional=Professional(name=name_of(part_of(contact, "name"))) if part_of(contact, "name") else None,
    )


def _party_identifier(identifier: Resource) -> PartyIdentifier:
    system = text_of(identifier, "system")
    return PartyIdentifier(ORGANISATIONS.get(system, IdentifierKind.OTHER), text_of(identifier, "value"), system)


def professional_of(bundle: Bundle, role: Entry | None) -> Professional | None:
    """A PractitionerRole with its Practitioner, or a Practitioner alone."""
    if role is None or role.type not in {"PractitionerRole", "Practitioner"}:
        return None
    practitioner = bundle.find(role.resource.get("practitioner"), role) if role.type == "PractitionerRole" else role
    person = practitioner.resource if practitioner else {}
    concept = first_of(role.resource, "code")
    code = code_of(concept)
    authorisations = [
        text_of(row, "value") for row in parts_of(person, "identifier") if row.get("system") == AUTHORISATION
    ]
    return Professional(
        name=name_of(first_of(person, "name")),
        role=text_of(concept, "text") or names("role").get(code) or concept_text(concept),
        role_code=code,
        authorisation=next(iter(authorisations), ""),
        phones=(*phones_of(person), *phones_of(role.resource)),
    )


def person_of(patient: Entry | None) -> Person | None:
    """A Patient."""
    if patient is None:
        return None
    resource = patient.resource
    number, system = _number_of(resource)
    deceased = resource.get("deceasedBoolean")
    return Person(
        number=number,
        number_system=system,
        name=name_of(official_name(resource)),
        birth_date=_day(text_of(resource, "birthDate")),
        gender=text_of(resource, "gender"),
        address=address_of(first_of(resource, "address")),
        phones=phones_of(resource),
        deceased=deceased if isinstance(deceased, bool) else True if text_of(resource, "deceasedDateTime") else None,
    )


def _number_of(patient: Resource) -> tuple[Cpr | Ecpr | Unchecked | None, str]:
    identifiers = parts_of(patient, "identifier")
    for identifier in identifiers:
        system, value = text_of(identifier, "system"), text_of(identifier, "value")
        if value and (kind := PERSONS.get(system)):
            return _NUMBERS[kind].read(value), system
    for identifier in identifiers:
        if value := text_of(identifier, "value"):
            return Unchecked(value), text_of(identifier, "system")
    return None, ""


def official_name(patient: Resource) -> Resource:
    """The name marked official, else the first."""
    rows = parts_of(patient, "name")
    return next((row for row in rows if row.get("use") == "official"), rows[0] if rows else {})


def name_of(name: Resource) -> PersonName | None:
    """A HumanName."""
    if not name:
        return None
    return PersonName(family=text_of(name, "family"), given=tuple(texts_of(name, "given")), text=text_of(name, "text"))


def address_of(address: Resource) -> Address | None:
    """An Address."""
    if not address:
        return None
    return Address(
        lines=tuple(texts_of(address, "line")),
        suburb=text_of(address, "district"),
        city=text_of(address, "city"),
        postal_code=text_of(address, "postalCode"),
        country=text_of(address, "country"),
    )


def phones_of(holder: Resource) -> tuple[str, ...]:
    """The telephone numbers among the contact points."""
    points = [point for point in parts_of(holder, "telecom") if point.get("system") in {"phone", None}]
    return tuple(filter(None, (text_of(point, "value") for point in points)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
