"""A category and its topic as the subject of a letter, and back.

A letter has a subject and no category: what it says before the first colon is one if a category has that name.
`other` has no name of its own there, unless its topic would read as another category.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from samspil.catalogue.codes import names

OTHER = "other"
_MARK = ": "


@cache
def _codes() -> Mapping[str, str]:
    return MappingProxyType({name.in_("da").casefold(): code for code, name in names("category").items()})


def subject_of(category: str, topic: str) -> str:
    """The subject of a letter.

    >>> subject_of("medicine", "Ny dosis"), subject_of("other", "Ny dosis"), subject_of("training", "")
    ('Medicin: Ny dosis', 'Ny dosis', 'Træning')
    """
    if category == OTHER and topic and category_of(topic) == (OTHER, topic):
        return topic
    known = names("category").get(category)
    title = known.in_("da") if known else category
    return f"{title}{_MARK}{topic}" if topic else title


def category_of(subject: str) -> tuple[str, str]:
    """The category and the topic of a subject; `other` where its first words are no category.

    >>> category_of("Medicin: Ny dosis"), category_of("Ny dosis"), category_of("Træning")
    (('medicine', 'Ny dosis'), ('other', 'Ny dosis'), ('training', ''))
    """
    title, mark, topic = subject.partition(_MARK)
    code = _codes().get(title.casefold())
    return (code, topic) if code and (mark or title == subject) else (OTHER, subject)
