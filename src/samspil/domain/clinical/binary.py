"""Files that belong to a letter sent separately (binær dokumenttransport)."""

from dataclasses import dataclass

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryLetter:
    """The files. `about_system`: they concern no patient."""

    kind: Phrase
    approval: Approval
    files: tuple[Attachment, ...] = ()
    about_system: bool = False
    contents: str = ""
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of letter it is."""
        return self.kind
