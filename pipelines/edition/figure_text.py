"""Figures in plain text, in English: with unit, sign and as many decimals as the catalogue has for them."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
"""A row with `unit` and `decimals`."""
UNITS = {"share": " %", "years": " years", "points": " points", "NOK": " NOK", "µg/m³": " µg/m³"}
_DIFFERENCES = {"share": " pp"}


def figure(row: Row, name: str) -> str:
    """Return a figure of a row with its unit (the row has `unit` and `decimals`); nothing where there is none."""
    value = row[name]
    return "" if value is None else number(row, value) + UNITS.get(row["unit"], f" {row['unit']}")


def difference(row: Row, name: str) -> str:
    """Return a difference of two figures of a row with its sign and unit: of shares, percentage points."""
    value = row[name]
    unit = _DIFFERENCES.get(row["unit"]) or UNITS.get(row["unit"], f" {row['unit']}")
    return "" if value is None else number(row, value, sign=True) + unit


def number(row: Row, value: float, *, sign: bool = False) -> str:
    """Return a figure as it is shown, without its unit."""
    scale = 100 if row["unit"] == "share" else 1
    return f"{value * scale:{'+' if sign else ''},.{row['decimals']}f}"


def probability(share: float) -> str:
    """Return a probability in whole per cent, as < 1 % or > 99 % rather than as 0 or 100 %."""
    return "< 1 %" if share < 0.01 else "> 99 %" if share > 0.99 else f"{share:.0%}".replace("%", " %")
