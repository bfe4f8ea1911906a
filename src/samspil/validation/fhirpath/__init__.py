"""FHIRPath, compiled: expressions become Python closures over JSON as the reader gave it.

Begin with `compile_path`. An expression that cannot be compiled raises PathError with its exact place; one that
meets data it cannot answer for raises EvaluationError.

Source:  FHIRPath Normative Release 1 (v2.0.0), with what HL7 FHIR R4 (4.0.1) adds. Where the two leave room, and where
we decided otherwise, `docs/reference/fhirpath.md` says so.
"""

from samspil.validation.fhirpath.environment import Environment
from samspil.validation.fhirpath.errors import EvaluationError, PathError
from samspil.validation.fhirpath.path import Path, compile_path
from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.references import BundleReferences
from samspil.validation.fhirpath.temporal import Temporal
from samspil.validation.fhirpath.values import Node

__all__ = [
    "BundleReferences",
    "Environment",
    "EvaluationError",
    "Node",
    "Path",
    "PathError",
    "Quantity",
    "Temporal",
    "compile_path",
]
