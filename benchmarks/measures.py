"""Measures of all of Norway's units against one GROUP BY of the same facts: limits of issue 15, time and memory.

Synthetic: some 14,000 units and 350 municipalities of 40 units, 24 years, four indicators with a count and a
denominator, windows of three years: 2.7 million facts. Each is computed in a process of its own, by one thread, through
the engine's door; times are the processor's, for on a machine that is shared the clock tells of the others' work too.

Facts are taken as the step takes them, a portion at a time. On a machine that others used too it took 5.9 to 7.2 times
one GROUP BY, and 0.73 to 1.24 GB: both limits are MISSED in docs/performance.md. Of the time, writing 2.6 million rows
of 20 columns takes a fifth, names and intervals of each row a fifth; the one grouping of cells, that of windows and
the sorting take a tenth each.

`python -m benchmarks.measures` shows in which operators the time goes, and how many rows leave each.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import Result
from benchmarks.harmonise import measured
from indicators.measures import measures
from pipelines.engine import Expression, Input, Union
from pipelines.engine.on_duckdb import DuckDbEngine, compiled, register
from pipelines.steps.measuring import FACT_COLUMNS, TERMS, portions
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from pipelines.storage.lake import Ref

UNITS, INDICATORS, YEARS, IN_A_MUNICIPALITY = 14_000, 4, 24, 40
TIMES_GROUP_BY, GIGABYTES, GROWTH = 6.0, 1.0, 11.0
_RESTS = pa.schema([*((name, pa.string()) for name in ("area_id", "whole", "without")), ("parts", pa.int64())])


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        prepare(at, UNITS)
        peer, _memory = measured(group_by, at)
        ours, memory = measured(computed, at)
        prepare(at, UNITS // 10)
        tenth, _memory = measured(computed, at)
    rows = f"{2 * INDICATORS * YEARS * UNITS / 1e6:.1f} million facts"
    # Memory is compared as if it were seconds: GB against GB.
    return [
        Result(f"measures, {rows}", ours, "one GROUP BY", peer, TIMES_GROUP_BY),
        Result(f"measures, {rows}, GB at most", memory, "the limit", GIGABYTES, 1.0),
        Result(f"measures, {rows}, growth", ours, "a tenth of them", tenth, GROWTH),
    ]


def prepare(folder: Path, units: int) -> None:
    """Write a file of facts per indicator: seeded, synthetic; one answer a table, and a correction of some figures."""
    with duckdb.connect() as connection:
        for number in range(INDICATORS):
            # DuckDB's hash is the same for the same numbers.
            facts = connection.sql(
                """
                SELECT printf('%08d', 1000000 + unit * 7) AS area_id, year::SMALLINT AS boundary_year,
                    year::VARCHAR AS period, make_date(year, 1, 1) AS period_start,
                    make_date(year, 12, 31) AS period_end,
                    cell, CASE WHEN draw % 50 = 0 THEN NULL WHEN cell = 'n' THEN draw % 60 ELSE 60 + draw % 400 END
                        ::DOUBLE AS value,
                    CASE WHEN draw % 50 = 0 THEN ':' END AS status,
                    sha256($number::VARCHAR || CASE WHEN draw % 97 = 0 THEN 'correction' ELSE '' END)
                        AS snapshot_sha256,
                    TIMESTAMPTZ '2026-01-01 00:00:00+00' AS vintage
                FROM (
                    SELECT *, hash(unit, year, cell, $number::INTEGER) % 1000003 AS draw
                    FROM range($units) AS units(unit), range(2002, $end) AS years(year),
                        (VALUES ('n'), ('d')) AS cells(cell)
                )
                """,
                params={"number": number, "units": units, "end": 2002 + YEARS},
            )
            facts.write_parquet(str(folder / f"{number}.parquet"), compression="zstd")
        (counted,) = connection.sql("SELECT list(DISTINCT area_id ORDER BY area_id) FROM facts").fetchone() or ((),)
    (folder / "units.json").write_text(json.dumps(counted))


def inputs(folder: Path) -> tuple[Input, ...]:
    """Facts, terms, membership and rests, as `measures.measures` takes them."""
    files = {f"made/{number}": folder / f"{number}.parquet" for number in range(INDICATORS)}
    parts = {name: Ref(path, pq.read_schema(path)) for name, path in files.items()}
    usual = {"source": 0, "method": "proportion", "scale": 1.0, "per": 1.0, "rounding": None, "pooling": 3}
    terms = [
        {**usual, "indicator_id": f"indicator_{number}", "table_name": f"made/{number}", "role": role, "cell": role[0]}
        | {"cells": 1, "age": "all", "sex": "both"}
        for number in range(INDICATORS)
        for role in ("numerator", "denominator")
    ]
    always = {"part": 0, "first_year": 1900, "last_year": 2999, "weight": 1.0, "origin": "catalogue"}
    units = json.loads((folder / "units.json").read_text())
    members = [{**always, "area_id": unit, "code": unit, "codes": 1} for unit in units]
    for start in range(0, len(units), IN_A_MUNICIPALITY):
        own = units[start : start + IN_A_MUNICIPALITY]
        members += [{**always, "area_id": f"municipality_{start}", "code": unit, "codes": len(own)} for unit in own]
    return (
        Union(parts, "table_name", tuple(FACT_COLUMNS)),
        pa.Table.from_pylist(terms, schema=TERMS),
        pa.Table.from_pylist(members, schema=MEMBERSHIP_COLUMNS),
        _RESTS.empty_table(),
    )


def computed(folder: Path) -> float:
    facts, terms, *others = inputs(folder)
    return sum(_seconds(measures, folder, *portion, *others) for portion in portions(facts, terms))


def group_by(folder: Path) -> float:
    return _seconds(_grouped, folder, inputs(folder)[0])


def _grouped(facts: ibis.Table) -> ibis.Table:
    """One GROUP BY of all rows by all that tells them apart."""
    keys = ["table_name", "area_id", "boundary_year", "period", "period_start", "period_end", "cell"]
    return facts.group_by(*keys).agg(value=facts.value.sum(), vintage=facts.vintage.max())


def _seconds(expression: Expression, folder: Path, *tables: Input) -> float:
    engine = DuckDbEngine(folder)
    compiled(expression, tuple(table.schema for table in tables))
    start = time.process_time()
    engine.run(expression, *tables)
    return time.process_time() - start


def profile(folder: Path) -> None:
    """Print the operators that take the most time: what is there twice, or has more rows than it needs, is a fault."""
    tables = inputs(folder)
    sql, _schema, brought = compiled(measures, tuple(table.schema for table in tables))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET enable_progress_bar = false")
        for number, table in enumerate(tables):
            register(connection, f"table_{number}", table)
        for name, constant in brought:
            connection.register(name, constant)
        connection.execute(f"PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = '{folder / 'profile.json'}'")
        connection.execute(f"COPY ({sql}) TO '{folder / 'profiled.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
    found = sorted(_operators(json.loads((folder / "profile.json").read_text())), reverse=True)
    for seconds, name, rows, about in found[:15]:
        print(f"{seconds:7.2f} s  {rows:12,} rows  {name:20} {about[:120]}")


def _operators(node: dict[str, Any]) -> Iterator[tuple[float, str, int, str]]:
    if "operator_type" in node:
        about = str(node.get("extra_info", ""))
        yield node["operator_timing"], node["operator_type"], node["operator_cardinality"], about
    for child in node["children"]:
        yield from _operators(child)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        prepare(Path(made), UNITS)
        profile(Path(made))
