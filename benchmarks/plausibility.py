"""How many typing errors are noticed before they are published, and how many true deliveries are held for nothing.

`python -m benchmarks.plausibility [NUMBER] [SEED]`: of each file of ../shared/recorded/county every year is delivered
as the next after the years before, as it is; and NUMBER times one with a slip that people make. The slips are made here
without a look at the method: what "beyond its noise" means is said by `moved_beyond_noise`, by other arithmetic.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators import catalogue
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import DeliveryContract
from pipelines.decoding.delivered import facts_of
from pipelines.deliveries import checking, plausible
from pipelines.deliveries.checking import Rules
from pipelines.deliveries.reading import Reading
from pipelines.settings import PROJECT
from pipelines.steps import weighing

RECORDED = PROJECT.parent / "shared" / "recorded" / "county"
CAUGHT, HELD_FOR_NOTHING = 0.95, 0.02
AREAS = 60
YEARS_BEFORE = 3  # that stand when a year is delivered
SLIPS = ("digit dropped", "digit doubled", "columns swapped", "wrong year", "wrong unit", "per cent for share")
_TOPS = {"share": 1.0, "percent": 100.0, "per_1000": 1000.0}


@dataclass(frozen=True)
class File:
    """A recorded file: its contract, what was read, its figures as they are weighed, and the year of each."""

    contract: DeliveryContract
    reading: Reading
    figures: pd.DataFrame
    year: pd.Series

    @cached_property
    def code(self) -> pd.Series:
        """The kind of each figure."""
        return self.figures["cell"].str.extract(r"ContentsCode=([a-z0-9_]+)")[0]

    @cached_property
    def series(self) -> dict[tuple[str, ...], np.ndarray]:
        """The labels of the figures of each series, in the order of time."""
        ordered = self.figures.sort_values("start")
        return {key: ordered.index[at].to_numpy() for key, at in ordered.groupby(["area", "cell"]).indices.items()}

    @cached_property
    def smaller(self) -> "File":
        """The file with as many areas as a slip is looked for in: of Norway's municipalities the first few."""
        few = self.figures["area"].isin(sorted(self.figures["area"].unique())[:AREAS])
        return replace(self, figures=self.figures[few], year=self.year[few])

    @property
    def years(self) -> list[int]:
        """The years that can be delivered as the next."""
        return sorted(self.year.unique())[YEARS_BEFORE:]


def files(loaded: Catalogue) -> Iterator[File]:
    """Yield the recorded files that have years enough."""
    rules = Rules.of(loaded)
    for path in sorted(RECORDED.iterdir()):
        checked = checking.check(checking.taken_from(path), rules)
        if checked.reading is None:
            raise SystemExit(f"{path.name}: {checked.error}")
        facts = facts_of(checked.reading, str(checked.sha256), datetime(2026, 1, 1, tzinfo=UTC))
        figures = weighing.by_id(loaded.areas, weighing.figures_of(checked.reading.contract, facts))
        ends = facts["period_end"].to_pandas()[figures.index]
        file = File(checked.reading.contract, checked.reading, figures, pd.to_datetime(ends).dt.year)
        if file.years:
            yield file


def held(loaded: Catalogue, file: File, figures: pd.DataFrame, year: int) -> pd.DataFrame:
    """Weigh one year's figures against those of the years before."""
    given, known = figures[file.year == year], file.figures[file.year < year]
    found = [weighing.against_history(file.contract, given, known), weighing.against_parts(loaded, given, known)]
    there = [frame for frame in found if len(frame)]
    return pd.concat(there) if there else found[0]


def refused(file: File, figures: pd.DataFrame, year: int) -> bool:
    """Say whether the reader refuses the year already: a figure that its kind does not allow, or sums that differ."""
    given = figures[file.year == year]
    allowed = {contents.code: contents.allowed for contents in file.contract.contents}
    codes = file.code[given.index]
    lowest, highest = (codes.map({code: range_[side] for code, range_ in allowed.items()}) for side in (0, 1))
    counts = given["kind"] == "count"
    outside = (given["value"] < lowest) | (given["value"] > highest) | (counts & (given["value"] % 1 != 0))
    if outside.any():
        return True
    value = file.reading.value.to_numpy(zero_copy_only=False).copy()
    value[given.index] = given["value"]
    spoilt = replace(file.reading, value=pa.array(value, from_pandas=True))
    return next(iter(plausible.faults(spoilt, "the file")), None) is not None


def moved_beyond_noise(file: File, spoilt: pd.DataFrame, year: int) -> bool:
    """Say whether a slip moves any figure further than its series ever moved from one period to the next.

    By ratios (of odds, for shares), against the largest true change of the series up to then, of at least five, and
    three times their median; a count by more than chance alone would (three times the root of the larger), a rounded
    figure by more than its last decimal.
    """
    given = file.figures[file.year == year]
    changed = given[given["value"] != spoilt["value"][given.index]]
    if len(changed) > 200:
        changed = changed.sample(200, random_state=1)
    for label, true in changed.iterrows():
        labels = file.series[true["area"], true["cell"]]
        own = file.figures["value"][labels[file.year[labels].to_numpy() <= year]]
        value = float(spoilt["value"][label])
        chance = 3 * np.sqrt(max(value, true["value"])) if true["kind"] == "count" else 2 * true["half"]
        moves = np.abs(np.diff(_ratio(own.to_numpy(), true["kind"])))
        if len(moves) < 5 or abs(value - true["value"]) <= chance:
            continue
        move = abs(
            float(_ratio(np.array([value]), true["kind"])[0] - _ratio(np.array([true["value"]]), true["kind"])[0])
        )
        if move > max(moves.max(), 3 * np.median(moves)):
            return True
    return False


def _ratio(value: np.ndarray, kind: str) -> np.ndarray:
    if kind == "count":
        return np.log(np.maximum(value, 0) + 0.5)
    if kind in ("share", "percent"):
        share = np.clip(value / _TOPS[kind], 5e-4, 1 - 5e-4)
        return np.log(share / (1 - share))
    return np.log(np.maximum(value, 1e-6))


def slip(file: File, kind: str, year: int, rng: np.random.Generator) -> pd.DataFrame | None:
    """Return the file's figures with a slip in one year; None where the file cannot have such a one."""
    figures = file.figures.copy()
    new = figures.index[(file.year == year).to_numpy()]
    if kind.startswith("digit"):
        label = rng.choice(new)
        value = _mistyped(figures["value"][label], kind, rng)
        if value is None:
            return None
        figures.loc[label, "value"] = value
        return figures
    if kind == "columns swapped":
        return _swapped(file, figures, year, rng)
    if kind == "wrong year":
        return _of_another_year(file, figures, year, rng)
    code = rng.choice([contents.code for contents in file.contract.contents])
    column = new[file.code[new] == code]
    is_share = figures["kind"][column].isin(list(_TOPS)).any()
    if not len(column) or (kind == "per cent for share") != is_share:
        return None
    figures.loc[column, "value"] *= rng.choice([100.0, 0.01] if is_share else [1000.0, 0.001, 0.1, 10.0])
    if figures["kind"][column].eq("count").any():
        figures.loc[column, "value"] = figures["value"][column].round()
    return figures


def _mistyped(value: float, kind: str, rng: np.random.Generator) -> float | None:
    text = f"{value:.10g}"
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    at = int(rng.choice(digits))
    typed = text[:at] + text[at + 1 :] if kind == "digit dropped" else text[: at + 1] + text[at:]
    return float(typed) if any(map(str.isdigit, typed)) else None


def _swapped(file: File, figures: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame | None:
    """Exchange the figures of two columns: of two kinds of figures, or of two codes of one dimension."""
    own = figures[file.year == year]
    cells = sorted(own["cell"].unique())
    if len(cells) < 2:
        return None
    one = str(rng.choice(cells))
    near = [cell for cell in cells if _differences(cell, one) == 1]
    if not near:
        return None
    other = str(rng.choice(near))
    wide = own.reset_index(names="label").pivot(index=["area", "start"], columns="cell", values=["label", "value"])
    both = wide.dropna(subset=[("value", one), ("value", other)])
    for to, taken in ((one, other), (other, one)):
        figures.loc[both["label", to].astype(int), "value"] = both["value", taken].to_numpy()
    return figures


def _differences(one: str, other: str) -> int:
    return sum(left != right for left, right in zip(one.split("|"), other.split("|"), strict=True))


def _of_another_year(file: File, figures: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame | None:
    """Put the figures of an earlier year under this year's label."""
    years = sorted(file.year.unique())
    source = int(rng.choice(years[: years.index(year)]))
    keyed = figures.assign(label=figures.index, year=file.year, within=figures["start"].dt.month)
    old, new = keyed[keyed["year"] == source], keyed[keyed["year"] == year]
    met = new.merge(old, on=["area", "cell", "within"], suffixes=("", "_old"))
    if met.empty:
        return None
    figures.loc[met["label"], "value"] = met["value_old"].to_numpy()
    return figures


def measure(number: int, seed: int) -> bool:
    """Print what came of true deliveries and of slips; return whether the limits are kept."""
    loaded = catalogue.load()
    recorded = list(files(loaded))
    true = wrong = 0
    for file in recorded:
        found = {int(year): held(loaded, file, file.figures, year) for year in file.years}
        stopped = {year: dict(Counter(map(str, out["reason"]))) for year, out in found.items() if len(out)}
        true, wrong = true + len(found), wrong + len(stopped)
        print(f"{file.contract.id}: {len(stopped)} of {len(found)} true years held {stopped or ''}", flush=True)
    rng = np.random.default_rng(seed)
    counts: Counter[tuple[str, str]] = Counter()
    for _ in range(number):
        kind, caught = _one(loaded, recorded, rng)
        counts[kind, caught] += 1
    for kind in SLIPS:
        print(f"{kind:20}", {caught: counts[kind, caught] for caught in _OUTCOMES if counts[kind, caught]})
    beyond = sum(number for (_kind, caught), number in counts.items() if caught != "within the noise")
    passed = sum(number for (_kind, caught), number in counts.items() if caught == "published")
    print(f"slips beyond the noise that are stopped: {beyond - passed} of {beyond} (limit {CAUGHT:.0%})")
    print(f"true deliveries that are held: {wrong} of {true} (limit {HELD_FOR_NOTHING:.0%})")
    return passed <= (1 - CAUGHT) * beyond and wrong <= HELD_FOR_NOTHING * true


_OUTCOMES = ("refused", "held", "published", "within the noise")


def _one(loaded: Catalogue, recorded: list[File], rng: np.random.Generator) -> tuple[str, str]:
    """Make one slip and say what came of it."""
    while True:
        kind = str(rng.choice(SLIPS))
        file = recorded[int(rng.integers(len(recorded)))].smaller
        year = int(rng.choice(file.years))
        spoilt = slip(file, kind, year, rng)
        if spoilt is None or spoilt["value"].equals(file.figures["value"]):
            continue
        if refused(file, spoilt, year):
            return kind, "refused"
        stopped = len(held(loaded, file, spoilt, year)) > 0
        if not moved_beyond_noise(file, spoilt, year):
            return kind, "within the noise"
        if not stopped:
            changed = spoilt["value"] != file.figures["value"]
            first = changed.idxmax()
            now, was = spoilt["value"][first], file.figures["value"][first]
            print(f"  published: {kind}, {file.contract.id} {year}, {int(changed.sum())} figures, {was:g} -> {now:g}")
        return kind, "held" if stopped else "published"


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(0 if measure(*[*given, *(200, 13)[len(given) :]]) else 1)
