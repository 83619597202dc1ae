"""Money in the prices of one year: nominal amounts over the consumer price index.

Growth that is only that of prices is none. An index is a source table like any other, by month or by year; which
indicators are amounts of money, and whose year's prices they are in, is the catalogue's.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
from ibis import Table, _

_MONTHS = 12


class Prices(NamedTuple):
    """The table of the index, such as ssb/03013, and the year in whose prices amounts are told."""

    table: str
    year: int


def levels(facts: Table, indices: Table) -> Table:
    """Return table_name, year, level: the index of each complete year, the mean of its twelve months or the year's own.

    facts: table_name, period, period_end, value. indices: table_name of those that hold an index and nothing else.
    """
    known = facts.semi_join(indices, "table_name").filter(_.value.notnull()).mutate(year=_.period_end.year())
    found = known.group_by("table_name", "year").agg(
        months=_.value.count(where=_.period != _.year.cast("string")),
        level=_.value.mean(where=_.period != _.year.cast("string")),
        own=_.value.max(where=_.period == _.year.cast("string")),
    )
    found = found.mutate(level=found.own.coalesce((found.months == _MONTHS).ifelse(found.level, None)))
    return found.filter(_.level.notnull()).select("table_name", "year", "level").order_by("table_name", "year")


def in_fixed_prices(measures: pa.Table, index: pa.Table, prices: Mapping[str, Prices]) -> pa.Table:
    """Return measures with the amounts of money in fixed prices, and beside them, in `nominal`, as they were.

    measures: as `measures.measures` gives. index: as `levels` gives. prices: by indicator. An amount of a year without
    a complete index, or where the year of the prices has none, is missing; the nominal one stays.

    Of 500,000 kroner in 2020 and 550,000 in 2023, with an index of 112 and 128.8 (15 % more), the latter are 550,000 /
    1.15 = 478,260.87 kroner of 2020.

    >>> from datetime import date
    >>> from indicators.dictionary import SCHEMA
    >>> arrow = SCHEMA["measure"].arrow
    >>> blank = dict.fromkeys(arrow.names)
    >>> rows = [
    ...     blank | {"indicator_id": "income", "period": str(year), "period_end": date(year, 12, 31), "value": amount}
    ...     for year, amount in ((2020, 500_000.0), (2023, 550_000.0))
    ... ]
    >>> index = pa.table({"table_name": ["cpi"] * 2, "year": [2020, 2023], "level": [112.0, 128.8]})
    >>> found = in_fixed_prices(pa.Table.from_pylist(rows, arrow), index, {"income": Prices("cpi", 2020)})
    >>> [round(value, 2) for value in found["value"].to_pylist()], found["nominal"].to_pylist()
    ([500000.0, 478260.87], [500000.0, 550000.0])
    """
    rows = measures.to_pandas(date_as_object=True)
    level = index.to_pandas().set_index(["table_name", "year"])["level"].to_dict()
    is_money = rows["indicator_id"].isin(list(prices))
    factors = [_factor(level, prices[name], day.year) for name, day in rows.loc[is_money, _ABOUT].to_numpy()]
    factor = pd.Series(factors, index=rows.index[is_money], dtype=float)
    rows.loc[is_money, "nominal"] = rows.loc[is_money, "value"]
    for column in ("value", "lower", "upper"):
        rows.loc[is_money, column] = rows.loc[is_money, column] * factor
    rows.loc[is_money & rows["value"].isna() & rows["nominal"].notna(), "status"] = "missing"
    return pa.Table.from_pandas(rows, schema=measures.schema, preserve_index=False)


_ABOUT = ["indicator_id", "period_end"]


def _factor(level: Mapping[tuple[str, int], float], own: Prices, year: int) -> float:
    """Return the kroner of the prices' year that one of another year is worth; NaN where nobody knows it."""
    then, now = level.get((own.table, own.year)), level.get((own.table, year))
    return then / now if then is not None and now is not None else float("nan")
