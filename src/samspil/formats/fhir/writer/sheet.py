"""A bundle being written: resources put on it get an id and a place, and are referred to by it."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

Resource = dict[str, Any]
Reference = dict[str, str]

IG = "http://medcomfhir.dk/ig/"
CODES = f"{IG}terminology/CodeSystem/"


class Sheet:
    """The resources of one message, in the order they were put down, each once."""

    def __init__(self, *, new_id: Callable[[], UUID], base_url: str) -> None:
        self.resources: list[Resource] = []
        self._new_id = new_id
        self._base_url = base_url
        self._known: dict[Hashable, Reference] = {}

    def new_id(self) -> str:
        """A fresh id."""
        return str(self._new_id())

    def put(self, type_name: str, profile: str, members: Resource, *, text: Resource | None = None) -> Reference:
        """Put a resource down, and refer to it."""
        identifier = self.new_id()
        self.lay(type_name, identifier, profile, members, text=text)
        return {"reference": f"{type_name}/{identifier}"}

    def lay(
        self, type_name: str, identifier: str, profile: str, members: Resource, *, text: Resource | None = None
    ) -> None:
        """Put a resource down under an id of its own."""
        resource: Resource = {"resourceType": type_name, "id": identifier, "meta": {"profile": [IG + profile]}}
        if text is not None:
            resource["text"] = text
        resource.update(members)
        self.resources.append(resource)

    def once(self, key: Hashable, put: Callable[[], Reference]) -> Reference:
        """Refer to what was put down for this key, putting it down the first time."""
        if key not in self._known:
            self._known[key] = put()
        return self._known[key]

    def bundle(self, *, identifier: str, profile: str, at: datetime, header: Resource) -> Resource:
        """The message: its header first, then everything put down."""
        return {
            "resourceType": "Bundle",
            "id": identifier,
            "meta": {"profile": [IG + profile]},
            "type": "message",
            "timestamp": written_time(at),
            "entry": [self._entry(header), *map(self._entry, self.resources)],
        }

    def _entry(self, resource: Resource) -> Resource:
        return {"fullUrl": f"{self._base_url}{resource['resourceType']}/{resource['id']}", "resource": resource}


def written_time(at: datetime) -> str:
    """A moment as messages state it: to the second, with its zone."""
    return at.isoformat(timespec="seconds")


def coded(system: str, code: str) -> Resource:
    """A concept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def narrative(rows: Iterable[tuple[str, str]]) -> Resource:
    """What a resource says, for one who reads it as a page: labels in Danish, empty values left out."""
    told = "".join(f"<p><b>{label}</b>: {_lines(value)}</p>" for label, value in rows if value)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{told or "<p>-</p>"}</div>'}


def _lines(value: str) -> str:
    return escape(value, quote=False).replace("\n", "<br/>")
