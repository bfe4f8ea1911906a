"""The site's own key: what seals secrets in the database, so that a backup of it gives none away.

All nodes of a site share it: from the setting `site_key` (32 bytes in base64), or from the file `site.key` in the home
folder, made on the first start and readable by its owner only. Keep a copy of it apart from the backups.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from samspil.domain.issues import Fault

FILE = "site.key"
KEY_BYTES = 32
NONCE_BYTES = 12
FORM = b"\x01"  # the first byte of what is sealed: AES-256-GCM, nonce in front


class SiteKey:
    """The key, never printed; every use of it gets a key of its own from it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise Fault("site.key.malformed", f"The site's key is {KEY_BYTES} bytes in base64.")
        self._key = key
        self._cipher = AESGCM(self.derive("seal"))

    @classmethod
    def load(cls, home: Path, *, given: str = "") -> Self:
        """The key given, else the home's own, made if there is none. Errors: Fault if it is no key."""
        text = given.strip() or _read_or_make(home / FILE)
        try:
            return cls(base64.b64decode(text, validate=True))
        except ValueError:  # also binascii's
            raise Fault("site.key.malformed", f"The site's key is {KEY_BYTES} bytes in base64.") from None

    def derive(self, purpose: str) -> bytes:
        """A key for one purpose; it tells nothing of the others."""
        return HKDF(SHA256(), KEY_BYTES, None, b"samspil " + purpose.encode()).derive(self._key)

    def seal(self, secret: str, *, about: UUID) -> bytes:
        """Encrypt a secret of one object; moved to another object it does not open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return FORM + nonce + self._cipher.encrypt(nonce, secret.encode(), about.bytes)

    def unseal(self, sealed: bytes, *, about: UUID) -> str | None:
        """The secret, or None if it was sealed with another key, for another object, or damaged."""
        if not sealed.startswith(FORM):
            return None
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, rest, about.bytes).decode()
        except (InvalidTag, ValueError):
            return None


def _read_or_make(file: Path) -> str:
    """Read the key file; make it whole first if there is none, whoever else does the same just now."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{FILE}.{secrets.token_hex(4)}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as output:
            output.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            output.flush()
            os.fsync(output.fileno())
        with suppress(FileExistsError):  # another process was quicker: its key counts
            file.hardlink_to(unfinished)
        unfinished.unlink()
    return file.read_text().strip()
