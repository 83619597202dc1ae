"""The arithmetic of intervals that numbers, arrays and Ibis columns have in common.

Only operators that all of them have, and square roots are powers. Nothing is imported for it, so that who writes out
one figure's arithmetic does not wait for NumPy.
"""

from statistics import NormalDist
from typing import Any

# A NumPy array, a float or an Ibis numeric column: whatever supports arithmetic.
Column = Any

# From this count on Byar's approximation replaces the exact limits, and a directly standardised rate is given.
BYAR_FROM = 10


def standard_normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal variable lies within +/- z with probability `confidence`.

    Raises ValueError unless 0 < confidence < 1.

    The familiar 1.96 of 95 % intervals:

    >>> round(standard_normal_quantile(0.95), 2)
    1.96
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is a probability between 0 and 1, such as 0.95; found {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def score_interval(events: Column, persons: Column, z2: float) -> tuple[Column, Column]:
    """Roots of the score equation for a share, (lower, upper), in conjugate form; `rates.wilson` checks its figures.

    z2: the square of the normal quantile.
    """
    others = persons - events
    root = (z2 * (events * others / persons + z2 / 4)) ** 0.5
    lower = events**2 / (persons * (events + z2 / 2 + root))
    upper = 1 - others**2 / (persons * (others + z2 / 2 + root))
    return lower, upper


def byar_limit(events: Column, z: float) -> Column:
    """Byar's limit of the number of events expected: the lower one of n with -z, the upper one of n + 1 with z.

    (Breslow & Day 1987, Statistical methods in cancer research II, p. 69)

    16 events: 16 x (1 - 1 / 144 - 1.96 / 12)³ = 9.1394, and 17 x (1 - 1 / 153 + 1.96 / 12.3693)³ = 25.9833.

    >>> round(byar_limit(16, -1.96), 4), round(byar_limit(17, 1.96), 4)
    (9.1394, 25.9833)
    """
    return events * (1 - 1 / (9 * events) + z / (3 * events**0.5)) ** 3


# A share of less than ten half widths of its rounding implies a denominator that may be off by a tenth or more.
CERTAIN_FROM = 10


def implied_denominators(
    count: Column, share: Column, half_width: Column, multiplier: Column = 1
) -> tuple[Column, Column, Column]:
    """Persons that a count and its published share together imply, (denominator, fewest, most).

    share: in units of 1 / multiplier, so that a rate per 1,000 has the multiplier 1,000; not 0. half_width: of the
    share's rounding, in the same unit: 0.0005 for three decimals, 0 for a share that is not rounded. The true share
    lies within share +/- half_width, so the denominator between multiplier count / (share + half_width) and multiplier
    count / (share - half_width); never fewer than the count. Where the share is not above CERTAIN_FROM half widths the
    denominator is too uncertain to be used, which is the caller's to say.

    120 of whom it is said that they are 2.4 %: 120 / 0.024 = 5,000 persons, at least 120 / 0.0245 = 4,897.96 and at
    most 120 / 0.0235 = 5,106.38.

    >>> [round(float(persons), 2) for persons in implied_denominators(120, 0.024, 0.0005)]
    [5000.0, 4897.96, 5106.38]
    """
    persons = count * multiplier
    return persons / share, persons / (share + half_width), persons / (share - half_width)


def difference_interval(
    first: Column, first_lower: Column, first_upper: Column, second: Column, second_lower: Column, second_upper: Column
) -> tuple[Column, Column]:
    """Interval of `first - second` from the intervals of two independent estimates, (lower, upper).

    Newcombe's hybrid score method, never the overlap of two intervals. (Newcombe 1998, Stat Med 17:873, method 10)

    0.5 (0.4 to 0.6) less 0.3 (0.2 to 0.4): the half width is √(0.1² + 0.1²) = 0.1414. The difference is above 0, though
    the two intervals meet.

    >>> [round(limit, 4) for limit in difference_interval(0.5, 0.4, 0.6, 0.3, 0.2, 0.4)]
    [0.0586, 0.3414]
    """
    difference = first - second
    below = ((first - first_lower) ** 2 + (second_upper - second) ** 2) ** 0.5
    above = ((first_upper - first) ** 2 + (second - second_lower) ** 2) ** 0.5
    return difference - below, difference + above
