"""Cut a FHIRPath expression into tokens, each with its place in the text.

Source:  FHIRPath Normative Release 1 (v2.0.0), Lexical elements and the grammar in its appendix.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from samspil.validation.fhirpath.errors import PathError

MAX_LENGTH = 16_384
"""Characters an expression may have; the longest official one has about 900."""


class Kind(Enum):
    """What a token is."""

    WORD = auto()  # an identifier or keyword
    DELIMITED = auto()  # an identifier in back quotes
    STRING = auto()
    INTEGER = auto()
    DECIMAL = auto()
    MOMENT = auto()  # a date, dateTime or time literal, without its @
    SPECIAL = auto()  # $this, $index, $total
    VARIABLE = auto()  # an environment variable, without its %
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `text` is what it means: strings unescaped, quotes and markers off. `start`, `end`: its place."""

    kind: Kind
    text: str
    start: int
    end: int


_TOKENS = re.compile(
    r"""
      (?P<skip>     \s+ | //[^\n]* | /\*.*?\*/ )
    | (?P<moment>   @ (?: T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?
                        | \d{4}(?:-\d\d(?:-\d\d)?)?
                          (?: T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)? )? ) (?![\w:]) )
    | (?P<decimal>  \d+\.\d+ )
    | (?P<integer>  \d+ )
    | (?P<special>  \$(?:this|index|total)\b )
    | (?P<variable> % (?: [A-Za-z_][\w-]* | ` (?:[^`\\]|\\.)* ` | ' (?:[^'\\]|\\.)* ' ) )
    | (?P<word>     [A-Za-z_]\w* )
    | (?P<string>   ' (?:[^'\\]|\\.)* ' )
    | (?P<delimited> ` (?:[^`\\]|\\.)* ` )
    | (?P<symbol>   <= | >= | != | !~ | /(?!\*) | [-+*&|=~<>().,\[\]{}] )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_ESCAPES = {"'": "'", '"': '"', "`": "`", "\\": "\\", "/": "/", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)

_KINDS = {
    "decimal": Kind.DECIMAL,
    "integer": Kind.INTEGER,
    "special": Kind.SPECIAL,
    "word": Kind.WORD,
    "symbol": Kind.SYMBOL,
}


def read_tokens(expression: str) -> list[Token]:
    """All tokens of an expression, ending with one END token.

    Errors:  PathError at the first character that begins no token.
    """
    if len(expression) > MAX_LENGTH:
        message = f"the expression has {len(expression)} characters; at most {MAX_LENGTH} are read"
        raise PathError(message, expression=expression[:200], start=199, end=200)
    tokens: list[Token] = []
    place = 0
    while place < len(expression):
        match = _TOKENS.match(expression, place)
        if match is None:
            raise _unreadable(expression, place)
        group = match.lastgroup or ""
        if group != "skip":
            tokens.append(_token(expression, group, match.group(), place))
        place = match.end()
    tokens.append(Token(Kind.END, "", len(expression), len(expression)))
    return tokens


def _token(expression: str, group: str, text: str, start: int) -> Token:
    end = start + len(text)
    match group:
        case "string":
            return Token(Kind.STRING, _unescape(expression, text[1:-1], start + 1), start, end)
        case "delimited":
            return Token(Kind.DELIMITED, _unescape(expression, text[1:-1], start + 1), start, end)
        case "moment":
            return Token(Kind.MOMENT, text[1:], start, end)
        case "variable":
            name = text[1:] if text[1] not in "`'" else _unescape(expression, text[2:-1], start + 2)
            return Token(Kind.VARIABLE, name, start, end)
        case _:
            return Token(_KINDS[group], text, start, end)


def _unescape(expression: str, text: str, start: int) -> str:
    if "\\" not in text:
        return text

    def meaning(match: re.Match[str]) -> str:
        letter = match.group(1)
        if len(letter) == 5:
            return chr(int(letter[1:], 16))
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        at = start + match.start()
        message = f"'\\{letter}' is no escape; a backslash itself is written '\\\\'"
        raise PathError(message, expression=expression, start=at, end=at + 2)

    return _ESCAPE.sub(meaning, text)


_BEGINNINGS = {
    "'": "this text has no closing quote",
    "`": "this name has no closing back quote",
    '"': "texts stand in single quotes, names in back quotes",
    "@": "this is no date, dateTime or time; write @2024-05-31, @2024-05-31T14:30:00+02:00 or @T14:30",
    "$": "only $this, $index and $total begin with a dollar sign",
    "%": "a variable's name must follow the percent sign",
    "!": "'!' stands only in '!=' and '!~'; to deny, use .not()",
    "/": "this comment has no end",
}


def _unreadable(expression: str, place: int) -> PathError:
    letter = expression[place]
    message = _BEGINNINGS.get(letter, f"{letter!r} has no meaning here")
    return PathError(message, expression=expression, start=place, end=place + 1)
