"""The plain form of XML that letters are nearly always in: tags without attributes, text, and nothing else.

A document in plain form is cut at its `<` and read without a tree of nodes, which is most of what reading costs.
Anything else (comments, CDATA, prefixes, attributes below the root, ill-formed markup) goes through lxml, which
refuses it or puts it into plain form first. So one reader serves both, and nothing ill-formed is taken for plain: the
reader checks every end tag.
Sources: XML 1.0; Namespaces in XML 1.0.
"""

import re
from dataclasses import dataclass, field

_ROOT = re.compile(r'Emessage((?:\s+[\w:.-]+\s*=\s*(?:"[^"<&]*"|\'[^\'<&]*\'))*)\s*>\s*')
_ATTRIBUTE = re.compile(r'\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_DECLARATION = re.compile(r"\?xml[^?>]*\?>\s*")
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_UNKNOWN_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
END_OF_ALL = "/Emessage>"


class NotPlain(Exception):
    """The markup does not nest, or is not of the plain form after all."""


@dataclass(slots=True)
class Plain:
    """A document cut at its `<`. `first` is the first token inside Emessage; the last one is Emessage's end tag."""

    tokens: list[str] = field(repr=False)
    first: int
    namespace: str
    escaped: bool
    _walk: "_Walk | None" = None

    def offset(self, number: int) -> int:
        """The characters before a token, its `<` not counted."""
        return self._walked(number).offset

    def path(self, number: int) -> str:
        """Where a token stands, as its reader writes it: `/Emessage/ClinicalEmail/Reference[2]/URL`.

        Of several elements with one name, the first has no number.
        """
        walk, name = self._walked(number), self.name(number)
        if name[:1] == "/":
            return "/".join(walk.steps[:-1] or walk.steps)
        name = name.rstrip("/")
        count = walk.seen[-1].get(name, 0) + 1
        return "/".join((*walk.steps, name if count == 1 else f"{name}[{count}]"))

    def _walked(self, number: int) -> "_Walk":
        """The walk over the tokens before this one, going on from where the last one stopped."""
        walk = self._walk
        if walk is None or walk.at > number:
            walk = self._walk = _Walk()
        for at in range(walk.at, number):
            walk.offset += len(self.tokens[at]) + 1
            if at >= self.first:
                walk.step(self.name(at))
        walk.at = number
        return walk

    def name(self, number: int) -> str:
        """What stands between a token's angle brackets."""
        return self.tokens[number].partition(">")[0]

    def find(self, path: tuple[str, ...], start: int) -> int:
        """The token of a path below the element whose content starts at `start`, or of the deepest step found."""
        best, steps = start - 1, list(path)
        at = start
        while steps:
            name = steps.pop(0)
            number = int(steps.pop(0)) if steps and steps[0].isdecimal() else 1
            found = self._child(at, name, number)
            if found is None:
                break
            best, at = found, found + 1
        return best

    def _child(self, start: int, name: str, number: int) -> int | None:
        """The token of an element's child by name and number."""
        depth = 0
        for at in range(start, len(self.tokens)):
            tag = self.name(at)
            if tag[:1] == "/":
                depth -= 1
                if depth < 0:
                    return None
                continue
            if depth == 0 and tag.rstrip("/") == name:
                number -= 1
                if number == 0:
                    return at
            if not tag.endswith("/"):
                depth += 1
        return None

    def end(self, number: int) -> int:
        """The token that ends the element that a token opens."""
        depth = 0
        for at in range(number, len(self.tokens)):
            tag = self.name(at)
            depth += -1 if tag[:1] == "/" else 0 if tag.endswith("/") else 1
            if depth <= 0:
                return at
        return len(self.tokens) - 1


@dataclass(slots=True)
class _Walk:
    """How far a walk over the tokens has come, in which elements it stands, and which it has met in each."""

    at: int = 0
    offset: int = 0
    steps: list[str] = field(default_factory=lambda: ["/Emessage"])
    seen: list[dict[str, int]] = field(default_factory=lambda: [{}])

    def step(self, name: str) -> None:
        """Go past a token."""
        if name[:1] == "/":
            if len(self.steps) > 1:
                self.steps.pop()
                self.seen.pop()
            return
        plain = name.rstrip("/")
        count = self.seen[-1][plain] = self.seen[-1].get(plain, 0) + 1
        if name[-1:] != "/":
            self.steps.append(plain if count == 1 else f"{plain}[{count}]")
            self.seen.append({})


def plain_form(text: str) -> Plain | None:
    """A document's tokens if it is plain, as far as can be told before reading it."""
    if "<!" in text or "]]>" in text:
        return None
    escaped = "&" in text
    if escaped and _UNKNOWN_REFERENCE.search(text):
        return None
    before, *tokens = text.split("<")
    if before.strip() or len(tokens) < 3:
        return None
    first = 1 if tokens[0].startswith("?") else 0
    root = _ROOT.fullmatch(tokens[first])
    if root is None or (first and not _DECLARATION.fullmatch(tokens[0])) or tokens[-1].rstrip() != END_OF_ALL:
        return None
    namespace = _namespace(root[1])
    return None if namespace is None else Plain(tokens, first + 1, namespace, escaped)


def _namespace(attributes: str) -> str | None:
    """The namespace that the root declares; None if it says more than that and where its schema lies."""
    namespace = ""
    for name, double, single in _ATTRIBUTE.findall(attributes):
        value = double or single
        if name == "xmlns":
            namespace = value
        elif name == "xmlns:xsi":
            if value != _SCHEMA_INSTANCE:
                return None
        elif name != "xsi:schemaLocation":
            return None
    return namespace


def unescaped(text: str) -> str:
    """The characters for the five entities that plain form may hold."""
    for entity, character in _ENTITIES:
        if entity in text:
            text = text.replace(entity, character)
    return text
