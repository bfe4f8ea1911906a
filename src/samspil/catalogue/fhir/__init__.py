"""FHIR's rules as data: our own tables of R4, dk-core and MedCom, and the official packages a user has."""
