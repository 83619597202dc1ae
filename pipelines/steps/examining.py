"""What is asked of the tables behind an edition whenever they are made: made from the schema and the catalogue.

Each check names rows, and what to do next. Blocking is what would publish a wrong figure; what a figure looks like that
may well be true, such as a jump, only warns. That no table shows what another hides is asked of all of them together,
at publication (`edition.gate`), and that every change has a reason (`edition.over_time`).
"""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import plausibility
from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.steps.step import Check, Finding, Inputs
from pipelines.storage.warehouse import row_failures

_NAMED = 10  # rows that a finding names; of more only the number
_KEY = ["indicator_id", "area_id", "period"]
_SLACK = 1e-9  # what the rounding of floats may do
_EXPLAIN = "`levekar explain INDICATOR --area AREA --period PERIOD` shows the rows that such a figure was made of."


def whole(published: str) -> Check:
    """Return the check that publication would take the rows. published: the edition's table that they become."""
    return Check(
        "rows_are_whole",
        f"Nothing that the table {published} must have is missing, no key occurs twice, nothing hidden shows.",
        partial(_whole, published),
        blocking=True,
        warns=False,
    )


def _whole(published: str, table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    faults = row_failures(table, SCHEMA[published])
    if not faults:
        return Finding(True, shown={"rows": table.num_rows})
    remedy = "Nothing is published of it: put the catalogue or the delivery right that gives such rows, or report it."
    return Finding(False, "\n".join([*faults, remedy]))


def _impossible(table: pa.Table, _inputs: Inputs, catalogue: Catalogue) -> Finding:
    """Name figures outside of what their unit can be, and intervals that do not hold their figure."""
    rows = table.select([*_KEY, "value", "lower", "upper"]).to_pandas().dropna(subset=["value"])
    is_share = rows["indicator_id"].map({one.id: one.unit == "share" for one in catalogue.indicators.values()})
    low, high = rows[["value", "lower"]].min(axis=1), rows[["value", "upper"]].max(axis=1)
    wrong = {
        "a share below 0 or above 1": is_share.astype(bool) & ((low < -_SLACK) | (high > 1 + _SLACK)),
        "below 0": ~is_share.astype(bool) & (low < -_SLACK),
        "outside of its own interval": (rows["value"] < rows["lower"] - _SLACK)
        | (rows["value"] > rows["upper"] + _SLACK),
    }
    return _found([f"{_named(row)}: {what}" for what, found in wrong.items() for row in _rows(rows[found])])


POSSIBLE = Check(
    "figures_are_possible",
    "No share leaves 0 to 1, nothing else is below 0, and every interval holds its figure.",
    _impossible,
    blocking=True,
    warns=False,
)


def _unfounded(table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    rows = table.select([*_KEY, "probability", "calibration"]).to_pandas().dropna(subset=["probability"])
    borne_out = ~rows["calibration"].isin(["does not hold", "too cautious"])
    found = rows[~(borne_out & rows["probability"].between(0, 1))]
    return _found([f"{_named(row)}: a probability that past forecasts do not bear out" for row in _rows(found)])


FOUNDED = Check(
    "probabilities_are_founded",
    "No probability is told of an indicator whose past forecasts did not come true as said (`levekar backtest`).",
    _unfounded,
    blocking=True,
    warns=False,
)


def _from_zero(table: pa.Table, _inputs: Inputs, catalogue: Catalogue) -> Finding:
    """Name each programme's area whose baseline is 0 where the target is a change relative to it."""
    found = {
        (row["indicator_id"], row["area_id"])
        for row in table.filter(pc.equal(table["baseline_value"], 0)).select(["indicator_id", "area_id"]).to_pylist()
        if getattr(catalogue.indicators[row["indicator_id"]].target, "relative", None) is not None
        and catalogue.programme_of(row["area_id"]) is not None
    }
    named = [
        f"`{indicator}`, {area}: from a baseline of 0 no relative target follows; declare an absolute one"
        for indicator, area in sorted(found)
    ]
    return Finding(not found, "\n".join(named) or None, {"without a target": len(found)})


TARGETS_FOLLOW = Check(
    "relative_targets_have_a_baseline",
    "A target that is a change relative to the baseline has one above 0.",
    _from_zero,
)


def jumps(pillar: str) -> Check:
    """Return the check of a pillar's newest figures against the noise of their own series."""
    return Check(
        "newest_figures_fit_their_series",
        "No newest figure leaves its series by far more than the noise of that; one that does may be true.",
        partial(_jumps, pillar),
    )


def _jumps(pillar: str, table: pa.Table, inputs: Inputs, catalogue: Catalogue) -> Finding:
    figures = _figures(inputs.ref(f"measures/{pillar}").read(), catalogue)
    newest = figures["start"] == figures.groupby(["area", "cell", "span"])["start"].transform("max")
    found = plausibility.jumps(
        figures[newest].reset_index(drop=True), figures[~newest].reset_index(drop=True)
    ).sort_values("off", ascending=False)
    labels = figures[newest].reset_index(drop=True)
    named = labels.loc[found["figure"], ["cell", "area", "period"]].itertuples(index=False)
    told = [f"{_named(row)}: {reason}" for row, reason in zip(named, found["reason"], strict=True)]
    return _found(told, "Ask whoever publishes it whether it is right; what changed since is in `levekar diff`.")


def _figures(measures: pa.Table, catalogue: Catalogue) -> pd.DataFrame:
    """Return the measures that have a value of their own group as `plausibility.FIGURES`, with their period."""
    own = {one.id: (one.sex, one.age, one.unit, one.decimals) for one in catalogue.indicators.values()}
    columns = [*_KEY, "sex", "age", "period_start", "period_end", "value", "numerator"]
    rows = measures.select(columns).to_pandas().dropna(subset=["value"])
    of_own_group = [own[name][:2] == (sex, age) for name, sex, age in _groups(rows)]
    rows = rows[np.array(of_own_group, dtype=bool)]
    start, end = pd.to_datetime(rows["period_start"]), pd.to_datetime(rows["period_end"])
    is_share = np.array([own[name][2] == "share" for name in rows["indicator_id"]], dtype=bool)
    decimals = np.array([own[name][3] + 2 * (own[name][2] == "share") for name in rows["indicator_id"]], dtype=float)
    return pd.DataFrame(
        {
            "area": rows["area_id"],
            "cell": rows["indicator_id"],
            "start": start.astype("datetime64[s]"),
            "span": (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month + 1,
            "value": rows["value"].astype(float),
            "kind": np.where(is_share, "share", "amount"),
            "half": 0.5 * 10.0**-decimals,
            "count": rows["numerator"].astype(float),
            "period": rows["period"],
        }
    ).reset_index(drop=True)


def _groups(rows: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    return rows[["indicator_id", "sex", "age"]].itertuples(index=False)


def covered(pillar: str) -> Check:
    """Return the check that says how many of a pillar's indicators have a figure, and which wait for one."""
    return Check(
        "coverage",
        "How many indicators have a figure for an area with a programme; what the others wait for is named.",
        partial(_covered, pillar),
    )


def _covered(pillar: str, table: pa.Table, _inputs: Inputs, catalogue: Catalogue) -> Finding:
    areas = {programme.area for programme in catalogue.programmes}
    rows = table.select(["indicator_id", "area_id", "value", "note"]).to_pylist()
    there = {row["indicator_id"] for row in rows if row["value"] is not None and row["area_id"] in areas}
    wanted = {row["indicator_id"]: row["note"] for row in rows if row["area_id"] in areas and row["note"]}
    names = [one.id for one in catalogue.pillars[pillar].indicators]
    lines = [f"{name}: {wanted.get(name, 'no figure')}" for name in names if name not in there]
    shown = {"indicators": len(names), "with a figure": len(names) - len(lines)}
    # To wait for a delivery is no fault: the page of deliveries has it.
    return Finding(True, "\n".join(lines) or None, shown)


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    yield from frame[_KEY].itertuples(index=False)


def _named(row: Iterable[str]) -> str:
    return ", ".join(map(str, row))


def _found(lines: list[str], remedy: str = _EXPLAIN) -> Finding:
    """Return a finding that names some rows, never a figure, and the next step."""
    if not lines:
        return Finding(True)
    more = [f"and {len(lines) - _NAMED:,} more"] if len(lines) > _NAMED else []
    return Finding(False, "\n".join([*lines[:_NAMED], *more, remedy]))
