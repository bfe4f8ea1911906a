"""Revision: who did what to what, when, and how it went. Looking here leaves an entry too."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from samspil.access.audit import Act, Entry, Outcome, find_entries, record
from samspil.apps.messages.visits import Visit

PAGE = 50
_LOOKS = {Outcome.REFUSED: ("warn", "ban"), Outcome.FAILED: ("bad", "circle-x")}
_ACTS = frozenset(act.value for act in Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it is shown."""

    entry: Entry
    known: bool
    concerns: tuple[str, ...]

    @property
    def look(self) -> tuple[str, str] | None:
        """How its outcome looks, tone and icon; what was simply done needs none."""
        return _LOOKS.get(self.entry.outcome)

    @property
    def address(self) -> str:
        """The page of what it is about, if that has one."""
        return f"/trafik/{self.entry.object_id}" if self.entry.object == "message" and self.entry.object_id else ""


async def show_audit(visit: Visit) -> Response:
    """The newest entries, by act and by what they are about."""
    database, caller = visit.services.database, visit.caller
    act, about, before = visit.asked("handling"), visit.asked("om")[:100], visit.asked("foer")
    found = await find_entries(
        database,
        by=caller,
        act=Act(act) if act in _ACTS else None,
        object_id=about or None,
        before=_place(before),
        limit=PAGE + 1,
    )
    if not before:
        await record(database, by=caller, act=Act.AUDIT_READ, object="audit", object_id=about)
    chosen = {"handling": act, "om": about}
    texts, language = visit.services.pages.texts, visit.frame.language
    acts = sorted((texts.say(f"audit.act.{name}", language), name) for name in _ACTS)
    return visit.show(
        "messages/audit.html",
        about=about,
        act=act,
        acts=[("", texts.say("audit.act_all", language)), *((name, text) for text, name in acts)],
        lines=[_line(entry, visit) for entry in found[:PAGE]],
        first_address=_address(chosen) if before else "",
        next_address=_address({**chosen, "foer": _cursor(found[PAGE - 1])}) if len(found) > PAGE else "",
    )


def _line(entry: Entry, visit: Visit) -> Line:
    names = [visit.services.directory.find_organisation(gln) for gln in entry.concerns]
    return Line(
        entry=entry,
        known=entry.act in _ACTS,
        concerns=tuple(
            organisation.name if organisation else gln for gln, organisation in zip(entry.concerns, names, strict=True)
        ),
    )


def _address(chosen: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"/revision?{query}" if query else "/revision"


def _cursor(entry: Entry) -> str:
    return f"{entry.at.isoformat()}_{entry.id}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    """Where the page before ended, or None: who writes an address by hand begins at the newest."""
    at, _, identifier = cursor.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        number = int(identifier)
    except ValueError:
        return None
    return (moment, number) if moment.tzinfo is not None and number < 1 << 63 else None
