"""A BackupPC server of the test's own: a copy of Debian's program with its folders inside the test's, and its pages over HTTPS."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real.conftest import stop
from tests.sessions.api import PASSWORD, USER, ApiServer, Handler

_PROGRAM, _CONFIG = Path("/usr/share/backuppc"), Path("/etc/backuppc")
_SETTINGS = """
$Conf{{TopDir}} = '{0}/data';
$Conf{{ConfDir}} = '{0}/etc';
$Conf{{LogDir}} = '{0}/log';
$Conf{{RunDir}} = '{0}/run';
$Conf{{InstallDir}} = '{0}/app';
$Conf{{BackupPCUser}} = '{1}';
$Conf{{BackupPCUserVerify}} = 0;
$Conf{{SmbClientPath}} = '';
$Conf{{NmbLookupPath}} = '';
$Conf{{PingCmd}} = '&{{sub {{0}}}}';
$Conf{{XferMethod}} = 'tar';
$Conf{{TarClientCmd}} = '$tarPath -c -v -f - -C $shareName+ --totals';
$Conf{{TarFullArgs}} = '$fileList+';
$Conf{{CgiAdminUsers}} = '{2}';
$Conf{{WakeupSchedule}} = [12];
1;
"""


@contextmanager
def running(folder: Path, shares: dict[str, Path], users: dict[str, str]) -> Iterator[Path]:
    """The server with a host for each share; ``users`` by host."""
    if not (_PROGRAM / "bin/BackupPC").exists():
        pytest.skip("needs Debian's package backuppc: apt-get install backuppc libjson-xs-perl libcgi-pm-perl")
    for name in ("app", "etc", "log", "run", "data/pool", "data/cpool", "data/pc"):
        (folder / name).mkdir(parents=True)
    for name in ("bin", "lib", "conf"):
        shutil.copytree(_PROGRAM / name, folder / "app" / name, symlinks=True)
    for path in (p for p in (folder / "app").rglob("*") if p.is_file()):
        data = path.read_bytes()
        moved = data.replace(str(_PROGRAM).encode(), f"{folder}/app".encode()).replace(
            str(_CONFIG).encode(), f"{folder}/etc".encode()
        )
        if moved != data:
            path.write_bytes(moved)
    whoami = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    settings = _SETTINGS.format(folder, whoami, USER)
    (folder / "etc/config.pl").write_bytes((folder / "app/conf/config.pl").read_bytes() + settings.encode())
    lines = ["host\tdhcp\tuser\tmoreUsers", *(f"{host}\t0\t{users[host]}" for host in shares)]
    (folder / "etc/hosts").write_text("\n".join(lines) + "\n")
    for host, share in shares.items():
        own = f"$Conf{{ClientNameAlias}} = '127.0.0.1';\n$Conf{{TarShareName}} = ['{share}'];\n1;\n"
        (folder / f"etc/{host}.pl").write_text(own)
    with (folder / "out").open("wb") as log:
        process = subprocess.Popen(["perl", str(folder / "app/bin/BackupPC")], stdout=log, stderr=log)
    try:
        for _ in range(100):
            if (folder / "run/BackupPC.sock").exists() or (folder / "log/BackupPC.sock").exists():
                break
            assert process.poll() is None, (folder / "out").read_text()
            time.sleep(0.1)
        yield folder
    finally:
        stop(process)


def back_up(folder: Path, *hosts: str) -> None:
    """A full backup of each host, to its end."""
    for host in hosts:
        command = ["perl", str(folder / "app/bin/BackupPC_serverMesg"), "backup", host, host, USER, "doFull"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
        assert "ok" in said, said
    for _ in range(120):
        told = json.loads(metrics(folder, USER, "action=metrics&format=json").partition(b"\n\n")[2])["hosts"]
        if all(told[host]["reason"] and told[host]["state"] == "Status_idle" for host in hosts):
            return
        time.sleep(0.5)
    raise AssertionError(told)


def metrics(folder: Path, user: str, query: str) -> bytes:
    """What the web interface's program prints for a user: headers, a blank line, the page."""
    environment = {
        "PATH": os.environ["PATH"], "REMOTE_USER": user, "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/backuppc/index.cgi",
        "QUERY_STRING": query,
    }  # fmt: skip
    command = ["perl", "realindex.cgi"]
    done = subprocess.run(
        command, cwd=folder / "app/lib", env=environment, capture_output=True, timeout=30, check=False
    )
    return done.stdout


def page(folder: Path, accounts: dict[str, str]) -> ApiServer:
    """The web interface behind HTTPS and basic authentication."""

    def answer(handler: Handler) -> None:
        given = handler.headers.get("Authorization", "").removeprefix("Basic ")
        name, _, password = base64.b64decode(given).decode().partition(":")
        if accounts.get(name) != password:
            handler.send(401, b"<html>no</html>", {"WWW-Authenticate": "Basic"})
            return
        head, _, body = metrics(folder, name, handler.path.partition("?")[2]).partition(b"\n\n")
        handler.send(200, body, {"Content-Type": head.decode().partition(": ")[2].strip()})

    return ApiServer(folder, {"/backuppc/index.cgi": answer})


ADMIN = {USER: PASSWORD}
