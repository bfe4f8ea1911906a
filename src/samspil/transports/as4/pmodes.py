"""P-Modes as files: what two access points agreed on, and which agreement a message falls under.

    [mode]
    id = "ehmi"
    agreement = "urn:example:agreement"       # left out: any, and none is written
    suite = "edelivery-1.15"
    document_scheme = "bdx-docid-qns"         # Action is this, "::", and the DOCUMENTID
    envelope = "sbdh"                         # the payload is one, and header and envelope must agree
    url = "https://ap.example.dk/as4"         # left out: found anew for each message
    services = [{ value = "urn:ehmi:sdn-emergence", type = "" }]      # left out: any
    actions = ["…"]                           # left out: any

    [initiator]                               # and [responder]
    type = "urn:example:ap"
    id = "POP000001"                          # left out: whoever the certificate names
    role = "…/initiator"

    [retry]
    seconds = [10, 30, 120, 300, 600, 1800, 3600]
    hours = 24

    [memory]
    days = 90

A mode without `url` and party ids is a template, for partners that are looked up.
Source: OASIS ebMS 3.0 Core, appendix D; eDelivery AS4 1.15, 3 (usage profile).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from samspil.transports.as4 import retrying
from samspil.transports.as4.messages import Party, UserMessage
from samspil.transports.as4.names import INITIATOR, RESPONDER
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.retrying import Schedule, schedule_of
from samspil.transports.as4.suites import SUITES, Suite

_ANY_INITIATOR, _ANY_RESPONDER = Party("", "", INITIATOR), Party("", "", RESPONDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PMode:
    """One agreement. An empty text or tuple says that anything goes."""

    id: str
    suite: Suite
    agreement: str = ""
    document_scheme: str = ""
    envelope: str = ""
    url: str = ""
    services: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()
    initiator: Party = _ANY_INITIATOR
    responder: Party = _ANY_RESPONDER
    retry: Schedule = retrying.DEFAULT
    memory: timedelta = timedelta(days=90)

    def fits(self, message: UserMessage) -> bool:
        """Does a message fall under this agreement?"""
        return (
            (not self.agreement or message.agreement == self.agreement)
            and _is(message.sender, self.initiator)
            and _is(message.receiver, self.responder)
            and (message.is_test or self._carries(message))
        )

    def _carries(self, message: UserMessage) -> bool:
        served = not self.services or (message.service, message.service_type) in self.services
        return served and (not self.actions or message.action in self.actions)

    def filled(self, *, own: str, partner: str, url: str) -> "PMode":
        """The template for one partner: both party ids and the address that were found."""
        return replace(
            self, initiator=replace(self.initiator, id=own), responder=replace(self.responder, id=partner), url=url
        )


def _is(party: Party, agreed: Party) -> bool:
    pairs = ((party.id, agreed.id), (party.type, agreed.type), (party.role, agreed.role))
    return all(not wanted or said == wanted for said, wanted in pairs)


class IllWritten(ValueError):
    """A P-Mode file is not as it must be; the text says where."""


_KEYS = {
    "mode": {"id", "agreement", "suite", "document_scheme", "envelope", "url", "services", "actions"},
    "initiator": {"id", "type", "role"},
    "responder": {"id", "type", "role"},
    "retry": {"seconds", "hours", "jitter"},
    "memory": {"days"},
}


def read_pmode(text: str) -> PMode:
    """The P-Mode that a file's text spells. Errors: IllWritten, for any key or value that is not known."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise IllWritten(str(fault)) from fault
    for name, group in table.items():
        if name not in _KEYS or not isinstance(group, dict):
            raise IllWritten(f"[{name}] is no group of a P-Mode")
        if unknown := sorted(group.keys() - _KEYS[name]):
            raise IllWritten(f"[{name}] has no {', '.join(unknown)}")
    mode = table.get("mode", {})
    suite = SUITES.get(mode.get("suite", "edelivery-1.15"))
    if suite is None:
        raise IllWritten(f"suite is one of {', '.join(SUITES)}")
    if not mode.get("id"):
        raise IllWritten("[mode] needs an id")
    try:
        return _pmode(mode, table, suite)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise IllWritten(f"a value is not of its kind: {fault}") from fault


def _pmode(mode: Mapping[str, Any], table: Mapping[str, Any], suite: Suite) -> PMode:
    retry = table.get("retry", {})
    return PMode(
        id=str(mode["id"]),
        suite=suite,
        agreement=str(mode.get("agreement", "")),
        document_scheme=str(mode.get("document_scheme", "")),
        envelope=_envelope(mode.get("envelope", "")),
        url=str(mode.get("url", "")),
        services=tuple((str(row["value"]), str(row.get("type", ""))) for row in mode.get("services", ())),
        actions=tuple(map(str, mode.get("actions", ()))),
        initiator=_party(table.get("initiator", {}), INITIATOR),
        responder=_party(table.get("responder", {}), RESPONDER),
        retry=schedule_of(
            retry.get("seconds", [wait.total_seconds() for wait in retrying.DEFAULT.waits]),
            hours=retry.get("hours", 24),
            jitter=retry.get("jitter", 0.2),
        ),
        memory=timedelta(days=table.get("memory", {}).get("days", 90)),
    )


def _envelope(said: object) -> str:
    if said not in {"", "sbdh"}:
        raise ValueError("envelope is sbdh, or left out")
    return str(said)


def _party(group: Mapping[str, Any], role: str) -> Party:
    return Party(str(group.get("id", "")), str(group.get("type", "")), str(group.get("role", role)))


def find_pmode(message: UserMessage, modes: Iterable[PMode]) -> PMode:
    """The first agreement that a message falls under. Errors: Refused, EBMS:0010, under none."""
    for mode in modes:
        if mode.fits(message):
            return mode
    raise Refused(Ebms.MODE_MISMATCH, "no agreement covers this message")
