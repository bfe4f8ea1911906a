"""What a site judges by, as its settings have it."""

from pathlib import Path

import orjson
import pytest

from samspil.catalogue.fhir.package_store import PackageStore
from samspil.domain.issues import Fault, Verdict
from samspil.runtime.settings import load
from samspil.runtime.site import judge_of
from samspil.validation.judge import examine
from tests.packages import packed
from tests.unit.formats.fhir.letters import letter


def uncategorised() -> bytes:
    """A letter that MedCom's profile forbids, and R4 does not."""
    root = orjson.loads(letter())
    for entry in root["entry"]:
        entry["resource"].pop("category", None)
    return orjson.dumps(root)


def test_a_site_judges_by_our_own_tables(tmp_path: Path) -> None:
    """Packages that were added change nothing by themselves."""
    PackageStore(tmp_path / "packages").add(packed("test.rules", "1.0.0"), origin="a.tgz")
    assert judge_of(load({"home": tmp_path}, {})) is examine


def test_a_site_may_judge_by_what_was_added(tmp_path: Path) -> None:
    """Then our own tables of MedCom's profiles are out of use."""
    PackageStore(tmp_path / "packages").add(packed("test.rules", "1.0.0"), origin="a.tgz")
    judge = judge_of(load({"home": tmp_path}, {"SAMSPIL_PACKAGES": "installed"}))
    assert examine(uncategorised()).report.verdict is Verdict.REJECTED
    assert judge(uncategorised()).report.verdict is Verdict.ACCEPTED


def test_a_site_does_not_start_on_packages_that_are_not_there(tmp_path: Path) -> None:
    """Judging by less than was asked for would be worse than not to start."""
    with pytest.raises(Fault, match="SAMSPIL_PACKAGES"):
        judge_of(load({"home": tmp_path}, {"SAMSPIL_PACKAGES": "installed"}))
