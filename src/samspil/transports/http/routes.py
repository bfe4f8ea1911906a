"""The edge as Starlette routes, for whoever puts the site together."""

from itertools import groupby

from starlette.routing import BaseRoute, Route

from samspil.transports.http.edge import Edge, Nowhere
from samspil.transports.http.fhir import as_outcome
from samspil.transports.http.operations import OPERATIONS
from samspil.transports.http.services import Services


def routes(services: Services) -> list[BaseRoute]:
    """One route for each path of the table, the most travelled first, and one for everything else below them."""
    by_path = groupby(OPERATIONS, key=lambda operation: operation.path)
    edges: list[BaseRoute] = [Route(path, Edge(tuple(operations), services)) for path, operations in by_path]
    nowhere = [
        Route("/fhir/{rest:path}", Nowhere(services, refuse=as_outcome)),
        *(Route(f"/{area}/{{rest:path}}", Nowhere(services)) for area in ("exchange", "catalogue", "problems")),
    ]
    return [*edges, *nowhere]
