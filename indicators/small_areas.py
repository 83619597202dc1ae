"""What the figures of a municipality's small areas say together: a modelled estimate, and limits that allow for spread.

A small area's own figure is uncertain, and its neighbours say something of it. `modelled` draws it towards the mean of
all areas of its kind in the municipality, the more the fewer persons it rests on (Fay & Herriot 1979). It is no
observation and replaces none. Beside it stand the limits within which nearly all areas would lie if they differed no
more than areas do anyway (Spiegelhalter 2005). Both are made of shown figures alone, so that they tell nothing of
hidden ones. Arrow tables in and out, arrays between them.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators.dictionary import SMALL_AREA
from indicators.intervals import standard_normal_quantile
from indicators.rates import Floats

FEWEST_AREAS = 5  # below, neither mean nor spread of the areas is known
_CONFIDENCE = 0.95
_TAIL = 0.1  # share of areas at either end that may not decide how far areas spread
_STEPS, _CLOSE = 200, 1e-10
_GROUP = ["indicator_id", "period", "whole_id", "kind"]


class Shrunk(NamedTuple):
    """Estimates of all areas. own_weight: the share of an area's own figure in its estimate; the rest is the mean."""

    values: Floats
    errors: Floats  # standard errors
    own_weight: Floats
    mean: Floats  # what the model expects of each area
    spread: float  # standard deviation between areas beyond chance


def fay_herriot(direct: Floats, variances: Floats, design: Floats | None = None) -> Shrunk:
    """Return the empirical best linear unbiased predictor of each area, with the model's own standard error.

    direct, variances: a figure of each area and its sampling variance, which is taken as known and above 0. design: a
    row of predictors per area; without it all areas are expected to have one mean. The variance between areas is the
    restricted maximum likelihood estimate, the error Prasad and Rao's, which counts that it is estimated.
    (Fay & Herriot 1979, JASA 74:269; Prasad & Rao 1990, JASA 85:163; Datta & Lahiri 2000, Statistica Sinica 10:613)

    Two areas of 0.1 and 0.3 with a sampling variance of 0.01 each: their variance, (0.1² + 0.1²) / 1 = 0.02, is 0.01
    more than chance gives. So half of each estimate is its own figure, and half the mean 0.2.

    >>> found = fay_herriot(np.array([0.1, 0.3]), np.array([0.01, 0.01]))
    >>> [round(float(value), 4) for value in found.values], round(found.spread**2, 4)
    ([0.15, 0.25], 0.01)
    """
    x = np.ones((len(direct), 1)) if design is None else design
    between = _between(direct, variances, x)
    weights = 1 / (between + variances)
    bread = np.linalg.inv(x.T @ (weights[:, None] * x))
    mean = x @ (bread @ (x.T @ (weights * direct)))
    own = between * weights
    of_mean = (1 - own) ** 2 * np.einsum("ij,jk,ik->i", x, bread, x)
    of_spread = variances**2 * weights**3 * 2 / np.sum(weights**2)
    errors = np.sqrt(own * variances + of_mean + 2 * of_spread)
    return Shrunk(mean + own * (direct - mean), errors, own, mean, float(np.sqrt(between)))


def _between(direct: Floats, variances: Floats, x: Floats) -> float:
    """Return the variance between areas by Fisher scoring of the restricted likelihood, 0 where chance explains all."""
    found = float(np.median(variances))
    for _ in range(_STEPS):
        weights = np.diag(1 / (found + variances))
        p = weights - weights @ x @ np.linalg.inv(x.T @ weights @ x) @ x.T @ weights
        residual = p @ direct
        step = (residual @ residual - np.trace(p)) / np.sum(p * p)
        following = max(found + step, 0.0)
        if abs(following - found) <= _CLOSE * float(np.median(variances)):
            return following
        found = following
    return found


class Spread(NamedTuple):
    """How far areas lie around a mean. factor: mean square of their distances in standard errors, 1 is chance alone."""

    factor: float
    between: float  # standard deviation between areas beyond chance


def overdispersion(values: Floats, mean: float, errors: Floats) -> Spread:
    """Return how much more areas differ than chance explains, the outermost tenths drawn in so that they do not decide.

    errors: standard errors, as they would be at the mean. The spread between areas is DerSimonian and Laird's estimate
    from the winsorised distances. (Spiegelhalter 2005, Stat Med 24:1185, section 5; Int J Qual Health Care 17:115)

    Five areas -2, -2, 0, 2 and 2 standard errors of 0.01 from the mean (no tail to draw in): (4 + 4 + 0 + 4 + 4) / 5 =
    3.2; beyond chance are 16 - 4 = 12, over 5 - 1 = 4 equal weights of 10,000: a variance of 0.0003.

    >>> found = overdispersion(np.array([0.08, 0.08, 0.1, 0.12, 0.12]), 0.1, np.full(5, 0.01))
    >>> round(found.factor, 4), round(found.between**2, 6)
    (3.2, 0.0003)
    """
    distances = (values - mean) / errors
    distances = np.clip(distances, *np.quantile(distances, [_TAIL, 1 - _TAIL]))
    factor = float(np.mean(distances**2))
    weights = errors**-2.0
    excess = len(values) * factor - (len(values) - 1)
    between = max(excess, 0.0) / (weights.sum() - np.sum(weights**2) / weights.sum())
    return Spread(factor, float(np.sqrt(between)))


def small_areas(measures: pa.Table, areas: pa.Table, multipliers: Mapping[str, float]) -> pa.Table:
    """Return SMALL_AREA: a row per shown figure of an area that has four of its kind beside it in the municipality.

    measures: the table `measure`, protected. areas: area_id, kind, whole_id: the areas to look at, each once, and the
    one that they are parts of. multipliers: of each indicator that is a share (1) or a rate (1,000 of rates per 1,000).
    Figures without numerator and denominator are left out: nobody knows their sampling error.
    """
    rows = measures.to_pandas(date_as_object=True).merge(areas.to_pandas(), on="area_id")
    rows = rows[rows["value"].notna() & rows["numerator"].notna() & (rows["denominator"] > 0)]
    rows = rows[(rows["status"] != "incomplete") & rows["indicator_id"].isin(list(multipliers))]
    groups = [_together(own, multipliers[key[0]]) for key, own in rows.groupby(_GROUP) if len(own) >= FEWEST_AREAS]
    if not groups:
        return SMALL_AREA.arrow.empty_table()
    found = pd.concat(groups).sort_values(["indicator_id", "area_id", "period_end", "period"])
    return pa.Table.from_pandas(found, schema=SMALL_AREA.arrow, preserve_index=False)


def _together(rows: pd.DataFrame, multiplier: float) -> pd.DataFrame:
    """Return the rows of one indicator, period and kind of area with what they say together."""
    values, persons = rows["value"].to_numpy(float), rows["denominator"].to_numpy(float)
    mean = float(rows["numerator"].sum() / persons.sum())
    # As if all had the same share: that of a few persons says little of its own error, and none at all at 0.
    chance = mean * (1 - mean) if multiplier == 1 else mean
    if not chance > 0:
        return rows.iloc[:0].assign(**dict.fromkeys(set(SMALL_AREA.arrow.names) - set(rows.columns)))
    errors = np.sqrt(chance / persons) * multiplier
    mean *= multiplier
    model, spread = fay_herriot(values, errors**2), overdispersion(values, mean, errors)
    z = standard_normal_quantile(_CONFIDENCE)
    top = 1.0 if multiplier == 1 else np.inf
    half = z * np.sqrt(errors**2 + spread.between**2)
    low, high = np.clip(mean - half, 0, top), np.clip(mean + half, 0, top)
    return rows.assign(
        status="modelled",
        modelled=model.values,
        modelled_lower=np.clip(model.values - z * model.errors, 0, top),
        modelled_upper=np.clip(model.values + z * model.errors, 0, top),
        own_weight=model.own_weight,
        areas=len(rows),
        areas_mean=mean,
        areas_spread=model.spread,
        overdispersion=spread.factor,
        limit_lower=low,
        limit_upper=high,
        standing=np.select([values < low, values > high], ["below", "above"], "within"),
    )
