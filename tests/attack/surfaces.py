"""The attack on later tables: gaps, changes, baselines, comparators and projections that tell a hidden value.

And on the files as bytes: texts and unusual numbers that stand in them though no table shows them.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.attack.published import Edition, Row

Spot = tuple[str, str, str]  # indicator, area, period


def told(edition: Edition) -> dict[Spot, list[tuple[float, str]]]:
    """Return every value that a column of a later table, or a difference of two, gives of a figure: and which."""
    found: dict[Spot, list[tuple[float, str]]] = defaultdict(list)

    def say(indicator: str, area: str | None, period: str | None, value: float | None, column: str) -> None:
        if area is not None and period is not None and value is not None:
            found[indicator, area, period].append((value, column))

    for row in [*edition["series"], *edition["series_history"]]:
        who = (row["indicator_id"], row["area_id"])
        say(*who, row["period"], row["value"], "series.value")
        say(*who, row["period"], row["lower"], "series.lower")
        say(*who, row["baseline_period"], row["baseline_value"], "series.baseline_value")
        say(*who, row["alternative_period"], row["alternative_value"], "series.alternative_value")
        say(*who, row["period"], _plus(row, "baseline_value", "change"), "series.change")
        say(*who, row["period"], _gap(row, "target_value", "gap_to_target"), "series.gap_to_target")
        say(*who, row["period"], _gap(row, "required_value", "gap_to_required"), "series.gap_to_required")
        say(who[0], row["comparator_id"], row["comparator_period"], row["comparator_value"], "series.comparator_value")
        say(*who, row["period"], _gap(row, "comparator_value", "gap_to_comparator"), "series.gap_to_comparator")
    for row in [*edition["comparison"], *edition["comparison_history"]]:
        who, other = (row["indicator_id"], row["area_id"]), (row["indicator_id"], row["comparator_id"])
        say(*who, row["period"], row["value"], "comparison.value")
        say(*other, row["comparator_period"], row["comparator_value"], "comparison.comparator_value")
        say(*who, row["period"], _plus(row, "comparator_value", "difference"), "comparison.difference")
        say(*who, row["baseline_period"], _plus(row, "value", "change", -1), "comparison.change")
        say(
            *other,
            row["baseline_period"],
            _plus(row, "comparator_value", "comparator_change", -1),
            "comparison.comparator_change",
        )
    for row in edition["measure_history"]:
        for column in ("value", "nominal"):
            say(row["indicator_id"], row["area_id"], row["period"], row[column], f"measure_history.{column}")
    _of_small_areas(edition, say)
    for row in edition["evaluation"]:
        say(row["indicator_id"], row["area_id"], row["period"], row["value"], "evaluation.value")
        say(
            row["indicator_id"],
            row["area_id"],
            row["period"],
            _plus(row, "reference", "estimate"),
            "evaluation.estimate",
        )
    return found


def _of_small_areas(edition: Edition, say: Callable[..., None]) -> None:
    """Say what modelled and standardised figures tell of an area's own."""
    for row in edition["small_area"]:
        who = (row["indicator_id"], row["area_id"], row["period"])
        say(*who, row["value"], "small_area.value")
        if row["own_weight"]:
            # The estimate is the mean of all areas and the area's own figure, by its weight.
            mean, weight = row["areas_mean"], row["own_weight"]
            say(*who, mean + (row["modelled"] - mean) / weight, "small_area.modelled")
    for row in edition["standardised"]:
        who = (row["indicator_id"], row["area_id"], row["period"])
        say(*who, row["crude"], "standardised.crude")
        say(*who, row["value"], "standardised.value")


def found(edition: Edition) -> dict[Spot, str]:
    """Return the hidden figures of which a later table tells the value, and by which column."""
    values = told(edition)
    hidden = {
        (row["indicator_id"], row["area_id"], row["period"])
        for row in edition["measure"]
        if row["status"] == "suppressed"
    }
    shown = {
        (row["indicator_id"], row["area_id"], row["period"]) for row in edition["measure"] if row["value"] is not None
    }
    return {
        spot: ", ".join(sorted({column for _, column in values[spot]})) for spot in hidden - shown if spot in values
    }


def trends_with_hidden_points(edition: Edition) -> set[Spot]:
    """Return the rows of series whose trend runs through more figures than are shown."""
    years: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in edition["measure"]:
        if row["value"] is not None:
            years[row["indicator_id"], row["area_id"]].append(row["period"])
    return {
        (row["indicator_id"], row["area_id"], row["period"])
        for row in edition["series"]
        if row["points"] and row["points"] > len(set(years[row["indicator_id"], row["area_id"]]))
    }


def held(files: Iterable[Path], texts: Iterable[str] = (), numbers: Iterable[float] = ()) -> list[str]:
    """Return which texts and numbers stand in the bytes of files, whether a table shows them or not."""
    wanted = {f"the text {text!r}": [text.encode(), text.encode("utf-16-le")] for text in texts}
    wanted |= {f"the number {number:g}": [struct.pack("<d", number)] for number in numbers}
    found = []
    for path in files:
        content = path.read_bytes()
        found += [f"{path.name}: {what}" for what, forms in wanted.items() if any(form in content for form in forms)]
    return found


def _plus(row: Row, first: str, second: str, sign: int = 1) -> float | None:
    return None if row[first] is None or row[second] is None else row[first] + sign * row[second]


def _gap(row: Row, against: str, gap: str) -> float | None:
    """Return a value that a gap gives, of an indicator of which more is better."""
    return _plus(row, against, gap)
