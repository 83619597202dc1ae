"""All of Norway restated: 14,000 units x 24 years x 40 ages x 2 sexes, some 27 million (synthetic) counts.

Limits of issue 3: 15 s and 1.5 GB on two cores. The peer does the same with pandas' merge and groupby, for one of the
years, and is counted 24 times. Each is measured in a process of its own, memory too.
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pandas as pd

from benchmarks import Result
from indicators import catalogue, geography
from indicators.geography import ChangeGraph, tree
from pipelines.deliveries import area_file

LISTS = Path(__file__).parents[2] / "shared" / "recorded" / "klass" / "classifications_2002-2025.csv.gz"
SECONDS, GIGABYTES, NEWEST = 15.0, 1.5, 2025


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        measured(prepare, at)
        building, _memory = measured(build, at)
        seconds, memory = measured(restate, at)
        measured(check, at)
        peer, _memory = measured(restate_with_pandas, at)
    # Memory is compared as if it were seconds: GB against GB.
    return [
        Result("harmonise Norway, 27 million counts", seconds, "the limit", SECONDS, 1.0),
        Result("harmonise Norway, against pandas", seconds, "pandas, one year x 24", 24 * peer, 1.0),
        Result("harmonise Norway, GB at most", memory, "the limit", GIGABYTES, 1.0),
        Result("graph of changes, built once", building, "the limit", SECONDS, 1.0),
    ]


def measured(work: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    """Seconds that the work says it took, and the most memory that its process ever had, in GB."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (work, folder))


def _measured(work: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    seconds = work(folder)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def prepare(folder: Path) -> float:
    """Lists to official areas and changes, and the counts: seeded, synthetic."""
    contract = catalogue.load().area_lists["official_areas"]
    areas = geography.from_yearly_lists(area_file.read(contract, LISTS.read_bytes(), LISTS.name))
    units = areas[areas["level"] == tree.UNIT].reset_index(drop=True)
    units.to_parquet(folder / "areas.parquet")
    changes = geography.changes_from_lists(areas)
    changes[changes["level"] == tree.UNIT].reset_index(drop=True).to_parquet(folder / "changes.parquet")
    listed = pd.concat(
        [tree.valid_in(units, year)[["code"]].assign(boundary_year=year) for year in range(2002, NEWEST + 1)]
    )
    with duckdb.connect() as connection:
        connection.register("listed", listed)
        connection.execute("SELECT setseed(0.2)")
        counts = connection.sql("""
            SELECT code AS area_id, boundary_year::SMALLINT AS boundary_year,
                boundary_year::SMALLINT AS year, age::TINYINT AS age, sex::TINYINT AS sex,
                floor(random() * 12) AS value, NULL::VARCHAR AS status
            FROM listed, range(40) AS ages(age), range(2) AS sexes(sex)
        """)
        counts.write_parquet(str(folder / "facts.parquet"), compression="zstd")
    return 0.0


def graph(folder: Path) -> ChangeGraph:
    return ChangeGraph(pd.read_parquet(folder / "changes.parquet"), pd.read_parquet(folder / "areas.parquet"))


def build(folder: Path) -> float:
    of = graph(folder)
    start = time.perf_counter()
    assert len(of.mapping(NEWEST)) > 330_000
    return time.perf_counter() - start


def restate(folder: Path) -> float:
    of = graph(folder)
    connection = ibis.duckdb.connect(threads=2, memory_limit="800MB", temp_directory=str(folder / "spill"))
    start = time.perf_counter()
    found = of.harmonise(connection.read_parquet(folder / "facts.parquet"), NEWEST)
    connection.to_parquet(found.facts, folder / "restated.parquet")
    return time.perf_counter() - start


def check(folder: Path) -> float:
    """What was measured is what was wanted: a figure for each cell once, and no more in all than there was."""
    with duckdb.connect() as connection:
        before, after = (
            connection.read_parquet(str(folder / f"{name}.parquet"))
            .aggregate("year, count(*), count(DISTINCT area_id) * 80, sum(value)", "year")
            .order("year")
            .fetchall()
            for name in ("facts", "restated")
        )
    assert all(rows == cells for _year, rows, cells, _total in after)
    assert [year for year, *_rest in after] == list(range(2002, NEWEST + 1))
    assert all(0.97 * old[-1] < new[-1] <= old[-1] for old, new in zip(before, after, strict=True))
    assert before[-1] == after[-1]
    return 0.0


def restate_with_pandas(folder: Path) -> float:
    mapping = graph(folder).mapping(NEWEST, [2010])
    facts = pd.read_parquet(folder / "facts.parquet", filters=[("boundary_year", "==", 2010)])
    start = time.perf_counter()
    met = facts.merge(mapping, left_on=["boundary_year", "area_id"], right_on=["boundary_year", "code"])
    met["value"] *= met["weight"]
    summed = met.groupby(["to_code", "year", "age", "sex"], as_index=False)["value"].sum()
    summed.to_parquet(folder / "pandas.parquet")
    return time.perf_counter() - start
