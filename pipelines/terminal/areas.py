"""Areas on a terminal: the tree, and of one area its definition, units, zones, residents and changes.

Reads the published warehouse, and the catalogue for what is compared; computes nothing.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from indicators.geography import tree
from pipelines.storage import warehouse
from pipelines.terminal.scorecard import SYNTHETIC


def rows(root: Path, catalogue: Catalogue, area: str | None) -> list[dict[str, Any]]:
    """Return the published rows of the catalogue's areas, or of one of them with its codes year by year."""
    with warehouse.connect(root, SCHEMA) as connection:
        found = _of_catalogue(connection, catalogue)
        if area is None:
            return found
        codes = warehouse.rows(
            connection,
            "SELECT * EXCLUDE area_id FROM area_code WHERE area_id = ? ORDER BY first_year, part, code",
            area,
        )
        return [{**row, "codes": codes} for row in found if row["area_id"] == area]


def _of_catalogue(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the areas of the catalogue; the table holds the codes that they are made of as well."""
    found = warehouse.rows(connection, "SELECT * FROM area ORDER BY area_id")
    return [row for row in found if row["area_id"] in catalogue.areas]


def show_tree(console: Console, root: Path, catalogue: Catalogue) -> None:
    """Print every area of the catalogue below the one that it lies in, with its newest number of residents."""
    with warehouse.connect(root, SCHEMA) as connection:
        waiting = _of_catalogue(connection, catalogue)
        synthetic = _synthetic(connection)
    trees: dict[str | None, Tree] = {None: Tree(Text("Areas" + synthetic, style="bold"))}
    while ready := [row for row in waiting if row["parent_id"] in trees]:
        for row in ready:
            trees[row["area_id"]] = trees[row["parent_id"]].add(_label(row))
        waiting = [row for row in waiting if row["area_id"] not in trees]
    console.print(trees[None])


def _label(row: dict[str, Any]) -> Text:
    label = Text(row["area_id"], style="bold")
    label.append(f"  {row['name']}", style="default")
    label.append(f"  {row['kind']}", style="dim")
    if row["population"] is not None:
        label.append(f"  {row['population']:,} residents {row['population_period']}", style="cyan")
    if row["provisional"]:
        label.append("  provisional", style="yellow")
    return label


def show(console: Console, root: Path, catalogue: Catalogue, area: str) -> None:
    """Print what one area is made of, how many live there, and what became of its units and when."""
    with warehouse.connect(root, SCHEMA) as connection:
        [row] = warehouse.rows(connection, "SELECT * FROM area WHERE area_id = ?", area)
        heading = _label(row)
        heading.append(_synthetic(connection), style="bold red")
        console.print(heading)
        if row["note"]:
            console.print(Text(row["note"].strip()))
        _print_comparators(console, catalogue, area)
        for title, lines in (
            ("Made up of", _codes(connection, area)),
            ("Living-conditions zones", _zones(connection, area)),
            ("Bounded by tracts", _bounds(connection, area)),
            ("What changed when", _changes(connection, area)),
        ):
            for number, line in enumerate(lines):
                if number == 0:
                    console.print(Text(f"\n{title}", style="bold"))
                console.print(Text(f"  {line}"), soft_wrap=True)
        _print_residents(console, connection, area)


def _print_comparators(console: Console, catalogue: Catalogue, area: str) -> None:
    programme = catalogue.programme_of(area)
    if programme is not None:
        names = ", ".join(catalogue.areas[comparator].name for comparator in programme.comparators)
        console.print(Text(f"{programme.name_en}, {programme.start}-{programme.end}; compared with {names}"))
    rest = catalogue.areas[area].rest_of
    if rest is not None:
        without = ", ".join(catalogue.areas[part].name for part in rest.without)
        console.print(Text(f"{catalogue.areas[rest.whole].name} less {without}"))


def _codes(connection: duckdb.DuckDBPyConnection, area: str) -> Iterator[str]:
    """One line per part and run of years: how the area is written in codes, with the names of its tracts."""
    query = """
        SELECT first_year, last_year, part, origin, list(code ORDER BY code) AS codes, min(weight) AS weight
        FROM area_code WHERE area_id = ? AND origin IN ('catalogue', 'derived')
        GROUP BY ALL ORDER BY first_year, part
    """
    for row in warehouse.rows(connection, query, area):
        weighted = " (some by weight of residents)" if row["weight"] < 1 else ""
        codes = ", ".join(_runs(row["codes"]))
        yield f"{_years(row)}  {codes}  [{row['origin']}{weighted}]"


def _runs(codes: Iterable[str]) -> Iterator[str]:
    """Consecutive codes of one tract as one range: 33010601-33010611."""
    ordered = sorted(codes)
    units = [code for code in ordered if len(code) == 8 and code.isdigit()]
    yield from (code for code in ordered if code not in units)
    for _key, run in groupby(enumerate(units), lambda pair: (pair[1][:6], int(pair[1]) - pair[0])):
        found = [code for _number, code in run]
        yield found[0] if len(found) == 1 else f"{found[0]}-{found[-1]} ({len(found)})"


def _years(row: dict[str, Any]) -> str:
    first = str(row["first_year"]) if row["first_year"] > 1900 else "    "
    last = str(row["last_year"]) if row["last_year"] < 2999 else "    "
    return f"{first}-{last}"


def _zones(connection: duckdb.DuckDBPyConnection, area: str) -> Iterator[str]:
    """Zones with units in the area today, each with all its units, and whether some of them lie outside the area."""
    query = """
        WITH own AS (
            SELECT DISTINCT code FROM area_code
            WHERE area_id = $1 AND last_year = 2999 AND origin IN ('catalogue', 'derived')
        ), units AS (
            SELECT zone_code, code, code IN (FROM own) AS within FROM official_area
            WHERE level = $2 AND zone_code IS NOT NULL AND valid_to IS NULL
        )
        SELECT units.zone_code, any_value(zone.name) AS name, list(units.code ORDER BY units.code) AS codes,
            bool_and(within) AS whole
        FROM units
        LEFT JOIN official_area AS zone ON zone.code = units.zone_code AND zone.level = 'living-conditions zone'
        GROUP BY units.zone_code HAVING bool_or(within) ORDER BY units.zone_code
    """
    for row in warehouse.rows(connection, query, area, tree.UNIT):
        beyond = "" if row["whole"] else "  (reaches beyond the area)"
        yield f"{row['zone_code']}  {row['name'] or ''}  {', '.join(_runs(row['codes']))}{beyond}"


def _bounds(connection: duckdb.DuckDBPyConnection, area: str) -> Iterator[str]:
    query = """
        SELECT first_year, last_year, origin, area_code.code, any_value(name ORDER BY valid_from DESC) AS name
        FROM area_code LEFT JOIN official_area ON official_area.code = area_code.code AND level = 'statistical tract'
        WHERE area_id = ? AND origin IN ('inside', 'across')
        GROUP BY ALL ORDER BY first_year, origin DESC, code
    """
    for row in warehouse.rows(connection, query, area):
        yield f"{_years(row)}  {row['code']} {row['name'] or ''}, {row['origin']} it"


def _changes(connection: duckdb.DuckDBPyConnection, area: str) -> Iterator[str]:
    """One line per day and kind of change: how many of the area's units changed, from which municipality to which."""
    query = """
        SELECT change_date, kind, evidence, left(old_code, 4) AS old, left(new_code, 4) AS new, count(*) AS units,
            list(concat_ws(' → ', old_code, new_code) ORDER BY old_code, new_code) AS pairs,
            count(*) FILTER (old_name <> new_name) AS spelling
        FROM area_change
        WHERE level = $2 AND (
            old_code IN (SELECT code FROM area_code WHERE area_id = $1 AND origin IN ('catalogue', 'derived'))
            OR new_code IN (SELECT code FROM area_code WHERE area_id = $1 AND origin IN ('catalogue', 'derived')))
        GROUP BY ALL ORDER BY change_date, kind, old, new
    """
    for row in warehouse.rows(connection, query, area, tree.UNIT):
        where = " → ".join(filter(None, (row["old"], row["new"]))) if row["old"] != row["new"] else row["old"]
        number = f"{row['units']} unit{'s' if row['units'] > 1 else ''}"
        names = f", names changed in case or spacing in {row['spelling']}" if row["kind"] == "renumbered" else ""
        few = f": {', '.join(row['pairs'])}" if row["units"] <= 6 else ""
        yield f"{row['change_date']}  {number} {row['kind']}, {where}{names}{few}  [{row['evidence']}]"


def _print_residents(console: Console, connection: duckdb.DuckDBPyConnection, area: str) -> None:
    query = "SELECT * FROM population WHERE area_id = ? AND sex = 'both' AND age = 'all' ORDER BY period_end"
    rows = warehouse.rows(connection, query, area)
    console.print(Text("\nResidents on 1 January", style="bold"))
    if not rows:
        console.print("  no source counts them yet; wanted: ssb/04317, or tract polygons with residents")
        return
    table = Table("year", "residents", "at least", "at most", "", "source", box=None, pad_edge=False, padding=(0, 2))
    for row in rows:
        persons = f"{row['persons']:,.0f}" if row["persons"] is not None else "not known"
        bounds = [f"{row[name]:,.0f}" if row["lower"] < row["upper"] else "" for name in ("lower", "upper")]
        table.add_row(row["period"], persons, *bounds, row["status"] or "", row["source_table"])
    console.print(table)


def _synthetic(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("SELECT value FROM meta WHERE key = 'synthetic'").fetchone()
    return f"  {SYNTHETIC}" if found == ("true",) else ""
