"""Do two FHIR payloads say the same? What a resend changes, and what a server adds, does not count."""

from typing import Any

from samspil.formats.fhir.elements import part_of
from samspil.formats.fhir.reader import read_tree
from samspil.formats.fhir.tree import Tree
from samspil.formats.identify import identify

_ENVELOPE = frozenset({"id", "timestamp", "meta"})


def same_content(first: bytes, second: bytes) -> bool:
    """Is one a resend of the other, whichever syntax each is in?"""
    one, other = _content(first), _content(second)
    return one is not None and one == other


def _content(payload: bytes) -> tuple[Any, Any] | None:
    tree = read_tree(payload, identify(payload).format)
    if not isinstance(tree, Tree):
        return None
    content = {name: value for name, value in tree.root.items() if name not in _ENVELOPE}
    return content, part_of(tree.root, "meta").get("profile")
