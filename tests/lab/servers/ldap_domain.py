"""A domain as a tree of entries: the domain head and its policies, accounts, configuration partition and DNS zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.lab.model import Directory, DnsZone, PasswordPolicy
from tests.lab.servers.ldap_accounts import Attributes
from tests.lab.servers.ldap_message import PAGED
from tests.lab.servers.ldap_syntax import (
    age,
    filetime,
    generalized,
    guid,
    interval,
    normal_dn,
    parent_of,
    sid_bytes,
    truth,
)
from tests.lab.servers.ldap_tree import Entry, Tree, plain

COMPLEXITY = 1
GLOBAL_CATALOG = 1
CONTROLS = (PAGED, "1.2.840.113556.1.4.801", "1.2.840.113556.1.4.473", "1.2.840.113556.1.4.1339", "1.2.840.113556.1.4.417",
            "1.2.840.113556.1.4.1340", "1.2.840.113556.1.4.805")  # fmt: skip
CAPABILITIES = ("1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.1791", "1.2.840.113556.1.4.1935",
                "1.2.840.113556.1.4.2080", "1.2.840.113556.1.4.2237")  # fmt: skip


def root_dse(directory: Directory) -> Entry:
    """What anybody may read without logging in."""
    base, config = directory.base_dn, f"CN=Configuration,{directory.base_dn}"
    first = directory.controllers[0]
    mechanisms = ["GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5"]
    contexts = [base, config, f"CN=Schema,{config}", f"DC=DomainDnsZones,{base}", f"DC=ForestDnsZones,{base}"]
    return Entry(
        "",
        plain(
            {
                "domainFunctionality": directory.domain_level,
                "forestFunctionality": directory.forest_level,
                "domainControllerFunctionality": 7,
                "rootDomainNamingContext": base,
                "ldapServiceName": f"{directory.domain}:{first.name}$@{directory.domain.upper()}",
                "isGlobalCatalogReady": truth(first.global_catalog),
                "supportedSASLMechanisms": mechanisms,
                "supportedLDAPVersion": [3, 2],
                "supportedLDAPPolicies": ["MaxPageSize", "MaxValRange", "MaxResultSetSize"],
                "supportedControl": list(CONTROLS),
                "supportedExtension": ["1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.3"],
                "supportedCapabilities": list(CAPABILITIES),
                "subschemaSubentry": f"CN=Aggregate,CN=Schema,{config}",
                "serverName": first.dn,
                "schemaNamingContext": f"CN=Schema,{config}",
                "namingContexts": contexts,
                "isSynchronized": truth(True),
                "highestCommittedUSN": 9_400_123,
                "dsServiceName": f"CN=NTDS Settings,{first.dn}",
                "dnsHostName": first.dns_name,
                "defaultNamingContext": base,
                "currentTime": generalized(datetime.now(UTC)),
                "configurationNamingContext": config,
            }
        ),
        None,
        "",
    )


def build_tree(directory: Directory) -> Tree:
    """Every entry of the domain; containers that nothing describes are added above what stands in them."""
    domain = _Domain(directory)
    entries: dict[str, Entry] = {}
    for entry in domain.entries():
        for above in domain.folders(entry, entries):
            entries[above.normal] = above
        entries[entry.normal] = entry
    groups = {normal_dn(g.dn): [normal_dn(m) for m in g.members] for g in directory.groups}
    return Tree(entries.values(), groups)


class _Domain:
    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.base = directory.base_dn
        self.config = f"CN=Configuration,{self.base}"
        self.schema = f"CN=Schema,{self.config}"
        self.attributes = Attributes(directory)
        self.partitions = [normal_dn(f"{part}{self.base}") for part in
                           ("CN=Schema,CN=Configuration,", "CN=Configuration,", "DC=DomainDnsZones,", "DC=ForestDnsZones,", "")]  # fmt: skip

    def entries(self) -> Iterator[Entry]:
        yield self.head()
        yield from self.password_settings()
        user, computer, group = (
            self.attributes.account("user"),
            self.attributes.account("computer"),
            self.attributes.group(),
        )
        home = normal_dn(self.base)
        for one in self.directory.groups:
            yield Entry(one.dn, group, one, home)
        for account in self.directory.users:
            yield Entry(account.dn, user, account, home)
        for account in self.directory.computers:
            yield Entry(account.dn, computer, account, home)
        yield from self.configuration()
        for zone in self.directory.dns_zones:
            yield from self.zone(zone)

    def entry(
        self, dn: str, classes: list[str], category: str, more: Mapping[str, Any], *, hidden: bool = False
    ) -> Entry:
        name = dn.partition(",")[0].partition("=")[2].replace("\\", "")
        moment = generalized(self.directory.created_at)
        common: dict[str, Any] = {
            "objectClass": ["top", *classes],
            dn.partition("=")[0].lower(): name,
            "name": name,
            "distinguishedName": dn,
            "objectGUID": guid(dn),
            "objectCategory": self.attributes.category(category),
            "instanceType": 4,
            "whenCreated": moment,
            "whenChanged": moment,
        }
        return Entry(dn, plain(common | dict(more)), None, self.partition(dn), hidden=hidden)

    def partition(self, dn: str) -> str:
        normal = normal_dn(dn)
        return next(p for p in self.partitions if normal == p or normal.endswith("," + p))

    def folders(self, entry: Entry, known: Mapping[str, Entry]) -> list[Entry]:
        """The containers above an entry that are not there yet, the highest first."""
        missing: list[Entry] = []
        parts = entry.dn.split(",")
        above = parent_of(entry.normal)
        home = "," + normal_dn(self.base)
        while above.endswith(home) and above not in known:
            parts = parts[1:]
            dn = ",".join(parts)
            kind = self._folder(dn)
            missing.append(self.entry(dn, kind[0], kind[1], {}, hidden=False))
            above = parent_of(above)
        return missing[::-1]

    def _folder(self, dn: str) -> tuple[list[str], str]:
        first = dn.partition(",")[0].lower()
        if first.startswith("ou="):
            return ["organizationalUnit"], "Organizational-Unit"
        if first.startswith("dc="):
            return ["domain", "domainDNS"], "Domain-DNS"
        special = {
            "cn=builtin": (["builtinDomain"], "Builtin-Domain"),
            "cn=configuration": (["configuration"], "Configuration"),
            "cn=schema": (["dMD"], "DMD"),
            "cn=sites": (["sitesContainer"], "Sites-Container"),
            "cn=servers": (["serversContainer"], "Servers-Container"),
        }
        if first not in special and ",cn=sites," in dn.lower() and dn.lower().split(",")[1] == "cn=sites":
            return ["site"], "Site"
        return special.get(first, (["container"], "Container"))

    def head(self) -> Entry:
        directory, policy = self.directory, self.directory.policy
        first = directory.controllers[0]
        values = {
            "objectSid": sid_bytes(directory.domain_sid),
            "minPwdLength": policy.min_length,
            "pwdHistoryLength": policy.history,
            "pwdProperties": COMPLEXITY if policy.complexity else 0,
            "maxPwdAge": age(policy.max_age_s),
            "minPwdAge": interval(policy.min_age_s),
            "lockoutThreshold": policy.lockout_threshold,
            "lockoutDuration": age(policy.lockout_duration_s),
            "lockOutObservationWindow": interval(policy.lockout_window_s),
            "forceLogoff": "-9223372036854775808",
            "creationTime": filetime(directory.created_at),
            "msDS-Behavior-Version": directory.domain_level,
            "ms-DS-MachineAccountQuota": 0,
            "nTMixedDomain": 0,
            "fSMORoleOwner": f"CN=NTDS Settings,{first.dn}",
            "isCriticalSystemObject": truth(True),
        }
        return self.entry(self.base, ["domain", "domainDNS"], "Domain-DNS", values)

    def password_settings(self) -> Iterator[Entry]:
        """The fine-grained policies: ordinary accounts see neither them nor their container."""
        container = f"CN=Password Settings Container,CN=System,{self.base}"
        yield self.entry(
            container, ["msDS-PasswordSettingsContainer"], "ms-DS-Password-Settings-Container", {}, hidden=True
        )
        for policy in self.directory.fine_grained:
            yield self.entry(
                f"CN={policy.name},{container}",
                ["msDS-PasswordSettings"],
                "ms-DS-Password-Settings",
                _fine(policy),
                hidden=True,
            )

    def configuration(self) -> Iterator[Entry]:
        directory = self.directory
        partitions = f"CN=Partitions,{self.config}"
        yield self.entry(
            partitions, ["crossRefContainer"], "Cross-Ref-Container", {"msDS-Behavior-Version": directory.forest_level}
        )
        settings = [f"CN=NTDS Settings,{c.dn}" for c in directory.controllers]
        named = {"nETBIOSName": directory.netbios, "dnsRoot": directory.domain, "nCName": self.base, "systemFlags": 3}
        behaviour = {"msDS-Behavior-Version": directory.domain_level}
        yield self.entry(f"CN={directory.netbios},{partitions}", ["crossRef"], "Cross-Ref", named | behaviour)
        for zone in ("DomainDnsZones", "ForestDnsZones"):
            values = {"dnsRoot": f"{zone}.{directory.domain}", "nCName": f"DC={zone},{self.base}", "systemFlags": 5}
            replicas = {"msDS-NC-Replica-Locations": settings}
            yield self.entry(f"CN={guid(zone).hex()},{partitions}", ["crossRef"], "Cross-Ref", values | replicas)
        for controller in directory.controllers:
            server = {"dNSHostName": controller.dns_name, "serverReference": self._account_of(controller.name)}
            yield self.entry(controller.dn, ["server"], "Server", server)
            settings_class = ["applicationSettings", "nTDSDSARO" if controller.read_only else "nTDSDSA"]
            settings_values = {
                "options": GLOBAL_CATALOG if controller.global_catalog else 0,
                "msDS-Behavior-Version": 7,
                "hasMasterNCs": [self.base, self.config, self.schema],
                "msDS-isRODC": truth(controller.read_only),
            }
            name = f"CN=NTDS Settings,{controller.dn}"
            yield self.entry(
                name, settings_class, "NTDS-DSA-RO" if controller.read_only else "NTDS-DSA", settings_values
            )
        yield from self.dhcp()
        aggregate = f"CN=Aggregate,{self.schema}"
        yield self.entry(aggregate, ["subSchema"], "SubSchema", {})
        services = f"CN=Services,{self.config}"
        for name in ("Certificate Templates", "Enrollment Services"):
            yield self.entry(f"CN={name},CN=Public Key Services,{services}", ["container"], "Container", {})
        other = ["DisableVLVSupport=0", "DynamicObjectDefaultTTL=86400", "DynamicObjectMinTTL=900"]
        service = {"tombstoneLifetime": 180, "msDS-Other-Settings": other}
        yield self.entry(f"CN=Directory Service,CN=Windows NT,{services}", ["nTDSService"], "NTDS-Service", service)

    def _account_of(self, name: str) -> str:
        known = (a.dn for a in self.directory.computers if a.name.lower() == f"{name.lower()}$")
        return next(known, f"CN={name.upper()},OU=Domain Controllers,{self.base}")

    def dhcp(self) -> Iterator[Entry]:
        """The DHCP servers that the domain allows; the form of dhcpServers is that of MS-DHCPE section 7.3."""
        services = f"CN=NetServices,CN=Services,{self.config}"
        root = {"dhcpUniqueKey": 0, "dhcpType": 0, "dhcpIdentification": "DhcpRoot", "dhcpFlags": 0}
        listed = [f"i{s.address}$rcn={s.name}$f0x00000000$s{s.name}$" for s in self.directory.dhcp_servers]
        yield self.entry(
            f"CN=DhcpRoot,{services}", ["dHCPClass"], "DHCP-Class", root | ({"dhcpServers": listed} if listed else {})
        )
        for server, text in zip(self.directory.dhcp_servers, listed, strict=True):
            values = {
                "dhcpUniqueKey": 0,
                "dhcpType": 1,
                "dhcpIdentification": server.name,
                "dhcpFlags": 0,
                "dhcpServers": text,
            }
            yield self.entry(f"CN={server.name},{services}", ["dHCPClass"], "DHCP-Class", values)

    def zone(self, zone: DnsZone) -> Iterator[Entry]:
        home = "ForestDnsZones" if zone.name.startswith("_msdcs.") else "DomainDnsZones"
        dn = f"DC={zone.name},CN=MicrosoftDNS,DC={home},{self.base}"
        yield self.entry(dn, ["dnsZone"], "Dns-Zone", {})
        records = [_name_server(name) for name in zone.servers]
        yield self.entry(f"DC=@,{dn}", ["dnsNode"], "Dns-Node", {"dnsRecord": records, "dNSTombstoned": truth(False)})


def _fine(policy: PasswordPolicy) -> dict[str, Any]:
    values = {
        "msDS-PasswordSettingsPrecedence": policy.precedence,
        "msDS-PasswordReversibleEncryptionEnabled": truth(False),
        "msDS-PasswordHistoryLength": policy.history,
        "msDS-PasswordComplexityEnabled": truth(policy.complexity),
        "msDS-MinimumPasswordLength": policy.min_length,
        "msDS-MinimumPasswordAge": interval(policy.min_age_s),
        "msDS-MaximumPasswordAge": age(policy.max_age_s),
        "msDS-LockoutThreshold": policy.lockout_threshold,
        "msDS-LockoutObservationWindow": interval(policy.lockout_window_s),
        "msDS-LockoutDuration": age(policy.lockout_duration_s),
    }
    return values | ({"msDS-PSOAppliesTo": list(policy.applies_to)} if policy.applies_to else {})


def _name_server(name: str) -> bytes:
    """A dnsRecord of type NS: its header, then the name as counted labels (MS-DNSP section 2.3.2.2)."""
    labels = [label.encode() for label in name.split(".")]
    counted = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    data = bytes((len(counted), len(labels))) + counted
    head = len(data).to_bytes(2, "little") + (2).to_bytes(2, "little") + bytes((5, 240)) + bytes(2)
    return head + (110).to_bytes(4, "little") + (3600).to_bytes(4, "big") + bytes(8) + data
