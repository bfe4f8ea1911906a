"""Words that several commands use, in both languages."""

from samspil.domain.issues import Language, Phrase, Verdict
from samspil.domain.message import Format, Identity, Kind

FILE = Phrase("a file of any format; - is standard input", da="en fil i ethvert format; - er standard input")
FILES = Phrase("files of any format; - is standard input", da="filer i ethvert format; - er standard input")
JSON = Phrase("one JSON object a line", da="ét JSON-objekt pr. linje")

KINDS = {
    Kind.MESSAGE: Phrase("message", da="meddelelse"),
    Kind.DOCUMENT: Phrase("document", da="dokument"),
    Kind.RECEIPT: Phrase("receipt", da="kvittering"),
    Kind.ENVELOPE: Phrase("envelope", da="kuvert"),
    Kind.OTHER: Phrase("other", da="andet"),
}

VERDICTS = {
    Verdict.ACCEPTED: (Phrase("accepted", da="accepteret"), "green"),
    Verdict.REJECTED: (Phrase("rejected", da="afvist"), "red"),
    Verdict.UNREADABLE: (Phrase("unreadable", da="ulæselig"), "red"),
}


def describe(identity: Identity, language: Language) -> str:
    """An identity in a few words: the standard and version if known, what it is for, how it is spelt."""
    if identity.format is Format.UNKNOWN:
        return Phrase("unknown", da="ukendt").in_(language)
    standard = " ".join(filter(None, (identity.standard, identity.version)))
    kind = "" if identity.kind is None else KINDS[identity.kind].in_(language)
    return ", ".join(filter(None, (standard, kind, identity.format.value)))
