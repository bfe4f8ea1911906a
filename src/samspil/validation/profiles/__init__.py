"""Rules of FHIR profiles: read from tables or packages, compiled once, judged in well under a millisecond."""
