"""Every sentence a page shows, in one place and two languages: Danish first, English second.

The texts lie in `texts/*.toml`, in this folder or in an app's; a file's name begins each key:

    # traffic.toml
    title = ["Trafik", "Traffic"]                     # key traffic.title
    [state]
    delivered = ["Leveret", "Delivered"]              # key traffic.state.delivered
    rows = ["{count} række|{count} rækker", "{count} row|{count} rows"]

A text with `|` has a form for one and a form for several; `count` chooses. A missing key is our mistake and raises.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from markupsafe import Markup

from samspil.domain.issues import Language


class Key(str):
    """The key of a text, for values that are said in the reader's language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in both languages."""

    da: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in one language."""
        return self.da if language == "da" else self.en


class Texts:
    """All texts of some folders, by key."""

    def __init__(self, *folders: Traversable) -> None:
        """Read every `*.toml` of the folders. A key that stands twice raises."""
        table: dict[str, Pair] = {}
        for folder in folders:
            for file in sorted(folder.iterdir(), key=lambda item: item.name):
                if not file.name.endswith(".toml"):
                    continue
                for key, pair in _pairs(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))):
                    if key in table:
                        raise ValueError(f"text {key!r} stands twice, again in {file.name}")
                    table[key] = pair
        self.table: Mapping[str, Pair] = table

    def say(self, key: str, language: Language, /, **values: object) -> str:
        """The text of a key, its `{places}` filled."""
        text = self.table[key].in_(language)
        if "|" in text and "count" in values:
            one, several = text.split("|", 1)
            text = one if values["count"] in (1, "1") else several
        return text.format_map(values) if values else text

    def speaker(self, language: Language) -> Callable[..., str]:
        """`say` in one language, for templates."""

        def speak(key: str, /, **values: object) -> str:
            if any(hasattr(value, "__html__") for value in values.values()):
                text = Markup(self.say(key, language))  # noqa: S704 - our own text; the values are escaped
                return text.format_map(values)
            return self.say(key, language, **values)

        return speak


def _pairs(prefix: str, table: dict[str, object]) -> Iterator[tuple[str, Pair]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        match value:
            case dict():
                yield from _pairs(key, value)
            case [str() as danish, str() as english]:
                yield key, Pair(danish, english)
            case _:
                raise TypeError(f"text {key!r} is not a pair of Danish and English")
