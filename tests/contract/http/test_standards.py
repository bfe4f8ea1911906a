"""The catalogue is open: JSON to programs, a page to browsers; so is the meaning of every code."""

import pytest

from samspil.catalogue.findings import entries
from samspil.catalogue.standards import standards
from samspil.transports.http.problems import STATUS
from tests.contract.http.site import Site, WithSite

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_all_standards_are_listed(with_site: WithSite) -> None:
    """Each with its names, versions and receipt rule; caches may keep them a while."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.get("/catalogue/standards")
            assert answer.status_code == 200
            assert [line["id"] for line in answer.json()] == [standard.id for standard in standards()]
            assert answer.headers["cache-control"] == "public, max-age=300"

    with_site(story)


@pytest.mark.parametrize("name", ["DIS91", "dis91", "XDIS91"])
def test_one_standard_is_found_under_its_names(with_site: WithSite, name: str) -> None:
    """Letter case and the X of OIOXML make no difference."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            line = (await stranger.get(f"/catalogue/standards/{name}")).json()
            assert line["id"] == "DIS91"
            assert line["name"]["da"] != line["name"]["en"]
            assert line["successor"] == "CareCommunication"

    with_site(story)


def test_what_is_no_standard_is_not_found(with_site: WithSite) -> None:
    """404 as a problem document."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.get("/catalogue/standards/NO01")
            assert (answer.status_code, answer.json()["code"]) == (404, "http.route.unknown")

    with_site(story)


@pytest.mark.parametrize(("path", "page"), [("", "/standarder"), ("/dis91", "/standarder/DIS91")])
def test_a_browser_is_led_to_the_page(with_site: WithSite, path: str, page: str) -> None:
    """Who likes HTML better reads the catalogue there."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.get(f"/catalogue/standards{path}", headers=BROWSER)
            assert (answer.status_code, answer.headers["location"]) == (303, page)

    with_site(story)


def test_every_problems_type_leads_somewhere(with_site: WithSite) -> None:
    """The address in a problem document explains the code, in the reader's language."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            for code in [*STATUS, *sorted(entries())[:20]]:
                answer = await stranger.get(f"/problems/{code}")
                assert answer.status_code == 200
                assert answer.json()["code"] == code
                danish = await stranger.get(f"/problems/{code}", headers={"accept-language": "da"})
                assert danish.json()["message"] != answer.json()["message"]
            assert (await stranger.get("/problems/http.nothing")).status_code == 404

    with_site(story)
