"""Real definitions against an API that misbehaves: each fault ends as the outcome of what it touches, and the rest goes on."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from collector.evidence.redact import redact
from collector.model import Outcome, Parsed
from collector.parse.engine import parse_target
from collector.scan import ScanOptions, run_scan
from collector.store.values import TargetResult
from tests.probes.described import operations, reply
from tests.probes.reading import probes
from tests.sessions.api import TOKEN, ApiServer, Handler, credential

PROBES = probes()
PRODUCT = "juniper_mist"
Fault = Callable[[Handler, Any], None]


class Product(Mapping[str, Any]):
    """Answers each call of a product as its description says; ``faults`` by a part of the path come first."""

    def __init__(self, faults: Mapping[str, Fault] | None = None) -> None:
        self.faults = dict(faults or {})
        self.calls: list[str] = []
        self._operations = {
            re.compile(re.escape(name.removeprefix("GET ")).replace(r"\{\}", "[^/]+")): operation
            for name, operation in operations(PRODUCT).items()
        }

    def __getitem__(self, path: str) -> Callable[[Handler], None]:
        return partial(self._answer, path)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def document(self, path: str) -> Any:
        operation = next((o for pattern, o in self._operations.items() if pattern.fullmatch(path)), None)
        made = None if operation is None else reply(operation, random.Random(7), gaps=False)
        if isinstance(made, dict):
            made.pop("next", None)
        return made

    def _answer(self, path: str, handler: Handler) -> None:
        self.calls.append(path)
        document = self.document(path)
        fault = next((f for part, f in self.faults.items() if part in path), None)
        if fault is not None:
            fault(handler, document)
        elif document is None:
            handler.send(404, {"detail": "Not found"})
        else:
            handler.send(200, document, total(document))


def total(document: Any) -> dict[str, str]:
    return {"X-Page-Total": str(len(document))} if isinstance(document, list) else {}


class Kept:
    def __init__(self) -> None:
        self.results: list[TargetResult] = []

    def save_target(self, result: TargetResult) -> None:
        self.results.append(result)


def scan(folder: Path, faults: Mapping[str, Fault] | None = None, *, deadline: float = 20) -> tuple[Parsed, Product]:
    """A whole scan of one product, redacted as scans are; nothing that proves the login may be left anywhere."""
    product, kept = Product(faults), Kept()
    with ApiServer(folder) as server:
        server.replies = product  # type: ignore[assignment]
        target = server.target(deadline=deadline, values={"org_id": "id-1"})
        endpoint = replace(target.endpoints[0], credential="api")
        target = replace(target, platform=PRODUCT, endpoints=(endpoint,))
        options = ScanOptions(processes=1, threads=2, redact=partial(redact, key=b"k" * 32))
        run_scan([target], PROBES, {"api": credential()}, kept, options)
    [result] = kept.results
    for capture in result.captures:
        assert TOKEN not in f"{capture.what} {capture.detail} {(capture.body or b'').decode('utf-8', 'replace')}"
    assert TOKEN not in repr(result)
    return result.parsed or parse_target(PROBES, result.captures), product


def outcomes(parsed: Parsed) -> dict[str, Outcome]:
    return {o.kind: o.outcome for o in parsed.outcomes}


def status(code: int, body: Any = None) -> Fault:
    return lambda handler, _: handler.send(code, {"detail": "no"} if body is None else body)


def test_all_is_read_where_nothing_is_wrong(tmp_path: Path) -> None:
    found = outcomes(scan(tmp_path)[0])
    assert set(found.values()) == {Outcome.OK}, found
    assert {"access_point", "radio", "wlan", "wireless_client", "rogue", "client_health", "location_service"} <= set(
        found
    )


HTML = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


@pytest.mark.parametrize(
    ("fault", "outcome", "said"),
    [
        (status(403), Outcome.DENIED, "403"),
        (status(404), Outcome.UNSUPPORTED, "404"),
        (status(500), Outcome.UNREACHABLE, "500"),
        (status(504), Outcome.TIMED_OUT, "504"),
        (status(200, HTML), Outcome.UNPARSED, "an HTML page"),
        (status(200, b'[{"mac": "00:53'), Outcome.UNPARSED, "not JSON"),
        (status(200, b""), Outcome.UNPARSED, "empty"),
        (status(200, {"odd": 1}), Outcome.UNPARSED, ""),
        (status(200, [None, 7, "x"]), Outcome.UNPARSED, "no object"),
    ],
)
def test_a_fault_of_one_endpoint_is_one_kinds(tmp_path: Path, fault: Fault, outcome: Outcome, said: str) -> None:
    parsed, _ = scan(tmp_path, {"/stats/clients": fault})
    if outcome is Outcome.UNPARSED and said == "":  # an object is one row, which here is no client
        assert [f for f in parsed.facts if f.kind == "wireless_client"] == []
        return
    found = outcomes(parsed)
    assert found.pop("wireless_client") is outcome
    assert said in next(o.detail for o in parsed.outcomes if o.kind == "wireless_client")
    assert set(found.values()) == {Outcome.OK}, found


def test_what_needs_a_list_that_was_refused_is_refused_too(tmp_path: Path) -> None:
    found = outcomes(scan(tmp_path, {"/orgs/id-1/sites": status(403)})[0])
    assert {k for k, o in found.items() if o is Outcome.OK} == {"device", "access_point", "radio"}
    assert {o for k, o in found.items() if k not in ("device", "access_point", "radio")} == {Outcome.DENIED}


def test_a_key_that_is_refused_is_not_tried_again(tmp_path: Path) -> None:
    parsed, product = scan(tmp_path, {"/": status(401)})
    assert parsed.facts == () and set(outcomes(parsed).values()) == {Outcome.DENIED}
    assert len(product.calls) == 1


def test_a_busy_api_is_waited_for(tmp_path: Path) -> None:
    told: list[float] = []

    def busy(handler: Handler, document: Any) -> None:
        told.append(time.monotonic())
        if len(told) == 1:
            handler.send(429, {"detail": "slow down"}, {"Retry-After": "1"})
        else:
            handler.send(200, document, total(document))

    parsed, _ = scan(tmp_path, {"/stats/devices": busy})
    assert outcomes(parsed)["access_point"] is Outcome.OK
    assert told[1] - told[0] >= 1


def pages(handler: Handler, items: list[Any], said: int) -> None:
    handler.send(200, items, {"X-Page-Total": str(said)})


def test_a_list_that_ends_early_is_no_whole_list(tmp_path: Path) -> None:
    def short(handler: Handler, document: Any) -> None:
        pages(handler, document if handler.query["page"] == "1" else [], len(document) + 3)

    parsed, _ = scan(tmp_path, {"/stats/devices": short})
    assert outcomes(parsed)["access_point"] is Outcome.UNPARSED
    assert [f for f in parsed.facts if f.kind == "access_point"], "what was read stands"


def test_a_page_that_comes_twice_makes_nothing_twice(tmp_path: Path) -> None:
    def twice(handler: Handler, document: Any) -> None:
        pages(handler, document, 2 * len(document))

    parsed, _ = scan(tmp_path, {"/stats/devices": twice})
    (tmp_path / "once").mkdir()
    once, _ = scan(tmp_path / "once")
    keys = [[f.key for f in p.facts if f.kind == "access_point"] for p in (parsed, once)]
    assert keys[0] == keys[1]


def test_pages_without_end_are_cut_by_the_deadline(tmp_path: Path) -> None:
    def endless(handler: Handler, document: Any) -> None:
        time.sleep(0.05)
        pages(handler, document, 10**9)

    parsed, _ = scan(tmp_path, {"/stats/devices": endless}, deadline=4)
    assert outcomes(parsed)["access_point"] is Outcome.TIMED_OUT
    assert outcomes(parsed)["device"] is Outcome.OK


def emptied(value: Any) -> Any:
    """The document with null in the place of every value."""
    if isinstance(value, dict):
        return {name: emptied(inner) for name, inner in value.items()}
    return [emptied(inner) for inner in value] if isinstance(value, list) else None


def swollen(value: Any) -> Any:
    """The document with numbers and texts that nothing holds."""
    if isinstance(value, dict):
        return {name: swollen(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [swollen(inner) for inner in value]
    return value if isinstance(value, bool) else 2**70 if isinstance(value, int | float) else f"{value}" + "x" * 70_000


@pytest.mark.parametrize("change", [emptied, swollen])
def test_nulls_and_huge_values_are_not_known(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    def odd(handler: Handler, document: Any) -> None:
        handler.send(200, change(document), total(document))

    parsed, _ = scan(tmp_path, {"/stats/devices": odd, "/wlans": odd, "/stats/clients": odd, "/sle/": odd})
    numbers = [v for f in parsed.facts for v in f.value.values() if isinstance(v, int) and not isinstance(v, bool)]
    assert all(abs(number) < 2**63 for number in numbers)
    json.dumps([dict(f.value) for f in parsed.facts], default=str)
    if change is emptied:
        assert not [f for f in parsed.facts if f.kind in ("access_point", "radio", "wlan", "wireless_client")]


def test_a_clock_that_is_off_moves_no_times(tmp_path: Path) -> None:
    """The server's own Date is not looked at: what is old is told by its data and our clock."""

    def skewed(handler: Handler, document: Any) -> None:
        handler.send(200, document, {**total(document), "Date": "Thu, 01 Jan 2015 00:00:00 GMT"})

    parsed, _ = scan(tmp_path, {"/": skewed})
    assert {o.observed_at.year for o in parsed.outcomes} != {2015}


def test_a_token_that_the_server_repeats_is_not_kept(tmp_path: Path) -> None:
    """``scan`` looks for it in all that is left."""

    def echo(handler: Handler, document: Any) -> None:
        said = handler.headers["Authorization"]
        handler.send(200, [{**item, "echo": said, "again": TOKEN} for item in document], total(document))

    parsed, _ = scan(tmp_path, {"/stats/devices": echo})
    assert outcomes(parsed)["access_point"] is Outcome.OK
