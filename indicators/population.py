"""How many people live in each area: the newest published count, exact where every code of the area has a figure.

An Ibis expression like the measures. The full population by age and sex is not here yet.
"""

import ibis
from ibis import Table, _


def newest(facts: Table, membership: Table) -> Table:
    """Return area_id, population (persons), population_period: one row per area with a complete figure.

    facts: area_id (a code), boundary_year, period, period_end, value (persons). membership: as
    `geography.membership`. Where two parts of an area have figures for the newest period, the preferred one counts.
    """
    placed = facts.rename(code="area_id").join(
        membership,
        [
            _.code == membership.code,
            _.boundary_year >= membership.first_year,
            _.boundary_year <= membership.last_year,
        ],
    )
    sums = placed.group_by("area_id", "part", "period", "period_end").agg(
        population=_.value.sum(), complete=_.value.count() == _.codes.max()
    )
    order = ibis.row_number().over(group_by="area_id", order_by=[_.period_end.desc(), _.part])
    first = sums.filter(_.complete).mutate(order=order).filter(_.order == 0)
    return first.select("area_id", population=_.population.cast("int64"), population_period=_.period)
