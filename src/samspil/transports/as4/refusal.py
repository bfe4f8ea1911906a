"""Why a message is refused: the EBMS code that the partner is told, and the reason that only our operator reads.

The partner learns the code and its short name, never more: which of several checks failed would help an attacker, and
a text might name a person. Source: OASIS ebMS 3.0 Core, 6.7; AS4 1.0, 3.2 to 3.4; eDelivery AS4 1.15.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ebms(StrEnum):
    """The error codes."""

    VALUE_NOT_RECOGNIZED = "EBMS:0001"
    FEATURE_NOT_SUPPORTED = "EBMS:0002"
    VALUE_INCONSISTENT = "EBMS:0003"
    OTHER = "EBMS:0004"
    CONNECTION_FAILURE = "EBMS:0005"
    EMPTY_PARTITION = "EBMS:0006"
    MIME_INCONSISTENCY = "EBMS:0007"
    FEATURE_INCONSISTENT = "EBMS:0008"
    INVALID_HEADER = "EBMS:0009"
    MODE_MISMATCH = "EBMS:0010"
    EXTERNAL_PAYLOAD = "EBMS:0011"
    FAILED_AUTHENTICATION = "EBMS:0101"
    FAILED_DECRYPTION = "EBMS:0102"
    POLICY_NONCOMPLIANCE = "EBMS:0103"
    DYSFUNCTIONAL_RELIABILITY = "EBMS:0201"
    DELIVERY_FAILURE = "EBMS:0202"
    MISSING_RECEIPT = "EBMS:0301"
    INVALID_RECEIPT = "EBMS:0302"
    DECOMPRESSION_FAILURE = "EBMS:0303"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code is called, where it belongs, and whether trying the same message again may help."""

    name: str
    category: str
    severity: str = "failure"
    again: bool = False
    local: bool = False


MEANINGS: Final[dict[str, Meaning]] = {
    Ebms.VALUE_NOT_RECOGNIZED: Meaning("ValueNotRecognized", "Content"),
    Ebms.FEATURE_NOT_SUPPORTED: Meaning("FeatureNotSupported", "Content", severity="warning"),
    Ebms.VALUE_INCONSISTENT: Meaning("ValueInconsistent", "Content"),
    Ebms.OTHER: Meaning("Other", "Content", again=True),
    Ebms.CONNECTION_FAILURE: Meaning("ConnectionFailure", "Communication", again=True, local=True),
    Ebms.EMPTY_PARTITION: Meaning("EmptyMessagePartitionChannel", "Communication", severity="warning"),
    Ebms.MIME_INCONSISTENCY: Meaning("MimeInconsistency", "Unpackaging"),
    Ebms.FEATURE_INCONSISTENT: Meaning("FeatureNotSupported", "Unpackaging"),
    Ebms.INVALID_HEADER: Meaning("InvalidHeader", "Unpackaging"),
    Ebms.MODE_MISMATCH: Meaning("ProcessingModeMismatch", "Processing"),
    Ebms.EXTERNAL_PAYLOAD: Meaning("ExternalPayloadError", "Content"),
    Ebms.FAILED_AUTHENTICATION: Meaning("FailedAuthentication", "Processing"),
    Ebms.FAILED_DECRYPTION: Meaning("FailedDecryption", "Processing"),
    Ebms.POLICY_NONCOMPLIANCE: Meaning("PolicyNoncompliance", "Processing"),
    Ebms.DYSFUNCTIONAL_RELIABILITY: Meaning("DysfunctionalReliability", "Processing"),
    Ebms.DELIVERY_FAILURE: Meaning("DeliveryFailure", "Communication", again=True),
    Ebms.MISSING_RECEIPT: Meaning("MissingReceipt", "Communication", again=True, local=True),
    Ebms.INVALID_RECEIPT: Meaning("InvalidReceipt", "Communication", again=True, local=True),
    Ebms.DECOMPRESSION_FAILURE: Meaning("DecompressionFailure", "Communication"),
}
UNKNOWN: Final = Meaning("Other", "Processing")
"""A code that no table has is a failure; trying again would be a guess."""


def meaning_of(code: str) -> Meaning:
    """What a code means, also one that we do not know."""
    return MEANINGS.get(code, UNKNOWN)


class Refused(Exception):
    """A message, or a receipt, is refused. `reason` is for our own log and never leaves us."""

    def __init__(self, code: Ebms, reason: str) -> None:
        super().__init__(f"{code.value} {reason}")
        self.code = code
        self.reason = reason
