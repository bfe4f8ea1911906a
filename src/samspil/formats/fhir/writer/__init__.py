"""The canonical model as FHIR messages: only the valid form, by the rules of each standard's profiles."""
