"""What the lab's switch models are: names of ports, software, parts. Facts from the makers' data sheets and MIBs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlatformKind:
    """One switch model of one platform.

    ``access`` and ``uplinks`` are names of ports, ``{m}`` the stack member; ``short`` maps full to short port names.
    ``psu`` is model, watts, and names of the supplies; ``fans`` the fans' names.
    """

    platform: str
    model: str
    description: str
    version: str
    image: str
    sys_descr: str
    sys_object_id: str
    oui: str
    serial: str
    access: tuple[str, ...]
    uplinks: tuple[str, ...]
    uplink_bps: int
    management: str
    lag: str
    svi: str
    media: str
    psu_model: str
    psu_watts: int
    psus: tuple[str, ...]
    fans: tuple[str, ...]
    fan_model: str
    poe_w: float
    vendor: str


_G = 10**9

CATALYST = PlatformKind(
    platform="cisco_xe",
    model="C9300-48P",
    description="C9300-48P",
    version="17.12.4",
    image="CAT9K_IOSXE",
    sys_descr=(
        "Cisco IOS Software [Dublin], Catalyst L3 Switch Software (CAT9K_IOSXE), Version {version}, RELEASE SOFTWARE (fc2)\r\n"
        "Technical Support: http://www.cisco.com/techsupport\r\nCopyright (c) 1986-2024 by Cisco Systems, Inc.\r\n"
        "Compiled Tue 23-Jul-24 09:43 by mcpre"
    ),
    sys_object_id="1.3.6.1.4.1.9.1.2494",
    oui="00:a7:42",
    serial="FCW9999A9XX",
    access=tuple(f"GigabitEthernet{{m}}/0/{i}" for i in range(1, 49)),
    uplinks=tuple(f"TenGigabitEthernet{{m}}/1/{i}" for i in range(1, 9)),
    uplink_bps=10 * _G,
    management="GigabitEthernet0/0",
    lag="Port-channel{n}",
    svi="Vlan{n}",
    media="10/100/1000BaseTX",
    psu_model="PWR-C1-715WAC",
    psu_watts=715,
    psus=("Switch {m} - Power Supply A", "Switch {m} - Power Supply B"),
    fans=("Switch {m} - FAN 1", "Switch {m} - FAN 2", "Switch {m} - FAN 3"),
    fan_model="FAN-T1=",
    poe_w=437.0,
    vendor="Cisco",
)

CLASSIC = PlatformKind(
    platform="cisco_ios",
    model="WS-C2960X-48LPD-L",
    description="WS-C2960X-48LPD-L",
    version="15.2(7)E10",
    image="C2960X-UNIVERSALK9-M",
    sys_descr=(
        "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc3)\r\n"
        "Technical Support: http://www.cisco.com/techsupport\r\nCopyright (c) 1986-2024 by Cisco Systems, Inc.\r\n"
        "Compiled Fri 08-Mar-24 05:11 by mcpre"
    ),
    sys_object_id="1.3.6.1.4.1.9.1.1208",
    oui="00:42:5a",
    serial="FOC9999A9XX",
    access=tuple(f"GigabitEthernet{{m}}/0/{i}" for i in range(1, 49)),
    uplinks=("TenGigabitEthernet{m}/0/1", "TenGigabitEthernet{m}/0/2"),
    uplink_bps=10 * _G,
    management="FastEthernet0",
    lag="Port-channel{n}",
    svi="Vlan{n}",
    media="10/100/1000BaseTX",
    psu_model="",
    psu_watts=0,
    psus=(),
    fans=(),
    fan_model="",
    poe_w=370.0,
    vendor="Cisco",
)

NEXUS = PlatformKind(
    platform="cisco_nxos",
    model="N9K-C93180YC-FX",
    description="Nexus9000 C93180YC-FX Chassis",
    version="10.3(5)",
    image="nxos64-cs.10.3.5.M.bin",
    sys_descr=(
        "Cisco NX-OS(tm) Nexus9000 C93180YC-FX, Software (NXOS 64-bit), Version {version}, RELEASE SOFTWARE "
        "Copyright (c) 2002-2024 by Cisco Systems, Inc. Compiled 3/9/2024 12:00:00"
    ),
    sys_object_id="1.3.6.1.4.1.9.12.3.1.3.1897",
    oui="00:de:fb",
    serial="FDO9999A9XX",
    access=tuple(f"Ethernet1/{i}" for i in range(1, 49)),
    uplinks=tuple(f"Ethernet1/{i}" for i in range(49, 55)),
    uplink_bps=100 * _G,
    management="mgmt0",
    lag="port-channel{n}",
    svi="Vlan{n}",
    media="10G",
    psu_model="NXA-PAC-500W-PE",
    psu_watts=500,
    psus=("Power Supply 1", "Power Supply 2"),
    fans=("Fan 1", "Fan 2", "Fan 3", "Fan 4"),
    fan_model="NXA-FAN-65CFM-PE",
    poe_w=0.0,
    vendor="Cisco",
)

ARISTA = PlatformKind(
    platform="arista_eos",
    model="DCS-7050SX3-48YC8-F",
    description="48x 25GbE SFP+ & 8x 100GbE QSFP28 1RU",
    version="4.31.5M",
    image="EOS-4.31.5M.swi",
    sys_descr="Arista Networks EOS version {version} running on an Arista Networks DCS-7050SX3-48YC8",
    sys_object_id="1.3.6.1.4.1.30065.1.3011.7050.3741.48.2878.8",
    oui="28:99:3a",
    serial="JPE99999999",
    access=tuple(f"Ethernet{i}" for i in range(1, 49)),
    uplinks=tuple(f"Ethernet{i}/1" for i in range(49, 57)),
    uplink_bps=100 * _G,
    management="Management1",
    lag="Port-Channel{n}",
    svi="Vlan{n}",
    media="10GBASE-SR",
    psu_model="PWR-500AC-F",
    psu_watts=500,
    psus=("PowerSupply1", "PowerSupply2"),
    fans=("Fan Tray 1", "Fan Tray 2", "Fan Tray 3", "Fan Tray 4"),
    fan_model="FAN-7000-F",
    poe_w=0.0,
    vendor="Arista",
)

ARUBA = PlatformKind(
    platform="aruba_aoscx",
    model="JL661A",
    description="6300M 48G CL4 PoE 4SFP56 Swch",
    version="FL.10.13.1040",
    image="ArubaOS-CX_6400-6300_10_13_1040.swi",
    sys_descr="Aruba JL661A 6300M 48G CL4 PoE 4SFP56 Swch {version}",
    sys_object_id="1.3.6.1.4.1.47196.4.1.1.1.303",
    oui="88:3a:30",
    serial="SG99KMXXXX",
    access=tuple(f"{{m}}/1/{i}" for i in range(1, 49)),
    uplinks=tuple(f"{{m}}/1/{i}" for i in range(49, 53)),
    uplink_bps=10 * _G,
    management="mgmt",
    lag="lag{n}",
    svi="vlan{n}",
    media="1G-BT",
    psu_model="JL087A",
    psu_watts=1050,
    psus=("{m}/1", "{m}/2"),
    fans=("{m}/1/1", "{m}/2/1"),
    fan_model="JL669A",
    poe_w=740.0,
    vendor="Aruba",
)

KINDS = {k.platform: k for k in (CATALYST, CLASSIC, NEXUS, ARISTA, ARUBA)}
