"""What changed between two editions, and why: from the memory of the newest edition, whatever became of the two.

Asked by day, edition or release. Of a figure only how it was at both ends counts; the reasons are those of all
publications between. A change without a reason is told as one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from indicators.dictionary import REMEMBERED, Table
from pipelines.edition.over_time import figures_of
from pipelines.edition.releases import made
from pipelines.storage import warehouse

NO_REASON = "no reason is known"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class DifferenceError(ValueError):
    """A day, edition or release that cannot be compared; the message says which there are."""


@dataclass(frozen=True)
class Moment:
    """A point in the store's history: what was asked for, and the time up to which publications count."""

    asked: str
    until: datetime


@dataclass(frozen=True)
class Change:
    """One row that is another at the later moment.

    what: new, changed, hidden, shown, gone. figures: before and after of each column that differs; of what is hidden
    nothing. because: answers, files, keys of the catalogue, modules.
    """

    table: str
    key: dict[str, Any]
    what: str
    figures: dict[str, tuple[Any, Any]]
    reasons: tuple[str, ...]
    because: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the change as a row."""
        figures = {name: {"before": before, "after": after} for name, (before, after) in self.figures.items()}
        why = {"reasons": list(self.reasons), "because": list(self.because)}
        return {"table": self.table, **self.key, "what": self.what, "figures": figures, **why}


@dataclass(frozen=True)
class Difference:
    """All that changed between two moments, and the names of indicators and areas."""

    earlier: Moment
    later: Moment
    changes: tuple[Change, ...]
    names: dict[str, str]
    synthetic: bool

    def of(self, table: str) -> list[Change]:
        """Return the changes of one table."""
        return [change for change in self.changes if change.table == table]

    @property
    def unexplained(self) -> list[Change]:
        """The changes without a reason; each is a fault of ours."""
        return [change for change in self.changes if not change.reasons]

    def counts(self) -> list[tuple[str, str, str, int]]:
        """Return table, what, reasons and how many, the most frequent first."""
        found = Counter((c.table, c.what, ", ".join(c.reasons) or NO_REASON) for c in self.changes)
        return [(*kind, number) for kind, number in found.most_common()]


def between(root: Path, earlier: str, later: str, indicator: str | None = None, area: str | None = None) -> Difference:
    """Return what changed between two days (at their ends, UTC), editions or releases of the store at `root`.

    Raises DifferenceError, NothingPublished.
    """
    with warehouse.connect(root) as connection:
        _see_that_it_remembers(connection)
        first, last = (_moment(connection, root, asked) for asked in (earlier, later))
        if first.until > last.until:
            raise DifferenceError(f"'{earlier}' is later than '{later}': name the earlier one first")
        changes = tuple(
            change for table in REMEMBERED for change in _changes(connection, table, first, last, indicator, area)
        )
        names = dict(connection.execute(_NAMES).fetchall())
        [(synthetic,)] = connection.execute("SELECT any_value(value) FROM meta WHERE key = 'synthetic'").fetchall()
    return Difference(first, last, changes, names, synthetic == "true")


def _see_that_it_remembers(connection: duckdb.DuckDBPyConnection) -> None:
    if not connection.execute("FROM duckdb_tables() WHERE table_name = 'publication'").fetchall():
        raise DifferenceError("the edition is of a version that remembered nothing: run `levekar refresh` once")


def _moment(connection: duckdb.DuckDBPyConnection, root: Path, asked: str) -> Moment:
    """Raises DifferenceError."""
    published = dict(connection.execute("SELECT edition, published_at FROM publication ORDER BY 2").fetchall())
    releases = {release.name: release.edition for release in made(root)}
    if asked in releases or asked in published:
        return Moment(asked, published[releases.get(asked, asked)])
    if not _DAY.fullmatch(asked):
        known = [*releases, *list(published)[-3:]]
        raise DifferenceError(f"'{asked}' is no day such as 2025-12-01, and no edition or release: {', '.join(known)}")
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise DifferenceError(f"'{asked}' is no day of the calendar") from None
    until = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)
    first = min(published.values())
    if until < first:
        raise DifferenceError(
            f"nothing was published by {asked}: the first edition that is remembered is of {first:%Y-%m-%d}"
        )
    return Moment(asked, until)


def _changes(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    first: Moment,
    last: Moment,
    indicator: str | None,
    area: str | None,
) -> Iterator[Change]:
    # An edition of another version may lack a column.
    there = set(connection.table(f"{table.name}_history").columns)
    given = {"first": first.until, "last": last.until, "indicator": indicator, "area": area}
    for old, new, reasons, because in connection.execute(_query(table, there), given).fetchall():
        row = new or old
        key = {name: row[name] for name in table.key}
        figures = {
            name: ((old or {}).get(name), (new or {}).get(name))
            for name in figures_of(table)
            if (old or {}).get(name) != (new or {}).get(name) and not _left_out(name, old, new)
        }
        what = _what(old, new)
        if figures or what != "changed":
            yield Change(table.name, key, what, figures, tuple(reasons), tuple(because))


def _left_out(name: str, *rows: dict[str, Any] | None) -> bool:
    """Whether one of two rows would show the column, had it not been hidden since."""
    return any(row is not None and row["withheld"] and row[name] is None for row in rows)


def _what(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    if old is None or new is None:
        return "new" if old is None else "gone"
    # What was shown then and is hidden since is withheld in the memory: it was not hidden at the time.
    was, now = (row.get("status") == "suppressed" and not row["withheld"] for row in (old, new))
    return "hidden" if now and not was else "shown" if was and not now else "changed"


def _query(table: Table, there: Collection[str]) -> str:
    key = list(table.key)
    same = " AND ".join(f"one.{name} IS NOT DISTINCT FROM other.{name}" for name in key)
    columns = [*(column.name for column in table.columns if column.name in there), "withheld"]
    row = "{" + ", ".join(f"'{name}': {name}" for name in columns) + "}"

    def standing(moment: str) -> str:
        return (
            f"SELECT {', '.join(key)}, {row} AS row FROM version WHERE event <> 'gone' AND known_from <= ${moment}"
            f" AND (known_to IS NULL OR known_to > ${moment})"
        )

    return f"""
        WITH version AS (
            FROM {table.name}_history
            WHERE indicator_id = coalesce($indicator, indicator_id) AND area_id = coalesce($area, area_id)
        ),
        older AS ({standing("first")}),
        newer AS ({standing("last")}),
        touched AS (
            SELECT {", ".join(key)}, list_distinct(flatten(list(reasons ORDER BY known_from))) AS reasons,
                list_distinct(list(because ORDER BY known_from) FILTER (because IS NOT NULL)) AS because
            FROM version WHERE known_from > $first AND known_from <= $last GROUP BY ALL
        )
        SELECT older.row, newer.row, reasons, coalesce(because, [])
        FROM touched AS one
        LEFT JOIN older ON {same.replace("other.", "older.")}
        LEFT JOIN newer ON {same.replace("other.", "newer.")}
        WHERE older.row IS NOT NULL OR newer.row IS NOT NULL
        ORDER BY {", ".join(f"one.{name}" for name in key)}
    """


_NAMES = "SELECT indicator_id, name_en FROM indicator UNION ALL SELECT area_id, name FROM area"
