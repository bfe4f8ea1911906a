"""The launcher at the checkout's root: from a clone to a running samspil with Python alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "readlink", "cut", "env")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the POSIX script; Windows has samspil.cmd")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What git would give somebody: the tracked files, in a folder whose name has a space."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A machine with a shell and nothing else: a PATH of a few tools, an empty home."""
    tools, home = tmp_path / "bin", tmp_path / "home"
    tools.mkdir()
    home.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or "/nowhere")
    return {"PATH": str(tools), "HOME": str(home)}


def python3(environment: dict[str, str], script: str) -> None:
    """Put a python3 on the bare machine."""
    file = Path(environment["PATH"]) / "python3"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def call(folder: Path, environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Call the launcher from another folder."""
    return subprocess.run(
        [folder / "samspil", *words],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_without_python_one_sentence_says_what_to_install(clone: Path, bare: dict[str, str]) -> None:
    """A machine without Python gets told so, with exit 2."""
    run = call(clone, bare, "--version")
    assert run.returncode == 2
    assert run.stderr == "samspil: needs Python 3.11 or newer; install it and run this again.\n"


def test_an_old_python_is_named(clone: Path, bare: dict[str, str]) -> None:
    """Python 3.9 is refused before anything is installed, and the sentence names the version found."""
    python3(bare, 'case $1 in -V) echo "Python 3.9.2";; *) exit 1;; esac')
    run = call(clone, bare, "--version")
    assert run.returncode == 2
    assert run.stderr == "samspil: needs Python 3.11 or newer; python3 here is 3.9.2.\n"


def test_without_pip_one_sentence_says_what_to_install(clone: Path, bare: dict[str, str]) -> None:
    """Debian ships Python without pip; the sentence names the package."""
    python3(bare, 'case "$*" in *"import pip"*) exit 1;; esac')
    run = call(clone, bare, "--version")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert "python3-pip" in run.stderr


def test_a_clone_runs_from_an_empty_home(clone: Path, bare: dict[str, str]) -> None:
    """A first call installs into the clone and answers; the second is quiet; arguments pass unchanged."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    folder = Path(sys.executable).resolve().parent
    (clone / ".uv").mkdir()
    (clone / ".uv" / "bin").mkdir()
    (clone / ".uv" / "bin" / "uv").symlink_to(uv)
    path = f"{bare['PATH']}:{folder}:/usr/bin:/bin"
    environment = {**os.environ, **bare, "PATH": path, "UV_CACHE_DIR": cache}  # keeps the way to the registry
    first = call(clone, environment, "--version")
    assert first.returncode == 0, first.stderr
    assert first.stderr == "samspil: first start, installing into .venv/\n"
    assert first.stdout.startswith("samspil 0.")
    second = call(clone, environment, "identify", "--lang", "en", "/no/such file")
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == "samspil: no such file: /no/such file\n"
    assert not (clone / ".venv" / "bin" / "pytest").exists(), "only `test` installs the development tools"


def test_the_launcher_becomes_samspil(clone: Path) -> None:
    """Nothing stands between a supervisor and the program: the last step is exec, not a child."""
    lines = (clone / "samspil").read_text().splitlines()
    assert lines[-1] == 'exec "$here/.venv/bin/samspil" "$@"'
    assert os.access(clone / "samspil", os.X_OK)
