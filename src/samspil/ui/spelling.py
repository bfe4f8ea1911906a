"""How values look in one language: moments, lengths of time, numbers, sizes. The filters of every template."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from samspil.domain.issues import Language, Phrase
from samspil.domain.text import Text
from samspil.ui import times
from samspil.ui.texts import Key

TESTS: dict[str, Any] = {
    "moment_value": lambda value: isinstance(value, datetime),
    "day_value": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "text_value": lambda value: isinstance(value, Text),
    "key_value": lambda value: isinstance(value, Key),
    "phrase_value": lambda value: isinstance(value, Phrase),
}
"""What a template asks of a value before it chooses how to spell it."""


class Spelling:
    """Spells values in one language, seen from now."""

    def __init__(self, language: Language, *, now: Callable[[], datetime]) -> None:
        self.language: Language = language
        self._now = now

    def filters(self) -> dict[str, Callable[..., str]]:
        """Every spelling by its name in templates."""
        return {
            "ago": self.ago,
            "due": self.due,
            "moment": self.moment,
            "exact": self.exact,
            "clock": self.clock,
            "day": self.day,
            "lasting": self.lasting,
            "number": self.number,
            "size": self.size,
            "spoken": self.spoken,
        }

    def ago(self, value: datetime) -> Markup:
        """`3 min. siden`."""
        return self._element(value, times.ago(value, self.language, now=self._now()))

    def due(self, value: datetime) -> Markup:
        """`om 3 min.`; what is due already is due now."""
        text = times.ago(value, self.language, now=self._now())
        if value <= self._now():
            text = "nu" if self.language == "da" else "now"
        return self._element(value, text)

    def moment(self, value: datetime) -> Markup:
        """`24. nov. kl. 18.05`."""
        return self._element(value, times.moment(value, self.language, now=self._now()))

    def exact(self, value: datetime) -> Markup:
        """`24. nov. kl. 18.05.12`, with the year unless it is this one."""
        local = value.astimezone(times.COPENHAGEN)
        text = times.day(local, self.language, now=self._now())
        return self._element(value, f"{text} {times.clock(value, self.language, seconds=True)}")

    def clock(self, value: datetime) -> Markup:
        """`18.05.12`."""
        return self._element(value, times.clock(value, self.language, seconds=True))

    def day(self, value: date) -> str:
        """`24. nov. 2020`; a moment becomes its day in Denmark."""
        local = value.astimezone(times.COPENHAGEN).date() if isinstance(value, datetime) else value
        return times.day(local, self.language)

    def lasting(self, span: timedelta) -> str:
        """`4,2 s`."""
        return times.lasting(span, self.language)

    def number(self, value: int) -> str:
        """`1.240`."""
        return f"{value:,}".replace(",", "." if self.language == "da" else ",")

    def size(self, size_bytes: int) -> str:
        """`18,2 kB`."""
        if size_bytes < 1000:
            return f"{size_bytes} byte" + ("s" if self.language == "en" and size_bytes != 1 else "")
        value, unit = size_bytes / 1000, "kB"
        for larger in ("MB", "GB"):
            if value >= 1000:
                value, unit = value / 1000, larger
        text = f"{value:.1f}".removesuffix(".0")
        return f"{text.replace('.', ',') if self.language == 'da' else text} {unit}"

    def spoken(self, phrase: Phrase) -> str:
        """A finding's sentence."""
        return phrase.in_(self.language)

    def _element(self, value: datetime, text: str) -> Markup:
        """A `time` element: its text as asked, the whole moment for machines and on hover."""
        full = times.moment(value, self.language, seconds=True)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), full, text)
