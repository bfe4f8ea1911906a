"""`samspil up --demo`: within ten seconds every page has something true to show, and a second start finds it."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from samspil.access.directory import OrganisationKind
from samspil.domain.identifiers import Cpr, Gln, Sor
from samspil.runtime.demo.cast import CITIZENS, LOGINS, PARTIES
from tests.processes import Up, wait_for

SECONDS = 10.0
WANTED = {"acknowledged", "delivered", "refused", "retrying", "dead"}


def messages(site: str) -> list[dict[str, Any]]:
    """What a site has, newest first; a demonstration tells it to anyone on its own machine."""
    found: list[dict[str, Any]] = httpx.get(f"{site}/exchange/messages?limit=200").json()["messages"]
    return found


def addresses(site: Up) -> list[str]:
    """Where the two sites are, as the welcome says."""
    return re.findall(r"Knudepunkt \w+ +(http://\S+)", site.said())


def test_every_page_has_something_true_within_ten_seconds(up: Callable[..., Up]) -> None:
    """Messages acknowledged, delivered, refused, tried again and given up: each kind is there, on both sites."""
    site = up("--demo")
    site.wait_ready()
    north, south = addresses(site)
    assert wait_for(lambda: {row["state"] for row in messages(north)} >= WANTED, SECONDS), messages(north)
    kinds = {row["standard"] for row in [*messages(north), *messages(south)]}
    assert kinds >= {"CareCommunication", "HospitalNotification", "HomeCareObservation", "Acknowledgement"}
    lanes = httpx.get(f"{north}/exchange/lanes").json()["lanes"]
    assert [row["receiver_name"] for row in lanes] == ["Lægehuset Lindevej"]
    dead = httpx.get(f"{north}/exchange/dead-letters").json()["dead_letters"]
    assert [row["reason"] for row in dead] == ["delivery.status.404"]


def test_a_second_start_finds_its_data_and_its_logins(up: Callable[..., Up]) -> None:
    """Nothing is seeded twice, and the passwords that were printed first still stand."""
    first = up("--demo")
    first.wait_ready()
    north, _ = addresses(first)
    assert wait_for(lambda: len(messages(north)) > 20, SECONDS)
    known = {row["id"] for row in messages(north)}
    logins = re.findall(r"log in as +(\S+) +(\S+)", first.said())
    assert [login for login, _ in logins] == [each.login for each in LOGINS]
    assert first.stop() == 0
    assert first.server_processes() == []
    again = up("--demo")
    again.wait_ready()
    north, _ = addresses(again)
    assert known <= {row["id"] for row in messages(north)}
    assert len(messages(north)) < 1.5 * len(known)
    assert re.findall(r"log in as +(\S+) +(\S+)", again.said()) == logins


def test_the_printed_login_opens_the_pages(demo: Up) -> None:
    """What the welcome says works: an operator logs in and sees the traffic."""
    login, password = re.findall(r"log in as +(\S+) +(\S+)", demo.said())[0]
    with httpx.Client(base_url=demo.address, follow_redirects=True) as browser:
        form = browser.get("/log-ind").text
        csrf = re.findall(r'name="csrf" value="([^"]+)"', form)[0]
        page = browser.post("/log-ind", data={"navn": login, "kode": password, "csrf": csrf, "videre": "/trafik"})
        assert page.status_code == 200
        assert page.url.path == "/trafik"
        assert "Sundby Sygehus" in page.text


def test_the_secrets_are_for_their_owner_alone(demo: Up) -> None:
    """The file with the throw-away passwords is closed to others, and the page says that all is made up."""
    assert stat.S_IMODE((demo.home / "demo.json").stat().st_mode) == 0o600
    assert set(json.loads((demo.home / "demo.json").read_text())["passwords"]) == {each.login for each in LOGINS}
    assert "Demonstration" in httpx.get(f"{demo.address}/log-ind").text


def test_the_metrics_tell_what_waits(demo: Up) -> None:
    """Queue depth, age of the oldest, dead letters, accept time and judge time are there to be scraped."""
    assert wait_for(lambda: "samspil_dead_letters 1.0" in demo.text("/metrics"), SECONDS)
    text = demo.text("/metrics")
    for name in ("queue_parcels", "queue_oldest_seconds", "lanes", "acknowledgements_awaited", "database_up 1.0"):
        assert f"\nsamspil_{name}" in text
    accepted = re.search(r'samspil_http_seconds_count{method="POST",route="/exchange/messages"} (\d+)', text)
    assert accepted is not None and int(accepted[1]) > 0
    assert 'samspil_judge_seconds_count{format="fhir-json"}' in text


def test_everybody_is_synthetic_and_sound() -> None:
    """Numbers have the right form; citizens are called Test and have serials that nobody living gets."""
    assert {party.kind for party in PARTIES} >= {
        OrganisationKind.HOSPITAL,
        OrganisationKind.CLINIC,
        OrganisationKind.MUNICIPALITY,
        OrganisationKind.PHARMACY,
    }
    for party in PARTIES:
        assert all(Gln.fits(gln) for gln in party.glns)
        assert Sor.fits(party.sor)
    for citizen in CITIZENS:
        assert isinstance(citizen.number, Cpr)
        assert 9980 <= int(citizen.number.reveal()[6:]) <= 9999
        assert "Test" in str(citizen.name)


def test_a_demo_runs_on_its_own_database_only(up: Callable[..., Up], database_url: str, tmp_path: Path) -> None:
    """Nobody's external database is filled with made-up messages by mistake."""
    site = up("--demo", SAMSPIL_DATABASE_URL=database_url)
    assert site.process.wait(60) != 0
    assert "demo.database.external" in site.said()
