"""A refusal says why, and what to do instead."""

from dataclasses import replace
from uuid import UUID

import pytest

from samspil.access.callers import SYSTEM
from samspil.access.refusals import Refusal, reaches, require, require_whole_site
from samspil.access.rights import Right

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_it_carries_both_languages_and_its_code() -> None:
    """For the command line, for pages and for programs."""
    refusal = Refusal("access.login.blocked", retry_after_seconds=15, seconds="15")
    assert (refusal.code, refusal.retry_after_seconds) == ("access.login.blocked", 15)
    assert refusal.issue.message.in_("da").endswith("15 sekunder.")
    assert str(refusal).startswith("access.login.blocked: Too many logins")


def test_a_right_is_there_or_named() -> None:
    """Who lacks it learns which one."""
    require(SYSTEM, Right.AUDIT)
    with pytest.raises(Refusal, match="lacks the right audit"):
        require(replace(SYSTEM, rights=frozenset({Right.READ})), Right.AUDIT)


def test_an_organisations_authority_ends_at_its_border() -> None:
    """The whole site reaches everything, an organisation itself only, and never the whole site."""
    own = replace(SYSTEM, organisation=ONE)
    assert [reaches(SYSTEM, it) for it in (None, ONE, OTHER)] == [True, True, True]
    assert [reaches(own, it) for it in (None, ONE, OTHER)] == [False, True, False]
    require_whole_site(SYSTEM)
    with pytest.raises(Refusal, match=r"access\.site\.only"):
        require_whole_site(own)
