"""A receipt for letters (kvittering): taken, or refused with reasons."""

from dataclasses import dataclass

from samspil.domain.clinical.form import Item
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLetter:
    """One letter that the receipt speaks of; a refusal has a reason."""

    identifier: str = ""
    version: str = ""
    refusal: Code | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReceipt:
    """A receipt for the letters of one envelope. `refusal` and `text` concern the envelope itself."""

    kind: Phrase
    taken: bool
    envelope: str = ""
    sender: str = ""
    receiver: str = ""
    refusal: Code | None = None
    text: Text | None = None
    letters: tuple[AnsweredLetter, ...] = ()
    statistics: str = ""
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of receipt it is."""
        return self.kind
