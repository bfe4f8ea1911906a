"""R4's own invariants. Source: HL7 FHIR R4 (4.0.1), the element definitions of each type."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.invariants.looks import codes, has, has_choice, items, number, objects, text
from samspil.validation.profiles.invariants.registry import keeps

if TYPE_CHECKING:
    from samspil.validation.profiles.scene import Scene

UCUM: Final = "http://unitsofmeasure.org"
_STATUS: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"


# ---- every resource


@keeps("DomainResource#dom-2", member="contained")
def contained_hold_none(resource: Any, _: "Scene") -> bool:
    """A contained resource contains no others."""
    return not any(has(inner, "contained") for inner in objects(resource, "contained"))


@keeps("DomainResource#dom-3", member="contained")
def contained_are_referenced(resource: Any, _: "Scene") -> bool:
    """A contained resource is referred to from its holder, or refers to it."""
    named = set(_texts(resource))
    return all(f"#{inner.get('id')}" in named or "#" in set(_texts(inner)) for inner in objects(resource, "contained"))


def _texts(node: Any) -> Iterator[str]:
    """Every text below a node."""
    trail = [node]
    while trail:
        value = trail.pop()
        if value.__class__ is dict:
            trail += value.values()
        elif value.__class__ is list:
            trail += value
        elif value.__class__ is str:
            yield value


@keeps("DomainResource#dom-4", member="contained")
def contained_have_no_version(resource: Any, _: "Scene") -> bool:
    """A contained resource has no version and no time of change of its own."""
    return not any(
        has(meta, "versionId") or has(meta, "lastUpdated")
        for inner in objects(resource, "contained")
        for meta in objects(inner, "meta")
    )


@keeps("DomainResource#dom-5", member="contained")
def contained_have_no_label(resource: Any, _: "Scene") -> bool:
    """A contained resource has no security label of its own."""
    return not any(has(meta, "security") for inner in objects(resource, "contained") for meta in objects(inner, "meta"))


# ---- bundles


@keeps("Bundle#bdl-1")
def total_only_in_search(bundle: Any, _: "Scene") -> bool:
    """Only search results and histories have a total."""
    return not has(bundle, "total") or bundle.get("type") in ("searchset", "history")


@keeps("Bundle#bdl-2")
def search_only_in_search(bundle: Any, _: "Scene") -> bool:
    """Only entries of search results tell how they were found."""
    if bundle.get("type") == "searchset":
        return True
    return not [True for entry in objects(bundle, "entry") if "search" in entry or "_search" in entry]


@keeps("Bundle#bdl-3")
def requests_in_batches(bundle: Any, _: "Scene") -> bool:
    """Entries of batches, transactions and histories have a request, others none."""
    wanted = bundle.get("type") in ("batch", "transaction", "history")
    return not [True for entry in objects(bundle, "entry") if ("request" in entry) is not wanted]


@keeps("Bundle#bdl-4")
def responses_in_answers(bundle: Any, _: "Scene") -> bool:
    """Entries of answers to batches and transactions and of histories have a response, others none."""
    wanted = bundle.get("type") in ("batch-response", "transaction-response", "history")
    return not [True for entry in objects(bundle, "entry") if ("response" in entry) is not wanted]


@keeps("Bundle#bdl-5", by_names=True)
def entries_say_something(entry: Any, _: "Scene") -> bool:
    """An entry has a resource, a request or a response."""
    return "resource" in entry or "request" in entry or "response" in entry


@keeps("Bundle#bdl-7")
def addresses_are_different(bundle: Any, _: "Scene") -> bool:
    """No two entries have the same full URL and version."""
    if bundle.get("type") == "history":
        return True
    addresses = [entry.get("fullUrl") for entry in objects(bundle, "entry")]
    told = [address for address in addresses if address.__class__ is str]
    if len(told) == len(set(told)):
        return True
    seen: set[str] = set()
    for entry in objects(bundle, "entry"):
        address = text(entry, "fullUrl")
        if not address:
            continue
        meta = next(iter(objects(entry.get("resource"), "meta")), None)
        key = address + "|" + text(meta, "versionId")
        if key in seen:
            return False
        seen.add(key)
    return True


@keeps("Bundle#bdl-8")
def address_without_version(entry: Any, _: "Scene") -> bool:
    """A full URL names no version."""
    address = entry.get("fullUrl")
    return address.__class__ is not str or "/_history/" not in address


@keeps("Bundle#bdl-9")
def document_is_identified(bundle: Any, _: "Scene") -> bool:
    """A document has an identifier with a system and a value."""
    if bundle.get("type") != "document":
        return True
    return any(has(row, "system") for row in objects(bundle, "identifier")) and any(
        has(row, "value") for row in objects(bundle, "identifier")
    )


@keeps("Bundle#bdl-10")
def document_is_dated(bundle: Any, _: "Scene") -> bool:
    """A document has a time."""
    return bundle.get("type") != "document" or "timestamp" in bundle


@keeps("Bundle#bdl-11")
def document_begins_with_composition(bundle: Any, _: "Scene") -> bool:
    """A document's first resource is a Composition."""
    return bundle.get("type") != "document" or _first_type(bundle) == "Composition"


@keeps("Bundle#bdl-12")
def message_begins_with_header(bundle: Any, _: "Scene") -> bool:
    """A message's first resource is a MessageHeader."""
    return bundle.get("type") != "message" or _first_type(bundle) == "MessageHeader"


def _first_type(bundle: Any) -> str:
    first = next(iter(objects(bundle, "entry")), None)
    return text(next(iter(objects(first, "resource")), None), "resourceType")


# ---- datatypes


@keeps("Reference#ref-1")
def local_reference_is_contained(reference: Any, scene: "Scene") -> bool:
    """A reference that begins with # names a resource contained here."""
    target = reference.get("reference")
    if target.__class__ is not str or target[:1] != "#":
        return True
    return any(inner.get("id") == target[1:] for inner in objects(scene.resource, "contained"))


@keeps("Attachment#att-1", by_names=True)
def data_has_a_type(attachment: Any, _: "Scene") -> bool:
    """Data comes with its media type."""
    return "data" not in attachment or has(attachment, "contentType")


@keeps("ContactPoint#cpt-2", by_names=True)
def contact_says_what_it_is(contact: Any, _: "Scene") -> bool:
    """A contact with a value says what kind of contact it is."""
    return not has(contact, "value") or has(contact, "system")


@keeps("Period#per-1")
def period_runs_forward(period: Any, _: "Scene") -> bool | None:
    """A period does not end before it starts."""
    start, end = period.get("start"), period.get("end")
    if start.__class__ is not str or end.__class__ is not str:
        return True
    return _in_order(start, end)


def _in_order(start: str, end: str) -> bool | None:
    """Is one time not after another? None where their precision does not tell."""
    if "T" in start and "T" in end:
        first, second = _moment(start), _moment(end)
        return None if first is None or second is None else first <= second
    length = min(len(start.partition("T")[0]), len(end.partition("T")[0]))
    if start[:length] != end[:length]:
        return start[:length] < end[:length]
    return None


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


@keeps("Quantity#qty-3", by_names=True)
def code_has_a_system(quantity: Any, _: "Scene") -> bool:
    """A unit's code comes with its system."""
    return not has(quantity, "code") or has(quantity, "system")


@keeps("Age#age-1")
def age_is_positive(quantity: Any, _: "Scene") -> bool:
    """An age is positive and its unit is coded in UCUM."""
    value = number(quantity, "value")
    return _is_ucum(quantity) and (value is None or value > 0)


@keeps("Distance#dis-1")
def distance_is_in_ucum(quantity: Any, _: "Scene") -> bool:
    """A distance's unit is coded in UCUM."""
    return _is_ucum(quantity)


@keeps("Count#cnt-3")
def count_is_whole(quantity: Any, _: "Scene") -> bool:
    """A count is a whole number without a unit."""
    value = quantity.get("value")
    return _is_ucum(quantity) and quantity.get("code", "1") == "1" and value.__class__ is not float


def _is_ucum(quantity: Any) -> bool:
    return (has(quantity, "code") or not has(quantity, "value")) and quantity.get("system", UCUM) == UCUM


@keeps("Duration#drt-1")
def duration_is_in_ucum(quantity: Any, _: "Scene") -> bool | None:
    """A duration with a unit code has UCUM as system, and a value. (That there is a system is another rule's.)"""
    if not has(quantity, "code"):
        return True
    if not has(quantity, "value"):
        return False
    return quantity.get("system") == UCUM if has(quantity, "system") else None


@keeps("SimpleQuantity#sqty-1", by_names=True)
def quantity_is_plain(quantity: Any, _: "Scene") -> bool:
    """A simple quantity has no comparator."""
    return not has(quantity, "comparator")


@keeps("Range#rng-2")
def range_is_in_order(span: Any, _: "Scene") -> bool | None:
    """A range's low end is not above its high end."""
    low, high = (next(iter(objects(span, end)), None) for end in ("low", "high"))
    if low is None or high is None:
        return True
    first, second = number(low, "value"), number(high, "value")
    if first is None or second is None or text(low, "code") != text(high, "code"):
        return None
    return first <= second


@keeps("Ratio#rat-1", by_names=True)
def ratio_has_both_sides(ratio: Any, _: "Scene") -> bool:
    """A ratio has both a numerator and a denominator, or neither and an extension."""
    numerator, denominator = has(ratio, "numerator"), has(ratio, "denominator")
    return numerator is denominator and (numerator or has(ratio, "extension"))


@keeps("Expression#exp-1", by_names=True)
def expression_is_somewhere(expression: Any, _: "Scene") -> bool:
    """An expression is written out or referred to."""
    return has(expression, "expression") or has(expression, "reference")


@keeps("DataRequirement#drq-1", "DataRequirement#drq-2", by_names=True)
def filter_names_one_place(part: Any, _: "Scene") -> bool:
    """A filter names a path or a search parameter, not both."""
    return has(part, "path") is not has(part, "searchParam")


@keeps("TriggerDefinition#trd-1", by_names=True)
def trigger_on_data_or_time(trigger: Any, _: "Scene") -> bool:
    """A trigger waits for data or for a time, not both."""
    return not (has(trigger, "data") and has_choice(trigger, "timing"))


@keeps("TriggerDefinition#trd-2", by_names=True)
def condition_needs_data(trigger: Any, _: "Scene") -> bool:
    """Only a trigger on data has a condition."""
    return not has(trigger, "condition") or has(trigger, "data")


@keeps("TriggerDefinition#trd-3")
def trigger_has_what_it_needs(trigger: Any, _: "Scene") -> bool:
    """A named event has a name, a periodic one a timing, one on data its data."""
    kind = text(trigger, "type")
    return (
        (kind != "named-event" or has(trigger, "name"))
        and (kind != "periodic" or has_choice(trigger, "timing"))
        and (not kind.startswith("data-") or has(trigger, "data"))
    )


@keeps("Timing#tim-1", by_names=True)
def duration_has_a_unit(repeat: Any, _: "Scene") -> bool:
    """A duration has a unit."""
    return not has(repeat, "duration") or has(repeat, "durationUnit")


@keeps("Timing#tim-2", by_names=True)
def period_has_a_unit(repeat: Any, _: "Scene") -> bool:
    """A period has a unit."""
    return not has(repeat, "period") or has(repeat, "periodUnit")


@keeps("Timing#tim-4")
def duration_is_not_negative(repeat: Any, _: "Scene") -> bool:
    """A duration is not negative."""
    return (number(repeat, "duration") or 0) >= 0


@keeps("Timing#tim-5")
def period_is_not_negative(repeat: Any, _: "Scene") -> bool:
    """A period is not negative."""
    return (number(repeat, "period") or 0) >= 0


@keeps("Timing#tim-6", by_names=True)
def longest_period_needs_period(repeat: Any, _: "Scene") -> bool:
    """A longest period comes with a period."""
    return not has(repeat, "periodMax") or has(repeat, "period")


@keeps("Timing#tim-7", by_names=True)
def longest_duration_needs_duration(repeat: Any, _: "Scene") -> bool:
    """A longest duration comes with a duration."""
    return not has(repeat, "durationMax") or has(repeat, "duration")


@keeps("Timing#tim-8", by_names=True)
def highest_count_needs_count(repeat: Any, _: "Scene") -> bool:
    """A highest count comes with a count."""
    return not has(repeat, "countMax") or has(repeat, "count")


@keeps("Timing#tim-9")
def offset_needs_event(repeat: Any, _: "Scene") -> bool:
    """An offset comes with an event that is not a meal in general."""
    return not has(repeat, "offset") or (
        has(repeat, "when") and not any(event in ("C", "CM", "CD", "CV") for event in items(repeat, "when"))
    )


@keeps("Timing#tim-10", by_names=True)
def time_or_event(repeat: Any, _: "Scene") -> bool:
    """A time of day and an event do not stand together."""
    return not (has(repeat, "timeOfDay") and has(repeat, "when"))


# ---- resources


@keeps("CareTeam#ctm-1")
def on_behalf_of_needs_practitioner(participant: Any, scene: "Scene") -> bool:
    """Only a practitioner takes part on behalf of an organisation."""
    if not has(participant, "onBehalfOf"):
        return True
    member = scene.resolve(participant.get("member"))
    return member is None or member.get("resourceType") == "Practitioner"


@keeps("Composition#cmp-1", by_names=True)
def section_says_something(section: Any, _: "Scene") -> bool:
    """A section has a text, entries or sections of its own."""
    return has(section, "text") or has(section, "entry") or has(section, "section")


@keeps("Composition#cmp-2", "List#lst-1", by_names=True)
def reason_only_when_empty(section: Any, _: "Scene") -> bool:
    """Only what has no entries tells why it is empty."""
    return not (has(section, "emptyReason") and has(section, "entry"))


@keeps("Condition#con-1", by_names=True)
def stage_says_something(stage: Any, _: "Scene") -> bool:
    """A stage has a summary or an assessment."""
    return has(stage, "summary") or has(stage, "assessment")


@keeps("Condition#con-2", by_names=True)
def evidence_says_something(evidence: Any, _: "Scene") -> bool:
    """Evidence has a code or details."""
    return has(evidence, "code") or has(evidence, "detail")


@keeps("Condition#con-3")
def problem_has_a_status(condition: Any, _: "Scene") -> bool:
    """A problem that is not entered in error has a clinical status."""
    return (
        has(condition, "clinicalStatus")
        or _is_coded(condition, "verificationStatus", _STATUS, ("entered-in-error",))
        or "problem-list-item" not in codes(condition, "category")
    )


@keeps("Condition#con-4")
def ended_problem_is_inactive(condition: Any, _: "Scene") -> bool:
    """A condition that has ended is inactive, resolved or in remission."""
    return not has_choice(condition, "abatement") or _is_coded(
        condition, "clinicalStatus", _CLINICAL, ("resolved", "remission", "inactive")
    )


@keeps("Condition#con-5")
def mistake_has_no_status(condition: Any, _: "Scene") -> bool:
    """A condition entered in error has no clinical status."""
    return not (
        _is_coded(condition, "verificationStatus", _STATUS, ("entered-in-error",)) and has(condition, "clinicalStatus")
    )


def _is_coded(holder: Any, name: str, system: str, wanted: tuple[str, ...]) -> bool:
    return any(
        coding.get("system") == system and coding.get("code") in wanted
        for concept in objects(holder, name)
        for coding in objects(concept, "coding")
    )


@keeps("Group#grp-1")
def members_are_actual(group: Any, _: "Scene") -> bool:
    """Only an actual group has members."""
    return not has(group, "member") or group.get("actual") is True


@keeps("List#lst-2")
def deletions_only_in_changes(resource: Any, _: "Scene") -> bool:
    """Only a list of changes has deleted items."""
    return resource.get("mode") == "changes" or not any(has(row, "deleted") for row in objects(resource, "entry"))


@keeps("List#lst-3")
def dates_only_in_working_lists(resource: Any, _: "Scene") -> bool:
    """Only a working list has dated items."""
    return resource.get("mode") == "working" or not any(has(row, "date") for row in objects(resource, "entry"))


@keeps("Observation#obs-3", by_names=True)
def range_says_something(span: Any, _: "Scene") -> bool:
    """A reference range has an end or a text."""
    return has(span, "low") or has(span, "high") or has(span, "text")


@keeps("Observation#obs-6", by_names=True)
def reason_only_without_value(observation: Any, _: "Scene") -> bool:
    """Only an observation without a value tells why it has none."""
    return not (has(observation, "dataAbsentReason") and has_choice(observation, "value"))


@keeps("Observation#obs-7")
def component_repeats_no_code(observation: Any, _: "Scene") -> bool:
    """Where the observation has a value, no component has its code."""
    if "component" not in observation or not has_choice(observation, "value"):
        return True
    own = [coding for concept in objects(observation, "code") for coding in items(concept, "coding")]
    return not any(
        coding in own
        for component in objects(observation, "component")
        for concept in objects(component, "code")
        for coding in items(concept, "coding")
    )


@keeps("Organization#org-1", by_names=True)
def organisation_is_named(organisation: Any, _: "Scene") -> bool:
    """An organisation has a name or an identifier."""
    return has(organisation, "identifier") or has(organisation, "name")


@keeps("Organization#org-2", "Organization#org-3")
def organisation_has_no_home(contact: Any, _: "Scene") -> bool:
    """An organisation's addresses and telephones are nobody's home."""
    return contact.get("use") != "home"


@keeps("Parameters#inv-1", by_names=True)
def parameter_holds_one_thing(parameter: Any, _: "Scene") -> bool:
    """A parameter holds a value, a resource or parts: exactly one of them."""
    held = (has_choice(parameter, "value"), has(parameter, "resource"), has(parameter, "part"))
    return sum(held) == 1


@keeps("Patient#pat-1", by_names=True)
def contact_says_who(contact: Any, _: "Scene") -> bool:
    """A patient's contact has a name, a way to reach them or an organisation."""
    return any(has(contact, name) for name in ("name", "telecom", "address", "organization"))


@keeps("ServiceRequest#prr-1", by_names=True)
def details_need_a_code(request: Any, _: "Scene") -> bool:
    """Order details come with a code."""
    return not has(request, "orderDetail") or has(request, "code")
