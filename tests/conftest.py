"""What every test stands on: official data if it lies beside the checkout, no outside network, no person in a log."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from samspil.runtime.logging import configure
from tests.people import assert_names_nobody

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
pytest_plugins = ["tests.databases", "tests.processes"]

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "/")


def pytest_configure() -> None:
    """Close the network before the first import of a test."""
    sys.addaudithook(_no_outside_network)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves a loop running in the main thread, where `asyncio.run` then refuses."""
    items.sort(key=lambda item: "/tests/web/" in item.path.as_posix())


def _no_outside_network(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse connections and look-ups that would leave this machine."""
    if event == "socket.connect":
        host: object = arguments[1][0] if isinstance(arguments[1], tuple) else "/"
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if not name.startswith(LOOPBACK):
        raise PermissionError(f"a test tried to reach {name}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official data beside the checkout; without it the test skips."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no official data: ../shared/data is not there")
    return SHARED / "data"


@pytest.fixture(scope="session", autouse=True)
def captured_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every log line of the session, at the most talkative level; at its end none may name a person."""
    file = tmp_path_factory.mktemp("log") / "session.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        configure(form="json", level="debug", stream=stream)
        yield file
    assert_names_nobody(file.read_text(encoding="utf-8"))
