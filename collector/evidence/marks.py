"""What stands in the place of a secret, and the key that makes it useless to whoever reads only the evidence."""

from __future__ import annotations

import hmac
import os
import re
import stat
from pathlib import Path
from tempfile import NamedTemporaryFile

from collector.errors import StoreError

#: What ``mark`` and ``pseudonym`` make: never redacted again.
MARK = re.compile(r"<redacted:[0-9a-f]{8}>")
PSEUDONYM = re.compile(r"hash:[0-9a-f]{16}")

_KEY_FILE = "redaction.key"
_KEY_BYTES = 32


def mark(secret: str, key: bytes) -> str:
    """``<redacted:...>``: the same secret has the same mark as long as the key is the same, so a changed one shows.

    The mark is the start of an HMAC-SHA-256. Without the key even a short secret can't be found by trying.
    """
    return f"<redacted:{_hmac(secret, key)[:8]}>"


def pseudonym(identity: str, key: bytes) -> str:
    """``hash:...`` for a person's or a device's identity; a MAC address has one in all of its spellings."""
    plain = re.sub(r"[^0-9a-f]", "", identity.lower())
    is_mac = len(plain) == 12 and re.fullmatch(r"[0-9A-Fa-f]{2,4}(?:[:.-]?[0-9A-Fa-f]{2,4}){2,5}", identity)
    return f"hash:{_hmac(plain if is_mac else identity, key)[:16]}"


def _hmac(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def load_key(folder: Path) -> bytes:
    """The store's own random key in its folder, made when there is none. Raises StoreError where others can read it."""
    path = folder / _KEY_FILE
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StoreError(f"others can read {path}", f"chmod 600 {path}")
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot use {path}: {error.strerror}", "check the folder and its permissions") from error
    if len(key) != _KEY_BYTES:
        raise StoreError(f"{path} is damaged", "bring it back from a copy, or remove it: marks of secrets change then")
    return key


def _make(path: Path) -> None:
    """Writes a key beside the place and links it there, so that of two programs one wins and both read it whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".key-") as file:  # made 0600
        file.write(os.urandom(_KEY_BYTES))
        file.flush()
        try:
            path.hardlink_to(file.name)
        except FileExistsError:
            return
