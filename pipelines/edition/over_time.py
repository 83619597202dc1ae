"""The edition's memory: every figure that was ever published, from when to when, and why it changed.

Put together from the history in the lake and the tables of the edition that is to be published. What today's edition
hides is hidden in every version, and said to be: an evaluator must not look up in an old version what was hidden since.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from indicators.catalogue import Catalogue
from indicators.catalogue.keys import keys
from indicators.dictionary import COMPARISON, INGREDIENTS, MEASURE, PUBLICATION, REMEMBERED, SCHEMA, SERIES, Table
from pipelines.edition.causes import FIRST_EDITION, NOT_RECORDED, Causes, MeasureChanges, Why
from pipelines.edition.gathering import gathered_keys
from pipelines.storage import warehouse
from pipelines.storage.history import History, changes, content_of, fitted, key_of, same_key, standing_of
from pipelines.storage.snapshots import DELIVERED
from pipelines.storage.store import Store

CODE = {
    "measure": ("facts/", "areas/", "computed/", "measures/"),
    "series": ("facts/", "areas/", "computed/", "measures/", "forecasts/", "skill/", "series/"),
    "comparison": ("facts/", "areas/", "computed/", "measures/", "forecasts/", "skill/", "series/", "comparison/"),
}
"""The beginnings of the keys of those steps whose code a table follows from."""
CHECK = "changes_have_a_reason"


@dataclass(frozen=True)
class Told:
    """The tables that remember, and how many changes of this edition have no reason, by table."""

    tables: dict[str, pa.Table]
    unexplained: dict[str, int]


def remembered(tables: Mapping[str, pa.Table], catalogue: Catalogue, store: Store, edition: Mapping[str, Any]) -> Told:
    """Return the tables that remember for an edition that is to be published. Raises LakeError.

    tables: of the edition. edition: its row of `publication`.
    """
    history = History(store.root, store.lake)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 2")
        memory = _Memory(connection, history, str(edition["edition"]), edition["published_at"])
        memory.take("ingredient_now", _ingredients(connection, tables, catalogue, store))
        ingredients = memory.ingredients()
        withdrawn = map(store.names.of, store.snapshots.withdrawn())
        changed = memory.changes_of_ingredients()
        causes = Causes.of(catalogue, changed, withdrawn) if memory.knows_ingredients else None
        measures = MeasureChanges()
        found = {table.name: memory.figures(table, tables[table.name], causes, measures) for table in REMEMBERED}
        told = {f"{name}_history": table for name, (table, _unexplained) in found.items()}
    publications = pa.concat_tables([_publications(history), pa.Table.from_pylist([dict(edition)], PUBLICATION.arrow)])
    return Told(
        {**told, INGREDIENTS.name: ingredients, PUBLICATION.name: publications},
        {name: unexplained for name, (_table, unexplained) in found.items() if unexplained},
    )


def _publications(history: History) -> pa.Table:
    """Return the editions before; of those that were there before they were recorded, their names and times."""
    recorded = fitted(history.rows(PUBLICATION.name), PUBLICATION.arrow)
    others = sorted(set(history.editions()) - set(recorded["edition"].to_pylist()))
    rows = [{"edition": name, "published_at": warehouse.published_at(name)} for name in others]
    return pa.concat_tables([pa.Table.from_pylist(rows, PUBLICATION.arrow), recorded])


def code_behind(catalogue: Catalogue, store: Store) -> Iterator[tuple[str, str, str]]:
    """Yield table, module and digest of all code that made the tables that stand."""
    within = (f"{stage}/{pillar}" for stage in ("computed", "forecasts") for pillar in catalogue.pillars)
    found = {key: store.lake.kept(key) for key in (*gathered_keys(catalogue), *within)}
    memos = {key: kept.memo.code for key, kept in found.items() if kept is not None}
    for table, steps in CODE.items():
        modules = {
            name: digest for key, code in memos.items() if key.startswith(steps) for name, digest in code.items()
        }
        yield from ((table, name, digest) for name, digest in sorted(modules.items()))


def _ingredients(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], catalogue: Catalogue, store: Store
) -> pa.Table:
    """Return what an edition is made of: kind, part, name, version."""
    connection.register("observation", tables["observation"])
    connection.register("area_code", tables["area_code"])
    found = connection.execute(_FROM_TABLES).to_arrow_table().to_pylist()
    answers = {(row["part"], row["name"]) for row in found if row["kind"] == "answer"}
    for contract in catalogue.contracts:
        standing = store.snapshots.latest(DELIVERED, contract)
        files = standing.data if standing is not None else ()
        answers |= {(f"{DELIVERED}/{contract}", store.names.of(file.sha256)) for file in files}
    rows = [
        *(row for row in found if row["kind"] != "answer"),
        *({"kind": "answer", "part": part, "name": name, "version": None} for part, name in sorted(answers)),
        *({"kind": "catalogue", "part": part, "name": name, "version": value} for part, name, value in keys(catalogue)),
        *(
            {"kind": "code", "part": part, "name": name, "version": digest}
            for part, name, digest in code_behind(catalogue, store)
        ),
    ]
    return pa.Table.from_pylist(rows, schema=content_of(INGREDIENTS))


@dataclass
class _Memory:
    """What was published before, beside what is to be, in one database in memory."""

    connection: duckdb.DuckDBPyConnection
    history: History
    edition: str
    moment: datetime

    @property
    def knows_ingredients(self) -> bool:
        """Whether it is known what the edition before was made of."""
        return bool(self.history.editions(INGREDIENTS.name)) and self.history.rows(INGREDIENTS.name).num_rows > 0

    def take(self, name: str, table: pa.Table) -> None:
        """Have a table at hand in the database."""
        self.connection.register(name, table)

    def ingredients(self) -> pa.Table:
        """Return the table `ingredient`."""
        columns = ", ".join(content_of(INGREDIENTS).names)
        self.take("ingredient_rows", self.history.rows(INGREDIENTS.name))
        before = f"({standing_of('ingredient_rows', INGREDIENTS)})"
        for name, source in (("i_now", "ingredient_now"), ("i_old", before)):
            self.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {columns}, 'shown' AS state FROM {source}")
        self.connection.execute(changes("i_now", "i_old", INGREDIENTS, "ingredient_changed"))
        return fitted(
            self.connection.execute(_INGREDIENTS, self._given(_INGREDIENTS)).to_arrow_table(), INGREDIENTS.arrow
        )

    def changes_of_ingredients(self) -> list[dict[str, Any]]:
        """Return the ingredients that are new, other or gone in this edition."""
        query = f"SELECT kind, part, name, {_EVENT_OF_INGREDIENT} AS event FROM ingredient_changed"
        found: list[dict[str, Any]] = self.connection.execute(query).to_arrow_table().to_pylist()
        return found

    def figures(
        self, table: Table, now: pa.Table, causes: Causes | None, measures: MeasureChanges
    ) -> tuple[pa.Table, int]:
        """Return the history of a table with this edition's changes, and how many of those have no reason."""
        name, columns = table.name, ", ".join(content_of(table).names)
        self.take(f"{name}_now", now)
        self.take(f"{name}_rows", self.history.rows(name))
        self.connection.execute(f"CREATE TEMP TABLE {name}_before AS {standing_of(f'{name}_rows', table)}")
        state = "if(status = 'suppressed', 'hidden', 'shown')" if name == MEASURE.name else "'shown'"
        for when in ("now", "before"):
            self.connection.execute(
                f"CREATE TEMP VIEW {name}_{when}_ AS SELECT {columns}, {state} AS state FROM {name}_{when}"
            )
        self.connection.execute(changes(f"{name}_now_", f"{name}_before_", table, f"{name}_changed"))
        rows = self.connection.execute(_asked(table)).to_arrow_table().to_pylist()
        first = not self.history.editions(name)
        why = [self._why(table, row, causes, measures, first=first) for row in rows]
        self.take(
            f"{name}_why",
            pa.table(
                {
                    "number": pa.array([row["number"] for row in rows], pa.int64()),
                    "event": pa.array(["first" if first else row["event"] for row in rows], pa.string()),
                    "reasons": pa.array([found.reasons for found in why], pa.list_(pa.string())),
                    "because": pa.array([found.because for found in why], pa.string()),
                }
            ),
        )
        self.connection.execute(_all_versions(table), self._given(_all_versions(table)))
        masked = self.connection.execute(_masked(table)).to_arrow_table()
        return fitted(masked, SCHEMA[f"{name}_history"].arrow), sum(not found.reasons for found in why)

    def _given(self, query: str) -> dict[str, Any]:
        given = {"edition": self.edition, "moment": self.moment}
        return {name: value for name, value in given.items() if f"${name}" in query}

    @staticmethod
    def _why(table: Table, row: dict[str, Any], causes: Causes | None, measures: MeasureChanges, *, first: bool) -> Why:
        if first or causes is None:
            return Why({FIRST_EDITION if first else NOT_RECORDED: ()})
        if table is not MEASURE:
            return causes.of_derived(row, table.name, measures)
        found = causes.of_measure(row)
        measures.add(row, found)
        return found


_FROM_TABLES = """
    SELECT DISTINCT 'answer' AS kind, provider || '/' || table_id AS part, snapshot_sha256 AS name, NULL AS version
    FROM observation
    UNION ALL
    SELECT 'boundary', area_id, 'codes', md5(string_agg(
        concat_ws(' ', part, code, first_year, last_year, codes, weight, origin), chr(10)
        ORDER BY part, code, first_year, last_year
    ))
    FROM area_code GROUP BY area_id
    ORDER BY ALL
"""
_EVENT_OF_INGREDIENT = "CASE WHEN state = 'gone' THEN 'gone' WHEN was_there THEN 'changed' ELSE 'new' END"
_INGREDIENTS = f"""
    SELECT * REPLACE (lead(known_from) OVER (PARTITION BY kind, part, name ORDER BY known_from, edition) AS known_to)
    FROM (
        SELECT kind, part, name, version, edition, known_from, NULL::TIMESTAMPTZ AS known_to, event
        FROM ingredient_rows
        UNION ALL
        SELECT kind, part, name, version, $edition, $moment::TIMESTAMPTZ, NULL, {_EVENT_OF_INGREDIENT}
        FROM ingredient_changed
    )
    ORDER BY kind, part, name, known_from
"""
_PROVENANCE = ("snapshots", "vintage")


def figures_of(table: Table) -> list[str]:
    """Return the columns that tell a row's figure: not its key, and not by which answer it is known."""
    return [column.name for column in table.columns if column.name not in (*table.key, *_PROVENANCE)]


def _asked(table: Table) -> str:
    """SQL of the changed rows with what their reasons follow from, in an order that is the same each time."""
    same = " AND ".join(f"n.{column} IS NOT DISTINCT FROM o.{column}" for column in figures_of(table))
    hidden = "status" in table.arrow.names
    was, now = ("o.status = 'suppressed'", "n.status = 'suppressed'") if hidden else ("false", "false")
    if table is MEASURE:
        more = ", ".join(
            f"{side}.{column} AS {word}_{column}"
            for side, word in (("n", "new"), ("o", "old"))
            for column in ("source_table", "snapshots", "denominator", "periods_counted")
        )
        known = f"FROM {table.name}_before AS b WHERE b.indicator_id = n.indicator_id AND b.period = n.period"
        more += f", EXISTS ({known}) AS known_period"
    elif table is SERIES:
        more = "[n.area_id, n.comparator_id, o.comparator_id] AS areas"
    else:
        more = "[n.area_id, n.comparator_id] AS areas"
    key = ", ".join(f"n.{name}" for name in key_of(table))
    return f"""
        SELECT row_number() OVER (ORDER BY {key}) AS number, {key}, coalesce(n.period_end, o.period_end) AS period_end,
            CASE WHEN NOT n.was_there THEN 'new' WHEN n.state = 'gone' THEN 'gone'
                WHEN coalesce({now}, false) AND NOT coalesce({was}, false) THEN 'hidden'
                WHEN coalesce({was}, false) AND NOT coalesce({now}, false) THEN 'shown'
                WHEN {same} THEN 'renewed' ELSE 'changed' END AS event,
            {more}
        FROM {table.name}_changed AS n LEFT JOIN {table.name}_before AS o ON {same_key(table, "n", "o")}
        ORDER BY number
    """


def _all_versions(table: Table) -> str:
    """SQL that puts every version of every row, with what stands and changes today, into a table."""
    key, content = ", ".join(key_of(table)), content_of(table).names
    columns = ", ".join(content)
    seen = ", ".join(f"{name} := {name}" for name in [*content, "state"])
    return f"""
        CREATE TEMP TABLE {table.name}_versions AS
        SELECT *, lead(known_from) OVER (PARTITION BY {key} ORDER BY known_from, edition) AS known_to
        FROM (
            -- Of a hidden figure that became another no reader sees a change.
            SELECT {columns}, state, edition, known_from, coalesce(event, 'changed') AS event,
                coalesce(reasons, ['not recorded']) AS reasons, because
            FROM {table.name}_rows
            QUALIFY struct_pack({seen}) IS DISTINCT FROM lag(struct_pack({seen})) OVER (
                PARTITION BY {key} ORDER BY known_from, edition
            )
            UNION ALL
            SELECT {columns}, state, $edition, $moment::TIMESTAMPTZ, why.event, why.reasons, why.because
            FROM (SELECT *, row_number() OVER (ORDER BY {key}) AS number FROM {table.name}_changed) AS changed
            JOIN {table.name}_why AS why USING (number)
        )
    """


_NUMBERS = {
    "measure": ("numerator", "denominator", "value", "nominal", "lower", "upper", "confidence"),
    "series": tuple(
        column.name
        for column in SERIES.columns
        if column.type == "DOUBLE"
        or column.name in ("points", "assessment", "newest_word", "alternative_assessment", "recent_trend")
    ),
    "comparison": tuple(
        column.name for column in COMPARISON.columns if column.type == "DOUBLE" or column.name == "comparison"
    ),
}
"""What is left out where a version is withheld."""
_HIDDEN_TODAY = "(SELECT DISTINCT indicator_id, area_id, period FROM measure_now WHERE status = 'suppressed')"
_WITHHELD_PAIRS = f"""
    (SELECT DISTINCT indicator_id, area_id FROM measure_versions
    SEMI JOIN {_HIDDEN_TODAY} USING (indicator_id, area_id, period) WHERE state = 'shown')
"""


def _masked(table: Table) -> str:
    """SQL of all versions, without the figures of those that today's edition hides or that follow from such.

    Of a figure all versions are; of what is worked out, all earlier versions of an area of which a figure is: a trend
    or a baseline tells of figures of other periods.
    """
    if table is MEASURE:
        same = " AND ".join(f"h.{name} = v.{name}" for name in ("indicator_id", "area_id", "period"))
        withheld = f"state = 'shown' AND EXISTS (FROM {_HIDDEN_TODAY} AS h WHERE {same})"
    else:
        areas = "(v.area_id, v.comparator_id)"
        withheld = (
            "state = 'shown' AND known_to IS NOT NULL AND EXISTS"
            f" (FROM {_WITHHELD_PAIRS} AS h WHERE h.indicator_id = v.indicator_id AND h.area_id IN {areas})"
        )
    shown = ", ".join(f"if(withheld, NULL, {name}) AS {name}" for name in _NUMBERS[table.name])
    if "status" in table.arrow.names:
        shown += ", if(withheld, 'suppressed', status) AS status"
    key = ", ".join(key_of(table))
    return f"""
        SELECT * REPLACE ({shown}) FROM (SELECT *, {withheld} AS withheld FROM {table.name}_versions AS v)
        ORDER BY {key}, known_from
    """
