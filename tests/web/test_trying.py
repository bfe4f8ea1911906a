"""Prøv: drop or paste, see what it is, what is wrong and where; nothing is kept."""

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from playwright.sync_api import expect

from samspil.apps.messages.examples import EXAMPLES, payload_of
from samspil.apps.messages.trying import LIMIT_BYTES
from samspil.storage.embedded import EmbeddedServer
from tests.web.conftest import Enter
from tests.web.test_every_page import RULES, faults
from tests.web.town import TEXT, Town

pytestmark = pytest.mark.browser


def test_a_dropped_file_is_judged_at_once(enter: Enter, town: Town) -> None:
    """The verdict, the findings with their places marked, and the words, without pressing anything more."""
    page = enter("/proev", login="udvikler")
    page.set_input_files("input[type=file]", {"name": "brev.json", "mimeType": "", "buffer": town.payloads["faulty"]})
    expect(page.get_by_role("heading", name="Afvist")).to_be_visible()
    expect(page.locator(".finding", has_text="i forgaars").first).to_be_visible()
    expect(page.locator(".source mark", has_text="i forgaars")).to_be_visible()
    page.get_by_role("link", name="Vis i kilden").first.click()
    expect(page.locator(".source-row:target")).to_be_in_viewport()
    expect(page.locator(".reading")).to_contain_text(TEXT)
    assert faults(page, *RULES) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_pasted_text_is_judged_too(enter: Enter, town: Town) -> None:
    """Pasting needs the keyboard alone."""
    page = enter("/proev", login="laeser")
    page.get_by_label("Eller indsæt teksten").fill(town.payloads["kept"].decode())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Godkendt")).to_be_visible()
    expect(page.get_by_text("Ingen fund")).to_be_visible()


def test_bytes_of_nothing_known_are_unreadable(enter: Enter) -> None:
    """Any bytes get an answer, never a fault."""
    page = enter("/proev", login="udvikler")
    noise = bytes(range(256)) * 40 + b"<script>alert(1)</script>"
    page.set_input_files("input[type=file]", {"name": "x", "mimeType": "", "buffer": noise})
    expect(page.get_by_role("heading", name="Kan ikke læses")).to_be_visible()
    expect(page.locator(".source")).to_contain_text("<script>alert(1)</script>")


def test_too_much_and_nothing_are_told_apart(enter: Enter, town: Town, sessions: dict[str, str]) -> None:
    """An empty form and a file beyond the limit, announced or not, each say what to do instead."""
    page = enter("/proev", login="udvikler")
    page.get_by_role("button", name="Bedøm").click()
    expect(page.get_by_role("alert")).to_contain_text("Vælg en fil")
    with httpx.Client(base_url=town.url, cookies={"samspil_session": sessions["udvikler"]}) as client:
        answer = client.post("/proev", files={"fil": ("x", b" " * (LIMIT_BYTES + 100_000))})
        assert answer.status_code == 413
        assert "større end 10 MB" in answer.text

        def endless() -> Iterator[bytes]:
            yield b'--71903\r\nContent-Disposition: form-data; name="fil"; filename="x"\r\n\r\n'
            for _ in range(LIMIT_BYTES // 100_000 + 5):
                yield b" " * 100_000

        boundary = {"content-type": "multipart/form-data; boundary=71903"}
        assert client.post("/proev", content=endless(), headers=boundary).status_code == 413


def test_nothing_is_stored(enter: Enter, town: Town, postgres_server: EmbeddedServer) -> None:
    """After a trial the database holds no payload more than before."""

    def payloads() -> int:
        with psycopg.connect(postgres_server.dsn("town")) as connection:
            row = connection.execute("select count(*) from payload").fetchone()
        assert row is not None
        return row[0]

    before = payloads()
    page = enter("/proev", login="udvikler")
    page.get_by_label("Eller indsæt teksten").fill(town.payloads["kept"].decode().replace("fredag", "onsdag"))
    page.get_by_role("button", name="Bedøm").click()
    expect(page.get_by_role("heading", name="Godkendt")).to_be_visible()
    assert payloads() == before


def test_a_letter_stands_side_by_side(enter: Enter) -> None:
    """The same fields in EDIFACT, model and OIOXML: one pointed at, or walked to with the keys, is marked in all."""
    for theme in ("light", "dark"):
        page = enter("/proev?eksempel=letter", login="laeser", theme=theme)
        sides = page.locator("[data-sides]")
        expect(sides.get_by_role("heading", level=3)).to_have_count(3)
        street = sides.locator(".side-field", has_text="Torvet 1")
        street.hover()
        marked = sides.locator(".is-same")
        expect(marked).to_have_text(["Torvet 1", re.compile("Vej"), "<StreetName>Torvet 1</StreetName>"])
        street.focus()
        page.keyboard.press("ArrowDown")
        expect(sides.locator(".side-field:focus")).to_contain_text("Fjordby")
        expect(marked).to_have_text(["Fjordby", re.compile("By"), "<DistrictName>Fjordby</DistrictName>"])
        for each in marked.all():
            expect(each).to_be_in_viewport()
        assert faults(page, *RULES) == []
    sides.locator(".of-edifact .same", has_text="2509479989").click()
    expect(sides.locator(".side-field:focus")).to_contain_text("CPR-nummer")
    page.keyboard.press("End")
    expect(sides.locator(".side-field:focus")).to_contain_text("Tekst 1")
    page.keyboard.press("Tab")
    expect(sides.locator(".of-oioxml .side-scroll")).to_be_focused()


def test_side_by_side_on_a_telephone(enter: Enter) -> None:
    """There a field has its two spellings below it, and nothing is wider than the screen."""
    page = enter("/proev?eksempel=letter", login="laeser", width="phone")
    field = page.locator(".side-model li", has_text="Torvet 1")
    expect(field.locator("dd")).to_have_text(["Torvet 1", "<StreetName>Torvet 1</StreetName>"])
    expect(page.locator(".of-edifact")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert faults(page, *RULES) == []


def test_what_is_lost_in_the_other_spelling_is_listed(enter: Enter) -> None:
    """A letter with more than EDIFACT can hold says what it loses; a faulty one is not converted."""
    page = enter("/proev", login="laeser")
    letter = payload_of(EXAMPLES["letter"]).replace("Såret er helet".encode(), "Såret er helet – “fint”".encode())
    page.set_input_files("input[type=file]", {"name": "x", "mimeType": "", "buffer": letter})
    expect(page.locator(".sides-foot h3")).to_contain_text("Går tabt ved omsætning til EDIFACT")
    expect(page.locator(".sides-foot li").first).to_contain_text("Klinisk tekst · Tekst 1")
    page.goto("/proev?eksempel=segments")
    expect(page.get_by_role("heading", name="Afvist")).to_be_visible()
    expect(page.locator("[data-sides]")).to_have_count(0)
