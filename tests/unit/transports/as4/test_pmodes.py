"""Agreements read from files, and the one that a message falls under."""

from dataclasses import replace

import pytest

from samspil.transports.as4.messages import Party
from samspil.transports.as4.names import TEST_ACTION, TEST_SERVICE
from samspil.transports.as4.pmodes import IllWritten, find_pmode, read_pmode
from samspil.transports.as4.refusal import Ebms, Refused
from tests.unit.transports.as4.partners import MESSAGE, TYPE

FILE = f"""
[mode]
id = "prøve"
agreement = "urn:example:agreement"
document_scheme = "example-docid"
services = [{{ value = "urn:ehmi:sdn-emergence", type = "example-procid" }}]

[initiator]
type = "{TYPE}"

[responder]
type = "{TYPE}"
id = "AP-B"

[retry]
seconds = [1, 2]
hours = 1

[memory]
days = 30
"""


def test_a_file_says_what_was_agreed() -> None:
    """What it leaves out is the profile's."""
    mode = read_pmode(FILE)
    assert (mode.id, mode.suite.name, mode.responder.id, mode.memory.days) == ("prøve", "edelivery-1.15", "AP-B", 30)
    assert [wait.seconds for wait in mode.retry.waits] == [1, 2]
    assert read_pmode('[mode]\nid = "x"').memory.days == 90


def test_a_message_falls_under_the_first_agreement_that_fits() -> None:
    """By agreement, parties and roles, service and action; a test message may have its own service."""
    mode, other = read_pmode(FILE), replace(read_pmode(FILE), id="other", agreement="urn:other")
    assert find_pmode(MESSAGE, (other, mode)) is mode
    assert find_pmode(replace(MESSAGE, service=TEST_SERVICE, action=TEST_ACTION), (mode,)) is mode


@pytest.mark.parametrize(
    "message",
    [
        replace(MESSAGE, agreement=""),
        replace(MESSAGE, service="urn:other"),
        replace(MESSAGE, service_type=""),
        replace(MESSAGE, receiver=Party("AP-C", TYPE, MESSAGE.receiver.role)),
        replace(MESSAGE, sender=Party("AP-A", "urn:other", MESSAGE.sender.role)),
        replace(MESSAGE, sender=Party("AP-A", TYPE, "urn:other")),
    ],
    ids=["no agreement", "service", "service type", "receiver", "party type", "role"],
)
def test_a_message_outside_of_every_agreement_is_refused(message: object) -> None:
    """With the code for it."""
    with pytest.raises(Refused) as refused:
        find_pmode(message, (read_pmode(FILE),))  # pyright: ignore[reportArgumentType] - a row of messages
    assert refused.value.code is Ebms.MODE_MISMATCH


def test_a_template_is_filled_for_a_partner_that_was_looked_up() -> None:
    """Party ids and address."""
    mode = replace(read_pmode(FILE), responder=Party("", TYPE, MESSAGE.receiver.role))
    filled = mode.filled(own="AP-A", partner="AP-B", url="https://b.example/as4")
    assert (filled.initiator.id, filled.responder.id, filled.url) == ("AP-A", "AP-B", "https://b.example/as4")
    assert filled.fits(MESSAGE)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[mode", "(?i)expected"),
        ("[mode]\n", "needs an id"),
        ('[mode]\nid = "x"\ncolour = "red"', "colour"),
        ('[mode]\nid = "x"\n[other]\n', "other"),
        ('[mode]\nid = "x"\nsuite = "none"', "edelivery-1.15"),
        ('[mode]\nid = "x"\n[retry]\nseconds = ["soon"]', "not of its kind"),
        ('[mode]\nid = "x"\nservices = ["urn:x"]', "not of its kind"),
        ("mode = 1", "no group"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_says_where(text: str, where: str) -> None:
    """A misspelt key is never passed over."""
    with pytest.raises(IllWritten, match=where):
        read_pmode(text)
