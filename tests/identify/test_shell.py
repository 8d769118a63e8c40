"""What a device is, told by its command line: in one login, by harmless commands alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import load_config
from collector.credentials import resolve_credential
from collector.errors import ConfigError, GuardError
from collector.identify import Identity
from collector.identify.live import identify_target
from collector.identify.shell import anybody
from collector.inventory import load_inventory
from collector.model import Target, Transport
from collector.probes.definition import ProbeDef, load_probes
from collector.probes.shell import commands, recognise, shell_detections
from collector.sessions import guard
from tests.lab.lab import Lab
from tests.probes.reading import probes
from tests.sessions.shell import ShellServer, credential

PROBES = probes()
KNOWN = shell_detections(PROBES)

#: How each platform's reply begins, in its own words and with numbers of ours.
SAID = {
    "alcatel_aos": "System:\n  Description:  Alcatel-Lucent OS6860E-P24 8.5.164.R01 GA, May 05, 2018.,\n  Object ID:    1.3.6.1.4.1.6486.801.1.1.2.1.11.1.9,\n",
    "arista_eos": "Arista DCS-7050TX-64-R\nHardware version: 01.11\n",
    "aruba_aoscx": "----\nArubaOS-CX\n(c) Copyright\n----\nVersion      : FL.10.09.1010\n",
    "aruba_os": "Aruba Operating System Software.\nArubaOS (MODEL: Aruba7008), Version 8.10.0.6 LSR\n",
    "avaya_ers": "Operation Mode:    Stand-alone\nsysDescr:          Ethernet Routing Switch 4850GTS-PWR+  HW:11 FW:5.8.0.1 SW:v5.9.2.026\n",
    "borg": "borg 1.2.4\n",
    "brocade_fastiron": "  Copyright (c) 1996-2013 Brocade Communications Systems, Inc. All rights reserved.\n    UNIT 1: compiled\n",
    "checkpoint_gaia": "Product version Check Point Gaia R81.20\nOS build 627\nOS edition 64-bit\n",
    "cisco_asa": "\nCisco Adaptive Security Appliance Software Version 9.16(4)\nDevice Manager Version 7.18(1)\n",
    "cisco_ftd": "---------------[ ward-fw ]---------------\nModel  : Cisco Firepower 1120 Threat Defense (78) Version 7.2.4 (Build 165)\n",
    "cisco_ios": "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)\n",
    "cisco_nxos": "Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.example.com\n",
    "cisco_s300": "System Description:   28-Port Gigabit Managed Switch\nSystem Object ID:     1.3.6.1.4.1.9.6.1.83.28.1\n",
    "cisco_wlc": "Manufacturer's Name.............................. Cisco Systems Inc.\nProduct Name..................................... Cisco Controller\n",
    "cisco_xe": "Cisco IOS XE Software, Version 17.09.04a\nCisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE)\n",
    "cisco_xr": "Cisco IOS XR Software, Version 7.5.2\nCopyright (c) 2013-2022\n",
    "cumulus_linux": "   Static hostname: leaf-7\n  Operating System: Cumulus Linux 5.4.0\n            Kernel: Linux 5.10.0-cl-1-amd64\n",
    "dell_os10": "Dell EMC Networking OS10 Enterprise\nCopyright (c) 1999-2020 by Dell Inc. All Rights Reserved.\nOS Version: 10.5.2.3\n",
    "dell_powerconnect": "System Description: PowerConnect 5548, 1.0.0.0\nSystem Object ID: 1.3.6.1.4.1.674.10895.3031\n",
    "dell_sonic": "\nSONiC Software Version: SONiC.4.1.0-Enterprise_Base\nDistribution: Debian 10.13\n",
    "extreme_exos": "Switch      : 800444-00-07 0053N-00001 Rev 7.0 BootROM: 2.0.2.1\nImage   : ExtremeXOS version 31.7.1.4 by release-manager\n",
    "fortinet": "Version: FortiGate-60F v7.2.5,build1517,230606 (GA.F)\nSerial-Number: FGT00530000001\n",
    "hp_comware": "HPE Comware Software, Version 7.1.070, Release 3507P09\n",
    "hp_procurve": "Image stamp:    /ws/swbuildm/rel_xyz/code/build/lvm(swbuildm_rel_xyz)\n                Mar  3 2023\n                WC.16.11.0012\n",
    "huawei_vrp": "Huawei Versatile Routing Platform Software\nVRP (R) software, Version 5.170 (S5735 V200R021C00SPC100)\n",
    "juniper_junos": "Hostname: ward-9\nModel: ex2300-24p\nJunos: 21.4R3-S3.4\n",
    "linux": " Static hostname: log-1\nOperating System: Debian GNU/Linux 12 (bookworm)\n          Kernel: Linux 6.1.0-18-amd64\n",
    "mikrotik_routeros": "                   uptime: 1w2d3h\n                  version: 7.11.2 (stable)\n               board-name: CRS328-24P-4S+\n                 platform: MikroTik\n",
    "paloalto_panos": "\nhostname: ward-fw-2\nfamily: 400\nmodel: PA-440\nserial: 005300000001\nsw-version: 10.2.4-h4\n",
    "restic": "restic 0.16.4 compiled with go1.21.6 on linux/amd64\n",
    "ruckus_fastiron": "  Copyright (c) Ruckus Networks, Inc. All rights reserved.\n    UNIT 1: compiled on Jul  3 2019\n",
    "ubiquiti_edgeswitch": "\nSwitch: 1\n\nSystem Description............................. EdgeSwitch 24-Port 250W, 1.9.3\n",
}


@pytest.mark.parametrize(("platform", "text"), SAID.items())
def test_a_reply_tells_the_platform(platform: str, text: str) -> None:
    command = next(d.command for d in KNOWN if d.platform == platform)
    found = recognise(KNOWN, {command: text})
    assert found is not None and found.platform == platform
    others = {d.command: text for d in KNOWN if d.command != command}
    assert recognise(KNOWN, others) is None, "and no other platform's command is answered so"


def test_every_platform_with_a_command_line_can_be_recognised() -> None:
    shells = {p.platform for p in PROBES.values() if p.transport is Transport.SSH}
    assert {d.platform for d in KNOWN} == shells == set(SAID)


@pytest.mark.parametrize(
    "text", ["", "% Invalid input detected at '^' marker.\n", "show: command not found\n", "\x00" * 9999]
)
def test_other_replies_tell_nothing(text: str) -> None:
    assert recognise(KNOWN, {d.command: text for d in KNOWN}) is None


def test_every_command_that_may_be_tried_is_read_only_and_the_first_is_show_version() -> None:
    probe = anybody(PROBES)
    for command in commands(KNOWN, "", "sw1#"):
        guard.check_command(probe, command)
    assert commands(KNOWN, "", "sw1#")[0] == "show version"
    with pytest.raises(GuardError):
        guard.check_command(probe, "show running-config")


def test_what_looks_like_a_platform_is_asked_its_command_first(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(_probe("a", command="show version", reply="^A"))
    (tmp_path / "b.toml").write_text(_probe("b", command="get status", reply="^B", prompt=r"^<.*>$"))
    (tmp_path / "c.toml").write_text(_probe("c", command="uname -a", reply="^C", banner="OpenSSH"))
    known = shell_detections(load_probes([tmp_path]))
    assert commands(known, "", "x#") == ["show version", "get status", "uname -a"]
    assert commands(known, "", "<x>") == ["get status", "show version", "uname -a"]
    assert commands(known, "SSH-2.0-OpenSSH_9.2", "x$")[0] == "uname -a"


def _probe(name: str, **detect: str) -> str:
    lines = "".join(f"{key} = '{text}'\n" for key, text in detect.items())
    send = detect["command"]
    return f"""
probe = "{name}"
platform = "{name}"
transport = "ssh"
family = "switch"
version = "1"
[device]
platform = "{name}"
vendor = "Acme"
[detect]
{lines}
[session]
netmiko = "generic"
paging_off = ["terminal length 0"]
read_timeout_s = 3
failure = {{ denied = ['^% Not authorised.*'] }}
[guard]
allow = ['show \\w+', 'get \\w+', 'uname -a']
[[request]]
name = "version"
send = "{send}"
reader = "regex"
[request.reader_options]
fields = {{ version = 'version (\\S+)', serial = 'serial (\\S+)' }}
[[request.feed]]
kind = "device"
[request.feed.fields]
version = "version"
serial = "serial"
"""


def _two(folder: Path) -> dict[str, ProbeDef]:
    folder.mkdir()
    (folder / "a.toml").write_text(_probe("a", command="show version", reply="^Acme A"))
    (folder / "b.toml").write_text(_probe("b", command="get status", reply="^Acme B"))
    return load_probes([folder])


def _identify(server: ShellServer, folder: Path, known: dict[str, ProbeDef], platform: str) -> Identity:
    target = replace(server.target(folder), platform=platform)
    found, notes = identify_target(target, known, {"shell": credential()})
    return replace(found, because=(*found.because, *notes))


def test_commands_are_tried_until_one_is_recognised_and_in_one_login(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    with ShellServer({"get status": "Acme B version 2.1 serial X9\n"}) as server:
        found = _identify(server, tmp_path, known, "unknown")
        assert (found.vendor, found.platform, found.version, found.serial) == ("Acme", "b", "2.1", "X9")
        assert any("`get status` has 'Acme B'" in line for line in found.because)
        asked = [line for line in server.seen if line]
        assert asked == ["show version", "get status", "terminal length 0"], "a whole reply is not asked for twice"
        assert len(server.logins) == 1


def test_a_reply_that_is_paged_is_left_and_asked_for_again_without_the_pager(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    pages: list[str] = []

    def paged(device: object) -> None:
        server = device.server  # type: ignore[attr-defined]
        if "terminal length 0" in server.seen:
            device.write("Acme A version 3\r\n" + "line\r\n" * 40 + "serial X7\r\nsw1#")  # type: ignore[attr-defined]
        else:
            pages.append("shown")
            device.write("Acme A version 3\r\n" + "line\r\n" * 20 + " --More-- ")  # type: ignore[attr-defined]
            device.data_received = lambda data, datatype: quit_pager(device, data)  # type: ignore[attr-defined]

    def quit_pager(device: object, data: bytes) -> None:
        assert data == b"q"
        del device.data_received  # type: ignore[attr-defined]
        device.write("\x08" * 10 + " " * 10 + "\x08" * 10 + "\r\nsw1#")  # type: ignore[attr-defined]

    with ShellServer({"show version": paged}) as server:
        found = _identify(server, tmp_path, known, "unknown")
        assert (found.platform, found.version, found.serial) == ("a", "3", "X7")
        assert pages == ["shown"]
        assert len(server.logins) == 1


def test_a_device_that_is_another_than_it_was_taken_for(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    with ShellServer({"get status": "Acme B version 2.1 serial X9\n"}) as server:
        found = _identify(server, tmp_path, known, "a")
        assert (found.platform, found.serial) == ("b", "X9")
        assert "it was taken for 'a'" in found.because
        assert len(server.logins) == 1


def test_what_nobody_recognises_is_described(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    with ShellServer({"show version": "\nZeta\x1b[31mOS 4\n"}) as server:
        found = _identify(server, tmp_path, known, "unknown")
        assert (found.vendor, found.platform, found.serial) == (None, None, None)
        said = " ".join(found.because)
        assert "sw1#" in said and "OS 4" in said and "\x1b" not in said
        assert len(server.logins) == 1


def test_an_account_that_may_not_ask_asks_no_more(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    with ShellServer({"show version": "% Not authorised to do that\n", "get status": "Acme B\n"}) as server:
        found = _identify(server, tmp_path, known, "unknown")
        assert any("denied after `show version`: % Not authorised" in line for line in found.because)
        assert [line for line in server.seen if line] == ["show version"]


def test_a_refused_login_is_said_and_not_repeated(tmp_path: Path) -> None:
    known = _two(tmp_path / "probes")
    with ShellServer({}) as server:
        server.refuse = True
        found = _identify(server, tmp_path, known, "unknown")
        assert found.platform is None
        assert any(line.startswith("ssh: denied") for line in found.because)
        assert len(server.logins) == 1


# Every platform of the lab, SNMP absent


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    platforms = {"access": {"platforms": ["cisco_xe", "cisco_ios", "aruba_aoscx"]}}
    with Lab(
        tmp_path_factory.mktemp("lab"), latency_s=0, kinds=("ssh",), access_switches=3, tables=platforms
    ) as running:
        yield running


def _target(lab: Lab, name: str) -> Target:
    return next(t for t in load_inventory(load_config(lab.config), PROBES).targets if t.name == name)


NODES = ["core-1", "dist-1", "acc-01", "acc-02", "acc-03"]


@pytest.mark.parametrize("platform", ["unknown", "right", "arista_eos"])
@pytest.mark.parametrize("name", NODES)
def test_a_switch_is_known_by_its_command_line(lab: Lab, name: str, platform: str) -> None:
    switch, target = lab.hospital.switch(name), _target(lab, name)
    endpoint = target.endpoint(Transport.SSH)
    assert endpoint is not None
    account = resolve_credential(load_config(lab.config), endpoint.credential)
    log = lab.folder / "logins"
    before = log.read_text().count("\n") if log.exists() else 0
    thought = replace(target, platform=switch.platform if platform == "right" else platform)
    found, notes = identify_target(thought, PROBES, {endpoint.credential: account})
    assert (found.platform, found.hostname, found.serial) == (switch.platform, switch.hostname, switch.serial)
    assert found.vendor and found.model and switch.version in (found.version or "")
    assert any("`show version` has" in note for note in notes)
    assert any("it was taken for" in note for note in notes) is (thought.platform not in ("unknown", switch.platform))
    assert log.read_text().count("\n") == before + 1


def test_a_config_may_leave_the_platform_open(lab: Lab) -> None:
    text = lab.config.read_text()
    open_ = lab.folder / "open.toml"
    open_.write_text(text.replace('platform = "cisco_nxos"', 'platform = "unknown"'))
    targets = load_inventory(load_config(open_), PROBES).targets
    core = next(t for t in targets if t.name == "core-1")
    assert (core.platform, [e.transport for e in core.endpoints]) == ("unknown", [Transport.SSH])
    open_.write_text(text.replace('platform = "cisco_nxos"', 'platform = "cisco_nsox"'))
    with pytest.raises(ConfigError):
        load_inventory(load_config(open_), PROBES)
