"""Write MedCom FHIR messages from plain facts: one module for each message, `blocks` for what they share.

Used to answer and to demonstrate. What is written follows the profiles in force: ids are new UUIDs, every reference
resolves inside the bundle, the newest Provenance targets the header, and a narrative tells what the data say.

`from_model` makes the canonical model first and writes that, so that replies and later notifications follow from a
message as it was read; its functions are this package's front.
"""

from samspil.formats.fhir.compose.from_model import (
    Pen,
    compose_care_communication,
    compose_home_care_report,
    compose_hospital_notification,
    measurement,
    party,
)

__all__ = [
    "Pen",
    "compose_care_communication",
    "compose_home_care_report",
    "compose_hospital_notification",
    "measurement",
    "party",
]
