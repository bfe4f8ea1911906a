"""Who is who in a bundle: entries by full URL and by type and id, and what a reference means where it stands.

Sources: HL7 FHIR R4, bundle.html "Resolving references in Bundles"; references.html "contained resources".
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Resource = dict[str, Any]

_RESTFUL = re.compile(r"(.*?)([A-Za-z]{1,64}/[^/#?]{1,64})(?:/_history/[^/]+)?")


class Entry(NamedTuple):
    """An entry that holds a resource: its place in the bundle, its full URL, and the resource's type and id.

    What is missing or of the wrong type is empty. A tuple, because every message makes a dozen.
    """

    place: int
    full_url: str
    type: str
    id: str
    resource: Resource


class Bundle:
    """The entries of a bundle, found by what references say. A root that is no bundle has itself as only entry.

    `named` holds the entries by the texts that mean one of them wherever they stand.
    """

    __slots__ = ("_by_name", "_by_url", "entries", "named")

    def __init__(self, root: Resource) -> None:
        self.entries: list[Entry] = list(_entries(root))
        self._by_url: dict[str, Entry] = {}
        self._by_name: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self._by_url.setdefault(entry.full_url, entry)
            self._by_name.setdefault(f"{entry.type}/{entry.id}", []).append(entry)
        self._by_url.pop("", None)
        self.named = self._by_url | {name: named[0] for name, named in self._by_name.items() if len(named) == 1}

    def of_type(self, type_name: str) -> list[Entry]:
        """The entries that hold a resource of that type, in order."""
        return [entry for entry in self.entries if entry.type == type_name]

    def find(self, reference: object, within: Entry) -> Entry | None:
        """The entry that a reference (its text, or a Reference element) standing in `within` points to.

        A contained resource (`#id`) answers as an entry at the same place without a full URL.
        """
        text = reference.get("reference") if isinstance(reference, dict) else reference
        if not isinstance(text, str) or not text:
            return None
        if text[0] == "#":
            return _contained(text[1:], within)
        return self.named.get(text) or self._search(text, within)

    def _search(self, text: str, within: Entry) -> Entry | None:
        """References with a version, with a fragment, relative to a base, or to one of several bases."""
        text = text.partition("#")[0]
        found = _restful(text)
        if found is None:
            return self._by_url.get(text)
        base, name = found
        if base:
            return self._by_url.get(base + name)
        own = _restful(within.full_url)
        if own and (entry := self._by_url.get(own[0] + name)):
            return entry
        return next(iter(self._by_name.get(name, ())), None)


def _restful(text: str) -> tuple[str, str] | None:
    """A reference without its version, as base and `Type/id`; None for what is not written so.

    >>> _restful("https://example.org/fhir/Patient/1/_history/2")
    ('https://example.org/fhir/', 'Patient/1')
    """
    rest, _, identifier = text.rpartition("/")
    start = rest.rfind("/") + 1
    type_name = rest[start:]
    if type_name.isalpha() and type_name.isascii() and 0 < len(identifier) <= 64 and len(type_name) <= 64:
        is_plain = "?" not in identifier and "#" not in identifier
        return (text[:start], text[start:]) if is_plain else None
    found = _RESTFUL.fullmatch(text)
    return (found[1], found[2]) if found else None


def list_of(value: object) -> list[Any]:
    """The value if it is a list, else an empty one: for walking what should be a list and may be anything."""
    return value if isinstance(value, list) else []


def _entries(root: Resource) -> Iterator[Entry]:
    if root.get("resourceType") != "Bundle":
        yield _entry(0, "", root)
        return
    for place, entry in enumerate(list_of(root.get("entry"))):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield _entry(place, entry.get("fullUrl"), resource)


def _entry(place: int, full_url: object, resource: Resource) -> Entry:
    type_name, identifier = resource.get("resourceType"), resource.get("id")
    return Entry(
        place,
        full_url if isinstance(full_url, str) else "",
        type_name if isinstance(type_name, str) else "",
        identifier if isinstance(identifier, str) else "",
        resource,
    )


def _contained(identifier: str, within: Entry) -> Entry | None:
    if not identifier:
        return within
    for resource in list_of(within.resource.get("contained")):
        if isinstance(resource, dict) and resource.get("id") == identifier:
            return _entry(within.place, "", resource)
    return None
