"""Correspondence from one generation to the other: out to letters, in to FHIR."""
