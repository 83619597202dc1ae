"""What was published when: of each publication only the figures that changed, in files that are never changed.

    lake/history/measure/<edition>.parquet     rows of `measure` that are new, other than before, or gone

What belongs: adding a publication, folding the files to what stood. What does not: what follows from it for today
(`steps.remembering`). The files outlive the editions that they were made from. They hold hidden figures, so that it can
be told whether one is still the same: readers do not get them.
"""

from collections.abc import Sequence
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
_PUBLISHED = tuple(column.name for column in MEASURE.columns)
_COMPUTED = tuple(f"hidden_{name}" for name in FIGURES)
ROWS = pa.schema(
    [
        *MEASURE.arrow,
        *((name, pa.float64()) for name in _COMPUTED),
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
            connection.execute(f"ATTACH {_text(edition)} AS published (READ_ONLY)")
            connection.register("computed", computed if computed is not None else MEASURE.arrow.empty_table())
            connection.register("before", self.standing())
            connection.execute(_CHANGES, {"edition": edition.stem, "moment": moment})
            changed = connection.table("changed").to_arrow_table().cast(ROWS)
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


def _listed(names: Sequence[str], table: str = "") -> str:
    return ", ".join(f"{table}{name}" for name in names)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


_ON_KEY = " AND ".join(f"now.{name} IS NOT DISTINCT FROM old.{name}" for name in KEY)
_ROW = (*_PUBLISHED, *_COMPUTED)
_CHANGES = f"""
    CREATE TABLE changed AS
    WITH now AS (
        SELECT
            published.*,
            {", ".join(f"CASE WHEN status = 'suppressed' THEN computed.{name} END hidden_{name}" for name in FIGURES)}
        FROM published.measure AS published
        LEFT JOIN (SELECT {_listed((*KEY, *FIGURES))} FROM computed) AS computed USING ({_listed(KEY)})
    ),
    old AS (FROM before)
    SELECT
        {_listed(_ROW, "now.")},
        CASE WHEN now.status = 'suppressed' THEN 'hidden' ELSE 'shown' END AS state,
        $edition AS edition,
        $moment AS known_from
    FROM now LEFT JOIN old ON {_ON_KEY}
    WHERE old.edition IS NULL OR ({_listed(_ROW, "now.")}) IS DISTINCT FROM ({_listed(_ROW, "old.")})
    UNION ALL BY NAME
    SELECT {_listed(KEY, "old.")}, 'gone' AS state, $edition AS edition, $moment AS known_from
    FROM old ANTI JOIN now ON {_ON_KEY}
    ORDER BY {_listed(KEY)}
"""  # noqa: S608 (names of the dictionary)
_STANDING = f"""
    FROM (
        SELECT *, lead(known_from) OVER (PARTITION BY {_listed(KEY)} ORDER BY known_from, edition) AS known_to
        FROM history
    )
    WHERE state <> 'gone' AND known_from <= $moment AND (known_to IS NULL OR known_to > $moment)
    ORDER BY {_listed(KEY)}
"""  # noqa: S608
