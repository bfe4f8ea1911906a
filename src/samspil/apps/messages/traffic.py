"""Trafik: the live list of messages, its filters, and how many are in each state."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from samspil.access.directory import Directory
from samspil.apps.messages.paths import Dots, dots_of
from samspil.apps.messages.visits import Visit
from samspil.apps.messages.wording import has_mailbox, standard_name
from samspil.catalogue.standards import standards
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Phrase
from samspil.exchange.carriage import State
from samspil.exchange.stories import MessageRow
from samspil.exchange.tracking import Query

PAGE = 50
COUNTED = 2000  # how many of the newest are counted by state
FRESH_FOR = timedelta(seconds=15)
AGES = {"1t": timedelta(hours=1), "24t": timedelta(days=1), "7d": timedelta(days=7), "": None}
AGE_TEXTS = {"1t": "hour", "24t": "day", "7d": "week", "": "all"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the reader chose to see, as the address says it."""

    q: str = ""
    party: str = ""
    standard: str = ""
    state: str = ""
    age: str = ""
    before: str = ""

    def address(self, path: str = "/trafik") -> str:
        """The address of this choice."""
        given = {
            "q": self.q,
            "part": self.party,
            "standard": self.standard,
            "tilstand": self.state,
            "alder": self.age,
            "foer": self.before,
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def is_filtered(self) -> bool:
        """Does it leave anything out?"""
        return bool(self.q or self.party or self.standard or self.state or self.age)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """How many are in one state; `state` empty: in all."""

    state: str
    count: int
    capped: bool
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message in the list."""

    row: MessageRow
    name: Phrase
    code: str
    path: Dots
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list with what stands above and below it."""

    rows: tuple[Line, ...]
    chips: tuple[Chip, ...]
    filtered: bool
    matched: str
    poll_address: str
    first_address: str
    next_address: str

    @property
    def fresh(self) -> int:
        """How many came a moment ago."""
        return sum(line.fresh for line in self.rows)


async def show_traffic(visit: Visit) -> Response:
    """The page."""
    choice, texts = _choice(visit), visit.services.pages.texts
    language = visit.frame.language
    named = sorted((standard.name.in_(language), standard.id) for standard in standards())
    parties = [
        (organisation.glns[0], organisation.name)
        for organisation in visit.services.directory.organisations
        if organisation.glns
    ]
    return visit.show(
        "messages/traffic.html",
        choice=choice,
        list=await _listing(visit, choice, polled=False),
        polled=False,
        parties=[("", texts.say("traffic.party_all", language)), *parties],
        standards=[("", texts.say("traffic.standard_all", language)), *((key, name) for name, key in named)],
        ages=[(age, texts.say(f"traffic.within.{text}", language)) for age, text in AGE_TEXTS.items()],
    )


async def show_list(visit: Visit) -> Response:
    """The list alone, for the page that refreshes it."""
    choice = _choice(visit)
    listing = await _listing(visit, choice, polled=True)
    return visit.show("messages/traffic_list.html", list=listing, polled=True)


def _choice(visit: Visit) -> Choice:
    age, state, before = visit.asked("alder"), visit.asked("tilstand"), visit.asked("foer")
    return Choice(
        q=visit.asked("q")[:100],
        party=visit.asked("part"),
        standard=visit.asked("standard"),
        state=state if state in _STATES else "",
        age=age if age in AGES else "",
        before=before if _as_uuid(before) else "",
    )


_STATES = frozenset(state.value for state in State)


async def _listing(visit: Visit, choice: Choice, *, polled: bool) -> Listing:
    services, now = visit.services, visit.services.clock()
    query, matched = _query(choice, services.directory, glns=visit.caller.glns, now=now)
    found = await services.tracking.find(replace(query, limit=PAGE + 1))
    counts = await services.tracking.counts(replace(query, state=None, before=None, limit=COUNTED))
    rows = found[:PAGE]
    older = replace(choice, before=str(rows[-1].id)) if len(found) > PAGE else None
    return Listing(
        rows=tuple(
            Line(
                row=row,
                name=standard_name(row.standard),
                code=row.version or row.standard or "",
                path=dots_of(row, answered_here=has_mailbox(services.directory, row.receiver)),
                fresh=polled and now - row.at < FRESH_FOR,
            )
            for row in rows
        ),
        chips=_chips(choice, counts),
        filtered=choice.is_filtered,
        matched=matched,
        poll_address=choice.address("/trafik/liste"),
        first_address=replace(choice, before="").address() if choice.before else "",
        next_address=older.address() if older else "",
    )


def _chips(choice: Choice, counts: dict[State, int]) -> tuple[Chip, ...]:
    total = sum(counts.values())
    return tuple(
        Chip(
            state=state,
            count=count,
            capped=total >= COUNTED,
            address=replace(choice, before="", state=state).address(),
            chosen=choice.state == state,
        )
        for state, count in (("", total), *((state.value, counts.get(state, 0)) for state in State))
    )


def _query(choice: Choice, directory: Directory, *, glns: frozenset[str] | None, now: datetime) -> tuple[Query, str]:
    """The query for a choice, and the name of the party that its search word was taken for."""
    age = AGES[choice.age]
    query = Query(
        glns=glns,
        party=choice.party or None,
        standard=choice.standard or None,
        state=State(choice.state) if choice.state else None,
        since=now - age if age else None,
        before=_as_uuid(choice.before),
    )
    if not choice.q:
        return query, ""
    if Gln.fits(choice.q):
        return replace(query, party=choice.q), directory.name_of(choice.q)
    word = choice.q.casefold()
    for organisation in directory.organisations:
        if organisation.glns and word in organisation.name.casefold():
            return replace(query, party=organisation.glns[0]), organisation.name
    return replace(query, identifier=choice.q), ""


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
