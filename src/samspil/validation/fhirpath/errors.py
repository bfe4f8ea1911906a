"""What goes wrong with an expression, and exactly where in its text.

    ValueError
    ├── PathError          the text is no expression we know: raised when it is compiled
    └── EvaluationError    the expression met data it cannot answer for: raised when it runs

Both show the expression with a caret under the place:

    no function is called 'exist'; did you mean 'exists'?
      name.exist()
           ^^^^^
"""

from difflib import get_close_matches


class _Placed(ValueError):
    """An error with a place in an expression. `start` and `end` are a half-open range of characters."""

    def __init__(self, message: str, *, expression: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.expression = expression
        self.start = start
        self.end = max(end, start + 1)

    @property
    def line(self) -> int:
        """The line of the place, counted from 1."""
        return self.expression.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column of the place in its line, counted from 1."""
        return self.start - self.expression.rfind("\n", 0, self.start)

    @property
    def excerpt(self) -> str:
        """The line of the expression that holds the place, and carets under it; long lines are cut."""
        first = self.expression.rfind("\n", 0, self.start) + 1
        last = self.expression.find("\n", self.start)
        text = self.expression[first : last if last >= 0 else len(self.expression)].replace("\t", " ")
        place = self.start - first
        cut = max(0, place - 60)
        shown = text[cut : cut + 110]
        width = max(1, min(self.end - self.start, cut + len(shown) - place))
        return f"  {shown}\n  {' ' * (place - cut)}{'^' * width}"

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if "\n" in self.expression else f"column {self.column}"
        return f"{self.message} ({where})\n{self.excerpt}"


class PathError(_Placed):
    """The expression cannot be compiled: its syntax is wrong, or it names something unknown."""


class EvaluationError(_Placed):
    """The expression cannot be answered for this data: several items where one must stand, or the wrong type."""


def suggestion(wrong: str, known: list[str]) -> str:
    """The end of a sentence that offers the nearest known name, or nothing."""
    exact = [name for name in known if name.lower() == wrong.lower()]
    near = exact or get_close_matches(wrong, known, n=1, cutoff=0.7)
    return f"; did you mean '{near[0]}'?" if near else ""
