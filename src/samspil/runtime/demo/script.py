"""What the parties of the demonstration write to each other: letters written by us, and some with a fault on purpose.

Each scene is a letter as its sender's own system would hand it over. Chance picks citizens and words, so that no two
performances are alike.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from samspil.domain.message import Attachment, Message, Party, Person
from samspil.formats.fhir.compose import (
    Pen,
    compose_care_communication,
    compose_home_care_report,
    compose_hospital_notification,
    measurement,
)
from samspil.formats.readers import read_payload
from samspil.runtime.demo.cast import BY_KEY, CITIZENS, STRANGER


@dataclass(frozen=True, slots=True)
class Scene:
    """One letter, and whose system hands it over."""

    sender: str
    letter: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a correspondence is about."""

    sender: str
    receiver: str
    category: str
    topic: str
    text: str


SUBJECTS = (
    Subject("hospital", "municipality", "discharge", "Hjemmebesøg efter udskrivelse",
            "Borgeren udskrives i dag efter operation i højre hofte. Vi beder om hjælp til støttestrømper morgen og"
            " aften og om et hjemmebesøg inden for tre dage."),
    Subject("municipality", "clinic", "nursing", "Sår på venstre underben",
            "Såret er skiftet i dag, 2 gange 3 cm, rent og uden lugt. Vi ønsker en vurdering af, om behandlingen skal"
            " fortsætte uændret."),
    Subject("clinic", "municipality", "medicine", "Ændret blodtryksmedicin",
            "Dosis er sat ned, fordi borgeren er svimmel, når han rejser sig. Mål gerne blodtrykket hver morgen i en"
            " uge og skriv, hvis det øvre tal er under 110."),
    Subject("pharmacy", "clinic", "medicine", "Recept kan ikke ekspederes",
            "Præparatet er i restordre. Vi kan levere samme stof fra en anden producent i samme styrke. Er det i"
            " orden?"),
    Subject("clinic", "hospital", "regarding-referral", "Supplerende oplysninger",
            "Patienten er henvist i sidste uge. EKG taget i dag er vedhæftet. Ingen ændring i symptomer siden."),
    Subject("municipality", "hospital", "assistive-devices", "Rollator leveret",
            "Rollator og badestol er leveret og prøvet i hjemmet. Borgeren kan udskrives, når I er klar."),
    Subject("hospital", "clinic", "examination-results", "Svar på blodprøver",
            "Tallene er normale. Patienten er orienteret pr. telefon. Kontrol om et halvt år hos jer."),
    Subject("municipality", "clinic", "training", "Genoptræning afsluttet",
            "Borgeren har gennemført 8 gange holdtræning og går nu 400 meter uden pause."),
)  # fmt: skip
WITH_EKG = "Supplerende oplysninger"
ANSWER = Subject(
    "clinic", "municipality", "nursing", "Sår på venstre underben",
    "Fortsæt uændret i en uge, og tag et billede på fredag. Ring, hvis såret bliver rødt eller varmt.",
)  # fmt: skip
BEAT = ((16, 0), (4, 7), (4, -7), (8, 0), (3, -6), (4, 46), (4, -52), (3, 12), (12, 0), (8, 9), (8, -9))
"""One beat of the drawn heart, as steps to the right and up."""
READINGS = (
    ("MCS88015", "Blodtryk, systolisk", "mmHg", 105, 168),
    ("MCS88020", "Puls", "/min", 55, 104),
    ("NPU02187", "Glukose i blod", "mmol/L", 4, 14),
)


NOW = timedelta(0)


class Writer:
    """Writes letters. `now` and chance are its own, so that a test can fix both."""

    def __init__(self, *, now: Callable[[], datetime], chance: random.Random) -> None:
        self._now = now
        self._chance = chance

    def opening(self) -> Iterator[Scene]:
        """The first scenes: something of everything, for each page to show."""
        elmer, lund, holm = CITIZENS[0], CITIZENS[1], CITIZENS[2]
        for number, subject in enumerate(SUBJECTS):
            yield self.correspond(subject, citizen=CITIZENS[number % len(CITIZENS)])
        yield from self.conversation(elmer)
        yield from self.stay(lund)
        yield from self.stay(holm)
        yield self.measure(elmer)
        for citizen in CITIZENS[:3]:
            yield self.note("hospital", BY_KEY["resting"].as_party, citizen, "Udskrivelse", "discharge")
        yield self.note("hospital", BY_KEY["silent"].as_party, lund, "Overflytning", "carecoordination")
        yield self.note("hospital", BY_KEY["gone"].as_party, holm, "Genoptræningsplan", "training")
        yield from self.faults(elmer)

    def drip(self) -> Iterator[Scene]:
        """One more happening, as the day goes on."""
        citizen = self._chance.choice(CITIZENS)
        match self._chance.choices(("letter", "talk", "stay", "measure", "rest", "fault"), (50, 14, 12, 14, 6, 4))[0]:
            case "letter":
                yield self.correspond(self._chance.choice(SUBJECTS), citizen=citizen)
            case "talk":
                yield from self.conversation(citizen)
            case "stay":
                yield from self.stay(citizen)
            case "measure":
                yield self.measure(citizen)
            case "rest":
                yield self.note("hospital", BY_KEY["resting"].as_party, citizen, "Udskrivelse", "discharge")
            case _:
                yield self._chance.choice(list(self.faults(citizen)))

    def correspond(
        self, subject: Subject, *, citizen: Person, ago: timedelta = NOW, answers: Message | None = None
    ) -> Scene:
        """A care communication written some time ago, or an answer in its thread."""
        sender = BY_KEY[subject.sender]
        letter = compose_care_communication(
            self._pen(ago),
            sender=sender.as_party,
            receiver=BY_KEY[subject.receiver].as_party,
            patient=citizen,
            author=sender.author,
            phone=sender.phone,
            text=subject.text,
            category=subject.category,
            topic=subject.topic,
            attachments=[_ekg()] if subject.topic == WITH_EKG else [],
            replying_to=answers,
        )
        return Scene(subject.sender, letter)

    def note(self, sender: str, receiver: Party, citizen: Person, topic: str, category: str) -> Scene:
        """A short care communication to anybody."""
        letter = compose_care_communication(
            self._pen(),
            sender=BY_KEY[sender].as_party,
            receiver=receiver,
            patient=citizen,
            author=BY_KEY[sender].author,
            phone=BY_KEY[sender].phone,
            text="Vi har lagt en plan sammen med borgeren. Ring til afdelingen ved spørgsmål.",
            category=category,
            topic=topic,
        )
        return Scene(sender, letter)

    def conversation(self, citizen: Person) -> Iterator[Scene]:
        """A question and its answer, which carries the question along."""
        question = self.correspond(SUBJECTS[1], citizen=citizen, ago=timedelta(minutes=40))
        yield question
        yield self.correspond(ANSWER, citizen=citizen, answers=_read(question.letter))

    def stay(self, citizen: Person) -> Iterator[Scene]:
        """A hospital stay begins and ends."""
        stay, ended = str(uuid4()), self._now()
        started = ended - timedelta(hours=self._chance.randint(20, 90))
        begin = self._notify("admit-inpatient", citizen, stay=stay, started=started, ago=ended - started)
        yield begin
        end = self._notify(
            "discharge-inpatient-home", citizen, stay=stay, started=started, ended=ended, following=_read(begin.letter)
        )
        yield end

    def measure(self, citizen: Person) -> Scene:
        """The municipality's acute team measures at home."""
        sender, now = BY_KEY["municipality"], self._now()
        letter = compose_home_care_report(
            self._pen(),
            sender=sender.as_party,
            receiver=BY_KEY["clinic"].as_party,
            patient=citizen,
            performer=sender.author,
            measurements=[
                measurement(code, name, str(self._chance.randint(low, high)), unit, now)
                for code, name, unit, low, high in READINGS
            ],
            conclusion="Borgeren er almen upåvirket. Ny måling i morgen.",
        )
        return Scene(sender.key, letter)

    def faults(self, citizen: Person) -> Iterator[Scene]:
        """Letters that are turned away, each for a reason of its own."""
        good = self.correspond(SUBJECTS[0], citizen=citizen)
        yield Scene(good.sender, without_header(good.letter))
        yield Scene(good.sender, good.letter[: len(good.letter) * 2 // 3])
        yield self.note("hospital", STRANGER, citizen, "Flytning", "carecoordination")
        once = self.note("clinic", BY_KEY["municipality"].as_party, citizen, "Aflyst besøg", "nursing")
        yield once
        yield Scene(once.sender, once.letter.replace(b"afdelingen", b"klinikken"))
        yield Scene("municipality", "Kære kollega, hermed en meddelelse, som ingen kan læse.".encode())
        stay = self._notify("admit-inpatient", citizen, stay=str(uuid4()), started=self._now())
        yield Scene(stay.sender, without_period(stay.letter))

    def _notify(
        self,
        activity: str,
        citizen: Person,
        *,
        stay: str,
        started: datetime,
        ended: datetime | None = None,
        ago: timedelta = NOW,
        following: Message | None = None,
    ) -> Scene:
        letter = compose_hospital_notification(
            self._pen(ago),
            activity=activity,
            sender=BY_KEY["hospital"].as_party,
            receiver=BY_KEY["municipality"].as_party,
            patient=citizen,
            episode=stay,
            started_at=started,
            ended_at=ended,
            report_wanted=ended is None,
            following=following,
        )
        return Scene("hospital", letter)

    def _pen(self, ago: timedelta = NOW) -> Pen:
        return Pen(now=self._now() - ago, new_id=uuid4)


def _read(letter: bytes) -> Message:
    """A letter as its receiver reads it."""
    message = read_payload(letter)[1][0].build()
    assert message is not None
    return message


def without_header(letter: bytes) -> bytes:
    """A fault: nothing tells what the message is and who shall have it."""
    bundle = orjson.loads(letter)
    bundle["entry"] = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] != "MessageHeader"]
    return orjson.dumps(bundle)


def without_period(letter: bytes) -> bytes:
    """A fault: a stay without a beginning."""
    bundle = orjson.loads(letter)
    for resource in _resources(bundle, "Encounter"):
        resource.pop("period", None)
    return orjson.dumps(bundle)


def _resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def _ekg() -> Attachment:
    """A drawing of a heart's rhythm, made up, as a PDF file."""
    place, height = 40, 60
    steps = [f"{place} {height} m"]
    for across, up in BEAT * 7:
        place, height = place + across, height + up
        steps.append(f"{place} {height} l")
    stream = f"0.7 0 0 RG 1.2 w {' '.join(steps)} S BT /F1 11 Tf 40 130 Td (EKG, syntetisk) Tj ET"
    return Attachment(title="EKG (syntetisk)", media_type="application/pdf", content=pdf(stream, width=640, height=160))


def pdf(stream: str, *, width: int, height: int) -> bytes:
    """A PDF file of one page that shows what the stream draws (ISO 32000-1, 7.5)."""
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    file, places = "%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj{content}endobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    table = f"xref\n0 {count}\n0000000000 65535 f \n{rows}"
    end = f"trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{len(file)}\n%%EOF\n"
    return (file + table + end).encode("ascii")
