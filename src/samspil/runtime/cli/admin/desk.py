"""What every administrative act needs: the database, the site's key, who acts, and how to find and tell."""

import getpass
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from samspil.access.callers import Caller
from samspil.access.directory import Organisation
from samspil.access.keys import SiteKey
from samspil.access.organisations import list_organisations
from samspil.domain.issues import Phrase
from samspil.runtime.cli.context import Context, Misuse, Refused
from samspil.runtime.cli.files import STDIN
from samspil.runtime.cli.who import local_user
from samspil.runtime.settings import Settings
from samspil.storage.database import Database
from samspil.storage.migrate import migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One act's surroundings."""

    context: Context
    database: Database
    key: SiteKey
    by: Caller

    @classmethod
    @asynccontextmanager
    async def open(cls, context: Context, dsn: str) -> AsyncGenerator[Self]:
        """A desk on a database whose schema is up to date."""
        await migrate(dsn)
        settings: Settings = context.settings()
        database = await Database.open(dsn, connections=4)
        try:
            key = SiteKey.load(settings.folder, given=settings.site_key)
            yield cls(context=context, database=database, key=key, by=local_user())
        finally:
            await database.close()

    @property
    def options(self) -> Any:
        """What was asked for."""
        return self.context.options

    async def organisation(self, named: str | None) -> Organisation | None:
        """The organisation of that id or location number; None where none is named. Errors: Refused."""
        if named is None:
            return None
        for found in await list_organisations(self.database, by=self.by):
            if named == str(found.id) or named in found.glns:
                return found
        raise Refused(
            f"no organisation here has the id or location number {named}.",
            da=f"ingen organisation her har id eller lokationsnummer {named}.",
        )

    def tell(self, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
        """Rows as JSON lines with all their keys, or as a table of some."""
        output = self.context.output
        if output.json:
            for row in rows:
                output.line(row)
        elif rows:
            output.table([[_cell(row[column]) for column in columns] for row in rows])

    def identifier(self) -> UUID:
        """The id that the command line names. Errors: Misuse."""
        try:
            return UUID(self.options.id)
        except ValueError:
            raise Misuse(
                f"{self.options.id!r} is no id; `list` shows them.", da=f"{self.options.id!r} er intet id; se `list`."
            ) from None

    def secret(self, file: str | None, prompt: Phrase) -> str:
        """A secret from a file, from standard input as `-`, or asked for on a terminal. Errors: Misuse."""
        if file is not None:
            text = sys.stdin.readline() if file == STDIN else Path(file).read_text(encoding="utf-8")
            return text.rstrip("\r\n")
        if not sys.stdin.isatty():
            raise Misuse(
                "no terminal to ask for the secret on; name a file that holds it.",
                da="ingen terminal at spørge på; nævn en fil med hemmeligheden.",
            )
        return getpass.getpass(f"{self.context.output.say(prompt)}: ")


def _cell(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "–" if value is None else str(value)
