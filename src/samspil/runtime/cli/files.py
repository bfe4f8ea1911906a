"""Files given on the command line: `-` is stdin, and a file that cannot be read is wrong use, not a crash."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samspil.domain.issues import Phrase
from samspil.runtime.cli.context import Context, Misuse

STDIN = "-"
PROGRESS = Phrase("reading", da="læser")


@dataclass(frozen=True, slots=True)
class Given:
    """One file as named by the user, and its bytes."""

    name: str
    payload: bytes


def read_each(context: Context, names: Sequence[str]) -> Iterator[Given | Misuse]:
    """Each file's bytes, or why it cannot be read; the others are still done."""
    for name in context.output.progress(names, PROGRESS):
        try:
            yield read_one(name)
        except Misuse as problem:
            context.output.complain(problem.phrase)
            yield problem


def read_one(name: str) -> Given:
    """One file's bytes. Errors: Misuse."""
    try:
        return Given(name, sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes())
    except FileNotFoundError:
        raise Misuse(f"no such file: {name}", da=f"filen findes ikke: {name}") from None
    except IsADirectoryError:
        raise Misuse(
            f"{name} is a folder; name the files in it", da=f"{name} er en mappe; nævn filerne i den"
        ) from None
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise Misuse(f"cannot read {name}: {why}", da=f"kan ikke læse {name}: {why}") from None
