"""What pages say of things by their codes: a standard's name, the cause behind a stable code, where a party is."""

from samspil.access.directory import Directory
from samspil.catalogue.findings import entries
from samspil.catalogue.standards import find_standard
from samspil.domain.issues import Language, Phrase
from samspil.exchange.letters import HTTP_REFUSED
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


def answer_on_wire(wire: str, status: int) -> str:
    """The key of what whoever brought a message was told: in a folder it is told by where the file lies."""
    if wire != "folder":
        return "message.wire.http"
    return "message.wire.folder_taken" if status < HTTP_REFUSED else "message.wire.folder_refused"


def has_mailbox(directory: Directory, gln: str | None) -> bool:
    """Are this party's messages kept here for it?"""
    endpoint = directory.find_endpoint(gln) if gln else None
    return endpoint is not None and endpoint.wire == "mailbox"
