"""Every address of these pages, with the right it asks for: the whole access table in one place."""

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from samspil.access.rights import Right
from samspil.apps.messages import audit, endpoints, message, queue, signing_in, standards, traffic, trying
from samspil.apps.messages.services import Services
from samspil.apps.messages.visits import View, Visit, page
from samspil.ui import assets

# (method, address, view, right). Without a right a page stands open: it shows nobody's messages.
OPEN: tuple[tuple[str, str, View], ...] = (
    ("GET", "/log-ind", signing_in.show_sign_in),
    ("POST", "/log-ind", signing_in.sign_in),
    ("POST", "/log-ud", signing_in.sign_out),
    ("POST", "/visning", signing_in.choose),
    ("GET", "/standarder", standards.list_standards),
    ("GET", "/standarder/{id}", standards.show_standard),
)
GUARDED: tuple[tuple[str, str, View, Right], ...] = (
    ("GET", "/trafik", traffic.show_traffic, Right.READ),
    ("GET", "/trafik/{id}", message.show_message, Right.READ),
    ("GET", "/trafik/{id}/indhold", message.take_payload, Right.OPEN),
    ("POST", "/trafik/{id}/send-igen", message.resend, Right.RESOLVE),
    ("POST", "/trafik/{id}/frigiv", message.release, Right.RESOLVE),
    ("GET", "/trafik/{id}/returner", message.ask_return, Right.RESOLVE),
    ("POST", "/trafik/{id}/returner", message.give_back, Right.RESOLVE),
    ("GET", "/koe", queue.show_queue, Right.READ),
    ("POST", "/koe/frigiv", queue.release_all, Right.RESOLVE),
    ("POST", "/koe/send-igen", queue.resend_all, Right.RESOLVE),
    ("GET", "/endepunkter", endpoints.list_endpoints, Right.READ),
    ("GET", "/proev", trying.show_form, Right.CHECK),
    ("GET", "/revision", audit.show_audit, Right.AUDIT),
)
# What a page fetches by itself, again and again.
LIVE: tuple[tuple[str, str, View, Right], ...] = (
    ("GET", "/trafik/liste", traffic.show_list, Right.READ),
    ("GET", "/koe/liste", queue.show_queue_list, Right.READ),
)
# Views that read their form by themselves, and check its token by themselves.
UPLOADS: tuple[tuple[str, str, View, Right], ...] = (("POST", "/proev", trying.judge_upload, Right.CHECK),)


def routes(services: Services) -> list[BaseRoute]:
    """All routes of the pages and their assets."""
    return [
        Route("/", page(services, front), methods=["GET"]),
        *(Route(address, page(services, view), methods=[method]) for method, address, view in OPEN),
        *(
            Route(address, page(services, view, right=right, by_itself=True), methods=[method])
            for method, address, view, right in LIVE
        ),
        *(
            Route(address, page(services, view, right=right), methods=[method])
            for method, address, view, right in GUARDED
        ),
        *(
            Route(address, page(services, view, right=right, reads_form=False), methods=[method])
            for method, address, view, right in UPLOADS
        ),
        *assets.routes(),
    ]


async def front(visit: Visit) -> Response:
    """The front page is where the reader's work is."""
    if visit.session is None:
        return visit.go("/log-ind")
    return visit.go("/trafik" if visit.may(Right.READ) else "/standarder")
