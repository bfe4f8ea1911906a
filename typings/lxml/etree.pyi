"""The part of lxml.etree that samspil uses, typed; lxml itself ships no types."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, overload

class _Element:
    tag: Any
    text: str | None
    tail: str | None
    attrib: dict[str, str]
    nsmap: dict[str | None, str]
    sourceline: int | None
    def __iter__(self) -> Iterator[_Element]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> _Element: ...
    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: str) -> str: ...
    def find(self, path: str, namespaces: dict[str, str] | None = None) -> _Element | None: ...
    def findall(self, path: str, namespaces: dict[str, str] | None = None) -> list[_Element]: ...
    def iter(self, *tags: str) -> Iterator[_Element]: ...
    def iterancestors(self) -> Iterator[_Element]: ...
    def itertext(self) -> Iterator[str]: ...
    def getparent(self) -> _Element | None: ...
    def getroottree(self) -> _ElementTree: ...

class _ElementTree:
    def getroot(self) -> _Element: ...
    def getpath(self, element: _Element) -> str: ...

class QName:
    localname: str
    namespace: str | None
    def __init__(self, element: _Element | str) -> None: ...

class _LogEntry:
    line: int
    column: int
    message: str
    path: str | None
    type_name: str

class XMLSyntaxError(SyntaxError):
    position: tuple[int, int]

class XMLSchemaParseError(Exception): ...

class XMLParser:
    error_log: Sequence[_LogEntry]
    def __init__(
        self,
        *,
        encoding: str | None = None,
        resolve_entities: bool = ...,
        no_network: bool = ...,
        load_dtd: bool = ...,
        dtd_validation: bool = ...,
        huge_tree: bool = ...,
        recover: bool = ...,
        remove_comments: bool = ...,
        remove_pis: bool = ...,
        remove_blank_text: bool = ...,
        strip_cdata: bool = ...,
        collect_ids: bool = ...,
    ) -> None: ...

class XMLSchema:
    error_log: Sequence[_LogEntry]
    def __init__(self, etree: _ElementTree | _Element | None = None, *, file: Any = None) -> None: ...
    def validate(self, etree: _ElementTree | _Element) -> bool: ...

def fromstring(text: bytes | str, parser: XMLParser | None = None) -> _Element: ...
def parse(source: Any, parser: XMLParser | None = None) -> _ElementTree: ...
def tostring(
    element: _Element | _ElementTree,
    *,
    encoding: str | None = None,
    xml_declaration: bool | None = None,
    method: str = "xml",
    with_tail: bool = True,
) -> bytes: ...
def iterwalk(element: _Element, events: Iterable[str] = ...) -> Iterator[tuple[str, _Element]]: ...
def iterparse(source: IO[bytes], events: Iterable[str] = ..., **options: Any) -> Iterator[tuple[str, _Element]]: ...
