"""`GET /catalogue/standards`: the standards as JSON; a browser is led to the page."""

from samspil.catalogue.standards import find_standard, standards
from samspil.transports.http.answers import JSON, Answer, json_answer
from samspil.transports.http.edge import Call
from samspil.transports.http.negotiation import media_type
from samspil.transports.http.problems import Problem
from samspil.validation.lines import standard_line

PAGE = "/standarder"
HTML = "text/html"
_FRESH = ((b"cache-control", b"public, max-age=300"),)


async def list_standards(call: Call) -> Answer:
    """All standards, in the catalogue's order."""
    call.query(())
    if _wants_page(call):
        return _see(PAGE)
    return json_answer([standard_line(standard) for standard in standards()], headers=_FRESH)


async def show_standard(call: Call) -> Answer:
    """One standard, by its id in any letter case."""
    call.query(())
    standard = find_standard(call.named("id"))
    if standard is None:
        raise Problem("http.route.unknown")
    if _wants_page(call):
        return _see(f"{PAGE}/{standard.id}")
    return json_answer(standard_line(standard), headers=_FRESH)


def _wants_page(call: Call) -> bool:
    accept = call.header(b"accept")
    return bool(accept) and media_type(accept, (JSON, HTML)) == HTML


def _see(path: str) -> Answer:
    return Answer(303, headers=((b"location", path.encode()),))
