"""The user-based security model of SNMPv3 (RFC 3414, RFC 7860, RFC 3826), from an agent's side."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

# Name of the hash and octets of the digest that travel.
AUTH = {
    "SHA": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
TIME_WINDOW_S = 150


@dataclass(frozen=True, slots=True)
class User:
    """An account of the agent: protocols as net-snmp names them (``SHA-256``, ``AES``) and passphrases."""

    name: str
    auth: str
    auth_key: str
    priv: str
    priv_key: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A user's keys, localised to one engine."""

    hash: str
    digest_size: int
    auth: bytes
    priv: bytes

    def digest(self, message: bytes) -> bytes:
        return hmac.new(self.auth, message, self.hash).digest()[: self.digest_size]


@lru_cache(maxsize=64)
def _master(passphrase: str, name: str) -> bytes:
    """The passphrase, repeated to a mebibyte and hashed (RFC 3414 section 2.6)."""
    raw = passphrase.encode()
    return hashlib.new(name, (raw * (1048576 // len(raw) + 1))[:1048576]).digest()


@lru_cache(maxsize=8192)
def localised(user: User, engine: bytes) -> Keys:
    """The user's keys on the engine of that id."""
    name, size = AUTH[user.auth]
    auth, priv = (
        hashlib.new(name, master + engine + master).digest()
        for master in (_master(user.auth_key, name), _master(user.priv_key, name))
    )
    return Keys(name, size, auth, priv[:16])


def encrypt(key: bytes, boots: int, time: int, plain: bytes) -> tuple[bytes, bytes]:
    """AES-128-CFB with a fresh salt: the cipher text and the salt."""
    salt = os.urandom(8)
    coder = Cipher(algorithms.AES(key), CFB(_iv(boots, time, salt))).encryptor()
    return coder.update(plain) + coder.finalize(), salt


def decrypt(key: bytes, boots: int, time: int, salt: bytes, cipher: bytes) -> bytes:
    coder = Cipher(algorithms.AES(key), CFB(_iv(boots, time, salt))).decryptor()
    return coder.update(cipher) + coder.finalize()


def _iv(boots: int, time: int, salt: bytes) -> bytes:
    return boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
