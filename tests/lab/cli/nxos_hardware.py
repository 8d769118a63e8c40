"""Cisco NX-OS: modules and licences of a switch with fixed ports."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.text import lines
from tests.lab.model import Switch


def show_module(s: Switch, now: datetime) -> str:
    """A fixed switch is its own only module."""
    first = s.mac.replace(":", "-")
    last = f"{first[:-2]}{min(int(first[-2:], 16) + 63, 255):02x}"
    return lines(
        "Mod Ports             Module-Type                      Model           Status",
        "--- ----- ------------------------------------- --------------------- ---------",
        f"1    54   {'48x10/25G + 6x40/100G Ethernet Module':<37} {s.model:<21} active *",
        "",
        "Mod  Sw                       Hw    Slot",
        "---  ----------------------- ------ ----",
        f"1    {s.version:<24} 1.3    NA",
        "",
        "",
        "Mod  MAC-Address(es)                         Serial-Num",
        "---  --------------------------------------  ----------",
        f"1    {first} to {last}  {s.serial}",
        "",
        "Mod  Online Diag Status",
        "---  ------------------",
        "1    Pass",
        "",
        "* this terminal session",
    )


def show_license_usage(s: Switch, now: datetime) -> str:
    return lines(
        "License Authorization:",
        "  Status: Not Applicable",
        "",
        "(NXOS_ADVANTAGE_XF):",
        "  Description: NX-OS Advantage for Nexus 9300-XF",
        "  Count: 1",
        "  Version: 1.0",
        "  Status: IN USE",
        "  Enforcement Type: NOT ENFORCED",
        "  License Type: Generic",
        "",
    )
