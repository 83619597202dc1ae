"""Residents of each area by year, sex and age: the denominator of everything, and whether its parts add up.

Ibis expressions, like the measures. Which codes make up an area is decided in `geography.membership`; reading facts is
the pipelines' work.
"""

from collections.abc import Iterable
from typing import Any

import ibis
from ibis import Table, _

from indicators.catalogue.models import years_of_age
from indicators.geography import ChangeGraph
from indicators.geography.membership import ADDING_UP, BOUNDING

_PERIOD = ["period", "period_start", "period_end"]
_GROUPS = [(), ("sex",), ("age",), ("sex", "age")]


def population(facts: Table, membership: Table) -> Table:
    """Return one row per area, period, sex and age group: persons, lower, upper, status and where it comes from.

    facts: source (0 is preferred), source_table, area_id (a code), boundary_year, period, period_start, period_end, sex
    and age (null where the source does not tell them), value (persons), rounded (the publisher turned every 1 and 2
    into 0 or 3), snapshot_sha256, vintage. The cells of a code and period add up to its residents. membership: as the
    table `areas/membership`.

    sex is `both`, `men` or `women`; age is `all` or the source's own group. The true number lies from lower to upper.
    status is null where residents are counted, `estimated` where a weight was used, `rounded` where the publisher
    changed small cells, and `bounds` where the area's border divides the areas that are counted: persons is then null.
    """
    cells = facts.mutate(sex=_.sex.fill_null("both"), age=_.age.fill_null("all"))
    codes = ibis.union(*(_sums_by(cells, group) for group in _GROUPS)).distinct()
    placed = codes.rename(code="area_id").join(
        membership,
        [
            _.code == membership.code,
            _.boundary_year >= membership.first_year,
            _.boundary_year <= membership.last_year,
        ],
    )
    sums = placed.group_by("area_id", "part", "source", "source_table", "origin", *_PERIOD, "sex", "age").agg(
        persons=(_.value * _.weight).sum(),
        # A cell of 3 may have been 1, and one of 0 may have been 2.
        less=(_.less * _.weight).sum(),
        more=(_.more * _.weight).sum(),
        complete=_.value.count() == _.codes.max(),
        weighted=(_.weight < 1).any(),
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
    )
    return _preferred_rows(_counts(sums).union(_bounds(sums)))


def _sums_by(cells: Table, group: tuple[str, ...]) -> Table:
    """Sum the cells of each code over sex, age or both, unless they are in `group`; null where a cell is missing."""
    groups = {name: _[name] if name in group else ibis.literal(everyone) for name, everyone in _EVERYONE.items()}
    keys = ["source", "source_table", "area_id", "boundary_year", *_PERIOD, "sex", "age"]
    return (
        cells.mutate(**groups)
        .group_by(*keys)
        .agg(
            value=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None),
            less=2.0 * (_.rounded & (_.value == 3)).sum(),
            more=2.0 * (_.rounded & (_.value == 0)).sum(),
            snapshots=_.snapshot_sha256.collect(distinct=True).sort(),
            vintage=_.vintage.max(),
        )
    )


_EVERYONE = {"sex": "both", "age": "all"}
_COLUMNS = ["area_id", "part", "source", "source_table", *_PERIOD, "sex", "age"]


def _counts(sums: Table) -> Table:
    whole = sums.filter(_.complete & _.origin.isin(ADDING_UP))
    return whole.select(
        *_COLUMNS,
        persons=_.persons,
        lower=_.persons - _.less,
        upper=_.persons + _.more,
        status=ibis.cases((_.weighted, "estimated"), (_.less + _.more > 0, "rounded")),
        snapshots=_.snapshots,
        vintage=_.vintage,
    )


def _bounds(sums: Table) -> Table:
    """Return bounds: at least the residents of areas inside, at most those and all of the areas across the border."""
    parts = sums.filter(_.complete & _.origin.isin(BOUNDING))
    keys = [name for name in _COLUMNS if name != "part"]
    both = parts.group_by(*keys).agg(
        part=_.part.max(),
        lower=_.persons.sum(where=_.origin == "inside").fill_null(0.0),
        upper=_.persons.sum(),
        across=(_.origin == "across").any(),
        snapshots=_.snapshots.collect().flatten().unique().sort(),
        vintage=_.vintage.max(),
    )
    return both.filter(_.across).select(
        *_COLUMNS,
        persons=ibis.null("float64"),
        lower=_.lower,
        upper=_.upper,
        status=ibis.literal("bounds"),
        snapshots=_.snapshots,
        vintage=_.vintage,
    )


def _preferred_rows(rows: Table) -> Table:
    """Keep one row per area, period, sex and age: counts before bounds, then the preferred part and source."""
    order = ibis.row_number().over(
        group_by=["area_id", *_PERIOD, "sex", "age"],
        order_by=[_.persons.isnull(), _.status.notnull(), _.part >= 100, _.source, _.part],
    )
    chosen = rows.mutate(choice=order).filter(_.choice == 0)
    return chosen.drop("choice", "part", "source").order_by("area_id", "period_end", "sex", "age")


def of_ages(population: Table, groups: Table) -> Table:
    """Return how many residents of given ages and sex an area has on 1 January of each year, from one source.

    population: the result of `population`. groups: indicator_id, source, sex, age (a group of `population` within the
    ages that are asked for), years (of age in it), of_years (in all), years_after: as `groups_of_ages`. A source counts
    where its groups are all those ages, each once; where several do, the one whose figures are not marked is taken.

    Columns: indicator_id, source, years_after, area_id, january (the year), persons (null in all rows of a figure but
    one, where several answers are behind it), status (`estimated` where a number is rounded or a weight was used),
    snapshot_sha256, vintage.
    """
    counted = population.filter(_.persons.notnull() & (_.period == _.period_end.year().cast("string")))
    key = ["indicator_id", "source", "years_after", "area_id", "january"]
    sums = (
        counted.join(groups, ["sex", "age"])
        .mutate(january=_.period_end.year())
        .group_by(*key, "source_table", "of_years")
        .agg(
            persons=_.persons.sum(),
            years=_.years.sum(),
            marked=_.status.notnull().any(),
            snapshots=_.snapshots.collect().flatten().unique().sort(),
            vintage=_.vintage.max(),
        )
        .filter(_.years == _.of_years)
    )
    order = ibis.row_number().over(group_by=key, order_by=[_.marked, _.source_table])
    best = sums.mutate(choice=order).filter(_.choice == 0)
    rows = best.select(
        *key, "persons", "vintage", "snapshots", status=ibis.ifelse(_.marked, ibis.literal("estimated"), None)
    ).unnest("snapshots", offset="at")
    return rows.select(
        *key,
        "status",
        "vintage",
        persons=ibis.ifelse(_["at"] == 0, _.persons, None),
        snapshot_sha256=_.snapshots,
    )


def groups_of_ages(asked: Iterable[dict[str, Any]], known: Iterable[str]) -> list[dict[str, Any]]:
    """Return which age groups make up the ages that are asked for: rows as `of_ages` takes them.

    asked: indicator_id, source, sex, years (first and last year of age; None: everybody), years_after. known: the age
    groups that residents are counted by.

    >>> groups_of_ages([{"years": (20, 21), "sex": "both"}], ["all", "019", "020", "21"])
    [{'sex': 'both', 'age': '020', 'years': 1, 'of_years': 2}, {'sex': 'both', 'age': '21', 'years': 1, 'of_years': 2}]
    """
    groups = {age: years_of_age(age) for age in known}
    found = []
    for row in asked:
        wanted, same = row["years"], {name: value for name, value in row.items() if name != "years"}
        if wanted is None:
            found.append({**same, "age": "all", "years": 1, "of_years": 1})
            continue
        for age, years in groups.items():
            if years is not None and wanted[0] <= years[0] and years[1] <= wanted[1]:
                long = {"years": years[1] - years[0] + 1, "of_years": wanted[1] - wanted[0] + 1}
                found.append({**same, "age": age, **long})
    return found


def newest(population: Table) -> Table:
    """Return area_id, population (persons), population_period: the newest count of everyone in each area.

    Numbers with a status (estimated, rounded, bounds) are left out, because this table has no column to say so.
    """
    everyone = population.filter((_.sex == "both") & (_.age == "all") & _.status.isnull())
    order = ibis.row_number().over(group_by="area_id", order_by=_.period_end.desc())
    first = everyone.mutate(order=order).filter(_.order == 0)
    return first.select("area_id", population=_.persons.cast("int64"), population_period=_.period)


def reconciliation(facts: Table, areas: Table, population: Table, districts: Table) -> Table:
    """Return whether parts add up to their whole, one row per check, whole and year.

    facts: as `population` takes them. areas: level, code, parent_code, year: the official areas of each year.
    population: the result of `population`. districts: area_id, parent_id: the districts that tile an area.

    Columns: check_name, whole_id, year, whole, parts (persons), remainder (whole less parts), unplaced (residents
    without a known address, who have units of their own; null where not published), tolerance (the difference that
    the publisher's rounding of small cells may make), adds_up (null where whole or parts are not published).
    """
    counted = official_counts(facts).join(areas, ["code", "year"])
    units = counted.filter((_.level == "basic statistical unit") & ~_.code.endswith("9999"))
    tracts = counted.filter((_.level == "statistical tract") & ~_.code.endswith("9900"))
    municipalities = counted.filter(_.level == "municipality")
    loose = counted.filter((_.level == "basic statistical unit") & _.code.endswith("9999"))
    unplaced = loose.group_by(whole_id=_.code.substr(0, 4), year=_.year).agg(unplaced=_.persons.sum())
    pairs = [
        _compared("units add up to their tract", tracts, units, None),
        _compared(
            "units add up to their municipality",
            municipalities,
            units.mutate(parent_code=_.code.substr(0, 4)),
            unplaced,
        ),
        _compared("tracts add up to their municipality", municipalities, tracts, unplaced),
        _compared("districts add up to their municipality", *_district_counts(population, districts), unplaced),
        _ages_against_totals(facts, areas),
    ]
    return ibis.union(*pairs).order_by("check_name", "whole_id", "year")


def against_the_provider(facts: Table, graph: ChangeGraph, to_year: int) -> Table:
    """Return our restated counts beside the provider's own sums, in the columns of `reconciliation`.

    facts: as `population` takes them. The provider's sums over predecessors (of a code list such as agg_KommSummer)
    have codes like `K-3301`, on the boundaries of to_year. graph: the changes of municipalities. Years that lack either
    figure are left out.
    """
    sums = facts.group_by("area_id", "boundary_year", "period").agg(
        value=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None)
    )
    provided = sums.filter(_.area_id.startswith("K-") & _.value.notnull())
    provided = provided.select(whole_id=_.area_id.substr(2), period=_.period, whole=_.value)
    # Rows without a figure are of codes that were not valid in that year.
    plain = sums.filter(_.area_id.re_search(r"^\d{4}$") & _.value.notnull()).mutate(status=ibis.null("string"))
    restated = graph.harmonise(plain, to_year).facts.filter(_.value.notnull())
    met = provided.join(restated.select(whole_id=_.area_id, period=_.period, parts=_.value), ["whole_id", "period"])
    exact = met.mutate(year=_.period.substr(0, 4), unplaced=ibis.literal(0.0), tolerance=ibis.literal(0.0))
    return _verdicts("our sums over predecessors equal the provider's own", exact)


def official_counts(facts: Table) -> Table:
    """Return code, year, persons, tolerance: residents by official code, from the first source that has all its cells.

    facts: as `population` takes them. Only figures on their own year's boundaries.
    """
    cells = facts.mutate(small=((_.value == 0) | (_.value == 3)) & _.rounded)
    sums = cells.group_by("source", code=_.area_id, year=_.boundary_year, period=_.period).agg(
        persons=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None), tolerance=2.0 * _.small.sum()
    )
    # Series that the provider restated have one boundary year for all periods: keep only the period of that year.
    own = sums.filter((_.period == _.year.cast("string")) & _.persons.notnull())
    order = ibis.row_number().over(group_by=["code", "year"], order_by=_.source)
    return own.mutate(order=order).filter(_.order == 0).drop("order", "source", "period")


def _ages_against_totals(facts: Table, areas: Table) -> Table:
    """Compare the sum of a unit's sexes and ages, where every 1 and 2 was rounded, with its residents elsewhere."""
    cells = facts.filter(_.rounded).group_by(whole_id=_.area_id, year=_.boundary_year, period=_.period)
    sums = cells.agg(
        parts=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None),
        tolerance=2.0 * ((_.value == 0) | (_.value == 3)).sum(),
    )
    own = sums.filter((_.period == _.year.cast("string")) & _.parts.notnull()).drop("period")
    totals = official_counts(facts.filter(~_.rounded)).join(areas, ["code", "year"])
    met = totals.select(whole_id=_.code, year=_.year, whole=_.persons).join(own, ["whole_id", "year"])
    return _verdicts("sexes and ages of a unit add up, but for rounding", met.mutate(unplaced=ibis.literal(0.0)))


def _district_counts(population: Table, districts: Table) -> tuple[Table, Table]:
    everyone = population.filter((_.sex == "both") & (_.age == "all") & _.persons.notnull())
    counts = everyone.select(code=_.area_id, persons=_.persons, year=_.period_end.year(), tolerance=ibis.literal(0.0))
    parts = counts.join(districts, counts.code == districts.area_id)
    number = districts.group_by("parent_id").agg(districts=_.count())
    complete = parts.group_by("parent_id", "year").agg(found=_.count()).join(number, "parent_id")
    complete = complete.filter(_.found == _.districts).select("parent_id", "year")
    return counts, parts.join(complete, ["parent_id", "year"]).select(
        "code", "persons", "year", "tolerance", parent_code=_.parent_id
    )


def _compared(name: str, wholes: Table, parts: Table, unplaced: Table | None) -> Table:
    sums = parts.group_by(whole_id=_.parent_code, year=_.year).agg(
        parts=_.persons.sum(), part_tolerance=_.tolerance.sum()
    )
    met = wholes.select(whole_id=_.code, year=_.year, whole=_.persons, tolerance=_.tolerance).join(
        sums, ["whole_id", "year"]
    )
    if unplaced is None:
        met = met.mutate(unplaced=ibis.literal(0.0))
    else:
        met = met.left_join(unplaced, ["whole_id", "year"]).drop("whole_id_right", "year_right")
    return _verdicts(name, met.mutate(tolerance=met.tolerance + met.part_tolerance))


def _verdicts(name: str, met: Table) -> Table:
    """Tell for each whole whether its parts are the whole less the unplaced, within the tolerance.

    Where the unplaced are not published, the remainder must at least not be negative.
    """
    remainder = met.whole - met.parts
    return met.select(
        check_name=ibis.literal(name),
        whole_id=met.whole_id,
        year=met.year.cast("int16"),
        whole=met.whole,
        parts=met.parts,
        remainder=remainder,
        unplaced=met.unplaced,
        tolerance=met.tolerance,
        adds_up=ibis.ifelse(
            met.unplaced.isnull(),
            remainder >= -met.tolerance,
            (remainder - met.unplaced).abs() <= met.tolerance + 0.5,
        ),
    )
