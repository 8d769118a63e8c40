"""The keys of one host from a known_hosts file, which is read once a process while it stays unchanged."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from pathlib import Path
from typing import Any

from paramiko.hostkeys import HostKeys as _HostKeys
from paramiko.pkey import PKey as _PKey
from paramiko.ssh_exception import SSHException

from collector.sessions.contract import unreachable

HostKeys: Any = _HostKeys  # paramiko has no types
PKey: Any = _PKey
_Lines = tuple[tuple[str, str], ...]


def host_keys(file: str, address: str, port: int) -> list[Any]:
    """The keys that the file has for this address and port; raises SessionError where the file can't be read."""
    name = address if port == 22 else f"[{address}]:{port}"
    path = Path(file)
    try:
        plain, hashed = _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise unreachable(
            f"the device's identity could not be verified: cannot read known_hosts {file}",
            "name a file that this account can read in `known_hosts`",
        ) from error
    lines = list(plain.get(name, ()))
    lines += [(kind, key) for pattern, kind, key in hashed if HostKeys.hash_host(name, pattern) == pattern]
    return [key for kind, text in lines if (key := _key(kind, text)) is not None]


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> tuple[dict[str, _Lines], tuple[tuple[str, str, str], ...]]:
    """Names in clear with their keys, and the hashed names one by one. Marked lines (@revoked, ...) are left out."""
    plain: dict[str, list[tuple[str, str]]] = {}
    hashed = []
    for line in path.read_text("utf-8").splitlines():
        words = line.split()
        if len(words) < 3 or line.startswith(("#", "@")):
            continue
        for name in words[0].split(","):
            if name.startswith("|1|"):
                hashed.append((name, words[1], words[2]))
            else:
                plain.setdefault(name, []).append((words[1], words[2]))
    return {name: tuple(keys) for name, keys in plain.items()}, tuple(hashed)


def _key(kind: str, text: str) -> Any:
    try:
        key = PKey.from_type_string(kind, base64.b64decode(text))
    except (SSHException, binascii.Error, ValueError):
        return None
    return key
