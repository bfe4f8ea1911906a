"""Browser tests: one real Chromium a session, one context a test, and a town that everybody visits."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from samspil.storage.embedded import EmbeddedServer
from tests.web.town import PASSWORD, Town, open_town

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}

Enter = Callable[..., Page]

expect.set_options(timeout=10_000)  # a machine may have other things to do


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, never a download."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium: install chromium-headless-shell")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def town(postgres_server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running town, on a database of its own."""
    with open_town(postgres_server.create("town"), tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture(scope="session")
def sessions(town: Town) -> dict[str, str]:
    """A session's cookie for each person, signed in once for all tests."""
    return {login: sign_in(town, login) for login in ("drift", "udvikler", "laeser")}


def sign_in(town: Town, login: str) -> str:
    """The session cookie that the sign-in form gives."""
    with httpx.Client(base_url=town.url) as client:
        page = client.get("/log-ind").text
        token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        answer = client.post("/log-ind", data={"csrf": token, "navn": login, "kode": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client.cookies["samspil_session"]


@pytest.fixture
def enter(browser: Browser, town: Town, sessions: dict[str, str]) -> Iterator[Enter]:
    """Open a page as somebody; at the end no page may have broken the policy or thrown an error."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(address: str, *, login: str = "drift", theme: str = "light", width: str = "wide") -> Page:
        wide, high = WIDTHS[width]
        context = browser.new_context(
            base_url=town.url,
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            reduced_motion="reduce",  # a colour half-way through its change is no colour
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": wide, "height": high},
        )
        contexts.append(context)
        if login:
            cookie = {"name": "samspil_session", "value": sessions[login], "url": town.url}
            context.add_cookies([cookie])  # pyright: ignore[reportArgumentType] - playwright's own TypedDict is private
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    unexpected = [text for text in complaints if "404 (Not Found)" not in text and "422 (" not in text]
    assert not unexpected, unexpected
