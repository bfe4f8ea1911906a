"""The standards: every kind of message and document, its versions, names, flow, receipts and what comes after it.

The tables lie in `standards/*.toml`, one file a family, one `[[standard]]` a kind:

    [[standard]]
    id = "DIS91"                # as UNH, TypeCode (without X) and the register call it
    family = "correspondence"   # one word for all spellings of the same thing
    message = "MEDDIS"          # EDIFACT message, or the FHIR or CDA root
    da = "Korrespondancebrev"
    en = "Clinical correspondence"
    flow.da = "…"               # who sends it to whom, in one line
    flow.en = "…"
    receipt = "on-request"      # always | on-request | never
    successor = "CareCommunication"
    vans = "MCM:XDIS91"         # Document/Name in a VANS envelope
    edifact = [{ code = "D9134L", registered = true }]
    oioxml = [{ code = "XD9134L", element = "ClinicalEmail", date = "2006-07-01", registered = true }]

`registered` marks the versions that the national endpoint register lists as current. An OIOXML namespace is told by
its date. Sources: MedCom's standards, endpoint register terminology and schema sets; `docs/reference` says which.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from samspil.domain.issues import Phrase
from samspil.domain.message import Kind

_SUNDCOM_DATES = frozenset({"2005-08-07", "2006-07-01", "2007-02-01", "2009-08-01"})


class Syntax(StrEnum):
    """The families of spelling that a version belongs to; FHIR's JSON and XML are one."""

    EDIFACT = "edifact"
    OIOXML = "oioxml"
    FHIR = "fhir"
    CDA = "cda"


class ReceiptRule(StrEnum):
    """When the receiver owes a positive receipt. A negative one is owed whenever a letter is refused."""

    ALWAYS = "always"
    ON_REQUEST = "on-request"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a standard in one syntax. `namespace` and `element` are OIOXML's."""

    syntax: Syntax
    code: str
    registered: bool = False
    namespace: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One kind of message or document."""

    id: str
    family: str
    kind: Kind
    name: Phrase
    flow: Phrase
    message: str
    receipt: ReceiptRule
    successor: str = ""
    vans: str = ""
    event: str = ""
    profile: str = ""
    definition: str = ""
    type: str = ""
    template: str = ""
    versions: tuple[Version, ...] = ()

    @property
    def syntaxes(self) -> tuple[Syntax, ...]:
        """The syntaxes it is spelt in, each once."""
        return tuple(dict.fromkeys(version.syntax for version in self.versions))

    def newest(self, syntax: Syntax) -> str | None:
        """The version a receiver assumes when a message does not say: the registered one, else the last."""
        codes = [version for version in self.versions if version.syntax is syntax]
        registered = [version for version in codes if version.registered]
        return (registered or codes)[-1].code if codes else None


@cache
def standards() -> tuple[Standard, ...]:
    """All standards, in the order of the tables. An id that stands twice is a mistake of ours and raises."""
    rows: dict[str, Standard] = {}
    folder = files("samspil.catalogue").joinpath("standards")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["standard"]:
            if row["id"] in rows:
                raise ValueError(f"standard {row['id']!r} stands twice, again in {file.name}")
            rows[row["id"]] = _standard(row)
    return tuple(rows.values())


_TEXTS = ("successor", "vans", "event", "profile", "definition", "type", "template")


def _standard(row: dict[str, Any]) -> Standard:
    return Standard(
        id=row["id"],
        family=row["family"],
        kind=Kind(row.get("kind", "message")),
        name=Phrase(row["en"], da=row["da"]),
        flow=Phrase(row["flow"]["en"], da=row["flow"]["da"]),
        message=row.get("message", ""),
        receipt=ReceiptRule(row["receipt"]),
        versions=tuple(_version(syntax, entry) for syntax in Syntax for entry in row.get(syntax, ())),
        **{name: row.get(name, "") for name in _TEXTS},
    )


def _version(syntax: Syntax, row: dict[str, Any]) -> Version:
    return Version(
        syntax=syntax,
        code=row["code"],
        registered=row.get("registered", False),
        namespace=row.get("namespace") or oioxml_namespace(row.get("date", "")),
        element=row.get("element", ""),
    )


def oioxml_namespace(date: str) -> str:
    """The namespace of a dated schema set; the four oldest stand under SundCom's name."""
    if not date:
        return ""
    owner = "sundcom.dk/medcom.dk" if date in _SUNDCOM_DATES else "medcom.dk"
    return f"http://rep.oio.dk/{owner}/xml/schemas/{date.replace('-', '/')}/"


def find_standard(id: str) -> Standard | None:
    """The standard of that name, letter case aside; an X in front of an OIOXML type is accepted."""
    table = _by_id()
    key = id.casefold()
    return table.get(key) or table.get(key.removeprefix("x"))


@cache
def _by_id() -> Mapping[str, Standard]:
    return MappingProxyType({standard.id.casefold(): standard for standard in standards()})


@cache
def by_version_code() -> Mapping[str, Standard]:
    """Legacy version codes without X, in either syntax, to their standard: `D9134L` to DIS91."""
    return MappingProxyType(
        {
            version.code.removeprefix("X"): standard
            for standard in standards()
            for version in standard.versions
            if version.syntax in {Syntax.EDIFACT, Syntax.OIOXML}
        }
    )


@cache
def by_oioxml_element() -> Mapping[tuple[str, str], tuple[Standard, Version]]:
    """(namespace, message element) to standard and version."""
    return MappingProxyType(
        {
            (version.namespace, version.element): (standard, version)
            for standard in standards()
            for version in standard.versions
            if version.element
        }
    )


@cache
def by_event() -> Mapping[str, Standard]:
    """FHIR event codes to their standard."""
    return MappingProxyType({standard.event: standard for standard in standards() if standard.event})


@cache
def by_profile() -> Mapping[str, Standard]:
    """Bundle profiles without version to their standard."""
    return MappingProxyType({standard.profile: standard for standard in standards() if standard.profile})


@cache
def by_composition_type() -> Mapping[str, Standard]:
    """Codes of Composition.type to the FHIR document they announce."""
    return MappingProxyType({standard.type: standard for standard in standards() if standard.type and standard.profile})


@cache
def by_document_code() -> Mapping[str, Standard]:
    """Codes of ClinicalDocument.code to the CDA document they announce."""
    return MappingProxyType({row.type: row for row in standards() if row.type and row.template})


@cache
def by_template() -> Mapping[str, Standard]:
    """CDA document template ids to their standard."""
    return MappingProxyType({standard.template: standard for standard in standards() if standard.template})
