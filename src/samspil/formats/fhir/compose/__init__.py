"""Write MedCom FHIR messages from plain facts: one module for each message, `blocks` for what they share.

Used to answer and to demonstrate. What is written follows the profiles in force: ids are new UUIDs, every reference
resolves inside the bundle, the newest Provenance targets the header, and a narrative tells what the data say.
"""
