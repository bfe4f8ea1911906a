"""Scripts: what a shape's script says is what the thorough check says, whatever stands in the members."""

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from samspil.formats.fhir.bundle import Bundle
from samspil.validation.profiles import objects
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants import NamedInvariants
from samspil.validation.profiles.judge import judge_scene
from samspil.validation.profiles.rulebook import Rulebook
from samspil.validation.profiles.scene import Scene
from samspil.validation.profiles.script import Script, Told
from samspil.validation.profiles.selection import Shelf
from tests.unit.validation.profiles.conftest import places, table

EXAMPLES = Path(__file__).parents[4] / "examples"
FAMILIES = ("acknowledgement", "care-communication", "home-care-observation", "hospital-notification")
ODD_VALUES: tuple[Any, ...] = (None, "", "\x07", "a b", " ", "x" * 101, 0, 1.5, True, [], {}, [None], [{}], ["x"])
CHANGES_A_MESSAGE = 25


def messages() -> Iterator[dict[str, Any]]:
    """Our examples in JSON."""
    for family in FAMILIES:
        for file in sorted((EXAMPLES / family).rglob("*.json")):
            root = orjson.loads(file.read_bytes())
            if isinstance(root, dict) and root.get("resourceType") == "Bundle":
                yield root


def judged_by(shelf: Shelf, root: dict[str, Any]) -> list[str]:
    """The faults of a message with all that is told of them, in no order."""
    choice = shelf.choose(root)
    faults = judge_scene(Scene(root, Bundle(root), choice.rulebook), choice)
    return sorted(f"{fault!r} {fault.facts} {fault.severity} {fault.hollow} {fault.limit}" for fault in faults)


def places_in(node: Any) -> Iterator[tuple[Any, str | int]]:
    """Every value below a node, as holder and key."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield node, key
        if isinstance(value, dict | list):
            yield from places_in(value)


@pytest.fixture
def thorough(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The built-in rules, none of which ever becomes a script."""
    monkeypatch.setattr(objects, "MOST_SHAPES", 0)
    yield Shelf(builtin_library(), NamedInvariants())
    monkeypatch.undo()


def test_scripts_say_what_thorough_checks_say(thorough: Shelf) -> None:
    """A message changed in one place has the same faults by scripts and without them."""
    roots = list(messages())
    changes: list[tuple[dict[str, Any], list[str]]] = []
    chance = random.Random(71903)
    for root in roots:
        for _ in range(CHANGES_A_MESSAGE):
            changed = copy.deepcopy(root)
            holder, key = chance.choice(list(places_in(changed)))
            holder[key] = chance.choice(ODD_VALUES)
            changes.append((changed, judged_by(thorough, changed)))
    assert sum(1 for _, faults in changes if faults) > len(changes) / 2
    objects.MOST_SHAPES = 100
    by_scripts = Shelf(builtin_library(), NamedInvariants())
    for root in roots * 2:
        judged_by(by_scripts, root)
    for changed, faults in changes:
        assert judged_by(by_scripts, changed) == faults


PERSON = table("""
Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* birthDate 1..1
""")


def test_a_shape_met_twice_is_still_looked_at(rulebook: Callable[[str], Rulebook]) -> None:
    """The third object of a shape is judged by the script, and its faults are found."""
    book = rulebook(PERSON)
    rules = book.profile("http://example.org/fhir/StructureDefinition/person")
    assert rules is not None

    def judged(resource: dict[str, Any]) -> list[Fault]:
        return rules.check(resource, Scene(resource, Bundle(resource), book)) or []

    good = {"resourceType": "Patient", "birthDate": "1947-09-25", "active": True}
    bad = {"resourceType": "Patient", "birthDate": "25-09-1947", "active": "yes"}
    assert [judged(good) for _ in range(3)] == [[], [], []]
    assert places(judged(bad)) == [
        ("fhir.primitive.malformed", "Patient#Patient.birthDate", "birthDate"),
        ("fhir.type.wrong", "Patient#Patient.active", "active"),
    ]


def test_a_script_reads_as_the_checks_it_stands_for() -> None:
    """One variable a member; a check that an expression can tell is asked only where the expression is not true."""
    script = Script(("system", "code"), lambda faults, _found, *_place: faults)
    script.write(Told("{x} in {k}", lambda _value, _scene: None, frozenset({"a"})), "a1", "'code'")
    assert script.source.splitlines() == [
        "def check(value, scene):",
        "    (a0, a1,) = value.values()",
        "    faults = None",
        "    if not (a1 in k0):",
        "        found = k1(a1, scene)",
        "        if found is not None: faults = gather(faults, found, 'code')",
        "    return faults",
    ]
