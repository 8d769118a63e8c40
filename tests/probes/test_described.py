"""REST probes against their vendors' descriptions: every path, query name and field is there, and replies made from them are read."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from collector.model import Capture, Outcome, Transport
from collector.parse.engine import read_request
from collector.parse.feed import facts_of
from collector.probes.definition import ProbeDef, RequestDef
from tests.probes.described import FOLDER, anonymous, asked, described, operations, reads, reply, spelled
from tests.probes.reading import probes

AT = datetime(2026, 11, 24, tzinfo=UTC)
PROBES = described(probes())
REQUESTS = [(p, r) for p in PROBES for r in p.requests]
pytestmark = pytest.mark.parametrize(("probe", "request_"), REQUESTS, ids=[f"{p.name}-{r.name}" for p, r in REQUESTS])


def test_every_path_and_query_name_is_described(probe: ProbeDef, request_: RequestDef) -> None:
    known = operations(probe.name)
    for operation, names in asked(request_):
        assert operation in known
        assert names <= known[operation].parameters, operation


def test_every_field_that_is_read_is_described(probe: ProbeDef, request_: RequestDef) -> None:
    known = operations(probe.name)
    strange = []
    for operation, path in reads(probe, request_):
        name = spelled(path)
        fields = known[operation].fields
        below = any(field == name or field.startswith((f"{name}.", f"{name}[]")) for field in fields)
        if not below and not any(name.startswith(f"{f}.") for f, type_ in fields.items() if type_ == "object"):
            strange.append(f"{operation}: {name}")
    assert strange == []


def _captures(probe: ProbeDef, request: RequestDef, seed: int, *, gaps: bool) -> Iterator[Capture]:
    chance = random.Random(seed)
    for page, path in enumerate(request.send):
        document = reply(operations(probe.name)[f"{request.verb} {anonymous(path)}"], chance, gaps=gaps)
        what = anonymous(path).replace("{}", "id-1")
        yield Capture(
            "t", Transport.HTTP, probe.name, "1", request.name, request.verb, what, AT, Outcome.OK, page=page,
            body=json.dumps(document).encode(),
        )  # fmt: skip


def test_every_fact_is_read_from_replies_as_described(probe: ProbeDef, request_: RequestDef) -> None:
    """Over some replies each field of each feed is known at least once, or the description has no value for it."""
    lacking = {(feed.kind, name) for feed in request_.feeds for name in feed.fields}
    never = {tuple(entry.split(".")) for entry in _never(probe)}
    for seed in range(60):
        reading = read_request(probe, request_.name, list(_captures(probe, request_, seed, gaps=False)))
        assert reading.outcome is Outcome.OK, reading.detail
        for feed in request_.feeds:
            for fact in facts_of(feed, reading, "t", AT):
                lacking -= {(fact.kind, name) for name, value in fact.value.items() if value is not None}
    assert lacking - never == set()


def _never(probe: ProbeDef) -> list[str]:
    """Fields that need more than one reply's words to be known, as the product's file lists them."""
    found: list[str] = tomllib.loads((FOLDER / f"{probe.name}.toml").read_text()).get("never", [])
    return found


def test_gaps_nulls_and_odd_values_never_raise_and_prove_no_zero(probe: ProbeDef, request_: RequestDef) -> None:
    for seed in range(40):
        captures = list(_captures(probe, request_, seed, gaps=True))
        reading = read_request(probe, request_.name, captures)
        for feed in request_.feeds:
            list(facts_of(feed, reading, "t", AT))
        if reading.outcome is Outcome.OK and not reading.rows:
            text = json.dumps([json.loads(c.body or b"") for c in captures])
            assert "[]" in text or ": 0" in text, "a zero without an empty list"
