"""Our own tables of FHIR rules, as text: one file a package, written by `tools/fhir_tables`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def read_tables() -> Mapping[str, str]:
    """Every table's text, by package name."""
    folder = files("samspil.catalogue.fhir").joinpath("tables")
    return MappingProxyType(
        {
            file.name.removesuffix(".rules"): file.read_text(encoding="utf-8")
            for file in sorted(folder.iterdir(), key=lambda item: item.name)
            if file.name.endswith(".rules")
        }
    )
