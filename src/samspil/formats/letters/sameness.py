"""Do two payloads hold the same letters, whatever their envelopes say?"""

from samspil.formats.edifact.reader import EdifactLetter
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.reading import read_letters
from samspil.formats.oioxml.reader import OioxmlLetter


def same_content(first: bytes, second: bytes) -> bool:
    """Do both hold the same letters in the same order? Line breaks and spelling between values do not count."""
    said = _contents(first)
    return bool(said) and said == _contents(second)


def _contents(payload: bytes) -> list[object]:
    return [_content(part.tree) for part in read_letters(payload) or () if isinstance(part.tree, Letter)]


def _content(letter: Letter) -> object:
    if isinstance(letter, EdifactLetter):
        return letter.scan.text[letter.unit.start : letter.unit.end], letter.scan.objects
    return isinstance(letter, OioxmlLetter) and (letter.name, letter.tree)
