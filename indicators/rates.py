"""Proportions and their intervals, written so that one function serves columns and arrays alike.

The arithmetic uses only operators that NumPy arrays, Python floats and Ibis columns share; square roots are powers.
How figures are found and joined is `measures`' work.
"""

from statistics import NormalDist
from typing import Any

# A NumPy array, a float or an Ibis numeric column: whatever supports arithmetic.
Column = Any


def standard_normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal variable lies within +/- z with probability `confidence`.

    Raises ValueError unless 0 < confidence < 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is a probability between 0 and 1, such as 0.95; found {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(numerator: Column, denominator: Column, confidence: float = 0.95) -> tuple[Column, Column]:
    """Wilson score interval of a proportion, (lower, upper), as shares in [0, 1].

    Holds at 0 and at the denominator, where the normal interval collapses. The roots of the score equation are
    taken in conjugate form, so that 0 events give exactly 0 below and all events exactly 1 above.
    (Wilson 1927, JASA 22:209; Newcombe 1998, Stat Med 17:857, method 3)
    """
    z2 = standard_normal_quantile(confidence) ** 2
    events, others = numerator * 1.0, denominator - numerator
    root = (z2 * (events * others / denominator + z2 / 4)) ** 0.5
    lower = events**2 / (denominator * (events + z2 / 2 + root))
    upper = 1 - others**2 / (denominator * (others + z2 / 2 + root))
    return lower, upper


def difference_interval(
    first: Column, first_lower: Column, first_upper: Column, second: Column, second_lower: Column, second_upper: Column
) -> tuple[Column, Column]:
    """Interval of `first - second` from the intervals of two independent estimates, (lower, upper).

    Newcombe's hybrid score method, never the overlap of two intervals. (Newcombe 1998, Stat Med 17:873, method 10)
    """
    difference = first - second
    below = ((first - first_lower) ** 2 + (second_upper - second) ** 2) ** 0.5
    above = ((first_upper - first) ** 2 + (second - second_lower) ** 2) ** 0.5
    return difference - below, difference + above
