"""What every answer has in common: its headers, its methods, its words for what is not there."""

import pytest

from samspil.access.rights import Right
from samspil.transports.http.operations import OPERATIONS
from tests.contract.http.site import CLINIC, Site, WithSite

PATHS = sorted({operation.path.format(id="x", code="y") for operation in OPERATIONS})


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_method_is_told_the_right_ones(with_site: WithSite, path: str) -> None:
    """405 with Allow; OPTIONS says the same in peace, and no page of another site is invited."""

    async def story(site: Site) -> None:
        async with site.stranger(headers={"origin": "https://other.example"}) as stranger:
            for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
                answer = await stranger.request(method, path)
                assert answer.status_code == 405
                assert answer.headers["allow"]
                assert b"http.method.unknown" in answer.content
            options = await stranger.options(path, headers={"access-control-request-method": "POST"})
            assert (options.status_code, options.content) == (204, b"")
            assert options.headers["allow"] == answer.headers["allow"]
            assert "content-length" not in options.headers
            for seen in (answer, options):
                assert not [name for name in seen.headers if name.startswith("access-control")]

    with_site(story)


@pytest.mark.parametrize(
    "path",
    ["/exchange", "/exchange/", "/fhir", "/exchange/messages/", "/exchange/x", "/fhir/Patient", "/catalogue/x/y/z"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_below_ours_is_a_problem(with_site: WithSite, path: str, method: str) -> None:
    """404 in our own words, without asking who calls."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.request(method, path)
            assert answer.status_code == 404

    with_site(story)


@pytest.mark.parametrize(
    "path", ["/exchange/messages", "/fhir/metadata", "/catalogue/standards", "/problems/http.body.large", "/exchange/x"]
)
def test_every_answer_carries_its_guards(with_site: WithSite, path: str) -> None:
    """Nothing is sniffed, framed, or shared with other sites, refusals included."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            headers = (await stranger.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert "authorization" in headers["vary"]
            assert headers.get_list("cache-control", split_commas=False) in (["no-store"], ["public, max-age=300"])
            assert "strict-transport-security" not in headers

    with_site(story)


def test_head_is_get_without_a_body(with_site: WithSite) -> None:
    """The same status and length, nothing behind them."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ, Right.OPEN) as client:
            place = (await client.post("/exchange/messages", content=b"no message")).headers["location"]
            for path in (place, f"{place}/payload", "/exchange/messages", "/catalogue/standards", f"{place}x"):
                full, bare = await client.get(path), await client.head(path)
                assert (bare.status_code, bare.content) == (full.status_code, b"")
                if not path.endswith("x"):
                    assert bare.headers["content-length"] == full.headers["content-length"]

    with_site(story)


def test_over_tls_the_caller_is_kept_there(with_site: WithSite) -> None:
    """Strict-Transport-Security is said where it can be believed."""

    async def story(site: Site) -> None:
        async with site.stranger() as stranger:
            answer = await stranger.get("https://site.example/catalogue/standards")
            assert answer.headers["strict-transport-security"] == "max-age=31536000"

    with_site(story)
