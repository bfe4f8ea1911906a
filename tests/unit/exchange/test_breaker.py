"""The circuit breaker's states, one failure at a time."""

from datetime import UTC, datetime, timedelta

from samspil.exchange.breaker import CLOSED, LONGEST_REST, OPENS_AFTER, Circuit, Current

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def failed(times: int) -> Circuit:
    """A circuit after that many failures in a row, all at NOW."""
    circuit = CLOSED
    for _ in range(times):
        circuit = circuit.after_failure("delivery.timeout", NOW)
    return circuit


def test_a_few_failures_change_nothing() -> None:
    """Parcels flow until the limit is reached."""
    assert failed(OPENS_AFTER - 1).current(NOW) is Current.CLOSED


def test_it_opens_and_probes_after_its_rest() -> None:
    """At the limit the endpoint rests for ten seconds; then one parcel may try."""
    circuit = failed(OPENS_AFTER)
    assert circuit.current(NOW) is Current.OPEN
    assert circuit.current(NOW + timedelta(seconds=9.9)) is Current.OPEN
    assert circuit.current(NOW + timedelta(seconds=10)) is Current.PROBING


def test_rests_double_to_five_minutes() -> None:
    """Each failed probe doubles the rest."""
    rests = [circuit.open_until - NOW for n in range(7) if (circuit := failed(OPENS_AFTER + n)).open_until]
    assert [rest.total_seconds() for rest in rests] == [10, 20, 40, 80, 160, 300, 300]
    assert rests[-1] == LONGEST_REST


def test_one_success_closes_it() -> None:
    """An answer means that all is well again."""
    assert failed(OPENS_AFTER + 3).after_success() == CLOSED
