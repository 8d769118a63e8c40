"""Real clients on the lab's switches: logins, prompts, paging, enable, faults, and changes while they run."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException
from ntc_templates.parse import parse_output

from tests.lab.lab import Lab

TYPES = {
    "core-1": "cisco_nxos",
    "dist-1": "arista_eos",
    "acc-01": "cisco_xe",
    "acc-02": "cisco_ios",
    "acc-03": "aruba_aoscx",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    tables = {
        "access": {"platforms": ["cisco_xe", "cisco_ios", "aruba_aoscx"]},
        "switch": {"acc-03": {"config_saved": True}},
    }
    folder = tmp_path_factory.mktemp("lab")
    with Lab(folder, kinds=("ssh",), latency_s=0, tables=tables, access_switches=4, access_points=8) as running:
        yield running


def netmiko(lab: Lab, name: str, **more: Any) -> Any:
    hospital = lab.hospital
    place, logins = hospital.ssh_place(name), hospital.logins
    asked = {
        "device_type": TYPES.get(name, "cisco_xe"), "host": place.address, "port": place.port, "username": logins.username,
        "password": logins.password, "secret": logins.enable, "ssh_strict": True, "alt_host_keys": True,
        "alt_key_file": str(lab.folder / "known_hosts"), "conn_timeout": 5,
    }  # fmt: skip
    return ConnectHandler(**{**asked, **more})


class Raw:
    """A shell without netmiko's help."""

    def __init__(self, lab: Lab, name: str, password: str = "") -> None:
        hospital = lab.hospital
        place = hospital.ssh_place(name)
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.client.connect(
            place.address, place.port, hospital.logins.username, password or hospital.logins.password,
            look_for_keys=False, allow_agent=False, timeout=5, banner_timeout=2, auth_timeout=5,
        )  # fmt: skip
        self.shell = self.client.invoke_shell()
        self.shell.settimeout(2)

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def until(self, end: str, seconds: float = 3) -> str:
        text, stop = "", time.monotonic() + seconds
        while end not in text and time.monotonic() < stop:
            try:
                chunk = self.shell.recv(65535)
            except TimeoutError:
                break
            if not chunk:
                break
            text += chunk.decode("utf-8", "replace")
        return text

    def send(self, text: str) -> None:
        self.shell.sendall(text.encode())


@pytest.mark.parametrize("name", TYPES)
def test_netmiko_reads_every_platform(lab: Lab, name: str) -> None:
    switch = lab.hospital.switch(name)
    with netmiko(lab, name) as device:
        if switch.platform in ("cisco_xe", "cisco_ios"):
            device.enable()
        assert device.find_prompt().strip() == f"{name}#"
        command = "show lldp neighbor-info detail" if name == "acc-03" else "show lldp neighbors detail"
        reply = device.send_command(command, read_timeout=20)
        platform = {"cisco_xe": "cisco_ios"}.get(switch.platform, switch.platform)
        found = parse_output(platform=platform, command=command.replace("neighbor-info", "neighbors-info"), data=reply)
        assert len(found) == sum("lldp" in n.protocols for p in switch.ports for n in p.neighbors) > 0
        config = device.send_command("show running-config", read_timeout=20)
        assert f"hostname {name}" in config


def test_a_wrong_password_is_refused(lab: Lab) -> None:
    with pytest.raises(NetmikoAuthenticationException):
        netmiko(lab, "acc-01", password="wrong")


def test_a_foreign_host_key_is_noticed(lab: Lab, tmp_path: Path) -> None:
    other = tmp_path / "known_hosts"
    lines = (lab.folder / "known_hosts").read_text().splitlines()
    here = lab.hospital.ssh_place("acc-01").address
    keys = [line.split(" ", 1)[1] for line in lines]
    mine = next(i for i, line in enumerate(lines) if line.startswith(f"[{here}]"))
    other.write_text(f"{lines[mine].split(' ')[0]} {keys[mine - 1]}\n")
    with pytest.raises(Exception, match=r"(?i)host key|does not match"):
        netmiko(lab, "acc-01", alt_key_file=str(other))


def test_pages_until_paging_is_off(lab: Lab) -> None:
    with Raw(lab, "acc-01") as raw:
        raw.until("acc-01>")
        raw.send("show version\n")
        page = raw.until("--More--")
        assert "--More--" in page
        assert page.count("\n") <= 26
        raw.send(" ")
        assert "--More--" in raw.until("--More--")
        raw.send("\n")
        assert raw.until("--More--").count("\n") <= 2
        raw.send("q")
        assert raw.until("acc-01>").endswith("acc-01>")
        raw.send("terminal length 0\n")
        raw.until("acc-01>")
        raw.send("show version\n")
        whole = raw.until("Configuration register is 0x102")
        assert "--More--" not in whole


def test_enable_wants_the_password_and_gives_more(lab: Lab) -> None:
    with Raw(lab, "acc-02") as raw:
        raw.until("acc-02>")
        raw.send("terminal length 0\n")
        raw.until("acc-02>")
        raw.send("show running-config\n")
        assert "% Invalid input" in raw.until("marker.")
        raw.until("acc-02>")
        raw.send("enable\n")
        raw.until("Password: ")
        raw.send("wrong\n")
        assert "Password: " in raw.until("Password: ")
        raw.send(lab.hospital.logins.enable + "\r")
        reply = raw.until("acc-02#")
        assert lab.hospital.logins.enable not in reply
        raw.send("show running-config\r\n")
        assert "hostname acc-02" in raw.until("end\r\nacc-02#")


def test_a_bare_newline_prints_the_prompt(lab: Lab) -> None:
    with Raw(lab, "acc-01") as raw:
        raw.until("acc-01>")
        raw.send("\n")
        assert raw.until("acc-01>").strip() == "acc-01>"


def test_latency_is_kept(lab: Lab, tmp_path: Path) -> None:
    with Lab(tmp_path, kinds=("ssh",), latency_s=0.2, access_switches=1) as slow, Raw(slow, "acc-01") as raw:
        raw.until("acc-01>")
        start = time.monotonic()
        raw.send("show clock\n")
        raw.until("acc-01>")
        assert 0.2 <= time.monotonic() - start < 1.5


@pytest.mark.parametrize(
    "fault", ["truncated", "stall", "garbage", "invalid_utf8", "endless", "slow", "wrong_prompt", "denied"]
)
def test_a_fault_inside_the_reply(lab: Lab, fault: str) -> None:
    lab.change(lambda t: t.update(fault={"acc-04": {"ssh": fault}}))
    try:
        with Raw(lab, "acc-04") as raw:
            raw.until("acc-04>")
            raw.send("terminal length 0\n")
            raw.until("acc-04")
            raw.send("show version\n")
            got = raw.until("acc-04#" if fault not in ("garbage", "invalid_utf8", "denied") else "acc-04>", 1.2)
        whole = "System Serial Number"
        checks = {
            "truncated": whole not in got,
            "stall": whole not in got,
            "garbage": "Cisco IOS XE" not in got and "\ufffd" in got,
            "invalid_utf8": "\ufffd" in got,
            "endless": got.count("still more") > 100 and "acc-04>" not in got,
            "slow": len(got) < 500,
            "wrong_prompt": "acc-04-3>" in got,
            "denied": "Command authorization failed" in got,
        }
        assert checks[fault], got[-300:]
    finally:
        lab.change(lambda t: t.update(fault={}))


@pytest.mark.parametrize("fault", ["refuse_login", "close_at_banner", "no_banner", "reset"])
def test_a_fault_before_the_shell(lab: Lab, fault: str) -> None:
    lab.change(lambda t: t.update(fault={"acc-04": {"ssh": fault}}))
    time.sleep(0.1)
    try:
        with pytest.raises((paramiko.SSHException, OSError, EOFError)) as caught, Raw(lab, "acc-04"):
            pass
        assert (fault == "refuse_login") is isinstance(caught.value, paramiko.AuthenticationException)
    finally:
        lab.change(lambda t: t.update(fault={}))
        time.sleep(0.1)
    with Raw(lab, "acc-04") as raw:
        assert "acc-04>" in raw.until("acc-04>")


def test_a_switch_goes_down_and_comes_back(lab: Lab) -> None:
    place = lab.hospital.ssh_place("acc-04")
    lab.change(lambda t: t.update(down=["acc-04"]))
    time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.address, place.port), 1)
    lab.change(lambda t: t.update(down=[]))
    time.sleep(0.1)
    with Raw(lab, "acc-04") as raw:
        assert "acc-04>" in raw.until("acc-04>")


def test_an_open_session_sees_a_cable_pulled(lab: Lab) -> None:
    with netmiko(lab, "acc-01") as acc, netmiko(lab, "dist-1") as dist:
        before = acc.send_command("show etherchannel summary")
        assert "Te1/1/1(P)" in before
        assert "acc-01" in dist.send_command("show lldp neighbors detail")
        lab.change(lambda t: t["unplugged"].append("acc-01 dist-1"))
        try:
            assert "Te1/1/1(D)" in acc.send_command("show etherchannel summary")
            assert "acc-01" not in dist.send_command("show lldp neighbors detail")
        finally:
            lab.change(lambda t: t["unplugged"].clear())


def test_servers_end_with_the_lab(tmp_path: Path) -> None:
    with Lab(tmp_path, kinds=("ssh",), access_switches=1) as short:
        place = short.hospital.ssh_place("core-1")
        socket.create_connection((place.address, place.port), 1).close()
        assert short.alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.address, place.port), 1)


def test_a_hospital_that_cannot_be_made_changes_nothing(lab: Lab) -> None:
    before = (lab.folder / "hospital.toml").read_text()
    with pytest.raises(KeyError):
        lab.change(lambda t: t.pop("logins"))
    assert (lab.folder / "hospital.toml").read_text() == before
