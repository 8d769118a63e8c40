"""The fact tables hold what was read, say what was not, and answer nothing but SELECTs."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.errors import QueryError
from collector.facts.kinds import kinds
from collector.facts.sets import CaptureIndex, FactSet, Source, encode
from collector.facts.tables import FactTables, empty_tables
from collector.model import Endpoint, Fact, KindOutcome, Outcome, Target, Transport

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=12)


def fact(kind: str, key: str, at: datetime = NOW, target: str = "a", **values: Any) -> Fact:
    value = {**dict.fromkeys(kinds()[kind].fields), **values}
    return Fact(kind, target, key, value, at, ("sha256:main", "sha256:also"))


def build(*facts: Fact | FactSet, outcomes: tuple[KindOutcome, ...] = (), **options: Any) -> FactTables:
    return FactTables.build((), facts, outcomes, {}, NOW, **options)


def test_every_kind_is_a_table_with_its_fields() -> None:
    tables = empty_tables()
    for kind in kinds().values():
        columns, rows = tables.query(f'SELECT * FROM "{kind.name}"')
        assert columns == ("target", "key", "observed_at", "evidence", *kind.fields)
        assert rows == []


def test_values_of_every_type_arrive() -> None:
    rows = [
        fact("lag", "Po1", name="Port-channel1", up=True, members=("Gi1", "Gi2"), bundled=[]),
        fact("sensor", "t", value=21.5, ok=False, name='"; DROP TABLE lag; --\n\u202e'),
        fact("backup_job_run", "j", started_at=NOW, workloads=7),
    ]
    tables = build(*rows)
    head = 'target, "key", observed_at, evidence'
    (found,) = tables.query(f"SELECT {head}, name, up, members, bundled, mlag FROM lag")[1]
    naive = NOW.replace(tzinfo=None)
    evidence = ["sha256:main", "sha256:also"]
    assert found == ("a", "Po1", naive, evidence, "Port-channel1", True, ["Gi1", "Gi2"], [], None)
    assert tables.query("SELECT value, ok, name FROM sensor")[1] == [(21.5, False, '"; DROP TABLE lag; --\n\u202e')]
    assert tables.query("SELECT started_at, workloads FROM backup_job_run")[1] == [(naive, 7)]


def test_a_value_of_the_wrong_type_is_not_known_and_costs_nothing_else() -> None:
    tables = build(
        fact("vlan", "1", id="ten", name="x"), fact("vlan", "2", id=2, name=["y"]), fact("vlan", "3", id=2**70)
    )
    assert tables.query('SELECT "key", id, name FROM vlan ORDER BY "key"')[1] == [
        ("1", None, "x"),
        ("2", 2, None),
        ("3", None, None),
    ]


def test_stored_documents_and_facts_give_the_same_rows() -> None:
    facts = [fact("vlan", str(i), id=i, name=f"v{i}") for i in range(50)]
    stored = FactSet(
        "vlan",
        "a",
        encode([replace(f, evidence=f.evidence[:1]) for f in facts], CaptureIndex(())),
        (Source("sha256:main", NOW),),
    )
    query = 'SELECT target, "key", id, name, observed_at, evidence[1] FROM vlan ORDER BY id'
    assert build(stored).query(query) == build(*facts).query(query)


def test_long_documents_are_cut_into_lines() -> None:
    facts = [fact("vlan", str(i), id=i, name="x" * 2000) for i in range(5000)]
    made = FactSet(
        "vlan", "a", encode(facts, CaptureIndex(())), (Source("sha256:main", NOW), Source("sha256:also", NOW))
    )
    assert len(made.document) > 8_000_000
    assert build(made).query("SELECT count(*), count(DISTINCT id), sum(length(name)) FROM vlan")[1] == [
        (5000, 5000, 10**7)
    ]


def test_the_tables_beside_the_kinds() -> None:
    endpoints = (
        Endpoint(Transport.SSH, 22, options={"verify": False}),
        Endpoint(Transport.HTTP, 443, options={"verify": True}),
        Endpoint(Transport.LDAP, 389, options={"tls": "none"}),
    )
    target = Target("a", "127.0.0.1", "p", "switch", "main", "core", ("x", "y"), endpoints)
    outcomes = (
        KindOutcome("a", "vlan", Outcome.OK, "", 3, NOW),
        KindOutcome("a", "lag", Outcome.DENIED, "no", 0, NOW),
    )
    tables = FactTables.build([target], (), outcomes, {"servers": ["s1", "s2"], "none": []}, NOW)
    row = ("a", "127.0.0.1", "p", "switch", "main", "core", ["x", "y"], ["ssh", "http", "ldap"], ["ssh", "ldap"])
    assert tables.query("SELECT * FROM target")[1] == [row]
    assert tables.query("SELECT kind, outcome, detail, rows FROM outcome ORDER BY kind")[1] == [
        ("lag", "denied", "no", 0),
        ("vlan", "ok", "", 3),
    ]
    assert tables.query("SELECT * FROM read_ok")[1] == [("a", "vlan")]
    assert tables.query("SELECT * FROM listed")[1] == [("servers", "s1"), ("servers", "s2")]
    assert tables.query("SELECT now FROM clock")[1] == [(NOW.replace(tzinfo=None),)]


def test_an_old_reading_counts_as_not_read() -> None:
    outcomes = (
        KindOutcome("a", "interface", Outcome.OK, "", 1, OLD),  # stands for 7 days
        KindOutcome("a", "vlan", Outcome.OK, "", 1, OLD),  # 30 days
        KindOutcome("a", "ups", Outcome.DENIED, "no", 1, OLD),
    )
    facts = (fact("interface", "x", OLD, name="x"), fact("vlan", "1", OLD, id=1), fact("ups", "", OLD))
    tables = build(*facts, outcomes=outcomes)
    assert tables.query("SELECT kind, outcome, detail, rows FROM outcome ORDER BY kind")[1] == [
        ("interface", "not_collected", "stale: read 12 d ago", 0),
        ("ups", "denied", "no", 0),
        ("vlan", "ok", "", 1),
    ]
    assert tables.query("SELECT kind FROM read_ok")[1] == [("vlan",)]
    counts = "SELECT (SELECT count(*) FROM interface), (SELECT count(*) FROM vlan), (SELECT count(*) FROM ups)"
    assert tables.query(counts)[1] == [(0, 1, 0)]


def test_exactly_as_old_as_it_may_be_still_stands() -> None:
    at = NOW - kinds()["interface"].fresh
    for moment, count in ((at, 1), (at - timedelta(seconds=1), 0)):
        outcome = KindOutcome("a", "interface", Outcome.OK, "", 1, moment)
        tables = build(fact("interface", "x", moment), outcomes=(outcome,))
        assert tables.query("SELECT count(*) FROM read_ok")[1] == [(count,)]
        assert tables.query("SELECT count(*) FROM interface")[1] == [(count,)]


def test_views_are_made_in_order_and_mistakes_name_them() -> None:
    views = {"big": "SELECT * FROM vlan WHERE id > 100", "bigger": "SELECT * FROM big WHERE id > 1000"}
    assert build(fact("vlan", "2000", id=2000), views=views).query("SELECT id FROM bigger")[1] == [(2000,)]
    with pytest.raises(QueryError, match=r"view odd: .*vlann.*vlan"):
        empty_tables({"odd": "SELECT * FROM vlann"})
    with pytest.raises(QueryError, match="view odd"):
        empty_tables({"odd": "DROP TABLE vlan"})


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO vlan VALUES (1)",
        "WITH x AS (INSERT INTO clock VALUES (TIMESTAMP '2026-01-01') RETURNING *) SELECT * FROM x",
        "WITH x AS (DELETE FROM clock RETURNING *) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM clock",
        "DELETE FROM clock",
        "UPDATE clock SET now = NULL",
        "CREATE TABLE t (a INT)",
        "CREATE TEMP TABLE t (a INT)",
        "CREATE MACRO f() AS 1",
        "DROP TABLE clock",
        "ALTER TABLE clock ADD COLUMN x INT",
        "COPY clock TO '/tmp/x.csv'",
        "COPY clock FROM '/etc/passwd'",
        "EXPORT DATABASE '/tmp/x'",
        "ATTACH '/tmp/x.db' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET memory_limit = '1TB'",
        "RESET memory_limit",
        "SET lock_configuration = false",
        "CALL enable_logging()",
        "USE memory",
        "BEGIN",
        "COMMIT",
        "CHECKPOINT",
        "VACUUM",
        "PREPARE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE clock",
        "",
        "-- nothing",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/*')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_json('https://example.org/x')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM query('DROP TABLE clock')",
        "SELECT * FROM enable_logging()",
        "SELECT * FROM enable_profiling()",
        "SELECT getenv('HOME')",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        'SELECT * FROM "Pandas_Scan"(1)',
        "SELECT * FROM python_variable",
        "SELECT now()",
        "SELECT list(range) FROM range(10000000000)",
        "SELECT",
    ],
)
def test_nothing_but_a_select_on_the_tables(sql: str) -> None:
    python_variable = [1]  # noqa: F841  DuckDB could look at a caller's names
    tables = build(memory="256MB")
    with pytest.raises(QueryError) as caught:
        tables.query(sql, seconds=20)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert tables.query("SELECT count(*) FROM clock")[1] == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "FROM clock",
        "SHOW TABLES",
        "DESCRIBE vlan",
        "SUMMARIZE vlan",
        "EXPLAIN SELECT 1",
        "VALUES (1)",
        "WITH a AS (SELECT 1) FROM a;",
        "SELECT 'DROP TABLE x; arrow'",
        "SELECT CAST(now() AS TIMESTAMP)",
    ],
)
def test_what_only_reads_is_answered(sql: str) -> None:
    columns, rows = build().query(sql)
    assert columns
    assert rows or "vlan" in sql


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    tables = empty_tables()
    with pytest.raises(QueryError) as caught:
        tables.query("SELECT descripton FROM interface")
    assert "descripton" in caught.value.message
    assert "description" in caught.value.hint
    with pytest.raises(QueryError) as caught:
        tables.bind("SELECT * FROM interfaces")
    assert '"interface"' in caught.value.hint
    assert tables.bind('SELECT target, "key" FROM vlan -- all of them') == ("target", "key")


def test_a_query_past_its_time_is_stopped_and_the_next_one_works() -> None:
    tables = build()
    start = time.perf_counter()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s"):
        tables.query("SELECT count(*) FROM range(100000000) a, range(100000000) b", seconds=0.3)
    assert time.perf_counter() - start < 5
    assert tables.query("SELECT 1")[1] == [(1,)]


def test_more_rows_than_wanted_are_an_error_and_not_cut() -> None:
    tables = build()
    assert len(tables.query("SELECT * FROM range(10)", limit=10)[1]) == 10
    with pytest.raises(QueryError, match="more than 9 rows"):
        tables.query("SELECT * FROM range(10)", limit=9)


def test_parameters() -> None:
    assert build(fact("vlan", "1", id=1), fact("vlan", "2", id=2)).query("SELECT id FROM vlan WHERE id > ?", [1])[
        1
    ] == [(2,)]


def test_a_million_interfaces_load_in_seconds() -> None:
    facts = [
        fact(
            "interface", f"Ethernet1/{i}", name=f"Ethernet1/{i}", index=i, oper_up=i % 3 == 0, speed_bps=10**9, mtu=1500
        )
        for i in range(100)
    ]
    document = encode([replace(f, evidence=("sha256:main",)) for f in facts], CaptureIndex(()))
    sets = (FactSet("interface", f"sw-{n}", document, (Source("sha256:main", NOW),)) for n in range(10_000))
    start = time.perf_counter()
    tables = FactTables.build((), sets, (), {}, NOW)
    took = time.perf_counter() - start
    assert tables.query("SELECT count(*), count(DISTINCT target) FROM interface")[1] == [(1_000_000, 10_000)]
    assert took < 30
