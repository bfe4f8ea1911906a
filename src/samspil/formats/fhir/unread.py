"""What a FHIR message says beyond what the model holds: kept, with its path and the wire's own spelling.

The table names, for each type of resource, the places that a reader takes in; all others are unread. A narrative
only repeats what its resource says, unless it declares itself `additional`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson

from samspil.domain.message import Unread
from samspil.formats.fhir.elements import text_of
from samspil.formats.fhir.tree import Tree

_IDENTIFIER = "identifier(system value use)"
_PERSON_NAME = "name(use family given text)"
_ADDRESS = "address(use line city district postalCode country)"
_PHONE = "telecom(system value use)"
_CODE = "coding(system code display version) text"
_REFERENCE = "reference type"
_FILE = "contentType data url title creation size"

_ALWAYS = "resourceType id meta(profile versionId lastUpdated) implicitRules language text(status div)"

TABLE = {
    "Bundle": "type timestamp identifier(system value) entry(fullUrl resource)",
    "MessageHeader": f"""eventCoding(system code display) destination(endpoint receiver({_REFERENCE})
        extension=medcom-messaging-destinationUseExtension(valueCoding)) sender({_REFERENCE})
        source(endpoint name) focus({_REFERENCE}) definition response(identifier code details({_REFERENCE}))
        extension=medcom-messaging-reportOfAdmissionExtension(valueBoolean)
        extension=medcom-messaging-reportOfAdmissionRecipientExtension(valueReference({_REFERENCE}))""",
    "Patient": f"{_IDENTIFIER} {_PERSON_NAME} {_PHONE} gender birthDate deceasedBoolean deceasedDateTime {_ADDRESS}",
    "Organization": f"{_IDENTIFIER} name {_PHONE} {_ADDRESS} contact({_PERSON_NAME})",
    "Practitioner": f"{_IDENTIFIER} {_PERSON_NAME} {_PHONE}",
    "PractitionerRole": f"practitioner({_REFERENCE}) organization({_REFERENCE}) code({_CODE}) {_PHONE}",
    "CareTeam": f"name managingOrganization({_REFERENCE})",
    "Communication": f"""identifier(value assigner({_REFERENCE})) status category({_CODE}) priority
        subject({_REFERENCE}) topic(text) encounter({_REFERENCE}) recipient({_REFERENCE})
        extension=medcom-core-sender-extension(valueReference({_REFERENCE}))
        payload(contentString contentAttachment({_FILE})
            extension=medcom-core-datetime-extension(valueDateTime)
            extension=medcom-core-identifier-extension(valueIdentifier(system value assigner({_REFERENCE})))
            extension=medcom-core-practitioner-extension(valueReference({_REFERENCE}))
            extension=medcom-core-contact-extension(valueContactPoint(system value use)))""",
    "Encounter": f"""status class(system code display) subject({_REFERENCE}) episodeOfCare(identifier(system value))
        period(start end) serviceProvider({_REFERENCE})
        extension=medcom-hospitalnotifiation-leave-period-extension(valuePeriod(start end))""",
    "Provenance": f"""target({_REFERENCE}) occurredDateTime recorded activity({_CODE}) agent(who({_REFERENCE}))
        entity(role what({_REFERENCE} identifier(system value)))""",
    "OperationOutcome": f"issue(severity code details({_CODE}) diagnostics expression location)",
    "DiagnosticReport": f"""status code({_CODE}) subject({_REFERENCE}) issued performer({_REFERENCE})
        result({_REFERENCE}) media(link({_REFERENCE})) conclusion meta(security)""",
    "Observation": f"""identifier(system value) status code({_CODE}) subject({_REFERENCE}) effectiveDateTime
        effectivePeriod(start end) performer({_REFERENCE}) valueQuantity(value comparator unit system code) valueString
        valueCodeableConcept({_CODE}) interpretation({_CODE}) note(text)
        extension=medcom-observation-value-attachment-extension(valueAttachment({_FILE}))""",
    "Media": f"identifier(system value assigner({_REFERENCE})) status operator({_REFERENCE}) content({_FILE})",
    "Composition": f"""identifier(system value) status type({_CODE}) category({_CODE}) subject({_REFERENCE}) date
        author({_REFERENCE}) title confidentiality section(title text(status div) entry({_REFERENCE}))""",
    "Condition": f"category({_CODE}) code({_CODE}) subject({_REFERENCE}) onsetDateTime recordedDate note(text)",
}

Taken = dict[str, "Taken"]


def unread_of(tree: Tree) -> tuple[Unread, ...]:
    """Everything in the tree that no builder takes in."""
    return tuple(_left(tree.root, _taken("Bundle"), "Bundle" if _is_bundle(tree.root) else ""))


def _left(resource: dict[str, Any], taken: Taken, path: str) -> Iterator[Unread]:
    path = path or text_of(resource, "resourceType")
    for name, value in resource.items():
        for place, item in enumerate(value) if isinstance(value, list) else ((None, value),):
            here = f"{path}.{name}" if place is None else f"{path}.{name}[{place}]"
            yield from _look(name, item, taken, here)


def _look(name: str, item: object, taken: Taken, here: str) -> Iterator[Unread]:
    if name == "resource" and isinstance(item, dict):
        type_name = text_of(item, "resourceType")
        yield from _left(item, _taken(type_name), f"{here}({type_name})")
        return
    key = name
    if name == "extension" and isinstance(item, dict):
        key = f"extension={text_of(item, 'url').rpartition('/')[2]}"
    inner = taken.get(key)
    if inner is None or (name == "text" and isinstance(item, dict) and item.get("status") == "additional"):
        yield Unread(here, orjson.dumps(item).decode())
    elif inner and isinstance(item, dict):
        yield from _left(item, inner if name != "extension" else {**inner, "url": {}}, here)


def _is_bundle(root: dict[str, Any]) -> bool:
    return root.get("resourceType") == "Bundle"


@cache
def _taken(type_name: str) -> Taken:
    """The places of a type, as a tree of names; those of every resource among them."""
    words = f"{_ALWAYS} {TABLE.get(type_name, '')}".replace("(", " ( ").replace(")", " ) ").split()
    taken, _ = _parse(words, 0)
    return taken


def _parse(words: list[str], position: int) -> tuple[Taken, int]:
    taken: Taken = {}
    last = taken
    while position < len(words):
        word = words[position]
        position += 1
        if word == ")":
            break
        if word == "(":
            inner, position = _parse(words, position)
            last.update(inner)
        else:
            last = taken.setdefault(word, {})
    return taken, position
