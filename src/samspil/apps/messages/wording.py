"""What things are called: a standard's name, and the cause behind a stable code, in the reader's language."""

from samspil.catalogue.findings import entries
from samspil.catalogue.standards import find_standard
from samspil.domain.issues import Language, Phrase
from samspil.ui.texts import Texts

UNKNOWN = Phrase("Unknown content", da="Ukendt indhold")


def standard_name(standard: str | None) -> Phrase:
    """The name of a kind of message: the catalogue's, else its id."""
    if not standard:
        return UNKNOWN
    known = find_standard(standard)
    return known.name if known else Phrase(standard)


def cause_in_words(code: str, texts: Texts, language: Language) -> str:
    """Why, in words: our own sentence for the code, else the finding's, else the code itself."""
    if not code:
        return ""
    if f"cause.{code}" in texts.table:
        return texts.say(f"cause.{code}", language)
    entry = entries().get(code)
    if entry is not None and "{" not in entry.message:
        return entry.message.in_(language)
    return code
