"""Signing in and out, and a reader's choice of language and theme."""

from starlette.responses import Response

from samspil.access.people import set_language
from samspil.access.refusals import Refusal
from samspil.apps.messages.visits import SESSION_COOKIE, Visit, local
from samspil.domain.issues import Language
from samspil.ui.security import set_cookie


async def show_sign_in(visit: Visit) -> Response:
    """The form; somebody who is signed in already goes on."""
    if visit.session is not None:
        return visit.go(local(visit.asked("videre")))
    return _form(visit, next=visit.asked("videre"))


async def sign_in(visit: Visit) -> Response:
    """Open a session, and go where the reader wanted to."""
    services, login = visit.services, visit.given("navn")
    next_address = visit.given("videre")
    try:
        token = await services.sessions.open(
            login=login, password=str(visit.form.get("kode", "")), origin=services.address(visit.request.scope)
        )
    except Refusal as refusal:
        issue = refusal.issue
        language = visit.frame.language
        sentence = f"{issue.message.in_(language)} {issue.remedy.in_(language)}"
        return _form(visit, next=next_address, name=login, fault=sentence, status=422)
    response = visit.go(local(next_address))
    set_cookie(response, SESSION_COOKIE, token, https=services.pages.https)
    session = await services.sessions.find(token)
    if session is not None:
        services.pages.remember(response, language=session.person.language)
    return response


async def sign_out(visit: Visit) -> Response:
    """End the session."""
    token = visit.request.cookies.get(SESSION_COOKIE, "")
    if visit.session is not None:
        await visit.services.sessions.close(token, origin=visit.services.address(visit.request.scope))
    response = visit.go("/log-ind", flash="login.signed_out")
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


async def choose(visit: Visit) -> Response:
    """Keep a choice of language or theme, for this browser and with the person."""
    wanted: dict[str, Language] = {"da": "da", "en": "en"}
    language = wanted.get(visit.given("sprog"))
    if language is not None and visit.session is not None:
        await set_language(visit.services.database, by=visit.caller, language=language)
    response = visit.go(local(visit.given("videre")))
    visit.services.pages.remember(response, language=language or "", theme=visit.given("tema"))
    return response


def _form(visit: Visit, *, next: str, name: str = "", fault: str = "", status: int = 200) -> Response:
    people = visit.services.demo_people if visit.services.demo else ()
    return visit.show("messages/sign_in.html", status=status, next=next, name=name, fault=fault, demo_people=people)
