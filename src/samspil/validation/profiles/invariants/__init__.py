"""Invariants as named functions: the built-in rules' tests, one a rule id, gathered when the package is imported."""

from samspil.validation.profiles.invariants import dk_core, medcom, r4
from samspil.validation.profiles.invariants.registry import NamedInvariants, find_test, is_vacuous, registered

__all__ = ["NamedInvariants", "dk_core", "find_test", "is_vacuous", "medcom", "r4", "registered"]
