"""A letter's tree as the model's message, and back.

Every type has a body; what its table does not name is kept beside it as names and values.
"""

from copy import deepcopy
from typing import Any

from samspil.catalogue.legacy.shapes import Edition, Holds, Shape
from samspil.catalogue.standards import find_standard
from samspil.domain.clinical.form import Form
from samspil.domain.clinical.letter import Approval
from samspil.domain.clinical.receipt import LetterReceipt
from samspil.domain.issues import Phrase
from samspil.domain.message import Head, Message, Party
from samspil.formats.letters.binding import UNLESS_SAID, Row, fitted, given, items_of, many, merged, taken, tree_of
from samspil.formats.letters.bodies import APPROVAL, body_of
from samspil.formats.letters.parties import PARTY, PERSON, party_tree
from samspil.formats.letters.tree import Tree

_PARTIES = (Row("Sender", "sender", PARTY), Row("Receiver", "receiver", PARTY))
_COPIES = Row("CCReceiver", "copies", many(PARTY))
_PATIENT = Row("Patient|PatientOrRelative", "patient", PERSON)
_FROM_HEAD = ("Identifier", "VersionCode", "TypeCode")


def message_of(tree: Tree, head: Head, type: str) -> Message:
    """The message that a letter's tree says. The tree is left as it is."""
    rest = deepcopy(tree)
    kind, rows = body_of(type)
    letter = rest.get("Letter")
    for name in _FROM_HEAD:
        if isinstance(letter, dict):
            letter.pop(name, None)
    values = taken(rest, rows)
    approval = {"approval": Approval(**taken(rest, APPROVAL))} if kind not in {Form, LetterReceipt} else {}
    outer = taken(rest, (*_PARTIES, _COPIES, _PATIENT))
    if not rest.get("Letter", True):
        del rest["Letter"]
    return Message(
        head=head,
        sender=outer.pop("sender", Party()),
        receiver=outer.pop("receiver", Party()),
        **outer,
        body=_body(kind, type, values, approval, rest),
    )


def _body(kind: type, type: str, values: dict[str, Any], approval: dict[str, Any], rest: Tree) -> Any:
    standard = find_standard(type)
    name = standard.name if standard else Phrase(type)
    if kind is Form:
        return Form(title=name, items=items_of(rest))
    if kind is LetterReceipt:
        values["taken"] = type == "CTL03"
    return kind(kind=name, **approval, **values, more=items_of(rest))


def tree_from(message: Message, edition: Edition) -> Tree:
    """The tree of a message in an edition: what `message_of` was made from."""
    type = edition.type
    body = message.body
    _, rows = body_of(type)
    rest = tree_of(getattr(body, "more", getattr(body, "items", ())), edition.shape)
    said = given(body, rows) if body and rows else {}
    if approval := getattr(body, "approval", None):
        said = merged(said, given(approval, APPROVAL))
    said = merged(said, given(message, (*_PARTIES, _COPIES, _PATIENT)))
    letter: Tree = {"Identifier": message.head.message_id, "VersionCode": f"X{edition.version}"}
    if "TypeCode" in edition.shape.children["Letter"].shape.children:
        letter["TypeCode"] = f"X{edition.type}"
    said = merged(said, {"Letter": letter})
    return _finished(merged(rest, fitted(said, edition.shape)), edition.shape)


def _finished(tree: Tree, shape: Shape | None) -> Tree:
    """Parties written out as their elements' shapes have them, and what holds where nothing else is said."""
    children = shape.children if shape else {}
    for key in [key for key in tree if key.startswith(UNLESS_SAID)]:
        value = tree.pop(key)
        tree.setdefault(key.removeprefix(UNLESS_SAID), value)
    if isinstance(party := tree.pop(".party", None), Party) and shape:
        tree = merged(tree, party_tree(party, shape))
    for key, value in tree.items():
        inner = children[key].shape if key in children and children[key].holds is Holds.SHAPE else None
        if isinstance(value, dict):
            tree[key] = _finished(value, inner)
        elif isinstance(value, list):
            tree[key] = [_finished(item, inner) if isinstance(item, dict) else item for item in value]
    return tree
