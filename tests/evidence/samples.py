"""A small platform of our own with probes over all four transports, to import, verify and parse again."""

from __future__ import annotations

from pathlib import Path

from collector.probes.definition import ProbeDef, load_probes

CLI = r"""
probe = "box_cli"
platform = "box"
transport = "ssh"
family = "switch"
version = "1"
[device]
vendor = "Nobody"
[guard]
allow = ["show .*"]
[redact]
patterns = ['^login secret (\S+)$']
[[request]]
name = "show_vlan"
send = "show vlan brief"
reader = "regex"
[request.reader_options]
row = '^(?P<id>\d+) (?P<name>\S+)$'
[[request.feed]]
kind = "vlan"
key = "{id}"
[request.feed.fields]
id = { from = "id", as = "integer" }
name = "name"
[[request]]
name = "configs"
send = ["show running-config", "show startup-config"]
reader = "regex"
[request.reader_options]
fields = { hostname = '^hostname (\S+)' }
[[request.feed]]
kind = "device"
key = ""
[request.feed.fields]
hostname = "hostname"
"""

SNMP = """
probe = "any_snmp"
platform = "*"
transport = "snmp"
family = ""
version = "1"
[[request]]
name = "system"
send = ["1.3.6.1.2.1.1.5.0"]
reader = "snmp"
[request.reader_options]
columns = { name = "1.3.6.1.2.1.1.5" }
[[request.feed]]
kind = "device"
key = ""
[request.feed.fields]
hostname = "name"
"""

LDAP = """
probe = "box_ldap"
platform = "box"
transport = "ldap"
family = "switch"
version = "1"
[[request]]
name = "people"
send = "(objectClass=person)"
reader = "ldif"
"""

HTTP = """
probe = "box_http"
platform = "box"
transport = "http"
family = "switch"
version = "1"
[redact]
hash = ["mac"]
[[request]]
name = "clients"
send = "/api/clients"
reader = "json"
"""


def probes(folder: Path) -> dict[str, ProbeDef]:
    folder.mkdir(exist_ok=True)
    for name, text in {"cli": CLI, "snmp": SNMP, "ldap": LDAP, "http": HTTP}.items():
        (folder / f"{name}.toml").write_text(text)
    return load_probes([folder])
