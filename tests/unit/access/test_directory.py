"""Look-ups in the register: who, where, from when, until when."""

import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from samspil.access.directory import Capability, Directory, Endpoint, Organisation, danish_order

GLN, OTHER = "5790000121526", "5790001382445"
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))


def endpoint(number: int, *capabilities: Capability, rank: int = 0, active: bool = True, gln: str = GLN) -> Endpoint:
    """An endpoint whose id tells it from the others."""
    return Endpoint(
        id=UUID(int=number), organisation=UUID(int=100), gln=gln, capabilities=capabilities, rank=rank, active=active
    )


def found(directory: Directory, standard: str | None = None, version: str | None = None, at: datetime = MARCH) -> int:
    """The number of the endpoint found; 0 without one."""
    result = directory.find_endpoint(GLN, standard=standard, version=version, at=at)
    return result.id.int if result else 0


def test_without_capabilities_everything_is_taken() -> None:
    """An endpoint that says nothing takes all."""
    assert found(Directory((), [endpoint(1)]), "CareCommunication", "5.0") == 1


@pytest.mark.parametrize(
    ("standard", "version", "at", "expected"),
    [
        ("CareCommunication", "4.0", MARCH, 1),
        ("CareCommunication", "4.0", APRIL, 0),
        ("CareCommunication", "5.0", MARCH, 0),
        ("CareCommunication", "5.0", APRIL, 2),
        ("CareCommunication", "5.0", MAY, 2),
        ("CareCommunication", None, MARCH, 1),
        ("CareCommunication", "", APRIL, 2),
        ("HospitalNotification", "3.0", MARCH, 2),
        ("HospitalNotification", "99", MAY, 2),
        ("Unheard", "1", MARCH, 0),
        (None, None, MARCH, 1),
    ],
)
def test_a_version_succeeds_another(standard: str | None, version: str | None, at: datetime, expected: int) -> None:
    """From its first moment on, and until (not including) its last."""
    directory = Directory(
        (),
        [
            endpoint(1, Capability("CareCommunication", "4.0", None, APRIL)),
            endpoint(2, Capability("CareCommunication", "5.0", APRIL), Capability("HospitalNotification"), rank=1),
        ],
    )
    assert found(directory, standard, version, at) == expected


def test_the_lowest_rank_gets_it_and_the_inactive_gets_nothing() -> None:
    """Rank decides among several; an endpoint that was switched off is still there for those who look."""
    directory = Directory((), [endpoint(1, rank=2), endpoint(2, rank=1), endpoint(3, rank=0, active=False)])
    assert found(directory, "x") == 2
    assert directory.endpoint(UUID(int=3))
    assert [item.id.int for item in directory.endpoints] == [3, 2, 1]
    assert directory.find_endpoint(OTHER) is None


def test_names() -> None:
    """A location number is called by its holder's name; an unknown one by itself."""
    hospital = Organisation(id=UUID(int=100), name="Sygehus Vest", glns=(GLN,))
    directory = Directory([hospital])
    assert directory.name_of(GLN) == "Sygehus Vest"
    assert directory.name_of(OTHER) == OTHER
    assert directory.find_organisation(GLN) == directory.organisation(UUID(int=100)) == hospital
    directory.renew([], [])
    assert directory.find_organisation(GLN) is None


def test_danish_letters_come_last() -> None:
    """æ, ø, å; and aa is å."""
    names = ["Åby", "Zebra", "Ørsted", "aarhus", "Æblehaven", "Bispebjerg"]
    assert sorted(names, key=danish_order) == ["Bispebjerg", "Zebra", "Æblehaven", "Ørsted", "Åby", "aarhus"]


def test_a_token_is_not_printed() -> None:
    """An endpoint in a log line or a traceback shows no secret."""
    secret = "odd-secret-71903"
    shown = Endpoint(id=UUID(int=1), organisation=UUID(int=2), gln=GLN, wire="http", url="https://x", bearer=secret)
    assert secret not in repr(shown)


def test_a_look_up_costs_microseconds() -> None:
    """Ten thousand parties; a hang guard of twenty times what it takes."""
    endpoints = [
        endpoint(number, Capability("CareCommunication", "5.0"), gln=f"579{number:010}") for number in range(10_000)
    ]
    directory = Directory((), endpoints)
    before = time.perf_counter()
    for _ in range(1000):
        assert directory.find_endpoint("5790000009999", standard="CareCommunication", version="5.0", at=MARCH)
    assert (time.perf_counter() - before) / 1000 < 100e-6
