"""The site's key seals what the database must not give away."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from samspil.access.keys import SiteKey
from samspil.domain.issues import Fault

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_what_is_sealed_opens_with_the_same_key_for_the_same_object() -> None:
    """Another key, another object, a damaged or empty value: nothing, and no exception."""
    key = SiteKey(b"a" * 32)
    sealed = key.seal("odd-secret-71903", about=ONE)
    assert b"odd-secret" not in sealed
    assert key.unseal(sealed, about=ONE) == "odd-secret-71903"
    assert key.seal("odd-secret-71903", about=ONE) != sealed
    assert key.unseal(sealed, about=OTHER) is None
    assert SiteKey(b"b" * 32).unseal(sealed, about=ONE) is None
    for damaged in (b"", b"\x01", b"\x02" + sealed[1:], sealed[:-1], sealed[:-1] + b"x"):
        assert key.unseal(damaged, about=ONE) is None


def test_each_purpose_has_a_key_of_its_own() -> None:
    """None of them is the site's key."""
    key = SiteKey(b"a" * 32)
    assert len({key.derive("forms"), key.derive("logins"), b"a" * 32}) == 3
    assert key.derive("forms") == SiteKey(b"a" * 32).derive("forms")


def test_the_first_start_makes_it_and_the_next_finds_it(tmp_path: Path) -> None:
    """Readable by its owner only; ten processes that start at once agree."""
    with ThreadPoolExecutor(10) as pool:
        keys = list(pool.map(lambda _: SiteKey.load(tmp_path / "home"), range(10)))
    assert len({key.derive("x") for key in keys}) == 1
    assert [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "home").iterdir()] == [0o600]


def test_the_setting_comes_first(tmp_path: Path) -> None:
    """Nodes of one site share it by the setting; then no file is made."""
    given = base64.b64encode(b"c" * 32).decode()
    assert SiteKey.load(tmp_path, given=given + "\n").derive("x") == SiteKey(b"c" * 32).derive("x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["short", "not base64 at all!", base64.b64encode(b"c" * 31).decode(), "é" * 44])
def test_what_is_no_key_is_told(tmp_path: Path, given: str) -> None:
    """A sentence that does not repeat it."""
    with pytest.raises(Fault, match="32 bytes in base64") as fault:
        SiteKey.load(tmp_path, given=given)
    assert given not in str(fault.value)
