"""The switch probes as data: nothing in them is misspelt, what they send is read-only, secrets don't pass."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jmespath
import pytest

from collector.errors import GuardError
from collector.evidence.redact import redact
from collector.model import Capture, Outcome, Transport
from collector.parse.convert import CONVERTERS
from collector.parse.files import parse_file
from collector.parse.lines import patterns
from collector.parse.text import template_path
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions.guard import check, check_command, check_setting
from tests.parse.samples import AT, SAMPLES, switch_probes

PROBES = sorted(switch_probes())
TEXT = {"expect", "complete", "empty", "count", "entries", "unsupported", "denied", "start", "end", "inner"}
REGEX = TEXT | {"each", "row", "columns", "carry", "split", "fields", "lists", "required", "group", "ignore"}
CONFIG = {"syntax", "separator", "expect", "complete", "head", "one", "table", "compare"}
QUESTION = {
    "first",
    "list",
    "count",
    "yes",
    "no",
    "all",
    "unknown",
    "default",
    "under",
    "each",
    "every",
    "absent",
    "having",
    "lacking",
}
JSON = {"ignore", "expect", "rows", "members", "keep", "total", "yang", "defaults", "parts", "lookups", "group"}
OPTIONS = {"textfsm": TEXT | {"template"}, "regex": REGEX, "config": CONFIG, "json": JSON}


def _requests() -> list[tuple[ProbeDef, RequestDef]]:
    return [(probe, request) for probe in switch_probes().values() for request in probe.requests]


@pytest.mark.parametrize(("probe", "request_"), _requests(), ids=lambda x: x.name)
def test_options_patterns_and_expressions_can_be_used(probe: ProbeDef, request_: RequestDef) -> None:
    options = request_.reader_options
    assert set(options) <= OPTIONS[request_.reader]
    for name in (
        "expect",
        "complete",
        "empty",
        "count",
        "entries",
        "unsupported",
        "denied",
        "start",
        "end",
        "row",
        "split",
        "ignore",
    ):
        patterns(options.get(name))
    for name in ("fields", "lists", "each", "carry", "inner", "head"):
        for entry in options.get(name, {}).values():
            patterns(entry)
    if request_.reader == "textfsm":
        assert template_path(probe, options["template"]).is_file()
    for question in [
        *options.get("one", {}).values(),
        *(q for t in options.get("table", ()) for q in t.get("ask", {}).values()),
    ]:
        if isinstance(question, dict):
            assert set(question) <= QUESTION
            for name in set(question) - {"default", "absent", "each", "every"}:
                patterns(question[name])
        else:
            patterns(question)
    for feed in request_.feeds:
        holders = {name for _, name, _, _ in string.Formatter().parse(feed.key) if name}
        assert holders <= set(feed.fields), "the key is made of fields that the feed does not fill"
        for expression in [feed.where, feed.rows, *(f.source for f in feed.fields.values())]:
            if expression:
                jmespath.compile(expression)
        assert {f.convert for f in feed.fields.values() if f.convert} <= set(CONVERTERS)


@pytest.mark.parametrize("name", PROBES)
def test_everything_sent_passes_the_guard(name: str) -> None:
    probe = switch_probes()[name]
    for request in probe.collected:
        check(probe, request)
    lines = probe.session.get("paging_off", [])
    for line in [lines] if isinstance(lines, str) else lines:
        check_setting(probe, line)


@pytest.mark.parametrize("name", PROBES)
@pytest.mark.parametrize(
    "command",
    [
        "configure terminal",
        "reload",
        "show running-config | redirect tftp://10.0.0.1/x",
        "show version > flash:x",
        "show version | tee x",
        "show version\nreload",
        "show version ; reload",
        "show",
        "copy running-config startup-config",
        "clear counters",
        "no show version",
    ],
)
def test_nothing_else_passes_the_guard(name: str, command: str) -> None:
    with pytest.raises(GuardError):
        check_command(switch_probes()[name], command)


SECRETS: dict[str, dict[str, str]] = {
    "cisco_ios": {
        "enable secret 9 $9$Wm0$Zq1": "$9$Wm0$Zq1",
        "username admin privilege 15 secret 9 $9$1f$aa": "$9$1f$aa",
        "username admin password 7 0822455D0A16": "0822455D0A16",
        "snmp-server community s3cretRO RO 10": "s3cretRO",
        "snmp-server host 10.0.0.1 version 2c s3cretTrap": "s3cretTrap",
        "snmp-server host 10.0.0.1 vrf Mgmt-vrf s3cretTrap": "s3cretTrap",
        "snmp-server user nms OPS v3 auth sha Auth1234 priv aes 128 Priv1234": "Auth1234 Priv1234",
        "tacacs-server key 7 070C285F4D06": "070C285F4D06",
        "tacacs server ise-1\n address ipv4 10.0.0.2\n key 7 070C285F4D06": "070C285F4D06",
        "radius server ise-1\n key RadiusKey1": "RadiusKey1",
        "key chain CORE\n key 1\n  key-string 7 13061E010803": "13061E010803",
        "ntp authentication-key 1 md5 060506324F41 7": "060506324F41",
        "interface Vlan20\n ip ospf message-digest-key 1 md5 7 0307521805": "0307521805",
        "interface Vlan20\n ip ospf authentication-key OspfKey1": "OspfKey1",
        "interface Vlan20\n standby 20 authentication md5 key-string 7 0822455D": "0822455D",
        "interface Vlan20\n standby 20 authentication HsrpText1": "HsrpText1",
        "router bgp 65001\n neighbor 10.0.0.9 password 7 094F471A1A0A": "094F471A1A0A",
        "crypto isakmp key Tunnel1 address 10.0.0.7": "Tunnel1",
        "line vty 0 4\n password 7 letmein99": "letmein99",
        "archive\n path scp://backup:7Secret7@10.0.0.3/x": "7Secret7",
        "wlan STAFF\n security wpa psk set-key ascii 0 WpaKey123": "WpaKey123",
    },
    "cisco_nxos": {
        "username admin password 5 $5$LKJ$qwe  role network-admin": "$5$LKJ$qwe",
        "snmp-server community s3cretRO group network-operator": "s3cretRO",
        "snmp-server host 10.0.0.1 traps version 2c s3cretTrap": "s3cretTrap",
        "snmp-server user nms network-operator auth md5 0xabc123 priv aes-128 0xdef456 localizedkey": "0xabc123 0xdef456",
        'tacacs-server host 10.0.0.2 key 7 "Fewhg12345"': "Fewhg12345",
        'radius-server key 7 "Fewhg777"': "Fewhg777",
        "ntp authentication-key 1 md5 fewhgqwe 7": "fewhgqwe",
        "key chain CORE\n  key 1\n    key-string 7 072c605f": "072c605f",
        "router bgp 65001\n  neighbor 10.0.0.9\n    password 3 9125d59c18a9b015": "9125d59c18a9b015",
        'interface Vlan20\n  hsrp 20\n    authentication md5 key-string 7 "fewhg2"': "fewhg2",
        "interface Ethernet1/1\n  ip ospf message-digest-key 1 md5 3 a667d47acc18ea6b": "a667d47acc18ea6b",
    },
    "arista_eos": {
        "username admin privilege 15 role network-admin secret sha512 $6$abc$0123": "$6$abc$0123",
        "enable secret sha512 $6$def$4567": "$6$def$4567",
        "enable password sha512 $6$def$4567": "$6$def$4567",
        "snmp-server community s3cretRO ro": "s3cretRO",
        "snmp-server host 10.0.0.1 vrf MGMT version 2c s3cretTrap": "s3cretTrap",
        "snmp-server user nms OPS v3 localized f57 auth sha 0123abcd priv aes fedc9876": "0123abcd fedc9876",
        "tacacs-server host 10.0.0.2 vrf MGMT key 7 0822455D0A16": "0822455D0A16",
        "radius-server key 7 0822455D0A17": "0822455D0A17",
        "ntp authentication-key 1 md5 7 070C285F": "070C285F",
        "router bgp 65001\n   neighbor 10.0.0.9 password 7 094F471A": "094F471A",
        "interface Vlan20\n   ip ospf message-digest-key 1 md5 7 0307521805": "0307521805",
    },
    "cisco_asa": {
        "enable password $sha512$5000$AbC== pbkdf2": "$sha512$5000$AbC==",
        "passwd 2KFQnbNIdI.2KYOU encrypted": "2KFQnbNIdI.2KYOU",
        "username admin password $sha512$5000$XyZ== pbkdf2 privilege 15": "$sha512$5000$XyZ==",
        "snmp-server host inside 192.0.2.70 community s3cretTrap version 2c": "s3cretTrap",
        "snmp-server community s3cretRO": "s3cretRO",
        "aaa-server ISE (inside) host 192.0.2.60\n key TacKey1": "TacKey1",
        "tunnel-group 203.0.113.9 ipsec-attributes\n ikev1 pre-shared-key Tunnel1": "Tunnel1",
        "tunnel-group 203.0.113.9 ipsec-attributes\n ikev2 remote-authentication pre-shared-key Tunnel2": "Tunnel2",
        "failover key Fover1": "Fover1",
        "aaa-server AD (inside) host 192.0.2.61\n ldap-login-password LdapPw1": "LdapPw1",
        "ntp authentication-key 1 md5 NtpKey1": "NtpKey1",
        "Username     : Roe, Jane              Index        : 411": "Roe, Jane",
        "      current_peer: 198.51.100.61, username: CLINIC\\roe jane": "CLINIC\\roe jane",
    },
    "cisco_s300": {
        "username admin password encrypted 4d82ff0ae privilege 15": "4d82ff0ae",
        "enable password level 15 encrypted 98aef01b": "98aef01b",
        "snmp-server community s3cretRO ro view Default": "s3cretRO",
        "snmp-server host 192.0.2.1 traps version 2 s3cretTrap": "s3cretTrap",
        "encrypted radius-server host 192.0.2.2 key Zm9vYmFy usage login": "Zm9vYmFy",
        "tacacs-server host 192.0.2.3 key tac77": "tac77",
        "encrypted sntp authentication-key 1 md5 aXYz09": "aXYz09",
    },
    "cisco_xr": {
        "username netadmin\n group root-lr\n secret 10 $6$abc$Def": "$6$abc$Def",
        "username old\n password 7 0822455D0A16": "0822455D0A16",
        "snmp-server community s3cretRO RO SystemOwner": "s3cretRO",
        "snmp-server community encrypted 0307521805 RO": "0307521805",
        "snmp-server host 192.0.2.80 traps version 2c s3cretTrap": "s3cretTrap",
        "snmp-server host 192.0.2.80 traps encrypted 13061E0108 udp-port 162": "13061E0108",
        "snmp-server user nms G v3 auth sha encrypted 0123AB priv aes 128 encrypted 4567CD": "0123AB 4567CD",
        "tacacs-server host 192.0.2.60 port 49\n key 7 070C285F4D06": "070C285F4D06",
        "radius-server key 7 0822455D0A17": "0822455D0A17",
        "key chain CORE\n key 1\n  key-string password 13061E010803": "13061E010803",
        "ntp\n authentication-key 1 md5 encrypted 060506324F41": "060506324F41",
        "router ospf 1\n area 0\n  message-digest-key 1 md5 encrypted 0307521805": "0307521805",
        "router bgp 64496\n neighbor 198.51.100.2\n  password encrypted 094F471A1A0A": "094F471A1A0A",
        "router isis 1\n lsp-password hmac-md5 encrypted 094F471A1A": "094F471A1A",
        "router hsrp\n interface GigabitEthernet0/0/0/0\n  address-family ipv4\n   hsrp 1\n    authentication HsrpText1": "HsrpText1",
    },
    "juniper_junos": {
        'root-authentication {\n    encrypted-password "$6$abc$Def"; ## SECRET-DATA': "$6$abc$Def",
        'tacplus-server {\n    192.0.2.60 secret "$9$abcDEF"; ## SECRET-DATA': "$9$abcDEF",
        "snmp {\n    community s3cretRO {\n        authorization read-only;": "s3cretRO",
        'authentication-sha {\n    authentication-key "$9$xyzAUTH"; ## SECRET-DATA': "$9$xyzAUTH",
        'privacy-aes128 {\n    privacy-key "$9$xyzPRIV"; ## SECRET-DATA': "$9$xyzPRIV",
        'md5 1 key "$9$ospfKEY"; ## SECRET-DATA': "$9$ospfKEY",
        'pre-shared-key ascii-text "$9$ikeKEY"; ## SECRET-DATA': "$9$ikeKEY",
        'authentication-key "$9$bgpKEY"; ## SECRET-DATA': "$9$bgpKEY",
        'authentication-key 1 type md5 value "$9$ntpKEY"; ## SECRET-DATA': "$9$ntpKEY",
        "set snmp community s3cretRW authorization read-write": "s3cretRW",
        'set system root-authentication encrypted-password "$6$set$Pw"': "$6$set$Pw",
    },
    "ruckus_fastiron": {
        "enable super-user-password 8 $1$aa$Pw1hash": "$1$aa$Pw1hash",
        "username admin privilege 0 password 8 $1$bb$Pw2hash": "$1$bb$Pw2hash",
        "snmp-server community 2 $s3cretRO ro": "$s3cretRO",
        "snmp-server host 192.0.2.8 version v2c 2 $s3cretTrap": "$s3cretTrap",
        "snmp-server user nms OPS v3 access 10 auth sha 0011aaff priv encrypted aes 22bbccdd": "0011aaff 22bbccdd",
        "tacacs-server key 2 $tacKey1": "$tacKey1",
        "radius-server host 192.0.2.3 auth-port 1812 acct-port 1813 default key 2 $radKey1": "$radKey1",
        "ntp\n authentication-key key-id 1 md5 $ntpKey1": "$ntpKey1",
        "router bgp\n neighbor 192.0.2.2 password 2 $bgpPw1": "$bgpPw1",
    },
    "dell_os10": {
        "username admin password $6$aa$Pw1hash role sysadmin": "$6$aa$Pw1hash",
        "system-user linuxadmin password $6$bb$Pw2hash": "$6$bb$Pw2hash",
        "snmp-server community s3cretRO ro": "s3cretRO",
        "snmp-server host 192.0.2.8 traps version 2c s3cretTrap": "s3cretTrap",
        "tacacs-server host 192.0.2.2 key 9 tacKey123": "tacKey123",
        "radius-server host 192.0.2.3 key 9 radKey123": "radKey123",
        "ntp authentication-key 1 md5 9 ntpKey123": "ntpKey123",
        "router bgp 64500\n neighbor 192.0.2.2\n  password 9 bgpPw123": "bgpPw123",
    },
    "dell_powerconnect": {
        'username "admin" password 0123abcdef level 15 encrypted': "0123abcdef",
        "enable password 4567abcdef encrypted": "4567abcdef",
        "snmp-server community s3cretRO ro": "s3cretRO",
        "tacacs-server key tacKey1": "tacKey1",
        'radius-server key "radKey1"': "radKey1",
    },
    "ubiquiti_edgeswitch": {
        'username "admin" password 0123abcdef level 15 encrypted': "0123abcdef",
        "enable password 4567abcdef encrypted": "4567abcdef",
        'snmp-server community "s3cretRO" ro': "s3cretRO",
    },
    "mikrotik_routeros": {
        ' 0   service=login address=192.0.2.3 secret="radKey1" timeout=300ms': "radKey1",
        "    trap-community: s3cretTrap": "s3cretTrap",
        ' 0 * name="s3cretRO" addresses=::/0 security=none': "s3cretRO",
        " 0 *  s3cretTab           ::/0        none       yes         no          ": "s3cretTab",
        ' 0 E name="up" remote-address=192.0.2.2 tcp-md5-key="bgpPw1" ttl=255': "bgpPw1",
        "0 interface=wg1 name=a public-key=abc= private-key=privKey1= preshared-key=sharedKey1= ": "privKey1= sharedKey1=",
    },
    "fortinet": {
        "        set password ENC SH2pwHash1": "SH2pwHash1",
        "        set secret ENC radKey1": "radKey1",
        "        set secondary-secret ENC radKey2": "radKey2",
        "        set key ENC tacKey1": "tacKey1",
        "        set psksecret ENC vpnKey1": "vpnKey1",
        '        set passphrase "wlanKey1"': "wlanKey1",
        "        set auth-pwd ENC snmpPw1": "snmpPw1",
        'config system snmp community\n    edit 1\n        set name "s3cretRO"\n    next\nend': "s3cretRO",
    },
    "paloalto_panos": {
        "        phash $5$aa$Pw1hash;": "$5$aa$Pw1hash",
        "              secret -AQ==tacKey1;": "-AQ==tacKey1",
        "              snmp-community-string s3cretRO;": "s3cretRO",
        "                    authpwd -AQ==snmpPw1;": "-AQ==snmpPw1",
        "            pre-shared-key {\n              key -AQ==vpnKey1;": "-AQ==vpnKey1",
        "              bind-password -AQ==ldapPw1;": "-AQ==ldapPw1",
    },
    "checkpoint_gaia": {
        "set user admin password-hash $6$aa$Pw1hash": "$6$aa$Pw1hash",
        "set expert-password-hash $6$bb$Pw2hash": "$6$bb$Pw2hash",
        "set snmp community s3cretRO read-only": "s3cretRO",
        "add aaa tacacs-servers priority 1 server 192.0.2.2 key tacKey1 timeout 5": "tacKey1",
        "add snmp usm user nms security-level authPriv auth-pass-phrase-hashed aa11 privacy-pass-phrase-hashed bb22": "aa11 bb22",
    },
    "aruba_aoscx": {
        "user admin group administrators password ciphertext AQBapQone=": "AQBapQone=",
        "snmp-server community s3cretRO": "s3cretRO",
        "snmp-server host 10.0.0.1 trap version v2c community s3cretTrap vrf mgmt": "s3cretTrap",
        "snmpv3 user nms auth sha auth-pass ciphertext AQBauth1= priv aes priv-pass ciphertext AQBpriv1=": "AQBauth1= AQBpriv1=",
        "tacacs-server host 10.0.0.2 key ciphertext AQBtacacs1=": "AQBtacacs1=",
        "radius-server host 10.0.0.2 key plaintext Radius99": "Radius99",
        "ntp authentication-key 1 sha1 ciphertext AQBntp1=": "AQBntp1=",
        "router bgp 65001\n    neighbor 10.0.0.9 password ciphertext AQBbgp1=": "AQBbgp1=",
        "interface vlan 20\n    ip ospf message-digest-key 1 md5 ciphertext AQBospf1=": "AQBospf1=",
    },
}


def _redacted(probe: ProbeDef, text: str) -> str:
    capture = Capture(
        "t", Transport.SSH, probe.name, "1", "running_config", "show", "x", AT, Outcome.OK, body=text.encode()
    )
    return (redact(capture, probe, (), b"k" * 32).body or b"").decode()


@pytest.mark.parametrize(
    ("platform", "line", "secrets"), [(p, line, s) for p, lines in SECRETS.items() for line, s in lines.items()]
)
def test_secrets_go_and_what_stands_around_them_stays(platform: str, line: str, secrets: str) -> None:
    """By the probe's own patterns alone: the general ones of the redactor are a second net."""
    text = f"hostname sw-1\n{line}\nend\n"
    for pattern in switch_probes()[platform].redact:
        text = pattern.sub(lambda m: _blank(m), text)
    for secret in secrets.split():
        assert secret not in text
    words = [w for w in re.split(r"[\s\"]+", line) if not any(s in w for s in secrets.split())]
    kept = re.split(r"[\s\"]+", text)
    assert [w for w in words if w not in kept and w != "7"] == []


def _blank(found: re.Match[str]) -> str:
    text = found[0]
    for group in sorted(range(1, found.re.groups + 1), key=lambda g: -found.start(g)):
        begin, end = found.span(group)
        if begin >= 0:
            text = text[: begin - found.start()] + "<redacted:00000000>" + text[end - found.start() :]
    return text


@pytest.mark.parametrize(
    "sample", sorted(SAMPLES.glob("*/show_running-config/*.txt")), ids=lambda p: p.parts[-3] + "/" + p.stem
)
def test_a_redacted_configuration_gives_the_same_facts(sample: Path, tmp_path: Path) -> None:
    platform = sample.parts[-3]
    probe = switch_probes()[platform]
    redacted = tmp_path / sample.name
    redacted.write_text(_redacted(probe, sample.read_text()))
    plain, clean = (parse_file(path, switch_probes(), platform, "show running-config") for path in (sample, redacted))
    first, second = ([(f.kind, f.key, _but_fingerprint(f.value)) for f in r.facts] for r in (clean, plain))
    assert first == second


def _but_fingerprint(value: Mapping[str, Any]) -> dict[str, Any]:
    """A fingerprint is over the marks too: a changed secret is a changed configuration."""
    return {name: v for name, v in value.items() if name != "fingerprint"}
