"""A letter as the part of a payload that everybody works with."""

from samspil.domain.message import Message
from samspil.formats.letters.heads import head_of
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.model import message_of
from samspil.formats.part import Part


def part_of(letter: Letter, *, message_id: str, episode: str, person: str) -> Part:
    """The part of a letter; its message is built when somebody looks."""
    head = head_of(letter, message_id=message_id, episode=episode, person=person)
    faults = letter.byte_faults

    def build() -> Message:
        return message_of(letter.tree, head, letter.type)

    return Part(
        part=str(letter.part),
        identity=letter.identity,
        payload=letter.alone,
        head=head,
        issues=tuple(letter.issues(faults)) if faults else (),
        tree=letter,
        build=build,
    )
