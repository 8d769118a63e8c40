"""No secret survives redaction, and all around it stays."""

from __future__ import annotations

import base64
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import StoreError
from collector.evidence.marks import load_key
from collector.evidence.redact import redact
from collector.model import Capture, Outcome, Secret, Transport
from collector.probes.definition import ProbeDef, RequestDef

KEY = b"k" * 32


def capture(body: str, transport: Transport = Transport.SSH, detail: str = "") -> Capture:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Capture("t", transport, "p", "1", "r", "show", "show x", at, Outcome.OK, detail, body=body.encode())


def probe(*patterns: str, hashed: tuple[str, ...] = ()) -> ProbeDef:
    compiled = tuple(re.compile(p, re.MULTILINE) for p in patterns)
    return ProbeDef("p", "p", Transport.SSH, "switch", "1", (), redact=compiled, hashed=hashed)


def text_of(body: str, *secrets: str, transport: Transport = Transport.SSH, by: ProbeDef | None = None) -> str:
    made = redact(capture(body, transport), by, [Secret(s) for s in secrets], KEY)
    assert redact(made, by, [Secret(s) for s in secrets], KEY) == made, "redacting twice changes nothing more"
    assert made.body is not None
    return re.sub(r"<redacted:[0-9a-f]{8}>", "<>", made.body.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("enable secret 9 $9$nhEmQ$x", "enable secret 9 <>"),
        ("username a privilege 15 password 7 0822455D0A16", "username a privilege 15 password 7 <>"),
        ("user b password ciphertext AQBapWl8I2x", "user b password ciphertext <>"),
        ("username c password sha512 $6$ab$cdefgh role x", "username c password sha512 <> role x"),
        ("snmp-server community publ1c RO 10", "snmp-server community <> RO 10"),
        (
            "snmp-server user u g v3 auth sha Aa1 priv aes 128 Bb2",
            "snmp-server user u g v3 auth sha <> priv aes 128 <>",
        ),
        (" server-private 10.0.0.1 key 7 13061E010803", " server-private 10.0.0.1 key 7 <>"),
        (" key-string hunter2", " key-string <>"),
        ("ip ospf authentication-key x.y", "ip ospf authentication-key <>"),
        ('psk set-key ascii 0 "two words"', 'psk set-key ascii 0 "<>"'),
        ("password {open", "password <>"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic <>"),
        ('{"Authorization": "Bearer abc"}', '{"Authorization": "<>"}'),
        ("sent Bearer 0123456789abcdefXYZ", "sent Bearer <>"),
        ("Community name: publ1c\nCommunity SecurityName: publ1c", "Community name: <>\nCommunity SecurityName: <>"),
        ("curl https://me:pw@host/x", "curl https://me:<>@host/x"),
        ("<password>x</password>", "<password><></password>"),
        ('{"clientSecret": "a\\"b", "n": 1}', '{"clientSecret": "<>", "n": 1}'),
        ('{"wpa-psk":12345678}', '{"wpa-psk":"<>"}'),
        ('{"cfg": "{\\"token\\": \\"abc\\"}"}', '{"cfg": "{\\"token\\": \\"<>\\"}"}'),
        ("jwt eyJhbGciOiJI.eyJzdWIi.c2ln ok", "jwt <> ok"),
    ],
)
def test_the_secret_goes_and_the_rest_stays(body: str, expected: str) -> None:
    assert text_of(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "service password-encryption",
        "aaa authentication login default group tacacs+ local",
        "no ip http server",
        "neighbor 10.0.0.1 send-community both",
        "set community 65000:100 additive",
        "crypto key generate rsa modulus 2048",
        "key chain OSPF\n key 1",
        "Authorization Details\n Authorization Status: none",
        "Data bearer technology : LTE",
        "Community attribute sent to this neighbor",
        "2 BGP community entries using 48 bytes of memory",
        "Extended Community: Route-Target-AS:1234:12",
        "security passwords min-length 12",
        "Password required: yes",
        "wlan 1\n security wpa psk\n",
        '{"passwordLastSet": "2026-01-01", "tokenType": "bearer", "passwordNeverExpires": true, "secret": {"n": 1}}',
        "pwdLastSet: 133400000000000000\nbadPwdCount: 0\nminPwdLength: 14\n",
        '{"password": null}',
    ],
)
def test_what_only_speaks_of_secrets_stays(body: str) -> None:
    assert text_of(body) == body


PEM = "-----BEGIN RSA PRIVATE KEY-----\n{0}\n{0}\n-----END RSA PRIVATE KEY-----\n"
LINE = "MIIEpAIBAAKCAQEA7bq8Zk0m3K9x1Yw2vQdUtOePlAsNfRgHjCzXbVnM5678hT4r"


def test_private_keys_go_whole_and_cut_off() -> None:
    assert text_of("a\n" + PEM.format(LINE) + "b") == (
        "a\n-----BEGIN RSA PRIVATE KEY-----\n<>\n-----END RSA PRIVATE KEY-----\nb"
    )
    cut = PEM.format(LINE)[:100]
    assert LINE[:20] not in text_of(cut)
    assert LINE[:20] not in text_of(PEM.format("--More-- " + LINE))
    document = json.dumps({"key": PEM.format(LINE), "x": 1})
    found = text_of(document, transport=Transport.HTTP)
    assert LINE not in found
    assert json.loads(found)["x"] == 1
    certificate = PEM.format(LINE).replace("RSA PRIVATE KEY", "CERTIFICATE")
    assert text_of(certificate) == certificate


def test_a_probes_pattern_keeps_what_stands_around_its_groups() -> None:
    by = probe(r"^weird (\S+) and (\S+) end", r"^nogroup \d+$")
    assert text_of("weird a and b end\nnogroup 77\nx", by=by) == "weird <> and <> end\n<>\nx"


def test_the_same_secret_has_the_same_mark_under_one_key_only() -> None:
    made = redact(capture("password 7 aa11\nsecret 5 aa11\npassword 7 bb22"), None, [], KEY).body
    marks = re.findall(rb"<redacted:\w+>", made or b"")
    assert marks[0] == marks[1] != marks[2]
    other = redact(capture("password 7 aa11"), None, [], b"o" * 32).body
    assert marks[0] not in (other or b"")


def test_an_identity_becomes_a_pseudonym_wherever_it_stands() -> None:
    by = probe(hashed=("client-mac", "ms-mac-address"))
    body = json.dumps({"c": [{"client-mac": "aa:bb:cc:00:11:22", "x:ms-mac-address": "AABB.CC00.1122", "ap": "ap-1"}]})
    body += json.dumps({"seen": "aa:bb:cc:00:11:22"})
    found = redact(capture(body, Transport.HTTP), by, [], KEY)
    assert redact(found, by, [], KEY) == found
    text = (found.body or b"").decode()
    assert len(set(re.findall(r"hash:[0-9a-f]{16}", text))) == 1
    assert len(re.findall(r"hash:[0-9a-f]{16}", text)) == 3
    assert "ap-1" in text and "1122" not in text.replace('"hash:', "")


_SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=6, max_size=24
)


def test_a_request_can_have_members_of_its_own_and_hashing_can_be_switched_off() -> None:
    body = '{"mac": "00:53:00:00:00:01"}'
    own = RequestDef("r", ("/clients",), "json", (), hashed=("mac",))
    other = RequestDef("aps", ("/aps",), "json", ())
    by = replace(probe(), requests=(own, other))

    def kept(request: str, *, hashing: bool = True) -> bytes:
        made = replace(capture(body, Transport.HTTP), request=request)
        return redact(made, by, (), KEY, hashing=hashing).body or b""

    assert b"hash:" in kept("r") and b"00:53" not in kept("r")
    assert kept("aps") == kept("r", hashing=False) == body.encode()


@settings(max_examples=150, deadline=None)
@given(_SECRETS, st.sampled_from(list(Transport)), st.data())
def test_a_planted_secret_never_survives(secret: str, transport: Transport, data: st.DataObject) -> None:
    raw = secret.encode()
    spelled = {
        "plain": secret,
        "json": json.dumps(secret),
        "json_utf8": json.dumps(secret, ensure_ascii=False),
        "url": quote(secret, safe=""),
        "base64": base64.b64encode(raw).decode(),
        "base64_inside": base64.b64encode(b"user:" + raw + b"|x").decode(),
        "base64_url": base64.urlsafe_b64encode(b"u:" + raw).decode(),
        "hex": raw.hex(),
    }
    names = data.draw(st.lists(st.sampled_from(sorted(spelled)), min_size=1, max_size=4))
    glue = data.draw(st.sampled_from([" ", "\n", "=", '"', " password ", "x|y|", "|"]))
    body = glue.join(["1.3.6.1|4|before", *(spelled[n] for n in names), "after"])
    made = redact(capture(body, transport, detail=secret), None, [Secret(secret)], KEY)
    found = (made.body or b"").decode()
    bare = re.sub(r"<redacted:[0-9a-f]{8}>", "\x00", found)
    for name in names:
        assert spelled[name].strip('"') not in bare, name
    assert secret not in re.sub(r"<redacted:[0-9a-f]{8}>", "\x00", made.detail)
    for token in re.findall(r"[A-Za-z0-9+/_-]{8,}={0,2}", found):
        padded = token.rstrip("=").replace("-", "+").replace("_", "/")
        assert raw not in base64.b64decode(padded + "=" * (-len(padded) % 4 or 0)) if len(padded) % 4 != 1 else True


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(list(Transport)))
def test_redaction_takes_any_bytes_and_is_idempotent(body: bytes, transport: Transport) -> None:
    given_ = replace(capture("", transport), body=body)
    made = redact(given_, None, [Secret("abcdef")], KEY)
    assert redact(made, None, [Secret("abcdef")], KEY) == made


_PIECES = [
    "password", "secret", "key", " ", " ", "7", "0", '"', "'", "\\", ":", "=", "{", "}", "<", ">", "abc", "x1y2", "$5$", "\n",
    "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "eyJ", ".", "://", "@", "token", ",", "auth sha ", "::", "<redacted:",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=30))
def test_redaction_is_idempotent_on_what_looks_like_secrets(pieces: list[str]) -> None:
    text_of("".join(pieces))


def test_a_long_document_in_one_line_is_laid_out_and_kept_whole() -> None:
    document = [{"host": f"app-{n}", "password": "pw-9931-x", "note": "a\nb"} for n in range(2000)]
    found = redact(capture(json.dumps(document)), probe(), [Secret("pw-9931-x")], KEY)
    assert redact(found, probe(), [Secret("pw-9931-x")], KEY) == found
    read = json.loads(found.body or b"")
    assert [row["host"] for row in read] == [row["host"] for row in document]
    assert b"pw-9931" not in (found.body or b"")
    cut = redact(capture(json.dumps(document)[:-1]), probe(), [], KEY).body or b""
    assert len(cut) < 20_000, "what is no document is a terminal's line"


def test_short_secrets_do_not_tear_words() -> None:
    assert text_of("community lab RO, label", "lab") == "community <> RO, label"
    assert text_of("1.3.6.1.5678.1|4|5678", "5678", transport=Transport.SNMP) == "1.3.6.1.5678.1|4|<>"


def test_snmp_hex_stays_hex() -> None:
    found = redact(
        capture("1.3.6.1|4x|00" + b"hunter22".hex() + "ff", Transport.SNMP), None, [Secret("hunter22")], KEY
    ).body
    value = (found or b"").decode().split("|")[2]
    assert bytes.fromhex(value).startswith(b"<redacted:")


def test_folded_ldif_hides_nothing() -> None:
    encoded = base64.b64encode(b"x" * 20 + b"hunter22").decode()
    assert encoded[:8] not in text_of(f"cn:: {encoded[:30]}\n {encoded[30:]}\n", "hunter22", transport=Transport.LDAP)


def test_ten_thousand_lines_are_fast() -> None:
    block = "interface Ethernet{0}\n description port {0}\n switchport access vlan 20\n spanning-tree portfast\n!\n"
    body = "".join(block.format(i) for i in range(2000)) + "enable secret 9 $9$abc$defgh\n"
    secrets = [Secret(f"S3cret-{i}!") for i in range(10)]
    by = probe(r"^enable secret \d (\S+)", r"snmp-server community (\S+)", r"(?:tacacs|radius)-server key \d (\S+)")
    best = min(_timed(capture(body), by, secrets) for _ in range(5))
    assert best < 0.05


@pytest.mark.parametrize(
    "piece",
    ['password "', "-----BEGIN RSA PRIVATE KEY-----", "key 7 ", "eyJaaaaaaaaa.", '"token":"', "secret\\", "$5$"],
)
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    by = probe(r"-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END", r"\bsecret .*?\bkey (\S+)")
    for transport in (Transport.SSH, Transport.HTTP):
        assert _timed(capture(piece * (300_000 // len(piece)), transport), by, [Secret("abcdef")]) < 5


def _timed(made: Capture, by: ProbeDef, secrets: list[Secret]) -> float:
    start = time.perf_counter()
    redact(made, by, secrets, KEY)
    return time.perf_counter() - start


def test_the_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    key = load_key(tmp_path / "store")
    assert len(key) == 32 and load_key(tmp_path / "store") == key
    path = tmp_path / "store" / "redaction.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["redaction.key"]
    path.chmod(0o644)
    with pytest.raises(StoreError, match="others can read"):
        load_key(tmp_path / "store")
    path.chmod(0o600)
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="damaged"):
        load_key(tmp_path / "store")
