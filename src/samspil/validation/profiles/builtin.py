"""The built-in rules as a library: our own tables of R4, dk-core and MedCom."""

from functools import cache

from samspil.catalogue.fhir.tables import read_tables
from samspil.validation.profiles.library import CORE, Library
from samspil.validation.profiles.shorthand import Table, TablePackage


@cache
def core_package() -> TablePackage:
    """R4's own types and value sets, as far as messages and documents need them."""
    table = Table(read_tables()[CORE])
    return TablePackage(table, max(table.needs))


@cache
def builtin_library() -> Library:
    """All our tables."""
    tables = (Table(text) for name, text in read_tables().items() if name != CORE)
    packages = (TablePackage(table, version) for table in tables for version in table.needs)
    return Library(packages, core=core_package())
