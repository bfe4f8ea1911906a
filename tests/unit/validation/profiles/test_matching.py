"""Which slice an item belongs to: by value, pattern, value set, type, profile, presence, and inside extensions."""

from typing import Any

import pytest

from samspil.formats.fhir.bundle import Bundle
from samspil.validation.profiles.matching import Step, holds, read_steps, type_in_text, values_at
from samspil.validation.profiles.scene import Scene
from tests.unit.validation.profiles.conftest import Judged, places, table

HEAD = "In: 1.0.0\nOf: {of}\nParent: {of}\n"


def faults_of(judged: Judged, of: str, rules: str, resource: dict[str, Any], *more: str) -> list[tuple[str, str, str]]:
    """The faults of a resource under a profile of one element's slices."""
    block = f"Profile: t:p\n{HEAD.format(of=of)}{rules}"
    return places(judged(table("\n\n".join((block, *more))), {"resourceType": of, **resource}))


def test_a_pattern_below_tells(judged: Judged) -> None:
    """The path may lead through lists and into what the slice says there."""
    rules = '* category by value coding.code; closed\n* category[lab] 0..1\n* category[lab].coding.code = "laboratory"'
    good = {"coding": [{"code": "laboratory"}]}
    base: dict[str, Any] = {"status": "final", "code": {"text": "x"}}
    assert faults_of(judged, "Observation", rules, base | {"category": [good]}) == []
    assert faults_of(judged, "Observation", rules, base | {"category": [{"coding": [{"code": "x"}]}]}) == [
        ("fhir.slice.unmatched", "p#Observation.category", "category.0")
    ]


def test_a_value_set_tells(judged: Judged) -> None:
    """A slice may be told by a required binding: any of the set's codes belongs to it."""
    colours = "ValueSet: t:colours\nIn: 1.0.0\n* http://example.org/colour urn:red urn:blue"
    rules = (
        "* identifier by value system; closed\n* identifier[colour] 0..*\n"
        "* identifier[colour].system 1.. from t:colours"
    )
    assert faults_of(judged, "Patient", rules, {"identifier": [{"system": "urn:red"}]}, colours) == []
    assert faults_of(judged, "Patient", rules, {"identifier": [{"system": "urn:green"}]}, colours) == [
        ("fhir.slice.unmatched", "p#Patient.identifier", "identifier.0")
    ]


def test_a_types_profile_tells(judged: Judged) -> None:
    """What tells may be said in the profile of the slice's type."""
    number = f'Profile: t:number\n{HEAD.format(of="Identifier")}* system 1.. exactly "urn:number"\n* value 1..'
    rules = "* identifier by value system; open\n* identifier[number] 1..1 Identifier(t:number)"
    missing = faults_of(judged, "Patient", rules, {"identifier": [{"system": "urn:number"}]}, number)
    assert missing == [("fhir.element.missing", "number#Identifier.value", "identifier.0.value")]


def test_an_extension_tells(judged: Judged) -> None:
    """`extension('…').value.code` looks into the extension with that address."""
    use = f'Profile: t:use\n{HEAD.format(of="Extension")}* url exactly "http://example.org/use"\n* value[x] 1.. Coding'
    rules = (
        "* destination by value extension('http://example.org/use').value.code; closed\n"
        "* destination[primary] 1..1\n"
        "* destination[primary].extension[use] 1..1 Extension(t:use)\n"
        '* destination[primary].extension[use].value[x].code = "primary"'
    ).replace("t:use", "http://example.org/fhir/StructureDefinition/use")
    header: dict[str, Any] = {"eventUri": "http://example.org/e", "source": {"endpoint": "http://example.org"}}

    def destination(code: str) -> dict[str, Any]:
        return {
            "endpoint": "http://example.org",
            "extension": [{"url": "http://example.org/use", "valueCoding": {"code": code}}],
        }

    assert faults_of(judged, "MessageHeader", rules, header | {"destination": [destination("primary")]}, use) == []
    codes = [
        fault[0]
        for fault in faults_of(judged, "MessageHeader", rules, header | {"destination": [destination("cc")]}, use)
    ]
    assert codes == ["fhir.slice.unmatched", "fhir.slice.missing"]


def test_a_choices_type_tells(judged: Judged) -> None:
    """`$this.content` tells slices by which type of content[x] there is."""
    rules = (
        "* payload by type $this.content; closed\n* payload[text] 0..*\n* payload[text].content[x] string\n"
        "* payload[file] 0..1\n* payload[file].content[x] Attachment\n* payload[file].content[x].title 1.."
    )
    base: dict[str, Any] = {"status": "unknown"}
    assert faults_of(judged, "Communication", rules, base | {"payload": [{"contentString": "x"}]}) == []
    assert faults_of(
        judged, "Communication", rules, base | {"payload": [{"contentAttachment": {"url": "http://x"}}]}
    ) == [
        ("fhir.element.missing", "p#Communication.payload:file.content[x].title", "payload.0.contentAttachment.title")
    ]
    assert faults_of(judged, "Communication", rules, base | {"payload": [{"contentReference": {"display": "x"}}]}) == [
        ("fhir.slice.unmatched", "p#Communication.payload", "payload.0")
    ]


def test_presence_tells(judged: Judged) -> None:
    """A slice may be for items that have, or have not, an element."""
    rules = (
        "* telecom by exists period; closed\n* telecom[dated] 0..1\n* telecom[dated].period 1..\n"
        "* telecom[undated] 0..0\n* telecom[undated].period ..0"
    )
    assert faults_of(judged, "Patient", rules, {"telecom": [{"system": "sms", "period": {"start": "2024"}}]}) == []
    assert faults_of(judged, "Patient", rules, {"telecom": [{"system": "sms"}]}) == [
        ("fhir.slice.forbidden", "p#Patient.telecom:undated", "telecom")
    ]


def test_a_choice_may_be_cut_by_type(judged: Judged) -> None:
    """value[x] cut by type: each type keeps its own rules, and the one that must be there is asked for."""
    rules = "* value[x] by type $this; open\n* valueQuantity 1..1\n* valueQuantity.unit 1.."
    base: dict[str, Any] = {"status": "final", "code": {"text": "x"}}
    assert faults_of(judged, "Observation", rules, base | {"valueQuantity": {"value": 1}}) == [
        ("fhir.element.missing", "p#Observation.value[x]:valueQuantity.unit", "valueQuantity.unit")
    ]
    assert faults_of(judged, "Observation", rules, base | {"valueString": "x"}) == [
        ("fhir.slice.missing", "p#Observation.value[x]:valueQuantity", "")
    ]


def test_the_targets_profile_or_type_tells(rulebook: Any) -> None:
    """`resolve()` looks at the resource that a reference leads to."""
    named = "Profile: t:named\nIn: 1.0.0\nOf: Organization\nParent: Organization\n* name 1..\n* identifier 1.."
    rules = (
        "* performer by profile resolve(); closed\n* performer[named] 1..1 Reference(t:named)\n"
        "* performer[role] 0..1 Reference(PractitionerRole)"
    ).replace("t:named", "http://example.org/fhir/StructureDefinition/named")
    book = rulebook(table(f"Profile: t:p\n{HEAD.format(of='Observation')}{rules}\n\n{named}"))
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "performer": [{"reference": "Organization/a"}, {"reference": "Organization/b"}],
    }
    organisations = [
        {"resourceType": "Organization", "id": "a", "name": "A", "identifier": [{"value": "1"}]},
        {"resourceType": "Organization", "id": "b", "name": "B"},
    ]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (observation, *organisations)]}
    scene = Scene(bundle, Bundle(bundle), book)
    scene.stand_in(scene.bundle.entries[0])
    check = book.profile("http://example.org/fhir/StructureDefinition/p").check
    assert places(check(observation, scene)) == [("fhir.slice.unmatched", "p#Observation.performer", "performer.1")]


def test_paths_are_read_word_by_word() -> None:
    """`$this` says nothing; extension(…), resolve() and ofType(…) are words of their own."""
    assert read_steps("$this") == ()
    assert read_steps("$this.resolve()") == (Step("resolve"),)
    assert read_steps("extension('u').value.ofType(Coding).code") == (
        Step("extension", "u"), Step("name", "value"), Step("type", "Coding"), Step("name", "code"),
    )  # fmt: skip
    with pytest.raises(ValueError, match="not a discriminator"):
        read_steps("a[0]")


def test_values_are_found_through_lists_and_choices() -> None:
    """A name without its type finds any type of it."""
    item = {"coding": [{"code": "a"}, {"code": "b"}, "junk"], "valueCode": "c"}
    assert list(values_at(item, read_steps("coding.code"))) == ["a", "b"]
    assert list(values_at(item, read_steps("value"))) == ["c"]
    assert list(values_at("junk", read_steps("a.b"))) == []


def test_patterns_may_be_exceeded() -> None:
    """More is fine, other is not; true is not 1."""
    assert holds({"a": [{"b": 1}, {"c": 2}], "d": 3}, {"a": [{"c": 2}]})
    assert not holds({"a": [{"c": 3}]}, {"a": [{"c": 2}]})
    assert not holds(True, 1)


def test_a_references_text_names_a_type() -> None:
    """Relative and absolute references do, a UUID does not."""
    assert type_in_text("Patient/1") == type_in_text("https://example.org/fhir/Patient/1") == "Patient"
    assert type_in_text("urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e") == ""
