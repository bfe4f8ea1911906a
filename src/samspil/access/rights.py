"""What may be done here, and which role may do it: one total table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """One thing a caller may do. Each is limited to the caller's own organisation, unless it is of the whole site."""

    SEND = "send"  # hand over messages that one's own organisation sends
    RELAY = "relay"  # hand over messages of any sender: a peer site's
    READ = "read"  # find messages; see parties, state, findings, history and receipts
    OPEN = "open"  # read what a message says, and take its bytes; every time is audited
    RESOLVE = "resolve"  # send again, release or return what is stuck, settle what is owed
    CHECK = "check"  # have bytes identified, judged or converted, without storing them
    ADMINISTER = "administer"  # organisations, endpoints, people and clients
    AUDIT = "audit"  # read who did what
    MEASURE = "measure"  # read the site's metrics


class Role(StrEnum):
    """What a person is here for."""

    OPERATOR = "operator"  # driftsansvarlig: keeps messages moving, and the register right
    ENGINEER = "engineer"  # integrationsudvikler: finds out what is wrong with a message
    VIEWER = "viewer"  # sees that and where, never what


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.OPERATOR: frozenset(Right) - {Right.RELAY},
        Role.ENGINEER: frozenset({Right.SEND, Right.READ, Right.OPEN, Right.CHECK, Right.MEASURE}),
        Role.VIEWER: frozenset({Right.READ, Right.CHECK}),
    }
)

CLIENT_RIGHTS = frozenset({Right.SEND, Right.RELAY, Right.READ, Right.OPEN, Right.CHECK, Right.RESOLVE, Right.MEASURE})
"""What a client may be given: machines neither change the register nor read the audit."""
