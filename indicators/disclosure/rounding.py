"""Shares without counts that were made to order: rounded so that they tell no count, or hidden.

2.33 per cent is 1 of 43 or 2 of 86. Counts are `cells`' matter.
"""

from indicators.disclosure.structure import Structure
from indicators.disclosure.sums import Row, is_public, sources_of

# Steps of rounding in per cent. A step is coarse enough where it holds three counts of the base.
_STEPS = (0.1, 0.5, 1.0, 5.0, 10.0)
_UNKNOWN_STEP, _COUNTS = 1.0, 3
_HIDDEN = dict.fromkeys(("value", "nominal", "lower", "upper", "confidence")) | {"status": "suppressed"}


def step_for(base: int | None) -> float | None:
    """Return to how many per cent a share on a base is rounded; None where no step is coarse enough.

    base: fewest persons that the share can rest on; None: nobody knows.

    >>> [step_for(base) for base in (None, 5000, 300, 43, 29)]
    [1.0, 0.1, 1.0, 10.0, None]
    """
    if base is None:
        return _UNKNOWN_STEP
    return next((step for step in _STEPS if step / 100 * base >= _COUNTS - 1e-9), None)


def coarse(row: Row, given: Structure) -> Row:
    """Return a figure of a small area as it may be published, where it is a share without counts; others as they are.

    On an unknown base 0 and 100 per cent are hidden: they may say something of every member of a small group.
    """
    per_cent = given.per_cent.get(row["indicator_id"])
    is_bare_share = row["numerator"] is None and row["value"] is not None and per_cent is not None
    if not is_bare_share or row["area_id"] not in given.small or is_public(row, given):
        return row
    base = given.demanded(row["indicator_id"], sources_of(row)).get("base")
    step = step_for(base)
    if step is None:
        return row | _HIDDEN
    # Rounded twice: 7 steps of 0.1 are 0.7000000000000001.
    rounded = round(round(row["value"] / per_cent / step) * step, 6)
    if base is None and not 0 < rounded < 100:
        return row | _HIDDEN
    return row | {"value": round(rounded * per_cent, 12)}
