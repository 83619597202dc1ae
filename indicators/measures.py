"""From facts to measures: an indicator's value for area x period, with numerator, denominator, interval, status.

Ibis expressions over all areas and indicators at once. Which cells and codes to sum is data (the catalogue's terms,
the areas' membership), not code. Reading facts and writing measures is the pipelines' work.
"""

from typing import Any

import ibis
from ibis import Table, _

from indicators.rates import CERTAIN_FROM, count_limits, implied_denominators, wilson

CONFIDENCE = 0.95
# Methods whose numerator and denominator are published, so that their counts can be summed.
COUNTED = ["proportion", "rate"]
# What a measure's denominator is called where count and share imply it; whoever knows one of the three knows all.
IMPLIED = (
    "annual_mean",
    "count and share, Wilson interval over the rounding",
    "rate of count and rate, Poisson interval over the rounding",
)
_PLACE = ["indicator_id", "source", "method", "scale", "per", "rounding", "pooling", "table_name", "area_id", "part"]
_PERIOD = ["period", "period_start", "period_end"]


def measures(facts: Table, terms: Table, membership: Table, rests: Table | None = None) -> Table:
    """Return one row per indicator, area and period, and one per pooled window of an indicator that pools.

    facts: table_name, area_id, boundary_year, period, period_start, period_end, cell, value, status,
    snapshot_sha256, vintage. terms: indicator_id, source (0 is preferred), table_name, method, scale (the multiplier of
    a rate), per (persons that a published rate is of: 1 for a share), rounding (half width of a published share's
    rounding in the indicator's unit, or null where nobody knows), pooling (years in a window, or null), role, cell,
    cells, age, sex. membership: as `geography.membership`.
    rests: area_id, whole, without, parts: areas that are what is left of another. A sum that lacks a part has no
    value, and says why.
    """
    sums = _sums(facts, terms.filter(_.method != "count_and_share"), membership)
    monthly = sums.filter(_.method == "annual_mean")
    rows = sums.filter(_.method != "annual_mean").mutate(least=_.denominator, largest=_.denominator)
    rows = rows.union(_implied(facts, terms.filter(_.method == "count_and_share"), membership).select(rows.columns))
    rows = rows.mutate(periods_counted=ibis.literal(1, "int64"))
    rows = _best_source(rows.union(_annual_mean(monthly).select(rows.columns))).mutate(pooled=False)
    if rests is not None:
        rows = rows.union(_rest(rows, rests).select(rows.columns))
    return _with_interval(rows.union(_pooled(rows).select(rows.columns)), terms)


def placed(facts: Table, terms: Table, membership: Table) -> Table:
    """Return each cell joined with every term that sums it and every area that its code belonged to in its year."""
    chosen = facts.rename(code="area_id").join(terms, ["table_name", "cell"])
    return chosen.join(
        membership,
        [
            chosen.code == membership.code,
            chosen.boundary_year >= membership.first_year,
            chosen.boundary_year <= membership.last_year,
        ],
    )


def _sums(facts: Table, terms: Table, membership: Table) -> Table:
    """Sum each role's cells over the codes of each area part; no sum where a cell is missing or hidden."""
    found = (
        placed(facts, terms, membership)
        .group_by(*_PLACE, *_PERIOD, "role")
        .agg(
            total=(_.value * _.weight).sum(),
            estimated=(_.weight < 1).any(),
            # Published shares of several codes cannot be added up: such a part has no value.
            complete=(_.value.count() == _.cells.max() * _.codes.max())
            & ((_.role != "value") | ((_.codes == 1) & (_.weight == 1))).all(),
            impossible=(_.value.isnull() & (_.status == ".")).any().fill_null(False),
            hidden=(_.status == ":").any().fill_null(False),
            snapshots=_.snapshot_sha256.collect(distinct=True),
            vintage=_.vintage.max(),
        )
    )
    found = found.mutate(total=ibis.ifelse(_.complete, _.total, None))
    return found.group_by(*_PLACE, *_PERIOD).agg(
        numerator=_.total.max(where=_.role == "numerator"),
        denominator=_.total.max(where=_.role == "denominator"),
        published=_.total.max(where=_.role == "value"),
        hidden=_.hidden.any(),
        impossible=_.impossible.any(),
        estimated=_.estimated.any(),
        complete=_.complete.all(),
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
    )


def _implied(facts: Table, terms: Table, membership: Table) -> Table:
    """Return counts and shares of each area part: the denominators that they imply are added up over its codes.

    Of one code the published share is the value; of several, the sum of the counts by the sum of the denominators. No
    value stands beside a count that is hidden: share and base would tell it.
    """
    by_code = (
        placed(facts, terms, membership)
        .group_by(*_PLACE, *_PERIOD, "code", "codes", "weight")
        .agg(
            count=_.value.sum(where=_.role == "numerator"),
            whole=_.value.count(where=_.role == "numerator") == _.cells.max(where=_.role == "numerator"),
            share=_.value.max(where=_.role == "value") * _.scale.max(),
            impossible=(_.value.isnull() & (_.status == ".")).any().fill_null(False),
            hidden=(_.status == ":").any().fill_null(False),
            snapshots=_.snapshot_sha256.collect(distinct=True),
            vintage=_.vintage.max(),
        )
        .mutate(count=ibis.ifelse(_.whole, _["count"], None))
    )
    published = by_code.share.nullif(0), by_code.rounding, by_code.per
    persons, least, largest = implied_denominators(by_code["count"], *published)
    by_code = by_code.mutate(
        persons=persons,
        least=ibis.greatest(least, by_code["count"]),
        largest=ibis.ifelse(by_code.share > by_code.rounding, largest, None),
    )
    found = by_code.group_by(*_PLACE, *_PERIOD).agg(
        given=(_["count"].notnull() & _.share.notnull()).sum(),
        codes=_.codes.max(),
        numerator=(_["count"] * _.weight).sum(),
        counted=_["count"].count() == _.codes.max(),
        share=_.share.max(),
        whole=(_.weight == 1).all(),
        bounded=_.largest.count() == _.codes.max(),
        **{name: (_[name] * _.weight).sum() for name in ("persons", "least", "largest")},
        hidden=_.hidden.any(),
        impossible=_.impossible.any(),
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
    )
    certain = (found.bounded & _certain(found)).fill_null(False)
    alone = (found.codes == 1) & found.whole & ~(found.hidden & ~found.counted)
    summed = ibis.ifelse(certain & (found.given == found.codes), found.numerator / found.persons * found.per, None)
    value = ibis.ifelse(alone, found.share, summed)
    return found.mutate(
        numerator=ibis.ifelse(found.counted, found.numerator, None),
        denominator=ibis.ifelse(certain, found.persons, None),
        published=value / found.scale,
        estimated=certain & found.counted,
        complete=value.notnull(),
    )


def _certain(rows: Table) -> Any:
    """Whether the rounding moves an implied denominator by less than a tenth: the share is above ten half widths."""
    return rows.largest * (CERTAIN_FROM - 1) <= rows.least * (CERTAIN_FROM + 1) * (1 + 1e-12)


def _annual_mean(monthly: Table) -> Table:
    """Return the mean of the published months of each year, with the number of months counted.

    Months have a count n and a rounded share s, but no denominator. The year's value is mean(s), its numerator mean(n),
    and its denominator mean(n) / mean(s), the one that both imply. So the rounding errors of the months even out.
    """
    usable = _.numerator.notnull() & _.published.notnull()
    by_year = monthly.mutate(year=_.period_end.year()).group_by(*_PLACE, "year")
    years = by_year.agg(
        numerator=_.numerator.mean(where=usable),
        published=_.published.mean(where=usable),
        periods_counted=usable.sum(),
        hidden=_.hidden.any(),
        impossible=_.impossible.any(),
        estimated=_.estimated.any(),
        complete=usable.sum() == 12,
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
    )
    share = years.published * years.scale
    denominator, least, largest = implied_denominators(years.numerator, share.nullif(0), years.rounding)
    return years.mutate(
        denominator=denominator,
        least=ibis.greatest(least, years.numerator),
        largest=ibis.ifelse(share > years.rounding, largest, None),
        period=_.year.cast("string"),
        period_start=ibis.date(_.year, 1, 1),
        period_end=ibis.date(_.year, 12, 31),
    )


def _best_source(rows: Table) -> Table:
    """Keep one source per indicator and area, and one area part per period, so that no series mixes definitions."""
    rows = rows.mutate(value=ibis.ifelse(_.method.isin(COUNTED), _ratio(), _.published * _.scale))
    given = _.value.notnull()
    series = rows.group_by("indicator_id", "area_id").mutate(
        best=ibis.coalesce(_.source.min(where=given), _.source.min())
    )
    candidates = series.filter(_.source == _.best)
    order = ibis.row_number().over(group_by=["indicator_id", "area_id", *_PERIOD], order_by=[_.value.isnull(), _.part])
    return candidates.mutate(choice=order).filter(_.choice == 0)


def _ratio() -> Any:
    """Numerator by denominator, times the multiplier of a rate; the scale of a proportion is 1."""
    return _.numerator / _.denominator.nullif(0) * _.scale


def _rest(rows: Table, rests: Table) -> Table:
    """Subtract districts from the whole, count by count, where all are known and the area has no figure of its own.

    Only counts of one indicator can be subtracted, and only for the same period. An impossible result (a negative
    count, or a numerator above its denominator) shows that whole and parts were counted differently: it has no value.
    """
    counted = rows.filter(_.method.isin(COUNTED))
    keys = ["indicator_id", *_PERIOD]
    own = rows.filter(_.value.notnull()).select("area_id", *keys)
    whole = rests.join(counted.rename(whole="area_id"), "whole").anti_join(own, ["area_id", *keys])
    parts = counted.select(
        *keys,
        without=_.area_id,
        less=_.numerator,
        off=_.denominator,
        part_table=_.table_name,
        part_hidden=_.hidden,
        part_snapshots=_.snapshots,
        part_vintage=_.vintage,
        part_estimated=_.estimated,
    )
    fixed = ["area_id", "source", "method", "scale", "per", "rounding", "pooling", "part", "pooled", *keys]
    found = (
        whole.join(parts, ["without", *keys])
        .group_by(*fixed)
        .agg(
            table_name=_.table_name.max() + " minus " + _.part_table.collect(distinct=True).sort().join(", "),
            numerator=_.numerator.max() - _.less.sum(),
            denominator=_.denominator.max() - _.off.sum(),
            least=_.denominator.max() - _.off.sum(),
            largest=_.denominator.max() - _.off.sum(),
            published=ibis.null("float64"),
            hidden=(_.hidden | _.part_hidden).any(),
            impossible=_.impossible.any(),
            estimated=(_.estimated | _.part_estimated).any(),
            complete=(_.less.count() == _.parts.max()) & (_.off.count() == _.parts.max()),
            snapshots=_.snapshots.collect().flatten().concat(_.part_snapshots.collect().flatten()).unique().sort(),
            vintage=ibis.greatest(_.vintage.max(), _.part_vintage.max()),
            periods_counted=_.periods_counted.max(),
            best=_.best.max(),
            choice=_.choice.max(),
        )
    )
    possible = (
        _.complete & (_.numerator >= 0) & (_.denominator >= 0) & ((_.numerator <= _.denominator) | (_.method == "rate"))
    )
    return found.mutate(value=ibis.ifelse(possible, _ratio(), None))


def _pooled(rows: Table) -> Table:
    """Sum the counts of each window of years; a window ends with each year that has a row, and is labelled 2018-2020.

    A window that lacks a year or a figure has no value; it is not shortened. Only calendar years are pooled, not
    months, quarters or windows that a source publishes.
    """
    year = _.period_end.year()
    yearly = rows.filter(_.pooling.notnull() & _.method.isin(COUNTED) & (_.period == year.cast("string")))
    yearly = yearly.mutate(year=year)
    ends = yearly.select("indicator_id", "area_id", "pooling", last="year")
    first = yearly.group_by("indicator_id", "area_id").agg(begin=_.year.min())
    ends = ends.join(first, ["indicator_id", "area_id"]).filter(_.last - _.pooling + 1 >= _.begin)
    ends = ends.select("indicator_id", "area_id", "last")
    joined = yearly.join(ends, ["indicator_id", "area_id"]).filter((_.year > _.last - _.pooling) & (_.year <= _.last))
    found = joined.group_by("indicator_id", "area_id", "method", "scale", "per", "rounding", "pooling", "last").agg(
        numerator=_.numerator.sum(),
        denominator=_.denominator.sum(),
        least=_.denominator.sum(),
        largest=_.denominator.sum(),
        given=_.value.count(),
        source=_.source.min(),
        part=_.part.min(),
        table_name=_.table_name.collect(distinct=True).sort().join(", "),
        hidden=(_.hidden & _.value.isnull()).any(),
        impossible=_.impossible.any(),
        estimated=_.estimated.any(),
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
        best=_.best.max(),
        choice=_.choice.max(),
    )
    found = found.mutate(
        complete=_.given == _.pooling,
        published=ibis.null("float64"),
        period=(_.last - _.pooling + 1).cast("string") + "-" + _.last.cast("string"),
        period_start=ibis.date(_.last - _.pooling + 1, 1, 1),
        period_end=ibis.date(_.last, 12, 31),
        periods_counted=_.pooling,
        pooled=True,
    )
    return found.mutate(value=ibis.ifelse(_.complete, _ratio(), None))


def _status() -> Any:
    """Return why a value is missing or how far it can be trusted; null for an ordinary, complete figure."""
    return ibis.cases(
        (_.hidden & _.value.isnull(), "suppressed"),
        (_.impossible & _.value.isnull(), "not_applicable"),
        (_.value.isnull(), "missing"),
        ((_.method == "annual_mean") & ~_.complete, "incomplete"),
        ((_.method == "annual_mean") | _.estimated, "estimated"),
        (_.method.isin(["published_value", "count_and_share"]), "no_denominator"),
    )


def _with_interval(rows: Table, terms: Table) -> Table:
    """Add the interval where the denominator is published or implied, and blank the counts of rows without a value.

    An implied denominator lies anywhere within the rounding of its share: the lower limit is that of the largest one,
    the upper limit that of the smallest. The twelve counts of a year's mean are mostly the same persons' and count as
    one, so that its interval is rather too wide than too narrow.
    """
    labels = terms.select("indicator_id", "age", "sex").distinct()
    is_implied = rows.method.isin(["count_and_share", "annual_mean"])
    certain = (rows.denominator.notnull() & _certain(rows)).fill_null(False)
    lower, _upper = wilson(rows.numerator, rows.largest.nullif(0), CONFIDENCE)
    _lower, upper = wilson(rows.numerator, rows.least.nullif(0), CONFIDENCE)
    fewest, most = count_limits(rows.numerator, CONFIDENCE)
    per = ibis.ifelse(is_implied, rows.per, rows.scale)
    fewest, most = fewest * per / rows.largest.nullif(0), most * per / rows.least.nullif(0)
    counted = (rows.method.isin(COUNTED) | (is_implied & certain)) & rows.value.notnull()
    is_rate = (rows.method == "rate") | ((rows.method == "count_and_share") & (rows.per > 1))
    rows = rows.mutate(
        status=_status(),
        lower=ibis.ifelse(counted, ibis.ifelse(is_rate, fewest, lower), None),
        upper=ibis.ifelse(counted, ibis.ifelse(is_rate, most, upper), None),
        # A bare number would be a DECIMAL column, which Arrow turns into 0.9500000000000001.
        confidence=ibis.ifelse(counted, ibis.literal(str(CONFIDENCE)).cast("float64"), None),
        method=ibis.cases(
            (rows.method == "proportion", "proportion, Wilson interval"),
            ((rows.method == "count_and_share") & is_rate, IMPLIED[2]),
            (rows.method == "count_and_share", IMPLIED[1]),
            (is_rate, "rate, Poisson interval (exact below 10 events, Byar from 10)"),
            else_=rows.method,
        ),
        numerator=ibis.ifelse(rows.value.notnull(), rows.numerator, None),
        denominator=ibis.ifelse(rows.value.notnull(), rows.denominator, None),
    )
    joined = rows.join(labels, "indicator_id")
    return joined.select(
        "indicator_id",
        "area_id",
        *_PERIOD,
        "sex",
        "age",
        "numerator",
        "denominator",
        "value",
        "lower",
        "upper",
        "confidence",
        "method",
        "status",
        "periods_counted",
        "pooled",
        _.table_name.name("source_table"),
        "snapshots",
        "vintage",
    ).order_by("indicator_id", "area_id", "period_end", "period")
