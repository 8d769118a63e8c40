"""Makes `.venv` with pip in it, also where Python came without ``ensurepip`` (Debian without python3-venv).

``python3 tools/bootstrap.py .venv`` needs nothing but the standard library. pip then comes from the package index that pip
itself would use ($PIP_INDEX_URL, else pip's configuration files, else PyPI), checked against the hash that the index gives.
"""

from __future__ import annotations

import configparser
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")


def main(folder: Path) -> None:
    """A virtual environment in ``folder``."""
    if importlib.util.find_spec("ensurepip") is not None:
        venv.create(folder, with_pip=True, symlinks=True)
        return
    venv.create(folder, with_pip=False, symlinks=True)
    with tempfile.TemporaryDirectory() as place:
        wheel = fetch_pip(index(), Path(place))
        python = str(folder / "bin" / "python")
        # A wheel is a ZIP archive, and pip runs out of its own.
        subprocess.run([python, f"{wheel}/pip", "install", "-q", "--no-index", str(wheel)], check=True)  # noqa: S603


def index() -> str:
    """The package index that pip is set up for."""
    found = os.environ.get("PIP_INDEX_URL", "")
    for name in _FILES:
        parser = configparser.RawConfigParser()
        parser.read(Path(name).expanduser())
        if parser.has_option("global", "index-url"):
            found = found or parser.get("global", "index-url")
    return (found or "https://pypi.org/simple").rstrip("/")


def fetch_pip(address: str, place: Path) -> Path:
    """The newest pip wheel of an index, downloaded and checked."""
    page = f"{address}/pip/"
    with urllib.request.urlopen(page, timeout=60) as reply:  # noqa: S310 - the index that pip is told to use
        links = re.findall(
            r'href="([^"]+/(pip-([\d.]+)-py3-none-any\.whl)#sha256=([0-9a-f]{64}))"', reply.read().decode()
        )
    if not links:
        sys.exit(f"no pip on {page}: install python3-venv instead")
    link, name, _, digest = max(links, key=lambda found: [int(n) for n in found[2].split(".")])
    with urllib.request.urlopen(urllib.parse.urljoin(page, link), timeout=60) as reply:  # noqa: S310
        body = reply.read()
    if hashlib.sha256(body).hexdigest() != digest:
        sys.exit(f"{name} is not what the index says: nothing was installed")
    wheel = place / name
    wheel.write_bytes(body)
    return wheel


if __name__ == "__main__":
    main(Path(sys.argv[1]))
