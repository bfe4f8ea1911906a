"""What a caller can read: the weighing of Accept and Accept-Language.

Source: RFC 9110, sections 12.4.2 (weights), 12.5.1 and 12.5.4. A field that cannot be understood counts as absent.
"""

from collections.abc import Iterator, Sequence

from samspil.domain.issues import Language

Headers = Sequence[tuple[bytes, bytes]]
MOST_CHOICES = 32
"""Choices read of one field; what a caller lists after that is not looked at."""


def header(headers: Headers, name: bytes) -> bytes | None:
    """The first value of a field, its name in lower case."""
    for key, value in headers:
        if key == name:
            return value
    return None


def header_text(headers: Headers, name: bytes) -> str:
    """The first value of a field as text, empty if absent."""
    value = header(headers, name)
    return "" if value is None else value.decode("latin-1")


def language(headers: Headers) -> Language:
    """The better liked of Danish and English; English where neither is asked for."""
    field = header(headers, b"accept-language")
    if field is None:
        return "en"
    weights: dict[str, float] = {}
    for tag, weight in _choices(field.decode("latin-1")):
        weights.setdefault(tag.partition("-")[0], weight)
    otherwise = weights.get("*", 0.0)
    return "da" if weights.get("da", otherwise) > weights.get("en", otherwise) else "en"


def media_type(accept: str, offers: Sequence[str]) -> str | None:
    """The offer the caller likes best, the earlier of equals; None if it takes none of them."""
    ranges = list(_choices(accept)) or [("*/*", 1.0)]
    best = max(offers, key=lambda offer: _liking(offer, ranges))
    return best if _liking(best, ranges) > 0 else None


def _liking(offer: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that takes the offer in."""
    group = offer.partition("/")[0]
    for pattern in (offer, f"{group}/*", "*/*"):
        for accepted, weight in ranges:
            if accepted == pattern:
                return weight
    return 0.0


def _choices(field: str) -> Iterator[tuple[str, float]]:
    """Each choice of a weighed list, in lower case and without its parameters, with its weight."""
    for item in field.lower().split(",", MOST_CHOICES)[:MOST_CHOICES]:
        name, *parameters = (piece.strip() for piece in item.split(";"))
        if name:
            yield name, _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0
