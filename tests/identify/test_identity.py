"""What a device is: by what its agent says, by its chassis, and nothing where nothing is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import DefinitionError, NotFoundError
from collector.identify import identify_captures, identify_snmprec, identifying_requests
from collector.model import Transport
from collector.probes.definition import ProbeDef
from collector.probes.detection import Detection, detect, detections
from tests.probes.reading import probes
from tests.probes.recorded import SAMPLES, captures

PROBES = probes()
KNOWN = detections(PROBES.values())

IOS = "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)"
XE = "Cisco IOS Software [Dublin], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.12.4, RELEASE SOFTWARE (fc2)"
WLC = "Cisco IOS Software [Dublin], C9800 Software (C9800_IOSXE-K9), Version 17.12.4, RELEASE SOFTWARE (fc2)"
NXOS = "Cisco NX-OS(tm) nxos.10.3.5.M.bin, Software (NXOS 64-bit), Version 10.3(5), RELEASE SOFTWARE"
XR = "Cisco IOS XR Software (NCS-5500), Version 7.4.1  Copyright (c) 2013-2021 by Cisco Systems, Inc."
EOS = "Arista Networks EOS version 4.31.5M running on an Arista Networks DCS-7050SX3-48YC8"


@pytest.mark.parametrize(
    ("number", "text", "vendor", "platform", "version"),
    [
        (".1.3.6.1.4.1.9.1.1208", IOS, "Cisco", "cisco_ios", "15.2(7)E3"),
        ("1.3.6.1.4.1.9.1.2494", XE, "Cisco", "cisco_xe", "17.12.4"),
        ("1.3.6.1.4.1.9.1.2530", WLC, "Cisco", "cisco_c9800", "17.12.4"),
        ("1.3.6.1.4.1.9.12.3.1.3.1812", NXOS, "Cisco", "cisco_nxos", "10.3(5)"),
        ("1.3.6.1.4.1.9.1.2571", XR, "Cisco", "cisco_xr", "7.4.1"),
        ("1.3.6.1.4.1.30065.1.3011.7050", EOS, "Arista", "arista_eos", "4.31.5M"),
        ("1.3.6.1.4.1.47196.4.1.1.1.101", "Aruba JL661A 6300M FL.10.13.1040", "Aruba", "aruba_aoscx", "FL.10.13.1040"),
        ("1.3.6.1.4.1.9.1.99999", "something new", "Cisco", None, None),
        ("1.3.6.1.4.1.8072.3.2.10", "Linux web01 6.1.0-18-amd64 #1 SMP", None, "linux", None),  # the kernel's
        ("1.3.6.1.4.1.318.1.3.27", "APC Web/SNMP Management Card (AF1:v7.1.2)", "APC", "ups", "7.1.2"),
    ],
)
def test_platforms_are_told_apart(
    number: str, text: str, vendor: str | None, platform: str | None, version: str | None
) -> None:
    found = detect(KNOWN, number, text)
    assert (found.vendor, found.platform, found.version) == (vendor, platform, version)
    assert found.because


def test_nothing_known_stays_unknown() -> None:
    for number, text in ((None, None), ("", ""), ("1.3.6.1.4.1.99999999.1", "Acme"), ("no number", "\x00" * 9999)):
        assert detect(KNOWN, number, text).known() == {}


def detection(name: str, *prefixes: str, sysdescr: tuple[str, ...] = ()) -> Detection:
    (found,) = detections([ProbeDef(name, name, Transport.SNMP, "any", "1", (), detect={
        "sysobjectid": list(prefixes), "sysdescr": list(sysdescr)})])  # fmt: skip
    return found


def test_the_longest_prefix_wins_and_then_the_longest_text() -> None:
    known = [
        detection("short", "1.3.6.1.4.1.9"),
        detection("long", "1.3.6.1.4.1.9.1"),
        detection("text", "1.3.6.1.4.1.9.1.", sysdescr=("Big Switch",)),
    ]
    assert detect(known, "1.3.6.1.4.1.9.2.1", "Big Switch").platform == "short"
    assert detect(known, "1.3.6.1.4.1.9.1.1", "Small Switch").platform == "long"
    assert detect(known, "1.3.6.1.4.1.9.1.1", "Big Switch").platform == "text"
    assert detect(known, "1.3.6.1.4.1.90.1", "Big Switch").platform is None, "9 is no prefix of 90"


def test_a_table_that_detects_nothing_is_an_error() -> None:
    for table in ({"version": "x"}, {"sysdescr": ["("]}, {"sysdescr": ["x"], "colour": "red"}):
        with pytest.raises(DefinitionError):
            detections([ProbeDef("p", "p", Transport.SNMP, "any", "1", (), detect=table)])


def test_a_recording_is_identified() -> None:
    found = identify_snmprec(SAMPLES / "generic_snmp" / "core-1.snmprec", PROBES).to_json()
    because = found.pop("because")
    assert found == {
        "vendor": "Cisco", "platform": "cisco_nxos", "model": "N9K-C93180YC-FX", "version": "10.3(5)",
        "serial": "FDO0133V9UT", "hostname": "core-1",
    }  # fmt: skip
    assert any("sysObjectID" in line for line in because) and any("entities" in line for line in because)


def test_an_agent_that_nobody_knows_is_described(tmp_path: Path) -> None:
    agent = tmp_path / "gizmo.snmprec"
    system = ("1.0|4|Acme\x1b[1m Gizmo", "2.0|6|1.3.6.1.4.1.99999999.1", "5.0|4|gizmo-1")
    agent.write_text("".join(f"1.3.6.1.2.1.1.{line}\n" for line in system))
    found = identify_snmprec(agent, PROBES)
    assert (found.platform, found.vendor, found.hostname) == (None, None, "gizmo-1")
    said = " ".join(found.because)
    assert "no probe knows an agent with sysObjectID 1.3.6.1.4.1.99999999.1" in said
    assert "Gizmo" in said and "\x1b" not in said


def test_an_interface_without_snmp_is_identified_too() -> None:
    found = identify_captures(captures(PROBES["cisco_c9800"]), PROBES)
    assert (found.vendor, found.platform, found.model) == ("Cisco", "cisco_c9800", "C9800-L-F-K9")


def test_garbage_and_absence(tmp_path: Path) -> None:
    garbage = tmp_path / "x.snmprec"
    garbage.write_bytes(b"\x00\xff not a recording")
    assert identify_snmprec(garbage, PROBES).to_json() | {"because": []} == {
        "vendor": None, "platform": None, "model": None, "version": None, "serial": None, "hostname": None, "because": [],
    }  # fmt: skip
    with pytest.raises(NotFoundError):
        identify_snmprec(tmp_path / "absent", PROBES)


def test_what_to_ask() -> None:
    asked = {(probe.name, request.name) for probe, request in identifying_requests(PROBES)}
    assert asked >= {("generic_snmp", "system"), ("generic_snmp", "ups_identity"), ("generic_snmp", "entities")}
    assert {probe for probe, _ in asked} == {"generic_snmp"}
    more = {probe.name for probe, _ in identifying_requests(PROBES, "cisco_nxos")}
    assert more == {"generic_snmp", "cisco_nxos"}
