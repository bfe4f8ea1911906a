"""Letters for benchmarks: written by us, 18-20 KB, each with ids of its own, about a few hundred invented people."""

import random
from datetime import UTC, datetime
from itertools import cycle
from uuid import UUID, uuid4

from samspil.benchmarks.sites import CLINIC_GLN, CLINIC_SOR, HOSPITAL_GLN, HOSPITAL_SOR
from samspil.domain.identifiers import Cpr
from samspil.domain.message import Person, PersonName, Professional
from samspil.formats.fhir.compose import Pen, compose_care_communication, party
from samspil.formats.readers import read_payload

PEOPLE = 400
CLINIC = party("Lægehuset Bækken", gln=CLINIC_GLN, sor=CLINIC_SOR)
HOSPITAL = party("Fjordby Sygehus", gln=HOSPITAL_GLN, sor=HOSPITAL_SOR)
AUTHOR = Professional(name=PersonName(family="Holm", given=("Karen",)), role_code="overlaege")
SENTENCES = (
    "Borgeren er set i dag efter aftale og har det efter omstændighederne godt.",
    "Blodtrykket er målt tre gange i hvile og ligger stabilt under behandlingen.",
    "Vi beder om jeres vurdering af det videre forløb og af behovet for hjælpemidler.",
    "Pårørende er orienteret og har ingen indvendinger mod planen.",
    "Medicinlisten er gennemgået, og der er ingen ændringer siden sidst.",
)


class Letters:
    """An endless row of letters from the clinic to the hospital. Making the next one costs microseconds."""

    def __init__(self, *, seed: int = 71903) -> None:
        chance = random.Random(seed)
        self._stamps = cycle([_Stamp(chance) for _ in range(PEOPLE)])

    def next(self) -> bytes:
        """A letter nobody has seen."""
        return next(self._stamps).print()


class _Stamp:
    """One composed letter about one person, printed again and again with new ids."""

    def __init__(self, chance: random.Random) -> None:
        self._letter = compose_care_communication(
            Pen(datetime(2026, 3, 2, 9, 15, tzinfo=UTC), lambda: UUID(int=chance.getrandbits(128), version=4)),
            sender=CLINIC,
            receiver=HOSPITAL,
            patient=_citizen(chance),
            author=AUTHOR,
            phone="70201020",
            text=" ".join(chance.choices(SENTENCES, k=72)),
            category="carecoordination",
            episode=str(UUID(int=chance.getrandbits(128), version=5)),
        )
        head = read_payload(self._letter)[1][0].head
        assert head is not None
        self._old = [str(head.envelope_id).encode(), head.message_id.encode()]

    def print(self) -> bytes:
        """The letter under a new envelope id and a new message id."""
        letter = self._letter
        for old in self._old:
            letter = letter.replace(old, str(uuid4()).encode())
        return letter


def _citizen(chance: random.Random) -> Person:
    """An invented person: the number has a day and a month, and no check digit."""
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(0, 99)
    number = Cpr(f"{day:02}{month:02}{year:02}{chance.randint(0, 9999):04}")
    given = chance.choice(("Ane", "Bo", "Carla", "Dan"))
    return Person(number=number, name=PersonName(family="Eksempel", given=(given, "Test")))
