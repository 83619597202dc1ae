"""The scorecard on a terminal: the first page of an evaluation, per pillar and subgoal.

Reads the published warehouse and nothing else, so that it shows exactly what an evaluator can query. No figure stands
without its unit and its period. In Norwegian or in English, as the page is; notes of the edition are in English alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from indicators.dictionary import FORESEEN, SCHEMA
from pipelines.language import Language
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


def show(console: Console, root: Path, area: str, language: Language) -> None:
    """Print the area's scorecard from the current edition."""
    with warehouse.connect(root, SCHEMA) as connection:
        indicators = rows(connection, area)
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        [own] = warehouse.rows(connection, "SELECT name, provisional FROM area WHERE area_id = ?", area) or [{}]
        names = dict(connection.execute("SELECT area_id, name FROM area").fetchall())
        tests = warehouse.rows(connection, "SELECT * FROM change_test WHERE area_id = ?", area)
    title = Text(own.get("name", area), style="bold")
    if own.get("provisional"):
        title.append(f"  {language.term('scorecard', 'provisional')}", style="yellow")
    if meta.get("synthetic") == "true":
        title.append(f"  {language.term('scorecard', 'synthetic')}", style="bold red")
    console.print(title)
    for counted in cards.summary(indicators, COLOURS, language):
        console.print(counted)
    cells = _Cells(language, names)
    for _, members in groupby(indicators, key=lambda row: row["pillar_id"]):
        _show_pillar(console, list(members), cells)
    console.print()
    if tests:
        console.print(_changed(tests, language), style="dim", highlight=False)
    for line in _lacking(indicators, language):
        console.print(line, style="dim", highlight=False, markup=False)
    for line, style in _asked_last(Nights(root), language):
        console.print(line, style=style, highlight=False, markup=False)
    told = language.term("scorecard", "legend").format(edition=meta["edition"], sources=meta["source_set"])
    console.print(told, style="dim", highlight=False, markup=False)


def _asked_last(nights: Nights, language: Language) -> Iterator[tuple[str, str]]:
    """Say when the sources were asked last and who did not answer; nothing where that may not be read."""
    last = nights.last_asked()
    if last is None:
        return
    told, at = last.asked, f"{last.started_at:%Y-%m-%d %H:%M} UTC"
    said = language.term("scorecard", "asked_last")
    yield said.format(at=at, asked=told.asked, of=told.of, answered=told.answered), "dim"
    for provider, moment in last.silent().items():
        when = f"{moment:%Y-%m-%d %H:%M} UTC" if moment else language.term("scorecard", "never")
        yield language.term("scorecard", "silent").format(provider=provider.upper(), when=when), "bold red"


def _lacking(indicators: list[dict[str, Any]], language: Language) -> Iterator[str]:
    """Say what is wanted where there is no figure, and where to read what disturbs a baseline."""
    for note in sorted({row["note"] for row in indicators if row["note"]}):
        lacking = ", ".join(language.of(row, "indicator_name") for row in indicators if row["note"] == note)
        yield f"{lacking}: {note}"
    disturbed = sum(bool(row["baseline_note"] and row["baseline_period"]) for row in indicators)
    if disturbed:
        yield language.term("scorecard", "disturbed").format(number=disturbed)


def _show_pillar(console: Console, indicators: list[dict[str, Any]], cells: "_Cells") -> None:
    wide, language = console.width >= _WIDTH, cells.language
    console.print()
    console.print(Text(language.of(indicators[0], "pillar_name"), style="bold underline"))
    aimed = [row for row in indicators if row["direction"] != "context"]
    if aimed:
        console.print(Text(_headline(aimed, language), style="dim"))
    for columns, title, members in (
        (_AIMED, "", aimed),
        (
            _CONTEXT,
            language.term("scorecard", "context"),
            [row for row in indicators if row["direction"] == "context"],
        ),
    ):
        if members:
            console.print(_grid(columns, language, title) if wide else Text(title, style="italic"))
        for subgoal, own in groupby(members, key=lambda row: f"{row['subgoal_id']} {language.of(row, 'subgoal_name')}"):
            console.print(Text(subgoal, style="bold"))
            if wide:
                console.print(_lines(columns, own, cells))
                continue
            for row in own:
                console.print(Group(*cards.card(row, cells.of(row, columns), language)))


def _headline(aimed: list[dict[str, Any]], language: Language) -> str:
    """Say how many indicators stand at each word, the worst first."""
    standing = cards.by_word(aimed).items()
    listed = ", ".join(f"{len(rows)} {language.known('assessment', word)}" for word, rows in standing)
    return language.term("scorecard", "headline").format(number=len(aimed), listed=listed)


def _changed(tests: list[dict[str, Any]], language: Language) -> str:
    """Say how many indicators have surely changed, each by itself and all together."""
    alone, together = (sum(row[name] != "no sure change" for row in tests) for name in ("alone", "together"))
    return language.term("scorecard", "changed").format(alone=alone, together=together, number=len(tests))


# Column -> width. Fixed, so that the tables of all subgoals stand in line.
_MEASURED = {"": 34, "figure": 21, "baseline": 15}
_AIMED = _MEASURED | {"target": 15, "required": 15, "gap": 9, "comparator": 23, "assessment": 20}
_CONTEXT = _MEASURED | {"change": 15, "comparator": 23, "recent trend": 23}
_LEFT = ("", "assessment", "recent trend")
_WIDTH = max(sum(columns.values()) + len(columns) for columns in (_AIMED, _CONTEXT))
"""Columns of the terminal that the tables need; on a narrower one they would cut figures off, and cards are shown."""


def _grid(columns: dict[str, int], language: Language, title: str | None = None) -> Table:
    """Return an empty table of these columns; with a title, one that has their headers alone."""
    table = Table.grid(padding=(0, 1))
    for name, width in columns.items():
        table.add_column(width=width, justify="left" if name in _LEFT else "right")
    if title is not None:
        headers = [Text(language.term("scorecard_column", name), style="dim") for name in list(columns)[1:]]
        table.add_row(Text(title, style="italic"), *headers)
    return table


def _lines(columns: dict[str, int], indicators: Iterable[dict[str, Any]], cells: "_Cells") -> Table:
    table = _grid(columns, cells.language)
    for row in indicators:
        table.add_row(*cells.of(row, columns).values())
    return table


def _over(above: str, below: str | None) -> Text:
    """Return the figure over what it belongs to; nothing where there is no figure."""
    return Text(above).append(f"\n{below}", style="dim") if above and below else Text(above)


@dataclass(frozen=True)
class _Cells:
    """What stands in the columns of an indicator's row. names: of areas, by id."""

    language: Language
    names: dict[str, str]

    def of(self, row: dict[str, Any], columns: Iterable[str]) -> dict[str, Text]:
        """Return the cells of these columns."""
        said, figure = self.language, self.language.figure
        cells = {
            "": self._name(row),
            "figure": self._value(row),
            "baseline": _over(figure(row, row["baseline_value"]), row["baseline_period"]),
            "target": _over(figure(row, row["target_value"]), self._target_period(row)),
            "required": _over(figure(row, row["required_value"]), row["period"]),
            "gap": self._gap(row),
            "change": _over(self._difference(row, row["change"]), said.term("scorecard", "since_then")),
            "comparator": self._comparator(row),
            "assessment": self._assessment(row),
            "recent trend": Text(said.known("recent_trend", row["recent_trend"]), style="dim"),
        }
        return {name: cells[name] for name in columns}

    def _difference(self, row: dict[str, Any], value: float | None) -> str:
        if row["unit"] != "share" or value is None:
            return self.language.difference(row, value)
        return f"{self.language.bare(row, value, sign=True)}\u00a0{self.language.term('scorecard', 'points')}"

    def _gap(self, row: dict[str, Any]) -> Text:
        if row["unit"] == "share":
            return Text(self._difference(row, row["gap_to_required"]))
        unit = self.language.term("difference", row["unit"])
        return _over(self.language.bare(row, row["gap_to_required"], sign=True), unit)

    def _name(self, row: dict[str, Any]) -> Text:
        """Return the indicator's name, and in a second line what to know about its figure."""
        said = self.language
        marks = [said.term("scorecard_mark", row["status"]) if row["status"] in _MARKED else ""]
        if row["pooled"]:
            marks.append(said.term("scorecard_mark", "pooled"))
        if row["baseline_note"] and row["baseline_period"]:
            marks.append(said.term("scorecard_mark", row["sensitivity"] or "disturbed"))
        shown = "; ".join(filter(None, marks))
        return Text(f"  {said.of(row, 'indicator_name')}").append(f"\n  {shown}" if shown else "", style="dim")

    def _value(self, row: dict[str, Any]) -> Text:
        """Return the newest figure with its interval, its unit and its period."""
        said = self.language
        if row["period"] is None:
            return Text("")
        if row["value"] is None:
            return _over(said.term("scorecard_mark", row["status"] or "missing"), row["period"])
        shown = said.figure(row, row["value"]) + (" !" if row["status"] == "unreliable" else "")
        if row["lower"] is not None:
            shown += f" [{said.bare(row, row['lower'])}-{said.bare(row, row['upper'])}]"
        return _over(shown, row["period"])

    def _comparator(self, row: dict[str, Any]) -> Text:
        if row["comparator_id"] is None:
            return Text("")
        text = Text(self.language.figure(row, row["comparator_value"]))
        if row["comparison"]:
            word = self.language.known("comparison", row["comparison"])
            text.append(f" {word}", style=COLOURS.get(row["comparison"], ""))
        name = self.names.get(row["comparator_id"], row["comparator_id"])
        return text.append(f"\n{name} {row['comparator_period']}", style="dim")

    def _assessment(self, row: dict[str, Any]) -> Text:
        word = row["assessment"]
        text = Text(self.language.known("assessment", word), style=COLOURS.get(word or "", ""))
        if row["probability"] is not None and word in FORESEEN:
            likely = self.language.probability(row["probability"])
            text.append(f"\n{self.language.term('scorecard', 'probability')} {likely}", style="dim")
        return text

    def _target_period(self, row: dict[str, Any]) -> str | None:
        period: str | None = row["target_period"]
        return f"{period} {self.language.term('scorecard', 'adopted')}" if row["target_status"] == "adopted" else period


_MARKED = ("estimated", "no_denominator", "unreliable", "incomplete")
"""Statuses of a figure that is shown, and is to be read with care."""


def show_changes(console: Console, root: Path, before: Path | None, language: Language) -> None:
    """Say what the current edition changed against `before`, the edition that readers saw until now."""
    newest = warehouse.current(root)
    if newest is None:
        return
    if before is None:
        console.print(language.term("run", "first"))
    elif newest == before:
        console.print(language.term("run", "same"))
    elif before.exists():
        console.print(language.term("run", "against").format(**_compare(newest, before)))


def _compare(newest: Path, before: Path) -> dict[str, int]:
    with warehouse.side_by_side(newest, before) as connection:
        row = connection.execute("""
            SELECT count(*) FILTER (o.indicator_id IS NULL),
                   count(*) FILTER (n.indicator_id IS NULL),
                   count(*) FILTER (n.value IS DISTINCT FROM o.value
                                    AND n.indicator_id IS NOT NULL AND o.indicator_id IS NOT NULL)
            FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
        """).fetchone()
    return dict(zip(("new", "gone", "changed"), row or (0, 0, 0), strict=True))
