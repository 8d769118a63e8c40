"""The reader of LDAP replies: LDIF, the search's result, groups above accounts, names in records."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Capture, Outcome, Transport
from collector.parse.entries import name_server, sid
from collector.parse.ldif import parse_ldif, read_ldif
from collector.parse.membership import Members
from collector.parse.reading import Reading
from collector.probes.definition import ProbeDef, RequestDef

PROBE = ProbeDef("p", "acme", Transport.LDAP, "any", "1", ())
END = "\n# result: 0 success\n"
PEOPLE = """dn: cn=Ann,dc=hospital,dc=test
cn: Ann
uid: ann
description:: w6l0YWdl
memberOf;range=0-1: cn=A,dc=hospital,dc=test
long: one
  two

dn: cn=Bob\\, B,dc=hospital,dc=test
cn: Bob
jpegPhoto:: //79
"""


def read(*pages: str | bytes, **options: Any) -> Reading:
    request = RequestDef("r", ("(a=b)",), "ldif", (), reader_options=options)
    captures = [
        Capture(
            "t", Transport.LDAP, "p", "1", "r", "search", "", datetime(2026, 11, 23, tzinfo=UTC), Outcome.OK, page=n,
            body=page.encode() if isinstance(page, str) else page,
        )
        for n, page in enumerate(pages)
    ]  # fmt: skip
    return read_ldif(PROBE, request, captures)


def test_entries_are_rows() -> None:
    found = read(PEOPLE + END, domain_of="dn")
    ann, bob = (row.values for row in found.rows)
    assert found.outcome is Outcome.OK
    assert ann["uid"] == ["ann"] and ann["description"] == ["étage"] and ann["long"] == ["one two"]
    assert ann["memberof"] == ["cn=A,dc=hospital,dc=test"] and ann["domain"] == "hospital.test"
    assert bob["rdn"] == "Bob, B" and bob["jpegphoto"] == ["0xfffefd"]


@pytest.mark.parametrize(
    ("page", "detail"),
    [
        (PEOPLE, "ends without the search's result"),
        (PEOPLE + "\n# result: 4 sizeLimitExceeded\n", "result 4"),
        (PEOPLE + "nonsense\n" + END, "damaged"),
        (PEOPLE + "\nuid: nobody\n" + END, "damaged"),
        (PEOPLE.replace("w6l0YWdl", "w6l0*WdlX") + END, "damaged"),
        ("dn: cn=a\nfile:< file:///etc/passwd\n" + END, "damaged"),
    ],
)
def test_a_page_that_is_not_whole_is_unparsed(page: str, detail: str) -> None:
    found = read(page)
    assert found.outcome is Outcome.UNPARSED and detail in found.detail


def test_a_page_without_its_end_spoils_the_whole() -> None:
    assert read(PEOPLE + END, PEOPLE).outcome is Outcome.UNPARSED


def test_pages_that_are_missing_are_told_and_nothing_is_counted() -> None:
    more = "# more pages follow\n"
    page = "dn: cn=CA,dc=x\nobjectClass: ca\noffers: Web\n\ndn: cn=Card,dc=x\nobjectClass: template\n"
    options = {"counts": True, "named_by": {"by": "offers"}}
    cut, whole = read(more + page + END, **options), read(more + page + END, page + END, **options)
    assert cut.outcome is Outcome.UNPARSED and "missing" in cut.detail and whole.outcome is Outcome.OK
    assert [r.values.get("counts") for r in cut.rows] == [None, None] and cut.rows[1].values["by"] is None
    assert whole.rows[-1].values["counts"] == [{"what": "ca", "count": 2}, {"what": "template", "count": 2}]
    assert whole.rows[1].values["by"] == []


def test_an_empty_result_is_zero_or_denied_as_the_probe_says() -> None:
    assert (read(END).outcome, read(END).rows) == (Outcome.OK, ())
    assert read(END, denied_if_empty=True).outcome is Outcome.DENIED
    assert read(PEOPLE + END, proof="minPwdLength").outcome is Outcome.UNPARSED


def test_bits_parts_and_entries_beside() -> None:
    page = (
        "dn: CN=DC1,CN=Servers,CN=Main,CN=Sites,DC=x\nflags: 66050\n\n"
        "dn: CN=NTDS Settings,CN=DC1,CN=Servers,CN=Main,CN=Sites,DC=x\noptions: 1\n"
    )
    found = read(
        page + END,
        bits={
            "off": {"of": "flags", "mask": 2},
            "lost": {"of": "absent", "mask": 2},
            "gc": {"of": "options", "mask": 1},
        },
        parts={"site": {"of": "dn", "pattern": ",CN=Servers,CN=([^,]+),"}},
        beside={"catalogue": {"dn": "CN=NTDS Settings,{dn}", "value": "gc"}},
    )
    server = found.rows[0].values
    assert (server["off"], server["lost"], server["site"], server["catalogue"]) == (True, None, "Main", True)


def test_single_values_flags_and_parts_of_every_value() -> None:
    page = (
        "dn: cn=a,dc=x\nobjectClass: top\nobjectClass: user\nkinds: 28\nwhen: 5\nmember: cn=b,dc=x\nmember: ou=c,dc=x\n\n"
        "dn: cn=b,dc=x\nobjectClass: top\nobjectClass: user\nobjectClass: computer\nkinds: 0\nperiod:: AEA5hy7h/v8=\n"
    )
    first, second, counted = read(
        page + END,
        single=["when"],
        integers=["period"],
        flags={"types": {"of": "kinds", "names": {"rc4": 4, "aes": 24, "des": 3}}},
        parts={"members": {"of": "member", "pattern": "^cn=([^,]+)", "each": True}},
        classes={"computer": ["computer"], "user": ["user"]},
        counts=True,
    ).rows
    assert (first.values["when"], first.values["types"], first.values["members"]) == ("5", ["rc4", "aes"], ["b"])
    assert (second.values["types"], second.values["members"]) == (None, None), "0 leaves it to the server"
    assert (first.values["class"], second.values["class"]) == ("user", "computer")
    assert second.values["period"] == ["-315360000000000"]
    assert counted.values == {"counts": [{"what": "computer", "count": 1}, {"what": "user", "count": 1}]}


def test_what_no_entry_shows_is_unknown_and_not_absent() -> None:
    page = "dn: cn=a\nspn: x\non: TRUE\n\ndn: cn=b\non: FALSE\nobjectClass: computer\n"
    wanted = {
        "spn": {"any": ["spn"]},
        "enabled": {"any": ["on=TRUE"]},
        "hidden": {"any": ["secretExpiry"]},
        "spn_of_computers": {"any": ["spn"], "class": "computer"},
    }
    first, second = (row.values for row in read(page + END, has=wanted, classes={"computer": ["computer"]}).rows)
    assert [first[name] for name in wanted] == [True, True, None, None]
    assert [second[name] for name in wanted] == [False, False, None, False]


def test_entries_that_name_each_other() -> None:
    page = "dn: cn=CA,dc=x\noffers: Web\n\ndn: cn=Web,dc=x\nfrom: cn=CA,dc=x\n\ndn: cn=Card,dc=x\n"
    parts = {"other": {"of": "from", "pattern": "(.+)"}}
    beside = {"theirs": {"dn": "{other}", "value": "offers"}}
    _, web, card = (r.values for r in read(page + END, named_by={"by": "offers"}, parts=parts, beside=beside).rows)
    assert (web["by"], card["by"]) == (["CA"], []) and (web["theirs"], card["theirs"]) == (["Web"], None)
    assert read("dn: cn=Web\n" + END, named_by={"by": "offers"}).rows[0].values["by"] is None


def test_the_session_tells_how_it_was_bound() -> None:
    page = "# connection: tls=ldaps bind=ntlm channel_binding=no\n# reference: ldap://x/ # result: 4 no\ndn: cn=a\n"
    found = read(page + END)
    assert found.outcome is Outcome.OK
    assert found.rows[0].values["connection"] == {"tls": "ldaps", "bind": "ntlm", "channel_binding": "no"}


def test_binary_identifiers_and_name_servers() -> None:
    raw = bytes([1, 2, 0, 0, 0, 0, 0, 5]) + (32).to_bytes(4, "little") + (544).to_bytes(4, "little")
    assert sid(raw) == "S-1-5-32-544"
    assert sid(b"short") == "short"
    labels = b"\x04dc-1\x08hospital\x04test\x00"
    record = (0).to_bytes(2, "little") + (2).to_bytes(2, "little") + bytes(20) + bytes([len(labels), 3]) + labels
    assert name_server(record) == "dc-1.hospital.test"
    assert name_server(record[:2] + (1).to_bytes(2, "little") + record[4:]) == "", "an address is no name server"
    page = f"dn: dc=@\ndnsRecord:: {base64.b64encode(record).decode()}\n"
    assert read(page + END, name_servers=["dnsRecord"]).rows[0].values["dnsrecord"] == ["dc-1.hospital.test"]


def entry(dn: str, number: int, *groups: str, primary: int = 0) -> dict[str, Any]:
    own = {"dn": dn, "rdn": dn.partition(",")[0], "objectsid": [f"S-1-5-21-1-2-3-{number}"]}
    return (
        own | ({"memberof": list(groups)} if groups else {}) | ({"primarygroupid": [str(primary)]} if primary else {})
    )


def test_membership_through_groups_the_primary_group_and_circles() -> None:
    rows = [
        entry("Domänen-Admins,d", 512, "Inner,d"),
        entry("Inner,d", 1200, "Domänen-Admins,d"),
        entry("Staff,d", 1201),
        entry("direct,d", 1, "domänen-admins, d"),
        entry("nested,d", 2, "Inner,d"),
        entry("primary,d", 3, primary=512),
        entry("plain,d", 4, "Staff,d", primary=1201),
        entry("foreign,d", 5, "Elsewhere,x"),
        entry("lost,d", 6, primary=9999),
    ]
    members = Members(lambda: rows, ["-512"])
    found = {row["dn"]: members.of(row)[1] for row in rows[3:]}
    assert found == {
        "direct,d": True, "nested,d": True, "primary,d": True, "plain,d": False, "foreign,d": None, "lost,d": None,
    }  # fmt: skip
    assert members.of(rows[4])[0] == ["Domänen-Admins"]


@given(st.binary(max_size=300))
def test_anything_is_read_without_raising(body: bytes) -> None:
    parse_ldif(body)
    found = read(
        body,
        sids=["objectSid"],
        name_servers=["dnsRecord"],
        integers=["n"],
        single=["cn"],
        members=["-512"],
        domain_of="dn",
        counts=True,
        bits={"b": {"of": "cn", "mask": 1}},
        has={"h": {"any": ["cn"]}},
        named_by={"m": "cn"},
        beside={"o": {"dn": "{dn}", "value": "cn"}},
    )
    assert found.outcome is not Outcome.OK or b"# result: 0" in body
