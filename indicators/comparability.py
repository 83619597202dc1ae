"""Which figures of a series can be set beside each other: disturbed periods, and breaks that no trend runs over.

Ibis expressions. Both are declared in the catalogue, with the reason; nothing here looks for them in the figures.
"""

import ibis
import pyarrow as pa
from ibis import Table, _

DISTURBANCES = pa.schema(
    [("indicator_id", pa.string()), ("from_day", pa.date32()), ("to_day", pa.date32()), ("reason", pa.string())]
)
BREAKS = pa.schema([("indicator_id", pa.string()), ("from_day", pa.date32()), ("reason", pa.string())])
_PERIOD = ["indicator_id", "period_start", "period_end"]


def marked(measures: Table, disturbances: Table, breaks: Table) -> Table:
    """Add to each measure whether its period is disturbed, and on which side of the breaks it lies.

    disturbances: DISTURBANCES, first and last day included. breaks: BREAKS, the first day counted in the new way.

    disturbed: the reason, where any part of the period is disturbed; else null. side: figures are comparable where it
    is equal. Each break before the period counts two and a break within it one, so that a year counted partly in the
    old way and partly in the new one is on no other year's side. broken: the reason of the newest break up to the
    period's end; null: none.

    2018 holds a break in November, 2019 lies behind it.

    >>> from datetime import date
    >>> years = [
    ...     {"indicator_id": "a", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    ...     for year in (2017, 2018, 2019, 2020)
    ... ]
    >>> pandemic = {"indicator_id": "a", "from_day": date(2020, 3, 1), "to_day": date(2021, 12, 31), "reason": "closed"}
    >>> changed = {"indicator_id": "a", "from_day": date(2018, 11, 1), "reason": "new forms"}
    >>> found = marked(ibis.memtable(years), ibis.memtable([pandemic]), ibis.memtable([changed]))
    >>> rows = found.order_by("period_end").to_pyarrow().to_pylist()
    >>> [(row["side"], row["broken"], row["disturbed"]) for row in rows]
    [(0, None, None), (1, 'new forms', None), (2, 'new forms', None), (2, 'new forms', 'closed')]
    """
    periods = measures.select(_PERIOD).distinct()
    touched = periods.join(
        disturbances,
        [
            "indicator_id",
            periods.period_start <= disturbances.to_day,
            periods.period_end >= disturbances.from_day,
        ],
    )
    passed = periods.join(breaks, ["indicator_id", periods.period_end >= breaks.from_day])
    wholly = ibis.ifelse(passed.from_day <= passed.period_start, 2, 1)
    disturbed = touched.group_by(_PERIOD).agg(disturbed=_.reason.min())
    sides = passed.group_by(_PERIOD).agg(side=wholly.sum(), broken=_.reason.argmax(_.from_day))
    found = measures
    for marks in (disturbed, sides):
        found = found.left_join(marks, _PERIOD)
        found = found.drop(*(name for name in found.columns if name.endswith("_right")))
    return found.mutate(side=_.side.fill_null(0))
