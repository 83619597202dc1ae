"""What one delivery is and what it changes, as a municipal analyst wants to read it on a terminal.

Compares; what a file means and whether it is taken is decided elsewhere.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from indicators.catalogue import Catalogue
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.reading import Reading
from pipelines.language import Language
from pipelines.storage import warehouse
from pipelines.terminal.scorecard import COLOURS

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


def show(
    console: Console, checked: Checked, catalogue: Catalogue, counts: dict[str, int] | None, language: Language
) -> None:
    """Print what the file is and holds. counts: how its figures compare with those published, by word."""
    say = _words("delivery", language)
    contract = catalogue.deliveries[f"delivery/{checked.contract}"]
    console.print(f"[bold]{escape(checked.name)}[/]", highlight=False)
    name = contract.name_no if language.code == "nb" else contract.name_en
    lines = {say("contract"): f"{contract.id}: {name} ({contract.provider})"}
    if checked.reading is not None:
        lines |= _content(checked.reading, catalogue, say)
    if counts is not None:
        lines[say("against")] = ", ".join(f"{number:,} {say(word)}" for word, number in counts.items())
    used = _used_by(checked.reading, catalogue, f"delivery/{contract.id}", language)
    lines[say("used_by")] = ", ".join(used) or say("used_by_none")
    if checked.let_through:
        why = say("let_through_why", kinds=", ".join(checked.let_through), reason=checked.not_personal)
        lines[say("let_through")] = why
    for number, remark in enumerate(checked.remarks, 1):
        lines[say("note", number=number)] = remark
    _print_lines(console, lines)


def _words(group: str, language: Language) -> Callable[..., str]:
    return lambda name, **parts: language.term(group, name).format(**parts)


def _used_by(reading: Reading | None, catalogue: Catalogue, table: str, language: Language) -> list[str]:
    """Name the indicators that draw on figures which the file has: not all that could draw on its kind of file."""
    drawing = {
        spacing.indicator_id
        for spacing in catalogue.spacings(table)
        if reading is None
        or all(set(codes) & set(reading.distinct(dimension)) for dimension, codes in spacing.codes.items())
    }
    return [
        f"{indicator.name_no if language.code == 'nb' else indicator.name_en} ({pillar})"
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


def _content(reading: Reading, catalogue: Catalogue, say: Callable[..., str]) -> dict[str, str]:
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
    span = say("span", first=periods[0], last=periods[-1]) if len(periods) > 1 else "".join(periods)
    figures = say("figures_of", number=f"{len(reading):,}", periods=len(periods), span=span)
    listed = (", ".join(own[:12]) or say("none")) + (" …" if len(own) > 12 else "")
    return {
        say("figures"): figures + (f"; {signs}" if signs else ""),
        say("areas"): say("areas_known", number=f"{areas:,}", listed=listed),
    }


_CHANGED = """
    SELECT area_id, i.indicator_id, i.name_no, i.name_en, i.unit, i.decimals, period,
           o.value AS old_value, n.value AS new_value, o.status AS old_status, n.status AS new_status
    FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
    JOIN new.indicator i USING (indicator_id)
    WHERE n.value IS DISTINCT FROM o.value OR n.status IS DISTINCT FROM o.status
    ORDER BY i.indicator_id, period DESC, area_id
"""
_ASSESSMENTS = """
    SELECT n.indicator_name_no AS name_no, n.indicator_name_en AS name_en, o.assessment AS old, n.assessment AS new
    FROM new.scorecard n JOIN old.scorecard o USING (indicator_id, area_id)
    WHERE area_id = ? AND n.assessment IS DISTINCT FROM o.assessment ORDER BY ALL
"""


def show_indicators(console: Console, root: Path, before: Path | None, area: str, language: Language) -> None:
    """Print which figures of the area differ between two editions, and count those of others."""
    say = _words("run", language)
    newest = warehouse.current(root)
    if newest is None or newest == before:
        console.print(say("no_change"))
        return
    if before is None:
        console.print(say("first_shown"))
        return
    with warehouse.side_by_side(newest, before) as connection:
        changed = warehouse.rows(connection, _CHANGED)
        assessments = warehouse.rows(connection, _ASSESSMENTS, area)
        names = dict(connection.execute("SELECT area_id, name FROM new.area").fetchall())
        synthetic = connection.execute("SELECT value FROM new.meta WHERE key = 'synthetic'").fetchone()
    own = [row for row in changed if row["area_id"] == area]
    others = [row for row in changed if row["area_id"] != area]
    if not changed:
        console.print(say("no_change"))
        return
    if synthetic == ("true",):
        console.print(language.term("scorecard", "synthetic"), style="bold red")
    if own:
        console.print(f"[bold]{escape(say('changed_in', area=names.get(area, area)))}[/]", highlight=False)
        table = Table.grid(padding=(0, 2))
        for row in own[:_SHOWN]:
            moved = f"{_figure(row, 'old', language)} → {_figure(row, 'new', language)}"
            table.add_row(*map(Text, (f"  {language.of(row, 'name')}", row["period"], moved)))
        console.print(table)
        if len(own) > _SHOWN:
            console.print(f"  {say('more_in_table', number=len(own) - _SHOWN)}", style="dim")
    for row in assessments:
        # No markup: an area that had no word has no colour either, and `[]` is none.
        old, new = ((_word(row[one], language), COLOURS.get(row[one] or "", "bold")) for one in ("old", "new"))
        console.print(Text.assemble(f"  {language.of(row, 'name')}: ", old, " → ", new))
    if others:
        console.print(escape(_of_others(others, names, language)), highlight=False)


def _of_others(rows: list[dict[str, Any]], names: dict[str, str], language: Language) -> str:
    indicators = sorted({language.of(row, "name") for row in rows})
    places = list(dict.fromkeys(names.get(row["area_id"], row["area_id"]) for row in rows))
    where = ", ".join(places[:_PLACES])
    if len(places) > _PLACES:
        where = language.term("delivery", "and_more").format(listed=where, number=len(places) - _PLACES)
    parts = {"number": f"{len(rows):,}", "places": where, "indicators": ", ".join(indicators)}
    return language.term("run", "others").format(**parts)


def _word(word: str | None, language: Language) -> str:
    return language.known("assessment", word) or language.term("delivery", "nothing")


def _figure(row: dict[str, Any], edition: str, language: Language) -> str:
    value, status = row[f"{edition}_value"], row[f"{edition}_status"]
    if value is None:
        return language.known("status", status) or language.term("delivery", "nothing")
    more = f" ({language.known('status', status)})" if status in ("unreliable", "incomplete") else ""
    return language.figure(row, value).replace("\u00a0", " ") + more  # to be copied from a terminal
