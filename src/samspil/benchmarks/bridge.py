"""Conversions between FHIR and OIOXML, a second of one core, each way, for the three bridged messages.

A conversion is everything that a caller waits for: read, judge, convert, write, and judge what was written. The peer is
lxml, which parses and serialises the OIOXML alone, without asking what it means.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from lxml import etree

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.legacy import seconds
from samspil.conversion.api import convert
from samspil.conversion.bridge.directory import Book, Listing, Sent, Stay
from samspil.domain.identifiers import Cpr
from samspil.domain.message import AnswerCode, Person, PersonName, Professional
from samspil.formats.fhir.acknowledgement import write_acknowledgement
from samspil.formats.fhir.compose import Pen, compose_care_communication, compose_hospital_notification, party
from samspil.validation.judge import examine

_HOSPITAL = party("Fjordby Sygehus", gln="5790000120420", sor="441211000016002")
_CLINIC = party("Lægehuset Bækken", gln="5790000121526", sor="330461000016004")
_NURSE = Professional(name=PersonName(family="Lund", given=("Karen",)), role="Sygeplejerske", role_code="sygeplejerske")
_PATIENT = Person(number=Cpr("2509479989"), name=PersonName(family="Elmer", given=("Bruno", "Test")))
_NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
_SENT_ID = "0fd2c1e8-7a2e-4f0c-9c53-2b7a3f1d5e60"
_EPISODE = "urn:uuid:6a1e0f1c-3f52-5d0e-9c0a-1f7f4c1d2b3a"
_TEXT = "Indlagt med lungebetændelse og behandlet med penicillin i syv dage.\nVægten bedes fulgt to gange om ugen."


def _new_id(seed: int) -> Callable[[], UUID]:
    random = Random(seed)
    return lambda: UUID(int=random.getrandbits(128), version=4)


def messages() -> dict[str, bytes]:
    """Our three messages, by standard."""
    pen = Pen(now=_NOW, new_id=_new_id(1))
    care = compose_care_communication(
        pen,
        sender=_HOSPITAL,
        receiver=_CLINIC,
        patient=_PATIENT,
        author=_NURSE,
        phone="70201020",
        text=_TEXT,
        category="medicine",
        topic="Ny dosis",
    )
    stay = compose_hospital_notification(
        pen,
        sender=_HOSPITAL,
        receiver=_CLINIC,
        patient=_PATIENT,
        activity="admit-inpatient",
        episode=_EPISODE,
        started_at=_NOW,
        report_wanted=True,
    )
    fresh = (str(pen.new_id()) for _ in range(4))
    return {
        "CareCommunication": care,
        "HospitalNotification": stay,
        "Acknowledgement": write_acknowledgement(
            examine(care).parts[0],
            code=AnswerCode.OK,
            envelope_id=next(fresh),
            message_id=next(fresh),
            provenance_id=next(fresh),
            outcome_id=next(fresh),
            now=_NOW,
        ),
    }


class _Log(Book):
    """Knows the two parties, and one message by any name."""

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        del identifier, sender
        return Sent(
            message_id=_SENT_ID,
            activity="new-message",
            sent_at=_NOW - timedelta(hours=1),
            letter="BREV0000000001",
            envelope="KUVERT00000001",
            version="XD9134L",
        )


def directory() -> Book:
    """What registers and logs know here."""
    return _Log(
        [
            Listing(gln="5790000120420", sor="441211000016002", phone="70201020", professional=_NURSE),
            Listing(gln="5790000121526", sor="330461000016004", phone="70201021", professional=_NURSE),
        ],
        stays=[(_EPISODE, Stay(started_at=_NOW))],
    )


def _parse_and_serialise(payload: bytes) -> object:
    return etree.tostring(etree.fromstring(payload))


def run(options: Options) -> Iterator[Figure]:
    """Each message out and in again; then the mean of both ways over the three."""
    known, new_id = directory(), _new_id(2)
    times: list[float] = []
    for standard, payload in messages().items():
        options.tell(standard)
        letter = convert(payload, to="oioxml", directory=known, now=_NOW, new_id=new_id).payload
        assert letter, standard
        ways = ((f"{standard} to OIOXML", payload, "oioxml"), (f"OIOXML to {standard}", letter, "fhir"))
        for what, given, to in ways:
            took = seconds(lambda one, to=to: convert(one, to=to, directory=known, now=_NOW, new_id=new_id), given)
            times.append(took)
            yield Figure(what=what, value=1 / took, unit="/s", note=f"{len(given):,} bytes")
        yield Figure(
            what=f"OIOXML of {standard}", value=1 / seconds(_parse_and_serialise, letter), unit="/s", by="lxml"
        )
    yield Figure(what="conversions between FHIR and OIOXML, mean time", value=len(times) / sum(times), unit="/s")
