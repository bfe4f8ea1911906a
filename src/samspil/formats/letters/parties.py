"""Parties and persons: how letters say who, and the model's words for it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from samspil.catalogue.legacy.shapes import Shape
from samspil.domain.clinical.letter import Relative
from samspil.domain.codes import Code
from samspil.domain.identifiers import Cpr, Unchecked
from samspil.domain.message import Address, IdentifierKind, Party, PartyIdentifier, Person, PersonName, Professional
from samspil.formats.letters.binding import DAY, STRING, Converter, Row, given, taken, words
from samspil.formats.letters.tree import Tree

_REGISTERS: Mapping[str, IdentifierKind] = MappingProxyType(
    {
        "sygehusafdelingsnummer": IdentifierKind.SHAK,
        "ydernummer": IdentifierKind.YDER,
        "lokationsnummer": IdentifierKind.GLN,
        "kommunenummer": IdentifierKind.MUNICIPALITY,
        "sorkode": IdentifierKind.SOR,
    }
)
_REGISTER_WORDS = {kind: word for word, kind in _REGISTERS.items()}
_LOCAL = "lokal:"
_NAMES = (
    Row("OrganisationName", "name", STRING),
    Row("DepartmentName", "department", STRING),
    Row("UnitName", "unit", STRING),
    Row("MedicalSpecialityCode", "speciality", STRING),
)
_PEOPLE = {
    "Referrer": {"name": "PersonName", "role": "PersonTitle"},
    "Examinator": {"name": "PersonInitials"},
    "Physician": {"name": "PersonInitials"},
    "Issuer": {"authorisation": "AuthorisationIdentifier", "name": "TitleAndName", "role": "Occupation"},
    "PersonInOrganisation": {"name": "TitleAndName"},
}


def read_party(tree: Any) -> Party:
    if not isinstance(tree, dict):
        raise ValueError("no party")
    said = taken(tree, _NAMES)
    phone = tree.pop("TelephoneSubscriberIdentifier", "")
    return Party(
        **said,
        identifiers=_identifiers(tree),
        address=_read_address(tree),
        phones=(phone,) if phone else (),
        professional=_read_professional(tree),
    )


def _identifiers(tree: Tree) -> tuple[PartyIdentifier, ...]:
    found: list[PartyIdentifier] = []
    if number := tree.pop("EANIdentifier", ""):
        found.append(PartyIdentifier(IdentifierKind.GLN, number))
    if value := tree.pop("Identifier", ""):
        word = tree.pop("IdentifierCode", "")
        if local := tree.pop("IdentifierLocal", ""):
            word = f"{_LOCAL}{local}"
        kind = _REGISTERS.get(word, IdentifierKind.OTHER)
        found.append(PartyIdentifier(kind, value, "" if kind is not IdentifierKind.OTHER else word))
    return tuple(found)


def _read_address(tree: Tree) -> Address | None:
    street, suburb = tree.pop("StreetName", ""), tree.pop("SuburbName", "")
    city, code_ = tree.pop("DistrictName", ""), tree.pop("PostCodeIdentifier", "")
    if not (street or suburb or city or code_):
        return None
    return Address(lines=(street,) if street else (), suburb=suburb, city=city, postal_code=code_)


def _read_professional(tree: Tree) -> Professional | None:
    """The person who speaks for a party, where exactly what the model has is said of them."""
    for element, names in _PEOPLE.items():
        said = tree.get(element)
        if isinstance(said, dict) and said and set(said) <= set(names.values()):
            del tree[element]
            values = {attribute: said.get(name, "") for attribute, name in names.items()}
            name = PersonName(text=values.pop("name", ""))
            return Professional(name=name if name.text else None, **values)
    return None


def _write_party(party: Party | None) -> Tree | None:
    return {".party": party} if party and party != Party() else None


PARTY = Converter(read_party, _write_party)


def party_tree(party: Party, shape: Shape) -> Tree:
    """A party as its element's shape has it."""
    tree: Tree = given(party, _NAMES)
    rest = list(party.identifiers)
    if "EANIdentifier" in shape.children and rest and rest[0].kind is IdentifierKind.GLN:
        tree["EANIdentifier"] = rest.pop(0).value
    if rest:
        tree["Identifier"] = rest[0].value
        word = _REGISTER_WORDS.get(rest[0].kind, rest[0].system)
        if word.startswith(_LOCAL):
            tree["IdentifierLocal"] = word.removeprefix(_LOCAL)
        elif word:
            tree["IdentifierCode"] = word
    tree |= _address_tree(party.address)
    if party.phones:
        tree["TelephoneSubscriberIdentifier"] = party.phones[0]
    if professional := party.professional:
        element = next((name for name in _PEOPLE if name in shape.children), "Physician")
        said = {"name": str(professional.name or ""), "role": professional.role}
        said["authorisation"] = professional.authorisation
        names = _PEOPLE[element]
        tree[element] = {name: said[attribute] for attribute, name in names.items() if said[attribute]}
    return tree


def _address_tree(address: Address | None) -> Tree:
    if address is None:
        return {}
    values = {
        "StreetName": "".join(address.lines[:1]),
        "SuburbName": address.suburb,
        "DistrictName": address.city,
        "PostCodeIdentifier": address.postal_code,
    }
    return {name: value for name, value in values.items() if value}


_SEXES = words({"hankoen": "male", "hunkoen": "female"})


def _read_person(tree: Any) -> Person:
    if not isinstance(tree, dict):
        raise ValueError("no person")
    number, system = tree.pop("CivilRegistrationNumber", ""), ""
    relative = tree.pop("PersonIdentifier", "")
    if alternative := tree.pop("AlternativeIdentifier", ""):
        number, system = alternative, "alternative"
    family, given_name = tree.pop("PersonSurnameName", ""), tree.pop("PersonGivenName", None)
    said = taken(tree, (Row("PatientDateOfBirth", "birth_date", DAY), Row("PatientSex", "gender", _SEXES)))
    phone = tree.pop("TelephoneSubscriberIdentifier", "")
    return Person(
        **said,
        number=(Unchecked(number) if system else Cpr.read(number or relative)) if number or relative else None,
        number_system=system or ("relative" if relative else ""),
        name=_read_name(family, given_name),
        address=_read_address(tree),
        phones=(phone,) if phone else (),
    )


def _read_name(family: str, given: str | None) -> PersonName | None:
    if not family and given is None:
        return None
    return PersonName(family=family, given=() if given is None else (given,))


def _write_person(person: Person | None) -> Tree | None:
    if person is None:
        return None
    tree: Tree = {}
    if person.number is not None:
        number = person.number.reveal()
        names = {"alternative": "AlternativeIdentifier", "relative": "PersonIdentifier"}
        tree[names.get(person.number_system, "CivilRegistrationNumber")] = number
    if person.name:
        names = {"PersonSurnameName": person.name.family, "PersonGivenName": " ".join(person.name.given)}
        tree |= {name: value for name, value in names.items() if value}
    tree |= _address_tree(person.address)
    if person.phones:
        tree["TelephoneSubscriberIdentifier"] = person.phones[0]
    if person.birth_date:
        tree["PatientDateOfBirth"] = person.birth_date.isoformat()
    if person.gender:
        tree["PatientSex"] = _SEXES.write(person.gender)
    return tree


PERSON = Converter(_read_person, _write_person)


def _read_relative(tree: Any) -> Relative:
    if not isinstance(tree, dict):
        raise ValueError("no relative")
    relation = tree.pop("RelationCode", "")
    return Relative(relation=Code(relation, "relation") if relation else None, person=_read_person(tree))


def _write_relative(relative: Relative | None) -> Tree | None:
    if relative is None:
        return None
    relation: Tree = {"RelationCode": relative.relation.code} if relative.relation else {}
    return relation | (_write_person(relative.person) or {})


RELATIVE = Converter(_read_relative, _write_relative)
