"""The directory: a domain with its policies, people, computers, groups, controllers and registered servers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.lab.build.plan import Plan
from tests.lab.model import Account, DhcpServer, Directory, DnsZone, DomainController, Group, PasswordPolicy

_GIVEN = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Maya",
    "Noah",
)
_FAMILY = (
    "Archer",
    "Baker",
    "Cole",
    "Dean",
    "Ellis",
    "Frost",
    "Gray",
    "Hale",
    "Ivers",
    "Jones",
    "Keller",
    "Lane",
    "Moss",
    "Noble",
)
_DEPARTMENTS = ("Nursing", "Cardiology", "Radiology", "Laboratory", "Administration", "Pharmacy", "IT")
_SYSTEMS = (
    ("Windows 11 Enterprise", "10.0 (22631)"),
    ("Windows 11 Enterprise", "10.0 (22631)"),
    ("Windows 11 Enterprise", "10.0 (26100)"),
    ("Windows 10 Enterprise", "10.0 (19045)"),
)
_SERVER_SYSTEMS = (
    ("Windows Server 2022 Datacenter", "10.0 (20348)"),
    ("Windows Server 2019 Standard", "10.0 (17763)"),
    ("Windows Server 2022 Standard", "10.0 (20348)"),
    ("Windows Server 2016 Standard", "10.0 (14393)"),
)
_NORMAL, _DISABLED, _NEVER, _WORKSTATION, _CONTROLLER = 0x200, 0x2, 0x10000, 0x1000, 0x2000 | 0x80000
_USERS, _COMPUTERS, _CONTROLLERS = 513, 515, 516


def build_directory(plan: Plan) -> Directory:
    return _Builder(plan).build()


class _Builder:
    """Holds what the parts of the directory share while it is put together."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.table: Mapping[str, Any] = plan.tables.get("directory", {})
        self.domain = str(self.table.get("domain", plan.domain))
        self.base = ",".join(f"DC={part}" for part in self.domain.split("."))
        self.created = plan.now - timedelta(days=3300)
        self.members: dict[str, list[str]] = {}
        self.rid = 1100

    def build(self) -> Directory:
        plan, table = self.plan, self.table
        name = str(table.get("name", "dc-1"))
        users = self._users()
        computers = self._computers()
        groups = self._groups()
        numbers = plan.chance.random("sid")
        return Directory(
            name=name,
            hostname=name,
            platform="active_directory",
            site=plan.site,
            location="Building A, server room A-0.12",
            ldap=plan.place("directory", 0, "ldap"),
            ldaps=plan.place("directory", 0, "ldaps"),
            address="10.10.100.11",
            domain=self.domain,
            netbios=self.domain.split(".")[0].upper(),
            base_dn=self.base,
            domain_sid="S-1-5-21-" + "-".join(str(numbers.randint(10**8, 3 * 10**9)) for _ in range(3)),
            domain_level=int(table.get("domain_level", 7)),
            forest_level=int(table.get("forest_level", 7)),
            created_at=self.created,
            bind_name=f"{plan.logins.username}@{self.domain}",
            bind_password=plan.logins.password,
            admin_name=f"adm.reader@{self.domain}",
            admin_password=plan.logins.enable,
            policy=_policy("default", table.get("policy", {})),
            fine_grained=tuple(self._fine(p) for p in table.get("fine_grained", ())),
            users=users,
            computers=computers,
            groups=groups,
            controllers=self._domain_controllers(),
            dhcp_servers=tuple(
                DhcpServer(f"dhcp-{i}.{self.domain}", str(a))
                for i, a in enumerate(table.get("dhcp_servers", plan.network.get("dhcp_servers", ())), 1)
            ),
            dns_zones=self._zones(),
            faults=plan.faults(name),
            down=name in plan.down,
        )

    # -- names

    def _group_dn(self, name: str) -> str:
        known = _WELL_KNOWN.get(name)
        folder = "OU=Groups" if known is None else "CN=Builtin" if known[3] else "CN=Users"
        return f"CN={name},{folder},{self.base}"

    def _next(self) -> int:
        self.rid += 1
        return self.rid

    # -- people

    def _users(self) -> tuple[Account, ...]:
        now = self.plan.now
        chance = self.plan.chance
        count = self.plan.size("users", 180)
        found = [
            self._user("Administrator", "Administrator", "CN=Users", 500, ["Domain Admins", "Enterprise Admins", "Schema Admins"],
                       now - timedelta(days=300), now - timedelta(days=21), admin=True),
            self._user("Guest", "Guest", "CN=Users", 501, [], None, None, enabled=False),
            self._user("krbtgt", "krbtgt", "CN=Users", 502, [], now - timedelta(days=int(self.table.get("krbtgt_age_days", 130))),
                       None, enabled=False, admin=True, spns=("kadmin/changepw",)),
            self._user(self.plan.logins.username, self.plan.logins.username, "OU=Service", self._next(), [],
                       now - timedelta(days=60), now - timedelta(days=1), never=True, password=self.plan.logins.password),
            self._user("adm.reader", "adm.reader", "OU=Admins", self._next(), ["Domain Admins"],
                       now - timedelta(days=20), now - timedelta(days=1), admin=True, password=self.plan.logins.enable),
            self._user("adm.frost", "Frost (admin)", "OU=Admins", self._next(), ["Domain Admins"],
                       now - timedelta(days=33), now - timedelta(days=2), admin=True),
            self._user("adm.hale", "Hale (admin)", "OU=Admins", self._next(), ["Tier-0 Operators"],
                       now - timedelta(days=45), now - timedelta(days=4), admin=True),
            self._user("adm.oldham", "Oldham (admin)", "OU=Admins", self._next(), ["Domain Admins"],
                       now - timedelta(days=int(self.table.get("stale_admin_days", 803))),
                       now - timedelta(days=412), never=True, admin=True),
            self._user("svc-sql", "svc-sql", "OU=Service", self._next(), [], now - timedelta(days=640),
                       now - timedelta(days=1), never=True, spns=(f"MSSQLSvc/ehr-db-1.{self.domain}:1433",)),
            self._user("svc-backup", "svc-backup", "OU=Service", self._next(), ["Backup Operators"],
                       now - timedelta(days=200), now - timedelta(days=1), never=True, admin=True),
        ]  # fmt: skip
        for i in range(max(0, count - len(found))):
            dice = chance.random("user", i)
            given, family = dice.choice(_GIVEN), dice.choice(_FAMILY)
            stale = dice.random() < 0.04
            found.append(
                self._user(
                    f"user{i + 1:03d}", f"{given} {family} {i + 1:03d}", "OU=People", self._next(),
                    ["Wi-Fi Users", f"Dept {_DEPARTMENTS[i % len(_DEPARTMENTS)]}"],
                    now - timedelta(days=dice.randint(1, 88), seconds=dice.randint(0, 86399)),
                    now - timedelta(days=dice.randint(190, 700) if stale else dice.randint(0, 12)),
                    enabled=dice.random() > 0.05, given=given, family=family,
                    department=_DEPARTMENTS[i % len(_DEPARTMENTS)], telephone=dice.random() < 0.7,
                )
            )  # fmt: skip
        return tuple(found)

    def _user(
        self, name: str, cn: str, unit: str, rid: int, groups: list[str], password_set: datetime | None,
        logon: datetime | None, *, enabled: bool = True, never: bool = False, admin: bool = False,
        spns: tuple[str, ...] = (), password: str = "", given: str = "", family: str = "", department: str = "",
        telephone: bool = False,
    ) -> Account:  # fmt: skip
        dn = f"CN={cn},{unit},{self.base}"
        for group in groups:
            self.members.setdefault(group, []).append(dn)
        return Account(
            dn=dn,
            name=name,
            cn=cn,
            kind="user",
            rid=rid,
            enabled=enabled,
            groups=tuple(self._group_dn(g) for g in groups),
            primary_group=_USERS,
            created_at=self.created if rid < 1000 else self.created + timedelta(days=rid % 2900),
            password_set_at=password_set,
            last_logon_at=logon,
            password_never_expires=never,
            admin_count=admin,
            spns=spns,
            mail=f"{name}@{self.domain}" if department else "",
            unified_messaging=telephone,
            given_name=given,
            surname=family,
            department=department,
            password=password,
            user_account_control=_NORMAL | (0 if enabled else _DISABLED) | (_NEVER if never else 0),
        )

    # -- machines

    def _computers(self) -> tuple[Account, ...]:
        count = self.plan.size("computers", 130)
        found = [self._controller_account(c) for c in self._domain_controllers()]
        servers = ("ehr-app-1", "ehr-app-2", "ehr-db-1", "ehr-db-2", "ehr-web-1", "file-1", "file-2", "lis-app-1", "lis-db-1",
                   "pacs-db-1", "print-1", "ris-app-1", "wsus-1", "radius-1", "dhcp-1", "nms-1")  # fmt: skip
        for i, name in enumerate(servers):
            system = (
                ("Windows Server 2012 R2 Standard", "6.3 (9600)") if name == "lis-app-1" else _SERVER_SYSTEMS[i % 4]
            )
            found.append(self._computer(name, "Servers", *system, old=False))
        for i in range(max(0, count - len(found))):
            dice = self.plan.chance.random("computer", i)
            system = dice.choice(_SYSTEMS) if i % 40 else ("Windows 7 Professional", "6.1 (7601)")
            found.append(self._computer(f"ws-{i + 100}", "Workstations", *system, old=dice.random() < 0.05))
        return tuple(found)

    def _computer(self, name: str, unit: str, system: str, version: str, *, old: bool) -> Account:
        days = self.plan.chance.number(1, 28, "computer-password", name) + (200 if old else 0)
        return Account(
            dn=f"CN={name.upper()},OU={unit},{self.base}",
            name=f"{name.upper()}$",
            cn=name.upper(),
            kind="computer",
            rid=self._next(),
            enabled=True,
            groups=(),
            primary_group=_COMPUTERS,
            created_at=self.created + timedelta(days=self.rid % 2900),
            password_set_at=self.plan.now - timedelta(days=days),
            last_logon_at=self.plan.now - timedelta(days=max(0, days - 20)),
            spns=(f"HOST/{name.upper()}", f"HOST/{name}.{self.domain}"),
            operating_system=system,
            operating_system_version=version,
            dns_name=f"{name}.{self.domain}",
            user_account_control=_WORKSTATION,
        )

    def _controller_account(self, controller: DomainController) -> Account:
        return Account(
            dn=f"CN={controller.name.upper()},OU=Domain Controllers,{self.base}",
            name=f"{controller.name.upper()}$",
            cn=controller.name.upper(),
            kind="computer",
            rid=self._next(),
            enabled=True,
            groups=(),
            primary_group=_CONTROLLERS,
            created_at=self.created,
            password_set_at=self.plan.now - timedelta(days=11),
            last_logon_at=self.plan.now - timedelta(days=2),
            spns=(f"ldap/{controller.dns_name}", f"HOST/{controller.dns_name}"),
            operating_system="Windows Server 2022 Standard",
            operating_system_version="10.0 (20348)",
            dns_name=controller.dns_name,
            user_account_control=_CONTROLLER,
        )

    def _domain_controllers(self) -> tuple[DomainController, ...]:
        first = str(self.table.get("name", "dc-1"))
        names = [first, *(f"dc-{i}" for i in range(2, int(self.table.get("domain_controllers", 2)) + 1))]
        sites = "CN=Sites,CN=Configuration"
        return tuple(
            DomainController(
                n, f"{n}.{self.domain}", "Main-Hospital", f"10.10.100.{11 + i}", True, False,
                f"CN={n.upper()},CN=Servers,CN=Main-Hospital,{sites},{self.base}",
            )
            for i, n in enumerate(names)
        )  # fmt: skip

    def _zones(self) -> tuple[DnsZone, ...]:
        servers = tuple(c.dns_name for c in self._domain_controllers())
        return (
            DnsZone(self.domain, servers),
            DnsZone(f"_msdcs.{self.domain}", servers),
            DnsZone("10.in-addr.arpa", servers),
        )

    # -- groups

    def _groups(self) -> tuple[Group, ...]:
        nested = {"Domain Admins": ["Tier-0 Operators"]}
        for outer, inner in nested.items():
            self.members.setdefault(outer, []).extend(self._group_dn(g) for g in inner)
        self.members.setdefault("Administrators", []).extend(
            [self._group_dn("Domain Admins"), self._group_dn("Enterprise Admins")]
        )
        found = [
            Group(self._group_dn(name), name, rid, tuple(self.members.get(name, ())), scope, text, builtin)
            for name, (rid, scope, text, builtin) in _WELL_KNOWN.items()
        ]
        for name in self.members:
            if name not in _WELL_KNOWN:
                found.append(Group(self._group_dn(name), name, self._next(), tuple(self.members[name])))
        return tuple(found)

    def _fine(self, table: Mapping[str, Any]) -> PasswordPolicy:
        return _policy(
            str(table["name"]), table, tuple(self._group_dn(str(g)) for g in table.get("applies_to", ()))
        )  # fmt: skip


def _policy(name: str, table: Mapping[str, Any], applies_to: tuple[str, ...] = ()) -> PasswordPolicy:
    return PasswordPolicy(
        name=name,
        min_length=int(table.get("min_length", 12)),
        history=int(table.get("history", 24)),
        complexity=bool(table.get("complexity", True)),
        max_age_s=int(table.get("max_age_days", 90)) * 86400,
        min_age_s=int(table.get("min_age_days", 1)) * 86400,
        lockout_threshold=int(table.get("lockout_threshold", 8)),
        lockout_duration_s=int(table.get("lockout_duration_min", 30)) * 60,
        lockout_window_s=int(table.get("lockout_window_min", 30)) * 60,
        precedence=int(table.get("precedence", 0)),
        applies_to=applies_to,
    )


#: Well-known groups: relative id, scope, description, whether it stands in CN=Builtin.
_WELL_KNOWN: dict[str, tuple[int, str, str, bool]] = {
    "Administrators": (544, "domain_local", "Administrators have complete and unrestricted access", True),
    "Account Operators": (548, "domain_local", "Members can administer domain user and group accounts", True),
    "Server Operators": (549, "domain_local", "Members can administer domain servers", True),
    "Print Operators": (550, "domain_local", "Members can administer printers", True),
    "Backup Operators": (551, "domain_local", "Backup Operators can override security to back up files", True),
    "Domain Admins": (512, "global", "Designated administrators of the domain", False),
    "Domain Users": (513, "global", "All domain users", False),
    "Domain Guests": (514, "global", "All domain guests", False),
    "Domain Computers": (515, "global", "All workstations and servers joined to the domain", False),
    "Domain Controllers": (516, "global", "All domain controllers in the domain", False),
    "Schema Admins": (518, "universal", "Designated administrators of the schema", False),
    "Enterprise Admins": (519, "universal", "Designated administrators of the enterprise", False),
    "Group Policy Creator Owners": (520, "global", "Members can modify group policy", False),
    "Protected Users": (525, "global", "Members are afforded additional protections", False),
    "DnsAdmins": (1101, "domain_local", "DNS Administrators Group", False),
}
