"""The names of R4's types: which there are, what each is a kind of, and which elements may hold which of them.

Facts of HL7 FHIR R4 (4.0.1), arranged for look-up. Types of the elements themselves come from the environment.
"""

from collections.abc import Mapping
from types import MappingProxyType

from samspil.validation.resource_types import RESOURCE_TYPES

_PLAIN_RESOURCES = frozenset({"Binary", "Bundle", "Parameters", "Resource"})
RESOURCES = RESOURCE_TYPES | {"Resource", "DomainResource"}

_KINDS_OF = {
    "Element": """
        Address Annotation Attachment BackboneElement CodeableConcept Coding ContactDetail ContactPoint Contributor
        DataRequirement Expression Extension HumanName Identifier Meta Money Narrative ParameterDefinition Period
        Quantity Range Ratio Reference RelatedArtifact SampledData Signature TriggerDefinition UsageContext
        base64Binary boolean date dateTime decimal instant integer string time uri xhtml
        """,
    "BackboneElement": """
        Dosage ElementDefinition MarketingStatus Population ProdCharacteristic ProductShelfLife SubstanceAmount Timing
        """,
    "Quantity": "Age Count Distance Duration MoneyQuantity SimpleQuantity",
    "string": "code id markdown",
    "uri": "canonical oid url uuid",
    "integer": "positiveInt unsignedInt",
}
_PARENTS = {
    **{name: parent for parent, names in _KINDS_OF.items() for name in names.split()},
    **dict.fromkeys(RESOURCES - _PLAIN_RESOURCES - {"DomainResource"}, "DomainResource"),
    **dict.fromkeys(_PLAIN_RESOURCES - {"Resource"} | {"DomainResource"}, "Resource"),
}

DATATYPES = (frozenset(_PARENTS) - RESOURCES) | {"Element"}
PRIMITIVES = frozenset(name for name in DATATYPES if name[0].islower())
SYSTEM = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})

_OPEN = """
    Address Age Annotation Attachment CodeableConcept Coding ContactDetail ContactPoint Contributor Count
    DataRequirement Distance Dosage Duration Expression HumanName Identifier Meta Money ParameterDefinition Period
    Quantity Range Ratio Reference RelatedArtifact SampledData Signature Timing TriggerDefinition UsageContext
    base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string
    time unsignedInt uri url uuid
    """
_ORDERED = "Quantity date dateTime decimal instant integer positiveInt time unsignedInt"
_CHOICES = {
    "abatement": "Age Period Range dateTime string",
    "additive": "CodeableConcept Reference",
    "age": "Age CodeableConcept Range string",
    "allowed": "CodeableConcept Money boolean string unsignedInt",
    "amount": "Quantity Range Ratio string",
    "answer": "Coding Quantity Reference boolean date dateTime decimal integer string time",
    "asNeeded": "CodeableConcept boolean",
    "author": "Reference string",
    "born": "Period date string",
    "bounds": "Duration Period Range",
    "characteristic": "CodeableConcept Quantity",
    "chargeItem": "CodeableConcept Reference",
    "code": "CodeableConcept Reference",
    "collected": "Period dateTime",
    "content": "Attachment Reference string",
    "created": "Period dateTime",
    "date": "Period dateTime",
    "deceased": "Age Range boolean date dateTime string",
    "defaultValue": _OPEN,
    "definingSubstance": "CodeableConcept Reference",
    "definition": "CodeableConcept DataRequirement Expression Reference TriggerDefinition canonical uri",
    "detail": "CodeableConcept Quantity Range Ratio boolean integer string",
    "diagnosis": "CodeableConcept Reference",
    "dose": "Quantity Range",
    "doseNumber": "positiveInt string",
    "due": "Duration date",
    "effective": "Period Timing dateTime instant",
    "entity": "CodeableConcept Reference",
    "event": "Coding uri",
    "example": "boolean canonical",
    "fastingStatus": "CodeableConcept Duration",
    "fixed": _OPEN,
    "identified": "Period dateTime",
    "indication": "CodeableConcept Reference",
    "item": "CodeableConcept Reference",
    "legallyBinding": "Attachment Reference",
    "location": "Address CodeableConcept Reference",
    "manufacturer": "Reference string",
    "maxValue": _ORDERED,
    "medication": "CodeableConcept Reference",
    "minValue": _ORDERED,
    "minimumVolume": "Quantity string",
    "module": "CodeableConcept canonical uri",
    "multipleBirth": "boolean integer",
    "name": "Reference url",
    "occurred": "Period dateTime",
    "occurrence": "Period Timing dateTime string",
    "offset": "Duration Range",
    "onset": "Age Period Range dateTime string",
    "participantEffective": "Duration Period Timing dateTime",
    "pattern": _OPEN,
    "performed": "Age Period Range dateTime string",
    "probability": "Range decimal",
    "procedure": "CodeableConcept Reference",
    "product": "CodeableConcept Reference",
    "quantity": "Quantity Range Ratio",
    "rate": "Quantity Range Ratio",
    "reported": "Reference boolean",
    "scheduled": "Period Timing string",
    "seriesDoses": "positiveInt string",
    "serviced": "Period date",
    "source": "Attachment Reference canonical uri",
    "start": "CodeableConcept date",
    "statusReason": "CodeableConcept Reference",
    "studyEffective": "Duration Period Timing dateTime",
    "subject": "CodeableConcept Reference",
    "substance": "CodeableConcept Reference",
    "target": "Identifier Reference canonical uri",
    "time": "Period dateTime",
    "timing": "Age Duration Period Range Reference Timing date dateTime",
    "topic": "CodeableConcept Reference",
    "used": "Money string unsignedInt",
    "value": _OPEN,
    "when": "Period Range",
}


def _keys(element: str, types: str) -> Mapping[str, str]:
    return MappingProxyType({element + name[0].upper() + name[1:]: name for name in types.split()})


CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {element: _keys(element, types) for element, types in _CHOICES.items()}
)
"""For each element that may hold one of several types: its JSON keys, and the type each stands for."""

_ALWAYS = """
    abatement asNeeded born bounds chargeItem collected deceased definingSubstance doseNumber effective fastingStatus
    fixed identified indication legallyBinding maxValue medication minValue minimumVolume module multipleBirth occurred
    occurrence participantEffective pattern performed probability rate scheduled seriesDoses serviced studyEffective
    used value
    """
ALWAYS_CHOICES = frozenset(_ALWAYS.split())
"""Those that no other element shares its name with, so that JSON's key alone says the type. `value` is shared with
primitives only (of identifiers, contact points, quantities), which tell themselves apart by their form."""

CHOICE_KEYS: Mapping[str, str] = MappingProxyType(
    {key: name for keys in CHOICES.values() for key, name in keys.items()}
)
"""Every such key of every such element, and the type it stands for."""


def is_sure_choice(element: str, wanted: str) -> bool:
    """Does JSON's key alone say whether an element of this name is of this type?

    >>> is_sure_choice("value", "Quantity"), is_sure_choice("subject", "Reference")
    (True, False)
    """
    return element in ALWAYS_CHOICES and any(is_kind_of(kind, wanted) for kind in CHOICES[element].values())


def is_kind_of(name: str, wanted: str) -> bool:
    """Is a type the wanted one, or a kind of it? An element's own type (`Patient.contact`) is a BackboneElement.

    >>> is_kind_of("Age", "Quantity"), is_kind_of("Patient", "Element")
    (True, False)
    """
    known: str | None = name
    while known is not None:
        if known == wanted:
            return True
        known = _PARENTS.get(known) or ("BackboneElement" if "." in known else None)
    return False


def known_names() -> list[str]:
    """Every type name of FHIR and System, for suggestions."""
    return sorted(RESOURCES | DATATYPES | SYSTEM)
