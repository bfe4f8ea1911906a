"""A small network: an anchor, an authority below it, and one key for all leaves, since making keys takes long."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from samspil.access.trust.chain import TrustList
from samspil.access.trust.development import Authority, new_authority, new_key
from samspil.access.trust.lists import RevocationList
from tests.unit.access.trust.moments import BEGIN


@pytest.fixture(scope="session")
def root() -> Authority:
    """The anchor."""
    return new_authority("Prøverod", at=BEGIN)


@pytest.fixture(scope="session")
def issuing(root: Authority) -> Authority:
    """The authority that issues."""
    return root.authority("Prøveudsteder", at=BEGIN)


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """A leaf's key."""
    return new_key()


@pytest.fixture(scope="session")
def believing(root: Authority, issuing: Authority) -> TrustList:
    """A network that believes the anchor, and has its lists of that day: nothing is taken back."""
    lists = (root.revocation_list(at=BEGIN), issuing.revocation_list(at=BEGIN))
    return TrustList(
        network="prove",
        anchors=(root.certificate,),
        intermediates=(issuing.certificate,),
        lists=tuple(RevocationList(each) for each in lists),
    )
