"""A FHIR document being put together: resources with their ids, and the Composition that leads to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from samspil.formats.fhir.writer.sheet import Reference, Resource, narrative, written_time

Rows = Iterable[tuple[str, str]]


@dataclass(slots=True)
class Binder:
    """The document's resources, in the order they came, and its sections."""

    new_id: Callable[[], UUID]
    resources: list[tuple[str, Resource]] = field(default_factory=list[tuple[str, Resource]])
    sections: list[Resource] = field(default_factory=list[Resource])

    def put(self, type_name: str, members: Resource, *, shown: Rows = ()) -> Reference:
        """Put a resource down, and refer to it."""
        identifier = str(self.new_id())
        resource: Resource = {"resourceType": type_name, "id": identifier, "text": narrative(shown), **members}
        self.resources.append((f"urn:uuid:{identifier}", resource))
        return {"reference": f"urn:uuid:{identifier}"}

    def section(self, title: str, rows: Rows, entries: Iterable[Reference] = ()) -> None:
        """A section of the Composition; one that says nothing is left out."""
        said, linked = [row for row in rows if row[1]], list(entries)
        if said or linked:
            section: Resource = {"title": title, "text": narrative(said)}
            self.sections.append({**section, "entry": linked} if linked else section)

    def bundle(self, *, identifier: str, composition: Resource, at: datetime) -> Resource:
        """The document: its Composition first."""
        first: Resource = {"resourceType": "Composition", "id": str(self.new_id()), **composition}
        first["section"] = self.sections
        entries = [(f"urn:uuid:{first['id']}", first), *self.resources]
        return {
            "resourceType": "Bundle",
            "id": identifier,
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{identifier}"},
            "type": "document",
            "timestamp": written_time(at),
            "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
        }
