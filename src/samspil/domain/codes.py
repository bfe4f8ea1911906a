"""A code from a code system, with what it is called."""

from dataclasses import dataclass

from samspil.domain.issues import Phrase


@dataclass(frozen=True, slots=True)
class Code:
    """One concept: the code, the system it belongs to, and a name to show (in both languages where we know them)."""

    code: str
    system: str = ""
    name: Phrase = Phrase("")  # noqa: RUF009 - a Phrase never changes

    def __str__(self) -> str:
        return str(self.name) or self.code
