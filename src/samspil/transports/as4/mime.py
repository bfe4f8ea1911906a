"""Multipart messages taken apart strictly, and put together: SOAP first, then attachments.

Everything is bounded before it is looked at, nothing is guessed: a boundary that does not fit, a header that is folded
into nonsense, two parts of one name are refused. Lines end with CRLF.
Source: RFC 2046 (multipart), RFC 2387 (related), RFC 2392 (cid); SOAP Messages with Attachments.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from samspil.transports.as4.names import SOAP_XML
from samspil.transports.as4.refusal import Ebms, Refused

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PARAMETER = re.compile(r';\s*([!#$%&\'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)\s*')
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_AS_IT_IS = frozenset({"", "binary", "7bit", "8bit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a message is read. Source: 100 MB is the networks' own limit; the others are ours."""

    message_bytes: int = 110_000_000
    payload_bytes: int = 100_000_000
    soap_bytes: int = 2_000_000
    parts: int = 32
    header_bytes: int = 8_192
    headers: int = 32
    expansion: int = 200


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment as it lies in the message."""

    content_id: str
    content: bytes = field(repr=False)
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """A message taken apart: the SOAP envelope, and the attachments by Content-ID."""

    soap: bytes = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


def read_package(content_type: str, body: bytes, *, limits: Limits = LIMITS) -> Package:
    """The message that an HTTP body holds. Errors: Refused, EBMS:0007."""
    if len(body) > limits.message_bytes:
        raise _broken("message too large")
    kind, parameters = _parsed_type(content_type)
    if kind == SOAP_XML:
        return Package(_bounded_soap(body, limits))
    if kind != "multipart/related":
        raise _broken("neither multipart/related nor SOAP")
    if parameters.get("type", SOAP_XML).lower() != SOAP_XML:
        raise _broken("the related type is not SOAP")
    boundary = parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise _broken("no boundary")
    parts = [_part(raw, limits) for raw in _parts(body, b"--" + boundary.encode("ascii"), limits)]
    return _package(parts, parameters.get("start", ""), limits)


def _package(parts: Sequence[Attachment], start: str, limits: Limits) -> Package:
    wanted = _bare(start) if start else parts[0].content_id
    root = parts[0]
    if root.content_id != wanted or root.media_type != SOAP_XML:
        raise _broken("the first part is not the SOAP envelope")
    names = [part.content_id for part in parts]
    if len(set(names)) != len(names) or "" in names[1:]:
        raise _broken("attachments are not told apart")
    return Package(_bounded_soap(root.content, limits), tuple(parts[1:]))


def _bounded_soap(soap: bytes, limits: Limits) -> bytes:
    if not 0 < len(soap) <= limits.soap_bytes:
        raise _broken("SOAP envelope empty or too large")
    return soap


def _broken(reason: str) -> Refused:
    return Refused(Ebms.MIME_INCONSISTENCY, reason)


def _parsed_type(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type's kind and parameters. A parameter that stands twice is refused."""
    head, semicolon, rest = value.partition(";")
    rest = (semicolon + rest).strip()
    parameters: dict[str, str] = {}
    place = 0
    while place < len(rest):
        found = _PARAMETER.match(rest, place)
        if not found or found[1].lower() in parameters:
            raise _broken("Content-Type is not well formed")
        parameters[found[1].lower()] = _unquoted(found[2])
        place = found.end()
    return head.strip().lower(), parameters


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _parts(body: bytes, delimiter: bytes, limits: Limits) -> Iterator[bytes]:
    """The raw parts between the delimiters; before the first only blank lines stand, after the last nothing counts."""
    opening = body.find(delimiter)
    if opening < 0 or body[:opening].strip(b"\r\n"):
        raise _broken("no first boundary")
    place = opening + len(delimiter)
    for count in range(limits.parts + 2):
        line_end = body.find(b"\r\n", place)
        if body[place : place + 2] == b"--":
            if count == 0:
                raise _broken("no part")
            return
        if count > limits.parts:
            raise _broken("too many parts")
        if line_end < 0 or body[place:line_end].strip(b" \t"):
            raise _broken("boundary line is not well formed")
        start = line_end + 2
        following = body.find(b"\r\n" + delimiter, start - 2)
        if following < 0:
            raise _broken("no last boundary")
        yield body[start : max(start, following)]
        place = following + 2 + len(delimiter)


def _part(raw: bytes, limits: Limits) -> Attachment:
    if raw.startswith(b"\r\n"):
        head, content = b"", raw[2:]
    else:
        end = raw.find(b"\r\n\r\n", 0, limits.header_bytes)
        if end < 0:
            raise _broken("a part's headers do not end")
        head, content = raw[:end], raw[end + 4 :]
    headers = _headers(head, limits)
    kind, _ = _parsed_type(headers.get("content-type", ""))
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding == "base64":
        content = _decoded(content)
    elif encoding not in _AS_IT_IS:
        raise _broken("transfer encoding not supported")
    return Attachment(_bare(headers.get("content-id", "")), content, kind)


def _headers(head: bytes, limits: Limits) -> dict[str, str]:
    """The headers of a part, unfolded. One that stands twice is refused."""
    headers: dict[str, str] = {}
    try:
        lines = head.decode("utf-8").split("\r\n") if head else []
    except UnicodeDecodeError as fault:
        raise _broken("headers are not text") from fault
    name = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and name:
            headers[name] = f"{headers[name]} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not _TOKEN.fullmatch(name) or name in headers or len(headers) >= limits.headers:
            raise _broken("a header is not well formed")
        headers[name] = value.strip()
    return headers


def _decoded(content: bytes) -> bytes:
    try:
        return b64decode(content.translate(None, b" \t\r\n"), validate=True)
    except Error as fault:
        raise _broken("a part is no base64") from fault


def _bare(content_id: str) -> str:
    """A Content-ID without its angle brackets."""
    return content_id[1:-1] if content_id.startswith("<") and content_id.endswith(">") else content_id


def named_by(href: str) -> str:
    """The Content-ID that a cid: URL names. Errors: Refused for another kind of URL."""
    if not href.startswith("cid:"):
        raise Refused(Ebms.EXTERNAL_PAYLOAD, "a payload outside of the message")
    return unquote(href[4:])


def write_package(package: Package, *, boundary: str) -> tuple[str, bytes]:
    """The Content-Type and body of a message. Without attachments it is plain SOAP."""
    if not package.attachments:
        return f"{SOAP_XML}; charset=UTF-8", package.soap
    root = f"root.{boundary}"
    pieces = [_written(boundary, root, f"{SOAP_XML}; charset=UTF-8", package.soap)]
    pieces += [_written(boundary, part.content_id, part.media_type, part.content) for part in package.attachments]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    content_type = f'multipart/related; boundary="{boundary}"; type="{SOAP_XML}"; start="<{root}>"'
    return content_type, b"".join(pieces)


def _written(boundary: str, content_id: str, content_type: str, content: bytes) -> bytes:
    head = (
        f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>\r\n\r\n"
    )
    return head.encode("ascii") + content
