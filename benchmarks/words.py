"""How often words are wrong, or change without cause: areas in which nothing happens, year after year.

`python -m benchmarks.words`; `told` serves the tests too. Every area keeps its share from 2020 to 2030 and has a target
of so much less; what is seen are counts drawn anew each year, the hardest case, since the persons of a real district
are largely the same. Each year is assessed as it would have been then. No skill is known, so that no indicator is kept
from having probabilities. The goals are issue 14's: `at the target` falsely in 3 % of years at most, and a word that
changes from one year to the next in 10 % at most. What follows from the calendar is not counted: `too early` gives way
to another word once there are three figures of which two agree, and all words give way in the target's year. Beside the
words told stand those that each figure alone would say.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks import Result
from indicators.assessment import assess
from indicators.forecast_skill import PAST_FORECAST, SKILL
from indicators.intervals import difference_interval
from indicators.rates import wilson

FALSE_SUCCESS, CHANGED = 0.03, 0.10
FIRST, LAST = 2020, 2030
AREAS, INDICATORS = 20, 50


@dataclass(frozen=True)
class Flat:
    """An area with so many events expected of so many persons, which aims at a relative change."""

    events: float
    persons: int
    target: float


KINDS = {
    "20 of 10,000, -25 %": Flat(20, 10_000, -0.25),
    "24 of 900, -20 %": Flat(24, 900, -0.20),
    "100 of 1,000, -20 %": Flat(100, 1_000, -0.20),
    "500 of 10,000, -10 %": Flat(500, 10_000, -0.10),
}


def told(kind: Flat, indicators: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the words of every area, by year: columns indicator_id, area_id, year, assessment, newest_word."""
    table = series_of(kind, indicators, AREAS, rng)
    found = assess(table, table, PAST_FORECAST.empty_table(), SKILL.empty_table()).to_pandas()
    kept = ["indicator_id", "area_id", "year", "assessment", "newest_word"]
    return found.assign(year=found["period"].astype(int))[kept]


def series_of(kind: Flat, indicators: int, areas: int, rng: np.random.Generator) -> pa.Table:
    """Return the series from FIRST to LAST as `series.series` gives them, which serve as their own points too."""
    places = [(f"i{indicator}", f"a{area}") for indicator in range(indicators) for area in range(areas)]
    years = range(FIRST, LAST + 1)
    rows = pd.DataFrame(
        [(*place, year) for place in places for year in years], columns=["indicator_id", "area_id", "year"]
    )
    rows["numerator"] = rng.binomial(kind.persons, kind.events / kind.persons, len(rows)).astype(float)
    rows["denominator"] = float(kind.persons)
    rows["value"] = rows["numerator"] / kind.persons
    rows["lower"], rows["upper"] = wilson(rows["numerator"].to_numpy(), rows["denominator"].to_numpy())
    for name in ("value", "lower", "upper"):
        rows[f"baseline_{name}"] = rows.groupby(["indicator_id", "area_id"])[name].transform("first")
    now = (rows[name].to_numpy() for name in ("value", "lower", "upper"))
    then = (rows[f"baseline_{name}"].to_numpy() for name in ("value", "lower", "upper"))
    rows["change"] = rows["value"] - rows["baseline_value"]
    rows["change_lower"], rows["change_upper"] = difference_interval(*now, *then)
    rows.loc[rows["year"] == FIRST, ["change", "change_lower", "change_upper"]] = np.nan
    rows["period"] = rows["year"].astype(str)
    rows["period_end"] = [date(year, 12, 31) for year in rows["year"]]
    rows["target_value"] = rows["baseline_value"].where(rows["baseline_value"] > 0) * (1 + kind.target)
    rows["status"] = np.where(rows["numerator"] < 10, "unreliable", None)
    rows = rows.assign(
        span=1, rate=False, side=0, found_year=FIRST, target_year=LAST, sign=-1, pooled=False, multiplier=1.0,
        usable=True, is_share=True, is_programme=True, is_comparable=True,
        path_start=rows["baseline_value"], target_relative=kind.target,
        gap_to_target=rows["target_value"] - rows["value"],
    )  # fmt: skip
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for name in ("least_change", "target_gap_share", "target_gap_closed", "baseline_revision"):
        table = table.append_column(name, pa.nulls(len(rows), pa.float64()))
    return table.append_column("disturbed", pa.nulls(len(rows), pa.string()))


def false_success(words: pd.DataFrame) -> float:
    """Return the share of years since the baseline in which an area is called at the target."""
    later = words[words["year"] > FIRST]
    return float((later["assessment"] == "at the target").mean())


def changed(words: pd.DataFrame, column: str = "assessment") -> float:
    """Return the share of years in which the word is another than the year before, but for what the calendar does."""
    words = words.sort_values("year")
    before = words.groupby(["indicator_id", "area_id"])[column].shift(1)
    counted = words["year"].between(FIRST + 3, LAST - 1)
    return float(((words[column] != before) & (before != "too early"))[counted].mean())


def run() -> list[Result]:
    """Print the table; it measures no time, so it has no result to compare."""
    rng = np.random.default_rng(2030)
    names = ("nothing changes", "at the target", "goal", "figure alone", "word changes", "goal", "")
    table = Table(*names, box=None, header_style="bold")
    for name, kind in KINDS.items():
        words = told(kind, INDICATORS, rng)
        success, moved = false_success(words), changed(words)
        mark = "ok" if success <= FALSE_SUCCESS and moved <= CHANGED else "MISSED"
        alone = changed(words, "newest_word")
        shares = (f"{success:.1%}", f"{FALSE_SUCCESS:.0%}", f"{alone:.1%}", f"{moved:.1%}", f"{CHANGED:.0%}")
        table.add_row(name, *shares, mark)
    Console(width=140).print(table)
    return []


if __name__ == "__main__":
    run()
