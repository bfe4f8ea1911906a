"""Which standard and version a FHIR resource claims to be, from the few places that say so.

A message says its kind by the event code, or failing that by its profiles; a document by its profiles or its
Composition's type. The version stands in `MessageHeader.definition`, else behind a profile's `|`, else the newest
in force is assumed. Source: MedCom FHIR governance, "versioning".
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from samspil.catalogue.standards import Standard, Syntax, by_composition_type, by_event, by_profile
from samspil.domain.message import Format, Identity, Kind

_STATED = re.compile(r"\|?(\d+)(?:\.(\d+))?(?:\.\d+)?(?:-[\w.]+)?$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a resource says of itself. `profiles` are the root's first, then those of the first entry."""

    resource_type: str
    bundle_type: str = ""
    first_type: str = ""
    event: str = ""
    definition: str = ""
    composition_type: str = ""
    profiles: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def identity_of(facts: Facts, format: Format) -> Identity:
    """The identity that the facts amount to. Remembered: messages of one kind say the same of themselves."""
    if facts.resource_type != "Bundle":
        return Identity(format=format, kind=Kind.OTHER)
    standard = _standard(facts)
    if facts.bundle_type == "message" or (facts.first_type == "MessageHeader" and facts.bundle_type != "document"):
        kind = standard.kind if standard else Kind.MESSAGE
    elif facts.bundle_type == "document":
        kind = Kind.DOCUMENT
    else:
        return Identity(format=format, kind=Kind.OTHER)
    if standard is None:
        return Identity(format=format, kind=kind)
    return Identity(format=format, kind=kind, standard=standard.id, version=_version(standard, facts))


def _standard(facts: Facts) -> Standard | None:
    if standard := by_event().get(facts.event):
        return standard
    for profile in facts.profiles:
        if standard := by_profile().get(profile.partition("|")[0]):
            return standard
    return by_composition_type().get(facts.composition_type) if facts.first_type == "Composition" else None


def _version(standard: Standard, facts: Facts) -> str | None:
    """Major and minor of the version stated, else the newest."""
    said = [facts.definition] if standard.definition and standard.definition in facts.definition else []
    said += [profile for profile in facts.profiles if "|" in profile]
    for text in said:
        if stated := _STATED.search(text):
            major, minor = stated[1], stated[2]
            return f"{major}.{minor}" if minor else _newest_of_major(standard, major)
    return standard.newest(Syntax.FHIR)


def _newest_of_major(standard: Standard, major: str) -> str:
    codes = [version.code for version in standard.versions if version.code.partition(".")[0] == major]
    return codes[-1] if codes else major


def facts_of_json(root: dict[str, Any]) -> Facts:
    """The facts of a parsed JSON resource. Anything of the wrong type counts as not said."""
    entries = root.get("entry")
    entry = entries[0] if isinstance(entries, list) and entries else None
    first = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(first, dict):
        first = {}
    coding = first.get("eventCoding")
    return Facts(
        resource_type=_text(root.get("resourceType")),
        bundle_type=_text(root.get("type")),
        first_type=_text(first.get("resourceType")),
        event=_text(coding.get("code")) if isinstance(coding, dict) else "",
        definition=_text(first.get("definition")),
        composition_type=_composition_type(first),
        profiles=(*_profiles(root), *_profiles(first)),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _profiles(resource: dict[str, Any]) -> tuple[str, ...]:
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    return tuple(filter(None, map(_text, profiles))) if isinstance(profiles, list) else ()


def _composition_type(resource: dict[str, Any]) -> str:
    concept = resource.get("type")
    codings = concept.get("coding") if isinstance(concept, dict) else None
    coding = codings[0] if isinstance(codings, list) and codings else None
    return _text(coding.get("code")) if isinstance(coding, dict) else ""


class XmlFacts:
    """Gathers the same facts from XML elements as they pass; says False when it has seen enough."""

    _PLACES = {  # noqa: RUF012 - a table, never changed
        "type": "bundle_type",
        "meta/profile": "profile",
        "entry/resource/*/meta/profile": "profile",
        "entry/resource/*/eventCoding/code": "event",
        "entry/resource/*/definition": "definition",
        "entry/resource/*/type/coding/code": "composition_type",
    }

    def __init__(self, root: str) -> None:
        self._path: list[str] = []
        self._seen: dict[str, str] = {"resource_type": root}
        self._profiles: list[str] = []

    def start(self, name: str, value: str, depth: int) -> bool:
        """Take an element's start with its value attribute."""
        if self._seen["resource_type"] != "Bundle":
            return False
        del self._path[depth - 1 :]
        if self._path == ["entry", "resource"]:
            self._seen.setdefault("first_type", name)
            name = "*"
        self._path.append(name)
        place = self._PLACES.get("/".join(self._path)) if depth <= 6 else None
        if place == "profile":
            self._profiles.append(value)
        elif place:
            self._seen.setdefault(place, value)
        return True

    def end(self, name: str, depth: int) -> bool:
        """Take an element's end: the first entry's is the last thing of interest."""
        return not (name == "entry" and depth == 1)

    def facts(self) -> Facts:
        """What was said so far."""
        return Facts(profiles=tuple(self._profiles), **self._seen)
