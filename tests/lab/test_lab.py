"""The lab itself: addresses, what it writes, and that nothing of it outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from tests.lab.lab import ROOT, Lab


def reachable(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


def test_it_is_ready_soon_and_writes_a_configuration(tmp_path: Path) -> None:
    start = time.monotonic()
    with Lab(tmp_path, access_switches=3) as lab:
        assert time.monotonic() - start < 10  # 1 s alone, more when other tests use the processors
        config = tomllib.loads(lab.config.read_text())
        assert lab.alive()
        named = {t["name"] for t in config["target"]}
        assert named == {
            "core-1",
            "core-2",
            "dist-1",
            "dist-2",
            "acc-01",
            "acc-02",
            "acc-03",
            "ups-1",
            "ups-2",
            "wlc-1",
            "backup-1",
            "dc-1",
        }
        for place in (
            lab.hospital.ssh_place("acc-03"),
            lab.hospital.controller.http,
            lab.hospital.backup.http,
            lab.hospital.directory.ldaps,
        ):
            assert reachable(place.address, place.port)


def test_secrets_are_files_that_nobody_else_reads(tmp_path: Path) -> None:
    with Lab(tmp_path, kinds=("ssh",), access_switches=1) as lab:
        text = lab.config.read_text()
        logins = lab.hospital.logins
        for secret in (logins.password, logins.enable, logins.community, logins.v3_auth_key, logins.v3_priv_key):
            assert secret not in text
        for path in (tmp_path / "secrets").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_certificates_hold_for_their_names_and_lying_ones_do_not(tmp_path: Path) -> None:
    with Lab(tmp_path, kinds=(), access_switches=1):
        trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        for stem, good in (("wlc-1", True), ("wlc-1-other", False), ("wlc-1-self", False)):
            assert handshake(trusting, tmp_path / "tls" / stem, "wlc-1.hospital.test") is good


def handshake(client: ssl.SSLContext, stem: Path, name: str) -> bool:
    """Whether a client that trusts only the lab takes the certificate for the name; in memory, without a network."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(f"{stem}.pem", f"{stem}.key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=name)
    two = served.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (one, two):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return one.getpeercert() != {}


def test_where_loopback_has_one_address_there_are_ports(tmp_path: Path) -> None:
    with Lab(tmp_path, access_switches=2, tables={"addresses": {"mode": "ports"}}) as lab:
        targets = tomllib.loads(lab.config.read_text())["target"]
        assert {t["address"] for t in targets} == {"127.0.0.1"}
        places = [lab.hospital.ssh_place(n) for n in lab.hospital.nodes]
        assert len({p.port for p in places}) == len(places)
        assert all(reachable(p.address, p.port) for p in places)
        default = tomllib.loads(lab.config.read_text())["defaults"]["ssh"]["port"]
        written = {t["name"]: t.get("ssh", {}).get("port", default) for t in targets if "ssh" in t["transports"]}
        assert written == {n: lab.hospital.ssh_place(n).port for n in lab.hospital.nodes}


def test_two_labs_live_side_by_side(tmp_path: Path) -> None:
    with (
        Lab(tmp_path / "a", kinds=("ssh",), access_switches=1) as one,
        Lab(tmp_path / "b", kinds=("ssh",), access_switches=1) as two,
    ):
        assert one.hospital.ssh_place("core-1") != two.hospital.ssh_place("core-1")


def test_a_killed_parent_takes_its_servers_along(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.lab", "--dir", str(tmp_path), "--switches", "1", "--only", "ssh"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline().startswith("ready")
        place = tomllib.loads((tmp_path / "config.toml").read_text())["target"][0]["address"]
        assert reachable(place, 2222)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 3
        while reachable(place, 2222) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not reachable(place, 2222)
