"""The four-corner model: what the AS4 header must say of the envelope that it carries, and that the two agree.

Source: eDelivery AS4 1.15, four-corner profile enhancement; EHMI access points.
"""

from samspil.formats.envelopes.sbdh import Participant, Sbdh
from samspil.transports.as4.messages import Property, UserMessage
from samspil.transports.as4.refusal import Ebms, Refused

ORIGINAL_SENDER, FINAL_RECIPIENT = "originalSender", "finalRecipient"


def corners(sbdh: Sbdh) -> tuple[Property, ...]:
    """The message properties that name the outer corners of an envelope."""
    rows = ((ORIGINAL_SENDER, sbdh.sender), (FINAL_RECIPIENT, sbdh.receiver))
    return tuple(Property(name, who.value, who.authority) for name, who in rows)


def service_and_action(sbdh: Sbdh, *, document_scheme: str) -> tuple[str, str]:
    """What the header says of an envelope: its process, and its document under the network's scheme."""
    document = sbdh.value("DOCUMENTID")
    return sbdh.value("PROCESSID"), f"{document_scheme}::{document}" if document_scheme else document


def require_consistent(message: UserMessage, sbdh: Sbdh, *, document_scheme: str) -> None:
    """Errors: Refused, EBMS:0003, unless header and envelope name the same corners, process and document.

    Letter case is passed over: registers write identifiers in small letters.
    """
    service, action = service_and_action(sbdh, document_scheme=document_scheme)
    pairs = (
        (_corner(message, ORIGINAL_SENDER), sbdh.sender),
        (_corner(message, FINAL_RECIPIENT), sbdh.receiver),
        (message.service.casefold(), service.casefold()),
        (message.action.casefold(), action.casefold()),
    )
    for said, held in pairs:
        if said != (held.value.casefold() if isinstance(held, Participant) else held):
            raise Refused(Ebms.VALUE_INCONSISTENT, "header and envelope do not agree")


def _corner(message: UserMessage, name: str) -> str:
    value = message.value(name)
    if not value:
        raise Refused(Ebms.VALUE_INCONSISTENT, "an outer corner is not named")
    return value.casefold()
