"""The demonstration's throw-away secrets, kept in its home so that a second start can show them again.

Nothing but the synthetic Denmark is behind them. The file is for its owner's eyes only, as every secret.
"""

import os
import secrets
from pathlib import Path

import msgspec

from samspil.runtime.demo.cast import LOGINS

FILE = "demo.json"
WORDS = ("birk", "fjord", "klit", "lyng", "mose", "sund", "vibe", "skov", "eng", "hede", "bakke", "vig", "holm", "lund")


class DemoSecrets(msgspec.Struct):
    """Passwords by login, and each organisation's token at its own site by the organisation's key."""

    passwords: dict[str, str]
    tokens: dict[str, str]


def load(home: Path) -> DemoSecrets | None:
    """What an earlier start wrote when its town was made; None if there is none."""
    file = home / FILE
    return msgspec.json.decode(file.read_bytes(), type=DemoSecrets) if file.exists() else None


def save(home: Path, kept: DemoSecrets) -> None:
    """Write it whole or not at all."""
    unfinished = home / f"{FILE}.new"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        output.write(msgspec.json.format(msgspec.json.encode(kept)))
    unfinished.replace(home / FILE)


def new_secrets() -> DemoSecrets:
    """New passwords; tokens come when the town is made."""
    return DemoSecrets(passwords={login.login: new_password() for login in LOGINS}, tokens={})


def new_password() -> str:
    """A password that can be typed from a screen: three different words and a number."""
    return "-".join([*secrets.SystemRandom().sample(WORDS, 3), str(secrets.randbelow(900) + 100)])
