"""Real servers that Debian packages, provisioned in temporary folders on loopback, one each a test session.

The servers have fixed ports: the tests here are run by one process, after the others (`make test`).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.sessions.snmp_ber import decode_response
from tests.real import domain


@dataclass(frozen=True, slots=True)
class Server:
    """Where a real server listens, and the files that a client needs."""

    address: str
    port: int
    tls_port: int = 0
    ca_file: Path = Path()
    name: str = ""


def needs(program: str, package: str) -> str:
    """The program's path; skips the test, naming the Debian package, where it is absent."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not here: apt-get install {package}")
    return found


def free_port(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Until the port accepts; fails with the server's own words when it dies first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"nothing listens on {address}:{port} after {seconds} s")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


# SNMP

COMMUNITY = "lab-read-77"
AUTH, PRIV = "auth-pass-4711", "priv-pass-4712"

_SNMPD = f"""
agentAddress udp:{{address}}:{{port}}
rocommunity {COMMUNITY} 127.0.0.0/8
createUser sha1 SHA "{AUTH}" AES "{PRIV}"
createUser sha256 SHA-256 "{AUTH}" AES "{PRIV}"
createUser narrow SHA-256 "{AUTH}" AES "{PRIV}"
rouser sha1 authpriv
rouser sha256 authpriv
view little included .1.3.6.1.2.1.1
rouser narrow authpriv -V little
sysLocation Building A
sysContact noc@hospital.example
sysName real-snmpd
override .1.3.6.1.4.1.42397.1.1.2.1.0 octet_str "GWN7605"
override .1.3.6.1.4.1.42397.1.1.2.4.0 octet_str "1.0.19.12"
"""


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = needs("snmpd", "snmpd")
    folder = tmp_path_factory.mktemp("snmpd")
    address = "127.0.0.61"
    port = free_port(address, socket.SOCK_DGRAM)
    config = folder / "snmpd.conf"
    config.write_text(_SNMPD.format(address=address, port=port))
    (folder / "state").mkdir()
    process = subprocess.Popen(
        [program, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(config), "-p", str(folder / "pid"), "-I", "-smux"],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "state")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _answers(address, port, process)
        yield Server(address, port)
    finally:
        stop(process)


def _answers(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    """Ask sysUpTime until the agent answers."""
    pdu = bytes.fromhex("02020101 020100 020100 300e 300c 06082b06010201010300 0500".replace(" ", ""))
    community = COMMUNITY.encode()
    inner = b"\x02\x01\x01\x04" + bytes([len(community)]) + community + b"\xa0" + bytes([len(pdu)]) + pdu
    message = b"\x30" + bytes([len(inner)]) + inner
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.1)
        for _ in range(100):
            assert process.poll() is None, "snmpd ended"
            client.sendto(message, (address, port))
            try:
                decode_response(client.recv(2000))
            except TimeoutError:
                continue
            return
    pytest.fail("snmpd does not answer")


# OpenLDAP

SUFFIX = "dc=example,dc=test"
READER = (f"uid=reader,ou=people,{SUFFIX}", "reader-pass-5521")

_SLAPD = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
security simple_bind=128
sizelimit size.soft=40 size.hard=40 size.prtotal=unlimited
database mdb
suffix {suffix}
rootdn cn=admin,{suffix}
directory {folder}/db
overlay ppolicy
ppolicy_default cn=default,ou=policies,{suffix}
access to attrs=userPassword by anonymous auth by * none
access to dn.exact="cn=hidden,ou=policies,{suffix}" attrs=pwdAttribute,pwdMinLength by * none
access to * by users read by anonymous auth
"""
_SEED = f"""dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=policies,{SUFFIX}
objectClass: organizationalUnit
ou: policies

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=empty,{SUFFIX}
objectClass: organizationalUnit
ou: empty

dn: ou=elsewhere,{SUFFIX}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://elsewhere.example.test/ou=elsewhere,{SUFFIX}

dn: cn=default,ou=policies,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdCheckQuality: 2
pwdMinLength: 14
pwdMaxFailure: 5
pwdLockout: TRUE

dn: cn=unchecked,ou=policies,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: unchecked
pwdAttribute: userPassword
pwdMinLength: 14
pwdMaxFailure: 5
pwdMaxAge: 7776000

dn: cn=hidden,ou=policies,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: hidden
pwdAttribute: userPassword
pwdMinLength: 14

dn: {READER[0]}
objectClass: inetOrgPerson
uid: reader
cn: Zoë Reader
sn: Reader
userPassword: {READER[1]}
"""


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program, adder = needs("slapd", "slapd"), needs("slapadd", "slapd")
    folder = tmp_path_factory.mktemp("slapd")
    address = "127.0.0.54"
    port, tls_port = free_port(address), free_port(address)
    (folder / "db").mkdir()
    certificate(folder, address, "ldap.example.test")
    config = folder / "slapd.conf"
    config.write_text(_SLAPD.format(folder=folder, suffix=SUFFIX))
    people = "".join(
        f"\ndn: uid=u{n:03},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: u{n:03}\ncn: User {n}\nsn: {n}\n"
        for n in range(120)
    )
    (folder / "seed.ldif").write_text(_SEED + people)
    subprocess.run([adder, "-q", "-f", str(config), "-l", str(folder / "seed.ldif")], check=True, capture_output=True)
    urls = f"ldap://{address}:{port} ldaps://{address}:{tls_port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-d", "0", "-f", str(config), "-h", urls], stdout=log, stderr=log)
    try:
        wait_for(address, tls_port, process)
        yield Server(address, port, tls_port, folder / "ca.pem", "ldap.example.test")
    finally:
        stop(process)


def certificate(folder: Path, address: str, name: str) -> None:
    """A CA (``ca.pem``) and a server's certificate and key signed by it, for the address and the name."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = dt.datetime.now(dt.UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(ca_name).public_key(public)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(1))
        return made.not_valid_after(now + dt.timedelta(30))

    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    ca = begin(ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(True, None), critical=True)
    ca = ca.add_extension(usage, critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))]
    server = begin(subject, key.public_key()).add_extension(x509.SubjectAlternativeName(names), critical=False)
    server = server.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / "server.pem").write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(private)


# Active Directory, as Samba serves it


def _change(folder: Path, config: Path, number: int, changes: str) -> None:
    """Changes as LDIF to the domain's database, which nobody has open yet; relaxed: among them are what only servers write."""
    place = folder / f"{number}.ldif"
    place.write_text(changes)
    program = needs("ldbmodify" if "changetype:" in changes else "ldbadd", "ldb-tools")
    options = [f"--configfile={config}", "--option=dsdb:schema update allowed=yes", "--controls=relax:0"]
    subprocess.run(
        [program, "-H", str(folder / "private/sam.ldb"), *options, str(place)], check=True, capture_output=True
    )


AD_BASE = "DC=lab,DC=example,DC=test"
AD_ADMINISTRATOR = ("administrator@lab.example.test", "Passw0rd!Lab1")
AD_READER = ("reader@lab.example.test", "Readonly#2026aa")
_SAMBA = """
[global]
    netbios name = DC1
    realm = LAB.EXAMPLE.TEST
    workgroup = LAB
    server role = active directory domain controller
    server services = ldap, cldap, kdc, rpc
    interfaces = {address}/8
    bind interfaces only = yes
    nbt client socket address = {address}
    private dir = {folder}/private
    state directory = {folder}/state
    cache directory = {folder}/cache
    lock directory = {folder}/lock
    pid directory = {folder}/run
    ncalrpc dir = {folder}/ncalrpc
    ntp signd socket directory = {folder}/ntp
    winbindd socket directory = {folder}/winbind
    binddns dir = {folder}/bind
    log file = {folder}/log.%m
    logging = file
    tls priority = NORMAL
    ldap server require strong auth = {strong}
[sysvol]
    path = {folder}/state/sysvol
[netlogon]
    path = {folder}/state/sysvol/lab.example.test/scripts
"""


@pytest.fixture(scope="session")
def samba_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A domain in a folder, as it is before its controller is started."""
    needs("samba", "samba-ad-dc")
    tool = needs("samba-tool", "samba-ad-dc")
    needs("ldbmodify", "ldb-tools")
    if not Path("/usr/share/samba/setup").exists():
        pytest.skip("samba's set-up files are not here: apt-get install samba-ad-provision")
    if os.geteuid() != 0:
        pytest.skip("a domain controller's ports are below 1024: run as root")
    folder = tmp_path_factory.mktemp("domain")
    options = ["--option=interfaces=127.0.0.53/8", "--option=bind interfaces only=yes"]
    provision = [tool, "domain", "provision", f"--targetdir={folder}", "--realm=LAB.EXAMPLE.TEST", "--domain=LAB"]
    provision += ["--server-role=dc", "--dns-backend=SAMBA_INTERNAL", "--host-name=dc1", "--host-ip=127.0.0.53"]
    provision += [f"--adminpass={AD_ADMINISTRATOR[1]}", "--function-level=2008_R2", *options]
    subprocess.run(provision, check=True, capture_output=True)
    config = _configure(folder, "127.0.0.53", "yes")
    for words in (
        ["domain", "passwordsettings", "set", "--min-pwd-length=14", "--account-lockout-threshold=10"],
        ["user", "create", "reader", AD_READER[1]],
        ["spn", "add", "ldap/DC1.lab.example.test", "DC1$"],  # what it would do itself where it runs its own DNS
    ):
        subprocess.run([tool, *words, "-s", str(config)], check=True, capture_output=True)
    for number, changes in enumerate((domain.LAPS_SCHEMA, domain.LAPS_CLASS, domain.ENTRIES, domain.MEMBERSHIPS)):
        _change(folder, config, number, changes)
    return folder


@pytest.fixture(scope="session")
def samba(samba_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A domain controller that takes Kerberos and NTLM over TLS, as Windows does where channel binding is not demanded."""
    with _controller(
        samba_files, tmp_path_factory.mktemp("samba") / "dc", "127.0.0.53", "allow_sasl_over_tls"
    ) as server:
        yield server


@pytest.fixture(scope="session")
def strict_samba(samba_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same domain, by Samba's own default: binds other than simple ones must sign, even over TLS."""
    with _controller(samba_files, tmp_path_factory.mktemp("strict") / "dc", "127.0.0.57", "yes") as server:
        yield server


def _configure(folder: Path, address: str, strong: str) -> Path:
    for name in ("run", "cache", "ncalrpc", "ntp", "winbind", "lock", "state", "bind"):
        (folder / name).mkdir(exist_ok=True)
    config = folder / "run.conf"
    config.write_text(_SAMBA.format(folder=folder, address=address, strong=strong))
    return config


@contextmanager
def _controller(files: Path, folder: Path, address: str, strong: str) -> Iterator[Server]:
    """A controller of its own copy of the domain; its ports are fixed (389, 636), so it has an address of its own."""
    try:
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((address, 636))
    except OSError:
        pytest.skip(f"{address}:636 is taken, by another domain controller perhaps")
    shutil.copytree(files, folder)
    config = _configure(folder, address, strong)
    with (folder / "stdout").open("wb") as log:
        process = subprocess.Popen(
            [needs("samba", "samba-ad-dc"), "-F", "--no-process-group", "-M", "prefork", "-s", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(address, 636, process, 60)
        yield Server(address, 389, 636, folder / "private/tls/ca.pem", "DC1.lab.example.test")
    finally:
        stop(process)
