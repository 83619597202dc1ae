"""How a figure was computed, written out with its numbers, line by line, so that anybody can do it again by hand.

Only text and the figures that it ends in. The methods are those of `rates`; the tests compare the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.intervals import BYAR_FROM, byar_limit, implied_denominators, score_interval, standard_normal_quantile

_PER = {1_000.0: " per 1,000", 100_000.0: " per 100,000"}


@dataclass(frozen=True)
class Worked:
    """Lines of arithmetic, and the value and limits that they end in; no limits where the figure has none."""

    lines: tuple[str, ...]
    value: float
    lower: float | None = None
    upper: float | None = None


def proportion(numerator: float, denominator: float, confidence: float = 0.95) -> Worked:
    """Write out a share and its Wilson interval (Wilson 1927; Newcombe 1998, method 3).

    Raises ValueError where the numerator is no part of the denominator.
    """
    n, N, z = numerator, denominator, standard_normal_quantile(confidence)
    if not 0 <= n <= N:
        raise ValueError(
            f"found numerator {n:g}, denominator {N:g}; expected a numerator that is at most its denominator"
        )
    lower, upper = score_interval(n, N, z**2)
    middle, half = n + z**2 / 2, z * (n * (N - n) / N + z**2 / 4) ** 0.5
    return Worked(
        (
            f"{count(n)} / {count(N)} = {_share(n / N)}",
            f"Wilson interval, {confidence:.0%}: (n + z²/2 ± z √(n (N - n)/N + z²/4)) / (N + z²), z = {z:.6f}",
            f"({count(n)} + {z**2 / 2:.6f} ± {half:,.6f}) / ({count(N)} + {z**2:.6f})",
            f"lower ({middle:,.6f} - {half:,.6f}) / {N + z**2:,.6f} = {_share(lower)}",
            f"upper ({middle:,.6f} + {half:,.6f}) / {N + z**2:,.6f} = {_share(upper)}",
        ),
        n / N,
        lower,
        upper,
    )


def implied(numerator: float, value: float, rounding: float, multiplier: float = 1, confidence: float = 0.95) -> Worked:
    """Write out the denominator that a count and a published share or rate imply, and the interval over its rounding.

    value, rounding: in units of 1 / multiplier (see `intervals.implied_denominators`). Raises ValueError as
    `proportion`.
    """
    per = _PER.get(multiplier, "")
    _persons, least, most = (float(figure) for figure in implied_denominators(numerator, value, rounding, multiplier))
    least = max(least, numerator)
    lines = (
        f"rounded to within {rounding:g}{per}: the denominator lies between {count(numerator)} × {multiplier:,.0f} / "
        f"{value + rounding:.6g} = {least:,.2f} and {count(numerator)} × {multiplier:,.0f} / {value - rounding:.6g} = "
        f"{most:,.2f}",
        "lower limit of the largest, upper limit of the smallest:",
    )
    if multiplier > 1:
        low, high = rate(numerator, most, multiplier, confidence), rate(numerator, least, multiplier, confidence)
    else:
        low, high = proportion(numerator, most, confidence), proportion(numerator, least, confidence)
    return Worked((*lines, *low.lines, *high.lines), value, low.lower, high.upper)


def rate(numerator: float, denominator: float, multiplier: float, confidence: float = 0.95) -> Worked:
    """Write out a rate and its Poisson interval: exact below 10 events, Byar's from 10 (Breslow & Day 1987, p. 69).

    Raises ValueError for negative figures.
    """
    n, N, z = numerator, denominator, standard_normal_quantile(confidence)
    if n < 0 or N < 0:
        raise ValueError(f"found events {n:g}, exposure {N:g}; expected events and exposure of 0 or more")
    value = n / N * multiplier
    per = _PER.get(multiplier, "")
    first = f"{count(n)} / {count(N)} × {multiplier:,.0f} = {value:,.4f}{per}"
    if n < BYAR_FROM:
        from scipy.special import gammaincinv

        alpha = 1 - confidence
        # Half a quantile of chi-square with 2n degrees of freedom is a quantile of the gamma distribution of shape n.
        low, high = float(gammaincinv(n, alpha / 2)) if n else 0.0, float(gammaincinv(n + 1, 1 - alpha / 2))
        limits = (
            f"exact Poisson limits of {count(n)} events: χ²({alpha / 2:g}; {2 * n:g}) / 2 = {low:.6f}, "
            f"χ²({1 - alpha / 2:g}; {2 * n + 2:g}) / 2 = {high:.6f}",
        )
    else:
        low, high = byar_limit(n, -z), byar_limit(n + 1, z)
        limits = (
            f"Byar's limits of {count(n)} events, z = {z:.6f}: n (1 - 1/(9n) - z/(3√n))³ = {low:,.6f}, "
            f"(n+1) (1 - 1/(9(n+1)) + z/(3√(n+1)))³ = {high:,.6f}",
        )
    lower, upper = low / N * multiplier, high / N * multiplier
    ends = (
        f"lower {low:,.6f} / {count(N)} × {multiplier:,.0f} = {lower:,.4f}",
        f"upper {high:,.6f} / {count(N)} × {multiplier:,.0f} = {upper:,.4f}",
    )
    return Worked((first, *limits, *ends), value, lower, upper)


def total(what: str, parts: Sequence[float]) -> Worked:
    """Write out a sum; a long one is shortened in its middle."""
    shown = [count(part) for part in parts]
    if len(shown) > 12:
        shown = [*shown[:6], f"… {len(parts) - 9} more …", *shown[-3:]]
    return Worked((f"{what}: {' + '.join(shown)} = {count(sum(parts))}",), sum(parts))


def mean(what: str, parts: Sequence[float]) -> Worked:
    """Write out the mean of some published figures."""
    value = sum(parts) / len(parts)
    return Worked((f"{what}: mean of {len(parts)} published figures = {value:,.6g}",), value)


def count(number: float) -> str:
    """Write a count: whole where it is, with its fraction where a weight gave it one."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.4f}"


def _share(value: float) -> str:
    return f"{value:.6f} = {value * 100:.2f} %"
