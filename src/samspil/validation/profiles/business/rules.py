"""Which written rules are for which standard: the table, and the way through it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from samspil.validation.profiles.business import (
    acknowledgement,
    care_communication,
    envelope,
    home_care,
    hospital_notification,
    provenance,
)
from samspil.validation.profiles.business.facts import Facts
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.scene import Scene

Judge = Callable[[Facts], Iterator[Fault]]

MESSAGES: Final = (envelope.judge, provenance.judge)
FAMILIES: Final[Mapping[str, Judge]] = {
    "Acknowledgement": acknowledgement.judge,
    "CareCommunication": care_communication.judge,
    "HomeCareObservation": home_care.judge,
    "HospitalNotification": hospital_notification.judge,
}


def judge_business(scene: Scene, standard: str) -> list[Fault]:
    """The faults against the written rules of a message; none for anything else."""
    entries = scene.bundle.entries
    if scene.root.get("type") != "message" or not entries or entries[0].type != "MessageHeader":
        return []
    facts = Facts(scene, entries[0], standard)
    judges = (*MESSAGES, FAMILIES[standard]) if standard in FAMILIES else MESSAGES
    return [fault for judge in judges for fault in judge(facts)]
