"""Which profiles a standard's header and history keep, whether they claim to or not.

The published rules that should say so look under dead addresses, or ask only what is claimed.
Source: MedCom's message profiles and their written descriptions.
"""

from collections.abc import Mapping
from typing import Final

from samspil.validation.profiles.scene import Scene

ROOT: Final = "http://medcomfhir.dk/ig/"
HISTORY: Final = ROOT + "messaging/StructureDefinition/medcom-messaging-provenance"
CARE: Final = ROOT + "carecommunication/StructureDefinition/medcom-careCommunication-"
EXPECTED: Final[Mapping[str, Mapping[str, str]]] = {
    "Acknowledgement": {
        "MessageHeader": ROOT + "acknowledgement/StructureDefinition/medcom-messaging-acknowledgementHeader",
        "Provenance": HISTORY,
    },
    "CareCommunication": {"MessageHeader": CARE + "messageHeader", "Provenance": CARE + "provenance"},
    "HomeCareObservation": {
        "MessageHeader": ROOT + "homecareobservation/StructureDefinition/medcom-homecareobservation-messageheader",
        "Provenance": HISTORY,
    },
    "HospitalNotification": {
        "MessageHeader": ROOT + "hospitalnotification/StructureDefinition/medcom-hospitalNotification-messageHeader",
        "Provenance": HISTORY,
    },
}


def demand_expected(scene: Scene, standard: str) -> None:
    """Ask of a message's header and history what its standard asks."""
    wanted = EXPECTED.get(standard)
    if not wanted:
        return
    for entry in scene.bundle.entries:
        canonical = wanted.get(entry.type)
        rules = scene.rulebook.profile(canonical) if canonical else None
        if rules is not None:
            scene.demand(entry, rules)
