"""The play: the parties' own systems hand letters over at the front door, at first many, then now and then.

Every letter goes through HTTP with its sender's token, as in real life. One clinic's system is shut at first, opens
after a while, and rests again now and then, so that something always waits and always arrives.
"""

import asyncio
import random
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp
import structlog

from samspil.runtime.demo.cast import BY_KEY
from samspil.runtime.demo.props import Door
from samspil.runtime.demo.script import Scene, Writer
from samspil.runtime.demo.secrets_file import DemoSecrets
from samspil.runtime.demo.town import HOMES, Town

log = structlog.get_logger(__name__)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DRIP_SECONDS = (3.0, 9.0)
SHUT_SECONDS, OPEN_SECONDS = 75.0, 240.0


class Play:
    """One performance, until it is cancelled."""

    def __init__(self, town: Town, kept: DemoSecrets, door: Door, *, chance: random.Random | None = None) -> None:
        self._town = town
        self._kept = kept
        self._door = door
        self._chance = chance or random.Random()  # noqa: S311 - picks words, keeps no secret
        self._writer = Writer(now=lambda: datetime.now(COPENHAGEN), chance=self._chance)

    async def perform(self, *, opening: bool = True) -> None:
        """Play the opening, then drip; the door opens and shuts meanwhile."""
        async with aiohttp.ClientSession() as wire, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._mind_the_door())
            if opening:
                await self._hand_over(wire, self._writer.opening())
            while True:
                await asyncio.sleep(self._chance.uniform(*DRIP_SECONDS))
                await self._hand_over(wire, self._writer.drip())

    async def _hand_over(self, wire: aiohttp.ClientSession, scenes: Iterator[Scene]) -> None:
        for scene in scenes:
            home = HOMES[BY_KEY[scene.sender].place]
            try:
                answer = await wire.post(
                    f"{self._town.addresses[home]}/exchange/messages",
                    data=scene.letter,
                    headers={"Authorization": f"Bearer {self._kept.tokens[scene.sender]}"},
                )
                answer.release()
            except aiohttp.ClientError:
                log.warning("demo letter not handed over", site=home)

    async def _mind_the_door(self) -> None:
        while True:
            await asyncio.sleep(SHUT_SECONDS)
            await self._door.open()
            await asyncio.sleep(OPEN_SECONDS)
            await self._door.shut()
