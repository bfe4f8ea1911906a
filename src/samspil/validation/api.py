"""The public functions that judge and read: from bytes to a Report, or to messages.

None raises on bytes. Handles from `load_packages` and `load_schemas` may be kept and shared between threads.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from samspil.domain.issues import Report
from samspil.domain.message import Message
from samspil.validation.judge import examine


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The messages of a payload, in order; empty if nothing could be read. The report says what is wrong."""

    messages: tuple[Message, ...]
    report: Report


class FolderPath(Protocol):
    """What the standard library calls a path."""

    def __fspath__(self) -> str: ...


def validate(payload: bytes, *, packages: object = None, schemas: object = None) -> Report:
    """Judge a payload of any format.

    >>> validate(b"no message").verdict
    <Verdict.UNREADABLE: 'unreadable'>
    """
    return examine(payload, packages=packages, schemas=schemas).report


def read(payload: bytes) -> Reading:
    """Read a payload of any format into the canonical model, and judge it."""
    examination = examine(payload)
    built = (part.build() for part in examination.parts)
    return Reading(messages=tuple(filter(None, built)), report=examination.report)


def load_packages(folder: str | FolderPath, *, cache: str | FolderPath | None = None) -> object:
    """Official FHIR packages in a folder, for the `packages` argument. Errors: ValueError if there are none.

    With a folder for a cache, archives that were read before are read again in a moment.
    """
    return import_module("samspil.validation.profiles.judge").load_packages(folder, cache=cache)


def load_schemas(folder: str | FolderPath) -> object:
    """XML schemas in a folder, for the `schemas` argument. Errors: ValueError if there are none."""
    return import_module("samspil.validation.legacy.judge").load_schemas(folder)
