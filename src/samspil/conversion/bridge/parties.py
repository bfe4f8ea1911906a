"""Parties and citizens from one generation to the other.

FHIR asks for a GLN and a SOR code and leaves the rest to the organisation register; a letter brings name, address,
telephone and speciality, and one number of its own choice beside the GLN.
"""

from collections.abc import Iterable
from dataclasses import replace

from samspil.catalogue.identifier_systems import CPR, PERSONS, PersonNumber
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.directory import Listing
from samspil.domain.identifiers import Cpr, Ecpr, Gln, Sor
from samspil.domain.message import Address, IdentifierKind, Party, PartyIdentifier, Person, PersonName
from samspil.formats.fhir.writer.people import SOR_ADDRESS

_NAME, _LINE, _PERSON_NAME, _PHONE = 35, 35, 70, 25
_NATIONAL, _REGIONAL = "urn:oid:1.2.208.176.1.6.1.1", "urn:oid:1.2.208.176.1.6.1.3"
ALTERNATIVE = "alternative"
"""How the model marks a replacement number in a letter, which does not say whose it is."""


# ------------------------------------------------------------------------------------------------- letter to FHIR
def listing_of(crossing: Crossing, party: Party) -> Listing:
    """What registers know of a letter's party: by its location number, else by the other numbers it gives."""
    find = crossing.directory.find_listing
    return next((found for row in party.identifiers if (found := find(row.kind, row.value))), Listing())


def fhir_party(crossing: Crossing, party: Party, where: str) -> Party:
    """A letter's party as FHIR names it. `where` is its element in the letter."""
    listing = listing_of(crossing, party)
    gln = party.identifier(IdentifierKind.GLN) or listing.gln
    if not gln:
        crossing.missing(f"{where}/EANIdentifier")
    elif not Gln.fits(gln):
        crossing.unsound(f"{where}/EANIdentifier", "GLN")
    sor = party.identifier(IdentifierKind.SOR) or listing.sor
    if not sor:
        crossing.missing(f"{where}: Organization.identifier[SOR-ID]")
    elif not Sor.fits(sor):
        crossing.unsound(f"{where}/Identifier", "SOR code")
    name = ", ".join(_names(party)) or listing.name
    _lose_details(crossing, party, where)
    identifiers = (PartyIdentifier(IdentifierKind.GLN, gln), PartyIdentifier(IdentifierKind.SOR, sor))
    others = tuple(row for row in party.identifiers if row.kind in {IdentifierKind.YDER, IdentifierKind.CVR})
    return Party(name=name or gln, identifiers=(*identifiers, *others), endpoint=SOR_ADDRESS + sor)


def _names(party: Party) -> Iterable[str]:
    """Name, department and unit; an underscore says that there is none."""
    return (name for name in (party.name, party.department, party.unit) if name and name != "_")


def _lose_details(crossing: Crossing, party: Party, where: str) -> None:
    address = party.address or Address()
    rows = {
        "StreetName": address.lines,
        "SuburbName": address.suburb,
        "DistrictName": address.city,
        "PostCodeIdentifier": address.postal_code,
        "MedicalSpecialityCode": party.speciality,
    }
    for name, value in rows.items():
        crossing.lose_if(value, f"{where}/{name}", "registered")
    kept = {IdentifierKind.GLN, IdentifierKind.SOR, IdentifierKind.YDER, IdentifierKind.CVR}
    for row in party.identifiers:
        crossing.lose_if(row.kind not in kept, f"{where}/Identifier", "registered")


def fhir_patient(crossing: Crossing, person: Person | None, *, deceased: bool | None = None) -> Person:
    """A letter's citizen as FHIR names them."""
    if person is None or person.number is None:
        crossing.missing("Patient/CivilRegistrationNumber")
        return Person()
    value = person.number.reveal()
    number, system = Cpr.read(value), CPR
    if person.number_system == ALTERNATIVE:
        number, system = Ecpr.read(value), _NATIONAL if value[6:7] in {"1", "7"} else _REGIONAL
    if not isinstance(number, Cpr | Ecpr):
        kind = "replacement CPR number" if person.number_system else "CPR number"
        crossing.unsound(
            f"Patient/{'AlternativeIdentifier' if person.number_system else 'CivilRegistrationNumber'}", kind
        )
    name = person.name
    if name:
        name = PersonName(family=name.family, given=tuple(" ".join(name.given).split()))
    return replace(person, number=number, number_system=system, name=name, deceased=deceased)


# ------------------------------------------------------------------------------------------------- FHIR to letter
def letter_sender(crossing: Crossing, party: Party, *, phone: str = "") -> Party:
    """A FHIR message's sender as letters name it; letters demand its name."""
    where = "MessageHeader.sender"
    sender = _letter_party(crossing, party, where)
    crossing.demand(sender.name, f"{where}.name")
    return replace(sender, phones=(crossing.cut(phone, _PHONE, f"{where}.telecom"),) if phone else ())


def letter_receiver(crossing: Crossing, party: Party) -> Party:
    """A FHIR message's receiver as letters name it."""
    return _letter_party(crossing, party, "MessageHeader.destination.receiver")


def _letter_party(crossing: Crossing, party: Party, where: str) -> Party:
    """By GLN and SOR code, and by name. `where` is the party's place in the FHIR message."""
    gln = crossing.demand(party.identifier(IdentifierKind.GLN), f"{where}.identifier[EAN-ID]")
    sor = crossing.demand(party.identifier(IdentifierKind.SOR), f"{where}.identifier[SOR-ID]")
    for row in party.identifiers:
        crossing.lose_if(
            row.kind not in {IdentifierKind.GLN, IdentifierKind.SOR}, f"{where}.identifier[{row.kind.value}]"
        )
    crossing.lose_if(party.phones, f"{where}.telecom")
    crossing.lose_if(party.professional, f"{where}.contact")
    name, department, unit = _split(crossing, party.name or listing_of(crossing, party).name, f"{where}.name")
    return Party(
        name=name,
        department=department,
        unit=unit,
        identifiers=(PartyIdentifier(IdentifierKind.GLN, gln), PartyIdentifier(IdentifierKind.SOR, sor)),
    )


def _split(crossing: Crossing, name: str, where: str) -> tuple[str, str, str]:
    """A name over the three elements of a letter, at its commas; what is still too long is cut."""
    parts = name.split(", ", 2) if len(name) > _NAME else [name]
    fits = [crossing.cut(part, _NAME, where) for part in parts] + ["", ""]
    return fits[0], fits[1], fits[2]


def letter_patient(crossing: Crossing, person: Person | None) -> Person | None:
    """A FHIR message's citizen as letters name them."""
    if person is None or person.number is None:
        crossing.missing("Patient.identifier")
        return None
    kind = PERSONS.get(person.number_system)
    if kind is None:
        crossing.unsound("Patient.identifier", "CPR number")
    crossing.lose_if(person.phones, "Patient.telecom")
    crossing.lose_if(person.birth_date, "Patient.birthDate")
    crossing.lose_if(person.gender, "Patient.gender")
    crossing.lose_if(person.number_system not in {CPR, _NATIONAL, _REGIONAL}, "Patient.identifier.system", "changed")
    return Person(
        number=person.number,
        number_system=ALTERNATIVE if kind is PersonNumber.ECPR else "",
        name=_letter_name(crossing, person.name),
        address=_letter_address(crossing, person.address),
    )


def _letter_name(crossing: Crossing, name: PersonName | None) -> PersonName | None:
    if name is None:
        return None
    crossing.lose_if(name.text and (name.family or name.given), "Patient.name.text")
    crossing.lose_if(any(" " in one for one in name.given), "Patient.name.given", "changed")
    family = name.family or ("" if name.given else name.text)
    crossing.lose_if(family != name.family, "Patient.name.text", "changed")
    given = crossing.cut(" ".join(name.given), _PERSON_NAME, "Patient.name.given")
    return PersonName(family=crossing.cut(family, _PERSON_NAME, "Patient.name.family"), given=(given,) if given else ())


def _letter_address(crossing: Crossing, address: Address | None) -> Address | None:
    if address is None:
        return None
    crossing.lose_if(address.country, "Patient.address.country")
    crossing.lose_if(len(address.lines) > 1, "Patient.address.line", "changed")
    line = crossing.cut(", ".join(address.lines), _LINE, "Patient.address.line")
    return Address(
        lines=(line,) if line else (),
        suburb=crossing.cut(address.suburb, _LINE, "Patient.address.district"),
        city=crossing.cut(address.city, _LINE, "Patient.address.city"),
        postal_code=crossing.cut(address.postal_code, 9, "Patient.address.postalCode"),
    )
