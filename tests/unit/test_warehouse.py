import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from indicators.dictionary import SCHEMA, Column, Table, WarehouseSchema
from pipelines.edition.views import VIEWS
from pipelines.storage import warehouse
from pipelines.storage.warehouse import Edition, NothingPublished, PublicationError

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
NAME = "levekar-20260301T120000000005Z"
POINTERS = ("CURRENT", "levekar.duckdb")


def filled(table: Table, **given: Any) -> dict[str, Any]:
    """A synthetic row: every required column gets some value of its type, every other NULL."""
    some = {
        "VARCHAR": "x",
        "VARCHAR[]": ["x"],
        "MAP(VARCHAR, VARCHAR)": [("ContentsCode", "x")],
        "SMALLINT": 1,
        "BIGINT": 1,
        "INTEGER": 1,
        "BLOB": b"x",
        "BOOLEAN": True,
        "DATE": date(2024, 1, 1),
        "TIMESTAMP WITH TIME ZONE": NOON,
        "DOUBLE": 0.0,
    }
    row = {column.name: None if column.nullable else some[column.type] for column in table.columns}
    return {**row, **given}


def series(indicator: str, year: int | None, value: float | None, **given: Any) -> dict[str, Any]:
    day = date(year, 12, 31) if year else None
    return filled(
        SCHEMA["series"],
        indicator_id=indicator,
        area_id="testby",
        period=str(year) if year else None,
        period_start=day,
        period_end=day,
        value=value,
        **given,
    )


def tables(**rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """Every table of the contract: made-up pillars in an order of their own, and the rows given."""
    given = {
        "pillar": [
            filled(SCHEMA["pillar"], pillar_id="work", position=1),
            filled(SCHEMA["pillar"], pillar_id="housing", position=2),
        ],
        "indicator": [
            filled(SCHEMA["indicator"], indicator_id="crowding", pillar_id="housing"),
            filled(SCHEMA["indicator"], indicator_id="unemployment", pillar_id="work"),
        ],
        "series": [
            series("crowding", 2024, 0.1),
            series("crowding", 2025, 0.2),
            series("unemployment", 2024, 0.3),
        ],
        **rows,
    }
    return {
        table.name: pa.Table.from_pylist(given.get(table.name, [filled(table)]), schema=table.arrow)
        for table in SCHEMA.tables
        if table.name != "meta"
    }


def publish(root: Path, content: dict[str, pa.Table] | None = None, **given: Any) -> Edition:
    arguments = {"schema": SCHEMA, "views": VIEWS, "meta": {"source_set": "test"}, "now": NOON, **given}
    return warehouse.publish(root, tables() if content is None else content, **arguments)


def ask(root: Path, query: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(root) as connection:
        return connection.execute(query).fetchall()


AROUND = {"CURRENT", "levekar.duckdb", "warehouse", *(f"warehouse/{name}" for name in (".lock", *POINTERS))}


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with one full edition, for tests that only read."""
    root = tmp_path_factory.mktemp("published")
    publish(root)
    return root


def part(*names: str) -> WarehouseSchema:
    """Some of the contract's tables: quicker to publish than all."""
    return WarehouseSchema((*(SCHEMA[name] for name in names), SCHEMA["meta"]))


def test_an_edition_is_named_by_time_and_both_pointers_name_it(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    assert edition == Edition(NAME, tmp_path / f"warehouse/{NAME}.duckdb", tmp_path / f"warehouse/{NAME}")
    assert (tmp_path / "levekar.duckdb").readlink() == Path(f"warehouse/{NAME}.duckdb")
    assert (tmp_path / "CURRENT").read_text() == f"warehouse/{NAME}.duckdb\n"
    assert (tmp_path / "warehouse" / "levekar.duckdb").readlink() == Path(f"{NAME}.duckdb")
    assert (tmp_path / "warehouse" / "CURRENT").read_text() == f"{NAME}.duckdb\n"
    assert warehouse.current(tmp_path) == edition.path
    parquet = {f"warehouse/{NAME}/{table.name}.parquet" for table in SCHEMA.tables}
    assert everything(tmp_path) == {
        *parquet,
        *AROUND,
        *(f"warehouse/{NAME}{end}" for end in ("", ".duckdb", ".sha256")),
    }


def test_readers_may_open_the_symlink_itself(published: Path) -> None:
    with duckdb.connect(str(published / "levekar.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM scorecard").fetchall() == [(2,)]


def test_a_moved_or_copied_folder_still_answers(tmp_path: Path) -> None:
    quick(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert ask(tmp_path / "there", "SELECT count(*) FROM meta") == [(3,)]


def test_rows_come_back_with_their_types(tmp_path: Path) -> None:
    row = filled(
        SCHEMA["observation"],
        table_id="0602",
        value=None,
        status=":",
        boundary_year=2024,
        dimensions=[("ContentsCode", "Personer1"), ("Kjonn", "0")],
    )
    publish(tmp_path, {"observation": tables(observation=[row])["observation"]}, schema=part("observation"), views={})
    found = ask(tmp_path, "SELECT table_id, value, status, boundary_year, dimensions, vintage FROM observation")
    assert found == [("0602", None, ":", 2024, {"ContentsCode": "Personer1", "Kjonn": "0"}, NOON)]


def test_parquet_beside_holds_the_same_rows(published: Path) -> None:
    for table in SCHEMA.tables:
        beside = duckdb.read_parquet(str(published / f"warehouse/{NAME}/{table.name}.parquet")).fetchall()
        assert beside == ask(published, f'FROM "{table.name}"')


def test_meta_names_edition_and_time(published: Path) -> None:
    built = {"source_set": "test", "edition": NAME, "built_at": NOON.isoformat()}
    assert dict(ask(published, "FROM meta")) == built


def test_every_table_view_and_column_carries_a_comment(published: Path) -> None:
    found = ask(
        published,
        "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal UNION ALL "
        "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal",
    )
    assert len(found) == sum(1 + len(table.columns) for table in SCHEMA)
    assert [name for name, comment in found if not comment] == []


def test_the_contract_has_what_the_design_promises() -> None:
    promised = {
        "observation": "provider table_id area_id period dimensions value status snapshot_sha256",
        "measure": "indicator_id area_id period sex age numerator denominator value lower upper confidence "
        "method status vintage",
        "series": "indicator_id area_id period value lower upper baseline_period baseline_value target_period "
        "target_value target_status required_value gap_to_required gap_to_target comparator_id "
        "gap_to_comparator assessment probability",
        "area": "area_id kind name parent_id valid_from valid_to population",
        "meta": "key value",
    }
    for name, columns in promised.items():
        assert set(columns.split()) <= {column.name for column in SCHEMA[name].columns}
    others = {
        "area_code",
        "official_area",
        "area_change",
        "population",
        "reconciliation",
        "boundary",
        "comparison",
        "change_test",
        "small_area",
        "standardised",
        "evaluation",
        "evaluation_placebo",
        "pillar_view",
        "pillar",
        "subgoal",
        "indicator",
        "coverage",
        "sentence",
        "programme",
        "measure_taken",
        "finding",
        "obstacle",
        "adjustment",
        "budget",
        "README",
        "scorecard",
        "scorecard_no",
        "district_against_rest",
        "behind_target",
        "worse_and_worsening",
        "snapshot",
        "refresh_run",
        "check_result",
        "revision",
        "forecast_skill",
        "forecast_calibration",
        "base_rate",
        "measure_history",
        "series_history",
        "comparison_history",
        "ingredient",
        "publication",
    }
    assert {one.name for one in SCHEMA} == {*promised, *others, "release"}
    assert [set(one.key) - {column.name for column in one.columns} for one in SCHEMA] == [set()] * len(list(SCHEMA))


def test_the_scorecard_shows_the_newest_row_in_the_order_of_the_pillars(published: Path) -> None:
    found = ask(published, "SELECT pillar_id, indicator_id, period, value FROM scorecard")
    assert found == [("work", "unemployment", "2024", 0.3), ("housing", "crowding", "2025", 0.2)]


def test_the_scorecard_passes_over_an_unfinished_year_but_not_a_suppressed_one(tmp_path: Path) -> None:
    rows = [
        series("unemployment", 2024, 0.3),
        series("unemployment", 2025, 0.4, status="incomplete"),
        series("crowding", 2024, 0.1),
        series("crowding", 2025, None, status="suppressed"),
    ]
    publish(tmp_path, tables(series=rows))
    found = ask(tmp_path, "SELECT indicator_id, period, value, status FROM scorecard")
    assert found == [("unemployment", "2024", 0.3, None), ("crowding", "2025", None, "suppressed")]


def test_the_scorecard_keeps_an_indicator_without_any_figure(tmp_path: Path) -> None:
    publish(tmp_path, tables(series=[series("crowding", None, None, assessment="no data")]))
    assert ask(tmp_path, "SELECT indicator_id, period, assessment FROM scorecard") == [("crowding", None, "no data")]


def without(name: str, column: str) -> Callable[[], dict[str, pa.Table]]:
    return lambda: {**tables(), name: tables()[name].drop_columns([column])}


def measured(**given: Any) -> dict[str, Any]:
    return filled(SCHEMA["measure"], **{"indicator_id": "crowding", "period": "2024", **given})


REFUSED: dict[str, tuple[Callable[[], dict[str, pa.Table]], str]] = {
    "a table is missing": (
        lambda: {name: table for name, table in tables().items() if name != "release"},
        "release: no such table was handed over",
    ),
    "a table too many": (
        lambda: {**tables(), "extra": tables()["area"]},
        "extra: is not a table of the schema",
    ),
    "a column is missing": (without("measure", "lower"), "measure.lower: is missing"),
    "a column too many": (
        lambda: {**tables(), "area": tables()["area"].append_column("code", pa.array(["0602"]))},
        "area.code: is not a column of the schema",
    ),
    "a value of another type": (
        lambda: {
            **tables(),
            "pillar": tables()["pillar"].set_column(1, "position", pa.array(["first", "second"])),
        },
        "pillar: a value does not fit its column: ",
    ),
    "a required value is NULL": (
        lambda: tables(measure=[measured(), measured(period="2025", source_table=None)]),
        "measure.source_table: NULL in 1 of 2 rows (50.0%), expected none",
    ),
    "a key occurs twice": (
        lambda: tables(measure=[measured(), measured()]),
        "measure: 1 keys occur twice or more: indicator_id=crowding, area_id=x, period=2024, sex=x, age=x",
    ),
    "a key with NULL occurs twice": (
        lambda: tables(series=[series("crowding", None, None)] * 2),
        "series: 1 keys occur twice or more: indicator_id=crowding, area_id=testby, period=None",
    ),
    "a key with dimensions occurs twice": (
        lambda: tables(observation=[filled(SCHEMA["observation"])] * 2),
        "observation: 1 keys occur twice or more: ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_faulty_edition_is_refused_and_nothing_moves(tmp_path: Path, case: str) -> None:
    quick(tmp_path)
    before = everything(tmp_path)
    content, failure = REFUSED[case]
    some = ("pillar", "area", "observation", "measure", "series", "release")
    others = {table.name for table in SCHEMA.tables} - set(some)
    given = {name: table for name, table in content().items() if name not in others}
    with pytest.raises(PublicationError) as raised:
        publish(tmp_path, given, schema=part(*some), views={}, now=NOON + timedelta(days=1))
    assert any(one.startswith(failure) for one in raised.value.failures)
    assert "the one before it stands" in str(raised.value)
    assert everything(tmp_path) == before
    assert dict(ask(tmp_path, "FROM meta"))["edition"] == NAME


@pytest.mark.parametrize("shown", ["value", "numerator", "lower", "upper"])
def test_a_suppressed_figure_that_shows_is_refused_and_not_told(tmp_path: Path, shown: str) -> None:
    hidden = measured(status="suppressed", **{shown: 0.1234})
    with pytest.raises(PublicationError, match="measure: 1 suppressed rows show a figure: indicator_id=") as raised:
        publish(tmp_path, {"measure": tables(measure=[hidden])["measure"]}, schema=part("measure"), views={})
    assert "0.1234" not in str(raised.value)


@pytest.mark.parametrize(
    "gap", ["gap_to_required", "gap_to_target", "gap_to_comparator", "change", "change_lower", "change_upper"]
)
def test_a_gap_that_gives_a_suppressed_figure_away_is_refused(tmp_path: Path, gap: str) -> None:
    row = series("crowding", 2024, None, status="suppressed", **{gap: 0.01})
    with pytest.raises(PublicationError, match="series: 1 suppressed rows show a figure"):
        publish(tmp_path, {"series": tables(series=[row])["series"]}, schema=part("series"), views={})


def revised(**given: Any) -> dict[str, pa.Table]:
    row = filled(SCHEMA["revision"], **given)
    return {"revision": tables(revision=[row])["revision"]}


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("other", [None, "suppressed"])
def test_a_revision_that_shows_a_suppressed_figure_is_refused_and_not_told(
    tmp_path: Path, side: str, other: str | None
) -> None:
    given = {"old_status": other, "new_status": other, f"{side}_status": "suppressed", f"{side}_value": 1.0625}
    message = f"revision: 1 suppressed rows show a figure: {side}_status"
    with pytest.raises(PublicationError, match=message) as raised:
        publish(tmp_path, revised(**given), schema=part("revision"), views={})
    assert "1.0625" not in str(raised.value)
    assert len(raised.value.failures) == 1
    assert warehouse.current(tmp_path) is None


@pytest.mark.parametrize("shown", ["old", "new"])
def test_a_revision_may_show_the_side_that_is_not_suppressed(tmp_path: Path, shown: str) -> None:
    hidden = "new" if shown == "old" else "old"
    given = {f"{hidden}_status": "suppressed", f"{shown}_value": 57.0}
    publish(tmp_path, revised(**given), schema=part("revision"), views={})
    assert ask(tmp_path, f"SELECT {shown}_value, {hidden}_value FROM revision") == [(57.0, None)]


def test_all_failures_are_told_at_once(tmp_path: Path) -> None:
    faulty = tables(measure=[measured(vintage=None)] * 2, pillar=[])
    faulty["area"] = pa.concat_tables([faulty["area"]] * 2)
    with pytest.raises(PublicationError) as raised:
        publish(tmp_path, faulty)
    about = {one.split(":")[0] for one in raised.value.failures}
    assert about == {"measure.vintage", "measure", "area"}


def small(**changes: Any) -> WarehouseSchema:
    table = Table(
        "meta", "Facts", (Column("key", "VARCHAR", "Name"), Column("value", "VARCHAR", "It's text")), ("key",)
    )
    return WarehouseSchema((replace(table, **changes),))


def test_a_column_or_table_without_comment_is_refused(tmp_path: Path) -> None:
    uncommented = small(comment="  ", columns=(Column("key", "VARCHAR", ""), Column("value", "VARCHAR", "Text")))
    with pytest.raises(PublicationError) as raised:
        publish(tmp_path, {}, schema=uncommented, views={})
    assert [one.split(":")[0] for one in raised.value.failures] == ["meta", "meta.key"]
    publish(tmp_path, {}, schema=small(), views={})


@pytest.mark.parametrize(
    ("select", "failure"),
    [
        ("SELECT nothing FROM meta", "view card: Binder Error"),
        ("SELECT key, 1 AS value FROM meta", "card.value: is INTEGER, expected VARCHAR"),
        ("SELECT key FROM meta", "card.value: is absent, expected VARCHAR"),
        ("SELECT key, CAST(CAST(value AS INTEGER) AS VARCHAR) AS value FROM meta", "card: does not answer"),
        ("SELECT 'one' AS key, value FROM meta", "card: 1 keys occur twice or more: key=one"),
    ],
)
def test_a_view_that_does_not_answer_as_described_is_refused(tmp_path: Path, select: str, failure: str) -> None:
    schema = replace(small(), views=(replace(small().tables[0], name="card"),))
    with pytest.raises(PublicationError) as raised:
        publish(tmp_path, {}, schema=schema, views={"card": select})
    assert any(one.startswith(failure) for one in raised.value.failures)


def test_a_view_is_both_described_and_defined(tmp_path: Path) -> None:
    schema = replace(small(), views=(replace(small().tables[0], name="described"),))
    with pytest.raises(PublicationError) as raised:
        publish(tmp_path, {}, schema=schema, views={"defined": "FROM meta"})
    assert raised.value.failures == [
        "view defined: is not described in the schema",
        "view described: has no SELECT",
    ]


def test_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    assert warehouse.current(tmp_path / "absent") is None
    assert warehouse.editions(tmp_path / "absent") == []
    with pytest.raises(NothingPublished, match=r"nothing is published here yet\. Run `levekar refresh`"):
        warehouse.connect(tmp_path / "absent")


def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        publish(tmp_path, now=datetime(2026, 3, 1))


def editions_there(root: Path) -> set[str]:
    """What lies in the readers' folder, without the lock and what names the current edition."""
    return {path.name for path in (root / "warehouse").iterdir()} - {".lock", *POINTERS}


def quick(root: Path, **given: Any) -> Edition:
    """Publish an edition that holds nothing but meta."""
    return publish(root, {}, schema=small(), views={}, **given)


def test_a_name_is_never_used_again_even_if_the_clock_is_put_back(tmp_path: Path) -> None:
    names = [quick(tmp_path, now=now, keep=1).name for now in (NOON, NOON, NOON - timedelta(days=400))]
    assert names == [NAME, NAME[:-2] + "6Z", NAME[:-2] + "7Z"]
    assert warehouse.current(tmp_path) == tmp_path / f"warehouse/{names[-1]}.duckdb"


def test_time_in_another_zone_is_named_in_utc(tmp_path: Path) -> None:
    assert quick(tmp_path, now=datetime.fromisoformat("2026-03-01T13:00:00.000005+01:00")).name == NAME


def test_the_newest_editions_are_kept_with_their_parquet(tmp_path: Path) -> None:
    made = [quick(tmp_path, now=NOON + timedelta(days=day), keep=3) for day in range(5)]
    kept = made[:1:-1]
    assert warehouse.editions(tmp_path) == [one.path for one in kept]
    assert editions_there(tmp_path) == {f"{one.name}{end}" for one in kept for end in ("", ".duckdb", ".sha256")}


def test_a_reader_that_was_there_before_keeps_its_edition_through_later_ones(tmp_path: Path) -> None:
    first = quick(tmp_path)
    query = "SELECT value FROM meta WHERE key = 'edition'"
    with warehouse.connect(tmp_path) as reader:
        for day in range(1, 4):
            latest = quick(tmp_path, now=NOON + timedelta(days=day), keep=1)
            assert reader.execute(query).fetchone() == (first.name,)
            assert reader.execute("SELECT count(*) FROM meta").fetchone() == (3,)
        assert not first.path.exists()
        assert ask(tmp_path, query) == [(latest.name,)]


def test_an_edition_is_closed_to_writers_and_has_no_log_beside_it(tmp_path: Path) -> None:
    edition = quick(tmp_path)
    assert edition.path.stat().st_mode & 0o222 == 0
    assert not [name for name in everything(tmp_path) if name.endswith(".wal")]
    with warehouse.connect(tmp_path) as reader, pytest.raises(duckdb.InvalidInputException):
        reader.execute("DELETE FROM meta")


def test_a_crash_between_the_pointers_is_repaired_by_the_next_publication(tmp_path: Path) -> None:
    first = quick(tmp_path)
    second = quick(tmp_path, now=NOON + timedelta(days=1))
    for lagging in (tmp_path / "levekar.duckdb", tmp_path / "warehouse" / "CURRENT", tmp_path / "CURRENT"):
        lagging.unlink()
    (tmp_path / "levekar.duckdb").symlink_to(first.path)
    assert warehouse.current(tmp_path) == second.path
    with pytest.raises(PublicationError):
        publish(tmp_path, {})
    assert (tmp_path / "CURRENT").read_text() == f"warehouse/{second.path.name}\n"
    assert (tmp_path / "warehouse" / "CURRENT").read_text() == f"{second.path.name}\n"
    assert (tmp_path / "levekar.duckdb").resolve() == second.path.resolve()


@pytest.mark.parametrize("link", [None, "warehouse/levekar-20200101T000000000000Z.duckdb"])
def test_without_a_symlink_that_leads_somewhere_current_is_followed(tmp_path: Path, link: str | None) -> None:
    edition = quick(tmp_path)
    for folder in (tmp_path, tmp_path / "warehouse"):
        (folder / "levekar.duckdb").unlink()
        if link:
            (folder / "levekar.duckdb").symlink_to(link)
    assert warehouse.current(tmp_path) == edition.path


def test_without_symlinks_current_alone_names_the_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("symbolic link privilege not held")

    quick(tmp_path)
    # Stands in for a system without symlinks, which this machine cannot be.
    monkeypatch.setattr(Path, "symlink_to", refuse)
    edition = quick(tmp_path, now=NOON + timedelta(days=1))
    for folder in (tmp_path, tmp_path / "warehouse"):
        assert not (folder / "levekar.duckdb").is_symlink()
    assert warehouse.current(tmp_path) == edition.path


def test_what_killed_publications_left_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    for left in (".building-abc/parquet", "levekar-20250101T000000000000Z"):
        (folder / left).mkdir(parents=True)
        (folder / left / "area.parquet").write_bytes(b"half")
    (folder / "levekar-20250101T000000000000Z.sha256").write_text("half")
    for place in (tmp_path, folder):
        (place / ".unfinished-abc").symlink_to("warehouse/levekar-20250101T000000000000Z.duckdb")
    quick(tmp_path)
    beside = {f"warehouse/{NAME}{end}" for end in ("", "/meta.parquet", ".duckdb", ".sha256")}
    assert everything(tmp_path) == {*AROUND, *beside}


def test_an_edition_that_was_finished_but_never_shown_is_not_among_the_editions(tmp_path: Path) -> None:
    first = quick(tmp_path)
    second = quick(tmp_path, now=NOON + timedelta(days=1))
    for folder in (tmp_path / "warehouse", tmp_path):
        for name in POINTERS:
            (folder / name).unlink()
        (folder / "levekar.duckdb").symlink_to(first.path)
    assert warehouse.editions(tmp_path) == [first.path]
    third = quick(tmp_path, now=NOON)
    assert third.name > second.name


PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.unit.test_warehouse import publish
print("ready", flush=True)
while True:
    publish(Path(sys.argv[1]), now=datetime.now(UTC), keep=2)
"""


def publisher(root: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(root)], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    started.stdout.readline()
    return started


@pytest.mark.slow
def test_kill_9_at_any_moment_leaves_an_edition_that_answers(tmp_path: Path) -> None:
    publish(tmp_path)
    chance = random.Random(3)
    for _ in range(3):
        process = publisher(tmp_path)
        time.sleep(chance.uniform(0.05, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        edition = warehouse.current(tmp_path)
        assert edition is not None
        assert ask(tmp_path, "SELECT value FROM meta WHERE key = 'edition'") == [(edition.stem,)]
        assert ask(tmp_path, "SELECT count(*) FROM scorecard") == [(2,)]
        assert len(list(edition.with_suffix("").glob("*.parquet"))) == len(SCHEMA.tables)
    last = publish(tmp_path, now=datetime.now(UTC), keep=1)
    assert editions_there(tmp_path) == {last.name, last.path.name, f"{last.name}.sha256"}
    assert {path.name for path in tmp_path.iterdir()} == {"CURRENT", "levekar.duckdb", "warehouse"}


def test_publishers_at_the_same_time_take_turns(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: quick(tmp_path, keep=9), range(8)))
    newest = max(made, key=lambda edition: edition.name)
    assert len({edition.name for edition in made}) == 8
    assert warehouse.current(tmp_path) == newest.path
    assert ask(tmp_path, "SELECT value FROM meta WHERE key = 'edition'") == [(newest.name,)]
