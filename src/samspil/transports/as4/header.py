"""The Messaging header: read from signed bytes alone, written in canonical form.

Source: OASIS ebMS 3.0 Core, 5.2 and 6.2; AS4 1.0, 5.1.8 (receipts).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from samspil.transports.as4 import names
from samspil.transports.as4.canonical import attribute, text
from samspil.transports.as4.envelope import Element, children_of, one_child, text_of
from samspil.transports.as4.messages import (
    ErrorReport,
    PartInfo,
    Party,
    Property,
    SignalMessage,
    Signed,
    UserMessage,
)
from samspil.transports.as4.refusal import Ebms, Refused, meaning_of

_MAX_TEXT = 4_096


def _eb(name: str) -> str:
    return f"{{{names.EBMS}}}{name}"


_USER_CHILDREN = ("MessageInfo", "PartyInfo", "CollaborationInfo", "MessageProperties", "PayloadInfo")
_SIGNAL_CHILDREN = ("MessageInfo", "PullRequest", "Receipt", "Error")


def read_header(messaging: Element) -> UserMessage | SignalMessage:
    """The one message in the header. Errors: Refused, EBMS:0009."""
    children = list(messaging.iterchildren("*"))
    if len(children) != 1:
        raise _invalid("Messaging holds one message")
    (message,) = children
    if message.tag == _eb("UserMessage"):
        _in_order(message, _USER_CHILDREN)
        return _user(message)
    if message.tag == _eb("SignalMessage"):
        _in_order(message, _SIGNAL_CHILDREN)
        return _signal(message)
    raise _invalid("neither a user message nor a signal")


def _in_order(message: Element, allowed: tuple[str, ...]) -> None:
    """Children are known ones, in the schema's order."""
    places: list[int] = []
    for child in message.iterchildren("*"):
        namespace, _, name = child.tag[1:].rpartition("}")
        if namespace != names.EBMS or name not in allowed:
            raise _invalid("an element that the header does not have")
        places.append(allowed.index(name))
    if places != sorted(places):
        raise _invalid("elements in another order than the schema's")


def _invalid(reason: str) -> Refused:
    return Refused(Ebms.INVALID_HEADER, reason)


def _text(parent: Element, name: str) -> str:
    """The text of a child that must be there and say something."""
    value = text_of(one_child(parent, _eb(name)))
    if not 0 < len(value) <= _MAX_TEXT:
        raise _invalid(f"{name} is empty or too long")
    return value


def _optional(parent: Element, name: str) -> str:
    found = list(children_of(parent, _eb(name)))
    return _text(parent, name) if found else ""


def _info(message: Element) -> tuple[str, datetime, str]:
    info = one_child(message, _eb("MessageInfo"))
    return _text(info, "MessageId"), _moment(_text(info, "Timestamp")), _optional(info, "RefToMessageId")


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as fault:
        raise _invalid("Timestamp is no date with time") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _user(message: Element) -> UserMessage:
    message_id, timestamp, ref_to = _info(message)
    parties = one_child(message, _eb("PartyInfo"))
    collaboration = one_child(message, _eb("CollaborationInfo"))
    service = one_child(collaboration, _eb("Service"))
    return UserMessage(
        message_id=message_id,
        timestamp=timestamp,
        ref_to=ref_to,
        mpc=message.get("mpc", ""),
        sender=_party(one_child(parties, _eb("From"))),
        receiver=_party(one_child(parties, _eb("To"))),
        agreement=_optional(collaboration, "AgreementRef"),
        service=_text(collaboration, "Service"),
        service_type=service.get("type", ""),
        action=_text(collaboration, "Action"),
        conversation_id=_text(collaboration, "ConversationId"),
        properties=_properties(message, "MessageProperties"),
        parts=tuple(_parts(message)),
    )


def _party(element: Element) -> Party:
    identifier = one_child(element, _eb("PartyId"))
    return Party(_text(element, "PartyId"), identifier.get("type", ""), _text(element, "Role"))


def _properties(parent: Element, group: str) -> tuple[Property, ...]:
    """The properties in a group. A name that stands twice could be read in two ways, and is refused."""
    rows = tuple(
        Property(element.get("name", ""), text_of(element), element.get("type", ""))
        for holder in children_of(parent, _eb(group))
        for element in children_of(holder, _eb("Property"))
    )
    found = [row.name for row in rows]
    if len(set(found)) != len(found) or "" in found or any(len(row.value) > _MAX_TEXT for row in rows):
        raise _invalid("properties without a name, with one name twice, or too long")
    return rows


def _parts(message: Element) -> Iterator[PartInfo]:
    for group in children_of(message, _eb("PayloadInfo")):
        for element in children_of(group, _eb("PartInfo")):
            yield PartInfo(element.get("href", ""), _properties(element, "PartProperties"))


def _signal(message: Element) -> SignalMessage:
    message_id, timestamp, ref_to = _info(message)
    receipts = list(children_of(message, _eb("Receipt")))
    errors = tuple(_error(element) for element in children_of(message, _eb("Error")))
    if (len(receipts), bool(errors)) not in {(1, False), (0, True)}:
        raise _invalid("a signal is one receipt, or errors")
    return SignalMessage(
        message_id=message_id,
        timestamp=timestamp,
        ref_to=ref_to,
        receipt=_receipt(receipts[0]) if receipts else None,
        errors=errors,
    )


def _error(element: Element) -> ErrorReport:
    return ErrorReport(
        code=element.get("errorCode", ""),
        severity=element.get("severity", ""),
        name=element.get("shortDescription", ""),
        category=element.get("category", ""),
        ref_to=element.get("refToMessageInError", ""),
    )


def _receipt(element: Element) -> tuple[Signed, ...]:
    """What a receipt says was signed; empty for one that proves nothing."""
    found: list[Signed] = []
    for proof in children_of(element, f"{{{names.EBBP}}}NonRepudiationInformation"):
        for part in children_of(proof, f"{{{names.EBBP}}}MessagePartNRInformation"):
            found += (signed_of(reference) for reference in children_of(part, f"{{{names.DS}}}Reference"))
    return tuple(found)


def signed_of(reference: Element) -> Signed:
    """What a ds:Reference says. Missing pieces read as empty."""
    method = reference.find(f"{{{names.DS}}}DigestMethod")
    value = reference.find(f"{{{names.DS}}}DigestValue")
    transform = reference.find(f"{{{names.DS}}}Transforms/{{{names.DS}}}Transform")
    return Signed(
        uri=reference.get("URI", ""),
        digest="".join(text_of(value).split()) if value is not None else "",
        transform=transform.get("Algorithm", "") if transform is not None else "",
        method=method.get("Algorithm", "") if method is not None else "",
    )


def written_header(message: UserMessage | SignalMessage, *, element_id: str) -> str:
    """The Messaging element in exclusive canonical form, under the id that the signature will name."""
    inner = _written_user(message) if isinstance(message, UserMessage) else _written_signal(message)
    return (
        f'<eb:Messaging xmlns:S12="{names.SOAP}" xmlns:eb="{names.EBMS}" xmlns:wsu="{names.WSU}"'
        f' wsu:Id={attribute(element_id)} S12:mustUnderstand="true">{inner}</eb:Messaging>'
    )


def _tag(name: str, value: str) -> str:
    return f"<eb:{name}>{text(value)}</eb:{name}>"


def _typed(name: str, value: str, type: str) -> str:
    return f"<eb:{name} type={attribute(type)}>{text(value)}</eb:{name}>" if type else _tag(name, value)


def _written_info(message: UserMessage | SignalMessage) -> str:
    if message.timestamp.tzinfo is None:
        raise ValueError("a timestamp says its offset")
    moment = message.timestamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ref = _tag("RefToMessageId", message.ref_to) if message.ref_to else ""
    return f"<eb:MessageInfo>{_tag('Timestamp', moment)}{_tag('MessageId', message.message_id)}{ref}</eb:MessageInfo>"


def _written_user(message: UserMessage) -> str:
    agreement = _tag("AgreementRef", message.agreement) if message.agreement else ""
    properties = "".join(map(_written_property, message.properties))
    parts = "".join(map(_written_part, message.parts))
    mpc = f" mpc={attribute(message.mpc)}" if message.mpc else ""
    return (
        f"<eb:UserMessage{mpc}>{_written_info(message)}<eb:PartyInfo>"
        f"<eb:From>{_written_party(message.sender)}</eb:From><eb:To>{_written_party(message.receiver)}</eb:To>"
        f"</eb:PartyInfo><eb:CollaborationInfo>{agreement}"
        f"{_typed('Service', message.service, message.service_type)}{_tag('Action', message.action)}"
        f"{_tag('ConversationId', message.conversation_id)}</eb:CollaborationInfo>"
        + (f"<eb:MessageProperties>{properties}</eb:MessageProperties>" if properties else "")
        + (f"<eb:PayloadInfo>{parts}</eb:PayloadInfo>" if parts else "")
        + "</eb:UserMessage>"
    )


def _written_party(party: Party) -> str:
    return _typed("PartyId", party.id, party.type) + _tag("Role", party.role)


def _written_property(row: Property) -> str:
    type = f" type={attribute(row.type)}" if row.type else ""
    return f"<eb:Property name={attribute(row.name)}{type}>{text(row.value)}</eb:Property>"


def _written_part(part: PartInfo) -> str:
    properties = "".join(map(_written_property, part.properties))
    inner = f"<eb:PartProperties>{properties}</eb:PartProperties>" if properties else ""
    return f"<eb:PartInfo href={attribute(part.href)}>{inner}</eb:PartInfo>"


def _written_signal(message: SignalMessage) -> str:
    if message.receipt is not None:
        inner = f"<eb:Receipt>{_written_receipt(message.receipt)}</eb:Receipt>"
    else:
        inner = "".join(map(_written_error, message.errors))
    return f"<eb:SignalMessage>{_written_info(message)}{inner}</eb:SignalMessage>"


def _written_receipt(parts: Iterable[Signed]) -> str:
    rows = "".join(
        f"<ebbp:MessagePartNRInformation>{part.copy or written_reference(part, declare=True)}"
        "</ebbp:MessagePartNRInformation>"
        for part in parts
    )
    return f'<ebbp:NonRepudiationInformation xmlns:ebbp="{names.EBBP}">{rows}</ebbp:NonRepudiationInformation>'


def written_reference(part: Signed, *, declare: bool = False) -> str:
    """A ds:Reference in canonical form; it declares its namespace where no element around it does."""
    namespace = f' xmlns:ds="{names.DS}"' if declare else ""
    return (
        f"<ds:Reference{namespace} URI={attribute(part.uri)}><ds:Transforms>"
        f"<ds:Transform Algorithm={attribute(part.transform)}></ds:Transform></ds:Transforms>"
        f"<ds:DigestMethod Algorithm={attribute(part.method)}></ds:DigestMethod>"
        f"<ds:DigestValue>{text(part.digest)}</ds:DigestValue></ds:Reference>"
    )


def _written_error(error: ErrorReport) -> str:
    meaning = meaning_of(error.code)
    ref = f" refToMessageInError={attribute(error.ref_to)}" if error.ref_to else ""
    return (
        f"<eb:Error category={attribute(error.category or meaning.category)} errorCode={attribute(error.code)}"
        f' origin="ebMS"{ref} severity={attribute(error.severity)}'
        f" shortDescription={attribute(error.name or meaning.name)}></eb:Error>"
    )
