"""Meddelelse: what it says, where it is, and what an operator may do with it; who may see what, and the audit of it."""

import re
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from samspil.storage.embedded import EmbeddedServer
from tests.web.conftest import Enter
from tests.web.town import TEXT, Town

pytestmark = pytest.mark.browser


def test_it_says_in_words_what_the_letter_says(enter: Enter, town: Town) -> None:
    """The citizen, the words, who wrote them, and the way of the message stand on one page."""
    page = enter(f"/trafik/{town.messages['kept']}")
    expect(page.locator(".patient")).to_contain_text("Bruno Test Elmer")
    expect(page.locator(".patient")).to_contain_text("250947-9989")
    expect(page.locator(".entry")).to_contain_text(TEXT)
    expect(page.locator(".entry")).to_contain_text("Sygeplejerske")
    stations = page.get_by_role("list", name="Meddelelsens vej").get_by_role("listitem")
    expect(stations).to_have_count(7)
    expect(stations.nth(5)).to_have_class("is-done")


def test_a_finding_leads_to_its_place_and_back(enter: Enter, town: Town) -> None:
    """From the finding to the marked row in the source, and from the mark to the finding."""
    page = enter(f"/trafik/{town.messages['faulty']}?fane=fund")
    finding = page.locator(".finding", has_text="i forgaars").first
    number = (finding.get_attribute("id") or "").removeprefix("fund-")
    expect(finding.locator(".excerpt mark")).to_have_text('"i forgaars"')
    finding.get_by_role("link", name=re.compile("Vis i kilden, række")).click()
    mark = page.locator(".source-row:target mark")
    expect(mark).to_have_text('"i forgaars"')
    page.get_by_role("link", name=f"Fund {number}", exact=True).click()
    expect(page.locator(f"#fund-{number}")).to_be_in_viewport()


def test_the_bytes_come_out_as_they_came(enter: Enter, town: Town, tmp_path: Path) -> None:
    """What is fetched is what was sent, byte for byte."""
    page = enter(f"/trafik/{town.messages['kept']}")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Hent").click()
    fetched.value.save_as(tmp_path / "letter")
    assert (tmp_path / "letter").read_bytes() == town.payloads["kept"]
    assert fetched.value.suggested_filename.endswith(".json")


@pytest.mark.parametrize("tab", ["indhold", "fund", "kilde"])
def test_a_viewer_sees_everything_but_the_content(enter: Enter, town: Town, tab: str) -> None:
    """Without the right to open: path, findings and parties, never a word of the letter."""
    page = enter(f"/trafik/{town.messages['faulty']}?fane={tab}", login="laeser")
    expect(page.locator(".path")).to_be_visible()
    expect(page.get_by_role("link", name="Hent")).to_have_count(0)
    content = page.content()
    assert "Bruno" not in content
    assert "i forgaars" not in content


def test_every_look_at_the_content_is_audited(enter: Enter, town: Town, postgres_server: EmbeddedServer) -> None:
    """One entry for each showing, none for a page that shows metadata only."""
    message = town.messages["delivered"]

    def entries() -> int:
        with psycopg.connect(postgres_server.dsn("town")) as connection:
            row = connection.execute(
                "select count(*) from audit where act = 'message.open' and object_id = %s", [str(message)]
            ).fetchone()
        assert row is not None
        return row[0]

    before = entries()
    enter(f"/trafik/{message}?fane=historik", login="udvikler")
    assert entries() == before
    enter(f"/trafik/{message}", login="udvikler")
    enter(f"/trafik/{message}?fane=kilde", login="udvikler")
    assert entries() == before + 2


def test_a_stranded_message_is_returned_with_a_reason(enter: Enter, town: Town) -> None:
    """The operator says why; the state, the history and the flash tell of it."""
    page = enter(f"/trafik/{town.messages['dead to return']}")
    page.get_by_role("link", name="Returnér").click()
    page.get_by_label("Sendt til den forkerte modtager").check()
    page.get_by_role("button", name="Returnér").click()
    expect(page.get_by_role("status")).to_contain_text("givet tilbage")
    expect(page.locator(".message-line .badge")).to_have_text("Returneret")
    page.get_by_role("link", name="Historik").click()
    expect(page.locator(".event").last).to_contain_text("Sendt til den forkerte modtager")


def test_a_delivered_message_is_sent_again(enter: Enter, town: Town) -> None:
    """Sending again makes a new envelope and says so in the history."""
    page = enter(f"/trafik/{town.messages['delivered']}")
    page.get_by_role("button", name="Send igen").click()
    expect(page.get_by_role("status")).to_contain_text("sendes igen")
    page.get_by_role("link", name="Historik").click()
    expect(page.locator(".events")).to_contain_text("Sendt igen i en ny kuvert")


def test_what_nobody_could_read_is_shown_as_bytes(enter: Enter, town: Town) -> None:
    """An unreadable payload has no words, but its source is one press away."""
    page = enter(f"/trafik/{town.messages['unreadable']}")
    expect(page.get_by_role("heading", name="Kan ikke vises i ord")).to_be_visible()
    page.get_by_role("link", name="Se kilden").click()
    expect(page.locator(".source")).to_contain_text("ISA*00*")
