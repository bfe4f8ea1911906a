"""Letters for benchmarks: written by us, 18-20 KB, each with ids of its own, about a few hundred invented people."""

import random
from datetime import UTC, datetime
from itertools import cycle
from uuid import UUID, uuid4

from samspil.benchmarks.sites import CLINIC_GLN, CLINIC_SOR, HOSPITAL_GLN, HOSPITAL_SOR
from samspil.formats.fhir.compose.blocks import Author, Citizen, Office
from samspil.formats.fhir.compose.care_communication import compose_care_communication

PEOPLE = 400
CLINIC = Office(name="Lægehuset Bækken", gln=CLINIC_GLN, sor=CLINIC_SOR)
HOSPITAL = Office(name="Fjordby Sygehus", gln=HOSPITAL_GLN, sor=HOSPITAL_SOR)
AUTHOR = Author(given="Karen", family="Holm", role="overlaege", phone="70201020")
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
        made: list[UUID] = []

        def new_id() -> UUID:
            made.append(UUID(int=chance.getrandbits(128), version=4))
            return made[-1]

        self._letter = compose_care_communication(
            sender=CLINIC,
            receiver=HOSPITAL,
            citizen=_citizen(chance),
            author=AUTHOR,
            texts=[" ".join(chance.choices(SENTENCES, k=92))],
            now=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
            new_id=new_id,
            episode=str(chance.getrandbits(64)),
        )
        envelope, header = made[-1], made[0]
        self._old = [str(envelope).encode(), str(header).encode()]

    def print(self) -> bytes:
        """The letter under a new envelope id and a new message id."""
        letter = self._letter
        for old in self._old:
            letter = letter.replace(old, str(uuid4()).encode())
        return letter


def _citizen(chance: random.Random) -> Citizen:
    """An invented person: the number has a day and a month, and no check digit."""
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(0, 99)
    number = f"{day:02}{month:02}{year:02}{chance.randint(0, 9999):04}"
    return Citizen(cpr=number, family="Eksempel", given=(chance.choice(("Ane", "Bo", "Carla", "Dan")), "Test"))
