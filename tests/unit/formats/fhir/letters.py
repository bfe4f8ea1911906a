"""A small care communication that the tests of this folder damage, read and answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from samspil.domain.identifiers import Cpr
from samspil.domain.message import Attachment, Format, Person, PersonName, Professional
from samspil.formats.fhir.compose import Pen, compose_care_communication, party
from samspil.formats.fhir.tree import Tree
from samspil.formats.part import Part
from samspil.formats.readers import read_payload

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
HOSPITAL = party("Sundby Sygehus", gln="5790000000012", sor="100000000016001")
HOME_CARE = party("Hjemmeplejen, Åby", gln="5790000000029", sor="200000000016002")
BRUNO = Person(number=Cpr("2509479989"), name=PersonName(family="Elmer", given=("Bruno", "Test")))
NURSE = Professional(name=PersonName(family="Holm", given=("Karen",)), role_code="sygeplejerske")
PLAN = Attachment(title="Plan", media_type="application/pdf", content=b"%PDF-1.4")


def ids(seed: int) -> Callable[[], UUID]:
    """Fresh ids, the same for the same seed."""
    random = Random(seed)
    return lambda: UUID(int=random.getrandbits(128), version=4)


def letter(syntax: Format = Format.FHIR_JSON, *, seed: int = 1, **what: Any) -> bytes:
    """The letter as bytes."""
    said: dict[str, Any] = {"text": "Æbler\n& øl", "category": "nursing", "author": NURSE, "phone": "70102030"}
    return compose_care_communication(
        Pen(NOW, ids(seed), syntax), sender=HOSPITAL, receiver=HOME_CARE, patient=BRUNO, **(said | what)
    )


def part_of(payload: bytes) -> Part:
    """The payload's only part."""
    return read_payload(payload)[1][0]


def tree_of(payload: bytes) -> Tree:
    """The payload's tree."""
    tree = part_of(payload).tree
    assert isinstance(tree, Tree)
    return tree


def edited(edit: Callable[[dict[str, Any]], object], payload: bytes | None = None) -> bytes:
    """The letter with its tree changed."""
    root = json.loads(payload or letter())
    edit(root)
    return json.dumps(root).encode()
