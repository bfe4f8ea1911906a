"""One visit to a page: who comes, whether they may, and what they see when they may not.

`page` turns a view into an endpoint: it finds the session, checks the right and the form's token, calls the view, and
shows an error page for what the view could not do. A view therefore authorises by its declaration, calls one function
and renders.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

import structlog
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from samspil.access.callers import Caller
from samspil.access.rights import Right
from samspil.access.sessions import Session
from samspil.apps.messages.services import Services
from samspil.domain.issues import Unreachable
from samspil.ui.pages import Frame, Section
from samspil.ui.security import FIELD

log = structlog.get_logger(__name__)

SESSION_COOKIE = "samspil_session"


class Missing(Exception):
    """There is no such thing, or it is not this reader's to see: both look the same from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request with its reader, ready to be answered."""

    request: Request
    services: Services
    frame: Frame
    session: Session | None = None
    form: FormData = field(default_factory=FormData)

    @property
    def caller(self) -> Caller:
        """Who reads. Views that stand open to anyone do not ask."""
        assert self.session is not None
        return self.session.caller

    def may(self, right: Right) -> bool:
        """Is somebody signed in who may do this?"""
        return self.session is not None and self.session.caller.may(right)

    def asked(self, name: str) -> str:
        """A value of the query, or empty."""
        return self.request.query_params.get(name, "").strip()

    def given(self, name: str) -> str:
        """A value of the form, or empty."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def named(self) -> UUID:
        """The id in the path. Errors: Missing when it is none."""
        try:
            return UUID(self.request.path_params["id"])
        except ValueError:
            raise Missing from None

    def show(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Answer with a page."""
        return self.services.pages.show(self.request, self.frame, template, status=status, **values)

    def go(self, address: str, *, flash: str = "", tone: str = "good", **values: str) -> Response:
        """Answer a form: send the browser on, with a word to show there."""
        return self.services.pages.go(address, flash=flash, tone=tone, **values)


View = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

# Each section with the right that shows it, in the order of the navigation.
SECTIONS = (
    (Right.READ, Section(address="/trafik", text="frame.section.traffic", icon="arrow-left-right")),
    (Right.READ, Section(address="/koe", text="frame.section.queue", icon="list-checks")),
    (Right.CHECK, Section(address="/proev", text="frame.section.trying", icon="file-search")),
    (None, Section(address="/standarder", text="frame.section.standards", icon="book-open")),
    (Right.READ, Section(address="/endepunkter", text="frame.section.endpoints", icon="waypoints")),
    (Right.AUDIT, Section(address="/revision", text="frame.section.audit", icon="lock")),
)


def page(
    services: Services, view: View, *, right: Right | None = None, reads_form: bool = True, by_itself: bool = False
) -> Endpoint:
    """An endpoint for a view. With a right the reader must be signed in and have it; without, anyone may come.

    A view that reads its form by itself (an upload) checks the token by itself too. What a page fetches by itself
    (a live list) keeps nobody's session awake.
    """

    async def endpoint(request: Request) -> Response:
        visit = _bare(request, services)
        try:
            visit = await _arrive(request, services, awake=not by_itself)
            refusal = _refusal(visit, right)
            if refusal is not None:
                return refusal
            return await (_answer_form(visit, view) if request.method == "POST" and reads_form else view(visit))
        except Missing:
            return fault(visit, "missing", status=404)
        except HTTPException:  # a form that cannot be read, or holds more than any of ours
            return fault(visit, "form", status=400)
        except Unreachable as problem:
            log.warning("page waits", route=request.scope["route"].path, code=problem.code)
            return fault(visit, "away", status=503)

    return endpoint


def _refusal(visit: Visit, right: Right | None) -> Response | None:
    """Why this reader may not come in, if they may not."""
    if right is None or visit.may(right):
        return None
    return _ask_to_sign_in(visit) if visit.session is None else fault(visit, "denied", status=403)


async def _answer_form(visit: Visit, view: View) -> Response:
    visit = await _with_form(visit)
    if not form_allowed(visit, visit.given(FIELD)):
        return fault(visit, "form", status=403)
    return await view(visit)


def form_allowed(visit: Visit, token: str) -> bool:
    """Did the form come from a page of ours?"""
    session = visit.request.cookies.get(SESSION_COOKIE, "") if visit.session else ""
    return visit.services.pages.guard.allows(visit.request, token, session=session)


def fault(visit: Visit, what: str, *, status: int) -> Response:
    """An error page: what happened, in both languages, and the way on."""
    other = visit.services.pages.texts.speaker("en" if visit.frame.language == "da" else "da")
    return visit.show("messages/fault.html", status=status, what=what, number=status, other=other)


def missing_page(request: Request, services: Services) -> Response:
    """The page for an address that is nobody's."""
    return fault(_bare(request, services), "missing", status=404)


def broken_page(request: Request, services: Services) -> Response:
    """The page for a fault of ours; the fault itself is logged by whoever caught it."""
    return fault(_bare(request, services), "broken", status=500)


async def _arrive(request: Request, services: Services, *, awake: bool) -> Visit:
    token, origin = request.cookies.get(SESSION_COOKIE, ""), services.address(request.scope)
    session = await services.sessions.find(token, origin=origin, awake=awake) if token else None
    counts = await _counts(services, session)
    frame = services.pages.frame(
        request,
        session=token if session else "",
        site=services.site,
        demo=services.demo,
        person=session.person.name if session else "",
        role=f"frame.role.{session.person.role}" if session else "",
        sections=_sections(session, counts),
    )
    return Visit(request=request, services=services, frame=frame, session=session)


def _sections(session: Session | None, counts: Mapping[str, int]) -> tuple[Section, ...]:
    shown = (
        section for right, section in SECTIONS if right is None or (session is not None and session.caller.may(right))
    )
    return tuple(
        Section(address=section.address, text=section.text, icon=section.icon, count=counts.get(section.address, 0))
        for section in shown
    )


async def _counts(services: Services, session: Session | None) -> Mapping[str, int]:
    """How many tasks wait for a person, for the navigation; only an operator can do them."""
    if session is None or not session.caller.may(Right.RESOLVE) or session.caller.glns is not None:
        return {}
    depths = await services.tracking.depths()
    return {"/koe": depths.dead + depths.unconfirmed}


def _bare(request: Request, services: Services) -> Visit:
    """A visit without its reader: for pages that must show even when the database is away."""
    sections = tuple(section for _, section in SECTIONS)
    frame = services.pages.frame(request, site=services.site, demo=services.demo, sections=sections, door=False)
    return Visit(request=request, services=services, frame=frame)


async def _with_form(visit: Visit) -> Visit:
    form = await visit.request.form(max_files=0, max_fields=1000, max_part_size=64 * 1024)
    return Visit(request=visit.request, services=visit.services, frame=visit.frame, session=visit.session, form=form)


def _ask_to_sign_in(visit: Visit) -> Response:
    here = visit.frame.here if visit.request.method == "GET" else "/"
    if visit.request.headers.get("hx-request"):  # a list that polls after the session ended: the whole page must go
        response = Response(status_code=204)
        response.headers["hx-redirect"] = f"/log-ind?{urlencode({'videre': '/'})}"
        return response
    return visit.go(f"/log-ind?{urlencode({'videre': here})}")


def local(address: str) -> str:
    """An address within the site, or the front page: nobody is sent elsewhere."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if inside else "/"
