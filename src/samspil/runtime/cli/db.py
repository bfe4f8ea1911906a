"""`samspil db migrate|status|backup DIR|restore DIR`: the site's database, embedded or external."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from samspil.access.audit import Act, record
from samspil.domain.issues import Fault, Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.parser import Parser, add_words
from samspil.runtime.cli.who import local_user
from samspil.runtime.cli.words import JSON
from samspil.runtime.database import site_database
from samspil.storage.backup import Manifest, backup, restore
from samspil.storage.database import Database
from samspil.storage.migrate import State, migrate, status

ACTIONS = {
    "migrate": Phrase("bring the schema up to this version", da="bring skemaet op til denne version"),
    "status": Phrase("show which migrations are applied", da="vis hvilke migreringer der er udført"),
    "backup": Phrase("write a backup into a new folder", da="skriv en sikkerhedskopi i en ny mappe"),
    "restore": Phrase("fill an empty database from a backup", da="fyld en tom database fra en sikkerhedskopi"),
}
STATES = {
    State.APPLIED: Phrase("applied", da="udført"),
    State.PENDING: Phrase("pending", da="mangler"),
    State.CHANGED: Phrase("applied with another text", da="udført med en anden tekst"),
    State.UNKNOWN: Phrase("of a newer samspil", da="fra en nyere samspil"),
}
WRONG_USE = frozenset({"database.backup.occupied", "database.backup.missing", "database.not_empty"})
FOLDER = Phrase("the backup's folder", da="sikkerhedskopiens mappe")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    for name, below in add_words(parser, "action", ACTIONS, language).items():
        below.add_argument("--json", action="store_true", help=JSON.in_(language))
        if name in ("backup", "restore"):
            below.add_argument("folder", metavar="DIR", type=Path, help=FOLDER.in_(language))


def run(context: Context) -> int:
    """Do it on the database that the settings name."""
    actions = {"migrate": _migrate, "status": _status, "backup": _backup, "restore": _restore}
    with site_database(context.settings()) as place:
        return actions[context.options.action](context, place.dsn)


def _migrate(context: Context, dsn: str) -> int:
    applied = asyncio.run(migrate(dsn))
    if context.output.json:
        context.output.line({"applied": applied})
    elif applied:
        numbers = ", ".join(f"{number:04}" for number in applied)
        context.output.text(context.output.say(Phrase(f"applied: {numbers}", da=f"udført: {numbers}")))
    else:
        context.output.text(context.output.say(Phrase("nothing to do", da="intet at gøre")))
    return Exit.DONE


def _status(context: Context, dsn: str) -> int:
    """Exit 1 if anything is not as it should be, so that a script can ask."""
    output, rows = context.output, asyncio.run(status(dsn))
    for row in rows:
        moment = row.applied_at.isoformat(timespec="seconds") if row.applied_at else None
        if output.json:
            output.line({"number": row.number, "name": row.name, "state": row.state, "applied_at": moment})
        else:
            output.text(f"{row.number:04} {row.name}: {output.say(STATES[row.state])} {moment or ''}".rstrip())
    return Exit.DONE if all(row.state is State.APPLIED for row in rows) else Exit.REFUSED


def _backup(context: Context, dsn: str) -> int:
    manifest = _in_a_folder(lambda: backup(dsn, context.options.folder))
    asyncio.run(_audit(dsn, Act.DATABASE_BACKUP))
    return _tell_backup(context, manifest, Phrase("saved", da="gemt"))


def _restore(context: Context, dsn: str) -> int:
    manifest = _in_a_folder(lambda: restore(dsn, context.options.folder))
    asyncio.run(migrate(dsn))
    asyncio.run(_audit(dsn, Act.DATABASE_RESTORE))
    return _tell_backup(context, manifest, Phrase("restored", da="genskabt"))


def _in_a_folder(work: Callable[[], Manifest]) -> Manifest:
    """A folder that does not fit is wrong use; everything else stays what it is."""
    try:
        return work()
    except Fault as fault:
        if fault.code in WRONG_USE:
            raise Misuse(str(fault), da=str(fault)) from None
        raise


async def _audit(dsn: str, act: Act) -> None:
    database = await Database.open(dsn, connections=4)
    try:
        await record(database, by=local_user(), act=act, object="database")
    finally:
        await database.close()


def _tell_backup(context: Context, manifest: Manifest, done: Phrase) -> int:
    if context.output.json:
        context.output.line(asdict(manifest))
    else:
        size = f"{manifest.size_bytes / 1_000_000:.1f} MB"
        context.output.text(f"{context.output.say(done)}: {context.options.folder} ({size}, {manifest.made_at})")
    return Exit.DONE
