"""Where things lie below the folder that an endpoint's `file:` address names.

    send/             the system puts letters here
    receive/          it finds letters here
    archive/DAY/      what we have taken over, by the day (UTC)
    refused/          what was turned away, each with its answer beside it
    .samspil/         ours: `taken` is being read, `making` is being written, `sent` remembers what was delivered

`send` and `receive` are made by whoever sets the endpoint up and never by a running site: where a share is not
mounted there must be no folder that looks like it. All of it lies on one file system, so that every move is a rename.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one endpoint."""

    root: Path

    @property
    def send(self) -> Path:
        """Where the system puts letters."""
        return self.root / "send"

    @property
    def receive(self) -> Path:
        """Where the system finds letters."""
        return self.root / "receive"

    @property
    def refused(self) -> Path:
        """What was turned away."""
        return self.root / "refused"

    @property
    def taken(self) -> Path:
        """What is being read."""
        return self.root / ".samspil" / "taken"

    @property
    def making(self) -> Path:
        """What is being written."""
        return self.root / ".samspil" / "making"

    @property
    def sent(self) -> Path:
        """One empty file for each delivery that was made or was just about to be."""
        return self.root / ".samspil" / "sent"

    @property
    def lock(self) -> Path:
        """Held by the one process that takes letters from here."""
        return self.root / ".samspil" / "lock"

    def archive(self, moment: datetime) -> Path:
        """What was taken over that day."""
        return self.root / "archive" / f"{moment:%Y-%m-%d}"


def places_of(url: str) -> Places:
    """The folders of an endpoint's address, which the register has checked."""
    return Places(Path(url2pathname(urlsplit(url).path)))


def prepare(places: Places) -> None:
    """Make the two folders that the system uses. Errors: OSError."""
    for folder in (places.send, places.receive):
        folder.mkdir(parents=True, exist_ok=True)
