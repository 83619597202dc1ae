"""Baseline, target, trajectory, gaps and a simple assessment: where each measure stands against its path.

Ibis expressions over all areas and indicators at once. Gaps are signed so that positive is better; an indicator whose
direction is `context` has none. Probabilities are not estimated here yet: `probability` is null.
"""

import ibis
from ibis import Table, _

from indicators.rates import difference_interval

# Shares of the required change. Eurostat's thresholds for linear pace (Sustainable development in the EU, annex).
ON_TRACK_PACE, POSSIBLE_PACE = 0.95, 0.6
_KEY = ["indicator_id", "area_id"]


def series(measures: Table, rules: Table, comparators: Table) -> Table:
    """Return one row per indicator, area and period, with baseline, target, required value, gaps, assessment.

    rules: one row per indicator and area: indicator_id, area_id, baseline_year, baseline_caveat, target_year,
    target_absolute, target_relative, target_status, sign (1 higher is better, -1 lower, null context), is_programme,
    wanted. comparators: area_id, comparator_id, rank (0 is nearest). An indicator of a programme's area without any
    figure gets one row, assessed `no data`, whose note names what is wanted.
    """
    points = measures.filter(_.value.notnull() & (_.status.fill_null("") != "incomplete")).mutate(
        year=_.period_end.year()
    )
    placed = measures.mutate(year=_.period_end.year()).join(rules, _KEY)
    based = placed.left_join(_baselines(points, rules), _KEY).drop("indicator_id_right", "area_id_right")
    aimed = _trajectory(_targets(based))
    compared = aimed.left_join(_comparator_values(points, comparators), [*_KEY, "period"]).drop(
        "indicator_id_right", "area_id_right", "period_right"
    )
    counted = _since_baseline(_gaps(compared))
    return _assessed(counted).union(_no_data(measures, rules)).order_by(*_KEY, "period_end", "period")


def _baselines(points: Table, rules: Table) -> Table:
    """Take the figure of the baseline year, or of the published period nearest to it (the earlier of two)."""
    near = points.join(rules.select(*_KEY, "baseline_year"), _KEY)
    order = ibis.row_number().over(group_by=_KEY, order_by=[(_.year - _.baseline_year).abs(), _.year, _.period_start])
    first = near.mutate(order=order).filter(_.order == 0)
    return first.select(
        *_KEY,
        found_year=_.year,
        baseline_period=_.period,
        baseline_value=_.value,
        baseline_lower=_.lower,
        baseline_upper=_.upper,
    )


def _targets(based: Table) -> Table:
    """Set the target of a programme's area; a comparator has none."""
    wanted = ibis.coalesce(_.target_absolute, _.baseline_value * (1 + _.target_relative))
    aims = _.is_programme & _.baseline_value.notnull()
    moved = _.baseline_period.notnull() & (_.found_year != _.baseline_year)
    year = based.baseline_year.cast("string")
    nearest = ibis.literal("no figure for ") + year + "; nearest published period used"
    return based.mutate(
        target_value=ibis.ifelse(aims, wanted, None),
        baseline_note=ibis.cases(
            (moved & _.baseline_caveat.notnull(), nearest + ". " + based.baseline_caveat),
            (moved, nearest),
            else_=_.baseline_caveat,
        ),
    ).mutate(
        target_period=ibis.ifelse(_.target_value.notnull(), _.target_year.cast("string"), None),
        target_status=ibis.ifelse(_.target_value.notnull(), _.target_status, None),
    )


def _trajectory(aimed: Table) -> Table:
    """Linear path from baseline to target: nothing is required before the baseline, the target after its year."""
    share = ibis.ifelse(_.year < _.target_year, (_.year - _.found_year) / (_.target_year - _.found_year).nullif(0), 1.0)
    on_path = (_.year >= _.found_year) & _.target_value.notnull()
    required = _.baseline_value + (_.target_value - _.baseline_value) * share
    return aimed.mutate(required_value=ibis.ifelse(on_path, required, None))


def _comparator_values(points: Table, comparators: Table) -> Table:
    """Give each figure its nearest comparator that has a figure for the same indicator and period."""
    theirs = points.select("indicator_id", "period", comparator_id=_.area_id, comparator_value=_.value)
    pairs = comparators.join(theirs, "comparator_id")
    order = ibis.row_number().over(group_by=[*_KEY, "period"], order_by=_.rank)
    nearest = pairs.mutate(order=order).filter(_.order == 0)
    return nearest.select(*_KEY, "period", "comparator_id", "comparator_value")


def _gaps(compared: Table) -> Table:
    return compared.mutate(
        # Adding 0.0 turns a negative zero, such as that at the baseline, into a plain one.
        gap_to_required=_.sign * (_.value - _.required_value) + 0.0,
        gap_to_target=_.sign * (_.value - _.target_value) + 0.0,
        gap_to_comparator=_.sign * (_.value - _.comparator_value) + 0.0,
    )


def _since_baseline(rows: Table) -> Table:
    """Count the figures from the baseline up to each period, and measure the change against what was required."""
    usable = _.value.notnull() & (_.status.fill_null("") != "incomplete") & (_.year >= _.found_year)
    low, high = difference_interval(
        rows.value, rows.lower, rows.upper, rows.baseline_value, rows.baseline_lower, rows.baseline_upper
    )
    worse = ibis.ifelse(rows.sign > 0, high < 0, low > 0)
    rows = rows.mutate(
        pace=(_.value - _.baseline_value) / (_.required_value - _.baseline_value).nullif(0),
        adverse=worse.fill_null(False),
        usable=usable.fill_null(False),
    )
    window = ibis.cumulative_window(group_by=_KEY, order_by=[rows.period_end, rows.period_start])
    return rows.mutate(points=rows.usable.cast("int64").sum().over(window))


def _assessed(rows: Table) -> Table:
    """Assess by linear pace; `worsening` only where the intervals show an adverse change since baseline."""
    word = ibis.cases(
        (_.target_value.isnull() | ~_.usable, None),
        (_.gap_to_target >= 0, "achieved"),
        (_.points < 3, "too early"),
        (_.adverse, "worsening"),
        (_.pace >= ON_TRACK_PACE, "on track"),
        (_.pace >= POSSIBLE_PACE, "possible"),
        else_="off track",
    )
    return rows.mutate(assessment=word, note=ibis.null("string")).select(*_columns())


def _no_data(measures: Table, rules: Table) -> Table:
    """Give each programme area's indicator that has no figure at all a row that says what is wanted."""
    missing = rules.filter(_.is_programme).anti_join(measures, _KEY)
    empty = {name: ibis.null(kind).name(name) for name, kind in _TYPES.items() if name not in _KEY}
    note = ibis.literal("no figures yet; wanted: ") + missing.wanted
    return missing.mutate(**{**empty, "assessment": ibis.literal("no data"), "note": note}).select(*_columns())


_TYPES = {
    "indicator_id": "string",
    "area_id": "string",
    "period": "string",
    "period_start": "date",
    "period_end": "date",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "status": "string",
    "baseline_period": "string",
    "baseline_value": "float64",
    "baseline_note": "string",
    "target_period": "string",
    "target_value": "float64",
    "target_status": "string",
    "required_value": "float64",
    "gap_to_required": "float64",
    "gap_to_target": "float64",
    "comparator_id": "string",
    "comparator_value": "float64",
    "gap_to_comparator": "float64",
    "assessment": "string",
    "probability": "float64",
    "note": "string",
}


def _columns() -> list[ibis.Deferred]:
    return [
        ibis.null("float64").name(name) if name == "probability" else _[name].cast(kind).name(name)
        for name, kind in _TYPES.items()
    ]
