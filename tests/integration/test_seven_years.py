"""What was known when: seven years of publications replayed, and any day of them asked for afterwards (synthetic).

Editions are put out and remembered as in a night; only what they are made of comes from here instead of from steps,
for the steps of some fifty nights would take half an hour.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from indicators.dictionary import REMEMBERED, SCHEMA, WarehouseSchema
from pipelines.edition import difference, gate, gathering
from pipelines.edition.publishing import Publisher
from pipelines.steps.remembering import Memory
from pipelines.storage import warehouse
from pipelines.storage.history import History
from pipelines.storage.lake import Memo
from pipelines.storage.snapshots import Fetch, StoredResponse
from pipelines.storage.store import Store
from pipelines.terminal import changed
from tests.unit import real_catalogue

DISTRICTS = [f"drammen-{number}" for number in range(4, 9)]
AREAS = [*DISTRICTS, "drammen"]
ASKED, ALSO_ASKED, CONTRACT = "ssb/11084", "ssb/07459", "drammen_district_counts"
DELIVERED = f"delivery/{CONTRACT}"
SOURCES = {"crowding": ASKED, "employment_rate": ALSO_ASKED, "child_welfare_measures": DELIVERED}
BASE = 900.0
FIRST_YEAR = 2015
Table = dict[tuple[Any, ...], dict[str, Any]]


@dataclass
class World:
    """What is true, and who said so; `publish` puts out an edition of it."""

    root: Path
    chance: random.Random = field(default_factory=lambda: random.Random(20201126))
    now: datetime = datetime(2020, 1, 10, 3, tzinfo=UTC)
    counts: dict[tuple[str, str, int], float] = field(default_factory=dict)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    codes: str = "3005"
    smallest: int = 3
    code: str = "first"
    target: float = 0.05
    said: int = 0
    files: dict[str, str] = field(default_factory=dict)
    editions: dict[str, dict[str, Table]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(self.root / "files", b"a key that everybody knows: the figures are made up")
        self.catalogue = real_catalogue()

    # --- what happens ------------------------------------------------------------------------------------------------

    def answer(self, source: str) -> str:
        """A new answer, or a new file, which is recorded."""
        self.said += 1
        name = self.store.snapshots.put(f"synthetic {self.said}".encode())
        if source != DELIVERED:
            return name
        self._record(name)
        self.files[self.store.names.of(name)] = name
        return self.store.names.of(name)

    def _record(self, sha256: str | None, withdraws: str | None = None) -> None:
        files = (StoredResponse("data", sha256, "FILE", "f", (), None, "f", 1, self.now),) if sha256 else ()
        query = {"withdraws": withdraws} if withdraws else {}
        self.store.snapshots.record(
            Fetch("delivery", CONTRACT, None, self.now, "synthetic", "none", files, query, {}, True, None)
        )

    def year(self, indicator: str, year: int) -> None:
        """A source publishes a year; of a provider it says all the others again."""
        named = self.answer(SOURCES[indicator])
        for area in DISTRICTS:
            self.counts[indicator, area, year] = float(self.chance.randint(1, 60))
        self._add_up(indicator, year)
        for known in {year, *(y for i, _a, y in self.counts if i == indicator and SOURCES[i] != DELIVERED)}:
            self.answers[indicator, known] = named

    def revise(self, indicator: str, year: int, by: float = 1.0) -> None:
        """Says of two districts that there were more than was thought."""
        named = self.answer(SOURCES[indicator])
        for area in self.chance.sample(DISTRICTS, 2):
            self.counts[indicator, area, year] += by
        self._add_up(indicator, year)
        for known in {y for i, _a, y in self.counts if i == indicator}:
            self.answers[indicator, known] = named

    def withdraw(self, year: int) -> None:
        self._record(None, self.files[self.answers["child_welfare_measures", year]])
        for area in AREAS:
            del self.counts["child_welfare_measures", area, year]

    def _add_up(self, indicator: str, year: int) -> None:
        self.counts[indicator, "drammen", year] = sum(self.counts[indicator, area, year] for area in DISTRICTS)

    # --- an edition --------------------------------------------------------------------------------------------------

    def computed(self) -> list[dict[str, Any]]:
        rows = []
        for (indicator, area, year), count in self.counts.items():
            base = BASE * (len(DISTRICTS) if area == "drammen" else 1)
            rows.append(
                {
                    "indicator_id": indicator,
                    "area_id": area,
                    "period": str(year),
                    "sex": "both",
                    "age": "all",
                    "period_start": date(year, 1, 1),
                    "period_end": date(year, 12, 31),
                    "periods_counted": 1,
                    "numerator": count,
                    "denominator": base,
                    "value": count / base,
                    "lower": 0.0,
                    "upper": 1.0,
                    "confidence": 0.95,
                    "method": f"proportion {self.code}",
                    "status": None,
                    "pooled": False,
                    "source_table": SOURCES[indicator],
                    "snapshots": [self.answers[indicator, year]],
                    "vintage": datetime(2020, 1, 1, tzinfo=UTC),
                }
            )
        return rows

    def hidden(self, row: dict[str, Any]) -> dict[str, Any]:
        if row["numerator"] >= self.smallest:
            return row
        return row | dict.fromkeys(("numerator", "value", "lower", "upper"), None) | {"status": "suppressed"}

    def tables(self) -> dict[str, pa.Table]:
        computed = self.computed()
        measures = [self.hidden(row) for row in computed]
        shown = {(row["indicator_id"], row["area_id"], row["period"]): row["value"] for row in measures}
        series, comparison = [], []
        for row in measures:
            indicator, area, period = row["indicator_id"], row["area_id"], row["period"]
            start = shown.get((indicator, area, str(FIRST_YEAR)))
            beside = shown.get((indicator, "drammen", period)) if area != "drammen" else None
            value = row["value"]
            change = value - start if None not in (value, start) else None
            common = {name: row[name] for name in ("indicator_id", "area_id", "period", "period_start", "period_end")}
            figures = {"value": value, "baseline_period": str(FIRST_YEAR), "change": change}
            series.append(
                {
                    **common,
                    **figures,
                    "status": row["status"],
                    "pooled": False,
                    "baseline_value": start,
                    "comparator_id": "drammen",
                    "target_value": self.target if indicator == "crowding" else 0.1,
                    "comparator_value": beside,
                    "assessment": "too early",
                }
            )
            if None not in (value, beside):
                difference = {"comparator_value": beside, "difference": value - beside, "rank": 0}
                same = {"comparator_id": "drammen", "comparator_period": common["period"]}
                comparison.append({**common, **figures, **same, **difference})
        code = [
            {"area_id": area, "part": 0, "code": f"{self.codes}{area}", "first_year": 1900, "last_year": 2999}
            | {"codes": 1, "weight": 1.0, "origin": "catalogue"}
            for area in ("drammen-7", "drammen")
        ]
        seen = sorted({(SOURCES[i], self.answers[i, y]) for i, _a, y in self.counts if SOURCES[i] != DELIVERED})
        cells = [
            dict(zip(("provider", "table_id"), source.split("/"), strict=True))
            | {"area_id": "0301", "period": "2020", "period_start": date(2020, 1, 1), "period_end": date(2020, 12, 31)}
            | {"dimensions": [("x", name)], "snapshot_sha256": name, "vintage": self.now}
            for source, name in seen
        ]
        rows = {"measure": measures, "series": series, "comparison": comparison, "area_code": code}
        rows |= {"observation": cells}
        self.store.lake.write("computed/work", pa.Table.from_pylist(computed, schema=SCHEMA["measure"].arrow), Memo())
        self.store.lake.write("measures/work", pa.table({"x": [1]}), Memo(code={"indicators.rates": self.code}))
        return {
            table.name: pa.Table.from_pylist(rows.get(table.name, []), schema=table.arrow)
            for table in SCHEMA.tables
            if table.name not in ("meta", "ingredient", "publication") and not table.name.endswith("_history")
        }

    def publish(self, event: str) -> None:
        memory = Memory(self.store, ("work",))
        publisher = Publisher(self.catalogue, self.store, "files", True, memory, lambda: self.now)
        edition, _rows = publisher.publish([], f"synthetic {len(self.editions)}", self.now)
        self.events[edition.name] = event
        with duckdb.connect(str(edition.path), read_only=True) as connection:
            self.editions[edition.name] = {table.name: rows_of(connection, table.name) for table in REMEMBERED}
            checks = connection.execute("SELECT passed, message FROM check_result").fetchall()
        assert checks == [(True, None)], event

    def change_catalogue(self, indicator: str, **changes: Any) -> None:
        pillars = {
            name: file.model_copy(
                update={
                    "indicators": [
                        own.model_copy(update=changes) if own.id == indicator else own for own in file.indicators
                    ]
                }
            )
            for name, file in self.catalogue.pillars.items()
        }
        self.catalogue = replace(self.catalogue, pillars=pillars)


PUBLISHED = {
    *("measure", "series", "comparison", "meta", "check_result", "refresh_run", "indicator", "area"),
    *("measure_history", "series_history", "comparison_history", "ingredient", "publication"),
}
PUBLISH = warehouse.publish


def publish_without_the_rest(
    root: Path, tables: dict[str, pa.Table], _schema: Any, _views: Any, *given: Any, macros: Any
) -> Any:
    """Put out an edition without the tables that have nothing to do with memory, which takes half the time."""
    schema = WarehouseSchema(tuple(table for table in SCHEMA.tables if table.name in PUBLISHED))
    of_tables = {name: macro for name, macro in macros.items() if not name.startswith(("scorecard", "provenance"))}
    kept = {name: tables[name] for name in tables if name in PUBLISHED}
    return PUBLISH(root, kept, schema, {}, *given, macros=of_tables)


def rows_of(connection: duckdb.DuckDBPyConnection, name: str, source: str | None = None) -> Table:
    """Rows by key, with the columns of the table alone."""
    table = SCHEMA[name]
    columns = [column.name for column in table.columns]
    found = connection.execute(f"SELECT {', '.join(columns)} FROM {source or name}").fetchall()
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return {tuple(row[name] for name in table.key): row for row in rows}


def happenings(world: World) -> list[tuple[date, str, Callable[[], object]]]:
    """What happens in seven years, by the day of the night after."""
    found: list[tuple[date, str, Callable[[], object]]] = []
    for year in range(2020, 2027):
        last = year - 1
        found += [
            (date(year, 1, 20), "new period", lambda y=last: world.year("crowding", y)),
            (date(year, 3, 2), "new period", lambda y=last: world.year("employment_rate", y)),
            (date(year, 5, 9), "delivery", lambda y=last: world.year("child_welfare_measures", y)),
            (date(year, 7, 1), "revised by the source", lambda y=last: world.revise("crowding", y)),
            (date(year, 10, 3), "revised by the source", lambda y=last: world.revise("employment_rate", y - 1, 2.0)),
        ]
    small = ("crowding", "drammen-5", 2022)

    def one_becomes_small() -> None:
        world.counts[small] = 30.0
        world.revise("crowding", 2018)
        world.publish("revised by the source")
        world.now += timedelta(days=3)
        world.revise("crowding", 2018)
        world.counts[small] = 2.0

    def another_rule() -> None:
        world.counts["employment_rate", "drammen-6", 2021] = 4.0
        world.revise("employment_rate", 2018)
        world.publish("revised by the source")
        world.now += timedelta(days=3)
        world.smallest = 5
        stricter = world.catalogue.disclosure.model_copy(update={"smallest": 5})
        world.catalogue = replace(world.catalogue, disclosure=stricter)

    def renumbered() -> None:
        world.codes = "3301"
        for (indicator, area, year), count in list(world.counts.items()):
            if area == "drammen-7":
                world.counts[indicator, area, year] = count + 1
                world._add_up(indicator, year)

    def another_target() -> None:
        goal = world.catalogue.indicators["crowding"].target
        assert goal is not None
        world.change_catalogue("crowding", target=goal.model_copy(update={"note": "synthetic: adopted"}))
        world.target = 0.06

    def dropped() -> None:
        world.counts = {key: count for key, count in world.counts.items() if key[0] != "employment_rate"}
        world.change_catalogue("employment_rate", age="synthetic")

    return sorted(
        [
            *found,
            (date(2021, 4, 2), "renewed", lambda: world.revise("employment_rate", 2020, 0.0)),
            (date(2022, 9, 5), "withdrawal", lambda: world.withdraw(2021)),
            (date(2022, 9, 20), "delivery", lambda: world.year("child_welfare_measures", 2021)),
            (date(2023, 2, 2), "catalogue change", another_target),
            (date(2024, 1, 2), "boundary change", renumbered),
            (date(2024, 6, 2), "disclosure", one_becomes_small),
            (date(2025, 3, 20), "catalogue change", another_rule),
            (date(2025, 9, 2), "code change", lambda: setattr(world, "code", "second")),
            (date(2026, 11, 2), "catalogue change", dropped),
        ],
        key=lambda happening: happening[0],
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Seven years, each publication remembered."""
    with pytest.MonkeyPatch.context() as patched:
        found = World(tmp_path_factory.mktemp("years"))
        patched.setattr(gathering, "gather", lambda *_given, **_named: found.tables())
        patched.setattr(warehouse, "publish", publish_without_the_rest)
        patched.setattr(gate, "QUESTIONS", {})
        for indicator in SOURCES:
            for year in range(FIRST_YEAR, 2019):
                found.year(indicator, year)
        found.publish("first edition")
        for day, event, happen in happenings(found):
            found.now = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
            happen()
            found.publish(event)
        yield found


@pytest.fixture(scope="module")
def newest(world: World) -> duckdb.DuckDBPyConnection:
    with warehouse.connect(world.store.root) as connection:
        yield connection


def stood(world: World, day: date) -> dict[str, Table]:
    """The edition that readers had at the end of a day."""
    until = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return next(tables for name, tables in reversed(world.editions.items()) if warehouse.published_at(name) < until)


@pytest.mark.slow
def test_any_day_is_as_it_was_published_cell_by_cell_but_for_what_is_hidden_since(
    world: World, newest: duckdb.DuckDBPyConnection
) -> None:
    days = random.Random(50)
    withheld = 0
    hidden_today = {key for key, row in stood(world, date(2026, 12, 31))["measure"].items() if row["status"]}
    for day in sorted(date(2020, 1, 10) + timedelta(days=days.randrange(365 * 7)) for _ in range(50)):
        then = stood(world, day)
        for table in REMEMBERED:
            source = f"{table.name}_as_of('{day}')"
            found = rows_of(newest, table.name, source)
            gone = newest.execute(f"SELECT {', '.join(table.key)} FROM {source} WHERE withheld").fetchall()
            withheld += len(gone)
            assert found.keys() == then[table.name].keys()
            assert {k: r for k, r in found.items() if k not in gone} == {
                k: r for k, r in then[table.name].items() if k not in gone
            }, (day, table.name)
            if table.name == "measure":
                assert set(gone) <= hidden_today
                assert all(found[key]["value"] is None and found[key]["numerator"] is None for key in gone)
        # What is kept in the store is all of it.
        moment = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        history = History(world.store.root, world.store.lake)
        names = [column.name for column in SCHEMA["measure"].columns]
        kept = history.standing(moment).select(names).to_pylist()
        assert {tuple(row[name] for name in SCHEMA["measure"].key): row for row in kept} == then["measure"]
    assert withheld > 0


@pytest.mark.slow
def test_the_history_grows_by_what_changed_alone(world: World) -> None:
    history = History(world.store.root, world.store.lake)
    editions = [{table.name: {} for table in REMEMBERED}, *world.editions.values()]
    for table in REMEMBERED:
        changed = sum(
            len({key for key in before.keys() | now.keys() if before.get(key) != now.get(key)})
            for before, now in zip(
                (tables[table.name] for tables in editions), (t[table.name] for t in editions[1:]), strict=False
            )
        )
        # Of measures, hidden figures that became others are recorded too, where no reader sees a change.
        assert changed <= history.rows(table.name).num_rows < 1.1 * changed
    assert len(world.editions) > 40


@pytest.mark.slow
def test_every_change_has_the_reason_that_it_had(world: World, newest: duckdb.DuckDBPyConnection) -> None:
    for table in REMEMBERED:
        found = newest.execute(
            f"SELECT edition, event, reasons, count(*) FROM {table.name}_history GROUP BY ALL"
        ).fetchall()
        for edition, event, reasons, _count in found:
            happened = world.events[edition]
            if happened == "renewed":
                assert (event, reasons) == ("renewed", ["newer answer"]), edition
            elif event == "renewed":
                assert set(reasons) <= {"newer answer", "delivery"}, (edition, reasons)
            elif happened == "disclosure":
                assert "revised by the source" in reasons, (edition, event, reasons)
                assert ("disclosure" in reasons) == (event == "hidden") or table.name != "measure"
            else:
                assert happened in reasons, (edition, event, reasons, table.name)
            assert set(reasons) <= {happened, "disclosure", "revised by the source", "newer answer"}, (edition, reasons)
    [(because,)] = newest.execute(
        "SELECT DISTINCT because FROM series_history WHERE reasons = ['catalogue change'] AND edition < 'levekar-2024'"
    ).fetchall()
    assert because == "indicator crowding: target.note"
    assert newest.execute(
        "SELECT DISTINCT because FROM measure_history WHERE reasons = ['code change']"
    ).fetchall() == [("indicators.rates",)]


@pytest.mark.slow
def test_what_is_hidden_today_is_hidden_in_every_version(world: World, newest: duckdb.DuckDBPyConnection) -> None:
    hidden = "(FROM measure WHERE status = 'suppressed')"
    told = newest.execute(
        f"SELECT count(*), count(h.value), count(h.numerator), count(*) FILTER (h.withheld) FROM measure_history AS h"
        f" SEMI JOIN {hidden} USING (indicator_id, area_id, period) WHERE h.event <> 'gone'"
    ).fetchone()
    assert told is not None
    versions, values, numerators, withheld = told
    assert (values, numerators) == (0, 0)
    assert versions > withheld > 0
    # In files as well: the figure that was shown once is in none of them.
    once = 30.0 / BASE
    for name in ("measure", "series", "comparison"):
        path = warehouse.current(world.store.root).with_suffix("") / f"{name}_history.parquet"
        found = duckdb.read_parquet(str(path)).filter("area_id = 'drammen-5' AND indicator_id = 'crowding'")
        assert found.filter(f"period = '2022' AND abs(value - {once}) < 1e-12").fetchall() == []


@pytest.mark.slow
def test_two_days_or_editions_are_compared_with_reasons(world: World) -> None:
    root = world.store.root
    taken_back = difference.between(root, "2022-09-01", "2022-09-06")
    assert {(change.what, change.reasons) for change in taken_back.of("measure")} == {("gone", ("withdrawal",))}
    assert {change.key["area_id"] for change in taken_back.of("measure")} == set(AREAS)
    assert taken_back.of("measure")[0].because[0].startswith(f"{DELIVERED} ")
    # By the names of the two editions it is the same, and one district alone is a part of it.
    names = sorted(name for name in world.editions if name < "levekar-202209060")[-2:]
    assert difference.between(root, *names).changes == taken_back.changes
    one = difference.between(root, *names, area="drammen-7", indicator="child_welfare_measures")
    assert [change.key["period"] for change in one.of("measure")] == ["2021"]
    # What was shown in June and is hidden since tells no figure of June either.
    hidden = difference.between(root, "2024-05-01", "2024-06-06", indicator="crowding", area="drammen-5")
    [change] = [change for change in hidden.of("measure") if change.key["period"] == "2022"]
    assert (change.what, change.figures.get("value")) == ("hidden", None)
    assert set(change.reasons) >= {"disclosure", "revised by the source"}
    target = difference.between(root, "2023-02-01", "2023-02-02")
    assert {change.because for change in target.changes} == {("indicator crowding: target.note",)}
    assert {frozenset(change.figures) for change in target.of("series")} == {frozenset({"target_value"})}
    # Over seven years all that happened is a reason, and nothing has none.
    everything = difference.between(root, "2020-01-31", "2026-12-31")
    assert not everything.unexplained
    reasons = {reason for change in everything.changes for reason in change.reasons}
    assert reasons >= set(world.events.values()) - {"first edition", "renewed"}
    assert "| withdrawal" in changed.markdown(taken_back)
    assert difference.between(root, "2022-09-06", "2022-09-07").changes == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("earlier", "later", "words"),
    [
        ("2019-12-31", "2022-01-01", "nothing was published by 2019-12-31: the first edition that is remembered"),
        ("midterm", "2022-01-01", "'midterm' is no day such as 2025-12-01, and no edition or release"),
        ("2022-02-30", "2022-04-01", "no day of the calendar"),
        ("2022-04-01", "2022-01-01", "name the earlier one first"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_can(world: World, earlier: str, later: str, words: str) -> None:
    with pytest.raises(difference.DifferenceError, match=words):
        difference.between(world.store.root, earlier, later)
