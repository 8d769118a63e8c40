"""How long a directory with many accounts takes to read, and how much memory: a real slapd, LDAPS, pages of 500.

    python benchmarks/directory.py                            # 20,000 and 200,000 accounts, some minutes on two cores
    python benchmarks/directory.py --accounts 5000 --store    # the whole `collector scan` too

slapd stands for a domain: it has the attributes that the probe `active_directory` asks of accounts, with values of the usual
lengths. Each step is a process of its own, measured from its start: `read` logs in and reads all pages, redacted as in a scan;
`parse` makes the facts of what was read; `scan` is the command line with its worker processes, store and answers. Memory is
the largest sum of proportional set sizes of the process tree that was seen. Needs slapd (Debian: slapd).
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.scan import watch  # noqa: E402
from tests.real.conftest import certificate, free_port  # noqa: E402

SUFFIX = "dc=hospital,dc=test"
READER, PASSWORD = f"cn=reader,{SUFFIX}", "Bench#2026aa"
ADDRESS = "127.0.0.55"

_TEXT, _NUMBER, _NAME, _OCTETS = "15{64}", "27", "12", "40"
_ATTRIBUTES = {
    "sAMAccountName": _TEXT, "userAccountControl": _NUMBER, "pwdLastSet": _NUMBER, "lastLogonTimestamp": _NUMBER,
    "primaryGroupID": _NUMBER, "operatingSystem": _TEXT, "operatingSystemVersion": _TEXT, "servicePrincipalName": _TEXT,
    "msDS-SupportedEncryptionTypes": _NUMBER, "memberOf": _NAME, "objectSid": _OCTETS,
    "msLAPS-PasswordExpirationTime": _NUMBER,
}  # fmt: skip
_MATCH = {
    _TEXT: "caseIgnoreMatch",
    _NUMBER: "integerMatch",
    _NAME: "distinguishedNameMatch",
    _OCTETS: "octetStringMatch",
}


def schema() -> str:
    """The accounts' attributes and classes for slapd, under numbers for experiments (RFC 4512 section 1.4: 1.1 is dead)."""
    lines = [
        f"attributetype ( 1.1.1.{n} NAME '{name}' EQUALITY {_MATCH[syntax]} "
        f"SYNTAX 1.3.6.1.4.1.1466.115.121.1.{syntax.replace('{64}', '')} )"
        for n, (name, syntax) in enumerate(_ATTRIBUTES.items(), 1)
    ]
    may = " $ ".join(["cn", *_ATTRIBUTES])
    lines += [
        f"objectclass ( 1.1.2.1 NAME 'user' SUP top STRUCTURAL MUST cn MAY ( {may} ) )",
        "objectclass ( 1.1.2.2 NAME 'computer' SUP user STRUCTURAL )",
        f"objectclass ( 1.1.2.3 NAME 'group' SUP top STRUCTURAL MUST cn MAY ( {may} ) )",
    ]
    return "\n".join(lines) + "\n"


def sid(number: int) -> str:
    parts = (21, 1417282316, 2891045573, 3302118840, number)
    return b64encode(bytes((1, 5, 0, 0, 0, 0, 0, 5)) + b"".join(p.to_bytes(4, "little") for p in parts)).decode()


def entries(accounts: int) -> Iterator[str]:
    """A fifth of the accounts are computers; everybody is in two of 300 groups, twenty administrators by nesting."""
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: hospital\no: Hospital\n"
    yield f"dn: {READER}\nobjectClass: person\ncn: reader\nsn: reader\nuserPassword: {PASSWORD}\n"
    admins = f"cn=Domain Admins,{SUFFIX}"
    yield f"dn: {admins}\nobjectClass: group\ncn: Domain Admins\nobjectSid:: {sid(512)}\n"
    yield f"dn: cn=Domain Users,{SUFFIX}\nobjectClass: group\ncn: Domain Users\nobjectSid:: {sid(513)}\n"
    yield f"dn: cn=Operations,{SUFFIX}\nobjectClass: group\ncn: Operations\nobjectSid:: {sid(600)}\nmemberOf: {admins}\n"
    for n in range(300):
        yield f"dn: cn=Ward {n},{SUFFIX}\nobjectClass: group\ncn: Ward {n}\nobjectSid:: {sid(1000 + n)}\n"
    for n in range(accounts):
        computer = n % 5 == 0
        name = f"WS-{n:06}$" if computer else f"user{n:06}"
        groups = [f"cn=Ward {n % 300},{SUFFIX}", f"cn=Ward {n % 7},{SUFFIX}", *([f"cn=Operations,{SUFFIX}"] * (n < 20))]
        yield (
            f"dn: cn={name},{SUFFIX}\nobjectClass: {'computer' if computer else 'user'}\ncn: {name}\nsAMAccountName: {name}\n"
            f"objectSid:: {sid(5000 + n)}\nuserAccountControl: {4096 if computer else 512}\nprimaryGroupID: 513\n"
            f"pwdLastSet: {134140213500000000 + n * 10**7}\nlastLogonTimestamp: {134381269500000000 + n * 10**6}\n"
            + "".join(f"memberOf: {g}\n" for g in dict.fromkeys(groups))
            + (
                f"operatingSystem: Windows 11 Enterprise\noperatingSystemVersion: 10.0 (22631)\n"
                f"servicePrincipalName: HOST/WS-{n:06}\nservicePrincipalName: HOST/WS-{n:06}.hospital.test\n"
                f"msDS-SupportedEncryptionTypes: 28\nmsLAPS-PasswordExpirationTime: 134418528000000000\n"
                if computer
                else ""
            )
        )


def serve(folder: Path, accounts: int) -> tuple[subprocess.Popen[bytes], int]:
    """slapd with that many accounts, and its port for LDAPS."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    program, adder = shutil.which("slapd", path=path), shutil.which("slapadd", path=path)
    if program is None or adder is None:
        raise SystemExit("slapd is not here: apt-get install slapd")
    port = free_port(ADDRESS)
    (folder / "db").mkdir()
    certificate(folder, ADDRESS, "ldap.hospital.test")
    (folder / "accounts.schema").write_text(schema())
    (folder / "slapd.conf").write_text(
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        f"include {folder}/accounts.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
        f"pidfile {folder}/slapd.pid\nTLSCertificateFile {folder}/server.pem\nTLSCertificateKeyFile {folder}/server.key\n"
        "sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited\n"
        f"database mdb\nmaxsize 4294967296\nsuffix {SUFFIX}\nrootdn cn=admin,{SUFFIX}\ndirectory {folder}/db\n"
        "index objectClass eq\naccess to attrs=userPassword by anonymous auth by * none\naccess to * by users read\n"
    )
    with (folder / "seed.ldif").open("w") as file:
        file.writelines(entry + "\n" for entry in entries(accounts))
    arguments = ["-q", "-f", str(folder / "slapd.conf"), "-l", str(folder / "seed.ldif")]
    subprocess.run([adder, *arguments], check=True)
    server = subprocess.Popen(
        [program, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", f"ldaps://{ADDRESS}:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1)
    return server, port


def read(folder: Path, port: int) -> None:
    """Log in, read the accounts, keep the captures in a file for the next step."""
    from collector.data import probes_folder
    from collector.evidence.redact import redact
    from collector.model import Credential, Endpoint, Secret, Target, Transport
    from collector.probes.definition import load_probes
    from collector.sessions import open_session

    probe = load_probes([probes_folder()])["active_directory"]
    options = {"ca_file": str(folder / "ca.pem"), "server_name": "ldap.hospital.test"}
    endpoint = Endpoint(Transport.LDAP, port, "reader", 10, 3600, options)
    target = Target("dc", ADDRESS, "active_directory", endpoints=(endpoint,))
    credential = Credential("reader", READER, {"password": Secret(PASSWORD)})
    secrets = list(credential.secrets.values())
    session = open_session(target, endpoint, probe, credential, redact=lambda c: redact(c, probe, secrets, b"k" * 32))
    captures = session.fetch(probe.request("accounts"))
    session.close()
    with (folder / "captures").open("wb") as file:
        pickle.dump(captures, file)
    print(f"{sum(len(c.body or b'') for c in captures) / 1e6:.0f} MB in {len(captures)} pages", file=sys.stderr)


def parse(folder: Path, port: int) -> None:
    """The facts of what was read."""
    from collections import Counter

    from collector.data import probes_folder
    from collector.parse.engine import parse_target
    from collector.probes.definition import load_probes

    with (folder / "captures").open("rb") as file:
        captures = pickle.load(file)
    parsed = parse_target(load_probes([probes_folder()]), captures)
    kinds = Counter(fact.kind for fact in parsed.facts)
    privileged = sum(fact.value.get("privileged") is True for fact in parsed.facts)
    print(f"{dict(kinds)}, {privileged} privileged, {parsed.outcomes[0].outcome}", file=sys.stderr)


def scan(folder: Path, port: int) -> None:
    """`collector scan` of that one target."""
    (folder / "secret").write_text(PASSWORD)
    (folder / "secret").chmod(0o600)
    (folder / "config.toml").write_text(
        f'[credential.reader]\nusername = "{READER}"\npassword = "file:secret"\n'
        f'[scan]\ndeadline = "3600s"\n[defaults.ldap]\ncredential = "reader"\nport = {port}\nca_file = "ca.pem"\n'
        f'server_name = "ldap.hospital.test"\ndeadline = "3600s"\n'
        f'[[target]]\nname = "dc"\naddress = "{ADDRESS}"\nplatform = "active_directory"\n'
    )
    os.execv(sys.executable, [sys.executable, "-m", "collector", "scan", "-c", str(folder / "config.toml"), "--json"])


STEPS = {"read": read, "parse": parse, "scan": scan}


def measure(step: str, folder: Path, port: int) -> tuple[float, float, float]:
    """Wall and CPU seconds of a step in a process of its own, and its largest memory in MB."""
    peak, over = [0], threading.Event()
    before = os.times()
    start = time.monotonic()
    command = [sys.executable, str(Path(__file__)), "--step", step, "--folder", str(folder), "--port", str(port)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    threading.Thread(target=watch, args=(child.pid, peak, over), daemon=True).start()
    child.wait()
    over.set()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - start, cpu, peak[0] / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--store", action="store_true", help="measure a whole scan besides")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        STEPS[given.step](given.folder, given.port)
        return
    print("| accounts | step | s | CPU s | peak MB |\n|---|---|---|---|---|")
    for accounts in given.accounts:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            server, port = serve(folder, accounts)
            try:
                for step in ("read", "parse", *(["scan"] if given.store else [])):
                    wall, cpu, memory = measure(step, folder, port)
                    print(f"| {accounts:,} | {step} | {wall:.0f} | {cpu:.0f} | {memory:.0f} |", flush=True)
            finally:
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
