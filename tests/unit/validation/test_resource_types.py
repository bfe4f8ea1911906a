"""R4's resource types, as R4 itself lists them."""

from samspil.catalogue.fhir.package_files import PackageFiles
from samspil.validation.resource_types import RESOURCE_TYPES
from tests.fhir_packages import official_core

__all__ = ["official_core"]


def test_the_list_is_the_official_packages(official_core: PackageFiles) -> None:
    """Every resource type that is no abstract one, and no profile on one."""
    definitions = (one.read() for one in official_core.definitions if one.kind == "StructureDefinition")
    named = {
        row["type"]
        for row in definitions
        if row["kind"] == "resource" and not row["abstract"] and row.get("derivation") != "constraint"
    }
    assert named == RESOURCE_TYPES
