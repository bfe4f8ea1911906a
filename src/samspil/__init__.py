"""samspil: cross-sector health communication in Denmark, the whole chain as one program.

The functions here need no database, server or network. None raises on bytes; only wrong use raises.
Everything is imported on first use, so that `import samspil` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samspil.conversion.api import convert
    from samspil.formats.identify import identify
    from samspil.validation.api import load_packages, load_schemas, read, validate

__all__ = ["convert", "identify", "load_packages", "load_schemas", "read", "validate"]

_HOMES = {
    "identify": "samspil.formats.identify",
    "validate": "samspil.validation.api",
    "read": "samspil.validation.api",
    "load_packages": "samspil.validation.api",
    "load_schemas": "samspil.validation.api",
    "convert": "samspil.conversion.api",
}


def __getattr__(name: str) -> object:
    """Import a public function the first time it is asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'samspil' has no attribute {name!r}")
    return getattr(import_module(home), name)
