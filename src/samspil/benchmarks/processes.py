"""CPU time and memory of running processes, read from /proc."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a group of processes used between two looks. Memory is the sum of proportional set sizes at the second."""

    cpu_seconds: float
    pss_bytes: int


def measure(groups: Mapping[str, Sequence[int]]) -> Callable[[], dict[str, Usage]]:
    """Look now; the function given back looks again. Processes that came later are not counted."""
    before = {name: {pid: _cpu_seconds(pid) for pid in pids} for name, pids in groups.items()}

    def look_again() -> dict[str, Usage]:
        return {
            name: Usage(
                sum(max(0.0, _cpu_seconds(pid) - then) for pid, then in known.items()),
                sum(_pss_bytes(pid) for pid in known),
            )
            for name, known in before.items()
        }

    return look_again


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, new = [pid], {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new}
        found += sorted(new)
    return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process, 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
