"""What was published when: of each publication only the figures that changed, in files that are never changed.

    lake/history/measure/<edition>.parquet     rows of `measure` that are new, other than before, or gone

What belongs: adding a publication, folding the files to what stood. What does not: what follows from it for today
(`steps.remembering`). The files outlive the editions that they were made from. They hold hidden figures, so that it can
be told whether one is still the same: readers do not get them.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from indicators.dictionary import MEASURE
from pipelines.storage import warehouse
from pipelines.storage.lake import Lake, Memo

FOLDER = "history/measure"
KEY = MEASURE.key
_STAMP = "%Y%m%dT%H%M%S%fZ"  # of an edition's name: the store's own order, which a clock that was put back keeps
FIGURES = ("numerator", "denominator", "value")
ROWS = pa.schema(
    [
        *MEASURE.arrow,
        *((f"hidden_{name}", pa.float64()) for name in FIGURES),
        ("state", pa.string()),
        ("edition", pa.string()),
        ("known_from", pa.timestamp("us", tz="UTC")),
    ]
)
"""A row of `measure` as published (nothing but its key where it is gone) and, of a hidden one, the figure as computed.

state: shown, hidden or gone. known_from: when the edition was published that first had the row so.
"""


class History:
    """The publications of the store at `root`."""

    def __init__(self, root: Path, lake: Lake) -> None:
        self._root, self._lake = root, lake

    def editions(self) -> list[str]:
        """Return the names of the publications that are recorded, oldest first."""
        return sorted(path.stem for path in self._lake.path(f"{FOLDER}/any").parent.glob("*.parquet"))

    def missing(self) -> list[Path]:
        """Return the editions that readers have and that are not recorded yet, oldest first."""
        last = max(self.editions(), default="")
        return [path for path in reversed(warehouse.editions(self._root)) if path.stem > last]

    def add(self, edition: Path, computed: pa.Table | None) -> pa.Table:
        """Record an edition, and return its rows that changed. Raises duckdb.Error for a damaged edition, LakeError.

        computed: the measures that it was made from before anything was hidden; None where they are not known.
        """
        moment = datetime.strptime(edition.stem.rpartition("-")[2], _STAMP).replace(tzinfo=UTC)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
            connection.execute(f"ATTACH {warehouse.literal(edition)} AS published (READ_ONLY)")
            connection.register("computed", computed if computed is not None else MEASURE.arrow.empty_table())
            connection.register("before", self.standing())
            found = connection.execute(_CHANGES, {"edition": edition.stem, "moment": moment}).to_arrow_table()
        changed = found.select(ROWS.names).cast(ROWS)
        self._lake.write(f"{FOLDER}/{edition.stem}", changed, Memo())
        return changed

    def rows(self) -> pa.Table:
        """Return every row that was ever recorded (ROWS), oldest first. Raises LakeError."""
        tables = [self._lake.read(f"{FOLDER}/{name}") for name in self.editions()]
        return pa.concat_tables([ROWS.empty_table(), *tables])

    def standing(self, moment: datetime | None = None) -> pa.Table:
        """Return the rows that stood at a moment (now, where none is given), with `known_to`: NULL where they still do.

        Raises LakeError.
        """
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
            connection.register("history", self.rows())
            given = {"moment": moment if moment is not None else datetime.max.replace(tzinfo=UTC)}
            return connection.execute(_STANDING, given).to_arrow_table()


_CHANGES = """
    WITH now AS (
        SELECT
            published.*,
            CASE WHEN status = 'suppressed' THEN computed.numerator END AS hidden_numerator,
            CASE WHEN status = 'suppressed' THEN computed.denominator END AS hidden_denominator,
            CASE WHEN status = 'suppressed' THEN computed.value END AS hidden_value,
            CASE WHEN status = 'suppressed' THEN 'hidden' ELSE 'shown' END AS state
        FROM published.measure AS published
        LEFT JOIN (SELECT indicator_id, area_id, period, sex, age, numerator, denominator, value FROM computed)
            AS computed USING (indicator_id, area_id, period, sex, age)
    ),
    old AS (SELECT * EXCLUDE (edition, known_from, known_to) FROM before),
    changed AS (FROM now EXCEPT FROM old)
    SELECT *, $edition AS edition, $moment AS known_from FROM changed
    UNION ALL BY NAME
    SELECT indicator_id, area_id, period, sex, age, 'gone' AS state, $edition AS edition, $moment AS known_from
    FROM old ANTI JOIN now USING (indicator_id, area_id, period, sex, age)
    ORDER BY indicator_id, area_id, period, sex, age
"""
_STANDING = """
    FROM (
        SELECT *, lead(known_from) OVER (
            PARTITION BY indicator_id, area_id, period, sex, age ORDER BY known_from, edition
        ) AS known_to
        FROM history
    )
    WHERE state <> 'gone' AND known_from <= $moment AND (known_to IS NULL OR known_to > $moment)
    ORDER BY indicator_id, area_id, period, sex, age
"""
