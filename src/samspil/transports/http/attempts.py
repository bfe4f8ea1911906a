"""Slow down guessing: who has shown wrong credentials too often must wait."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable

MOST_ADDRESSES = 4096


class Attempts:
    """Failures by address, as a bucket that fills with each one and leaks steadily."""

    def __init__(self, clock: Callable[[], float], *, most: int = 20, over_seconds: float = 60.0) -> None:
        self._clock = clock
        self._most = most
        self._leak_a_second = most / over_seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, address: str) -> int:
        """How long this address must wait before it may try again; 0 when it may now."""
        excess = self._level(neighbourhood(address)) - (self._most - 1)
        return max(0, math.ceil(excess / self._leak_a_second))

    def failed(self, address: str) -> None:
        """Count a failure. The address that failed longest ago is forgotten when there are too many."""
        key = neighbourhood(address)
        self._buckets[key] = (self._level(key) + 1, self._clock())
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)

    def _level(self, key: str) -> float:
        level, at = self._buckets.get(key, (0.0, 0.0))
        return max(0.0, level - (self._clock() - at) * self._leak_a_second)


def neighbourhood(address: str) -> str:
    """What one caller can easily hold: one IPv4 address, one /64 of IPv6. What is no address stands for itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
