"""What one delivery is and what it changes, as a municipal analyst wants to read it on a terminal.

Compares; what a file means and whether it is taken is decided elsewhere.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from indicators.catalogue import Catalogue
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.reading import Reading
from pipelines.edition.figure_text import figure
from pipelines.storage import warehouse
from pipelines.terminal.scorecard import COLOURS, SYNTHETIC

_SHOWN = 30
_PLACES = 8
_AGAINST = """
    WITH older AS (
        SELECT coalesce(area_id, area_label) AS area, boundary_year, period, value, status,
            array_to_string(list_sort(list_transform(map_entries(dimensions), lambda x: x.key || '=' || x.value)), '|')
                AS cell,
            value IS NULL AND status = 'suppressed' AS hidden
        FROM observation WHERE provider = 'delivery' AND table_id = ?
    ), newer AS (SELECT *, coalesce(area_id, area_label) AS area FROM given)
    SELECT count(*) FILTER (o.cell IS NULL) AS new,
           count(*) FILTER (NOT o.hidden AND n.value IS NOT DISTINCT FROM o.value
                            AND n.status IS NOT DISTINCT FROM o.status) AS same,
           count(*) FILTER (NOT o.hidden AND (n.value IS DISTINCT FROM o.value
                            OR n.status IS DISTINCT FROM o.status)) AS changed,
           count(*) FILTER (o.hidden) AS hidden
    FROM newer n LEFT JOIN older o USING (area, boundary_year, period, cell)
"""


def against(root: Path, contract: str, given: pa.Table) -> dict[str, int]:
    """Count the figures of a delivery that are new, the same as those published, changed, and hidden in the edition.

    Of hidden ones nothing is said: whoever may deliver a guess would learn whether it is right.
    """
    if warehouse.current(root) is None:
        return {"new": given.num_rows, "same": 0, "changed": 0, "hidden": 0}
    with warehouse.connect(root) as connection:
        connection.register("given", given)
        [counts] = warehouse.rows(connection, _AGAINST, contract)
    return {word: number for word, number in counts.items() if number or word != "hidden"}


def show(console: Console, checked: Checked, catalogue: Catalogue, counts: dict[str, int] | None) -> None:
    """Print what the file is and holds. counts: how its figures compare with those published, by word."""
    contract = catalogue.deliveries[f"delivery/{checked.contract}"]
    console.print(f"[bold]{escape(checked.name)}[/]", highlight=False)
    lines = {"contract": f"{contract.id}: {contract.name_en} ({contract.provider})"}
    if checked.reading is not None:
        lines |= _content(checked.reading, catalogue)
    if counts is not None:
        lines["against the edition"] = ", ".join(f"{number:,} {word}" for word, number in counts.items())
    used = _used_by(checked.reading, catalogue, f"delivery/{contract.id}")
    lines["used by"] = ", ".join(used) or "no indicator yet; its figures stand in the table observation"
    if checked.let_through:
        lines["let through"] = f"what looks like {', '.join(checked.let_through)}: {checked.not_personal}"
    for number, remark in enumerate(checked.remarks, 1):
        lines[f"note {number}"] = remark
    _print_lines(console, lines)


def _used_by(reading: Reading | None, catalogue: Catalogue, table: str) -> list[str]:
    """Name the indicators that draw on figures which the file has: not all that could draw on its kind of file."""
    drawing = {
        spacing.indicator_id
        for spacing in catalogue.spacings(table)
        if reading is None
        or all(set(codes) & set(reading.distinct(dimension)) for dimension, codes in spacing.codes.items())
    }
    return [
        f"{indicator.name_en} ({pillar})"
        for pillar, file in catalogue.pillars.items()
        for indicator in file.indicators
        if indicator.id in drawing
    ]


def _print_lines(console: Console, lines: dict[str, str]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines.items():
        table.add_row(f"  {name}", escape(text))
    console.print(table, highlight=False)


def _content(reading: Reading, catalogue: Catalogue) -> dict[str, str]:
    periods = reading.distinct("period")
    codes = set(reading.distinct("area_id"))
    own = [
        area.name
        for area in catalogue.areas.values()
        if codes & {area.id, *(code for part in area.parts for code in part.codes)}
    ]
    areas = len(set(reading.distinct("area_label"))) or len(codes)
    missing = Counter(reading.status.drop_null().to_pylist())
    signs = ", ".join(f"{number:,} '{sign}'" for sign, number in sorted(missing.items()))
    span = f"{periods[0]} to {periods[-1]}" if len(periods) > 1 else "".join(periods)
    return {
        "figures": f"{len(reading):,} of {len(periods)} period(s), {span}" + (f"; {signs}" if signs else ""),
        "areas": f"{areas:,}; of areas.yaml: {', '.join(own[:12]) or 'none'}" + (" …" if len(own) > 12 else ""),
    }


_CHANGED = """
    SELECT area_id, i.indicator_id, i.name_en AS indicator, i.unit, i.decimals, period,
           o.value AS old_value, n.value AS new_value, o.status AS old_status, n.status AS new_status
    FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
    JOIN new.indicator i USING (indicator_id)
    WHERE n.value IS DISTINCT FROM o.value OR n.status IS DISTINCT FROM o.status
    ORDER BY i.indicator_id, period DESC, area_id
"""
_ASSESSMENTS = """
    SELECT n.indicator_name_en AS indicator, o.assessment AS old, n.assessment AS new
    FROM new.scorecard n JOIN old.scorecard o USING (indicator_id, area_id)
    WHERE area_id = ? AND n.assessment IS DISTINCT FROM o.assessment ORDER BY ALL
"""


def show_indicators(console: Console, root: Path, before: Path | None, area: str) -> None:
    """Print which figures of the area differ between two editions, and count those of others."""
    newest = warehouse.current(root)
    if newest is None or newest == before:
        console.print("No indicator changes.")
        return
    if before is None:
        console.print("This is the first edition: `levekar scorecard` shows it.")
        return
    with warehouse.side_by_side(newest, before) as connection:
        changed = warehouse.rows(connection, _CHANGED)
        assessments = warehouse.rows(connection, _ASSESSMENTS, area)
        names = dict(connection.execute("SELECT area_id, name FROM new.area").fetchall())
        synthetic = connection.execute("SELECT value FROM new.meta WHERE key = 'synthetic'").fetchone()
    own = [row for row in changed if row["area_id"] == area]
    others = [row for row in changed if row["area_id"] != area]
    if not changed:
        console.print("No indicator changes.")
        return
    if synthetic == ("true",):
        console.print(SYNTHETIC, style="bold red")
    if own:
        console.print(f"[bold]Changed in {escape(names.get(area, area))}[/]", highlight=False)
        table = Table.grid(padding=(0, 2))
        for row in own[:_SHOWN]:
            table.add_row(f"  {row['indicator']}", row["period"], f"{_figure(row, 'old')} → {_figure(row, 'new')}")
        console.print(table)
        if len(own) > _SHOWN:
            console.print(f"  and {len(own) - _SHOWN} more, in the table measure", style="dim")
    for row in assessments:
        console.print(
            f"  {escape(row['indicator'])}: [{COLOURS.get(row['old'], '')}]{row['old'] or 'nothing'}[/] → "
            f"[{COLOURS.get(row['new'], 'bold')}]{row['new'] or 'nothing'}[/]",
            highlight=False,
        )
    if others:
        indicators = sorted({row["indicator"] for row in others})
        places = list(dict.fromkeys(names.get(row["area_id"], row["area_id"]) for row in others))
        where = ", ".join(places[:_PLACES]) + (f" and {len(places) - _PLACES} more" if len(places) > _PLACES else "")
        told = f"{len(others):,} figure(s) of other areas change ({where}): {', '.join(indicators)}"
        console.print(escape(told), highlight=False)


def _figure(row: dict[str, Any], edition: str) -> str:
    value, status = row[f"{edition}_value"], row[f"{edition}_status"]
    if value is None:
        return (status or "nothing").replace("_", " ")
    return figure(row, f"{edition}_value") + (f" ({status})" if status in ("unreliable", "incomplete") else "")
