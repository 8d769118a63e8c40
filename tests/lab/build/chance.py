"""Values that look made up by the world, yet are the same each time: derived from names, never from order."""

from __future__ import annotations

import base64
import hashlib
import random
import uuid


class Chance:
    """A source of values for one seed. Every method takes the words that the value belongs to."""

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def digest(self, *words: object) -> bytes:
        return hashlib.sha256("/".join(map(str, (self.seed, *words))).encode()).digest()

    def number(self, low: int, high: int, *words: object) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int.from_bytes(self.digest(*words)[:8], "big") % (high - low + 1)

    def random(self, *words: object) -> random.Random:
        return random.Random(self.digest(*words))

    def mac(self, oui: str, *words: object) -> str:
        """A MAC address under a maker's prefix, ``00:1b:54``."""
        tail = self.digest("mac", *words)
        return f"{oui}:{tail[0]:02x}:{tail[1]:02x}:{tail[2] & 0xF0:02x}"

    def serial(self, form: str, *words: object) -> str:
        """A serial number after a form: ``A`` is a letter, ``9`` a digit, ``X`` either; the rest stands."""
        letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
        source = self.random("serial", *words)
        sets = {"A": letters, "9": digits, "X": letters + digits}
        return "".join(source.choice(sets[c]) if c in sets else c for c in form.replace("~", ""))

    def text(self, length: int, *words: object) -> str:
        """Letters and digits, as hashes are written."""
        raw = b"".join(hashlib.sha512(self.digest("text", i, *words)).digest() for i in range(length // 60 + 1))
        return base64.b64encode(raw, altchars=b"./").decode().replace("=", "")[:length]

    def uuid(self, *words: object) -> str:
        return str(uuid.UUID(bytes=self.digest("uuid", *words)[:16], version=4))


def mac_plus(mac: str, step: int) -> str:
    """The MAC address ``step`` after ``mac``."""
    value = (int(mac.replace(":", ""), 16) + step) & 0xFFFFFFFFFFFF
    digits = f"{value:012x}"
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))
