"""A FHIR payload as parsed: the tree that JSON has, whichever syntax it came in, with a way back to the bytes.

Readers, judges and writers share it: `part.tree` of a FHIR part is a `Tree`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from samspil.domain.issues import Location
from samspil.domain.message import Format
from samspil.formats.encoding import Source
from samspil.formats.fhir.bundle import Bundle
from samspil.formats.fhir.locate import JsonPlaces, Places, Span, XmlPlaces
from samspil.formats.fhir.paths import Step, path_of
from samspil.formats.fhir.signs import Signs
from samspil.formats.fhir.survey import Survey, survey


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The parsed resource, its bundle's index, and its places in the payload."""

    root: dict[str, Any] = field(repr=False)
    format: Format
    source: Source = field(repr=False)

    @cached_property
    def bundle(self) -> Bundle:
        """Who is who."""
        return Bundle(self.root)

    @cached_property
    def survey(self) -> Survey:
        """What one walk over the whole tree found."""
        return survey(self.root)

    @cached_property
    def signs(self) -> Signs | None:
        """What the signs of the JSON text tell; None of XML."""
        return Signs(self.source.text) if self.format is Format.FHIR_JSON else None

    def locate(self, *steps: Step) -> Location:
        """The place of a value, as a path and in the bytes; of the nearest thing around it if it is not there.

        >>> tree.locate("entry", 0, "resource", "id").path  # doctest: +SKIP
        'Bundle.entry[0].resource(MessageHeader).id'
        """
        return self.source.location(path_of(self.root, steps), *self.span(*steps))

    def span(self, *steps: Step) -> Span:
        """The bytes of a value in the payload, or of the nearest thing around it."""
        return self._places.span(steps)

    def lexical(self, *steps: Step) -> str | None:
        """The characters of a primitive as they stand in the payload, quotes left out: decimals keep their zeros."""
        start, end = self.span(*steps)
        text = self.source.payload[start:end].decode(self.source.encoding.codec, "replace")
        return text.strip("\"'") if text and text[0] not in "{[<" else None

    @cached_property
    def _places(self) -> Places:
        return JsonPlaces(self.source) if self.format is Format.FHIR_JSON else XmlPlaces(self.source)
