"""Trafik and Kø og fejl: a list that lives, is searched and filtered by keyboard, and tasks with one act each."""

import re

import pytest
from playwright.sync_api import expect

from tests.contract.http.letters import care_communication
from tests.web.conftest import Enter
from tests.web.town import Town, gln

pytestmark = pytest.mark.browser


def test_a_new_message_appears_by_itself(enter: Enter, town: Town) -> None:
    """The list fetches itself; a row that just came is marked, and a screen reader hears of it."""
    page = enter("/trafik")
    message = town.send(care_communication(sender=town.glns[0], receiver=town.glns[2]))
    row = page.locator("tr", has=page.locator(f"#m-{message}"))
    expect(row).to_be_visible()
    expect(row).to_have_class(re.compile("is-new"))
    expect(page.locator("#nyt")).to_contain_text("nye meddelelser" if page.locator("tr.is-new").count() > 1 else "ny")


def test_a_paused_list_stands_still(enter: Enter, town: Town) -> None:
    """Pause holds the list until it is pressed again."""
    page = enter("/trafik")
    pause = page.get_by_role("button", name="Pause")
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "true")
    message = town.send(care_communication(sender=town.glns[0], receiver=town.glns[2]))
    page.wait_for_timeout(4500)
    expect(page.locator(f"#m-{message}")).to_have_count(0)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(f"#m-{message}")).to_be_visible()


def test_it_is_searched_as_one_types(enter: Enter, town: Town) -> None:
    """A part's name narrows the list without a page load, and the address remembers it."""
    page = enter("/trafik")
    page.keyboard.press("/")
    expect(page.get_by_label("Søg")).to_be_focused()
    page.keyboard.type("laboratorium")
    expect(page.locator("#liste")).to_contain_text("Viser kun Ørby Laboratorium")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=laboratorium"))


def test_a_message_is_found_by_any_of_its_ids(enter: Enter, town: Town) -> None:
    """Our id, the message's own, and a location number all lead to it."""
    page = enter(f"/trafik?q={town.messages['declined']}")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"/trafik?q={gln(5)}")
    expect(page.locator(f"#m-{town.messages['declined']}")).to_be_visible()


def test_a_state_is_chosen_by_its_count(enter: Enter, town: Town) -> None:
    """The counts above the list are filters; the number is the number of rows."""
    page = enter("/trafik")
    chip = page.get_by_role("link", name=re.compile("Afvist af modtager"))
    expect(chip).to_contain_text("1")
    chip.click()
    expect(page.get_by_role("link", name=re.compile("Afvist af modtager"))).to_have_attribute("aria-current", "true")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_rows_are_walked_by_keyboard(enter: Enter) -> None:
    """From the first row j and k go down and up, and Enter opens the message."""
    page = enter("/trafik")
    links = page.locator(".row-link")
    links.nth(0).focus()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    address = links.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{address}$"))


def test_the_first_tab_leads_past_the_navigation(enter: Enter) -> None:
    """The skip link is the first stop, and takes the reader to the content."""
    page = enter("/trafik")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til indhold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_without_script_everything_is_a_link_or_a_form(enter: Enter, town: Town) -> None:
    """With script switched off the list is filtered by its button, and says how to refresh."""
    page = enter("/trafik")
    bare = page.context.browser
    assert bare is not None
    context = bare.new_context(java_script_enabled=False, base_url=town.url)
    context.add_cookies(page.context.cookies())  # pyright: ignore[reportArgumentType] - what it gave itself
    plain = context.new_page()
    plain.goto("/trafik")
    expect(plain.get_by_role("link", name="Opdatér")).to_be_visible()
    expect(plain.get_by_role("button", name="Pause")).to_be_hidden()
    plain.get_by_label("Part").select_option(label="Ørby Laboratorium")
    plain.get_by_role("button", name="Vis").click()
    expect(plain.locator("tbody tr")).to_have_count(1)
    context.close()


def test_many_tasks_of_one_cause_are_one_task(enter: Enter) -> None:
    """Five stranded messages to the same receiver stand as one task, with one act for all."""
    page = enter("/koe")
    task = page.locator(".task", has_text="meddelelser strandede på vej til Speciallægerne")
    expect(task).to_be_visible()
    task.get_by_role("button", name=re.compile(r"Frigiv alle \d")).click()
    expect(page.get_by_role("status").first).to_contain_text("sat i gang igen")


def test_a_reader_without_the_right_sees_no_act(enter: Enter) -> None:
    """Whoever may only look is told whose the task is."""
    page = enter("/koe", login="laeser")
    expect(page.get_by_role("button", name=re.compile("Frigiv"))).to_have_count(0)
