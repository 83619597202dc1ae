"""The scorecard on a terminal: per pillar, each indicator's newest figure against baseline, target and comparator.

Reads the published warehouse and nothing else, so that it shows exactly what an evaluator can query.
"""

from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.storage import warehouse

COLOURS = {
    "achieved": "bold green",
    "on track": "green",
    "possible": "yellow",
    "off track": "red",
    "worsening": "bold red",
    "too early": "cyan",
    "no data": "dim",
}


def rows(connection: duckdb.DuckDBPyConnection, area: str) -> list[dict[str, Any]]:
    """Return the area's rows of the `scorecard` view, in its order."""
    # The parameter is bound, never formatted into the query.
    found = connection.execute("SELECT * FROM scorecard WHERE area_id = ?", [area])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def show(console: Console, root: Path, area: str) -> None:
    """Print the area's scorecard from the current edition."""
    with warehouse.connect(root) as connection:
        found = rows(connection, area)
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        name, provisional = connection.execute(
            "SELECT name, provisional FROM area WHERE area_id = ?", [area]
        ).fetchone() or (area, False)
        comparators = dict(connection.execute("SELECT area_id, name FROM area").fetchall())
    title = Text(name, style="bold")
    if provisional:
        title.append("  provisional definition", style="yellow")
    if meta.get("synthetic") == "true":
        title.append("  SYNTHETIC FIGURES (demo)", style="bold red")
    console.print(title)
    console.print(_table(found, comparators))
    for note in sorted({row["note"] for row in found if row["note"]}):
        names = ", ".join(row["indicator_name_en"] for row in found if row["note"] == note)
        console.print(f"{names}: {note}", style="dim", highlight=False, markup=False)
    console.print(
        "[dim]Shares in per cent, others in the indicator's unit; gap: positive is better; [95 % interval]. "
        "* denominator estimated, † no denominator published, ‡ baseline disturbed or not of 2020: see baseline_note.\n"
        f"Targets are proposed unless marked adopted. {meta['edition']}, source set {meta['source_set']}.[/]"
    )


def _table(found: list[dict[str, Any]], comparators: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("indicator", "period", "value", "baseline", "target", "required", "gap", "comparator", "assessment"):
        table.add_column(header, justify="left" if header in ("indicator", "assessment") else "right")
    pillar = None
    for row in found:
        if row["pillar_id"] != pillar:
            pillar = row["pillar_id"]
            table.add_row(Text(row["pillar_name_en"], style="bold underline"))
        table.add_row(*_cells(row, comparators))
    return table


def _cells(row: dict[str, Any], comparators: dict[str, str]) -> list[str | Text]:
    word = row["assessment"] or ("context" if row["direction"] == "context" else "")
    other = (
        f"{_number(row, row['comparator_value'])} {comparators.get(row['comparator_id'], '')}"
        if row["comparator_id"]
        else ""
    )
    return [
        f"  {row['indicator_name_en']}",
        row["period"] or "",
        _value(row),
        _with_period(row, "baseline") + (" ‡" if row["baseline_note"] and row["baseline_period"] else ""),
        _with_period(row, "target") + (" adopted" if row["target_status"] == "adopted" else ""),
        _number(row, row["required_value"]),
        _number(row, row["gap_to_required"], sign=True),
        other,
        Text(word, style=COLOURS.get(word, "dim")),
    ]


def _with_period(row: dict[str, Any], name: str) -> str:
    period = row[f"{name}_period"]
    return f"{_number(row, row[f'{name}_value'])} ({period})" if period else ""


_MARKS = {"estimated": " *", "no_denominator": " †"}


def _value(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return row["status"] or ""
    text = _number(row, row["value"]) + _MARKS.get(row["status"], "")
    if row["lower"] is None:
        return text
    return f"{text} [{_number(row, row['lower'])}-{_number(row, row['upper'])}]"


def _number(row: dict[str, Any], value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return ""
    scale = 100 if row["unit"] == "share" else 1
    return f"{value * scale:{'+' if sign else ''}.{row['decimals']}f}"


def show_changes(console: Console, root: Path, before: Path | None) -> None:
    """Say what the current edition changed against `before`, the edition that readers saw until now."""
    newest = warehouse.current(root)
    if newest is None:
        return
    if before is None:
        console.print("This is the first edition.")
    elif newest == before:
        console.print("No figure has changed since the last refresh: the edition stands.")
    elif before.exists():
        counts = _compare(newest, before)
        said = ", ".join(f"{number} {word}" for word, number in counts.items())
        console.print(f"Against the edition before: {said}. Figures that a source revised are in the table revision.")


def _compare(newest: Path, before: Path) -> dict[str, int]:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{newest}' AS new (READ_ONLY); ATTACH '{before}' AS old (READ_ONLY)")
        row = connection.execute("""
            SELECT count(*) FILTER (o.indicator_id IS NULL),
                   count(*) FILTER (n.indicator_id IS NULL),
                   count(*) FILTER (n.value IS DISTINCT FROM o.value
                                    AND n.indicator_id IS NOT NULL AND o.indicator_id IS NOT NULL)
            FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
        """).fetchone()
    return dict(zip(("new figures", "gone", "changed"), row or (0, 0, 0), strict=True))
