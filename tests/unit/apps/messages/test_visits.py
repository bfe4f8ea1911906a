"""Addresses within the site: after a form the reader goes on, and never elsewhere."""

import pytest

from samspil.apps.messages.visits import local


@pytest.mark.parametrize("address", ["/trafik", "/trafik?alder=24t&q=a%2Fb", "/"])
def test_an_address_of_our_own_is_kept(address: str) -> None:
    """A reader comes back to where they were."""
    assert local(address) == address


@pytest.mark.parametrize(
    "address", ["", "trafik", "https://x.invalid/", "//x.invalid", "/\\x.invalid", "/a\nLocation: b", "javascript:1"]
)
def test_any_other_address_is_the_front_page(address: str) -> None:
    """Nobody is sent elsewhere."""
    assert local(address) == "/"
