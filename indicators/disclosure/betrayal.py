"""Delivered cells that give away what their own source hides: shares beside hidden counts, and parts of a total.

NAV leaves counts of 1 to 3 out and gives the share beside them: with the labour force, which anybody knows, that is the
count. Men and women add up. Only what stands in the file itself is judged; what a measure shows is `tables`' matter.
"""

from typing import Any

import pandas as pd
import pyarrow as pa

from indicators.catalogue.contracts import DeliveryContract, Total

_HIDDEN = ":"
_PLACE = ["area_id", "boundary_year", "period"]


def betraying(facts: pa.Table, contract: DeliveryContract, largest: int) -> pa.ChunkedArray:
    """Tell of each cell whether it must be hidden because the source hides another one.

    facts: area_id, boundary_year, period, cell (`dim=code|dim=code`), value, status of one delivery. largest: the
    largest count that its source hides, as is known to everybody.
    """
    frame = facts.select([*_PLACE, "cell", "value", "status"]).to_pandas()
    dimensions = {cell: dict(pair.split("=", 1) for pair in cell.split("|")) for cell in frame["cell"].unique()}
    kinds = frame["cell"].map({cell: contract.kind_of(told) for cell, told in dimensions.items()})
    frame["is_count"] = kinds.eq("count")
    frame["gone"] = False
    frame["secret"] = frame["is_count"] & frame["status"].eq(_HIDDEN) & frame["value"].isna()
    if frame["secret"].any():
        for total in contract.totals:
            _hide_parts(frame, dimensions, total, largest)
        beside = frame["cell"].map(lambda cell: _without(dimensions[cell], "ContentsCode"))
        lost = (frame["secret"] | frame["gone"]).groupby([*(frame[name] for name in _PLACE), beside]).transform("any")
        shares = kinds.isin(["share", "percent", "per_1000"])
        frame["gone"] |= lost.fillna(False).astype(bool) & shares
    return pa.chunked_array([pa.array(frame["gone"].to_numpy(dtype=bool))])


def _without(dimensions: dict[str, str], name: str) -> str:
    return "|".join(f"{key}={code}" for key, code in sorted(dimensions.items()) if key != name)


def _hide_parts(frame: pd.DataFrame, dimensions: dict[str, dict[str, str]], total: Total, largest: int) -> None:
    """Hide all parts of a total of which one is hidden, and the total where it is small.

    Whoever sees which parts the source hid and which were hidden along knows that these are larger than what it hides:
    5 in two parts, one of each, is 1 and 4. A total is shown where it leaves each part three counts whatever they are,
    and hidden up to a limit that leaves them as many. A true zero stays where the total and another part are hidden,
    for these are the same count then.
    """
    codes = frame["cell"].map(lambda cell: dimensions[cell].get(total.dimension))
    own = frame["is_count"] & codes.isin([total.whole, *total.parts]) & frame["area_id"].notna()
    rest = frame["cell"].map(lambda cell: _without(dimensions[cell], total.dimension))
    keys: list[Any] = [*(frame.loc[own, name] for name in _PLACE), rest[own]]
    is_whole, secret = codes[own].eq(total.whole), frame.loc[own, "secret"]
    tied = secret.groupby(keys).transform("any")
    hidden = (secret & ~is_whole).groupby(keys).transform("sum")
    companions = (~secret & ~is_whole).groupby(keys).transform("sum")
    whole = frame.loc[own, "value"].where(is_whole)
    told = is_whole & (hidden > 0) & (whole <= largest * hidden + (largest + 1) * companions)
    same = ~is_whole & frame.loc[own, "value"].eq(0) & (secret & is_whole).groupby(keys).transform("any") & (hidden > 0)
    frame.loc[own, "gone"] |= tied & ~secret & (~is_whole | told) & ~same
