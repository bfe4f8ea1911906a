"""MedCom's OIOXML schemas where the user has them: found by namespace, compiled once on first use.

A folder holds `index.json` (namespace -> root schema) or, without one, any number of `EMessage.xsd` below it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from lxml import etree

_TARGET = "targetNamespace"
_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?([^']+)'")


class Unusable(ValueError):
    """A schema file cannot be read, or is no schema."""


class Complaint(NamedTuple):
    """One complaint of a schema: the element and the rule it breaks. The value itself is left out.

    `path` is the XPath of the element in the document.
    """

    element: str
    rule: str
    path: str


def _complaint(error: Any) -> Complaint:
    found = _ELEMENT.search(error.message)
    rule = error.type_name.removeprefix("SCHEMAV_").lower().replace("_", "-")
    return Complaint(found[1] if found else "document", rule, error.path or "/*")


@dataclass
class SchemaSet:
    """The schemas of one folder, by the namespace they describe. May be shared between threads."""

    roots: Mapping[str, Path]
    _compiled: dict[str, etree.XMLSchema] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def complaints(self, root: Any) -> list[Complaint] | None:
        """What a document's schema says is wrong with it; None if the folder has no schema for its namespace.

        Errors: Unusable.
        """
        namespace = etree.QName(root).namespace or ""
        with self._lock:  # a schema keeps the complaints of its last document
            schema = self._schema(namespace)
            if schema is None:
                return None
            if schema.validate(root):
                return []
            return [_complaint(error) for error in schema.error_log]

    def _schema(self, namespace: str) -> etree.XMLSchema | None:
        file = self.roots.get(namespace)
        if file is None:
            return None
        if namespace not in self._compiled:
            try:
                self._compiled[namespace] = etree.XMLSchema(etree.parse(file, self._parser))
            except (etree.XMLSyntaxError, etree.XMLSchemaParseError, OSError) as problem:
                raise Unusable(f"{file}: {problem}") from None
        return self._compiled[namespace]

    @cached_property
    def _parser(self) -> etree.XMLParser:
        return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def load_schema_set(folder: str | Path) -> SchemaSet:
    """The schemas below a folder. Errors: ValueError if there are none."""
    place = Path(folder)
    index = place / "index.json"
    if index.is_file():
        roots = _indexed(index)
    else:
        roots = {_target(file): file for file in sorted(place.rglob("*.xsd")) if file.name.lower() == "emessage.xsd"}
    roots = {namespace: root for namespace, root in roots.items() if root.is_file()}
    if not roots:
        raise ValueError(f"no OIOXML schemas in {place}: an index.json or EMessage.xsd files are looked for")
    return SchemaSet(roots)


def _indexed(index: Path) -> dict[str, Path]:
    """What an index says. Errors: ValueError where it says something else than an index does."""
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))["namespaces"]
        return {str(namespace): index.parent / str(entry["root_xsd"]) for namespace, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{index} is no index of schemas") from None


def _target(file: Path) -> str:
    """The namespace that a schema describes. Errors: Unusable."""
    try:
        return etree.parse(file).getroot().get(_TARGET, "")
    except etree.XMLSyntaxError as problem:
        raise Unusable(f"{file}: {problem}") from None
