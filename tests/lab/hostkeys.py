"""The switches' SSH host keys: derived from a seed and the switch's name, so that nobody has to keep thousands of files."""

from __future__ import annotations

import base64
import hashlib
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.lab.model import Place


def host_key(seed: bytes, name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed + name.encode()).digest())


def openssh_private(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()


def known_hosts_line(place: Place, key: Ed25519PrivateKey) -> str:
    """A line of a ``known_hosts`` file."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (b"ssh-ed25519", raw))
    host = place.address if place.port == 22 else f"[{place.address}]:{place.port}"
    return f"{host} ssh-ed25519 {base64.b64encode(blob).decode()}\n"
