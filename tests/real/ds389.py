"""A 389 Directory Server of the test's own, as Debian packages it, all of its files in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap3
import pytest

from tests.real.conftest import SUFFIX, Server, free_port, needs, stop, wait_for

MANAGER = ("cn=Directory Manager", "Manager#2026aa")
PERSON = (f"uid=reader,ou=people,{SUFFIX}", "Reader#2026aa")
_TEMPLATES = Path("/usr/share/dirsrv/data")


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """The server in the clear, on loopback: its certificates would need a database of NSS."""
    program = needs("ns-slapd", "389-ds-base")
    if not _TEMPLATES.is_dir():
        pytest.skip("the server's templates are not here: apt-get install 389-ds-base")
    address = "127.0.0.56"
    port = free_port(address)
    _write(folder, address, port)
    with (folder / "out").open("wb") as log:
        process = subprocess.Popen(
            [program, "-D", str(folder / "etc"), "-i", str(folder / "run/pid"), "-d", "0"], stdout=log, stderr=log
        )
    try:
        wait_for(address, port, process)
        _fill(address, port)
        yield Server(address, port)
    finally:
        stop(process)


def _write(folder: Path, address: str, port: int) -> None:
    for name in ("etc/schema", "db", "bak", "ldif", "lock", "log", "run", "inst", "home", "tmp"):
        (folder / name).mkdir(parents=True)
    for file in Path("/etc/dirsrv/config").iterdir():
        shutil.copy(file, folder / "etc" / file.name)
    shutil.copy("/etc/dirsrv/schema/99user.ldif", folder / "etc/schema")
    values = {
        **{f"{name}_dir": str(folder / name) for name in ("db", "bak", "ldif", "lock", "log", "run", "inst", "tmp")},
        **{f"{name}_dir": str(folder / "etc") for name in ("cert", "config")},
        "schema_dir": str(folder / "etc/schema"),
        "db_home_dir": str(folder / "home"),
        "ds_port": f"{port}\nnsslapd-listenhost: {address}\nnsslapd-rootpwstoragescheme: CLEAR",
        "ds_user": "root",
        "ds_passwd": MANAGER[1],
        "rootdn": MANAGER[0],
        "fqdn": "ds.example.test",
        "ldapi": str(folder / "run/ldapi"),
        "ldapi_enabled": "off",
        "ldapi_autobind": "off",
        "db_lib": "bdb",
        "ds_suffix": SUFFIX,
    }
    text = (_TEMPLATES / "template-dse.ldif").read_text()
    for name, value in values.items():
        text = text.replace(f"%{name}%", value)
    (folder / "etc/dse.ldif").write_text(text)


def _fill(address: str, port: int) -> None:
    """A database, three people of whom one is locked and one has a new password, and a policy."""
    server = ldap3.Server(address, port=port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, *MANAGER, auto_bind=True)
    tree = SUFFIX.replace("=", "\\3D").replace(",", "\\2C")
    rule = '(targetattr!="userPassword")(version 3.0; acl "read"; allow (read,search,compare) userdn="ldap:///all";)'
    entries = [
        (
            "cn=userroot,cn=ldbm database,cn=plugins,cn=config",
            ["extensibleObject", "nsBackendInstance"],
            {"nsslapd-suffix": SUFFIX},
        ),
        (
            f"cn={tree},cn=mapping tree,cn=config",
            ["extensibleObject", "nsMappingTree"],
            {"cn": SUFFIX, "nsslapd-state": "backend", "nsslapd-backend": "userroot"},
        ),
        (SUFFIX, ["domain"], {"dc": "example", "aci": rule}),
        (f"ou=people,{SUFFIX}", ["organizationalUnit"], {}),
    ]
    settings = {
        "passwordCheckSyntax": "on", "passwordMinLength": "13", "passwordLockout": "on", "passwordMaxFailure": "7",
        "passwordUnlock": "off", "passwordTrackUpdateTime": "on",
    }  # fmt: skip
    connection.modify("cn=config", {k: [(ldap3.MODIFY_REPLACE, [v])] for k, v in settings.items()})
    people = ("reader", "anna", "carl")
    entries += [
        (f"uid={u},ou=people,{SUFFIX}", ["inetOrgPerson"], {"cn": u, "sn": u, "userPassword": PERSON[1]})
        for u in people
    ]
    for dn, classes, values in entries:
        assert connection.add(dn, ["top", *classes], values), f"{dn}: {connection.result}"
    connection.modify(f"uid=carl,ou=people,{SUFFIX}", {"nsAccountLock": [(ldap3.MODIFY_REPLACE, ["true"])]})
    connection.modify(f"uid=anna,ou=people,{SUFFIX}", {"userPassword": [(ldap3.MODIFY_REPLACE, ["Other#2026aa"])]})
    connection.unbind()
