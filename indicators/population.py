"""Residents of each area by year, sex and age: the denominator of everything, and whether its parts add up.

Ibis expressions, like the measures. Which codes make up an area is `geography.membership`'s; reading facts is the
pipelines' work.
"""

import ibis
from ibis import Table, _

_PERIOD = ["period", "period_start", "period_end"]
_GROUPS = [(), ("sex",), ("age",), ("sex", "age")]


def population(facts: Table, membership: Table) -> Table:
    """Return one row per area, period, sex and age group: persons, lower, upper, status and where it comes from.

    facts: source (0 is preferred), source_table, area_id (a code), boundary_year, period, period_start, period_end, sex
    and age (null where the source does not tell them), value (persons), rounded (the publisher turned every 1 and 2
    into 0 or 3), snapshot_sha256, vintage. The cells of a code and period add up to its residents. membership: as the
    table `areas/membership`.

    sex is `both`, `men` or `women`; age is `all` or the source's own group. lower and upper say between which numbers
    the residents must lie; status is null where they are counted, `estimated` where a weight was used, `rounded` where
    small cells were changed by the publisher, `bounds` where only areas are counted that lie across the border: then
    persons is null.
    """
    cells = facts.mutate(sex=_.sex.fill_null("both"), age=_.age.fill_null("all"))
    codes = ibis.union(*(_by(cells, group) for group in _GROUPS)).distinct()
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
    return _choice(_counted(sums).union(_bounds(sums)))


def _by(cells: Table, group: tuple[str, ...]) -> Table:
    """Sum the cells of each code, over sexes and ages that are not in `group`; null where a cell is missing."""
    kept = {name: _[name] if name in group else ibis.literal(everyone) for name, everyone in _EVERYONE.items()}
    keys = ["source", "source_table", "area_id", "boundary_year", *_PERIOD, "sex", "age"]
    return (
        cells.mutate(**kept)
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


def _counted(sums: Table) -> Table:
    whole = sums.filter(_.complete & _.origin.isin(["catalogue", "derived"]))
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
    """At least what lives in areas that lie wholly within, at most that and all of those that lie across."""
    parts = sums.filter(_.complete & _.origin.isin(["inside", "across"]))
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


def _choice(rows: Table) -> Table:
    """Keep one row per area, period, sex and age: counted before bounded, the preferred part and source first."""
    order = ibis.row_number().over(
        group_by=["area_id", *_PERIOD, "sex", "age"],
        order_by=[_.persons.isnull(), _.status.notnull(), _.part >= 100, _.source, _.part],
    )
    chosen = rows.mutate(choice=order).filter(_.choice == 0)
    return chosen.drop("choice", "part", "source").order_by("area_id", "period_end", "sex", "age")


def newest(population: Table) -> Table:
    """Return area_id, population (persons), population_period: the newest count of everyone in each area."""
    everyone = population.filter((_.sex == "both") & (_.age == "all") & _.persons.notnull())
    order = ibis.row_number().over(group_by="area_id", order_by=_.period_end.desc())
    first = everyone.mutate(order=order).filter(_.order == 0)
    return first.select("area_id", population=_.persons.round().cast("int64"), population_period=_.period)


def reconciliation(facts: Table, areas: Table, population: Table, districts: Table) -> Table:
    """Return whether parts add up to their whole, one row per check, whole and year.

    facts: as `population` takes them. areas: level, code, parent_code, year: the official areas of each year.
    population: the result of `population`. districts: area_id, parent_id: the districts that tile an area.

    Columns: check_name, whole_id, year, whole, parts (persons), remainder (whole less parts), unplaced (residents of
    the units for the unplaced, null where not published), tolerance (persons that the publisher's rounding of small
    cells may move), adds_up (null where whole or parts are not published).
    """
    counted = _official_counts(facts).join(areas, ["code", "year"])
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


def against_the_provider(restated: Table, provided: Table) -> Table:
    """Return our restated counts beside the provider's own sums over predecessors, in `reconciliation`'s columns.

    restated: area_id (a municipality), period, value, as `ChangeGraph.harmonise` gives them. provided: area_id (the
    same code), period, value. Both are counts of everyone; where either is missing there is nothing to compare.
    """
    ours = restated.filter(_.value.notnull()).select("area_id", "period", ours=_.value)
    met = provided.filter(_.value.notnull()).join(ours, ["area_id", "period"])
    remainder = met.value - met.ours
    return met.select(
        check_name=ibis.literal("our sums over predecessors equal the provider's own"),
        whole_id=met.area_id,
        year=met.period.substr(0, 4).cast("int16"),
        whole=met.value,
        parts=met.ours,
        remainder=remainder,
        unplaced=ibis.literal(0.0),
        tolerance=ibis.literal(0.0),
        adds_up=remainder.abs() <= 0.5,
    )


def _official_counts(facts: Table) -> Table:
    """Residents of every official code and year, from the first source that has all its cells."""
    cells = facts.mutate(small=((_.value == 0) | (_.value == 3)) & _.rounded)
    sums = cells.group_by("source", code=_.area_id, year=_.boundary_year, period=_.period).agg(
        persons=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None), tolerance=2.0 * _.small.sum()
    )
    # Restated series have one boundary year and many periods: only a year's own boundaries are compared.
    own = sums.filter((_.period == _.year.cast("string")) & _.persons.notnull())
    order = ibis.row_number().over(group_by=["code", "year"], order_by=_.source)
    return own.mutate(order=order).filter(_.order == 0).drop("order", "source", "period")


def _ages_against_totals(facts: Table, areas: Table) -> Table:
    """A unit's sexes and ages, of which every 1 and 2 was changed, beside its residents from another source."""
    cells = facts.filter(_.rounded).group_by(whole_id=_.area_id, year=_.boundary_year, period=_.period)
    sums = cells.agg(
        parts=ibis.ifelse(_.value.count() == _.count(), _.value.sum(), None),
        tolerance=2.0 * ((_.value == 0) | (_.value == 3)).sum(),
    )
    own = sums.filter((_.period == _.year.cast("string")) & _.parts.notnull()).drop("period")
    totals = _official_counts(facts.filter(~_.rounded)).join(areas, ["code", "year"])
    met = totals.select(whole_id=_.code, year=_.year, whole=_.persons).join(own, ["whole_id", "year"])
    return met.select(
        check_name=ibis.literal("sexes and ages of a unit add up, but for rounding"),
        whole_id=met.whole_id,
        year=met.year.cast("int16"),
        whole=met.whole,
        parts=met.parts,
        remainder=met.whole - met.parts,
        unplaced=ibis.literal(0.0),
        tolerance=met.tolerance,
        adds_up=(met.whole - met.parts).abs() <= met.tolerance + 0.5,
    )


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
    remainder = met.whole - met.parts
    allowed = met.tolerance + met.part_tolerance
    return met.select(
        check_name=ibis.literal(name),
        whole_id=met.whole_id,
        year=met.year.cast("int16"),
        whole=met.whole,
        parts=met.parts,
        remainder=remainder,
        unplaced=met.unplaced,
        tolerance=allowed,
        # Who is unplaced is not always published: then what is left must at least not be negative.
        adds_up=ibis.ifelse(
            met.unplaced.isnull(), remainder >= -allowed, (remainder - met.unplaced).abs() <= allowed + 0.5
        ),
    )
