"""The attack by shares: a hidden count whose share of a known or nearly known group is shown.

NAV writes 0 for 1-3 persons and leaves the share beside it; of the rows that show both, the group can be bounded.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from tests.attack.counts import MOST, Counts, ranges
from tests.attack.published import Edition, Row


@dataclass(frozen=True)
class Layout:
    """A table of counts and shares: their codes, how a share is rounded (half a unit), and what scale it has."""

    table: str
    count: str
    share: str
    half: float
    scale: float
    group: tuple[str, ...]  # dimensions within which rows have the same group
    least: int  # of what the source hides: 0 where its file has zeros for hidden counts, so that these are hidden too
    most: int = 3
    sexes: tuple[str, str, str] = ("0", "1", "2")


NAV = (
    Layout("nav_unemployment", "persons", "share_of_labour_force", 0.0005, 1.0, ("Kjonn",), 0),
    Layout("nav_reduced_work_capability", "persons", "percent_of_population", 0.05, 100.0, ("Kjonn", "Alder"), 1),
)


def found(edition: Edition, layout: Layout) -> tuple[int, list[tuple[tuple[str, ...], float, float]]]:
    """Return how many counts of a table are hidden, and those that follow from shares and sexes, with their range.

    The attacker knows which counts the source hid (`:`), and that what was hidden along is larger than these.
    """
    counts, hidden = Counts(), []
    for (area, period), rows in _by_place(edition, layout.table).items():
        groups: dict[tuple[str, ...], list[dict[str, Row]]] = defaultdict(list)
        for cell in _cells(rows).values():
            groups[tuple(cell_dim(cell, name) for name in layout.group)].append(cell)
        for cells in groups.values():
            least, most = _bounds(cells, layout)
            for cell in cells:
                count, share = cell.get(layout.count), cell.get(layout.share)
                if count is None:
                    continue
                others = {k: v for k, v in count["dimensions"].items() if k != "ContentsCode"}
                name = (area, period, *(f"{k}={v}" for k, v in sorted(others.items())))
                counts.add(name, count["value"], *_by_status(count.get("status"), layout))
                if count["value"] is None:
                    hidden.append(name)
                    if share is not None and share["value"] is not None:
                        low = (share["value"] - layout.half) / layout.scale * least
                        high = (share["value"] + layout.half) / layout.scale * most
                        counts.add(name, None, *_whole(low, high))
        _sexes(counts, area, period, rows, layout)
    reached = ranges(counts, hidden)
    return len(hidden), [
        (name, *reached[name]) for name in hidden if name in reached and reached[name][1] - reached[name][0] < 2
    ]


def _by_status(status: str | None, layout: Layout) -> tuple[float, float]:
    """Return what a hidden count can be by who hid it."""
    if status == ":":
        return layout.least, layout.most
    return (layout.most + 1, MOST) if status == "suppressed" else (0.0, MOST)


def _whole(low: float, high: float) -> tuple[float, float]:
    """Return the whole numbers between two bounds; all of them where there are none, for then the bounds are wrong."""
    least, most = max(0, math.ceil(low - 1e-9)), math.floor(high + 1e-9)
    return (least, most) if least <= most else (0.0, MOST)


def _by_place(edition: Edition, table: str) -> dict[tuple[str, str], list[Row]]:
    places: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in edition["observation"]:
        if row["table_id"] == table:
            places[row["area_label"] or row["area_id"], row["period"]].append(row)
    return places


def _cells(rows: list[Row]) -> dict[tuple[tuple[str, str], ...], dict[str, Row]]:
    """Return the contents of each cell, by its dimensions."""
    cells: dict[tuple[tuple[str, str], ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        rest = tuple(sorted((k, v) for k, v in row["dimensions"].items() if k != "ContentsCode"))
        cells[rest][row["dimensions"]["ContentsCode"]] = row
    return cells


def cell_dim(cell: dict[str, Row], name: str) -> str:
    """Return a dimension's code of a cell."""
    return next(iter(cell.values()))["dimensions"].get(name, "")


def _bounds(cells: list[dict[str, Row]], layout: Layout) -> tuple[float, float]:
    """Return how large the group is at least and at most, by the rows that show both count and share."""
    least, most = 0.0, 1e7
    for cell in cells:
        count, share = cell.get(layout.count), cell.get(layout.share)
        if count is None or share is None or not count["value"] or not share["value"]:
            continue
        least = max(least, count["value"] * layout.scale / (share["value"] + layout.half))
        if share["value"] > layout.half:
            most = min(most, count["value"] * layout.scale / (share["value"] - layout.half))
    return (least, most) if least <= most else (0.0, 1e7)


def _sexes(counts: Counts, area: str, period: str, rows: list[Row], layout: Layout) -> None:
    """Say that women and men make up both."""
    held = set()
    for row in rows:
        if row["dimensions"]["ContentsCode"] == layout.count:
            others = {k: v for k, v in row["dimensions"].items() if k != "ContentsCode"}
            held.add((area, period, *(f"{k}={v}" for k, v in sorted(others.items()))))
    for name in held:
        both = f"Kjonn={layout.sexes[0]}"
        if both in name:
            parts = [tuple(f"Kjonn={sex}" if word == both else word for word in name) for sex in layout.sexes[1:]]
            if all(part in held for part in parts):
                counts.between({name: 1.0} | dict.fromkeys(parts, -1.0), 0.0, 0.0)


def implied(edition: Edition) -> list[tuple[str, str, str, float]]:
    """Return the hidden figures beside which a denominator stands that was made of their count: it is no whole number.

    A denominator implied by count and rounded share is a fraction that tells of which numbers it was made: 230.769 is
    3 / 0.013, so the count is 3, 6, 9 and so on, and the share tells which.
    """
    return [
        (row["indicator_id"], row["area_id"], row["period"], row["denominator"])
        for row in edition["measure"]
        if row["status"] == "suppressed" and row["denominator"] is not None and row["denominator"] % 1
    ]
