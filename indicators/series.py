"""Baseline, target, trajectory and gaps: where each measure stands against its path.

Ibis expressions over all areas and indicators at once. Gaps are signed so that positive is better; an indicator whose
direction is `context` has none. How sure it is that the target is reached, and the word for it, is `assessment`'s work.
"""

import ibis
from ibis import Table, Value, _

from indicators.comparability import marked
from indicators.intervals import difference_interval

_KEY = ["indicator_id", "area_id"]
_BASED = [*_KEY, "is_alternative"]  # a series, counted from one of its baselines
_PERIOD = ["period", "period_start", "period_end"]
# A disturbed figure serves as baseline in place of the year that is named only where others are that much farther away.
_STANDS_BACK = 3
_A_YEAR = 360  # days from the first to the last


def series(measures: Table, rules: Table, comparators: Table, disturbances: Table, breaks: Table) -> Table:
    """Return one row per indicator, area, baseline and period, with baseline, target, required value and gaps.

    Where an indicator pools years for an area and there is a pooled figure, the rows are the windows, else the periods
    as published. rules: one row per indicator, area and baseline, of which `is_alternative` tells whether it is the
    alternative one: indicator_id, area_id, is_alternative, pools, baseline_year, baseline_caveat,
    target_year, target_absolute, target_relative, target_gap_closed, target_comparator, target_second_comparator (where
    the first has no figure), target_status, adopted_on, adopted_value, adopted_baseline, adopted_vintage, trajectory,
    sign (1 higher is better, -1 lower, null context), multiplier (of a rate), is_programme. comparators:
    area_id, comparator_id, rank (0 is nearest). disturbances, breaks: as `comparability.marked` takes them.

    On the other side of a break from its baseline (`is_comparable` false) a figure has no change, path or gap to it.
    """
    to_show = _rows_to_show(marked(measures, disturbances, breaks), rules)
    others = met(measures, comparators)
    based = to_show.left_join(_baselines(complete(to_show), rules), _BASED).drop(*(f"{name}_right" for name in _BASED))
    based = _across_breaks(based)
    aimed = _gap_now(_trajectory(_targets(based, others, comparators)), others)
    compared = aimed.left_join(_comparator_values(others, comparators), [*_KEY, "period"]).drop(
        "indicator_id_right", "area_id_right", "period_right"
    )
    return _changes(_gaps(compared)).order_by(*_KEY, "period_end", "period")


def shown(measures: Table, rules: Table, disturbances: Table, breaks: Table) -> Table:
    """Return the rows of `series` with nothing but their figures, once each: what past forecasts are made from.

    rules: of one baseline alone; the other arguments are those of `series`. `usable` marks complete figures.
    """
    rows = _rows_to_show(marked(measures, disturbances, breaks), rules)
    return rows.select(
        *_KEY, *_PERIOD, "year", "span", "side", "value", "pooled", "multiplier", "is_share", "is_programme",
        usable=_.value.notnull() & (_.status.fill_null("") != "incomplete"),
    ).order_by(*_KEY, "period_end", "period")  # fmt: skip


def points(measures: Table, disturbances: Table, breaks: Table) -> Table:
    """Return the figures that a trend is drawn through: complete ones, of single years instead of our pooled windows.

    Disturbed ones are left out. Windows that a source publishes are included; `alignment` chooses those that do not
    overlap, and those on the side of a row's own period.
    """
    undisturbed = marked(measures.filter(~_.pooled), disturbances, breaks).filter(_.disturbed.isnull())
    return complete(undisturbed).select(
        *_KEY,
        *_PERIOD,
        "value",
        "lower",
        "upper",
        "numerator",
        "denominator",
        "side",
        rate=_.method.startswith("rate"),
        span=_span(),
    )


def no_data(measures: Table, wanted: Table) -> Table:
    """Return a row for each indicator and area that should have a figure and has none; its note names the sources.

    wanted: indicator_id, area_id, wanted (what could give the figure, in words).
    """
    missing = wanted.anti_join(measures, _KEY)
    note = ibis.literal("no figures yet; wanted: ") + missing.wanted
    return missing.select(*_KEY, assessment=ibis.literal("no data"), note=note)


def complete(measures: Table) -> Table:
    """Return the figures that cover their whole period, with the year in which the period ends."""
    return measures.filter(_.value.notnull() & (_.status.fill_null("") != "incomplete")).mutate(
        year=_.period_end.year()
    )


def met(measures: Table, comparators: Table) -> Table:
    """Return the figures of comparators by the periods of areas that they are set beside; `met` is the area's period.

    comparators: with comparator_id. A figure meets one of the same days. Where the comparator has no row for these, it
    meets the shortest period that holds all of its own, and of several the one that ends first: a survey of 2024 meets
    the window 2022-2024. A hidden figure is not replaced so. Nor is one of less than a year, which differs from the
    whole year by the season. `their_period` is the comparator's own.
    """
    days = ["period_start", "period_end"]
    compared = measures.semi_join(comparators, [("area_id", "comparator_id")])
    asked = complete(measures).select("indicator_id", *days, met="period").distinct()
    theirs = complete(compared).rename(start="period_start", end="period_end")
    has_row = compared.select(*_KEY, *days, has_row=True).distinct()
    pairs = asked.join(theirs, "indicator_id")
    pairs = pairs.left_join(has_row, [*_KEY, *days], rname="{name}_of_row")
    same = (pairs.start == pairs.period_start) & (pairs.end == pairs.period_end)
    holds = (pairs.start <= pairs.period_start) & (pairs.end >= pairs.period_end) & pairs.has_row.isnull()
    is_long = pairs.period_end.delta(pairs.period_start, unit="day") >= _A_YEAR
    pairs = pairs.mutate(same=same, length=pairs.end.delta(pairs.start, unit="day")).filter(same | (holds & is_long))
    nearest = [
        # Of one name, before another of the same days.
        (pairs.met == pairs.period).cast("int8").desc(),
        pairs.same.cast("int8").desc(),
        pairs.length,
        pairs.end,
        pairs.period,
    ]
    order = ibis.row_number().over(group_by=["indicator_id", "met", "area_id"], order_by=nearest)
    chosen = pairs.mutate(order=order).filter(_.order == 0)
    return chosen.select(
        "indicator_id", "met", "value", "lower", "upper", comparator_id=_.area_id, their_period=_.period
    )


def _span() -> Value:
    """Return how many whole years a period lasts, at least 1; a school year is one year."""
    days = _.period_end.delta(_.period_start, unit="day")
    return ibis.greatest((days / 365.25).round(), 1)


def _rows_to_show(measures: Table, rules: Table) -> Table:
    """Return the rows to show: our pooled windows where the indicator pools for the area, else periods as published."""
    windows = measures.filter(_.pooled & _.value.notnull()).select(*_KEY).distinct().mutate(has_windows=True)
    chosen = rules.left_join(windows, _KEY).drop("indicator_id_right", "area_id_right")
    chosen = chosen.mutate(by_window=chosen.pools & chosen.has_windows.fill_null(False))
    placed = measures.mutate(year=_.period_end.year(), span=_span()).join(chosen, _KEY)
    return placed.filter(_.pooled == _.by_window)


def _baselines(figures: Table, rules: Table) -> Table:
    """Take the figure of the baseline year, or of the period nearest to it; one that is disturbed stands back.

    Of several the earliest: the one that begins first, and of those that begin on one day the one that ends first.
    """
    near = figures.select(
        *_BASED, *_PERIOD, "year", "value", "lower", "upper", "side", "disturbed", baseline_broken="broken"
    ).join(rules.select(*_BASED, "baseline_year"), _BASED)
    away = (near.year - near.baseline_year).abs()
    stands_back = ibis.ifelse((away > 0) & near.disturbed.notnull(), _STANDS_BACK, 0)
    earliest = [away + stands_back, _.year, _.period_start, _.period_end, _.period]
    order = ibis.row_number().over(group_by=_BASED, order_by=earliest)
    first = near.mutate(order=order).filter(_.order == 0)
    return first.select(
        *_BASED,
        found_year=_.year,
        baseline_period=_.period,
        baseline_value=_.value,
        baseline_lower=_.lower,
        baseline_upper=_.upper,
        baseline_side=_.side,
        baseline_disturbed=_.disturbed,
        baseline_broken=_.baseline_broken,
    )


def _across_breaks(based: Table) -> Table:
    """Tell which rows can be set beside their baseline; `broken` keeps the reason of those that cannot."""
    reason = ibis.ifelse(based.year >= based.found_year, based.broken, based.baseline_broken)
    is_comparable = based.baseline_side.isnull() | (based.side == based.baseline_side)
    return based.mutate(is_comparable=is_comparable, broken=ibis.ifelse(is_comparable, None, reason))


def _targets(based: Table, others: Table, comparators: Table) -> Table:
    """Set the target of a programme's area; a comparator has none.

    A share of the gap (`target_gap_closed`) refers to the distance to the comparator in the baseline period; the target
    of an area that is already ahead is its own baseline. What was adopted is kept, and the path begins at the baseline
    that it was counted from; `baseline_revision` is how far the figure has been revised since.
    """
    nearest = _target_comparators(based, others, comparators)
    based = based.left_join(nearest, _BASED).drop(*(f"{name}_right" for name in _BASED))

    distance = ibis.ifelse(
        based.sign * (based.other_value - based.baseline_value) > 0, based.other_value - based.baseline_value, 0.0
    )
    value = ibis.coalesce(
        based.adopted_value,
        based.target_absolute,
        based.baseline_value.nullif(0) * (1 + based.target_relative),
        based.baseline_value + based.target_gap_closed * ibis.ifelse(based.other_value.isnull(), None, distance),
    )
    aims = based.is_programme & based.baseline_value.notnull()
    moved = based.baseline_period.notnull() & (based.found_year != based.baseline_year)
    nearest_used = (
        ibis.literal("no figure for ")
        + based.baseline_year.cast("string")
        + ibis.literal("; nearest published period used")
        + (ibis.literal(", which is disturbed: ") + based.baseline_disturbed).fill_null("")
    )
    from_zero = (based.baseline_value == 0) & based.target_relative.notnull()
    return based.mutate(
        target_value=ibis.ifelse(aims, value, None),
        baseline_note=ibis.cases(
            (moved & based.baseline_caveat.notnull(), nearest_used + ". " + based.baseline_caveat),
            (moved, nearest_used),
            (based.baseline_caveat.isnull() & from_zero, ibis.literal("0: no relative target follows from it")),
            else_=based.baseline_caveat,
        ),
    ).mutate(
        target_period=ibis.ifelse(_.target_value.notnull(), _.target_year.cast("string"), None),
        target_status=ibis.ifelse(_.target_value.notnull(), _.target_status, None),
        trajectory=ibis.ifelse(_.target_value.notnull(), _.trajectory, None),
        adopted_on=ibis.ifelse(_.target_value.notnull(), _.adopted_on, None),
        path_start=ibis.coalesce(_.adopted_baseline, _.baseline_value),
        baseline_revision=_.baseline_value - _.adopted_baseline,
    )


def _target_comparators(based: Table, others: Table, comparators: Table) -> Table:
    """Return what the targets of areas that are to close a gap are measured against, with its baseline value."""
    theirs = others.select("indicator_id", baseline_period="met", other=_.comparator_id, other_value=_.value)
    wanted = based.filter(_.target_gap_closed.notnull() & _.is_programme)
    names = ["target_comparator", "target_second_comparator"]
    pairs = wanted.select(*_BASED, "baseline_period", *names).distinct().join(comparators, "area_id")
    is_named = (pairs.comparator_id == pairs.target_comparator).fill_null(False)
    is_second = (pairs.comparator_id == pairs.target_second_comparator).fill_null(False)
    pairs = pairs.mutate(is_named=is_named).filter(_.target_comparator.isnull() | is_named | is_second)
    pairs = pairs.join(theirs, [("comparator_id", "other"), "indicator_id", "baseline_period"])
    order = ibis.row_number().over(group_by=_BASED, order_by=[_.is_named.cast("int8").desc(), _.rank])
    return pairs.mutate(order=order).filter(_.order == 0).select(*_BASED, "other_value", other_id=_.comparator_id)


def _gap_now(aimed: Table, others: Table) -> Table:
    """Add the gap that a target is to close, in the baseline period and today: a comparator moves too."""
    theirs = others.select("indicator_id", period="met", other_id=_.comparator_id, other_now=_.value)
    rows = aimed.left_join(theirs, ["indicator_id", "other_id", "period"]).drop(
        "indicator_id_right", "other_id_right", "period_right"
    )
    then = rows.sign * (rows.baseline_value - rows.other_value) + 0.0
    later = rows.is_comparable & (rows.year >= rows.found_year)
    now = ibis.ifelse(later, rows.sign * (rows.value - rows.other_now) + 0.0, None)
    return rows.mutate(
        target_comparator_id=rows.other_id,
        target_gap_then=then,
        target_gap_now=now,
        target_gap_share=ibis.ifelse(then < 0, 1 - now / then.nullif(0), None),
    ).drop("other_id")


def _trajectory(aimed: Table) -> Table:
    """Add the value required at each period: null before the baseline, the target itself from the target year on.

    A geometric path needs both ends above 0, a logistic path both between 0 and 1; otherwise nothing is required.
    """
    share = ibis.ifelse(_.year < _.target_year, (_.year - _.found_year) / (_.target_year - _.found_year).nullif(0), 1.0)
    aimed = aimed.mutate(share=share)
    start, end = aimed.path_start, aimed.target_value
    positive = (start > 0) & (end > 0)
    between = positive & (start < 1) & (end < 1)
    # The engine computes every branch, so values without a logarithm are replaced; the result is not used.
    growth = ibis.ifelse(positive, end, 1.0) / ibis.ifelse(positive, start, 1.0)
    first, last = (_log_odds(ibis.ifelse(between, value, 0.5)) for value in (start, end))
    odds = (first + (last - first) * aimed.share).exp()
    required = ibis.cases(
        (aimed.trajectory == "linear", start + (end - start) * aimed.share),
        ((aimed.trajectory == "geometric") & positive, start * growth**aimed.share),
        ((aimed.trajectory == "logistic") & between, odds / (1 + odds)),
    )
    # Where the target was met at the baseline already there is no path to it.
    is_later = (aimed.year >= aimed.found_year) & aimed.is_comparable
    on_path = is_later & end.notnull() & (aimed.sign * (start - end) <= 0)
    return aimed.mutate(required_value=ibis.ifelse(on_path, required, None))


def _log_odds(share: Value) -> Value:
    return (share / (1 - share)).ln()


def _comparator_values(others: Table, comparators: Table) -> Table:
    """Give each figure its nearest comparator that has a figure of the same indicator to set beside it."""
    theirs = others.select(
        "indicator_id", "comparator_id", period="met", comparator_period="their_period", comparator_value="value"
    )
    pairs = comparators.join(theirs, "comparator_id")
    order = ibis.row_number().over(group_by=[*_KEY, "period"], order_by=_.rank)
    nearest = pairs.mutate(order=order).filter(_.order == 0)
    return nearest.select(*_KEY, "period", "comparator_id", "comparator_period", "comparator_value")


def _gaps(compared: Table) -> Table:
    return compared.mutate(
        # Adding 0.0 turns a negative zero, such as that at the baseline, into a plain one.
        gap_to_required=_.sign * (_.value - _.required_value) + 0.0,
        gap_to_target=ibis.ifelse(_.is_comparable, _.sign * (_.value - _.target_value) + 0.0, None),
        gap_to_comparator=_.sign * (_.value - _.comparator_value) + 0.0,
    )


def _changes(rows: Table) -> Table:
    """Add the change since baseline with its interval; `usable` marks complete figures since baseline.

    Overlapping windows share figures, so the interval of their change is wider than it needs to be.
    """
    usable = rows.value.notnull() & (rows.status.fill_null("") != "incomplete") & (rows.year >= rows.found_year)
    rows = rows.mutate(usable=usable.fill_null(False))
    low, high = difference_interval(
        rows.value, rows.lower, rows.upper, rows.baseline_value, rows.baseline_lower, rows.baseline_upper
    )
    later = rows.usable & rows.is_comparable & (rows.period != rows.baseline_period)
    return rows.mutate(
        change=ibis.ifelse(later, rows.value - rows.baseline_value, None),
        change_lower=ibis.ifelse(later, low, None),
        change_upper=ibis.ifelse(later, high, None),
    )
