"""Header and envelope name the same corners, process and document."""

from dataclasses import replace
from typing import Any

import pytest

from samspil.transports.as4.fourcorner import corners, require_consistent, service_and_action
from samspil.transports.as4.messages import UserMessage
from samspil.transports.as4.refusal import Ebms, Refused
from tests.unit.formats.envelopes.letters import envelope
from tests.unit.transports.as4.partners import MESSAGE

SCHEME = "example-docid"


def header() -> UserMessage:
    """The header that an envelope asks for."""
    service, action = service_and_action(envelope(), document_scheme=SCHEME)
    return replace(MESSAGE, service=service, action=action, properties=corners(envelope()))


def test_what_we_derive_from_an_envelope_agrees_with_it() -> None:
    """Also in other letter case, as registers write it."""
    require_consistent(header(), envelope(), document_scheme=SCHEME)
    require_consistent(replace(header(), action=header().action.upper()), envelope(), document_scheme=SCHEME)


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "urn:other"},
        {"action": "example-docid::urn:other"},
        {"properties": ()},
        {"properties": tuple(reversed(corners(envelope())))[:1]},
        {"properties": tuple(replace(row, value="0088:5790000999999") for row in corners(envelope()))},
    ],
    ids=["service", "action", "no corners", "one corner", "other corners"],
)
def test_what_does_not_agree_is_not_stored(changes: dict[str, Any]) -> None:
    """The sender is told EBMS:0003."""
    with pytest.raises(Refused) as refused:
        require_consistent(replace(header(), **changes), envelope(), document_scheme=SCHEME)
    assert refused.value.code is Ebms.VALUE_INCONSISTENT
