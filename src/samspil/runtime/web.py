"""The application of one site: what machines call, what people see, and what is asked about the node itself."""

from starlette.applications import Starlette

from samspil.runtime import health
from samspil.runtime.observing import Observed
from samspil.runtime.server import Application
from samspil.runtime.site import VERSION, Site, doors_of
from samspil.transports.http.callers import Callers
from samspil.transports.http.limits import Intake, Limits
from samspil.transports.http.routes import routes
from samspil.transports.http.services import Services


def build_application(site: Site) -> Application:
    """Every route of the site, measured and logged."""
    services = services_of(site)
    application = Starlette(routes=[*routes(services), *health.routes(site, services)])
    return Observed(application, site.metrics, site=site.name)


def services_of(site: Site) -> Services:
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
    )
