"""Guessing is slowed down for each address, and only for as long as needed."""

from samspil.transports.http.attempts import MOST_ADDRESSES, Attempts, neighbourhood


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_some_failures_are_free() -> None:
    """A mistyped token costs nothing; the twentieth within a minute does."""
    clock = Clock()
    attempts = Attempts(clock, most=20, over_seconds=60)
    for _ in range(19):
        attempts.failed("192.0.2.1")
    assert attempts.wait_seconds("192.0.2.1") == 0
    attempts.failed("192.0.2.1")
    assert attempts.wait_seconds("192.0.2.1") == 3
    assert attempts.wait_seconds("192.0.2.2") == 0


def test_waiting_helps() -> None:
    """After the time that was named the address may try again."""
    clock = Clock()
    attempts = Attempts(clock, most=20, over_seconds=60)
    for _ in range(50):
        attempts.failed("192.0.2.1")
    clock.now += attempts.wait_seconds("192.0.2.1")
    assert attempts.wait_seconds("192.0.2.1") == 0


def test_an_ipv6_network_is_one_caller() -> None:
    """Whoever holds a /64 cannot escape by changing the address inside it."""
    assert neighbourhood("2001:db8:1:2::1") == neighbourhood("2001:db8:1:2:ffff::9") != neighbourhood("2001:db8:1:3::1")
    assert neighbourhood("::ffff:192.0.2.7") == "192.0.2.7"
    assert neighbourhood("unix") == "unix"


def test_memory_is_bounded() -> None:
    """The address that failed longest ago is forgotten first."""
    attempts = Attempts(Clock(), most=1)
    for number in range(MOST_ADDRESSES + 1):
        attempts.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert attempts.wait_seconds("10.0.0.0") == 0
    assert attempts.wait_seconds("10.0.0.1") > 0
