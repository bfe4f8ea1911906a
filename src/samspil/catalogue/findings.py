"""Every finding's stable code with its severity, layer and texts, and how each receipt spells it.

The tables lie in `findings/*.toml`, one file an area, one table a code:

    ["fhir.header.missing"]
    severity = "error"
    layer = "structure"
    en = ["The bundle's first entry is {found}, not a MessageHeader.", "Put the MessageHeader first in the bundle."]
    da = ["Bundlens første indgang er {found}, ikke en MessageHeader.", "Sæt MessageHeader først i bundlen."]
    fhir = "MSG_RESOURCE_REQUIRED"     # code in an Acknowledgement; optional
    legacy = "SYN"                     # code in a CTL02; optional
    ebms = "EBMS:0009"                 # code in an AS4 error; optional
    source = "HL7 FHIR R4, bdl-12"     # optional

`en` and `da` hold the sentence and the remedy. `{names}` are filled from the facts given when the finding is made.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from samspil.domain.issues import NOWHERE, Issue, Layer, Location, Phrase, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code's row in the table."""

    code: str
    severity: Severity
    layer: Layer
    message: Phrase
    remedy: Phrase
    source: str = ""
    fhir: str = ""
    legacy: str = ""
    ebms: str = ""


@cache
def entries() -> Mapping[str, Entry]:
    """All codes, by code. A code that stands twice is a mistake of ours and raises."""
    table: dict[str, Entry] = {}
    folder = files("samspil.catalogue").joinpath("findings")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for code, row in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in table:
                raise ValueError(f"finding code {code!r} stands twice, again in {file.name}")
            table[code] = _entry(code, row)
    return MappingProxyType(table)


def _entry(code: str, row: dict[str, object]) -> Entry:
    english, danish = row["en"], row["da"]
    if not (isinstance(english, list) and isinstance(danish, list)):
        raise TypeError(f"finding {code!r}: en and da are lists of a sentence and a remedy")
    return Entry(
        code=code,
        severity=Severity(str(row["severity"])),
        layer=Layer(str(row["layer"])),
        message=Phrase(str(english[0]), da=str(danish[0])),
        remedy=Phrase(str(english[1]), da=str(danish[1])),
        source=str(row.get("source", "")),
        fhir=str(row.get("fhir", "")),
        legacy=str(row.get("legacy", "")),
        ebms=str(row.get("ebms", "")),
    )


def finding(
    code: str,
    where: Location = NOWHERE,
    *,
    severity: Severity | None = None,
    rule: str = "",
    source: str = "",
    **facts: str,
) -> Issue:
    """Make an issue from its code, place and facts.

    Facts never hold a person's data: give the name of an element, a code, a count, not a name or a number.
    Errors: KeyError for an unknown code or a missing fact: both are our mistakes.
    """
    entry = entries()[code]
    return Issue(
        code=code,
        severity=severity or entry.severity,
        layer=entry.layer,
        where=where,
        message=_fill(entry.message, facts),
        remedy=_fill(entry.remedy, facts),
        rule=rule or f"samspil#{code}",
        source=source or entry.source,
        facts=tuple(facts.items()),
    )


def _fill(phrase: Phrase, facts: dict[str, str]) -> Phrase:
    if not facts:
        return phrase
    return Phrase(phrase.format_map(facts), da=phrase.in_("da").format_map(facts))
