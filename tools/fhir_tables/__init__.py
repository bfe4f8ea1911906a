"""Writes our tables of FHIR rules from the official packages: facts only, in our own notation."""
