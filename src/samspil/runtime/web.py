"""The application of one site: what machines call, what people see, and what is asked about the node itself.

Each of the three brings its own table of routes with the right each takes; here they are only laid side by side. An
address that is nobody's, and a fault of ours, are told as a page to a browser and as a problem document to a machine.
"""

from collections.abc import Awaitable, Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from samspil.access.sessions import Sessions
from samspil.apps.messages import routes as pages_routes
from samspil.apps.messages.services import TEMPLATES, DemoPerson
from samspil.apps.messages.services import Services as PageServices
from samspil.apps.messages.visits import broken_page, missing_page
from samspil.exchange.engine import utc_now
from samspil.runtime import health
from samspil.runtime.observing import Observed
from samspil.runtime.server import Application
from samspil.runtime.site import VERSION, Site, doors_of
from samspil.transports.http import routes as edge_routes
from samspil.transports.http.callers import Callers
from samspil.transports.http.limits import Intake, Limits
from samspil.transports.http.negotiation import language
from samspil.transports.http.problems import Problem
from samspil.transports.http.services import Services
from samspil.ui.pages import Pages

log = structlog.get_logger(__name__)


def build_application(site: Site, *, demo_people: tuple[DemoPerson, ...] = ()) -> Application:
    """Every route of the site, measured and logged."""
    machines = machine_services(site)
    people = page_services(site, machines, demo_people=demo_people)
    application = Starlette(
        routes=[*edge_routes.routes(machines), *health.routes(site, machines), *pages_routes.routes(people)],
        exception_handlers={404: _missing(people), 405: _missing(people), Exception: _broken(people)},
    )
    return Observed(application, site.metrics, site=site.name)


def machine_services(site: Site) -> Services:
    """What the HTTP edge needs of the site."""
    settings, engine = site.settings, site.engine
    limits = Limits(payload_bytes=settings.payload_limit_bytes, silence_seconds=settings.body_seconds)
    return Services(
        receive=engine.receive,
        tracking=engine.tracking,
        acts=engine.acts,
        database=site.database,
        callers=Callers(site.register.clients, doors_of(settings), site.attempts),
        intake=Intake(limits),
        public_url=settings.address,
        version=VERSION,
        started_at=site.started_at,
        judge=site.judge,
        directory=site.register.directory,
    )


def page_services(site: Site, machines: Services, *, demo_people: tuple[DemoPerson, ...]) -> PageServices:
    """What the pages need of the site."""
    return PageServices(
        pages=Pages(secret=site.key.derive("pages"), apps=TEMPLATES, https=site.settings.address.startswith("https:")),
        tracking=site.engine.tracking,
        acts=site.engine.acts,
        directory=site.register.directory,
        database=site.database,
        sessions=Sessions(site.database, site.passwords, site.key),
        address=machines.callers.address,
        clock=utc_now,
        site=site.name or site.settings.site_name,
        judge=site.judge,
        demo=site.settings.demo,
        demo_people=demo_people,
    )


Handler = Callable[[Request, Exception], Awaitable[Response]]


def _missing(people: PageServices) -> Handler:
    """There is nothing at that address."""

    async def answer(request: Request, _fault: Exception) -> Response:
        return missing_page(request, people) if _is_browser(request) else _problem(request, "http.route.unknown")

    return answer


def _broken(people: PageServices) -> Handler:
    """A fault of ours: logged without its text, told without a trace."""

    async def answer(request: Request, fault: Exception) -> Response:
        log.error("request failed", exc_info=fault)
        return broken_page(request, people) if _is_browser(request) else _problem(request, "http.server.fault")

    return answer


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _problem(request: Request, code: str) -> Response:
    answer = Problem(code).answer(language(request.scope["headers"]))
    return Response(answer.body, answer.status, media_type=answer.media_type)
