"""Long extracts of registers: one row for each category that somebody is in, and none for the others."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from pipelines.deliveries.reading import Reading


def zeros(reading: "Reading") -> tuple[dict[str, pa.DictionaryArray], np.ndarray]:
    """Return the columns of the figures that have no row, and the row of the first figure of the same place.

    Each area and period of the file has a figure for each combination of the dimensions' codes in the contract; one
    that has no row is lacking. A row with a sign for a hidden figure is a row. All rows must have been read.
    """
    contract = reading.contract
    codes = {name: sorted(set(known.values())) for name, known in contract.dimension_codes.items() if known}
    codes["ContentsCode"] = sorted({contents.code for contents in contract.contents})
    place = pd.DataFrame(
        {"area": _texts(reading.area), "period": _texts(reading.columns["period"])},
    )
    number, _places = pd.factorize(pd.MultiIndex.from_frame(place))
    _first, first_at = np.unique(number, return_index=True)
    at = [pd.Index(known).get_indexer(pd.Index(_texts(reading.columns[name]))) for name, known in codes.items()]
    shape = (len(first_at), *map(len, codes.values()))
    there = np.zeros(shape, bool)
    there[(number, *at)] = True
    which, *combination = np.nonzero(~there)
    origin = first_at[which]
    columns = {name: reading.columns[name].take(pa.array(origin)) for name in ("area_id", "area_label", "period")}
    for (name, known), indices in zip(codes.items(), combination, strict=True):
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(indices.astype(np.int32)), pa.array(known))
    return columns, reading.row[origin]


def _texts(column: pa.DictionaryArray) -> np.ndarray:
    return column.cast(pa.string()).to_numpy(zero_copy_only=False)
