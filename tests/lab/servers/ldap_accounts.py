"""The attributes of users, computers and groups, each worked out of the model when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.lab.model import Account, Directory, Group
from tests.lab.servers.ldap_syntax import NEVER, filetime, generalized, guid, normal_dn, sid_bytes, truth

Found = bytes | list[bytes] | None
Make = Callable[[Any], Found]

_GROUP_TYPE = {"global": 0x2, "domain_local": 0x4, "universal": 0x8}
SECURITY, BUILTIN = 0x80000000, 0x1
USER_TYPE, COMPUTER_TYPE, GROUP_TYPE, ALIAS_TYPE = 0x30000000, 0x30000001, 0x10000000, 0x20000000


def _number(value: int) -> bytes:
    """A 32-bit integer as the directory writes it: signed."""
    return str(value - (1 << 32) if value >= 1 << 31 else value).encode()


def _text(value: str) -> Found:
    return value.encode() if value else None


class Attributes:
    """What entries of one directory share: its names, its SID, who is in which group."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.config = f"CN=Configuration,{directory.base_dn}"
        self.schema = f"CN=Schema,{self.config}"
        self.privileged = {
            normal_dn(g.dn) for g in directory.groups if g.rid in (512, 516, 518, 519, 544, 548, 549, 550, 551)
        }
        self.above: dict[str, list[str]] = {}
        for group in directory.groups:
            for member in group.members:
                self.above.setdefault(normal_dn(member), []).append(group.dn)

    def category(self, name: str) -> bytes:
        return f"CN={name},{self.schema}".encode()

    def sid(self, rid: int) -> bytes:
        return sid_bytes(f"{self.directory.domain_sid}-{rid}")

    def common(self, category: str, changed: Make, created: Make) -> dict[str, tuple[str, Any]]:
        """What every object has; ``dn``, ``cn`` come from the source itself."""
        return _shape(
            {
                "cn": lambda o: _text(getattr(o, "cn", "") or o.name),
                "name": lambda o: _text(getattr(o, "cn", "") or o.name),
                "distinguishedName": lambda o: o.dn.encode(),
                "objectGUID": lambda o: guid(o.dn),
                "objectCategory": self.category(category),
                "instanceType": b"4",
                "whenCreated": created,
                "whenChanged": changed,
                "uSNCreated": lambda o: str(8000 + o.rid).encode(),
                "uSNChanged": lambda o: str(9_000_000 + o.rid).encode(),
                "description": lambda o: _text(o.description),
            }
        )

    def account(self, kind: str) -> Mapping[str, tuple[str, Any]]:
        """The shape of a user's or a computer's entry."""
        computer = kind == "computer"
        classes = [b"top", b"person", b"organizationalPerson", b"user", *([b"computer"] if computer else [])]
        shape = self.common(
            "Computer" if computer else "Person",
            lambda a: generalized(a.password_set_at or a.created_at),
            lambda a: generalized(a.created_at),
        )
        shape |= _shape(
            {
                "objectClass": classes,
                "userAccountControl": lambda a: _number(a.user_account_control),
                "badPwdCount": b"0",
                "codePage": b"0",
                "countryCode": b"0",
                "badPasswordTime": b"0",
                "lastLogoff": b"0",
                "lastLogon": lambda a: filetime(a.last_logon_at),
                "pwdLastSet": lambda a: filetime(a.password_set_at),
                "primaryGroupID": lambda a: str(a.primary_group).encode(),
                "objectSid": lambda a: self.sid(a.rid),
                "accountExpires": str(NEVER).encode(),
                "logonCount": lambda a: b"0" if a.last_logon_at is None else b"57",
                "sAMAccountName": lambda a: a.name.encode(),
                "sAMAccountType": str(COMPUTER_TYPE if computer else USER_TYPE).encode(),
                "lastLogonTimestamp": lambda a: filetime(a.last_logon_at) if a.last_logon_at else None,
                "memberOf": lambda a: [g.encode() for g in a.groups],
                "servicePrincipalName": lambda a: [s.encode() for s in a.spns],
                "adminCount": lambda a: b"1" if a.admin_count else None,
            }
        )
        return shape | _shape(self._computer() if computer else self._user())

    def _user(self) -> dict[str, Any]:
        domain = self.directory.domain
        return {
            "sn": lambda a: _text(a.surname),
            "givenName": lambda a: _text(a.given_name),
            "displayName": lambda a: _text(a.cn if a.surname else ""),
            "department": lambda a: _text(a.department),
            "mail": lambda a: _text(a.mail),
            "userPrincipalName": lambda a: f"{a.name}@{domain}".encode() if a.rid >= 1000 else None,
            "isCriticalSystemObject": lambda a: truth(True) if a.rid < 1000 else None,
            "showInAdvancedViewOnly": lambda a: truth(True) if a.rid == 502 else None,
            "telephoneNumber": lambda a: f"+1 555 01{a.rid % 10000:04d}".encode() if a.unified_messaging else None,
            "ipPhone": lambda a: f"{a.rid % 10000:04d}".encode() if a.unified_messaging else None,
            "msRTCSIP-UserEnabled": lambda a: truth(True) if a.unified_messaging else None,
            "msRTCSIP-PrimaryUserAddress": lambda a: (
                f"sip:{a.mail or a.name}".encode() if a.unified_messaging else None
            ),
            "msExchUMEnabledFlags": lambda a: b"831" if a.unified_messaging else None,
        }

    def _computer(self) -> dict[str, Any]:
        return {
            "dNSHostName": lambda a: _text(a.dns_name),
            "operatingSystem": lambda a: _text(a.operating_system),
            "operatingSystemVersion": lambda a: _text(a.operating_system_version),
            "isCriticalSystemObject": lambda a: truth(a.primary_group == 516),
            "localPolicyFlags": b"0",
            "msDS-SupportedEncryptionTypes": b"28",
        }

    def group(self) -> Mapping[str, tuple[str, Any]]:
        created = generalized(self.directory.created_at)
        shape = self.common("Group", lambda _: created, lambda _: created)
        return shape | _shape(
            {
                "objectClass": [b"top", b"group"],
                "member": lambda g: [m.encode() for m in g.members],
                "memberOf": lambda g: [a.encode() for a in self.above.get(normal_dn(g.dn), ())],
                "sAMAccountName": lambda g: g.name.encode(),
                "sAMAccountType": lambda g: str(ALIAS_TYPE if g.scope == "domain_local" else GROUP_TYPE).encode(),
                "groupType": lambda g: _number(SECURITY | _GROUP_TYPE[g.scope] | (BUILTIN if g.builtin else 0)),
                "objectSid": self._group_sid,
                "adminCount": lambda g: b"1" if normal_dn(g.dn) in self.privileged else None,
                "isCriticalSystemObject": lambda g: truth(True) if g.rid < 1000 else None,
            }
        )

    def _group_sid(self, group: Group) -> bytes:
        return sid_bytes(f"S-1-5-32-{group.rid}") if group.builtin else self.sid(group.rid)


def _shape(attributes: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    return {name.lower(): (name, value) for name, value in attributes.items()}


def is_privileged(directory: Directory, account: Account) -> bool:
    """Whether an account stands in Domain Admins, itself or through nesting: it may see what others may not."""
    wanted = {normal_dn(g.dn): [normal_dn(m) for m in g.members] for g in directory.groups}
    todo = [dn for dn in wanted if dn.startswith(("cn=domain admins,", "cn=administrators,"))]
    seen: set[str] = set()
    while todo:
        for member in wanted.get(todo.pop(), ()):
            if member not in seen:
                seen.add(member)
                todo.append(member)
    return normal_dn(account.dn) in seen
