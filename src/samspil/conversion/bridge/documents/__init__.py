"""Letters that no FHIR message replaces, as FHIR documents for reading: coded where FHIR has a code, else told."""
