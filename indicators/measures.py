"""From facts to measures: an indicator's value for area x period, with numerator, denominator, interval, status.

Ibis expressions over all areas and indicators at once. Which cells and codes to sum is data (the catalogue's terms,
the areas' membership), not code. Reading facts and writing measures is the pipelines' work.
"""

from typing import Any

import ibis
from ibis import Table, _

from indicators.dictionary import SCHEMA
from indicators.intervals import CERTAIN_FROM, implied_denominators
from indicators.rates import count_limits, wilson

CONFIDENCE = 0.95
# Methods whose numerator and denominator are published, so that their counts can be summed.
COUNTED = ["proportion", "rate"]
# What a measure's denominator is called where count and share imply it; whoever knows one of the three knows all.
IMPLIED = (
    "annual_mean",
    "count and share, Wilson interval over the rounding",
    "rate of count and rate, Poisson interval over the rounding",
)
_PLACE = ["series", "area", "part"]
_PERIOD = ["period", "period_start", "period_end"]


def measures(
    facts: Table,
    terms: Table,
    membership: Table,
    rests: Table | None = None,
    among: Table | None = None,
) -> Table:
    """Return one row per indicator, area and period, and one per pooled window of an indicator that pools.

    facts: table_name, area_id, boundary_year, period, period_start, period_end, cell, value, status,
    snapshot_sha256, vintage. terms: indicator_id, source (0 is preferred), table_name, method, scale (the multiplier of
    a rate), per (persons that a published rate is of: 1 for a share), rounding (half width of a published share's
    rounding in the indicator's unit, or null where nobody knows), pooling (years in a window, or null), role, cell,
    cells, age, sex. membership: as `geography.membership`.
    rests: area_id, whole, without, parts: areas that are what is left of another. A sum that lacks a part has no
    value, and says why. among: as `population.of_ages` gives it for the sources whose denominators are residents.

    On the way areas, answers and series (an indicator from one source) are numbers in the order of their names: what
    has millions of rows is grouped and sorted by numbers, and gets its names at the end.
    """
    ids = membership.select("area_id")
    areas = _numbered(ids if rests is None else ids.union(rests.select("area_id")), "area")
    # The newest answer has the highest number.
    sent = facts.select("vintage", "snapshot_sha256")
    if among is not None:
        sent = sent.union(among.select("vintage", "snapshot_sha256"))
    answers = _numbered(sent, "answer")
    series = _numbered(terms.drop("role", "cell", "cells"), "series", ["indicator_id", "source"])
    series = _described(series.mutate(indicator=ibis.dense_rank().over(order_by="indicator_id").cast("int32")))
    same = (facts.snapshot_sha256 == answers.snapshot_sha256) & facts.vintage.identical_to(answers.vintage)
    coded = facts.join(answers, same).drop("vintage", "snapshot_sha256", "vintage_right", "snapshot_sha256_right")
    parts = terms.join(series.select("series", "indicator_id", "source"), ["indicator_id", "source"])
    members = membership.join(areas, "area_id").drop("area_id")

    def cells(*methods: str) -> Table:
        return placed(coded, parts.filter(_.method.isin(methods)), members)

    counted = cells(*COUNTED, "published_value")
    if among is not None:
        counted = _with_residents(counted, among, series, areas, answers)
    rows = _stacked(
        _sums(counted),
        _implied(cells("count_and_share")),
        _annual_mean(_sums(cells("annual_mean")), series),
    )
    rows = _best_source(rows, series).mutate(rest_name=ibis.null("string"), pooled=False)
    if rests is not None:
        rows = _with_rests(rows, _with_numbers(rests, areas), series)
    return _labelled(_stacked(rows, _pooled(rows, series)), series, areas, answers)


def _numbered(rows: Table, name: str, by: list[str] | None = None) -> Table:
    """Return the rows, each once, with a number in their order."""
    rows = rows.distinct()
    return rows.mutate(ibis.row_number().over(order_by=by or rows.columns).cast("int32").name(name))


def _described(series: Table) -> Table:
    """Add to each series, once, what its method means for all of its figures."""
    is_implied = _.method.isin(["count_and_share", "annual_mean"])
    is_rate = (_.method == "rate") | ((_.method == "count_and_share") & (_.per > 1))
    how = ibis.cases(
        (_.method == "proportion", "proportion, Wilson interval"),
        ((_.method == "count_and_share") & is_rate, IMPLIED[2]),
        (_.method == "count_and_share", IMPLIED[1]),
        (is_rate, "rate, Poisson interval (exact below 10 events, Byar from 10)"),
        else_=_.method,
    )
    return series.mutate(
        is_counted=_.method.isin(COUNTED),
        is_implied=is_implied,
        is_mean=_.method == "annual_mean",
        is_rate=is_rate,
        how=how,
        multiplier=ibis.ifelse(is_implied, _.per, _.scale),
    )


def _listed(numbered: Table, number: str, *names: str) -> Table:
    """Return one row with a list of each column, in which a thing's number is its place."""
    return numbered.agg(**{f"every_{name}": _[name].collect(order_by=_[number]) for name in names})


def _stacked(first: Table, *others: Table) -> Table:
    """Return tables below each other, with the columns of the first."""
    return ibis.union(first, *(other.select(first.columns) for other in others))


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


def _with_residents(cells: Table, among: Table, series: Table, areas: Table, answers: Table) -> Table:
    """Add residents, as one more cell that is the denominator of what was counted among them, by area and part.

    The day is 1 January of the period's year, or of the year after: a period of several years has no such day.
    """
    same = (among.snapshot_sha256 == answers.snapshot_sha256) & among.vintage.identical_to(answers.vintage)
    coded = among.join(answers, same).drop("vintage", "snapshot_sha256", "vintage_right", "snapshot_sha256_right")
    coded = coded.join(series.select("series", "indicator_id", "source"), ["indicator_id", "source"])
    coded = coded.join(areas, "area_id").drop("indicator_id", "source", "area_id")
    one_year = cells.filter(_.period_start.year() == _.period_end.year()).mutate(year=_.period_end.year())
    places = one_year.select(*_PLACE, *_PERIOD, "year").distinct()
    met = places.join(coded, ["series", "area"]).filter(_.january == _.year + _.years_after)
    found = met.mutate(role=ibis.literal("denominator"), cells=1, codes=1, weight=1.0, value=_.persons)
    kept = [*_PLACE, *_PERIOD, "role", "cells", "codes", "weight", "value", "status", "answer"]
    return _stacked(cells.select(kept), found.select(kept).cast(dict(cells.select(kept).schema())))


def _behind(answers: Any = _.answers) -> dict[str, Any]:
    """Return what a figure keeps of the figures behind it: what they lack, and from which answers they come."""
    return {
        "hidden": _.hidden.any(),
        "impossible": _.impossible.any(),
        "estimated": _.estimated.any(),
        "answers": _once(answers.collect().flatten()),
    }


def _once(numbers: Any) -> Any:
    """Return a list's numbers, each once and in order; most lists have one number only, and are told by their ends."""
    return ibis.ifelse(numbers.mins() == numbers.maxs(), numbers[:1], numbers.unique().sort())


def _marked(cells: Table) -> Table:
    """Add to each cell what `_behind` keeps of it."""
    return cells.mutate(
        hidden=(_.status == ":").fill_null(False),
        impossible=(_.value.isnull() & (_.status == ".")).fill_null(False),
        estimated=(_.weight < 1) | (_.status == "estimated").fill_null(False),
    )


def _sums(cells: Table) -> Table:
    """Sum each role's cells over the codes of each area part; no sum where a cell is missing or hidden."""

    def total(role: str, of: Any = True) -> Any:
        own = _.role == role
        complete = _.value.count(where=own & of) == (_.cells * _.codes).max(where=own)
        return ibis.ifelse(complete, (_.value * _.weight).sum(where=own), None)

    return (
        _marked(cells)
        .group_by(*_PLACE, *_PERIOD)
        .agg(
            numerator=total("numerator"),
            denominator=total("denominator"),
            # Published shares of several codes cannot be added up: such a part has no value.
            published=total("value", (_.codes == 1) & (_.weight == 1)),
            least=ibis.null("float64"),
            largest=ibis.null("float64"),
            periods_counted=ibis.literal(1, "int64"),
            **_behind() | {"answers": _once(_.answer.collect())},
        )
    )


def _implied(cells: Table) -> Table:
    """Return counts and shares of each area part: the denominators that they imply are added up over its codes.

    Of one code the published share is the value; of several, the sum of the counts by the sum of the denominators. No
    value stands beside a count that is hidden: share and base would tell it.
    """
    is_count = _.role == "numerator"
    by_code = (
        _marked(cells)
        .group_by(*_PLACE, *_PERIOD, "code", "codes", "weight", "scale", "rounding", "per")
        .agg(
            count=_.value.sum(where=is_count),
            whole=_.value.count(where=is_count) == _.cells.max(where=is_count),
            share=_.value.max(where=_.role == "value") * _.scale.max(),
            **_behind() | {"answers": _.answer.collect()},
        )
        .mutate(count=ibis.ifelse(_.whole, _["count"], None))
    )
    persons, least, largest = implied_denominators(
        by_code["count"], by_code.share.nullif(0), by_code.rounding, by_code.per
    )
    by_code = by_code.mutate(
        persons=persons,
        least=ibis.greatest(least, by_code["count"]),
        largest=ibis.ifelse(by_code.share > by_code.rounding, largest, None),
    )
    found = by_code.group_by(*_PLACE, *_PERIOD, "scale", "per").agg(
        given=(_["count"].notnull() & _.share.notnull()).sum(),
        codes=_.codes.max(),
        counted=_["count"].count() == _.codes.max(),
        share=_.share.max(),
        whole=(_.weight == 1).all(),
        bounded=_.largest.count() == _.codes.max(),
        numerator=(_["count"] * _.weight).sum(),
        **{name: (_[name] * _.weight).sum() for name in ("persons", "least", "largest")},
        **_behind(),
    )
    certain = (found.bounded & _certain(found)).fill_null(False)
    alone = (found.codes == 1) & found.whole & ~(found.hidden & ~found.counted)
    summed = ibis.ifelse(certain & (found.given == found.codes), found.numerator / found.persons * found.per, None)
    return found.mutate(
        numerator=ibis.ifelse(found.counted, found.numerator, None),
        denominator=ibis.ifelse(certain, found.persons, None),
        published=ibis.ifelse(alone, found.share, summed) / found.scale,
        estimated=certain & found.counted,
        periods_counted=ibis.literal(1, "int64"),
    )


def _certain(rows: Table) -> Any:
    """Whether the rounding moves an implied denominator by less than a tenth: the share is above ten half widths."""
    return rows.largest * (CERTAIN_FROM - 1) <= rows.least * (CERTAIN_FROM + 1) * (1 + 1e-12)


def _annual_mean(monthly: Table, series: Table) -> Table:
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
        **_behind(),
    ).join(series.select("series", "scale", "rounding"), "series")
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


def _best_source(rows: Table, series: Table) -> Table:
    """Keep one source per indicator and area, and one area part per period, so that no series mixes definitions."""
    rows = rows.join(series.select("series", "indicator", "source", "method", "scale"), "series")
    # More than all of them: numerator and denominator were counted differently, and there is no share.
    possible = (_.method != "proportion") | ~(_.numerator > _.denominator).fill_null(False)
    counted = ibis.ifelse(possible, _ratio(), None)
    rows = rows.mutate(value=ibis.ifelse(_.method.isin(COUNTED), counted, _.published * _.scale))
    area = rows.group_by("indicator", "area").agg(
        best=ibis.coalesce(_.source.min(where=_.value.notnull()), _.source.min()),
        alone=_.part.min() == _.part.max(),
    )
    rows = rows.join(area, ["indicator", "area"]).filter(_.source == _.best)
    rows = rows.drop("source", "best", "method", "scale", "published")
    order = ibis.row_number().over(group_by=["indicator", "area", *_PERIOD], order_by=[_.value.isnull(), _.part])
    several = rows.filter(~_.alone).mutate(choice=order).filter(_.choice == 0)
    return _stacked(rows.filter(_.alone), several).drop("part", "alone")


def _ratio() -> Any:
    """Numerator by denominator, times the multiplier of a rate; the scale of a proportion is 1."""
    return _.numerator / _.denominator.nullif(0) * _.scale


def _with_numbers(rests: Table, areas: Table) -> Table:
    """Return rests with the numbers of their areas: area, whole, without, parts."""
    for name in ("area_id", "whole", "without"):
        number = areas.rename({name: "area_id"}).rename({f"{name}_number": "area"})
        rests = rests.join(number, name)
    return rests.select("parts", area="area_id_number", whole="whole_number", without="without_number")


def _with_rests(rows: Table, rests: Table, series: Table) -> Table:
    """Subtract districts from the whole, count by count, where all are known and the area has no figure of its own.

    Only counts of one indicator can be subtracted, and only for the same period. An impossible result (a negative
    count, or a numerator above its denominator) shows that whole and parts were counted differently: it has no value.
    """
    involved = ibis.union(*(rests.select(area=name) for name in ("area", "whole", "without")))
    known = rows.semi_join(involved, "area").join(series.select("series", "method", "scale", "table_name"), "series")
    counted = known.filter(_.method.isin(COUNTED))
    keys = ["indicator", *_PERIOD]
    own = known.semi_join(rests, "area").mutate(rest_name=_.table_name)
    whole = rests.join(counted.rename(whole="area"), "whole").anti_join(
        own.filter(_.value.notnull()).select("area", *keys), ["area", *keys]
    )
    part = counted.select(
        *keys,
        without=_.area,
        less=_.numerator,
        off=_.denominator,
        part_table=_.table_name,
        **{f"part_{name}": _[name] for name in ("hidden", "estimated", "answers")},
    )
    found = (
        whole.join(part, ["without", *keys])
        .group_by("area", "series", "method", "scale", *keys)
        .agg(
            rest_name=_.table_name.max() + " minus " + _.part_table.collect(distinct=True).sort().join(", "),
            numerator=_.numerator.max() - _.less.sum(),
            denominator=_.denominator.max() - _.off.sum(),
            least=ibis.null("float64"),
            largest=ibis.null("float64"),
            complete=(_.less.count() == _.parts.max()) & (_.off.count() == _.parts.max()),
            periods_counted=_.periods_counted.max(),
            pooled=False,
            hidden=(_.hidden | _.part_hidden).any(),
            impossible=_.impossible.any(),
            estimated=(_.estimated | _.part_estimated).any(),
            answers=_once(_.answers.collect().flatten().concat(_.part_answers.collect().flatten())),
        )
    )
    possible = (
        _.complete & (_.numerator >= 0) & (_.denominator >= 0) & ((_.numerator <= _.denominator) | (_.method == "rate"))
    )
    found = found.mutate(value=ibis.ifelse(possible, _ratio(), None))
    return _stacked(rows.anti_join(rests, "area"), own, found)


def _pooled(rows: Table, series: Table) -> Table:
    """Sum the counts of each window of years; a window ends with each year that has a row, and is labelled 2018-2020.

    A window that lacks a year or a figure has no value; it is not shortened. Only calendar years are pooled, not
    months, quarters or windows that a source publishes.
    """
    year = _.period_end.year()
    yearly = rows.join(series.select("series", "method", "pooling"), "series").mutate(year=year)
    yearly = yearly.filter(_.pooling.notnull() & _.method.isin(COUNTED) & (_.period == _.year.cast("string")))
    begin = yearly.group_by("indicator", "area").agg(begin=_.year.min())
    # Each year counts in the windows that end with it and with the years after it. A year without a row ends none:
    # its window has no series.
    counted = yearly.mutate(after=ibis.range(0, yearly.pooling).unnest()).mutate(last=_.year + _.after)
    found = (
        counted.group_by("indicator", "area", "last")
        .agg(
            series=_.series.max(where=_.after == 0),
            numerator=_.numerator.sum(),
            denominator=_.denominator.sum(),
            given=_.value.count(),
            # Only what is left of another area is made of tables that may differ from year to year.
            rest_name=_.rest_name.collect().unique().sort().join(", "),
            least=ibis.null("float64"),
            largest=ibis.null("float64"),
            **_behind() | {"hidden": (_.hidden & _.value.isnull()).any()},
        )
        .join(series.select("series", "scale", "pooling"), "series")
        .join(begin, ["indicator", "area"])
        .filter(_.last - _.pooling + 1 >= _.begin)
    )
    return found.mutate(
        period=(_.last - _.pooling + 1).cast("string") + "-" + _.last.cast("string"),
        period_start=ibis.date(_.last - _.pooling + 1, 1, 1),
        period_end=ibis.date(_.last, 12, 31),
        periods_counted=_.pooling,
        pooled=True,
        value=ibis.ifelse(_.given == _.pooling, _ratio(), None),
    )


def _status() -> Any:
    """Return why a value is missing or how far it can be trusted; null for an ordinary, complete figure."""
    return ibis.cases(
        (_.hidden & _.value.isnull(), "suppressed"),
        (_.impossible & _.value.isnull(), "not_applicable"),
        (_.value.isnull(), "missing"),
        (_.is_mean & (_.periods_counted < 12), "incomplete"),
        (_.is_mean | _.estimated, "estimated"),
        (~_.is_counted, "no_denominator"),
    )


def _labelled(rows: Table, series: Table, areas: Table, answers: Table) -> Table:
    """Add interval, status and names, and blank the counts of rows without a value.

    There is an interval where the denominator is published or implied. An implied denominator lies anywhere within the
    rounding of its share: the lower limit is that of the largest one, the upper limit that of the smallest. The twelve
    counts of a year's mean are mostly the same persons' and count as one, so that its interval is rather too wide than
    too narrow.
    """
    rows = rows.join(series.select("series", "is_counted", "is_implied", "is_mean", "is_rate", "multiplier"), "series")
    certain = (_.denominator.notnull() & _certain(_)).fill_null(False)
    rows = rows.mutate(counted=(_.is_counted | (_.is_implied & certain)) & _.value.notnull())
    # Sorted with nothing but numbers; what is used more than once is computed before, once.
    rows = rows.mutate(
        {
            end: ibis.ifelse(_.counted, ibis.ifelse(_.is_implied, _[end], _.denominator).nullif(0), None)
            for end in ("least", "largest")
        }
    ).order_by("indicator", "area", "period_end", "period")
    # Names are looked up in one row of lists: no join, which would carry them through the sorting, or undo it.
    rows = rows.cross_join(_listed(series, "series", "indicator_id", "sex", "age", "table_name", "how"))
    rows = rows.cross_join(_listed(areas, "area", "area_id"))
    rows = rows.cross_join(_listed(answers, "answer", "snapshot_sha256", "vintage"))
    alone = ibis.array([rows.every_snapshot_sha256[rows.answers[0]]])
    behind = rows.answers.map(lambda answer: rows.every_snapshot_sha256[answer])
    lower, _upper = wilson(rows.numerator, rows.largest, CONFIDENCE)
    _lower, upper = wilson(rows.numerator, rows.least, CONFIDENCE)
    fewest, most = count_limits(rows.numerator, CONFIDENCE)
    found = rows.select(
        *_PERIOD,
        "value",
        "periods_counted",
        "pooled",
        area_id=rows.every_area_id[rows.area],
        **{name: rows[f"every_{name}"][rows.series] for name in ("indicator_id", "sex", "age")},
        vintage=rows.every_vintage[rows.answers[-1]],
        snapshots=ibis.ifelse(rows.answers.length() == 1, alone, behind.unique().sort()),
        numerator=ibis.ifelse(rows.value.notnull(), rows.numerator, None),
        denominator=ibis.ifelse(rows.value.notnull(), rows.denominator, None),
        lower=ibis.ifelse(rows.is_rate, fewest * rows.multiplier / rows.largest, lower),
        upper=ibis.ifelse(rows.is_rate, most * rows.multiplier / rows.least, upper),
        nominal=ibis.null("float64"),
        # A bare number would be a DECIMAL column, which Arrow turns into 0.9500000000000001.
        confidence=ibis.ifelse(rows.counted, ibis.literal(str(CONFIDENCE)).cast("float64"), None),
        method=rows.every_how[rows.series],
        status=_status(),
        source_table=rows.rest_name.fill_null(rows.every_table_name[rows.series]),
    )
    return found.select(SCHEMA["measure"].arrow.names)
