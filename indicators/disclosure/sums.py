"""Which sums tie the figures of a table: areas, times, parts of a population, an indicator and its complement.

Says only what adds up. What is hidden is decided by `cells`. A figure that is in no table, but follows from others or
ties others together, becomes a cell that is never published.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Any

from indicators.disclosure.cells import Cell, Sum
from indicators.disclosure.structure import Structure

Key = tuple[str, str, str, str, str]
"""indicator_id, area_id, period, sex, age."""
Row = dict[str, Any]
Rows = dict[Key, Row]
_MOST_PARTS = 6  # parts of one population that are combined with each other
_AGES = re.compile(r"(\d+)(?:\s*-\s*(\d+)|\+)?")
_OLDEST = 200
_TINY = 1e-6
_COUNTS = ("numerator", "denominator")


def key_of(row: Row) -> Key:
    """Return what a figure is about."""
    return row["indicator_id"], row["area_id"], row["period"], row["sex"], row["age"]


def sources_of(row: Row) -> set[str]:
    """Return the source tables that the figure is made of."""
    return set(re.split(r" minus |, ", row["source_table"]))


def is_public(row: Row, given: Structure) -> bool:
    """Tell whether providers have published all that the figure is made of."""
    sources = sources_of(row)
    delivered = any(name.startswith("delivery/") for name in sources)
    return sources <= given.public and not (delivered and row["area_id"] in given.small)


def families(rows: Rows, given: Structure) -> list[tuple[list[str], Rows]]:
    """Return the indicators that must be protected together, each group with its figures; usually one alone."""
    rows_of: dict[str, Rows] = defaultdict(dict)
    for key, row in rows.items():
        # A figure that its provider does not have is no secret; a figure that its provider hides is.
        if row["numerator"] is not None or row["status"] == "suppressed":
            rows_of[key[0]][key] = row
    group = {indicator: indicator for indicator in rows_of}

    def root(indicator: str) -> str:
        while group.get(indicator, indicator) != indicator:
            indicator = group[indicator]
        return indicator

    ties = [(part, whole) for part, whole in given.parts_of.items() if part in group]
    ties += _complementary_pairs(rows_of)
    for one, other in ties:
        group[root(one)] = root(other)
    members = defaultdict(list)
    for indicator in rows_of:
        members[root(indicator)].append(indicator)
    return [
        (names, {key: row for indicator in names for key, row in rows_of[indicator].items()})
        for names in members.values()
    ]


def _complementary_pairs(rows_of: dict[str, Rows]) -> list[tuple[str, str]]:
    """Return pairs of indicators that count those who are and those who are not: everywhere they add up to the base."""
    pairs = combinations(sorted(rows_of), 2)
    return [(one, other) for one, other in pairs if _add_up(rows_of[one], rows_of[other])]


def _add_up(one: Rows, other: Rows) -> bool:
    places = {key[1:3]: row for key, row in other.items()}
    shared = [(row, places[key[1:3]]) for key, row in one.items() if key[1:3] in places]
    known = [pair for pair in shared if all(row[name] is not None for row in pair for name in _COUNTS)]
    return bool(known) and all(
        abs(row["denominator"] - base["denominator"]) < _TINY
        and abs(row["numerator"] + base["numerator"] - base["denominator"]) < _TINY
        for row, base in known
    )


def tied(rows: Rows, cells: dict[Any, Cell], given: Structure) -> list[Sum]:
    """Return every sum that ties published figures; adds cells to `cells` that are in a sum but in no table.

    Sums of figures that are all public elsewhere are left out: they have nothing to protect. So is a sum that a figure
    nobody has makes worthless: one that is in no other sum, and not the only such in this one.
    """
    possible = [
        (total, parts) for total, parts in _possible(rows, given) if not _all_public([total, *parts], rows, given)
    ]
    useful = _useful([(total, list(parts)) for total, parts in dict.fromkeys((t, tuple(p)) for t, p in possible)], rows)
    found = _filled(useful, cells)
    return [*found, *_subpopulations(rows, cells, given), *_complements(rows, cells)]


def _all_public(keys: Iterable[Key], rows: Rows, given: Structure) -> bool:
    return all(is_public(rows[key], given) for key in keys if key in rows)


def _useful(sums: list[tuple[Key, list[Key]]], rows: Rows) -> list[tuple[Key, list[Key]]]:
    while True:
        uses = Counter(key for total, parts in sums for key in (total, *parts) if key not in rows)
        kept = [(total, parts) for total, parts in sums if _is_useful(total, parts, uses)]
        if len(kept) == len(sums):
            return sums
        sums = kept


def _is_useful(total: Key, parts: list[Key], uses: Counter[Key]) -> bool:
    """Tell whether a sum says something of figures that exist.

    The total of shown parts reveals nothing that is hidden, unless it is a part of something itself.
    """
    absent = [key for key in (total, *parts) if key in uses]
    lone = [key for key in absent if uses[key] == 1]
    return not lone or (lone == absent and len(lone) == 1 and lone[0] != total)


def _filled(sums: list[tuple[Key, list[Key]]], cells: dict[Any, Cell]) -> list[Sum]:
    """Add a cell for each figure that is in no table, with its count where that follows from others."""
    waiting, impossible = list(sums), set[Key]()
    kept: list[Sum] = []
    progress = True
    while progress:
        progress = False
        for total, parts in waiting:
            absent = [key for key in (total, *parts) if key not in cells and key not in impossible]
            if len(absent) == 1:
                found = _following(absent[0], total, parts, cells)
                progress = True
                if found is None:
                    impossible.add(absent[0])
                else:
                    cells[absent[0]] = found
    for total, parts in waiting:
        keys = [total, *parts]
        if not impossible.intersection(keys):
            for key in keys:
                cells.setdefault(key, Cell(key, None, None, importance=0.0))
            kept.append((total, parts))
    return kept


def _following(key: Key, total: Key, parts: list[Key], cells: dict[Any, Cell]) -> Cell | None:
    """Return the only figure of a sum that is in no table; without a count where another one has none.

    None where the sum cannot be right: two sources do not fit together, and what is left over is nobody.
    """
    others = [cells[part] for part in parts if part != key]
    if any(cell.numerator is None for cell in others) or (key != total and cells[total].numerator is None):
        return Cell(key, None, None, importance=0.0)
    if key != total:
        found = remainder(key, cells[total], others)
        in_time = key[1] == total[1]
        # The residents of the quarters of a year are the same: their counts add up, their bases do not.
        return found or (remainder(key, cells[total]._replace(denominator=None), others) if in_time else None)
    bases = [cell.denominator for cell in others]
    known = [base for base in bases if base is not None]
    return Cell(
        key,
        sum(cell.numerator or 0.0 for cell in others),
        sum(known) if len(known) == len(bases) else None,
        importance=0.0,
    )


def remainder(key: Hashable, whole: Cell, parts: list[Cell]) -> Cell | None:
    """Return the cell that is the whole less the parts, never published; None where it cannot be a count of persons.

    That is so where a count is unknown, and where two sources do not fit together: then the remainder is nobody.
    """
    numerator = _difference(whole.numerator, [part.numerator for part in parts])
    denominator = _difference(whole.denominator, [part.denominator for part in parts])
    if numerator is None or numerator < 0 or (denominator is not None and denominator < numerator):
        return None
    return Cell(key, numerator, denominator, importance=0.0)


def _difference(whole: float | None, parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    if whole is None or len(known) < len(parts):
        return None
    # Rounded, because the difference of weighted counts has an error that would look like a tiny count.
    return round(whole - sum(known), 6)


def _possible(rows: Rows, given: Structure) -> Iterator[tuple[Key, list[Key]]]:
    """Yield (total, parts) of every sum that may tie the rows, whether or not all of its figures exist.

    A whole is treated as the sum of its parts, although a few residents have no known address in any of them. So the
    attacker is taken to know how many these residents are; they are no group to look for, and are not protected.
    """
    divisions = [*given.wholes, *((whole, (rest, *without)) for whole, rest, without in given.rests)]
    for indicator, period, sex, age in sorted({(key[0], *key[2:]) for key in rows}):
        for whole, parts in divisions:
            yield (indicator, whole, period, sex, age), [(indicator, part, period, sex, age) for part in parts]
    series: dict[Any, Rows] = defaultdict(dict)
    for key, row in rows.items():
        series[key[0], key[1], key[3], key[4]][key] = row
    for own in series.values():
        yield from _times(own)


def _times(rows: Rows) -> Iterator[tuple[Key, list[Key]]]:
    """Yield how the periods of one series add up: years to windows, quarters and months to years.

    Periods of equal length that follow each other from the first month to the last make up the longer one, whoever made
    it. Years are looked for even where nobody has them, as overlapping windows tie them.
    """
    spans = {_months(row): key for key, row in rows.items()}
    lengths = {last - first for first, last in spans}
    lengths |= {12} if any(length > 12 for length in lengths) else set()
    for (first, last), key in spans.items():
        for length in sorted(lengths):
            if length < last - first and (last - first) % length == 0:
                yield key, [_part(key, spans, start, length) for start in range(first, last, length)]


def _months(row: Row) -> tuple[int, int]:
    """Return the first month of a period and the one after its last, counted from the year 0."""
    start, end = row["period_start"], row["period_end"]
    return start.year * 12 + start.month - 1, end.year * 12 + end.month


def _part(key: Key, spans: dict[tuple[int, int], Key], start: int, length: int) -> Key:
    found = spans.get((start, start + length))
    if found is not None:
        return found
    year = str(start // 12)
    label = year if length == 12 and start % 12 == 0 else f"{date(start // 12, start % 12 + 1, 1)} +{length} months"
    return (key[0], key[1], label, *key[3:])


def _subpopulations(rows: Rows, cells: dict[Any, Cell], given: Structure) -> Iterator[Sum]:
    """Tie indicators of parts of a population to that of the whole population: whole = parts + everyone else.

    Parts that have nobody in common, because they are of different sex or age, are subtracted together as well. Nobody
    publishes the figure of everyone else, but readers who see the others can subtract.
    """
    by_place = {key[:3]: key for key in rows}
    parts_of: dict[Key, list[Key]] = defaultdict(list)
    for key in rows:
        whole = by_place.get((given.parts_of.get(key[0], ""), *key[1:3]))
        if whole is not None:
            parts_of[whole].append(key)
    for whole, parts in parts_of.items():
        for chosen in _apart(sorted(parts)[:_MOST_PARTS]):
            if _all_public([whole, *chosen], rows, given):
                continue
            everyone_else = _everyone_else(("others", whole, *chosen), cells[whole], [cells[key] for key in chosen])
            if everyone_else is not None:
                cells[everyone_else.key] = everyone_else
                yield whole, [*chosen, everyone_else.key]


def _everyone_else(key: Hashable, whole: Cell, parts: list[Cell]) -> Cell | None:
    """Return the cell of those who are in no part; without a count where a provider hides one of the others.

    A hidden part of a shown whole is no larger than that, and a hidden whole is no smaller than a shown part.
    """
    if all(cell.numerator is not None for cell in (whole, *parts)):
        return remainder(key, whole, parts)
    base = _difference(whole.denominator, [part.denominator for part in parts])
    return Cell(key, None, base if base is not None and base >= 0 else None, importance=0.0)


def _apart(parts: list[Key]) -> Iterator[tuple[Key, ...]]:
    """Yield every choice of parts of which no two have anybody in common."""
    for size in range(1, len(parts) + 1):
        for chosen in combinations(parts, size):
            if all(_disjoint(one, other) for one, other in combinations(chosen, 2)):
                yield chosen


def _disjoint(one: Key, other: Key) -> bool:
    sexes = {one[3], other[3]}
    if len(sexes) == 2 and "both" not in sexes:
        return True
    ages = sorted(_ages(key[4]) for key in (one, other))
    return ages[0][1] < ages[1][0]


def _ages(text: str) -> tuple[int, int]:
    matched = _AGES.fullmatch(text.strip())
    if matched is None:
        return 0, _OLDEST
    first = int(matched[1])
    return first, int(matched[2]) if matched[2] else _OLDEST if "+" in text else first


def _complements(rows: Rows, cells: dict[Any, Cell]) -> Iterator[Sum]:
    """Tie an indicator to the one that counts all others of its base: together they are the base, which is known."""
    of: dict[str, Rows] = defaultdict(dict)
    for key, row in rows.items():
        of[key[0]][key] = row
    for one, other in _complementary_pairs(of):
        places = {key[1:3]: key for key in of[other]}
        for key in (key for key in of[one] if key[1:3] in places):
            counterpart, base = places[key[1:3]], cells[key].denominator
            if base is not None and cells[counterpart].denominator is not None:
                everybody = ("everybody", key, counterpart)
                cells[everybody] = Cell(everybody, base, None, importance=math.inf)
                yield everybody, [key, counterpart]
