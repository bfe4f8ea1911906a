"""A postmaster.pid whose number now belongs to somebody else: the one lock file that never goes away by itself.

After a power cut or a restarted container the number in the file is soon some other process's, and PostgreSQL takes
the file for a living server's. It is removed only where Linux can prove that no server is there: the number's process
is no PostgreSQL (a zombie one still is), and no process at all works in the data folder, as every backend does.
"""

from pathlib import Path

PROCESSES = Path("/proc")


def remove_stale_lock(data: Path) -> bool:
    """Remove the lock file of a data folder if nobody can be behind it; true if it was."""
    lock = data / "postmaster.pid"
    try:
        number = int(lock.read_text().split(maxsplit=1)[0])
        name = (PROCESSES / str(number) / "comm").read_text().strip()
    except (OSError, ValueError, IndexError):
        return False  # no such file, or nothing that can be proved
    if name == "postgres" or _somebody_works_in(data):
        return False
    lock.unlink()
    return True


def _somebody_works_in(data: Path) -> bool:
    for process in PROCESSES.glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == data:
                return True
        except OSError:
            continue  # ended, a zombie, or another user's, who is not the server's
    return False
