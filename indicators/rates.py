"""Proportions, rates, standardised rates and means, each with its interval.

`wilson` takes Ibis columns and arrays alike (see `intervals`). Everything else takes whatever NumPy can broadcast,
numbers included, and returns NumPy arrays, or NumPy numbers where all input was numbers. A missing figure (NaN, None)
gives NaN; an impossible figure raises a ValueError that names it. Shares lie in [0, 1] unless a multiplier is given.

Change over time belongs in `trends`; how figures are found and joined is `measures`' work.
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.intervals import (
    BYAR_FROM,
    Column,
    byar_limit,
    difference_interval,
    score_interval,
    standard_normal_quantile,
)

# What NumPy reads as numbers: a number, None, a (nested) list, an array, a pandas or Arrow column.
Figures = Any
Floats = NDArray[np.float64]


def broadcast(**named: Figures) -> list[Floats]:
    """Return the named figures as arrays of floats of one common shape; None becomes NaN.

    Raises ValueError for figures that are infinite, are no numbers, or do not fit together in shape.
    """
    arrays = np.broadcast_arrays(*(_floats(name, figures) for name, figures in named.items()))
    for name, array in zip(named, arrays, strict=True):
        refuse(np.isinf(array), "a finite number", **{name: array})
    return list(arrays)


def _floats(name: str, figures: Figures) -> Floats:
    try:
        return np.ma.filled(np.ma.asarray(figures, dtype=float), np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected numbers, with NaN or None where one is missing; {error}") from error


def refuse(wrong: NDArray[np.bool_], expected: str, /, **named: Floats) -> None:
    """Raise ValueError that names the first element where `wrong` holds, with its figures and what was `expected`."""
    if not wrong.any():
        return
    where = tuple(int(axis) for axis in np.argwhere(wrong)[0])
    found = ", ".join(f"{name} {array[where]:g}" for name, array in named.items())
    place = f" at {list(where)}" if where else ""
    raise ValueError(f"found {found}{place}; expected {expected}")


def wilson(numerator: Column, denominator: Column, confidence: float = 0.95) -> tuple[Column, Column]:
    """Wilson score interval of a proportion, (lower, upper), as shares in [0, 1].

    Holds at 0 and at the denominator, where the normal interval collapses. The roots of the score equation are
    taken in conjugate form, so that 0 events give exactly 0 below and all events exactly 1 above.

    Arrays and numbers broadcast; where the denominator is 0 or a figure is missing both limits are NaN. Raises
    ValueError for a negative count or a numerator above its denominator. Ibis columns give columns, null instead of
    NaN; their values cannot be checked before they are executed, so checks of the data must come first.
    (Wilson 1927, JASA 22:209; Newcombe 1998, Stat Med 17:857, method 3)

    Newcombe's own examples (table I): 81 of 263, and 0 of 20.

    >>> [round(float(limit), 4) for limit in wilson(81, 263)], [round(float(limit), 4) for limit in wilson(0, 20)]
    ([0.2553, 0.3662], [0.0, 0.1611])
    """
    z2 = standard_normal_quantile(confidence) ** 2
    if _is_column(numerator) or _is_column(denominator):
        persons = denominator.nullif(0) if _is_column(denominator) else denominator
        return score_interval(numerator * 1.0, persons, z2)
    events, persons = _events_of_persons(numerator=numerator, denominator=denominator)
    with np.errstate(invalid="ignore"):
        lower, upper = score_interval(events, persons, z2)
    return lower[()], upper[()]


def _is_column(figures: Column) -> bool:
    if "ibis" not in sys.modules:
        return False  # then nobody can have made one
    import ibis

    return isinstance(figures, ibis.Expr | ibis.Deferred)


def _events_of_persons(**named: Figures) -> list[Floats]:
    """Broadcast a numerator and its denominator, and refuse what cannot be a part of a whole."""
    events, persons = arrays = broadcast(**named)
    pair = dict(zip(named, arrays, strict=True))
    refuse((events < 0) | (persons < 0), "counts of 0 or more", **pair)
    refuse(events > persons, f"a {' that is at most its '.join(named)}", **pair)
    return arrays


def proportion_difference(
    n1: Figures, N1: Figures, n2: Figures, N2: Figures, confidence: float = 0.95
) -> tuple[Figures, Figures, Figures]:
    """Difference n1/N1 - n2/N2 of two independent proportions, (difference, lower, upper), each in [-1, 1].

    The hybrid of two Wilson intervals. NaN where a denominator is 0 or a figure is missing. Raises ValueError for a
    negative count or a numerator above its denominator. (Newcombe 1998, Stat Med 17:873, method 10)

    Newcombe's own example (table II): 56 of 70 less 48 of 80.

    >>> [round(float(figure), 4) for figure in proportion_difference(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    first_limits = wilson(n1, N1, confidence)
    second_limits = wilson(n2, N2, confidence)
    n1, N1, n2, N2 = broadcast(n1=n1, N1=N1, n2=n2, N2=N2)
    with np.errstate(invalid="ignore"):
        first, second = n1 / N1, n2 / N2
    lower, upper = difference_interval(first, *first_limits, second, *second_limits)
    # The method itself never leaves [-1, 1]; the rounding of floats may.
    return (first - second)[()], np.maximum(lower, -1.0), np.minimum(upper, 1.0)


def poisson_rate(
    events: Figures, exposure: Figures, confidence: float = 0.95, multiplier: float = 1
) -> tuple[Figures, Figures, Figures]:
    """Rate of events per unit of exposure times `multiplier`, (rate, lower, upper).

    exposure: persons, person-years or whatever the events come from; multiplier 1,000 gives a rate per 1,000. Below 10
    events the limits are the exact ones of the Poisson distribution (by chi-square), from 10 on Byar's approximation,
    at 95 % within 0.2 % of them. NaN where the exposure is 0 or a figure is missing. Raises ValueError for negative
    figures or a multiplier that is not above 0. (Breslow & Day 1987, IARC 82, p. 69; APHO Technical Briefing 3, 2008)

    100 events among 1,000 persons. Byar's limits of 100 are 100 (1 - 1/900 - 1.96/30)³ = 81.36 and
    101 (1 - 1/909 + 1.96/(3√101))³ = 121.63; per 1,000 persons they are the limits of the rate.

    >>> [round(float(figure), 2) for figure in poisson_rate(100, 1_000, multiplier=1_000)]
    [100.0, 81.36, 121.63]
    """
    z = standard_normal_quantile(confidence)
    _positive_multiplier(multiplier)
    events, exposure = broadcast(events=events, exposure=exposure)
    refuse((events < 0) | (exposure < 0), "events and exposure of 0 or more", events=events, exposure=exposure)
    lower, upper = _count_limits(events, z, 1 - confidence)
    per = multiplier / np.where(exposure > 0, exposure, np.nan)
    return (events * per)[()], (lower * per)[()], (upper * per)[()]


def count_limits(events: Column, confidence: float = 0.95) -> tuple[Column, Column]:
    """Limits of the expected number of events of an Ibis column of counts, (lower, upper), as in `poisson_rate`.

    Ibis has no chi-square quantiles, so the exact limits below 10 are written out, one pair per count. A fraction below
    10, as weights give, gets Byar's limits. Raises ValueError unless 0 < confidence < 1.
    (Breslow & Day 1987, IARC 82, p. 69)

    Tables of exact Poisson limits give 1.62 and 11.67 for 5 events.

    >>> import ibis
    >>> events = ibis.memtable({"events": [5.0]}).events
    >>> [round(float(limit.execute().iloc[0]), 2) for limit in count_limits(events)]
    [1.62, 11.67]
    """
    import ibis

    z = standard_normal_quantile(confidence)
    counts = np.arange(BYAR_FROM, dtype=float)
    exact = [limits.tolist() for limits in _count_limits(counts, z, 1 - confidence)]
    limits = []
    for few, byar in zip(exact, (byar_limit(events, -z), byar_limit(events + 1, z)), strict=True):
        written = [(events == count, limit) for count, limit in zip(counts.tolist(), few, strict=True)]
        limits.append(ibis.cases(*written, else_=ibis.greatest(byar, 0.0)))
    return limits[0], limits[1]


def _positive_multiplier(multiplier: float) -> None:
    if not 0 < multiplier < np.inf:
        raise ValueError(f"multiplier is a number above 0, such as 1000 for a rate per 1,000; found {multiplier}")


def _count_limits(events: Floats, z: float, alpha: float) -> tuple[Floats, Floats]:
    """Limits of the expected number of events, given the observed number."""
    from scipy import special

    few = events < BYAR_FROM
    # Half a quantile of chi-square with 2n degrees of freedom is a quantile of the gamma distribution of shape n.
    exact_lower = np.where(events == 0, 0.0, special.gammaincinv(np.where(events == 0, 1.0, events), alpha / 2))
    exact_upper = special.gammainccinv(events + 1, alpha / 2)
    many = np.where(few, np.nan, events)
    byar_lower, byar_upper = np.maximum(byar_limit(many, -z), 0), byar_limit(many + 1, z)
    return np.where(few, exact_lower, byar_lower), np.where(few, exact_upper, byar_upper)


def directly_standardised_rate(
    events: Figures,
    population: Figures,
    standard: Figures,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> tuple[Figures, Figures, Figures]:
    """Rate that the standard population would have with the strata's own rates, (rate, lower, upper) x `multiplier`.

    Strata, such as age groups, lie along the last axis of all three, which must be equally long there; the other axes
    broadcast and are those of the answer. Byar's limits of the total count are carried over to the weighted sum.
    All three are NaN below 10 events in all (the interval is then not valid), where a stratum has no population (its
    rate is unknown, not 0), and where a figure of any stratum is missing. Raises ValueError for negative figures, a
    standard population of nobody or strata that do not match.
    (Dobson, Kuulasmaa, Eberle & Scherer 1991, Stat Med 10:457; APHO Technical Briefing 3, 2008)

    Rates of 1 % among 1,000 young and 10 % among 100 old; the standard population is half young and half old, so its
    rate is (0.01 + 0.10) / 2 = 0.055. The weighted variance is 0.0005² 10 + 0.005² 10 = 0.0002525, that of the count
    20; Byar's limits of 20 are 12.21 and 30.89, so the lower one is 0.055 + √(0.0002525 / 20) (12.21 - 20) = 0.0273.

    >>> found = directly_standardised_rate([10, 10], [1_000, 100], [50, 50], multiplier=1)
    >>> [round(float(figure), 4) for figure in found]
    [0.055, 0.0273, 0.0937]
    """
    z = standard_normal_quantile(confidence)
    _positive_multiplier(multiplier)
    events, weight = _weighted_strata(events, population, standard)
    total = events.sum(axis=-1)
    total = np.where(total < BYAR_FROM, np.nan, total)
    rate = np.where(np.isnan(total), np.nan, (weight * events).sum(axis=-1))
    spread = ((weight**2 * events).sum(axis=-1) / total) ** 0.5
    lower, upper = _count_limits(total, z, 1 - confidence)
    limits = rate + spread * (lower - total), rate + spread * (upper - total)
    return (rate * multiplier)[()], (limits[0] * multiplier)[()], (limits[1] * multiplier)[()]


def gamma_standardised_rate(
    events: Figures,
    population: Figures,
    standard: Figures,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> tuple[Figures, Figures, Figures]:
    """Return the same rate with limits of the gamma distribution, which hold where strata have few events or none.

    Arguments, NaN and errors are those of `directly_standardised_rate`, but for few events, of which this is given too.
    The lower limit is 0 where there are none. The upper one takes one more event in the stratum of the largest weight,
    so that it is rather too high than too low. With equal weights both are the exact limits of a count.
    (Fay & Feuer 1997, Stat Med 16:791)

    Of 5 events in one stratum of 100 persons the limits are 1.62 and 11.67, as tables of Poisson limits have it.

    >>> [round(float(figure), 2) for figure in gamma_standardised_rate([5], [100], [1], multiplier=100)]
    [5.0, 1.62, 11.67]
    """
    standard_normal_quantile(confidence)
    _positive_multiplier(multiplier)
    from scipy import special

    tail = (1 - confidence) / 2
    events, weight = _weighted_strata(events, population, standard)
    rate, variance, largest = (weight * events).sum(axis=-1), (weight**2 * events).sum(axis=-1), weight.max(axis=-1)
    some = np.where(rate > 0, rate, 1.0)
    spread = np.where(rate > 0, variance, 1.0)
    lower = np.where(rate > 0, special.gammaincinv(some**2 / spread, tail) * spread / some, rate)
    above, wider = rate + largest, variance + largest**2
    upper = special.gammainccinv(above**2 / wider, tail) * wider / above
    return (rate * multiplier)[()], (lower * multiplier)[()], (upper * multiplier)[()]


def _weighted_strata(events: Figures, population: Figures, standard: Figures) -> tuple[Floats, Floats]:
    """Return the strata's events and what one event of each adds to the rate; NaN where a stratum has no population."""
    _same_strata(events=events, population=population, standard=standard)
    events, population, standard = broadcast(events=events, population=population, standard=standard)
    named = {"events": events, "population": population, "standard": standard}
    refuse((events < 0) | (population < 0) | (standard < 0), "figures of 0 or more", **named)
    whole = standard.sum(axis=-1)
    refuse(whole == 0, "a standard population of somebody", standard=whole)
    return events, standard / whole[..., np.newaxis] / np.where(population > 0, population, np.nan)


def _same_strata(**named: Figures) -> None:
    strata = {name: np.shape(_floats(name, figures))[-1:] for name, figures in named.items()}
    if len(set(strata.values())) > 1 or () in strata.values():
        found = ", ".join(f"{name} {length[0] if length else 'none'}" for name, length in strata.items())
        raise ValueError(f"expected the same number of strata along the last axis of each; found {found}")


def indirectly_standardised_ratio(
    observed: Figures, expected: Figures, confidence: float = 0.95
) -> tuple[Figures, Figures, Figures]:
    """Observed over expected events, (ratio, lower, upper); 1 is what the standard's rates would give.

    expected: the standard's rates times the own population, summed over strata; taken as known without error. Limits
    as in `poisson_rate`: exact below 10 observed events, Byar's from there. NaN where nothing is expected or a figure
    is missing. Raises ValueError for negative figures.
    (Breslow & Day 1987, IARC 82, p. 69; APHO Technical Briefing 3, 2008)

    5 events where 2.5 were expected: 5 / 2.5 = 2; the exact limits 1.62 and 11.67 of 5 events, over 2.5.

    >>> [round(float(figure), 2) for figure in indirectly_standardised_ratio(5, 2.5)]
    [2.0, 0.65, 4.67]
    """
    z = standard_normal_quantile(confidence)
    observed, expected = broadcast(observed=observed, expected=expected)
    refuse((observed < 0) | (expected < 0), "events of 0 or more", observed=observed, expected=expected)
    lower, upper = _count_limits(observed, z, 1 - confidence)
    per = 1 / np.where(expected > 0, expected, np.nan)
    return (observed * per)[()], (lower * per)[()], (upper * per)[()]


def mean_interval(mean: Figures, sd: Figures, n: Figures, confidence: float = 0.95) -> tuple[Figures, Figures]:
    """Student's interval of a mean, (lower, upper), in the unit of the mean.

    sd: standard deviation of the n observations (divisor n - 1), not of the mean. NaN below two observations or where
    a figure is missing. Raises ValueError for a negative sd or n.
    (Student 1908, Biometrika 6:1; APHO Technical Briefing 3, 2008)

    16 observations of mean 10 and standard deviation 2: 10 ± 2.1314 × 2 / √16, with t of 15 degrees of freedom.

    >>> [round(float(limit), 4) for limit in mean_interval(10, 2, 16)]
    [8.9343, 11.0657]
    """
    standard_normal_quantile(confidence)
    mean, sd, n = broadcast(mean=mean, sd=sd, n=n)
    refuse((sd < 0) | (n < 0), "a standard deviation and a number of 0 or more", sd=sd, n=n)
    n = np.where(n < 2, np.nan, n)
    from scipy import special

    half = special.stdtrit(n - 1, (1 + confidence) / 2) * sd / n**0.5
    return (mean - half)[()], (mean + half)[()]
