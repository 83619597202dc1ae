"""How sure, with one treated area: the test ranks it among all areas, and all else follows from that same test.

Pure. What is not rejected (`not_rejected`), and what would have been found (`minimum_detectable`), are computed by the
test that gives the p-value, so the three never contradict each other.

A statistic is the root mean square of an area's effects (rows x areas, the treated area first), over a scale of the
area: 1 for an average effect, the misfit before the start for synthetic controls. When the treated area's outcome is
changed, its own effects change with it, and by `loads` those of the areas that are compared with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicators.rates import Floats

SIGNIFICANCE, POWER = 0.05, 0.8
# Ranks are compared with this tolerance, so that rounding in the last bits decides nothing.
_TIE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Interval:
    """Constant effects that the permutation test does not reject, and the confidence that so many areas can give.

    pieces: one (lower, upper) for each stretch of such effects, with infinite ends where it has none. Usually there is
    one; there is none where the test rejects every constant effect.
    """

    pieces: tuple[tuple[float, float], ...]
    confidence: float

    @property
    def lower(self) -> float | None:
        """The least effect not rejected; None where there is no limit, or no such effect."""
        return self.pieces[0][0] if self.pieces and math.isfinite(self.pieces[0][0]) else None

    @property
    def upper(self) -> float | None:
        """The greatest effect not rejected; None where there is no limit, or no such effect."""
        return self.pieces[-1][1] if self.pieces and math.isfinite(self.pieces[-1][1]) else None

    @property
    def shape(self) -> str | None:
        """What is to be said of it where it is no plain interval; None where it is."""
        if not self.pieces:
            return "the test rejects every constant effect, so there is no interval: the effect was not constant"
        below, above = self.pieces[0][0] == -math.inf, self.pieces[-1][1] == math.inf
        if len(self.pieces) > 1:
            said = " and ".join(f"{lower:.4g} to {upper:.4g}" for lower, upper in self.pieces)
            return f"not one interval but several stretches of effects are not rejected: {said}"
        if below and above:
            return "the test rejects no effect, however large: it says nothing here"
        if below or above:
            return f"the test rejects no effect, however large, {'down' if below else 'up'}wards"
        return None


def permutation_p_value(statistics: Sequence[float] | Floats) -> float:
    """Share of areas whose statistic is at least as far from 0 as that of the first, the treated one.

    Two-sided, and counts the treated area itself, so 1/(J+1) is the smallest value; exact where every area was equally
    likely to get the programme. (Fisher 1935, The Design of Experiments; Abadie 2021, JEL 59:391)

    Two of five, the treated area with 3 and the one with -4, are at least 3 from 0.

    >>> permutation_p_value([3, -4, 1, 2, -2])
    0.4
    """
    size = np.abs(np.asarray(statistics, dtype=float))
    return float(np.mean(size >= size[0] * (1 - _TIE_TOLERANCE)))


def rejections(areas: int, significance: float = SIGNIFICANCE) -> int:
    """Number of ranks, from the most extreme, that are significant among so many areas; at least 1.

    With fewer than 20 areas a level of 5 % is out of reach; the first rank alone then gives the confidence 1 - 1/areas.
    (Abadie 2021, JEL 59:391)

    Of 40 areas 5 % are 2; of 10 the first alone has the level 10 %.

    >>> rejections(40), rejections(10)
    (2, 1)
    """
    return max(1, int(significance * areas + _TIE_TOLERANCE))


def not_rejected(
    effects: Floats, loads: Floats, *, scale: Floats | None = None, shape: Floats | None = None, ranks: int
) -> Interval:
    """Effects of the first area that the permutation test does not reject, exactly.

    effects: rows x areas. loads: how much an effect on the first area adds to each area's effects: 1 to its own, -w to
    those of an area that is compared with it with the weight w. scale: divides the areas' statistics; none: 1. shape:
    the effect in each row per unit; none: constant.

    An assumed effect is taken off the first area's outcome, all areas' statistics are computed anew, and ranked; the
    effect is rejected where the first area is among the `ranks` most extreme. (Fisher's test of a sharp null; Conley &
    Taber 2011, REStat 93:113. Firpo & Possebom 2018, J Causal Inference 6:2, add the effect to the placebos instead of
    taking it off the treated area: as valid, but the limits are wider, and often there are none.) The squared
    statistics are quadratic in the effect, so ranks change only at roots of quadratics, between which one effect stands
    for all.

    Changes of 4.5, 1 and 2 give the effects 4.5 - 1.5 = 3, 1 - 3.25 = -2.25 and 2 - 2.75 = -0.75. Less an effect of 1.5
    the first area's change is 3: 1.5 above the mean of 1 and 2, as far as 1 is then below the mean of 3 and 2. Less 4.5
    it is 0: 1.5 below the mean of 1 and 2, as far as 2 is above the mean of 0 and 1. For effects between these two the
    first area is not the most extreme, so the test does not reject them.

    >>> found = not_rejected(np.array([[3, -2.25, -0.75]]), np.array([1, -0.5, -0.5]), ranks=1)
    >>> round(found.lower, 4), round(found.upper, 4), round(found.confidence, 4)
    (1.5, 4.5, 0.6667)
    """
    rows, areas = effects.shape
    path = (np.ones(rows) if shape is None else shape)[:, np.newaxis]
    divisor = np.ones(areas) if scale is None else scale
    unit = np.abs(effects).max() or 1.0
    start, slope = effects / divisor / unit, path * loads / divisor
    # Per area: mean square of (start - slope x), x the effect over `unit`, as coefficients of x^2, x and 1.
    square, linear, constant = (slope**2).mean(0), -2 * (start * slope).mean(0), (start**2).mean(0)
    apart = np.stack([square[1:] - square[0], linear[1:] - linear[0], constant[1:] - constant[0]])
    roots = _roots(*apart)
    if not roots.size:
        inner, edges = np.zeros(1), np.array([-np.inf, np.inf])
    else:
        far = 1 + np.abs(roots).max()
        inner = np.concatenate([[roots[0] - far], (roots[1:] + roots[:-1]) / 2, [roots[-1] + far]])
        edges = np.concatenate([[-np.inf], roots, [np.inf]])
    differences = apart[0][:, np.newaxis] * inner**2 + apart[1][:, np.newaxis] * inner + apart[2][:, np.newaxis]
    own = square[0] * inner**2 + linear[0] * inner + constant[0]
    kept = (differences >= -_TIE_TOLERANCE * own).sum(0) >= ranks
    pieces: list[tuple[float, float]] = []
    for lower, upper in zip(edges[:-1][kept] * unit, edges[1:][kept] * unit, strict=True):
        if pieces and pieces[-1][1] == lower:
            pieces[-1] = (pieces[-1][0], float(upper))
        else:
            pieces.append((float(lower), float(upper)))
    return Interval(tuple(pieces), 1 - ranks / areas)


def _roots(square: Floats, linear: Floats, constant: Floats) -> Floats:
    """Real roots of quadratics, some of which may be lines or constants; sorted, each once."""
    curved = np.abs(square) > 1e-14 * np.maximum(1.0, np.abs(linear))
    inside = linear**2 - 4 * square * constant
    with np.errstate(divide="ignore", invalid="ignore"):
        half = -(linear + np.copysign(np.sqrt(np.maximum(inside, 0)), linear)) / 2
        first = np.where(curved, half / square, -constant / linear)
        second = np.where(curved, constant / half, first)
    found = np.concatenate([first, second])[np.tile(~curved | (inside >= 0), 2)]
    return np.unique(found[np.isfinite(found)])


def minimum_detectable(
    effects: Floats,
    weights: Floats,
    *,
    scale: Floats | None = None,
    shape: Floats | None = None,
    ranks: int,
    power: float = POWER,
) -> float | None:
    """Smallest effect that the permutation test finds with the given power; None where it never does so often.

    effects: rows x areas, of donors alone as if each were treated and compared with the others. weights: areas x areas,
    row j what area j is compared with. scale, shape, ranks: see `not_rejected`.

    An effect on a donor is found from that size on from which the test rejects that there is none: the far end of what
    the test does not reject without an effect. The treated area's is drawn from the same distribution where areas are
    exchangeable, so at least `power` of them lie below the donors' ceil(power (J + 1))th smallest (upwards and
    downwards counted alike), as for any prediction by ranks (Vovk, Gammerman & Shafer 2005, Algorithmic Learning in a
    Random World; effects added to placebos: Abadie, Diamond & Hainmueller 2015, American J Political Science 59:495).

    Of the changes -2, -1, 0, 1 and 2 the first needs most: 5 more make it 3, which is 3 - 0.5 = 2.5 above the mean of
    the others, as far as -1 is then below the mean of the others, (0 + 1 + 2 + 3) / 4 = 1.5.

    >>> changes = np.array([-2.0, -1, 0, 1, 2])
    >>> weights = (1 - np.eye(5)) / 4
    >>> minimum_detectable((changes - weights @ changes)[np.newaxis], weights, ranks=1)
    5.0
    """
    areas = effects.shape[1]
    ends = []
    for area in range(areas):
        order = np.concatenate([[area], np.delete(np.arange(areas), area)])
        loads = -weights[order, area]
        loads[0] = 1.0
        divisor = None if scale is None else scale[order]
        found = not_rejected(effects[:, order], loads, scale=divisor, shape=shape, ranks=ranks)
        # To add an effect is to take its opposite off.
        ends += [-found.pieces[0][0], found.pieces[-1][1]] if found.pieces else [0.0, 0.0]
    needed = math.ceil(power * 2 * (areas + 1) - _TIE_TOLERANCE)
    least = sorted(max(end, 0.0) for end in ends)[min(needed, len(ends)) - 1]
    return least if math.isfinite(least) else None
