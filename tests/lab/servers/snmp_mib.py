"""A switch's whole MIB view, put together from the model."""

from __future__ import annotations

from tests.lab.model import Switch
from tests.lab.servers.snmp_mib_entity import add_entities
from tests.lab.servers.snmp_mib_interfaces import CISCO, add_config_times, add_interfaces, add_system, sys_name
from tests.lab.servers.snmp_mib_neighbors import add_cdp, add_lldp
from tests.lab.servers.snmp_mib_services import add_bgp, add_gateways, add_lags, add_power
from tests.lab.servers.snmp_mib_vlans import add_bridge, add_cisco_vlans, add_q_bridge
from tests.lab.servers.snmp_table import Builder


def build_switch(switch: Switch) -> Builder:
    made = Builder()
    add_system(made, switch, sys_name(switch), 6)
    add_interfaces(made, switch)
    add_entities(made, switch)
    add_lldp(made, switch)
    add_cdp(made, switch)
    add_bridge(made, switch)
    add_q_bridge(made, switch)
    add_cisco_vlans(made, switch)
    add_power(made, switch)
    add_lags(made, switch)
    add_gateways(made, switch)
    add_bgp(made, switch)
    if switch.platform in CISCO:
        add_config_times(made, switch)
    return made
