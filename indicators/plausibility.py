"""Whether delivered figures are plausible: held against their own history, their parts, residents and other sources.

A figure that stands out may well be true; whoever delivers it is asked. Pure arithmetic on data frames; which figures
are compared, and what becomes of a file, is the pipelines' work. The method in words: docs/deliveries.md.

A frame of figures has the columns of `FIGURES`: `area` and `cell` (text), `start` (first day of the period), `span`
(its length in months, so that windows and years are no one series), `value`, `kind` (see `contracts.Kind`), `half`
(half of the last published decimal; 0 where figures are not rounded) and `count` (the number of persons that a share
counts, where the same file has it; else nan).
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

KEY = ["area", "cell", "start", "span"]
FIGURES = [*KEY, "value", "kind", "half", "count"]
STANDING_OUT = ["figure", "reason", "value", "expected", "low", "high", "off"]
"""Of each figure that stands out its label in the given frame, why, what was expected between which limits, and how
often the distance to what was expected holds the noise (nan where the limit is one of logic)."""

TIMES_NOISE = 6.0
GROSS = np.log(4.5)
"""A change by a factor (of odds, for shares) that no noise of a few years explains; a lost digit is one by 10."""
ALL_GROSS = np.log(8)
"""The same of what all areas do together: a wrong unit is one by 10 at least, the lay-offs of March 2020 were by 5."""
PRIOR, PRIOR_WEIGHT = 0.25, 4  # the noise where there is no history, and how many changes it counts for
FEW_AREAS = 5  # of fewer, no common movement is told apart from their own
MISSED_IN_PARTS, DOUBLED_IN_PARTS = 0.10, 0.01  # of a whole: in no part, because unknown; in two parts
_LASTING = 0.3  # of a gap that is chance alone nothing is left a period later
SWAP_LIKELIER = 14.0  # natural logarithm: of thousands of pairs of columns none is to look so by chance
_OF_ONE_AREA, _MANY_CHANGES, _MANY_DIGITS, _TURNED = 30.0, 20, 12, 0.4
_TOPS = {"share": 1.0, "percent": 100.0}


class Reason(StrEnum):
    """Why a figure stands out, in words that hold nothing of the file."""

    JUMP = "a jump in its own series"
    TOGETHER = "all areas jump together"
    PAIR = "count and share do not go together as before"
    RATIO = "its share of the whole leaves its series"
    PARTS = "not between its lowest and its highest part"
    SUM = "not the sum of its parts"
    WHOLE = "with the other parts it contradicts the whole that stands"
    RESIDENTS = "more than there are residents"
    SOURCE = "unlike the same figure of another source"
    SWAPPED = "figures of two columns in each other's place"
    COPIED = "the figures of another period over again"


def jumps(given: pd.DataFrame, known: pd.DataFrame, reason: Reason = Reason.JUMP) -> pd.DataFrame:
    """Return the figures of `given` that leave their series by more than its noise (columns of STANDING_OUT).

    Counts and other amounts are compared by their logarithm, shares by their log-odds. From a change is taken what the
    areas have in common in that period (the median, of five areas or more); that is held against its own noise. The
    noise of a series is the median absolute change of its own, scaled to a standard deviation, drawn towards that of
    its cell over all areas and a prior; rounding, and for counts chance (Poisson), are its least.

    A new figure between two neighbours stands out where it leaves both on the same side: a step is no slip. It does so
    by more than `TIMES_NOISE` and the factor `GROSS`.
    """
    series = _series(given, known)
    if not len(series):
        return _nothing()
    _add_noise(series)
    alone = _judged(series, _leaving(series), GROSS, reason)
    together = _judged(series, _moving_together(series), ALL_GROSS, Reason.TOGETHER)
    return pd.concat([alone, together], ignore_index=True)


def implied_denominators(figures: pd.DataFrame, count: str, share: str) -> pd.DataFrame:
    """Return counts divided by the shares beside them: the denominator both come from, which moves slowly.

    count, share: the words of the two in `cell`, such as `ContentsCode=persons`. The label is that of the count.
    """
    counts = figures[figures["cell"].str.contains(count, regex=False)]
    shares = figures[figures["cell"].str.contains(share, regex=False)]
    shares = shares.assign(cell=shares["cell"].str.replace(share, count, regex=False))
    met = counts.reset_index(names="label").merge(shares, on=KEY, suffixes=("", "_of"))
    # A share of few published digits says too little.
    met = met[(met["value"] > 0) & (met["value_of"] >= 5 * met["half_of"]) & (met["value_of"] > 0)]
    unsure = np.hypot(met["half_of"] / met["value_of"], met["half"] / met["value"])
    value = met["value"] / met["value_of"]
    found = met.assign(value=value, kind="amount", half=unsure * value, count=np.nan).set_index("label")
    return found[FIGURES].rename_axis(None)


def shares_of(figures: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Return numerators divided by the denominators beside them, as shares; part, whole: as in `implied_denominators`.

    The label is that of the numerator.
    """
    parts = figures[figures["cell"].str.contains(part, regex=False)]
    wholes = figures[figures["cell"].str.contains(whole, regex=False)]
    wholes = wholes.assign(cell=wholes["cell"].str.replace(whole, part, regex=False))
    met = parts.reset_index(names="label").merge(wholes, on=KEY, suffixes=("", "_of"))
    met = met[(met["value_of"] > 0) & (met["value"] <= met["value_of"])]
    share = met["value"] / met["value_of"]
    found = met.assign(value=share, kind="share", half=0.0, count=met["value"]).set_index("label")
    return found[FIGURES].rename_axis(None)


def parts_and_wholes(given: pd.DataFrame, known: pd.DataFrame, covered: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the figures of wholes that their parts contradict; where the whole stands already, the largest new part.

    covered: whole -> the parts that cover it without overlap. Counts add up, but for what lies in no known part (up to
    10 %) and rounding; a share, rate or mean lies between the lowest and the highest of its parts.
    """
    both = _latest(given, known)
    found = []
    for whole, parts in covered.items():
        own = both[both["area"] == whole].set_index(KEY[1:])
        of_parts = both[both["area"].isin(parts)].groupby(KEY[1:])
        sides = of_parts.agg(
            number=("area", "nunique"),
            sum=("value", "sum"),
            lowest=("value", "min"),
            highest=("value", "max"),
            any_new=("new", "any"),
        )
        new = both[both["area"].isin(parts) & both["new"]].sort_values("value").drop_duplicates(KEY[1:], keep="last")
        largest = new.set_index(KEY[1:])[["label", "value"]].add_suffix("_new")
        met = own.join(sides[sides["number"] == len(set(parts))], how="inner").join(largest)
        met = met[met["new"] | met["any_new"]]
        found.append(_contradicted(met[met["label"] >= 0], len(parts)))
        found.append(_contradicting(met[met["label"] < 0], len(parts)))
    return pd.concat(found, ignore_index=True) if found else _nothing()


def more_than_residents(given: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of persons that are larger than the number of residents.

    residents: area, year, persons (the most that can be right). A year is compared with the larger of its own and the
    next year's 1 January.
    """
    counts = given[given["kind"] == "count"]
    own = counts.assign(year=counts["start"].astype("datetime64[s]").dt.year).reset_index(names="label")
    most = pd.concat([residents, residents.assign(year=residents["year"] - 1)])
    largest = most.groupby(["area", "year"])["persons"].max().reset_index()
    met = own.merge(largest, on=["area", "year"])
    met = met[met["value"] > met["persons"]]
    return _standing(met["label"], Reason.RESIDENTS, met["value"], met["persons"], 0.0, met["persons"], np.nan)


def unlike_other_source(given: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that another source's same figure (same area, cell and start) contradicts by factor GROSS.

    The ratio of the two (of odds, for shares) is compared, so that small differences of definition do not matter.
    """
    met = given.reset_index(names="label").merge(other[[*KEY, "value"]], how="inner", on=KEY, suffixes=("", "_other"))
    theirs = met.assign(value=met["value_other"])
    (y, least), (expected, _) = _transformed(met), _transformed(theirs)
    off = np.abs(y - expected)
    noise = np.hypot(PRIOR, least)
    out = (off > GROSS) & (off > TIMES_NOISE * least)
    limit = np.maximum(GROSS, TIMES_NOISE * least)
    low, high = _back(expected - limit, met), _back(expected + limit, met)
    return _standing(
        met["label"][out],
        Reason.SOURCE,
        met["value"][out],
        met["value_other"][out],
        low[out],
        high[out],
        (off / noise)[out],
    )


def copied_periods(given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return one figure of each new period nine tenths of whose figures are those of another period, to the last digit.

    As when last year's table is sent under this year's name. Figures of one digit may well be equal, and are not
    counted; of fewer than five others nothing is said, unless they have a dozen digits together.
    """
    new = given[_digits(given) >= 2]
    fresh = _only_fresh(new, known)
    before = known[_digits(known) >= 2]
    if fresh.empty or before.empty:
        return _nothing()
    old = before[[*KEY, "value"]]
    met = fresh.reset_index(names="label").merge(old, on=["area", "cell", "span"], suffixes=("", "_old"))
    met = met[met["start"] != met["start_old"]]
    met["same"] = met["value"] == met["value_old"]
    met["digits"] = _digits(met)
    periods = met.groupby(["start", "start_old"]).agg(
        same=("same", "mean"),
        number=("same", "size"),
        digits=("digits", "sum"),
        label=("label", "first"),
        value=("value", "first"),
    )
    enough = (periods["number"] >= FEW_AREAS) | (periods["digits"] >= _MANY_DIGITS)
    out = periods[(periods["same"] >= 0.9) & enough].reset_index().drop_duplicates("start")
    return _standing(out["label"], Reason.COPIED, out["value"], np.nan, np.nan, np.nan, np.nan)


def swapped_columns(given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return one figure of each two cells that go on where the other one left off.

    Compared are cells of one kind that differ in one dimension, such as women and men, by the gap between their new
    figures and the gap between as many last ones. Where they are in each other's place the gap has the other sign, in
    every area, and is about as wide. Both explanations are weighed by their likelihood (normal, with the noise that the
    gap had from one period to the next): the swap is to be e^14 times likelier, and the gap at least half as wide as
    gaps of earlier periods let expect, of which three tenths at least must have lasted. So a real crossing, which makes
    the gap narrow at first, is let through, and so are gaps that are nothing but chance.
    """
    new = _only_fresh(given, known)
    before = known[known["start"] < new["start"].min()] if len(new) else known.head(0)
    if new.empty or before.empty:
        return _nothing()
    cells = {cell: number for number, cell in enumerate(sorted(set(new["cell"]) & set(before["cell"])))}
    areas = {area: number for number, area in enumerate(sorted(set(new["area"]) & set(before["area"])))}
    now, now_least = _boxed(new, cells, areas)
    last, last_least = _boxed(before, cells, areas)
    kind = new.drop_duplicates("cell").set_index("cell")["kind"]
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of nothing the median is nan
        least = np.hypot(*(np.nanmedian(box, axis=2) for box in (now_least, last_least)))
        level, before_that = np.nanmean(now, axis=2), np.nanmean(last[:, :, -now.shape[2] :], axis=2)
        for one, other in _differing_in_one(cells, kind):
            here, there = cells[one], cells[other]
            # Of most pairs the gap is as it was in most areas: they need no closer look.
            turned = (level[here] - level[there]) * (before_that[here] - before_that[there]) < 0
            if turned.mean() >= _TURNED and _is_swapped(
                now[here] - now[there], last[here] - last[there], np.hypot(least[here], least[there])
            ):
                found.append(new[new["cell"].isin([one, other])].head(1))
    out = pd.concat(found) if found else new.head(0)
    return _standing(pd.Series(out.index), Reason.SWAPPED, out["value"], np.nan, np.nan, np.nan, np.nan)


def _boxed(figures: pd.DataFrame, cells: Mapping[str, int], areas: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return transformed figures and the least of their noise by cell, area and period; nan where there is none."""
    own = figures[figures["cell"].isin(cells.keys()) & figures["area"].isin(areas.keys())]
    periods, starts = pd.factorize(own["start"], sort=True)
    at = (own["cell"].map(cells).to_numpy(int), own["area"].map(areas).to_numpy(int), periods)
    boxes = []
    for amounts in _transformed(own):
        box = np.full((len(cells), len(areas), max(len(starts), 1)), np.nan)
        box[at] = amounts
        boxes.append(box)
    return boxes[0], boxes[1]


def _differing_in_one(cells: Mapping[str, int], kind: pd.Series) -> Iterator[tuple[str, str]]:
    """Yield each two cells of one kind that differ in one dimension alone."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for cell in cells:
        parts = cell.split("|")
        for number in range(len(parts)):
            alike.setdefault((str(number), *parts[:number], *parts[number + 1 :]), []).append(cell)
    for group in alike.values():
        yield from ((one, other) for one, other in combinations(group, 2) if kind[one] == kind[other])


def _is_swapped(now: np.ndarray, last: np.ndarray, least: np.ndarray) -> bool:
    """Weigh whether a gap changed its sign; now, last: the gap by area and period, least: of chance and rounding."""
    length = now.shape[1]
    gap, before = np.nanmean(now, axis=1), np.nanmean(last[:, -length:], axis=1)
    earlier = np.nanmean(last[:, -2 * length : -length], axis=1) if last.shape[1] > length else before
    changes = np.abs(np.diff(last, axis=1))
    own = np.nan_to_num(np.nanmedian(changes, axis=1) / 0.6745) ** 2
    of_all = np.nan_to_num(np.nanmedian(changes) / 0.6745) ** 2
    number = np.isfinite(changes).sum(axis=1)
    if number.sum() < _MANY_CHANGES:
        of_all = (number.sum() * of_all + PRIOR_WEIGHT * PRIOR**2) / (number.sum() + PRIOR_WEIGHT)
    variance = (number * own + PRIOR_WEIGHT * of_all) / (number + PRIOR_WEIGHT) + np.nan_to_num(least) ** 2
    there = np.isfinite(gap + before) & (variance > 0)
    if not there.any():
        return False
    weight = 1 / variance[there]
    # (gap - before)^2 - (gap + before)^2, over twice the variance; of one area no more than a few, whatever it did.
    likelier = np.clip(-2 * gap[there] * before[there] * weight, -_OF_ONE_AREA, _OF_ONE_AREA).sum()
    slope = (gap[there] * before[there] * weight).sum() / max((before[there] ** 2 * weight).sum(), 1e-9)
    usual = there & np.isfinite(earlier)
    lasting = (earlier * before / variance)[usual].sum() / max((earlier**2 / variance)[usual].sum(), 1e-9)
    return bool(likelier > SWAP_LIKELIER and lasting > _LASTING and slope < -lasting / 2)


# --- series ---------------------------------------------------------------------------------------------------------


def _latest(given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return all figures, given ones in the place of known ones: FIGURES, label (-1: known), new."""
    given = given[given["value"].notna()]
    known = known[known["value"].notna()]
    both = pd.concat([known[FIGURES].assign(label=-1), given[FIGURES].assign(label=given.index)], ignore_index=True)
    cells = both["cell"].astype(str) + "|" + both["span"].astype(str)
    codes = [pd.factorize(column)[0] for column in (both["area"], cells, both["start"])]
    sizes = [int(code.max(initial=0)) + 1 for code in codes]
    one = np.ravel_multi_index(tuple(codes), tuple(sizes)) if len(both) else np.zeros(0, np.int64)
    both = both.assign(key=one, series=one // sizes[2], period=codes[2], cell_code=codes[1])
    before = both.groupby("key")["value"].shift()
    both["new"] = (both["label"] >= 0) & ~(both["value"] == before)
    return both[~both.duplicated("key", keep="last")]


def _only_fresh(given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    latest = _latest(given, known)
    return given.loc[latest.loc[latest["new"], "label"]]


def _series(given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return all figures in the order of their series, transformed, with the change from the one before."""
    both = _latest(given, known).sort_values(["series", "start"], kind="stable", ignore_index=True)
    both["y"], both["least"] = _transformed(both)
    follows = both["series"] == both["series"].shift()
    both["change"] = np.where(follows, both["y"].diff(), np.nan)
    groups = both.groupby(["cell_code", "period"])["change"]
    both["common"] = np.where(groups.transform("count") >= FEW_AREAS, groups.transform("median"), 0.0)
    both["own"] = both["change"] - both["common"]
    return both


def _add_noise(series: pd.DataFrame) -> None:
    """Add the noise of a series' own changes, and of the common ones of its cell, as standard deviations."""
    size = series["own"].abs()
    series["spread"] = _drawn(size, series["cell_code"], series["series"])
    common = series.drop_duplicates(["cell_code", "period"])
    moved = common["common"].where(common["common"] != 0).abs()
    spread = common["cell_code"].to_frame().assign(noise=_drawn(moved, common["cell_code"], common["cell_code"]))
    of_cell = spread.drop_duplicates("cell_code").set_index("cell_code")["noise"]
    series["common_noise"] = series["cell_code"].map(of_cell)


def _drawn(size: pd.Series, group: pd.Series, member: pd.Series) -> np.ndarray:
    """Return each member's standard deviation from its own absolute changes, drawn towards its group's and a prior."""
    wide = _variance(size, group, np.full(len(size), PRIOR**2))
    return np.asarray(np.sqrt(_variance(size, member, wide)))


def _variance(size: pd.Series, group: pd.Series, prior: np.ndarray) -> np.ndarray:
    groups = size.groupby(group)
    number = groups.transform("count").to_numpy()
    # Of a normal distribution the median absolute value is 0.6745 standard deviations.
    spread = np.nan_to_num(groups.transform("median").to_numpy() / 0.6745)
    return np.asarray((number * spread**2 + PRIOR_WEIGHT * prior) / (number + PRIOR_WEIGHT))


def _leaving(series: pd.DataFrame) -> pd.DataFrame:
    """Return how far each new figure leaves its neighbours: expected, off (signed), noise."""
    own, next_own = series["own"], series["own"].shift(-1)
    follows = series["series"].shift(-1) == series["series"]
    next_own = next_own.where(follows)
    # What chance and rounding do is known from the neighbour: the new figure may be the slip.
    noise = np.hypot(series["spread"], np.sqrt(2) * series["least"].shift())
    next_noise = np.hypot(series["spread"], np.sqrt(2) * series["least"].shift(-1))
    # Between two neighbours: the smaller distance, where it lies above or below both.
    peak = np.where(np.sign(own) == -np.sign(next_own), np.minimum(own.abs(), next_own.abs()), 0.0) * np.sign(own)
    new = series["new"]
    edge_before = own.notna() & ~new.shift(fill_value=False) & (next_own.isna() | new.shift(-1, fill_value=False))
    edge_after = next_own.notna() & ~new.shift(-1, fill_value=False) & (own.isna() | new.shift(fill_value=False))
    off = np.where(next_own.isna(), own, np.where(own.isna(), -next_own, peak))
    off = np.where(edge_before, own, np.where(edge_after, -next_own, off))
    used = np.where(edge_after | own.isna(), next_noise, noise)
    off = np.where(_zero_as_before(series), 0.0, off)
    return pd.DataFrame({"off": off, "noise": used}, series.index)


def _zero_as_before(series: pd.DataFrame) -> pd.Series:
    """Whether of a figure and the one before one is 0, and the other at most twice what it ever was beside a 0.

    Many publishers write 0 for a small figure that they hide, so that figures of a kind come from 0 and go there.
    """
    value, before = series["value"], series["value"].shift()
    follows = series["series"] == series["series"].shift()
    crosses = follows & ((value == 0) != (before == 0))
    larger = pd.concat([value, before], axis=1).max(axis=1)
    stands = ~series["new"] & ~series["new"].shift(fill_value=False)
    usual = larger.where(crosses & stands).groupby(series["kind"]).transform("max")
    return crosses & (larger <= 2 * usual)


def _moving_together(series: pd.DataFrame) -> pd.DataFrame:
    """Return how far the areas move together: one figure of each cell and period of which all moved figures are new."""
    first = ~series.assign(new=~series["new"]).sort_values("new", kind="stable").duplicated(["cell_code", "period"])
    new_there = series["new"].groupby([series["cell_code"], series["period"]]).transform("mean") > 0.5
    off = series["common"].where(first.reindex(series.index) & new_there)
    return pd.DataFrame({"off": off, "noise": series["common_noise"]}, series.index)


def _judged(series: pd.DataFrame, leaving: pd.DataFrame, gross: float, reason: Reason) -> pd.DataFrame:
    """Return which new figures stand out, with the limits that they should have kept."""
    limit = np.maximum(gross, TIMES_NOISE * leaving["noise"])
    out = series["new"] & (leaving["off"].abs() > limit)
    found, off, limit = series[out], leaving["off"][out], limit[out]
    expected = found["y"] - off
    return _standing(
        found["label"],
        reason,
        found["value"],
        _back(expected, found),
        _back(expected - limit, found),
        _back(expected + limit, found),
        off.abs() / leaving["noise"][out],
    )


# --- arithmetic -----------------------------------------------------------------------------------------------------


def _transformed(figures: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return logarithms, or log-odds of shares, and the standard deviation that rounding and chance give them."""
    value, half = figures["value"].to_numpy(float), figures["half"].to_numpy(float)
    top = figures["kind"].map(_TOPS).fillna(0.0).to_numpy(float)
    is_share, is_count = top > 0, figures["kind"].to_numpy() == "count"
    whole = np.where(is_share, top, 1.0)
    # A share of 0 or 1 is one of less than half a person, or half the last decimal.
    count = figures["count"].to_numpy(float)
    persons = np.maximum(count, 1) / np.maximum(value / whole, 1e-9)
    edge = np.clip(np.fmax(half / whole, 0.5 / persons), 5e-4, 0.5)
    share = np.clip(value / whole, edge, 1 - edge)
    amount = np.where(is_count, value + 0.5, np.maximum(value, np.maximum(half, 1e-9)))
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(is_share, np.log(share / (1 - share)), np.log(np.maximum(amount, 1e-9)))
        rounding = np.where(is_share, half / whole / (share * (1 - share)), half / np.maximum(amount, 1e-9))
        # Poisson for a count, binomial for a share of which the count is known.
        chance = np.where(is_count, 1 / np.sqrt(np.maximum(value, 0) + 0.5), 1 / np.sqrt(persons * share * (1 - share)))
        chance = np.where(is_count | is_share, np.nan_to_num(chance), 0.0)
    return y, np.hypot(rounding, chance)


def _back(y: pd.Series | np.ndarray, figures: pd.DataFrame) -> np.ndarray:
    """Return figures from their logarithms or log-odds."""
    top = figures["kind"].map(_TOPS).fillna(0.0).to_numpy(float)
    y = np.clip(np.asarray(y, float), -500, 500)
    back = np.where(top > 0, top / (1 + np.exp(-y)), np.exp(y) - (figures["kind"].to_numpy() == "count") * 0.5)
    return np.asarray(np.maximum(back, 0.0))


def _contradicted(met: pd.DataFrame, parts: int) -> pd.DataFrame:
    counts = (met["kind"] == "count").to_numpy()
    slack = (parts + 1) * np.maximum(met["half"], 1.0)
    low = np.where(counts, met["sum"] * (1 - DOUBLED_IN_PARTS) - slack, met["lowest"] - 2 * met["half"])
    high = np.where(counts, met["sum"] / (1 - MISSED_IN_PARTS) + slack, met["highest"] + 2 * met["half"])
    out = (met["value"] < low) | (met["value"] > high)
    # An amount, such as kroner in all, may be a sum or a mean: nobody has said which.
    out &= met["kind"] != "amount"
    expected = np.where(counts, met["sum"], (met["lowest"] + met["highest"]) / 2)
    reasons = np.where(counts, Reason.SUM, Reason.PARTS)[out]
    return _standing(met["label"][out], reasons, met["value"][out], expected[out], low[out], high[out], np.nan)


def _contradicting(met: pd.DataFrame, parts: int) -> pd.DataFrame:
    """Return the largest new part of each standing whole that is contradicted, and what it would be if it alone errs.

    Of shares nothing is expected of one part: all of them lie on one side of the whole.
    """
    out = met.iloc[_contradicted(met.assign(label=np.arange(len(met))), parts)["figure"].to_numpy(int)]
    slack = (parts + 1) * np.maximum(out["half"], 1.0)
    others = out["sum"] - out["value_new"]
    low = (out["value"] - slack) * (1 - MISSED_IN_PARTS) - others
    high = (out["value"] + slack) / (1 - DOUBLED_IN_PARTS) - others
    expected, low, high = (
        limit.clip(lower=0).where(out["kind"] == "count") for limit in (out["value"] - others, low, high)
    )
    return _standing(out["label_new"].astype(int), Reason.WHOLE, out["value_new"], expected, low, high, np.nan)


def _digits(figures: pd.DataFrame) -> np.ndarray:
    """Return how many digits a figure has, trailing and leading zeros left out."""
    text = figures["value"].map(lambda value: f"{value:.6g}".replace(".", "").strip("-0"))
    return text.str.len().to_numpy() if len(text) else np.zeros(0, int)


def _standing(
    figure: pd.Series,
    reason: Any,
    value: Any,
    expected: Any,
    low: Any,
    high: Any,
    off: Any,
) -> pd.DataFrame:
    columns = {"reason": reason, "value": value, "expected": expected, "low": low, "high": high, "off": off}
    plain = {name: np.asarray(column) if np.ndim(column) else column for name, column in columns.items()}
    return pd.DataFrame({"figure": np.asarray(figure), **plain}, columns=STANDING_OUT)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=STANDING_OUT)
