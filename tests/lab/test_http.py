"""The wireless controller's RESTCONF and the backup system's API, asked with requests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.lab.descriptions import descriptions
from tests.lab.hospital import Hospital
from tests.lab.lab import Lab
from tests.lab.openapi import Description
from tests.lab.servers.http_backup import Rows, stamp
from tests.lab.servers.http_restconf import parse_fields
from tests.lab.servers.http_veeam import COLLECTIONS
from tests.lab.servers.http_wireless import build_store
from tests.lab.yang import Modules

AP = "Cisco-IOS-XE-wireless-access-point-oper:access-point-oper-data"
WLAN = "Cisco-IOS-XE-wireless-wlan-cfg:wlan-cfg-data"
ROGUE = "Cisco-IOS-XE-wireless-rogue-oper:rogue-oper-data"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), kinds=("http",), latency_s=0) as running:
        yield running


class Api:
    """A client of one of the lab's APIs that trusts the lab's authority alone."""

    def __init__(self, lab: Lab, root: str, **headers: str) -> None:
        self.root = root
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(lab.folder / "ca.pem")
        self.session.headers.update(headers)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.root + path, timeout=5, **options)


@pytest.fixture
def wireless(lab: Lab) -> Iterator[Api]:
    controller = lab.hospital.controller
    api = Api(
        lab,
        f"https://{controller.http.address}:{controller.http.port}/restconf/data/",
        Accept="application/yang-data+json",
    )
    api.session.auth = (controller.username, controller.password)
    yield api
    api.session.close()


@pytest.fixture
def stranger(lab: Lab) -> Iterator[Api]:
    """The backup API before a login."""
    backup = lab.hospital.backup
    api = Api(lab, f"https://{backup.http.address}:{backup.http.port}", **{"x-api-version": "1.3-rev2"})
    yield api
    api.session.close()


def log_in(lab: Lab, api: Api, password: str = "") -> requests.Response:
    backup = lab.hospital.backup
    form = {"grant_type": "password", "username": backup.username, "password": password or backup.password}
    reply = api.session.post(f"{api.root}/api/oauth2/token", data=form, timeout=5)
    if reply.ok:
        api.session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return reply


@pytest.fixture
def backup(lab: Lab, stranger: Api) -> Api:
    assert log_in(lab, stranger).status_code == 200
    return stranger


# ------------------------------------------------------------------------------------------------------ RESTCONF


def test_access_points_are_those_that_have_joined(lab: Lab, wireless: Api) -> None:
    rows = wireless.get(f"{AP}/capwap-data?fields=name;device-detail/static-info/board-data(wtp-serial-num)").json()
    rows = rows["Cisco-IOS-XE-wireless-access-point-oper:capwap-data"]
    points = lab.hospital.controller.access_points
    found = {row["name"]: row["device-detail"]["static-info"]["board-data"]["wtp-serial-num"] for row in rows}
    assert found == {ap.name: ap.serial for ap in points if ap.joined}
    assert len(points) == 60
    assert len(found) == 59
    assert set(rows[0]) == {"name", "device-detail"}
    history = wireless.get("Cisco-IOS-XE-wireless-ap-global-oper:ap-global-oper-data/ap-join-stats").json()
    stats = next(iter(history.values()))
    assert {s["ap-join-info"]["ap-name"] for s in stats if not s["ap-join-info"]["is-joined"]} == {
        ap.name for ap in points if not ap.joined
    }


def test_leaf_list_entry_and_depth(lab: Lab, wireless: Api) -> None:
    assert wireless.get("Cisco-IOS-XE-native:native/version").json() == {"Cisco-IOS-XE-native:version": "17.12"}
    ap = lab.hospital.controller.access_points[0]
    assert list(wireless.get(f"{AP}/capwap-data={ap.radio_mac}/name").json().values()) == [ap.name]
    radio = wireless.get(f"{AP}/radio-oper-data={ap.radio_mac},1").json()
    assert next(iter(radio.values()))[0]["radio-slot-id"] == 1
    shallow = next(iter(wireless.get(f"{WLAN}/wlan-cfg-entries?depth=2").json().values()))
    assert shallow["wlan-cfg-entry"][0] == {}


def test_what_is_not_there_and_who_may_not(wireless: Api) -> None:
    assert wireless.get(f"{AP}/capwap-data=00:00:00:00:00:00").status_code == 404
    assert (
        wireless.get("no-such-module:thing").json()["ietf-restconf:errors"]["error"][0]["error-message"]
        == "uri keypath not found"
    )
    assert wireless.get(AP, headers={"Accept": "application/json"}).status_code == 406
    assert wireless.session.put(wireless.root + AP, json={}, timeout=5).status_code == 403
    wireless.session.auth = ("somebody", "else")
    refused = wireless.get(AP)
    assert refused.status_code == 401
    assert refused.json()["ietf-restconf:errors"]["error"][0]["error-tag"] == "access-denied"


def test_an_empty_container_has_no_content(lab: Lab, wireless: Api) -> None:
    lab.change(lambda tables: tables["wireless"].update(rogues=0))
    try:
        assert wireless.get(f"{ROGUE}/rogue-data").status_code == 204
    finally:
        lab.change(lambda tables: tables["wireless"].pop("rogues"))
    assert wireless.get(f"{ROGUE}/rogue-data").status_code == 200


def test_a_network_set_open_shows_it(lab: Lab, wireless: Api) -> None:
    def entry() -> dict[str, Any]:
        rows = next(iter(wireless.get(f"{WLAN}/wlan-cfg-entries").json().values()))["wlan-cfg-entry"]
        return next(row for row in rows if row["apf-vap-id-data"]["ssid"] == "HOSP-MEDICAL")

    assert entry()["auth-key-mgmt-psk"] is True
    assert "security-wpa" not in entry()
    lab.change(lambda tables: tables["wireless"]["wlan"][2].update(security="open", key_management="none"))
    assert entry()["security-wpa"] is False
    lab.change(lambda tables: tables["wireless"]["wlan"][2].update(security="wpa2", key_management="psk"))


def test_every_member_and_value_is_in_the_yang_modules() -> None:
    modules = Modules({n: t for n, t in descriptions(".yang").items() if "native" not in n})
    for change in (None, lambda t: t["wireless"].update(peer_ok=False, rogue_detection=False)):
        data = dict(build_store(Hospital.generate(change).controller).data)
        native = data.pop("Cisco-IOS-XE-native:native")
        assert set(native) == {"version", "hostname"}
        assert list(modules.complaints(data)) == []
    assert list(modules.complaints({AP: {"capwap-data": [{"name": 3}]}})) == [
        f"{AP}/capwap-data/name: 3 is no string",
        f"{AP}/capwap-data: a row without its key wtp-mac",
    ]


def test_fields_expressions() -> None:
    assert parse_fields("a;b/c;d(e;f/g)") == {"a": {}, "b": {"c": {}}, "d": {"e": {}, "f": {"g": {}}}}
    for wrong in ("a;", "a(b", "(a)", "a)b"):
        with pytest.raises(ValueError, match="fields"):
            parse_fields(wrong)


# ------------------------------------------------------------------------------------------------------ the backup API


def test_login_is_needed_and_ends(lab: Lab, stranger: Api) -> None:
    assert stranger.get("/api/v1/jobs").json()["errorCode"] == "AccessDenied"
    wrong = log_in(lab, stranger, "wrong")
    assert (wrong.status_code, wrong.json()["errorCode"]) == (401, "AccessDenied")
    assert log_in(lab, stranger).json()["token_type"] == "bearer"
    assert stranger.get("/api/v1/serverInfo").json()["buildVersion"] == lab.hospital.backup.version
    assert stranger.session.post(f"{stranger.root}/api/v1/jobs", json={}, timeout=5).status_code == 403
    assert stranger.session.post(f"{stranger.root}/api/oauth2/logout", timeout=5).status_code == 200
    assert stranger.get("/api/v1/serverInfo").json()["errorCode"] == "InvalidToken"


def test_the_version_header_is_needed(stranger: Api) -> None:
    del stranger.session.headers["x-api-version"]
    assert stranger.get("/api/v1/serverInfo").status_code == 400


def test_tokens_expire(lab: Lab, stranger: Api) -> None:
    lab.change(lambda tables: tables["backup"].update(token_s=0.05))
    stranger.get("/api/v1/serverTime")
    log_in(lab, stranger)
    time.sleep(0.1)
    reply = stranger.get("/api/v1/jobs")
    lab.change(lambda tables: tables["backup"].pop("token_s"))
    assert (reply.status_code, reply.json()["errorCode"]) == (401, "ExpiredToken")


def test_paging_gives_each_run_once(lab: Lab, backup: Api) -> None:
    runs = lab.hospital.backup.runs
    seen: list[str] = []
    while True:
        page = backup.get(f"/api/v1/sessions?skip={len(seen)}&limit=50").json()
        assert page["pagination"] == {"total": len(runs), "count": len(page["data"]), "skip": len(seen), "limit": 50}
        seen += [row["id"] for row in page["data"]]
        if len(seen) >= page["pagination"]["total"]:
            break
    assert sorted(seen) == sorted(run.id for run in runs)
    assert len(runs) > 100


def test_filters(lab: Lab, backup: Api) -> None:
    system = lab.hospital.backup
    failed = backup.get("/api/v1/sessions?resultFilter=Failed").json()["data"]
    assert {row["id"] for row in failed} == {run.id for run in system.runs if run.result == "failed"}
    assert failed
    since = lab.hospital.now - timedelta(days=7)
    recent = backup.get("/api/v1/sessions", params={"createdAfterFilter": stamp(since), "limit": 1000}).json()["data"]
    assert {row["id"] for row in recent} == {run.id for run in system.runs if run.started_at >= since}
    assert len(recent) < len(system.runs)
    tested = backup.get("/api/v1/sessions?typeFilter=SureBackup").json()["data"]
    verifying = {job.id for job in system.jobs if job.type == "verification"}
    assert {row["jobId"] for row in tested} == verifying
    assert [r["name"] for r in backup.get("/api/v1/jobs?nameFilter=*clinical*").json()["data"]] == [
        "Clinical systems",
        "Copy clinical off-site",
    ]
    assert backup.get("/api/v1/sessions?createdAfterFilter=yesterday").status_code == 400
    assert backup.get("/api/v1/sessions?skip=-1").status_code == 400


def test_single_objects_and_unknown_ones(lab: Lab, backup: Api) -> None:
    job = lab.hospital.backup.jobs[0]
    assert backup.get(f"/api/v1/jobs/{job.id}").json()["name"] == job.name
    assert backup.get("/api/v1/jobs/00000000-0000-0000-0000-000000000001").json()["errorCode"] == "NotFound"
    assert backup.get("/api/v1/nothing").status_code == 404
    run = next(r for r in lab.hospital.backup.runs if r.job == job.id)
    tasks = backup.get(f"/api/v1/sessions/{run.id}/taskSessions").json()["data"]
    assert len(tasks) == run.workloads


def test_a_failed_run_appears_when_the_hospital_has_one(lab: Lab, backup: Api) -> None:
    def result() -> str:
        states = backup.get("/api/v1/jobs/states").json()["data"]
        return str(next(row["lastResult"] for row in states if row["name"] == "Infrastructure"))

    assert result() == "Success"
    lab.change(
        lambda t: t["backup"]["trouble"].append(
            {"job": "Infrastructure", "days_ago": 0, "result": "failed", "message": "no"}
        )
    )
    assert result() == "Failed"
    lab.change(lambda t: t["backup"]["trouble"].pop())


def test_every_member_and_value_is_in_the_openapi_description() -> None:
    texts = descriptions(".openapi.json")
    name = next(n for n in texts if n.startswith("veeam"))
    description = Description(json.loads(texts[name]))
    rows = Rows(Hospital.load().backup)
    for path, collection in COLLECTIONS.items():
        page = {"data": collection.rows(rows), "pagination": {"total": 1, "count": 1, "skip": 0, "limit": 200}}
        assert list(description.complaints(description.reply(path), page)) == [], path
        assert set(collection.filters) <= description.parameters(path), path
    assert list(description.complaints(description.reply("/api/v1/serverInfo"), rows.server_info)) == []
    assert "lacks id" in "".join(
        description.complaints(description.reply("/api/v1/jobs"), {"data": [{"type": "BackupCopy"}]})
    )


# ------------------------------------------------------------------------------------------------------ faults


@pytest.fixture
def broken(lab: Lab) -> Iterator[Any]:
    """Sets a fault of the backup API, and takes it away afterwards."""

    def breaks(fault: str) -> None:
        lab.change(lambda tables: tables["fault"].update({lab.hospital.backup.name: {"http": fault}}))

    yield breaks
    lab.change(lambda tables: tables["fault"].clear())


def test_an_error_inside(backup: Api, broken: Any) -> None:
    broken("error_500")
    assert backup.get("/api/v1/jobs").status_code == 500


def test_garbage_is_no_json(backup: Api, broken: Any) -> None:
    broken("garbage")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        backup.get("/api/v1/jobs").json()


def test_a_body_that_stops_early(backup: Api, broken: Any) -> None:
    broken("truncated")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        backup.get("/api/v1/jobs")


def test_a_body_without_end(backup: Api, broken: Any) -> None:
    broken("endless")
    with backup.get("/api/v1/jobs", stream=True) as reply:
        seen = 0
        for chunk in reply.iter_content(8192):
            seen += len(chunk)
            if seen > 100_000:
                break
    assert seen > 100_000


def test_slow_octets(backup: Api, broken: Any) -> None:
    broken("slow")
    with backup.get("/api/v1/jobs", stream=True) as reply:
        started = time.monotonic()
        next(reply.iter_content(1))
        next(reply.iter_content(1))
    assert time.monotonic() - started > 0.1


def test_pages_without_end(backup: Api, broken: Any) -> None:
    broken("endless_pages")
    page = backup.get("/api/v1/sessions?skip=100000&limit=10").json()
    assert len(page["data"]) == 10
    assert page["pagination"]["total"] > 100_000


@pytest.mark.parametrize("fault", ["wrong_name", "self_signed"])
def test_a_lying_certificate(lab: Lab, broken: Any, fault: str) -> None:
    broken(fault)
    backup = lab.hospital.backup
    api = Api(lab, f"https://{backup.http.address}:{backup.http.port}")
    with pytest.raises(requests.exceptions.SSLError), api.session:
        api.get("/api/v1/serverTime")


def test_a_device_that_is_down(lab: Lab, tmp_path: Path) -> None:
    lab.change(lambda tables: tables["down"].append(lab.hospital.controller.name))
    controller = lab.hospital.controller
    api = Api(lab, f"https://{controller.http.address}:{controller.http.port}")
    try:
        with pytest.raises(requests.exceptions.ConnectionError), api.session:
            api.get("/restconf")
    finally:
        lab.change(lambda tables: tables["down"].clear())
