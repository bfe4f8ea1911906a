"""What a conversion gives: outputs, and losses with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from samspil.domain.issues import Phrase

REASONS: Mapping[str, Phrase] = MappingProxyType(
    {
        "absent": Phrase("the target has no place for it", da="målet har ingen plads til det"),
        "unplaced": Phrase("the target's version has no place for it", da="målets version har ingen plads til det"),
        "changed": Phrase("the target can only say something else", da="målet kan kun sige noget andet"),
        "formatting": Phrase("the target has no such formatting", da="målet har ikke denne formatering"),
        "characters": Phrase(
            "typographic characters are replaced by ones of ISO 8859-1",
            da="typografiske tegn er erstattet af tegn i ISO 8859-1",
        ),
        "linefeed": Phrase("line feeds inside values become blanks", da="linjeskift i værdier bliver til mellemrum"),
        "cut": Phrase(
            "it is longer than the target allows, and cut", da="den er længere, end målet tillader, og afkortet"
        ),
        "minute": Phrase("the target tells time to the minute only", da="målet angiver kun tid i hele minutter"),
        "renamed": Phrase(
            "the target's identifiers are of another kind; it has a new one",
            da="målets identifikatorer er af en anden slags; den har fået en ny",
        ),
        "registered": Phrase(
            "the target leaves it to the organisation register", da="målet overlader det til organisationsregisteret"
        ),
        "separate": Phrase(
            "the target gets the file in a letter of its own", da="målet får filen i et brev for sig selv"
        ),
        "text": Phrase("the target says it in the text only", da="målet siger det kun i teksten"),
        "split": Phrase("the text goes on in another element", da="teksten fortsætter i et andet element"),
    }
)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the target cannot hold: where it stands in the letter, and why it is lost."""

    path: str
    reason: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One payload of the target's standard."""

    standard: str | None
    version: str | None
    payload: bytes = field(repr=False)


def lost(path: str, why: str) -> Loss:
    """A loss with one of the known reasons."""
    return Loss(path, REASONS[why])
