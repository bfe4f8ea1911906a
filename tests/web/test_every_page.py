"""What holds for every page: it renders, keeps the policy, is accessible in both themes, and fits a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.conftest import Enter
from tests.web.town import Town

pytestmark = pytest.mark.browser

PLACES = {
    "sign-in": "/log-ind",
    "traffic": "/trafik",
    "nothing found": "/trafik?q=findes-ikke-71903",
    "message": "/trafik/{kept}",
    "findings": "/trafik/{faulty}?fane=fund",
    "source": "/trafik/{faulty}?fane=kilde",
    "history": "/trafik/{retrying}?fane=historik",
    "unreadable": "/trafik/{unreadable}",
    "return": "/trafik/{dead to return}/returner",
    "queue": "/koe",
    "try": "/proev",
    "standards": "/standarder?stavemaade=fhir",
    "standard": "/standarder/DIS91",
    "endpoints": "/endepunkter",
    "audit": "/revision",
    "audit of one message": "/revision?om={kept}&handling=message.open",
    "no such page": "/findes-ikke",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def address(town: Town, place: str) -> str:
    """A place's address, with the ids of this run."""
    return PLACES[place].format_map({name: str(message) for name, message in town.messages.items()})


@pytest.mark.parametrize("place", PLACES)
def test_it_is_accessible_and_fits(enter: Enter, town: Town, place: str) -> None:
    """No fault that axe knows, contrast in both themes, and nothing wider than a phone."""
    page = enter(address(town, place), login="" if place == "sign-in" else "drift")
    expect(page.locator("h1")).to_have_count(1)
    assert faults(page, *RULES) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, "color-contrast") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert faults(page, "color-contrast", "target-size", "scrollable-region-focusable") == []


def faults(page: Page, *rules: str) -> list[str]:
    """What axe finds, one line a fault."""
    context = {"exclude": [[".source-row:nth-child(n+40)"], ["tbody tr:nth-child(n+8)"]]}  # more of the same
    found = Axe().run(page, context=context, options={"runOnly": list(rules)})
    return [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:3]}"
        for fault in found.response["violations"]
    ]


@pytest.mark.parametrize("place", ["traffic", "message", "queue", "standards"])
def test_it_is_english_when_asked(enter: Enter, town: Town, place: str) -> None:
    """One press turns the page to English, and another back."""
    page = enter(address(town, place))
    expect(page.locator("html")).to_have_attribute("lang", "da")
    page.get_by_role("button", name="In English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="På dansk").click()
    expect(page.locator("html")).to_have_attribute("lang", "da")


def test_a_theme_is_kept(enter: Enter) -> None:
    """The choice of theme outlives the page."""
    page = enter("/standarder")
    page.get_by_role("button", name="Udseende: auto").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/proev")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_a_page_prints_its_content_alone(enter: Enter, town: Town) -> None:
    """On paper there is no navigation and no button."""
    page = enter(address(town, "message"))
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.get_by_role("link", name="Hent")).to_be_hidden()
    expect(page.locator(".reading")).to_be_visible()
