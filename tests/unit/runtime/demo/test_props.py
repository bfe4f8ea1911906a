"""Other people's systems in the demonstration: shut, open, silent."""

import asyncio
import socket

import pytest

from samspil.runtime.demo.props import Door
from samspil.runtime.server import PortTaken, bind


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say what was said."""
    writer.write(await reader.read(100))
    await writer.drain()
    writer.close()


async def say(port: int) -> bytes:
    """Say hello at a port and give the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hej")
    answer = await reader.read(100)
    writer.close()
    return answer


def test_a_door_is_shut_and_open_and_shut_again() -> None:
    """While it is shut nobody answers; open, everything passes both ways."""

    async def play() -> None:
        system = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = free_port()
        door = Door("127.0.0.1", port, leads_to=system.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionError):
            await say(port)
        await door.open()
        assert await say(port) == b"hej"
        await door.shut()
        with pytest.raises(ConnectionError):
            await say(port)
        system.close()

    asyncio.run(play())


def test_a_taken_port_is_an_error_of_its_own() -> None:
    """So that the command line can say it in a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortTaken):
        bind("127.0.0.1", taken.getsockname()[1])
