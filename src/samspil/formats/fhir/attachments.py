"""Files in a FHIR message, as the model knows them."""

from base64 import b64decode
from binascii import Error

from samspil.domain.message import Attachment
from samspil.formats.fhir.bundle import Resource
from samspil.formats.fhir.elements import moment, text_of


def attachment_of(element: Resource) -> Attachment:
    """An Attachment element. Data that is not base64 is left out, and stays in the tree."""
    content = _decode(text_of(element, "data"))
    size = element.get("size")
    stated = size if isinstance(size, int) and not isinstance(size, bool) else None
    return Attachment(
        title=text_of(element, "title"),
        media_type=text_of(element, "contentType"),
        content=content,
        url=text_of(element, "url"),
        size_bytes=len(content) if content is not None else stated,
        created=moment(element.get("creation")),
    )


def _decode(data: str) -> bytes | None:
    if not data:
        return None
    try:
        return b64decode(data.translate(_BLANKS), validate=True)
    except (Error, ValueError):
        return None


_BLANKS = {ord(blank): None for blank in " \t\r\n"}
