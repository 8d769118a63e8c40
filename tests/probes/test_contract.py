"""Paths, fields and words of the REST probes against the vendors' own descriptions of their interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from collector.probes.definition import FieldMap, ProbeDef, RequestDef
from tests.probes.contract import Schema, openapi, recordings, yang
from tests.probes.reading import probes

ARCHIVE = recordings("apis.tar.xz")
pytestmark = pytest.mark.skipif(ARCHIVE is None, reason="vendors' API descriptions (apis.tar.xz) are not here")

PREFIX = "/restconf/data/"


@pytest.fixture(scope="module")
def schema() -> Schema:
    assert ARCHIVE is not None
    return Schema(yang(ARCHIVE))


@pytest.fixture(scope="module")
def controller() -> ProbeDef:
    return probes()["cisco_c9800"]


def leaves(fields: str) -> Iterator[str]:
    """The paths that a RESTCONF ``fields`` value names: ``a/b;c(d;e/f)`` (RFC 8040 4.8.3)."""
    depth, start, parts = 0, 0, []
    for at, character in enumerate(fields + ";"):
        depth += (character == "(") - (character == ")")
        if character == ";" and depth == 0:
            parts.append(fields[start:at])
            start = at + 1
    for part in parts:
        head, bracket, inner = part.partition("(")
        if bracket:
            yield from (f"{head}/{leaf}" for leaf in leaves(inner[:-1]))
        else:
            yield head


def asked(probe: ProbeDef) -> Iterator[tuple[RequestDef, str, list[str]]]:
    for request in probe.requests:
        for path in request.send:
            bare, _, query = path.removeprefix(PREFIX).partition("?fields=")
            yield request, bare, list(leaves(query)) if query else []


def test_every_path_and_field_is_in_the_models(schema: Schema, controller: ProbeDef) -> None:
    strange = [
        f"{request.name}: {path}"
        for request, bare, fields in asked(controller)
        if not bare.startswith(
            "Cisco-IOS-XE-native:"
        )  # the model of the whole configuration augments itself from others
        for path in [bare, *(f"{bare}/{field}" for field in fields)]
        if schema.node(path) is None
    ]
    assert strange == []


WORDS = {
    ("access_point", "joined"): "capwap-data/ap-state/ap-operation-state",
    ("radio", "up"): "radio-oper-data/oper-state",
    ("wlan", "wmm"): "wlan-cfg-entries/wlan-cfg-entry/qos-wmm-status",
    ("wlan", "fast_transition"): "wlan-cfg-entries/wlan-cfg-entry/ft-mode",
    ("wireless_client", "band"): "dot11-oper-data/radio-type",
    ("rogue", "class"): "rogue-data/rogue-class-type",
    ("rogue", "state"): "rogue-data/rogue-mode",
    ("rogue_policy", "level"): "rogue-global/security-level",
    ("redundancy", "role"): "ha-infra/ha-state",
    ("redundancy", "peer_ok"): "ha-infra/peer-state",
}


@pytest.mark.parametrize(("kind", "field"), WORDS, ids=lambda part: part)
def test_every_word_that_a_probe_knows_is_an_enum_of_its_leaf(
    schema: Schema, controller: ProbeDef, kind: str, field: str
) -> None:
    leaf = WORDS[kind, field]
    entry = _entry(controller, kind, field)
    assert entry.values is not None
    containers = {bare.rpartition("/")[0] for _, bare, _ in asked(controller)}
    allowed = set().union(*(schema.enums(f"{container}/{leaf}") for container in containers))
    assert allowed, f"no enumeration at {leaf}"
    assert set(entry.values) - allowed == set()


def test_the_words_of_authentication_are_enums_of_their_leaves(schema: Schema, controller: ProbeDef) -> None:
    base = "Cisco-IOS-XE-wireless-client-oper:client-oper-data"
    allowed = schema.enums(f"{base}/common-oper-data/method-id") | schema.enums(
        f"{base}/dot11-oper-data/ms-wifi/auth-key-mgmt"
    )
    assert set(_entry(controller, "wireless_client", "authentication").values or ()) <= allowed


def test_words_in_expressions_are_enums(schema: Schema, controller: ProbeDef) -> None:
    ap = "Cisco-IOS-XE-wireless-access-point-oper:access-point-oper-data"
    allowed = schema.enums(f"{ap}/radio-oper-data/oper-state") | schema.enums(
        f"{ap}/radio-oper-data/highest-throughput-proto"
    )
    feed = controller.request("access_points").feeds[0]
    used = re.findall(r"'([^']+)'", feed.fields["radios"].source + feed.fields["wifi"].source)
    assert used and set(used) <= allowed


def test_defaults_are_those_of_the_models(schema: Schema, controller: ProbeDef) -> None:
    entry = "Cisco-IOS-XE-wireless-wlan-cfg:wlan-cfg-data/wlan-cfg-entries/wlan-cfg-entry"
    for name, value in controller.request("wlans").reader_options["defaults"].items():
        said = schema.default(f"{entry}/{name.replace('_', '-')}")
        assert said == (str(value).lower() if isinstance(value, bool) else value), name


def _entry(probe: ProbeDef, kind: str, field: str) -> FieldMap:
    return next(
        feed.fields[field]
        for request in probe.requests
        for feed in request.feeds
        if feed.kind == kind and field in feed.fields
    )


# The backup system


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    assert ARCHIVE is not None
    return openapi(ARCHIVE, "veeam-vbr-1.3-rev2.openapi.json")


@pytest.fixture(scope="module")
def backup() -> ProbeDef:
    return probes()["veeam_vbr"]


def test_every_path_and_parameter_is_described(api: dict[str, Any], backup: ProbeDef) -> None:
    for request in backup.requests:
        for path in request.send:
            bare, _, query = path.partition("?")
            names = {p.get("name") for p in api["paths"][bare]["get"]["parameters"]}
            paging = request.send_options.get("paging", {})
            wanted = {part.partition("=")[0] for part in query.split("&") if part}
            wanted |= {paging["skip"], paging["limit"]} if paging else set()
            assert wanted <= names, bare
    for verb in ("login_path", "logout"):
        assert "post" in api["paths"][backup.session[verb].removeprefix("POST ")]
    parameter = api["components"]["parameters"]["apiVersionParam"]
    assert backup.session["headers"][parameter["name"]] == parameter["schema"]["default"]


#: The description's name of what each list of the probe holds; subtypes are those of its discriminator.
ITEMS = {
    "/api/v1/jobs/states": "JobStateModel",
    "/api/v1/sessions": "SessionModel",
    "/api/v1/taskSessions": "TaskSessionModel",
    "/api/v1/restorePoints": "ObjectRestorePointModel",
    "/api/v1/backups": "BackupModel",
    "/api/v1/backupInfrastructure/repositories": "RepositoryModel",
    "/api/v1/backupInfrastructure/repositories/states": "RepositoryStateModel",
}
_WORD = re.compile(r"(?<![\w'`.])[a-z]\w*(?:\.\w+)*(?!\w*\()")


def properties(api: dict[str, Any], name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The members of a model and of its subtypes."""
    if name in seen:
        return set()
    model = api["components"]["schemas"][name]
    found = set(model.get("properties", {}))
    below = [part["$ref"] for part in model.get("allOf", ()) if "$ref" in part]
    below += model.get("discriminator", {}).get("mapping", {}).values()
    for part in model.get("allOf", ()):
        found |= set(part.get("properties", {}))
    for reference in below:
        found |= properties(api, reference.rpartition("/")[2], seen | {name})
    return found


def test_every_member_that_is_read_is_described(api: dict[str, Any], backup: ProbeDef) -> None:
    for request in backup.requests:
        bare = request.send[0].partition("?")[0]
        if bare not in ITEMS:
            continue
        options = request.reader_options
        made = {*options.get("lookups", {}), *options.get("parts", {}), *options.get("group", {}).get("counts", {})}
        known = properties(api, ITEMS[bare]) | made
        for feed in request.feeds:
            for entry in feed.fields.values():
                bare_source = re.sub(r"'[^']*'|`[^`]*`", "", entry.source)
                used = {w.partition(".")[0] for w in _WORD.findall(bare_source)} - {"contains"}
                assert used <= known, f"{request.name}: {entry.source}"
        for lookup in options.get("lookups", {}).values():
            other = properties(api, ITEMS[lookup["page"]])
            assert {lookup["on"], lookup.get("value", lookup["on"])} <= other
            assert lookup["by"] in known


@pytest.mark.parametrize(
    ("kind", "field", "enum"),
    [
        ("backup_job", "type", "EJobType"),
        ("backup_job", "enabled", "EJobStatus"),
        ("backup_job", "last_result", "ESessionResult"),
        ("backup_job_run", "type", "ESessionType"),
        ("backup_job_run", "result", "ESessionResult"),
        ("protected_workload", "platform", "EPlatformType"),
        ("backup_copy", "type", "EJobType"),
        ("backup_repository", "type", "ERepositoryType"),
    ],
)
def test_every_word_is_one_of_the_description(
    api: dict[str, Any], backup: ProbeDef, kind: str, field: str, enum: str
) -> None:
    allowed = {word.lower() for word in api["components"]["schemas"][enum]["enum"]}
    used = {word.lower() for word in _entry(backup, kind, field).values or ()} - {"*"}
    assert used and used <= allowed


def test_session_types_that_are_asked_for_exist(api: dict[str, Any], backup: ProbeDef) -> None:
    allowed = set(api["components"]["schemas"]["ESessionType"]["enum"])
    asked_for = re.findall(r"sessions\?\S*", " ".join(p for r in backup.requests for p in r.send))
    types = {t for query in asked_for for t in re.findall(r"typeFilter=(\w+)", query)}
    assert {"BackupJob", "SureBackup"} <= types <= allowed
