"""How far past forecasts of an indicator were off, and what that says of its next ones.

A forecast is right in its spread if the normal scores of what came have variance 1: its 95 % interval then holds 95 of
100 figures. Where they had less, forecasts were too wide; where more, too narrow. Later ones are corrected by that, as
far as forecasts of enough years show it. Only what had been published by a row's own year is used, so that a past
forecast is corrected as it would have been then, and judged by what came later.
(Dawid 1984, JRSS A 147:278; Gneiting, Balabdaoui & Raftery 2007, JRSS B 69:243)
"""

import numpy as np
import pandas as pd

from indicators.rates import Floats

# What is held of the variance of scores before any is seen, 1, worth as many years as the pooled variances' own prior.
PRIOR_YEARS = 2.0


def spreads(past: pd.DataFrame, indicators: pd.Series, years: Floats) -> Floats:
    """Return the spread of each row's forecast: the square root of (2 + years x variance) / (2 + years).

    past: a row per forecast, of all areas: indicator_id, year (in which it was made), horizon (years), score (the
    normal score of what came). indicators, years: of each row. A year counts once, however many areas and horizons its
    forecasts have, for they share its shocks; the variance is the mean over years of the mean squared score about 0. A
    forecast counts from the year on in which its figure came. 1 where none has.

    By 2022 forecasts of 2020 and 2021 could be judged, with mean squares of 0.25 and 0.5: (2 + 0.75) / 4 = 0.6875.

    >>> rows = [("a", 2020, 1, 0.5), ("a", 2020, 2, -0.5), ("a", 2021, 1, 0.5**0.5), ("a", 2022, 1, 3.0)]
    >>> past = pd.DataFrame(rows, columns=["indicator_id", "year", "horizon", "score"])
    >>> (spreads(past, pd.Series(["a", "a", "b"]), np.array([2022, 2020, 2022])) ** 2).round(4).tolist()
    [0.6875, 1.0, 1.0]
    """
    asked = pd.DataFrame({"indicator_id": indicators.to_numpy(), "at": years})
    pairs = asked.drop_duplicates()
    squares = past.assign(came=past["year"] + past["horizon"], square=past["score"] ** 2)
    sums = squares.groupby(["indicator_id", "year", "came"])["square"].agg(["sum", "count"]).reset_index()
    judged = pairs.merge(sums, on="indicator_id")
    judged = judged[judged["came"] <= judged["at"]].groupby(["indicator_id", "at", "year"])[["sum", "count"]].sum()
    of_years = (judged["sum"] / judged["count"]).groupby(["indicator_id", "at"]).agg(["sum", "count"])
    found = ((PRIOR_YEARS + of_years["sum"]) / (PRIOR_YEARS + of_years["count"])) ** 0.5
    return np.asarray(found.reindex(pd.MultiIndex.from_frame(asked), fill_value=1.0), float)
