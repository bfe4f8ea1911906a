"""What a node does once before its first message: compile the rules that most messages need, and settle its memory.

Rules are compiled when a message first asks for them; without this the first caller would wait for all the others.
Afterwards what is in memory stays for good, so the garbage collector need not look at it again: without that, each
of its full rounds would walk through every compiled rule for the sake of some short-lived message.
"""

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from uuid import uuid4

from samspil.domain.identifiers import Cpr
from samspil.domain.issues import report_of
from samspil.domain.message import AnswerCode, Person, PersonName, Professional
from samspil.formats.answers import write_answer
from samspil.formats.fhir.compose import Pen, compose_care_communication, party
from samspil.validation.judge import Examination, examine

YOUNG, MIDDLE, OLD = 20_000, 50, 100
"""Objects before a young round, young rounds before a middle one, middle ones before a full one."""


@cache
def warm_up(judge: Callable[[bytes], Examination] = examine) -> None:
    """Judge a letter and its acknowledgement; then leave what is in memory in peace. Once a process.

    Twice each: checks are written out for what they meet again.
    """
    pen = Pen(datetime(2026, 1, 1, tzinfo=UTC), uuid4)
    letter = compose_care_communication(
        pen,
        sender=party("Afsender", gln="5790000121526", sor="265161000016000"),
        receiver=party("Modtager", gln="5790000201389", sor="953741000016009"),
        patient=Person(number=Cpr("2509479989"), name=PersonName(family="Elmer", given=("Bruno", "Test"))),
        author=Professional(name=PersonName(family="Holm", given=("Karen",)), role_code="overlaege"),
        phone="70201020",
        text="Opvarmning",
    )
    judge(letter)
    examined = judge(letter)
    written = write_answer(examined.parts[0], report_of(()), code=AnswerCode.OK, now=pen.now, new_id=uuid4)
    if written is not None:
        judge(written.payload)
        judge(written.payload)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
