"""Letters for benchmarks: written by us, 18-20 KB, each with ids of its own, about a few hundred invented people."""

import random
from itertools import cycle

PEOPLE = 400


class Letters:
    """An endless row of letters from the clinic to the hospital. Making the next one costs microseconds."""

    def __init__(self, *, seed: int = 71903) -> None:
        chance = random.Random(seed)
        self._stamps = cycle([_Stamp(chance) for _ in range(PEOPLE)])

    def next(self) -> bytes:
        """A letter nobody has seen."""
        return next(self._stamps).print()


class _Stamp:
    """One composed letter, printed again and again with new ids."""

    def __init__(self, chance: random.Random) -> None:
        raise NotImplementedError
