"""Writes `examples/`: messages of our own, and beside each what its reading and report should be.

    python -m tools.examples            write what is missing
    python -m tools.examples --again    write everything anew; look at the difference before committing it

A message is a file, its expectation the same name with `.expected.json`. Ids and times are fixed, people are test
persons, organisations are invented.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from samspil.catalogue.findings import finding
from samspil.domain.identifiers import Cpr
from samspil.domain.message import AnswerCode, Attachment, Format, Message, Party, Person, PersonName, Professional
from samspil.formats.fhir.acknowledgement import write_acknowledgement
from samspil.formats.fhir.compose import (
    Pen,
    compose_care_communication,
    compose_home_care_report,
    compose_hospital_notification,
    measurement,
    party,
)
from samspil.formats.part import Part
from samspil.formats.readers import read_payload
from samspil.validation.judge import examine
from tools.letter_examples import letters

FOLDER = Path(__file__).parents[1] / "examples"
START = datetime(2026, 3, 2, 9, 15, tzinfo=ZoneInfo("Europe/Copenhagen"))
EPISODE = "0c9b4a52-7d1e-4f3a-9b60-51d2f7a8c3e4"

HOSPITAL = party("Medicinsk afdeling, Sundby Sygehus", gln="5790000000012", sor="100000000016001")
HOME_CARE = party("Hjemmeplejen, Åby Kommune", gln="5790000000029", sor="200000000016002")
CLINIC = party(
    "Lægerne på Torvet",
    gln="5790000000036",
    sor="300000000016003",
    yder="012345",
    contact=Professional(name=PersonName(given=("KLP",))),
)
ACUTE_TEAM = party("Akutteamet, Åby Kommune", gln="5790000000043", sor="400000000016004", producer="KAF")
BRUNO = Person(
    number=Cpr("2509479989"),
    number_system="urn:oid:1.2.208.176.1.2",
    name=PersonName(family="Elmer", given=("Bruno", "Test")),
)
NURSE = Professional(
    name=PersonName(family="Holm", given=("Karen",)),
    role="Sygeplejerske",
    role_code="sygeplejerske",
    phones=("70102030",),
)
DOCTOR = Professional(
    name=PersonName(family="Lund", given=("Ole",)), role="Læge", role_code="laege", phones=("+4570102031",)
)
PLAN = Attachment(
    title="Plan", media_type="application/pdf", content=b"%PDF-1.4\n% an example\n", author=NURSE, phone="70102030"
)
LINK = Attachment(title="Vejledning", url="https://samspil.example/vejledning")
LONG = (
    "Bruno har været indlagt med lungebetændelse og har haft god virkning af behandlingen. Han er oppegående med "
    "rollator og klarer personlig pleje med let støtte.\nVi beder jer hjælpe med medicin morgen og aften, og måle "
    "vægt to gange om ugen. Ring ved feber over 38,5 eller tiltagende åndenød.\n"
)


class Stage:
    """Fixed time and ids: the same run writes the same bytes."""

    def __init__(self, seed: str, *, hours: int = 0, syntax: Format = Format.FHIR_JSON) -> None:
        self._random = Random(seed)
        self.pen = Pen(START + timedelta(hours=hours), self.new_id, syntax)

    def new_id(self) -> UUID:
        """The next id, a UUID of version 4."""
        return UUID(int=self._random.getrandbits(128), version=4)


def read(payload: bytes) -> Message:
    """The message in a payload of our own."""
    message = part_of(payload).build()
    assert message is not None
    return message


def part_of(payload: bytes) -> Part:
    """The only part of a payload."""
    return read_payload(payload)[1][0]


def letter(stage: Stage, sender: Party, receiver: Party, **what: Any) -> bytes:
    """A care communication by the sender's own professional."""
    author = DOCTOR if sender is CLINIC else NURSE
    said: dict[str, Any] = {"patient": BRUNO, "author": author, "phone": author.phones[0]} | what
    return compose_care_communication(stage.pen, sender=sender, receiver=receiver, **said)


def stay(stage: Stage, activity: str, **what: Any) -> bytes:
    """A hospital notification of Bruno's stay."""
    said: dict[str, Any] = {"patient": BRUNO, "episode": EPISODE, "started_at": START} | what
    return compose_hospital_notification(stage.pen, activity=activity, sender=HOSPITAL, receiver=HOME_CARE, **said)


def answer(stage: Stage, payload: bytes, code: AnswerCode, *findings: str) -> bytes:
    """An acknowledgement of a payload."""
    ids = [str(stage.new_id()) for _ in range(4)]
    return write_acknowledgement(
        part_of(payload),
        code=code,
        issues=[finding(row) for row in findings],
        envelope_id=ids[0],
        message_id=ids[1],
        provenance_id=ids[2],
        outcome_id=ids[3],
        now=stage.pen.now,
        syntax=stage.pen.syntax,
    )


def good() -> dict[str, bytes]:
    """Messages as they should be."""
    care, stays = "care-communication/5.0", "hospital-notification/3.0"
    new = letter(
        Stage("new"), HOSPITAL, HOME_CARE, text="Bruno er klar til udskrivelse.\nHilsen Karen", category="discharge"
    )
    files = letter(
        Stage("files"),
        HOSPITAL,
        HOME_CARE,
        text="Se planen.",
        category="nursing",
        topic="Plan for hjemmet",
        attachments=[PLAN, LINK],
        episode=EPISODE,
        team="Team Nord",
    )
    begun = stay(Stage("stin"), "admit-inpatient", report_wanted=True)
    left = stay(
        Stage("stor", hours=2),
        "start-leave-inpatient",
        leave_started_at=START + timedelta(hours=2),
        following=read(begun),
    )
    report = compose_home_care_report(
        Stage("report").pen,
        sender=ACUTE_TEAM,
        receiver=CLINIC,
        patient=BRUNO,
        performer=DOCTOR,
        measurements=[
            measurement("NPU22089", "Glukose", "6.80", "mmol/L", START, note="Ikke fastende"),
            measurement("MCS88122", "Respirationsfrekvens", "19", "1/min", START),
        ],
        conclusion="Stabil. Ses igen i morgen.",
        attachments=[Attachment(title="EKG", media_type="image/png", content=b"\x89PNG example", created=START)],
    )
    return {
        f"{care}/new.json": new,
        f"{care}/attachments.json": files,
        f"{care}/reply.json": letter(
            Stage("reply", hours=1),
            HOME_CARE,
            HOSPITAL,
            text="Tak, vi er klar.",
            category="nursing",
            replying_to=read(files),
        ),
        f"{care}/forward.json": letter(
            Stage("forward", hours=3),
            HOME_CARE,
            CLINIC,
            text="Til orientering.",
            category="nursing",
            forwarding=read(files),
        ),
        f"{care}/referral.json": letter(
            Stage("referral"),
            CLINIC,
            HOSPITAL,
            text="Kan tiden flyttes?",
            category="regarding-referral",
            priority="asap",
            recipient=NURSE,
        ),
        f"{care}/long.json": letter(
            Stage("long"), HOSPITAL, HOME_CARE, text=LONG * 17, category="discharge", topic="Udskrivelse"
        ),
        f"{care}/new.xml": letter(
            Stage("xml", syntax=Format.FHIR_XML),
            CLINIC,
            HOME_CARE,
            text="Æblegrød & øl\n<ikke fedt>",
            category="other",
            topic="Kost",
        ),
        f"{stays}/stin.json": begun,
        f"{stays}/staa.json": stay(Stage("staa"), "admit-emergency"),
        f"{stays}/stor.json": left,
        f"{stays}/slhj.json": stay(
            Stage("slhj", hours=4),
            "discharge-inpatient-home",
            ended_at=START + timedelta(hours=4),
            following=read(begun),
        ),
        f"{stays}/an_stin.json": stay(Stage("an", hours=1), "cancel-admit-inpatient", following=read(begun)),
        "acknowledgement/2.0/ok.json": answer(Stage("ok", hours=1), new, AnswerCode.OK),
        "acknowledgement/2.0/fatal.json": answer(Stage("fatal", hours=1), new, AnswerCode.FATAL, "fhir.sender.missing"),
        "home-care-observation/1.2/report.json": report,
    }


def faulty(messages: dict[str, bytes]) -> dict[str, bytes]:
    """Messages with one fault each."""
    new = messages["care-communication/5.0/new.json"]

    def edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
        root = json.loads(new)
        edit(root)
        return json.dumps(root, ensure_ascii=False, indent=2).encode()

    def wrong_gln(root: dict[str, Any]) -> None:
        sender = root["entry"][0]["resource"]["sender"]["reference"]
        row = next(entry["resource"] for entry in root["entry"] if entry["fullUrl"].endswith(sender))
        row["identifier"][0]["value"] = "5790000000013"

    def nowhere(root: dict[str, Any]) -> None:
        for entry in root["entry"]:
            if entry["resource"]["resourceType"] == "Communication":
                entry["resource"]["subject"]["reference"] = "Patient/11111111-1111-4111-8111-111111111111"

    return {
        "faulty/no-timestamp.json": edited(lambda root: root.pop("timestamp")),
        "faulty/header-not-first.json": edited(lambda root: root["entry"].append(root["entry"].pop(0))),
        "faulty/unknown-event.json": edited(
            lambda root: root["entry"][0]["resource"]["eventCoding"].update(code="care-comunication-message")
        ),
        "faulty/wrong-check-digit.json": edited(wrong_gln),
        "faulty/reference-to-nowhere.json": edited(nowhere),
        "faulty/cut-off.json": new[: len(new) // 2],
        "faulty/name-twice.json": new.replace(b'"type":"message"', b'"type":"message","type":"message"', 1),
    }


def expectation(payload: bytes) -> dict[str, Any]:
    """What a payload should be recognised as, read as, and judged."""
    examined = examine(payload)
    identity, part = examined.identity, examined.parts[0]
    rejecting = [issue for issue in examined.report.issues if issue.severity.rejects]
    return {
        "identity": plain(identity),
        "verdict": examined.report.verdict.value,
        "issues": [{"code": issue.code, "where": str(issue.where)} for issue in rejecting],
        "reading": plain(part.build()) if part.head else None,
    }


def plain(value: Any) -> Any:
    """A value of the model as JSON: numbers of persons masked, files by their size, empty things left out."""
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {name: member for name, member in members.items() if member not in (None, "", [], {})}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if value is None or isinstance(value, bool | int) else str(value)


def expectation_file(message: Path) -> Path:
    """Where the expectation of a message stands."""
    return message.with_name(f"{message.name}.expected.json")


def main() -> None:
    """Write the files, and say which."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--again", action="store_true", help="write also what is there")
    again = parser.parse_args().again
    messages = good()
    for name, payload in (messages | faulty(messages) | letters()).items():
        file = FOLDER / name
        if file.exists() and not again:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(payload)
        expected = json.dumps(expectation(payload), ensure_ascii=False, indent=2) + "\n"
        expectation_file(file).write_text(expected, encoding="utf-8")
        print(f"{file.relative_to(FOLDER.parent)}: {len(payload)} bytes")


if __name__ == "__main__":
    main()
