"""Where the references of a bundle lead: by full URL, by type and id, by `urn:uuid:`, by contained id.

A reference to something outside the bundle leads nowhere; that is no error here.

Source:  HL7 FHIR R4, Bundle, Resolving references in Bundles; References, contained resources.
"""

from collections.abc import Iterator

from samspil.validation.fhirpath.values import Json


class BundleReferences:
    """An index of one bundle's resources. Call it with a reference's text.

    >>> patient = {"resourceType": "Patient", "id": "a"}
    >>> find = BundleReferences({"entry": [{"fullUrl": "http://example.org/fhir/Patient/a", "resource": patient}]})
    >>> find("Patient/a") is patient, find("http://example.org/fhir/Patient/a/_history/2") is patient, find("Patient/b")
    (True, True, None)
    """

    __slots__ = ("_by_name", "_contained")

    def __init__(self, bundle: Json) -> None:
        self._by_name: dict[str, Json] = {}
        self._contained: dict[str, Json | None] | None = None
        for url, resource in _entries(bundle):
            if isinstance(url, str):
                self._by_name.setdefault(url, resource)
            kind, identifier = resource.get("resourceType"), resource.get("id")
            if isinstance(kind, str) and isinstance(identifier, str):
                self._by_name.setdefault(f"{kind}/{identifier}", resource)

    def __call__(self, reference: str) -> Json | None:
        """The resource, or None."""
        found = self._by_name.get(reference)
        if found is not None:
            return found
        if reference.startswith("#"):
            return self._find_contained(reference[1:])
        plain = reference.partition("|")[0].partition("#")[0].partition("/_history/")[0]
        return self._by_name.get(plain) or self._find_relative(plain)

    def _find_relative(self, reference: str) -> Json | None:
        """A relative reference under any entry's server: `Patient/a` beside `http://…/Patient/a`."""
        if ":" in reference or "/" not in reference:
            return None
        ending = f"/{reference}"
        return next((resource for url, resource in self._by_name.items() if url.endswith(ending)), None)

    def _find_contained(self, identifier: str) -> Json | None:
        """A contained resource anywhere in the bundle, if only one has this id."""
        if self._contained is None:
            self._contained = {}
            for holder in {id(resource): resource for resource in self._by_name.values()}.values():
                for resource in _dicts(holder.get("contained")):
                    name = resource.get("id")
                    if isinstance(name, str):
                        self._contained[name] = None if name in self._contained else resource
        return self._contained.get(identifier)


def _entries(bundle: Json) -> Iterator[tuple[object, Json]]:
    for entry in _dicts(bundle.get("entry")):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            yield entry.get("fullUrl"), resource


def _dicts(items: object) -> Iterator[Json]:
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
