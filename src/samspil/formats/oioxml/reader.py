"""OIOXML to letters: each message element read by its shape into the tree that both spellings share.

One walk over the tokens of the plain form reads and judges: what a shape does not allow is a fault at its token, and
what it holds is kept all the same. Elements without a known shape are read as they stand.
Source: MedCom's OIOXML schemas.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.shapes import Child, Holds, Shape, editions, envelope_shape
from samspil.domain.issues import Issue, Location
from samspil.domain.message import Format, Identity
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.heads import episode_of, person_of
from samspil.formats.letters.leaves import leaf_fault
from samspil.formats.letters.letter import Dispatch, Letter
from samspil.formats.letters.parts import part_of
from samspil.formats.letters.tree import Tree, find
from samspil.formats.oioxml.plain import END_OF_ALL, NotPlain, Plain, unescaped
from samspil.formats.oioxml.syntax import Document, parse
from samspil.formats.part import Part

_STYLES = {
    "Bold": Style.BOLD,
    "Italic": Style.ITALIC,
    "Underline": Style.UNDERLINE,
    "Center": Style.CENTER,
    "Right": Style.RIGHT,
}
_LOOKS = frozenset({"FixedFont", *_STYLES})
_LINE_FEED = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_DEEPEST = 60
_NO_LETTERS = frozenset({"Envelope", "Local_Elements"})
_LEAF, _SHAPE, _TEXT, _ANYTHING = range(4)
_KINDS = {
    Holds.LEAF: _LEAF,
    Holds.SHAPE: _SHAPE,
    Holds.FORMATTED: _TEXT,
    Holds.BREAKABLE: _TEXT,
    Holds.ANYTHING: _ANYTHING,
}
_MOST_ORDERS = 4096


class _Entry(NamedTuple):
    """What an element's name leads to."""

    child: Child
    letter: str
    kind: int
    key: str
    many: bool
    fits: Callable[[str], object] | None
    closing: str


class _Table:
    """A shape's children by name, and the orders of children that were found right."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.right: set[str] = set()
        self.below: dict[str, _Table] = {}
        self.entries = {
            name: _Entry(
                child,
                child.letter,
                _KINDS[child.holds],
                child.key,
                child.many,
                child.leaf.fits if child.leaf else None,
                f"/{name}>",
            )
            for name, child in shape.children.items()
        }

    def table(self, child: Child) -> "_Table":
        """The table below a child."""
        found = self.below.get(child.name)
        if found is None:
            found = self.below[child.name] = _table(child.shape)
        return found

    def in_order(self, letters: str) -> bool:
        """May children stand in this order? Orders found right are remembered: letters are alike."""
        if not self.shape.model(letters):
            return False
        if len(self.right) < _MOST_ORDERS:
            self.right.add(letters)
        return True


@cache
def _table(shape: Shape) -> _Table:
    return _Table(shape)


class TreeReader:
    """Reads elements of a plain document. Each method takes the token after an element's start tag.

    It leaves `at` behind the end tag. Raises `NotPlain` (or IndexError, at the end) for markup that does not nest.
    """

    def __init__(self, plain: Plain) -> None:
        self.faults: list[Fault] = []
        self.at = plain.first
        self._tokens = plain.tokens
        self._escaped = plain.escaped

    def read(self, name: str, shape: Shape | None) -> Tree:
        """An element's tree, by its shape if there is one."""
        if shape is None:
            value = self._freely(f"/{name}>", "", _DEEPEST)
            return value if isinstance(value, dict) else {}
        return self._shaped(_table(shape), f"/{name}>")

    def _fault(self, code: str, at: int, **facts: str) -> None:
        self.faults.append(Fault(code, at, tuple(facts.items())))

    # ------------------------------------------------------------------------------------------------- with a shape
    def _shaped(self, table: _Table, closing: str) -> Tree:
        """The children of an element as its shape has them."""
        tree: Tree = {}
        letters = ""
        entries, tokens, escaped = table.entries, self._tokens, self._escaped
        at = first = self.at
        while True:
            token = tokens[at]
            name, _, text = token.partition(">")
            entry = entries.get(name)
            if entry is None:
                self.at = at
                if token == closing or self._is_end(token, closing):
                    break
                if entry := self._empty(name, text, entries, tree):
                    letters += entry.letter
                    self._keep(entry, self._nothing(entry), tree)
                at = self.at
                continue
            child, letter, kind, key, many, fits, end = entry
            letters += letter
            if kind == _LEAF:
                opened = at
                if tokens[at + 1] == end:
                    at += 2
                else:
                    self.at = at
                    text = self._leaf(end, text)
                    at = self.at
                value: Any = unescaped(text) if escaped else text
                if not fits(value):  # pyright: ignore[reportOptionalCall] - every leaf has it
                    self._unfit(opened, child, value)
            else:
                self.at = at + 1
                value = self._deeper(kind, table, child, end, text)
                at = self.at
            if many:
                self._keep(entry, value, tree)
            else:
                tree[key] = value
        self.at = at + 1
        if letters not in table.right and not table.in_order(letters):
            self._disordered(first - 1, table.shape, letters)
        return tree

    def _deeper(self, kind: int, table: _Table, child: Child, end: str, text: str) -> Any:
        if kind == _SHAPE:
            if text and not text.isspace():
                self._fault("oioxml.element.unexpected", self.at - 1, element=child.name)
            return self._shaped(table.table(child), end)
        if kind == _TEXT:
            return self._text(end, text)
        return self._freely(end, text, _DEEPEST)

    @staticmethod
    def _keep(entry: _Entry, value: Any, tree: Tree) -> None:
        if not entry.many:
            tree[entry.key] = value
        elif entry.child.interleaved:
            tree.setdefault(entry.key, []).append((entry.child.name, value))
        else:
            tree.setdefault(entry.key, []).append(value)

    def _is_end(self, token: str, closing: str) -> bool:
        """Is it the end tag, with nothing but blanks behind it?"""
        if token.startswith(closing):
            if not token[len(closing) :].isspace():
                self._fault("oioxml.element.unexpected", self.at, element=closing[1:-1])
            return True
        if token[:1] == "/":
            raise NotPlain
        return False

    def _empty(self, name: str, text: str, entries: dict[str, _Entry], tree: Tree) -> _Entry | None:
        """An element written `<Name/>`, or one that the shape does not know."""
        entry = entries.get(name.removesuffix("/")) if name.endswith("/") else None
        if entry is None:
            plain_name = _checked(name)
            self._fault("oioxml.element.unknown", self.at, element=plain_name[:40])
            self.at += 1
            value = "" if name.endswith("/") else self._freely(f"/{plain_name}>", text, _DEEPEST)
            tree.setdefault(plain_name, value)
            return None
        self.at += 1
        return entry

    def _nothing(self, entry: _Entry) -> Any:
        """The value of an empty element."""
        if entry.kind == _TEXT:
            return Text()
        if entry.kind == _SHAPE:
            if not entry.child.shape.model(""):
                self._disordered(self.at - 1, entry.child.shape, "")
            return {}
        if entry.fits and not entry.fits(""):
            self._unfit(self.at - 1, entry.child, "")
        return ""

    def _leaf(self, end: str, text: str) -> str:
        """A leaf whose end tag does not follow at once: blanks behind it, or elements where there may be none."""
        self.at += 1
        token = self._tokens[self.at]
        if self._ends(token, end):
            self.at += 1
            return text
        self._fault("oioxml.element.unexpected", self.at, element=end[1:-1])
        value = self._freely(end, text, _DEEPEST)
        return value if isinstance(value, str) else text

    @staticmethod
    def _ends(token: str, end: str) -> bool:
        if token.startswith(end):
            return True
        if token[:1] == "/":
            raise NotPlain
        return False

    def _unfit(self, at: int, child: Child, value: str) -> None:
        """A leaf that is not what its type allows: too long, no word of the list, not of the form."""
        if fault := leaf_fault(child.leaf, child.name, value):
            self.faults.append(Fault(fault[0], at, fault[1]))

    def _disordered(self, at: int, shape: Shape, letters: str) -> None:
        """Which child is missing, too many or out of place."""
        missing = [name for name in shape.required if shape.children[name].letter not in letters]
        for name in missing:
            self._fault("oioxml.element.missing", at, element=name)
        if missing:
            return
        name = self._tokens[at].partition(">")[0].rstrip("/")
        late = next((place for place, letter in enumerate(letters) if letter < max(letters[:place], default="")), None)
        if late is None:
            self._fault("oioxml.element.choice", at, element=name)
        else:
            misplaced = next(child.name for child in shape.children.values() if child.letter == letters[late])
            self._fault("oioxml.element.order", at, element=misplaced)

    # --------------------------------------------------------------------------------------------------------- text
    def _text(self, end: str, text: str) -> Text:
        """Formatted text as runs; line feeds in the characters are blanks, as only Break breaks a line."""
        runs: list[Run] = []
        if gathered := self._runs(end, text, (Style.PLAIN, False), runs):
            runs.append(Run(gathered))
        return Text(tuple(runs))

    def _runs(self, end: str, gathered: str, look: tuple[Style, bool], runs: list[Run]) -> str:
        """The runs up to an end tag; gives back the characters of the run not yet ended."""
        opened = self.at - 1
        tokens = self._tokens
        gathered = self._characters(gathered, opened)
        while True:
            token = tokens[self.at]
            self.at += 1
            name, _, tail = token.partition(">")
            if name == "Break/":
                gathered += "\n"
            elif token == end or (name[:1] == "/" and self._ends(token, end)):
                return gathered
            elif name == "Space/":
                gathered += " "
            elif name in {"Break", "Space"}:
                gathered += "\n" if name == "Break" else " "
                tail = self._after(f"/{name}>")
            else:
                gathered, tail = self._styled(name, tail, gathered, look, runs)
            if tail:
                gathered += self._characters(tail, opened)

    def _styled(
        self, name: str, text: str, gathered: str, look: tuple[Style, bool], runs: list[Run]
    ) -> tuple[str, str]:
        """A run in another look; what is gathered afterwards, and the characters behind its end tag."""
        if name.removesuffix("/") not in _LOOKS:
            self._fault("oioxml.element.unknown", self.at - 1, element=_checked(name)[:40])
            return gathered, "" if name.endswith("/") else self._loose(f"/{name}>", text)
        if name.endswith("/"):
            return gathered, text
        if gathered:
            runs.append(Run(gathered, *look))
        inner = (_STYLES.get(name, look[0]), look[1] or name == "FixedFont")
        if rest := self._runs(f"/{name}>", text, inner, runs):
            runs.append(Run(rest, *inner))
        return "", self._tokens[self.at - 1].partition(">")[2]

    def _after(self, end: str) -> str:
        """The characters behind an end tag that must follow at once."""
        token = self._tokens[self.at]
        if not token.startswith(end):
            raise NotPlain
        self.at += 1
        return token[len(end) :]

    def _loose(self, end: str, text: str) -> str:
        value = self._freely(end, text, _DEEPEST)
        return (value if isinstance(value, str) else "") + self._tokens[self.at - 1].partition(">")[2]

    def _characters(self, text: str, at: int) -> str:
        if self._escaped:
            text = unescaped(text)
        if "\n" in text or "\r" in text:
            self._fault("oioxml.text.linefeed", at)
            return _LINE_FEED.sub(" ", text)
        return text

    # --------------------------------------------------------------------------------------------- without a shape
    def _freely(self, end: str, text: str, depth: int) -> Any:
        """An element that no shape describes: its characters, its runs, or its children by name."""
        tokens = self._tokens
        if self._ends(tokens[self.at], end):
            self.at += 1
            return unescaped(text)
        if tokens[self.at].partition(">")[0].rstrip("/") in {"Break", "Space", *_LOOKS}:
            return self._text(end, text)
        if depth == 0:
            raise NotPlain
        tree: Tree = {}
        while not self._ends(tokens[self.at], end):
            name, _, inner = tokens[self.at].partition(">")
            self.at += 1
            plain_name = _checked(name)
            value = "" if name.endswith("/") else self._freely(f"/{plain_name}>", inner, depth - 1)
            kept = tree.get(plain_name)
            if kept is None:
                tree[plain_name] = value
            else:
                tree[plain_name] = [*kept, value] if isinstance(kept, list) else [kept, value]
        self.at += 1
        return tree


_NAME = re.compile(r"[A-Za-z_][\w.-]*/?")


def _checked(name: str) -> str:
    """A tag's name. Raises `NotPlain` for one with attributes or a prefix."""
    if not _NAME.fullmatch(name):
        raise NotPlain
    return name.removesuffix("/")


# --------------------------------------------------------------------------------------------------------- letters
class OioxmlLetter(Letter):
    """A message element of an Emessage."""

    wire = Format.OIOXML

    def __init__(self, document: Document, reader: TreeReader, dispatch: Dispatch, part: int) -> None:
        plain = document.plain
        assert plain
        self.document = document
        self.payload = document.payload
        self.part = part
        self.token = reader.at
        self.name = _checked(plain.name(reader.at))
        self.edition = editions().get((plain.namespace, self.name))
        self.envelope_faults: list[Fault] = []
        reader.faults = self._faults = list[Fault]()
        reader.at += 1
        self._tree = reader.read(self.name, self.edition.shape if self.edition else None)
        letter = self._tree.get("Letter")
        said = letter if isinstance(letter, dict) else {}
        self.version = self.edition.version if self.edition else _without_x(said.get("VersionCode"))
        self.type = self.edition.type if self.edition else _without_x(said.get("TypeCode"))
        self.dispatch = Dispatch(
            identifier=dispatch.identifier,
            day=dispatch.day,
            time=dispatch.time,
            sender=_ean(self._tree, "Sender"),
            receiver=_ean(self._tree, "Receiver"),
            receipt_wanted=dispatch.receipt_wanted,
        )

    @property
    def tree(self) -> Tree:
        """What the letter says."""
        return self._tree

    @property
    def faults(self) -> Sequence[Fault]:
        """What was wrong with the letter itself."""
        return self._faults

    @property
    def byte_faults(self) -> Sequence[Fault]:
        """What was wrong with the bytes and the envelope."""
        return (*self.document.faults, *self.envelope_faults)

    def place(self, where: object) -> Location:
        """The place of a token, or of a path in the tree."""
        if isinstance(where, Location):
            return where
        if isinstance(where, int):
            return self.document.place(where)
        plain = self.document.plain
        assert plain
        steps = tuple(str(step) for step in where) if isinstance(where, tuple) else (str(where),)
        return self.document.place(plain.find(steps, self.token + 1))

    def places(self) -> Iterator[tuple[str, Location]]:
        """Every value's path in the tree and its place in the payload."""
        plain = self.document.plain
        assert plain
        root = plain.path(self.token)
        for number in range(self.token, plain.end(self.token)):
            name = plain.name(number)
            if name[:1] != "/" and plain.name(number + 1) == f"/{name}":
                place = self.document.place(number)
                yield place.path.removeprefix(f"{root}/"), place


def _without_x(value: object) -> str:
    return str(value or "").strip().removeprefix("X")


def _ean(tree: Tree, party: str) -> str:
    found = find(tree, (party, "EANIdentifier"))
    return found.strip() if isinstance(found, str) else ""


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The letters of an Emessage. Never raises; a payload without a letter is a part with a fatal issue."""
    document = parse(payload)
    letters: list[OioxmlLetter] = []
    try:
        letters = _letters(document) if document.plain else []
    except (NotPlain, IndexError):
        if not document.normalised and document.normalise():
            letters = _letters(document)
    if not letters:
        return (Part(part="1", identity=identity, payload=payload, issues=tuple(_unread(document))),)
    return tuple(map(_part, letters))


def _unread(document: Document) -> Iterator[Issue]:
    for fault in document.faults:
        yield finding(
            fault.code,
            fault.where if isinstance(fault.where, Location) else Location(),
            severity=None,
            **dict(fault.facts),
        )
    if document.plain:
        yield finding("oioxml.letter.missing", Location(path="/Emessage"))


def _letters(document: Document) -> list[OioxmlLetter]:
    """The letters of a document that is in plain form."""
    plain = document.plain
    assert plain
    reader = TreeReader(plain)
    dispatch, faults = _dispatch(plain, reader)
    letters: list[OioxmlLetter] = []
    while not (token := plain.tokens[reader.at]).startswith(END_OF_ALL):
        name = _checked(token.partition(">")[0])
        if name in _NO_LETTERS:
            document.has_local_elements = True
            reader.at += 1
            if not plain.name(reader.at - 1).endswith("/"):
                reader.read(name, None)
            continue
        letter = OioxmlLetter(document, reader, dispatch, len(letters) + 1)
        letter.envelope_faults.extend(faults)
        letters.append(letter)
        first = letters[0].dispatch
        if (letter.dispatch.sender, letter.dispatch.receiver) != (first.sender, first.receiver):
            letter.envelope_faults.append(Fault("oioxml.parties.differ", letter.token))
    if reader.at != len(plain.tokens) - 1:
        raise NotPlain
    return letters


def _dispatch(plain: Plain, reader: TreeReader) -> tuple[Dispatch, list[Fault]]:
    """What the Envelope says; its faults."""
    if plain.name(reader.at) != "Envelope":
        return Dispatch(), [Fault("oioxml.envelope.missing", reader.at)]
    reader.at += 1
    said = reader.read("Envelope", envelope_shape(plain.namespace))
    return Dispatch(
        identifier=str(said.get("Identifier", "")),
        day=str(find(said, ("Sent", "Date")) or ""),
        time=str(find(said, ("Sent", "Time")) or ""),
        receipt_wanted={"pluspositivkvitt": True, "minuspositivkvitt": False}.get(str(said.get("AcknowledgementCode"))),
    ), reader.faults


def _part(letter: OioxmlLetter) -> Part:
    tree = letter.tree
    episode = episode_of(tree)
    identifier = find(tree, ("Letter", "Identifier"))
    return part_of(
        letter,
        message_id=identifier if isinstance(identifier, str) else "",
        episode=episode,
        person="" if episode else person_of(tree),
    )
