"""The HTTP side of the gateway: one route that takes what access points post.

Who may post is told by the message's own signature; a body that is too large or too slow is not read to its end.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samspil.domain.issues import Unreachable
from samspil.transports.as4.gateway import Gateway
from samspil.transports.http.limits import Gone, Intake
from samspil.transports.http.limits import Limits as IntakeLimits
from samspil.transports.http.problems import Problem

PATH = "/as4"


def as4_route(gateway: Gateway, *, path: str = PATH) -> Route:
    """The route. Every answer that the gateway gives is 200: the signal in it says what came of the message."""
    intake = Intake(IntakeLimits(payload_bytes=gateway.limits.message_bytes))

    async def post(request: Request) -> Response:
        try:
            body = await intake.read(request.scope["headers"], request.receive)
        except Problem as problem:
            return Response(status_code=problem.status, headers={"connection": "close"})
        except Gone:
            return Response(status_code=400)
        try:
            answer = await gateway.answer(request.headers.get("content-type", ""), body)
        except Unreachable:
            return Response(status_code=503, headers={"retry-after": "10"})
        finally:
            intake.let_go(body)
        return Response(answer.body, headers={"content-type": answer.content_type})

    return Route(path, post, methods=["POST"])
