"""Who gets in where: signing in and out, every address refused to those without its right, forms of other sites."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from samspil.access.rights import RIGHTS
from samspil.apps.messages.routes import GUARDED, LIVE, OPEN, UPLOADS
from tests.web.conftest import Enter
from tests.web.town import PASSWORD, PEOPLE, Town

pytestmark = pytest.mark.browser

TABLE = [(method, address, right) for method, address, _, right in (*LIVE, *GUARDED, *UPLOADS)]


@pytest.fixture
def client(town: Town) -> Iterator[httpx.Client]:
    """A browser without a page: cookies, no script."""
    with httpx.Client(base_url=town.url, headers={"accept": "text/html"}) as opened:
        yield opened


def filled(address: str, town: Town) -> str:
    """An address with a message's id in it."""
    return address.replace("{id}", str(town.messages["kept"]))


@pytest.mark.parametrize(("method", "address", "right"), TABLE, ids=str)
def test_a_stranger_must_sign_in(client: httpx.Client, town: Town, method: str, address: str, right: str) -> None:
    """Without a session every guarded address leads to the sign-in page and shows nothing."""
    answer = client.request(method, filled(address, town))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/log-ind?videre=")
    assert answer.content == b""


@pytest.mark.parametrize("login", PEOPLE)
def test_a_role_without_the_right_is_refused(
    client: httpx.Client, town: Town, sessions: dict[str, str], login: str
) -> None:
    """Each address refuses each role that lacks its right, whatever the form says, and admits the others."""
    client.cookies.set("samspil_session", sessions[login])
    rights = RIGHTS[PEOPLE[login][1]]
    for method, address, right in TABLE:
        answer = client.request(method, filled(address, town))
        if right not in rights:
            assert answer.status_code == 403, address
            assert "Det har du ikke adgang til" in answer.text
        elif method == "POST":
            assert answer.status_code == 403, f"{address}: a form without its token"
            assert "Formularen er udløbet" in answer.text
        else:
            assert answer.status_code in {200, 303}, address


def test_the_open_pages_show_nobodys_messages(client: httpx.Client, town: Town) -> None:
    """What stands open is the catalogue and the door itself."""
    for method, address, _ in OPEN:
        if method == "GET":
            answer = client.get(address.replace("{id}", "DIS91"))
            assert answer.status_code == 200
            assert not any(str(message) in answer.text for message in town.messages.values())


def test_every_answer_keeps_the_browser_safe(client: httpx.Client, town: Town, sessions: dict[str, str]) -> None:
    """The policy, no caching, no frame: on pages, redirects, downloads and faults alike."""
    for address in ("/", "/log-ind", "/trafik", f"/trafik/{town.messages['kept']}/indhold", "/findes-ikke"):
        for session in ("", sessions["drift"]):
            client.cookies.set("samspil_session", session)
            answer = client.get(address)
            assert "default-src 'self'" in answer.headers["content-security-policy"], address
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(
    client: httpx.Client, town: Town, sessions: dict[str, str], site: str
) -> None:
    """Even with the right token: the browser itself says where the form came from."""
    client.cookies.set("samspil_session", sessions["drift"])
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/trafik").text)
    assert token is not None
    answer = client.post("/log-ud", data={"csrf": token[1]}, headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    assert client.get("/trafik").status_code == 200


def test_a_form_larger_than_any_of_ours_is_refused(client: httpx.Client) -> None:
    """Ten thousand fields are not read, and the answer is a page like any other."""
    answer = client.post("/visning", files=[(f"f{number}", (None, "x")) for number in range(10_000)])
    assert answer.status_code == 400
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("target", ["https://other.invalid/", "//other.invalid/", "/\\other.invalid", "javascript:1"])
def test_nobody_is_sent_elsewhere(client: httpx.Client, target: str) -> None:
    """After signing in, an address outside the site becomes the front page."""
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/log-ind").text)
    assert token is not None
    form = {"csrf": token[1], "navn": "drift", "kode": PASSWORD, "videre": target}
    assert client.post("/log-ind", data=form).headers["location"] == "/"


def test_signing_in_and_out(enter: Enter) -> None:
    """A wrong password says so and keeps the name; the right one leads to where one was going."""
    page = enter("/trafik?alder=24t", login="")
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
    page.get_by_label("Brugernavn").fill("drift")
    page.get_by_label("Adgangskode").fill("det er den ikke")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("forkert")
    expect(page.get_by_label("Brugernavn")).to_have_value("drift")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("alder=24t"))
    page.get_by_role("button", name="Log ud").click()
    expect(page.get_by_role("status")).to_contain_text("logget ud")
    page.goto("/trafik")
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def test_the_demonstration_signs_in_with_one_press(enter: Enter) -> None:
    """Each of the demonstration's people stands on the door."""
    page = enter("/log-ind", login="")
    page.get_by_role("button", name="Lone Læser").click()
    expect(page.get_by_text("Læser uden indhold")).to_be_visible()
    expect(page.get_by_role("heading", name="Trafik")).to_be_visible()
