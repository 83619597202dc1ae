"""The scorecard on a terminal: the first page of an evaluation, per pillar and subgoal.

Reads the published warehouse and nothing else, so that it shows exactly what an evaluator can query. No figure stands
without its unit and its period.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from indicators.dictionary import FORESEEN, SCHEMA
from pipelines.edition.figure_text import UNITS, difference, figure, number, probability
from pipelines.storage import warehouse
from pipelines.storage.nights import Nights
from pipelines.terminal import cards

SYNTHETIC = "SYNTHETIC FIGURES (demo)"
COLOURS = {
    "at the target": "bold green",
    "touched": "green",
    "kept": "bold green",
    "at risk": "yellow",
    "reached late": "green",
    "not reached": "red",
    "on track": "green",
    "possible": "yellow",
    "off track": "red",
    "worse, improving": "yellow",
    "worsening": "bold red",
    "too early": "cyan",
    "uncertain": "cyan",
    "no data": "dim",
    "no data (hidden)": "dim",
    "better": "green",
    "worse": "red",
}


def rows(connection: duckdb.DuckDBPyConnection, area: str) -> list[dict[str, Any]]:
    """Return the area's rows of the `scorecard` view, in its order."""
    # The parameter is bound, never formatted into the query.
    return warehouse.rows(connection, "SELECT * FROM scorecard WHERE area_id = ?", area)


def show(console: Console, root: Path, area: str) -> None:
    """Print the area's scorecard from the current edition."""
    with warehouse.connect(root, SCHEMA) as connection:
        indicators = rows(connection, area)
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        [own] = warehouse.rows(connection, "SELECT name, provisional FROM area WHERE area_id = ?", area) or [{}]
        names = dict(connection.execute("SELECT area_id, name FROM area").fetchall())
        pillars = warehouse.rows(connection, "SELECT * FROM pillar_view WHERE area_id = ?", area)
        tests = warehouse.rows(connection, "SELECT * FROM change_test WHERE area_id = ?", area)
    title = Text(own.get("name", area), style="bold")
    if own.get("provisional"):
        title.append("  provisional definition", style="yellow")
    if meta.get("synthetic") == "true":
        title.append(f"  {SYNTHETIC}", style="bold red")
    console.print(title)
    for counted in cards.summary(indicators, COLOURS):
        console.print(counted)
    views = {row["pillar_id"]: row for row in pillars}
    for pillar, members in groupby(indicators, key=lambda row: row["pillar_id"]):
        _show_pillar(console, list(members), views.get(pillar), names)
    console.print()
    if tests:
        console.print(_changed(tests), style="dim", highlight=False)
    for line in _lacking(indicators):
        console.print(line, style="dim", highlight=False, markup=False)
    for line, style in _asked_last(Nights(root)):
        console.print(line, style=style, highlight=False, markup=False)
    console.print(
        "[dim]\\[a-b]: 95 % interval. pp: percentage points. Required: the path from baseline to target, in the "
        "figure's period. Gap: figure against required, positive is better. The probability is that of reaching the "
        "target in its year; on track from 66 %, possible from 33 %, worsening: adverse change since the baseline at "
        "95 %; at the target: past it with 90 %, or twice running; touched: past it, by less. better, similar, worse: "
        "by the interval of the difference. !: unreliable, few cases. Targets are proposed unless "
        f"marked adopted.\nEdition {meta['edition']}, source set {meta['source_set']}.[/]",
        highlight=False,
    )


def _asked_last(nights: Nights) -> Iterator[tuple[str, str]]:
    """Say when the sources were asked last and who did not answer; nothing where that may not be read."""
    last = nights.last_asked()
    if last is None:
        return
    told, at = last.asked, f"{last.started_at:%Y-%m-%d %H:%M} UTC"
    yield f"Asked last on {at}: {told.asked} of {told.of} sources, {told.answered} answered.", "dim"
    for provider, moment in last.silent().items():
        when = f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never, as far as is known"
        yield f"{provider.upper()} last answered {when}: what is shown of it is as it stood then.", "bold red"


def _lacking(indicators: list[dict[str, Any]]) -> Iterator[str]:
    """Say what is wanted where there is no figure, and where to read what disturbs a baseline."""
    for note in sorted({row["note"] for row in indicators if row["note"]}):
        lacking = ", ".join(row["indicator_name_en"] for row in indicators if row["note"] == note)
        yield f"{lacking}: {note}"
    disturbed = sum(bool(row["baseline_note"] and row["baseline_period"]) for row in indicators)
    if disturbed:
        yield f"{disturbed} baselines are disturbed, by the pandemic above all: `levekar explain INDICATOR` says how."


def _show_pillar(
    console: Console, indicators: list[dict[str, Any]], view: dict[str, Any] | None, names: dict[str, str]
) -> None:
    wide = console.width >= _WIDTH
    console.print()
    console.print(Text(indicators[0]["pillar_name_en"], style="bold underline"))
    if view is not None:
        console.print(Text(f"{view['indicators']} indicators with targets: {view['headline']}", style="dim"))
    for columns, title, members in (
        (_AIMED, "", [row for row in indicators if row["direction"] != "context"]),
        (_CONTEXT, "Context: neither good nor bad", [row for row in indicators if row["direction"] == "context"]),
    ):
        if members:
            console.print(_grid(columns, title) if wide else Text(title, style="italic"))
        for subgoal, own in groupby(members, key=lambda row: f"{row['subgoal_id']} {row['subgoal_name_en']}"):
            console.print(Text(subgoal, style="bold"))
            if wide:
                console.print(_lines(columns, own, names))
                continue
            for row in own:
                console.print(Group(*cards.card(row, _cells(row, columns, names))))


def _changed(tests: list[dict[str, Any]]) -> str:
    """Say how many indicators have surely changed, each by itself and all together."""
    alone, together = (sum(row[name] != "no sure change" for row in tests) for name in ("alone", "together"))
    return (
        f"Changed for sure since the baseline: {alone} of {len(tests)} indicators by themselves (one in twenty seems "
        f"to be by chance alone); {together} when all are tested together (table change_test)."
    )


# Column -> width. Fixed, so that the tables of all subgoals stand in line.
_MEASURED = {"": 36, "figure": 21, "baseline": 15}
_AIMED = _MEASURED | {"target": 15, "required": 15, "gap": 9, "comparator": 23, "assessment": 18}
_CONTEXT = _MEASURED | {"change": 15, "comparator": 23, "recent trend": 21}
_LEFT = ("", "assessment", "recent trend")
_WIDTH = max(sum(columns.values()) + len(columns) for columns in (_AIMED, _CONTEXT))
"""Columns of the terminal that the tables need; on a narrower one they would cut figures off, and cards are shown."""


def _grid(columns: dict[str, int], title: str | None = None) -> Table:
    """Return an empty table of these columns; with a title, one that has their headers alone."""
    table = Table.grid(padding=(0, 1))
    for name, width in columns.items():
        table.add_column(width=width, justify="left" if name in _LEFT else "right")
    if title is not None:
        table.add_row(Text(title, style="italic"), *(Text(name, style="dim") for name in list(columns)[1:]))
    return table


def _lines(columns: dict[str, int], indicators: Iterable[dict[str, Any]], names: dict[str, str]) -> Table:
    table = _grid(columns)
    for row in indicators:
        table.add_row(*_cells(row, columns, names).values())
    return table


def _cells(row: dict[str, Any], columns: Iterable[str], names: dict[str, str]) -> dict[str, Text]:
    cells = {
        "": _name(row),
        "figure": _value(row),
        "baseline": _over(figure(row, "baseline_value"), row["baseline_period"]),
        "target": _over(figure(row, "target_value"), _target_period(row)),
        "required": _over(figure(row, "required_value"), row["period"]),
        "gap": _gap(row),
        "change": _over(difference(row, "change"), "since then"),
        "comparator": _comparator(row, names),
        "assessment": _assessment(row),
        "recent trend": Text(row["recent_trend"] or "", style="dim"),
    }
    return {name: cells[name] for name in columns}


def _over(above: str, below: str | None) -> Text:
    """Return the figure over what it belongs to; nothing where there is no figure."""
    return Text(above).append(f"\n{below}", style="dim") if above and below else Text(above)


def _gap(row: dict[str, Any]) -> Text:
    if row["unit"] == "share":
        return Text(difference(row, "gap_to_required"))
    unit = UNITS.get(row["unit"], row["unit"]).strip()
    return _over("" if row["gap_to_required"] is None else number(row, row["gap_to_required"], sign=True), unit)


_MARKS = {
    "estimated": "estimated",
    "no_denominator": "no denominator published",
    "unreliable": "few cases: unreliable",
    "incomplete": "part of the year",
}


def _name(row: dict[str, Any]) -> Text:
    """Return the indicator's name, and in a second line what to know about its figure."""
    marks = [_MARKS.get(row["status"] or "")]
    if row["pooled"]:
        marks.append("years pooled")
    if row["baseline_note"] and row["baseline_period"]:
        marks.append(
            "disturbed baseline: see explain" if row["sensitivity"] is None else f"{row['sensitivity']} to the baseline"
        )
    shown = "; ".join(filter(None, marks))
    return Text(f"  {row['indicator_name_en']}").append(f"\n  {shown}" if shown else "", style="dim")


def _value(row: dict[str, Any]) -> Text:
    """Return the newest figure with its interval, its unit and its period."""
    if row["period"] is None:
        return Text("")
    if row["value"] is None:
        return _over((row["status"] or "missing").replace("_", " "), row["period"])
    shown = figure(row, "value") + (" !" if row["status"] == "unreliable" else "")
    if row["lower"] is not None:
        shown += f" [{number(row, row['lower'])}-{number(row, row['upper'])}]"
    return _over(shown, row["period"])


def _comparator(row: dict[str, Any], names: dict[str, str]) -> Text:
    if row["comparator_id"] is None:
        return Text("")
    text = Text(figure(row, "comparator_value"))
    if row["comparison"]:
        text.append(f" {row['comparison']}", style=COLOURS.get(row["comparison"], ""))
    name = names.get(row["comparator_id"], row["comparator_id"])
    return text.append(f"\n{name} {row['comparator_period']}", style="dim")


def _assessment(row: dict[str, Any]) -> Text:
    word = row["assessment"] or ""
    text = Text(word, style=COLOURS.get(word, ""))
    if row["probability"] is not None and word in FORESEEN:
        text.append(f"\nprobability {probability(row['probability'])}", style="dim")
    return text


def _target_period(row: dict[str, Any]) -> str | None:
    return f"{row['target_period']} adopted" if row["target_status"] == "adopted" else row["target_period"]


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
        listed = ", ".join(f"{number} {word}" for word, number in counts.items())
        console.print(f"Against the edition before: {listed}. Figures that a source revised are in the table revision.")


def _compare(newest: Path, before: Path) -> dict[str, int]:
    with warehouse.side_by_side(newest, before) as connection:
        row = connection.execute("""
            SELECT count(*) FILTER (o.indicator_id IS NULL),
                   count(*) FILTER (n.indicator_id IS NULL),
                   count(*) FILTER (n.value IS DISTINCT FROM o.value
                                    AND n.indicator_id IS NOT NULL AND o.indicator_id IS NOT NULL)
            FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
        """).fetchone()
    return dict(zip(("new figures", "gone", "changed"), row or (0, 0, 0), strict=True))
