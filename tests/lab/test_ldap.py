"""The directory, asked with ldap3 and with OpenLDAP's ldapsearch."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ldap3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from tests.lab.hospital import Hospital
from tests.lab.lab import Lab
from tests.lab.servers.ldap_message import read_request
from tests.lab.servers.ldap_syntax import filetime, normal_dn, sid_bytes
from tests.lab.servers.ldap_world import World
from tests.lab.servers.snmp_ber import BerError

PEOPLE = "(&(objectCategory=person)(objectClass=user))"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), kinds=("ldap",), latency_s=0) as running:
        yield running


def server(lab: Lab, *, tls: bool = True, info: str = ldap3.NONE) -> ldap3.Server:
    directory = lab.hospital.directory
    place = directory.ldaps if tls else directory.ldap
    trust = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(lab.folder / "ca.pem"))
    return ldap3.Server(place.address, port=place.port, use_ssl=tls, tls=trust, get_info=info, connect_timeout=5)


def connect(lab: Lab, *, admin: bool = False, **options: Any) -> ldap3.Connection:
    directory = lab.hospital.directory
    name, password = (
        (directory.admin_name, directory.admin_password) if admin else (directory.bind_name, directory.bind_password)
    )
    options = {"user": name, "password": password, "receive_timeout": 5, "auto_referrals": False} | options
    return ldap3.Connection(options.pop("server", None) or server(lab), **options)


@pytest.fixture
def reader(lab: Lab) -> Iterator[ldap3.Connection]:
    connection = connect(lab)
    assert connection.bind()
    yield connection
    connection.unbind()


@pytest.fixture
def base(lab: Lab) -> str:
    return lab.hospital.directory.base_dn


def names(connection: ldap3.Connection, base: str, wanted: str) -> set[str]:
    connection.search(base, wanted, attributes=["sAMAccountName"])
    return {
        e["raw_attributes"]["sAMAccountName"][0].decode() for e in connection.response if e["type"] == "searchResEntry"
    }


# ------------------------------------------------------------------------------------------------------ binding


def test_anybody_may_read_the_root_entry_and_nothing_else(lab: Lab, base: str) -> None:
    plain = server(lab, tls=False, info=ldap3.DSA)
    with connect(lab, server=plain, user=None, password=None) as connection:
        assert plain.info.other["defaultNamingContext"] == [base]
        assert plain.info.other["domainFunctionality"] == ["7"]
        assert "1.2.840.113556.1.4.319" in str(plain.info.supported_controls)
        connection.search(base, "(objectClass=*)")
        assert connection.result["description"] == "operationsError"
        assert "successful bind" in connection.result["message"]


def test_a_password_in_clear_text_is_refused(lab: Lab) -> None:
    connection = connect(lab, server=server(lab, tls=False))
    assert not connection.bind()
    assert connection.result["description"] == "strongerAuthRequired"


def test_starttls_then_bind(lab: Lab, base: str) -> None:
    connection = connect(lab, server=server(lab, tls=False))
    connection.open()
    assert connection.start_tls()
    assert connection.bind()
    assert names(connection, base, "(sAMAccountName=krbtgt)") == {"krbtgt"}
    connection.unbind()


def test_a_wrong_password_is_told_as_active_directory_tells_it(lab: Lab) -> None:
    connection = connect(lab, password="wrong")
    assert not connection.bind()
    assert connection.result["description"] == "invalidCredentials"
    assert "data 52e" in connection.result["message"]


def test_names_that_a_login_may_use(lab: Lab) -> None:
    directory = lab.hospital.directory
    account = next(u for u in directory.users if u.name == lab.hospital.logins.username)
    for name in (directory.bind_name, f"{directory.netbios}\\{account.name}", account.dn):
        with connect(lab, user=name) as connection:
            assert connection.extend.standard.who_am_i() == f"u:{directory.netbios}\\{account.name}"


def test_wrong_passwords_lock_an_account() -> None:
    directory = Hospital.load().directory
    world = World(directory)
    for _ in range(directory.policy.lockout_threshold):
        assert world.login(directory.admin_name, "wrong") == (None, "52e")
    assert world.login(directory.admin_name, directory.admin_password) == (None, "775")
    assert world.login(directory.bind_name, directory.bind_password)[0] is not None


# ------------------------------------------------------------------------------------------------------ searching


def test_the_policy_is_on_the_domain_head_and_changes(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    def head() -> dict[str, Any]:
        reader.search(base, "(objectClass=*)", ldap3.BASE, attributes=["minPwdLength", "maxPwdAge", "lockoutThreshold"])
        return dict(reader.response[0]["attributes"])

    policy = lab.hospital.directory.policy
    assert head()["maxPwdAge"] in (
        str(-policy.max_age_s * 10**7),
        [str(-policy.max_age_s * 10**7)],
        timedelta(seconds=policy.max_age_s),
    )
    assert str(policy.min_length) in str(head()["minPwdLength"])
    lab.change(lambda tables: tables["directory"]["policy"].update(min_length=6))
    assert "6" in str(head()["minPwdLength"])
    lab.change(lambda tables: tables["directory"]["policy"].update(min_length=policy.min_length))


def test_pages_give_every_account_once(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    found = list(
        reader.extend.standard.paged_search(base, PEOPLE, ldap3.SUBTREE, attributes=["sAMAccountName"], paged_size=25)
    )
    dns = [entry["dn"] for entry in found if entry["type"] == "searchResEntry"]
    assert sorted(dns) == sorted(u.dn for u in lab.hospital.directory.users)
    assert any(entry["type"] == "searchResRef" for entry in found)


def test_a_size_limit_cuts(reader: ldap3.Connection, base: str) -> None:
    reader.search(base, "(objectClass=user)", size_limit=5)
    assert reader.result["description"] == "sizeLimitExceeded"
    assert len(reader.entries) == 5


def test_members_through_nesting(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    admins = next(g for g in lab.hospital.directory.groups if g.name == "Domain Admins")
    direct = names(reader, base, f"(memberOf={admins.dn})")
    nested = names(reader, base, f"(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:={admins.dn}))")
    assert "adm.hale" in nested - direct
    assert "adm.oldham" in direct & nested
    hale = next(u for u in lab.hospital.directory.users if u.name == "adm.hale")
    groups = names(reader, base, f"(member:1.2.840.113556.1.4.1941:={escape_filter_chars(hale.dn)})")
    assert {"Tier-0 Operators", "Domain Admins", "Administrators"} <= groups


def test_bits_and_the_rest_of_the_filter_grammar(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    users = lab.hospital.directory.users
    disabled = {u.name for u in users if not u.enabled}
    assert names(reader, base, f"(&{PEOPLE}(userAccountControl:1.2.840.113556.1.4.803:=2))") == disabled
    assert (
        names(reader, base, f"(&{PEOPLE}(!(userAccountControl:1.2.840.113556.1.4.803:=2)))")
        == {u.name for u in users} - disabled
    )
    assert names(reader, base, "(sAMAccountName=ADM.*)") == {u.name for u in users if u.name.startswith("adm.")}
    assert names(reader, base, "(sAMAccountName=*m.f*st)") == {"adm.frost"}
    assert names(reader, base, f"(&{PEOPLE}(servicePrincipalName=*))") == {u.name for u in users if u.spns}
    border = datetime.now(UTC) - timedelta(days=365)
    old = {u.name for u in users if u.password_set_at and u.password_set_at <= border} | {"Guest"}
    assert names(reader, base, f"(&{PEOPLE}(pwdLastSet<={filetime(border).decode()}))") == old
    assert names(reader, base, "(|(cn=krbtgt)(&(objectClass=computer)(operatingSystem=*7*Professional)))") >= {"krbtgt"}
    krbtgt = next(u for u in users if u.name == "krbtgt")
    sid = f"{lab.hospital.directory.domain_sid}-{krbtgt.rid}"
    assert names(reader, base, f"(objectSid={sid})") == {"krbtgt"}
    assert names(reader, base, "(cn=no such thing)") == set()


def test_binary_values_and_chosen_attributes(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    reader.search(base, "(sAMAccountName=krbtgt)", attributes=["objectSid", "pwdLastSet", "nosuch"])
    entry = next(e for e in reader.response if e["type"] == "searchResEntry")
    assert set(entry["raw_attributes"]) - {"nosuch"} == {"objectSid", "pwdLastSet"}
    assert entry["raw_attributes"]["objectSid"] == [sid_bytes(f"{lab.hospital.directory.domain_sid}-502")]
    reader.search(base, "(sAMAccountName=krbtgt)", attributes=[ldap3.NO_ATTRIBUTES])
    assert not reader.entries[0].entry_attributes


def test_long_member_lists_come_in_ranges(lab: Lab) -> None:
    world = World(Hospital.generate(users=4000).directory)
    group = next(e for e in world.tree.by_dn.values() if e.values("samaccountname") == (b"Wi-Fi Users",))
    assert len(group.values("member")) > 3000


def test_password_settings_are_hidden_from_ordinary_accounts(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    container = f"CN=Password Settings Container,CN=System,{base}"
    reader.search(base, "(objectClass=msDS-PasswordSettings)")
    assert not reader.entries
    reader.search(container, "(objectClass=*)")
    assert reader.result["description"] == "noSuchObject"
    assert reader.result["dn"] == f"CN=System,{base}"
    with connect(lab, admin=True) as admin:
        admin.search(container, "(objectClass=msDS-PasswordSettings)", attributes=["msDS-MinimumPasswordLength"])
        assert [e.entry_attributes_as_dict["msDS-MinimumPasswordLength"] for e in admin.entries] in ([[16]], [["16"]])


def test_the_configuration_and_dns_partitions_are_searched_by_their_names(
    lab: Lab, reader: ldap3.Connection, base: str
) -> None:
    directory = lab.hospital.directory
    config = f"CN=Configuration,{base}"
    reader.search(base, "(objectClass=nTDSDSA)")
    assert not reader.entries
    reader.search(config, "(objectClass=server)", attributes=["dNSHostName"])
    assert {str(e.dNSHostName) for e in reader.entries} == {c.dns_name for c in directory.controllers}
    reader.search(
        f"CN=NetServices,CN=Services,{config}", "(&(objectClass=dHCPClass)(dhcpType=1))", attributes=["dhcpServers"]
    )
    assert {str(e.dhcpServers).split("$")[0] for e in reader.entries} == {
        f"i{s.address}" for s in directory.dhcp_servers
    }
    reader.search(f"DC=DomainDnsZones,{base}", "(objectClass=dnsZone)", attributes=["name"])
    assert {str(e.name) for e in reader.entries} == {
        z.name for z in directory.dns_zones if not z.name.startswith("_msdcs")
    }


def test_nothing_can_be_written(lab: Lab, base: str) -> None:
    with connect(lab, admin=True) as admin:
        assert not admin.modify(base, {"minPwdLength": [(ldap3.MODIFY_REPLACE, ["1"])]})
        assert admin.result["description"] == "insufficientAccessRights"
        assert not admin.add(f"CN=new,{base}", ["user"], {"sAMAccountName": "new"})
        assert not admin.delete(base)
        assert not admin.modify_dn(base, "DC=other")


def test_a_stale_administrator_is_in_the_demo(lab: Lab, reader: ldap3.Connection, base: str) -> None:
    border = filetime(datetime.now(UTC) - timedelta(days=180)).decode()
    admins = next(g for g in lab.hospital.directory.groups if g.name == "Domain Admins")
    stale = f"(&(memberOf:1.2.840.113556.1.4.1941:={admins.dn})(lastLogonTimestamp<={border}))"
    assert names(reader, base, stale) == {"adm.oldham"}


def test_ldapsearch_reads_all_computers(lab: Lab, base: str) -> None:
    tool = shutil.which("ldapsearch")
    if not tool:
        pytest.skip("ldapsearch is not here (Debian package ldap-utils)")
    directory = lab.hospital.directory
    command = [tool, "-LLL", "-ZZ", "-H", f"ldap://{directory.ldap.address}:{directory.ldap.port}", "-x", "-D", directory.bind_name,
               "-w", directory.bind_password, "-E", "pr=50/noprompt", "-b", base, "(objectClass=computer)", "operatingSystem"]  # fmt: skip
    trust = os.environ | {"LDAPTLS_CACERT": str(lab.folder / "ca.pem")}
    done = subprocess.run(command, env=trust, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\ndn: ") + done.stdout.startswith("dn: ") == len(directory.computers)


# ------------------------------------------------------------------------------------------------------ faults


@pytest.fixture
def broken(lab: Lab) -> Iterator[Callable[[str], None]]:
    def breaks(fault: str) -> None:
        lab.change(lambda tables: tables["fault"].update({lab.hospital.directory.name: {"ldap": fault}}))

    yield breaks
    lab.change(lambda tables: tables["fault"].clear())


@pytest.mark.parametrize("fault", ["garbage", "truncated", "stall"])
def test_replies_that_go_wrong(lab: Lab, base: str, broken: Callable[[str], None], fault: str) -> None:
    broken(fault)
    connection = connect(lab, receive_timeout=1)
    assert connection.bind()
    with pytest.raises(
        (LDAPException, OSError, LookupError, TypeError, ValueError)
    ):  # ldap3 lets its parser's errors out
        connection.search(base, "(objectClass=user)")


@pytest.mark.parametrize("fault", ["wrong_name", "self_signed"])
def test_a_lying_certificate(lab: Lab, broken: Callable[[str], None], fault: str) -> None:
    broken(fault)
    with pytest.raises(LDAPException):
        connect(lab).bind()


def test_a_device_that_is_down(lab: Lab) -> None:
    name = lab.hospital.directory.name
    lab.change(lambda tables: tables["down"].append(name))
    try:
        with pytest.raises(LDAPException):
            connect(lab).bind()
    finally:
        lab.change(lambda tables: tables["down"].clear())


# ------------------------------------------------------------------------------------------------------ the engine


@given(st.binary(max_size=120))
def test_noise_is_refused_as_such(noise: bytes) -> None:
    try:
        read_request(noise)
    except BerError:
        return


def test_names_are_the_same_however_they_are_written() -> None:
    assert normal_dn("CN = Frost (admin), OU=Admins ,DC=Hospital") == "cn=frost (admin),ou=admins,dc=hospital"
    assert normal_dn(r"CN=A\, B,DC=x") == r"cn=a\, b,dc=x"
