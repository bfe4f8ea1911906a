"""The circuit breaker's states, one failure at a time."""

from datetime import UTC, datetime, timedelta

from samspil.exchange.breaker import CLOSED, LONGEST_REST, OPENS_AFTER, Circuit, Current

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def failed(times: int) -> Circuit:
    """A circuit after that many failures in a row, each as soon as it may be, the last one at NOW."""
    circuit, moments = CLOSED, [NOW - timedelta(hours=times - n) for n in range(1, times + 1)]
    for moment in moments:
        circuit = circuit.after_failure("delivery.timeout", moment)
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


def test_what_was_under_way_when_it_opened_counts_for_nothing() -> None:
    """Thirty parcels that fail together are one failure of the endpoint."""
    circuit = failed(OPENS_AFTER)
    for _ in range(30):
        circuit = circuit.after_failure("delivery.timeout", NOW + timedelta(seconds=1))
    assert circuit == failed(OPENS_AFTER)


def test_rests_double_to_a_minute() -> None:
    """Each failed probe doubles the rest."""
    rests = [circuit.open_until - NOW for n in range(7) if (circuit := failed(OPENS_AFTER + n)).open_until]
    assert [rest.total_seconds() for rest in rests] == [10, 20, 40, 60, 60, 60, 60]
    assert rests[-1] == LONGEST_REST


def test_one_success_closes_it() -> None:
    """An answer means that all is well again."""
    assert failed(OPENS_AFTER + 3).after_success() == CLOSED
