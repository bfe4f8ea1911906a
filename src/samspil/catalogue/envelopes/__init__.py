"""The envelopes' profiles as data: what an ehmiSBDH and a VANS envelope hold, how it is spelt, and deadlines.

Nothing of a profile stands in code: another edition is another table. `ehmi.toml` and `vans.toml` say their sources.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class Role(StrEnum):
    """What an envelope carries: tells which column of the table of scopes holds. A draft's scopes are not counted."""

    MESSAGE = "message"
    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT = "receipt"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """One kind of content: the header's words for it. The first of `types` and `ids` is the one we write."""

    standard: str
    spellings: tuple[str, ...]
    role: Role
    version: str
    versions: tuple[str, ...]
    types: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EhmiProfile:
    """The envelope profile of EHMI. Names looked up by spelling are lower case."""

    namespace: str
    content_namespaces: frozenset[str]
    header_version: str
    authority: str
    scheme: str
    scope_identifier: str
    document_reference_identifier: str
    receipt: Mapping[str, Any]
    receipt_due: timedelta
    transaction: Mapping[str, str]
    media: Mapping[str, str]
    process: str
    processes: frozenset[str]
    scopes: Mapping[Role, Mapping[str, str]]
    scope_types: Mapping[str, str]
    kinds: Mapping[str, DocumentKind]
    kinds_by_id: Mapping[str, DocumentKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class VansProfile:
    """The VANS envelope's names and lengths."""

    namespace: str
    end_point_types: tuple[str, ...]
    document_formats: tuple[str, ...]
    transports: tuple[str, ...]
    max_service_tags: int
    max_party: int
    max_name: int
    max_tag: int
    max_error: int


@cache
def ehmi() -> EhmiProfile:
    """The profile in force."""
    table = _table("ehmi.toml")
    header, receipt, process, scopes = table["header"], table["receipt"], table["process"], table["scopes"]
    kinds = tuple(_kind(row) for row in table["document"])
    return EhmiProfile(
        namespace=header["namespace"],
        content_namespaces=frozenset({header["namespace"], *header["other_content_namespaces"]}),
        header_version=header["version"],
        authority=header["authority"],
        scheme=header["scheme"],
        scope_identifier=header["scope_identifier"],
        document_reference_identifier=header["document_reference_identifier"],
        receipt=MappingProxyType(receipt),
        receipt_due=timedelta(minutes=receipt["due_minutes"]),
        transaction=MappingProxyType(table["transaction"]),
        media=MappingProxyType(_spellings(table["media"])),
        process=process["current"],
        processes=frozenset(name.lower() for name in (process["current"], *process["others"])),
        scopes=MappingProxyType({role: _column(scopes, role) for role in Role if role is not Role.DRAFT}),
        scope_types=MappingProxyType(_spellings({name: row.get("spellings", ()) for name, row in scopes.items()})),
        kinds=MappingProxyType(_by_spelling(kinds)),
        kinds_by_id=MappingProxyType({name.lower(): kind for kind in kinds for name in kind.ids}),
    )


@cache
def vans() -> VansProfile:
    """The VANS envelope's table."""
    table: dict[str, Any] = {}
    for key, row in _table("vans.toml").items():
        table[key] = tuple(row) if isinstance(row, list) else row
    return VansProfile(**table)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("samspil.catalogue.envelopes").joinpath(name).read_text(encoding="utf-8"))


def _kind(row: dict[str, Any]) -> DocumentKind:
    return DocumentKind(
        standard=row["standard"],
        spellings=tuple(row.get("spellings", ())),
        role=Role(row["role"]),
        version=row["version"],
        versions=tuple(row["versions"]),
        types=tuple(row["types"]),
        ids=tuple(row["ids"]),
    )


def _by_spelling(kinds: tuple[DocumentKind, ...]) -> dict[str, DocumentKind]:
    return {name.lower(): kind for kind in kinds for name in (kind.standard, *kind.spellings)}


def _spellings(rows: Mapping[str, Any]) -> dict[str, str]:
    return {spelling.lower(): name for name, others in rows.items() for spelling in (name, *others)}


def _column(scopes: dict[str, Any], role: Role) -> Mapping[str, str]:
    return MappingProxyType({name: row[role.value] for name, row in scopes.items()})
