"""A form with a file in it, read into memory within a limit: what is tried here never touches a disk."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from samspil.ui.security import FIELD

_ROOM = 64 * 1024  # for the form's other fields and the boundaries


class TooLarge(MultiPartException):
    """The form holds more than it may. The parser closes what it has opened when it meets this."""

    def __init__(self) -> None:
        super().__init__("too large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a reader gave: a file or a pasted text."""

    payload: bytes = field(repr=False)
    name: str
    token: str


async def read_upload(request: Request, *, limit_bytes: int) -> Upload | None:
    """The form's file, else its text; None when the form is broken. Errors: TooLarge."""
    if int(request.headers.get("content-length") or 0) > limit_bytes + _ROOM:
        raise TooLarge
    parser = MultiPartParser(
        request.headers,
        _bounded(request, limit_bytes + _ROOM),
        max_files=1,
        max_fields=3,
        max_part_size=limit_bytes,
    )
    parser.spool_max_size = limit_bytes + _ROOM  # no temporary file
    try:
        form = await parser.parse()
    except TooLarge:
        raise
    except (MultiPartException, HTTPException, KeyError, ClientDisconnect):
        return None
    try:
        return await _given(form)
    finally:
        await form.close()


async def _given(form: FormData) -> Upload:
    file, text = form.get("fil"), form.get("tekst")
    payload, name = b"", ""
    if isinstance(file, UploadFile) and file.size:
        payload, name = await file.read(), file.filename or ""
    elif isinstance(text, str):
        payload = text.encode()
    return Upload(payload=payload, name=name, token=str(form.get(FIELD, "")))


async def _bounded(request: Request, limit_bytes: int) -> AsyncGenerator[bytes]:
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > limit_bytes:
            raise TooLarge
        yield chunk
