"""The edge as Starlette routes, for whoever puts the site together."""

from itertools import groupby

from starlette.routing import BaseRoute, Route

from samspil.transports.http.edge import Edge, Nowhere, as_problem
from samspil.transports.http.fhir import as_outcome
from samspil.transports.http.operations import OPERATIONS
from samspil.transports.http.services import Services


def routes(services: Services) -> list[BaseRoute]:
    """One route for each path of the table, the most travelled first, and one for everything else below them."""
    by_path = groupby(OPERATIONS, key=lambda operation: operation.path)
    edges: list[BaseRoute] = [Route(path, Edge(tuple(operations), services)) for path, operations in by_path]
    nowhere = {area: Nowhere(services, refuse=refuse) for area, refuse in AREAS.items()}
    below = [Route(f"/{area}{rest}", end) for area, end in nowhere.items() for rest in ("", "/{rest:path}")]
    return [*edges, *below]


AREAS = {"exchange": as_problem, "fhir": as_outcome, "catalogue": as_problem, "problems": as_problem}
"""What lies below these is ours, and how it is told that there is nothing."""
