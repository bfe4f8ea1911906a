"""What the written rules look at: a message's header, its history step by step, and its resources by type.

Read once a message. A step is a Provenance: which header it is about, what was done, when, by whom, and which earlier
message or which payloads it names. Identifiers of headers are compared without the address they stand in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from samspil.domain.issues import Severity
from samspil.formats.fhir.bundle import Entry
from samspil.formats.fhir.elements import moment
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import objects, text
from samspil.validation.profiles.scene import Scene

Json = dict[str, Any]
LINKS: Final = frozenset({"revision", "removal"})


@dataclass(frozen=True, slots=True)
class Link:
    """A step's link to an earlier message; `target` is empty where it names one in another way (a letter's id)."""

    position: int
    role: str
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """One Provenance."""

    entry: Entry
    target: str
    activity: str
    moment: datetime | None
    links: tuple[Link, ...]
    payloads: tuple[tuple[int, str], ...]


class Facts:
    """One message."""

    __slots__ = ("current", "header", "scene", "standard", "steps")

    def __init__(self, scene: Scene, header: Entry, standard: str) -> None:
        self.scene = scene
        self.header = header
        self.standard = standard
        self.steps = [_step(entry) for entry in scene.bundle.entries if entry.type == "Provenance"]
        self.current = [step for step in self.steps if step.target == header.id]

    @property
    def step(self) -> Step | None:
        """The step that tells about this very message."""
        return self.current[0] if self.current else None

    @property
    def activity(self) -> str:
        """What the message does: the activity of its own step."""
        return self.current[0].activity if self.current else ""

    def of_type(self, type_name: str) -> Iterator[Entry]:
        """The entries that hold such a resource."""
        return (entry for entry in self.scene.bundle.entries if entry.type == type_name)

    def focus(self, type_name: str) -> Entry | None:
        """The first resource of the type that the message is about."""
        return next(self.of_type(type_name), None)


def _step(entry: Entry) -> Step:
    resource = entry.resource
    links: list[Link] = []
    payloads: list[tuple[int, str]] = []
    for position, entity in enumerate(objects(resource, "entity")):
        role, what = entity.get("role"), entity.get("what")
        if role in LINKS:
            links.append(Link(position, role, header_id(what)))
        elif role == "source" and isinstance(what, dict):
            value = text(what.get("identifier"), "value")
            if value:
                payloads.append((position, value))
    return Step(
        entry=entry,
        target=next((header_id(target) for target in objects(resource, "target")), ""),
        activity=activity_of(resource),
        moment=moment(resource.get("occurredDateTime")),
        links=tuple(links),
        payloads=tuple(payloads),
    )


def header_id(reference: Any) -> str:
    """The id of the header that a Reference names, without the address around it."""
    return text(reference, "reference").rpartition("/")[2].removeprefix("urn:uuid:")


def activity_of(provenance: Json) -> str:
    """The code of what was done."""
    activity = provenance.get("activity")
    return next((text(coding, "code") for coding in objects(activity, "coding")), "")


def fault(code: str, entry: Entry, *steps: str | int, severity: Severity | None = None, **facts: str) -> Fault:
    """A fault of one of our own rules in a resource; the steps lead from the resource inwards."""
    made = Fault(code, f"samspil#{code}", *reversed(steps), "resource", entry.place, "entry", severity=severity)
    made.facts = facts
    return made
