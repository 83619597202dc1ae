"""What was published when: of each publication only the rows that changed, in files that are never changed.

    lake/history/<table>/<edition>.parquet     rows of a table that are new, other than before, or gone
    lake/memory/history/<table>.parquet        all of these together, which is made anew where it is missing

What belongs: adding a publication, folding the files to what stood. What does not: why a row changed and what of it
readers may see (`edition.over_time`), what follows from it for today (`steps.remembering`). The files outlive the
editions that they were made from. Of measures they hold hidden figures, so that it can be told whether one is still the
same: readers do not get them.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from indicators.dictionary import INGREDIENTS, MEASURE, PUBLICATION, REMEMBERED, Table
from pipelines.storage import warehouse
from pipelines.storage.lake import Lake, Memo

FOLDER, TOGETHER = "history", "memory/history"
KEY = MEASURE.key
FIGURES = ("numerator", "denominator", "value")
_HIDDEN = tuple(f"hidden_{name}" for name in FIGURES)
_TABLES = {table.name: table for table in (*REMEMBERED, INGREDIENTS, PUBLICATION)}
_MEMORY = "measure_history"
_RECORDED_AS = {
    **{table.name: f"{table.name}_history" for table in REMEMBERED if table is not MEASURE},
    **{table.name: table.name for table in (INGREDIENTS, PUBLICATION)},
}
"""Tables whose changes an edition tells itself, by the published table that does."""
_STATE = {
    name: "'shown'" if name == PUBLICATION.name else "if(event = 'gone', 'gone', 'shown')" for name in _RECORDED_AS
}
_OF_VERSION = pa.schema(
    [
        *(("state", pa.string()), ("edition", pa.string()), ("known_from", pa.timestamp("us", tz="UTC"))),
        *(("event", pa.string()), ("reasons", pa.list_(pa.string())), ("because", pa.string())),
    ]
)


def rows_of(name: str) -> pa.Schema:
    """Return the columns that the history of a table has in the lake.

    A row as published (nothing but its key where it is gone) and, of a hidden measure, the figure as computed. state:
    shown, hidden or gone. known_from: when the edition was published that first had the row so. event, reasons and
    because as in the published history; NULL where no reader sees the change, or it was not recorded.
    """
    hidden = [pa.field(column, pa.float64()) for column in _HIDDEN] if name == MEASURE.name else []
    own = [pa.field(column.name, column.type) for column in content_of(_TABLES[name])]
    return pa.schema([*own, *hidden, *_OF_VERSION])


def content_of(table: Table) -> pa.Schema:
    """Return the columns of a remembered table that are not about when it was published."""
    return pa.schema([field for field in table.arrow if field.name not in {"known_to", *_OF_VERSION.names}])


def key_of(table: Table) -> tuple[str, ...]:
    """Return the columns by which a row is known again from edition to edition."""
    return tuple(name for name in table.key if name != "edition") or table.key


ROWS = rows_of(MEASURE.name)


class History:
    """The publications of the store at `root`."""

    def __init__(self, root: Path, lake: Lake) -> None:
        self._root, self._lake = root, lake
        self._rows: dict[str, pa.Table] = {}

    def editions(self, name: str = MEASURE.name) -> list[str]:
        """Return the names of the publications of which a table is recorded, oldest first."""
        return sorted(path.stem for path in self._lake.path(f"{FOLDER}/{name}/any").parent.glob("*.parquet"))

    def missing(self) -> list[Path]:
        """Return the editions that readers have and that are not recorded yet, oldest first."""
        last = max(self.editions(), default="")
        return [path for path in reversed(warehouse.editions(self._root)) if path.stem > last]

    def add(self, edition: Path, computed: pa.Table | None) -> pa.Table:
        """Record an edition, and return the rows of `measure` that changed.

        computed: the measures that it was made from before anything was hidden; None where they are not known. Raises
        duckdb.Error for a damaged edition, LakeError.
        """
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
            connection.execute(f"ATTACH {warehouse.literal(edition)} AS published (READ_ONLY)")
            there = {table for (table,) in connection.execute(_TABLES_OF_EDITION).fetchall()}
            # Measures last: an edition of which they are recorded is recorded whole.
            for name, source in _RECORDED_AS.items():
                if source in there:
                    query = f"SELECT *, {_STATE[name]} AS state FROM published.{source} WHERE edition = ?"
                    self._record(name, edition, connection.execute(query, [edition.stem]).to_arrow_table())
            changed = self._measures(connection, edition, computed, told=_MEMORY in there)
        return self._record(MEASURE.name, edition, changed)

    def _record(self, name: str, edition: Path, found: pa.Table) -> pa.Table:
        """Keep what an edition changed of a table, and all that there is by now together, which is quicker to read."""
        changed = fitted(found, rows_of(name))
        before = self.rows(name)
        self._lake.write(f"{FOLDER}/{name}/{edition.stem}", changed, Memo())
        self._rows[name] = pa.concat_tables([before, changed])
        self._lake.write(f"{TOGETHER}/{name}", self._rows[name], Memo({"edition": edition.stem}))
        return changed

    def _measures(
        self, connection: duckdb.DuckDBPyConnection, edition: Path, computed: pa.Table | None, *, told: bool
    ) -> pa.Table:
        """Return the measures that an edition changed, hidden ones too, with the reasons that the edition gives."""
        content = content_of(MEASURE)
        shown = fitted(connection.execute("FROM published.measure").to_arrow_table(), content)
        connection.register("shown", shown)
        connection.register("computed", computed if computed is not None else MEASURE.arrow.empty_table())
        columns = ", ".join([*content.names, *_HIDDEN, "state"])
        connection.register("history", self.rows())
        connection.execute(f"CREATE TEMP TABLE now AS SELECT {columns} FROM ({_WITH_HIDDEN})")
        connection.execute(f"CREATE TEMP TABLE before AS SELECT {columns} FROM ({standing_of('history', MEASURE)})")
        connection.execute(changes("now", "before", MEASURE, "changed"))
        given = {"edition": edition.stem, "moment": warehouse.published_at(edition.stem)}
        why = (
            f"LEFT JOIN (SELECT * FROM published.{_MEMORY} WHERE edition = $edition) AS told"
            f" ON {same_key(MEASURE, 'changed', 'told')}"
        )
        query = (
            f"SELECT changed.*, $edition AS edition, $moment::TIMESTAMPTZ AS known_from"
            f"{', told.event, told.reasons, told.because' if told else ''} FROM changed {why if told else ''}"
            f" ORDER BY {', '.join(f'changed.{name}' for name in MEASURE.key)}"
        )
        return connection.execute(query, given).to_arrow_table()

    def rows(self, name: str = MEASURE.name) -> pa.Table:
        """Return every row of a table that was ever recorded (`rows_of`), oldest first. Raises LakeError."""
        if name not in self._rows:
            schema = rows_of(name)
            kept = self._lake.kept(f"{TOGETHER}/{name}")
            whole = kept is not None and self._lake.is_whole(kept)
            together = self._lake.read(f"{TOGETHER}/{name}") if whole else schema.empty_table()
            last = kept.memo.inputs.get("edition", "") if kept is not None and whole else ""
            more = [self._lake.read(f"{FOLDER}/{name}/{edition}") for edition in self.editions(name) if edition > last]
            self._rows[name] = pa.concat_tables(fitted(table, schema) for table in (together, *more))
        return self._rows[name]

    def standing(self, moment: datetime | None = None, name: str = MEASURE.name) -> pa.Table:
        """Return the rows that stood at a moment (now, where none is given), with `known_to`: NULL where they still do.

        Raises LakeError.
        """
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
            connection.register("history", self.rows(name))
            given = {"moment": moment if moment is not None else datetime.max.replace(tzinfo=UTC)}
            return connection.execute(_STANDING.format(key=", ".join(key_of(_TABLES[name]))), given).to_arrow_table()


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with just these columns: a table of another year may have others, and lack some (NULL)."""
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def changes(now: str, before: str, table: Table, into: str) -> str:
    """Return SQL that puts the rows of a table that are new, other than before, or gone (state `gone`) into another.

    now, before: names of tables with the same columns in the same order, of which `state` says how a row was.
    was_there: whether the key was there before.
    """
    key = ", ".join(f"gone.{name}" for name in key_of(table))
    return f"""
        CREATE OR REPLACE TEMP TABLE {into} AS
        WITH other AS (FROM {now} EXCEPT FROM {before})
        SELECT other.*, EXISTS (FROM {before} AS old WHERE {same_key(table, "old", "other")}) AS was_there FROM other
        UNION ALL BY NAME
        SELECT {key}, 'gone' AS state, true AS was_there
        FROM {before} AS gone
        WHERE NOT EXISTS (FROM {now} AS new WHERE {same_key(table, "new", "gone")})
    """


def standing_of(history: str, table: Table) -> str:
    """Return SQL of the rows of a table's history that stand now."""
    key = ", ".join(key_of(table))
    newest = f"row_number() OVER (PARTITION BY {key} ORDER BY known_from DESC, edition DESC) = 1"
    return f"SELECT * FROM (SELECT * FROM {history} QUALIFY {newest}) WHERE state <> 'gone'"


def same_key(table: Table, one: str, other: str) -> str:
    """Return SQL that two rows have the same key, which may hold NULL: a series without any figure has no period."""
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in key_of(table))


_TABLES_OF_EDITION = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'"
_WITH_HIDDEN = """
    SELECT
        shown.*,
        CASE WHEN status = 'suppressed' THEN computed.numerator END AS hidden_numerator,
        CASE WHEN status = 'suppressed' THEN computed.denominator END AS hidden_denominator,
        CASE WHEN status = 'suppressed' THEN computed.value END AS hidden_value,
        CASE WHEN status = 'suppressed' THEN 'hidden' ELSE 'shown' END AS state
    FROM shown
    LEFT JOIN (SELECT indicator_id, area_id, period, sex, age, numerator, denominator, value FROM computed)
        AS computed USING (indicator_id, area_id, period, sex, age)
"""
_STANDING = """
    FROM (
        SELECT *, lead(known_from) OVER (PARTITION BY {key} ORDER BY known_from, edition) AS known_to
        FROM history
    )
    WHERE state <> 'gone' AND known_from <= $moment AND (known_to IS NULL OR known_to > $moment)
    ORDER BY {key}
"""
