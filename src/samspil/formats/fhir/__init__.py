"""HL7 FHIR R4 messages and documents, JSON and XML, read into the domain's words and written from them."""
