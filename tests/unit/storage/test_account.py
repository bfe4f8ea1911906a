"""Who runs the server, and which folders that user can pass."""

import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from samspil.storage.account import Account, server_account

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root alone can do")


def test_ourselves_where_we_are_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is needed then."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert server_account() == Account()


@only_as_root
@pytest.mark.parametrize(
    ("mode", "owner", "group", "passes"),
    [
        (0o700, 0, 0, False),
        (0o710, 0, 0, False),
        (0o711, 0, 0, True),
        (0o710, 0, 4711, True),
        (0o701, 0, 4711, False),
        (0o100, 4711, 0, True),
        (0o677, 4711, 0, False),
    ],
)
def test_owner_group_and_others(
    tmp_path_factory: pytest.TempPathFactory, mode: int, owner: int, group: int, passes: bool
) -> None:
    """The first of the three that fits decides, as the kernel has it; and every folder above counts."""
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    account = Account(4711, 4711)
    try:
        (folder / "below").mkdir(mode=0o755)
        os.chown(folder, owner, group)
        folder.chmod(mode)
        code, _ = account.run(["/usr/bin/test", "-x", str(folder / "below")])
        assert account.may_pass(folder / "below") == passes == (code == 0)
    finally:
        subprocess.run(["rm", "-r", folder], check=True)


@only_as_root
def test_it_runs_as_the_account_with_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """No group of root's, none of our environment, a session of its own."""
    monkeypatch.setenv("PGDATA", "/odd")
    code, said = Account(4711, 4711).run(["/bin/sh", "-c", "id -u; id -G; env; pwd"])
    assert code == 0
    assert said.split()[:2] == ["4711", "4711"]
    assert "PGDATA" not in said


@only_as_root
def test_it_owns_what_it_is_given(tmp_path: Path) -> None:
    """A file of ours becomes the account's; without an account it stays ours."""
    file = tmp_path / "file"
    file.touch()
    Account().give(file)
    assert file.stat().st_uid == 0
    Account(4711, 4712).give(file)
    assert (file.stat().st_uid, file.stat().st_gid) == (4711, 4712)
    assert stat.S_ISREG(file.stat().st_mode)


def test_an_interrupted_program_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a program of ours runs in its own session: it is ended, with all it started."""

    def interrupted(self: object, *_: object, **__: object) -> None:
        time.sleep(0.3)
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    mark = tmp_path / "mark"
    with pytest.raises(KeyboardInterrupt):
        Account().run(["/bin/sh", "-c", f"(sleep 1; touch {mark}) & wait"])
    time.sleep(1.2)
    assert not mark.exists()
