"""Do two payloads say the same? What belongs to the envelope alone does not count.

Asked only when a message id comes a second time with other bytes.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from samspil.domain.message import Format

_HOMES: Mapping[Format, str] = MappingProxyType(
    {
        Format.FHIR_JSON: "samspil.formats.fhir.sameness",
        Format.FHIR_XML: "samspil.formats.fhir.sameness",
        Format.EDIFACT: "samspil.formats.letters.sameness",
        Format.OIOXML: "samspil.formats.letters.sameness",
    }
)


def same_content(first: bytes, second: bytes, spelling: Format) -> bool:
    """Is the second a repetition of the first in another envelope? Unknown formats: only the same bytes are."""
    if first == second:
        return True
    home = _HOMES.get(spelling)
    if home is None:
        return False
    same: Callable[[bytes, bytes], bool] = import_module(home).same_content
    return same(first, second)
