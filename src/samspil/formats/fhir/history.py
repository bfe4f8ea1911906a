"""A message's past as its Provenances tell it, oldest first."""

from datetime import UTC, datetime

from samspil.domain.message import HistoryStep
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import code_of, first_of, moment, part_of, parts_of, text_of

LINKS = frozenset({"revision", "removal"})
_NEVER = datetime.min.replace(tzinfo=UTC)


def history_of(bundle: Bundle) -> tuple[HistoryStep, ...]:
    """Every step, by time; steps without a time first, in the order they stand."""
    steps = [_step(bundle, entry) for entry in bundle.of_type("Provenance")]
    return tuple(sorted(steps, key=lambda step: step.at or _NEVER))


def current_provenance(bundle: Bundle, message_id: str) -> Entry | None:
    """The Provenance of this message itself: the newest that targets its MessageHeader, else the newest of all."""
    provenances = bundle.of_type("Provenance")
    own = [entry for entry in provenances if target_of(entry) == message_id]
    return max(own or provenances, key=lambda entry: occurred_at(entry) or _NEVER, default=None)


def occurred_at(provenance: Entry) -> datetime | None:
    """When it happened."""
    return moment(provenance.resource.get("occurredDateTime")) or moment(provenance.resource.get("recorded"))


def target_of(provenance: Entry) -> str:
    """The id of the MessageHeader that a Provenance tells about."""
    return text_of(first_of(provenance.resource, "target"), "reference").rpartition("/")[2].removeprefix("urn:uuid:")


def _step(bundle: Bundle, provenance: Entry) -> HistoryStep:
    resource = provenance.resource
    who = bundle.find(first_of(resource, "agent").get("who"), provenance)
    earlier = next((row for row in parts_of(resource, "entity") if row.get("role") in LINKS), {})
    what = part_of(earlier, "what")
    named, numbered = text_of(what, "reference"), text_of(part_of(what, "identifier"), "value")
    return HistoryStep(
        activity=code_of(part_of(resource, "activity")),
        at=occurred_at(provenance),
        by=text_of(who.resource, "name") if who else "",
        message_id=target_of(provenance),
        earlier_message_id=named.rpartition("/")[2] or numbered,
        contents=tuple(filter(None, map(_content, parts_of(resource, "entity")))),
    )


def _content(entity: Resource) -> str:
    """The identifier of a text or file that a step brought in."""
    is_source = entity.get("role") == "source"
    return text_of(part_of(part_of(entity, "what"), "identifier"), "value") if is_source else ""
