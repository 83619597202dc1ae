"""The attack by sums: areas, windows of years, quarters, sexes, parts of a population, and what open tables say.

A place is (indicator, area, period, sex, age). Each has a numerator and a denominator, in each edition; where nothing
says that a figure changed between two editions, they are one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.attack.counts import MOST, Counts, Name, ranges
from tests.attack.knowledge import Knowledge
from tests.attack.published import Edition, Row

Place = tuple[str, str, str, str, str]
BASE = 10  # groups below are hidden for that alone
NARROW = 3  # a range of fewer counts than this is as good as the count


@dataclass(frozen=True)
class Found:
    """A hidden count that the attack narrowed: its place, and what it can be."""

    place: Place
    low: float
    high: float
    edition: str = ""

    def __str__(self) -> str:
        return f"{'/'.join(self.place)} in {self.low:g}..{self.high:g} {self.edition}"


def found(
    editions: list[Edition],
    known: Knowledge,
    same: Callable[[Place, int, int], bool] | None = None,
    unplaced: Mapping[tuple[str, Place], float] | None = None,
    trusting: bool = False,
) -> list[Found]:
    """Return the hidden counts that follow from these editions together.

    same: whether a place's figure is one and the same in two editions (their numbers); without it all are. unplaced:
    what an area has more than its parts, by role (n or d) and place, known from elsewhere; nothing without it.
    trusting: the attacker believes what the documentation says, that a hidden figure is never zero nor all of a group;
    what he finds may be wrong then.
    """
    counts = Counts()
    versions = _versions(editions, same)
    hidden: dict[Name, tuple[Place, str]] = {}
    for number, edition in enumerate(editions):
        _take_measures(counts, edition, number, versions, hidden, trusting)
        _take_cells(counts, edition, number, versions, known)
    for number, edition in enumerate(editions):
        _tie(counts, edition, number, versions, known, unplaced or {})
    reached = ranges(counts, hidden)
    return [
        Found(place, *reached[name], edition)
        for name, (place, edition) in hidden.items()
        if name in reached and reached[name][1] - reached[name][0] + 1 < NARROW
    ]


def hidden_places(edition: Edition) -> set[Place]:
    """Return the places whose figures an edition hides."""
    return {place_of(row) for row in edition["measure"] if row["status"] == "suppressed"}


# ---- what is shown


Versions = dict[tuple[Place, int], int]


def _versions(editions: list[Edition], same: Callable[[Place, int, int], bool] | None) -> Versions:
    """Return the number of the first edition with the same figure, of each place and edition."""
    versions: Versions = {}
    for number, edition in enumerate(editions):
        for place in {place_of(row) for row in edition["measure"]}:
            before = number - 1
            while before >= 0 and (place, before) not in versions:
                before -= 1
            unchanged = before >= 0 and (same is None or same(place, before, number))
            versions[place, number] = versions[place, before] if unchanged else number
    return versions


def place_of(row: Row) -> Place:
    """Return the place of a row of `measure`."""
    return (row["indicator_id"], row["area_id"], row["period"], row["sex"], row["age"])


def _take_measures(
    counts: Counts,
    edition: Edition,
    number: int,
    versions: Versions,
    hidden: dict[Name, tuple[Place, str]],
    trusting: bool,
) -> None:
    own = _hidden_by_their_source(edition)
    for row in edition["measure"]:
        if row["status"] in ("missing", "not_applicable", "no_denominator"):
            continue
        place = place_of(row)
        version = versions[place, number]
        above, below = ("n", place, version), ("d", place, version)
        counts.add(below, row["denominator"])
        numerator = row["numerator"]
        if numerator is None and row["value"] is not None and row["denominator"]:
            numerator = row["value"] * row["denominator"]  # a rate per thousand is read wrong, and narrows nothing
        counts.add(above, numerator, *_rule(row, own, trusting))
        if "mean" in (row["method"] or "") or row["status"] in ("estimated", "incomplete"):
            counts.means |= {above, below}
        elif row["status"] == "suppressed":
            hidden[above] = (place, edition.name)


def _rule(row: Row, own: set[tuple[str, str]], trusting: bool) -> tuple[float, float]:
    """Return what is known of a hidden count by itself; of those who trust the rule, that it is not zero, nor all.

    Both are said to be shown, but where the group is small, or where the source hid the figure for reasons of its own.
    Of what is summed or subtracted nothing is said.
    """
    of = row["denominator"]
    summed = row["pooled"] or " minus " in row["source_table"] or (row["area_id"], row["period"]) in own
    if (
        not trusting
        or row["numerator"] is not None
        or row["status"] != "suppressed"
        or of is None
        or of < BASE
        or summed
    ):
        return 0.0, MOST if of is None or not row["method"].startswith("proportion") else of
    return 1.0, of - 1 if row["method"].startswith("proportion") else MOST


def _hidden_by_their_source(edition: Edition) -> set[tuple[str, str]]:
    """Return areas and periods in which a source hid a figure of some indicator."""
    areas = _areas(edition)
    return {
        (area, row["period"])
        for row in edition["observation"]
        if row["status"] == ":"
        for area in areas.get(row["area_id"], ())
    }


def _take_cells(counts: Counts, edition: Edition, number: int, versions: Versions, known: Knowledge) -> None:
    """Take in the numerators and denominators that stand in cells of delivered and open tables."""
    cells: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    areas = _areas(edition)
    for row in edition["observation"]:
        for area in areas.get(row["area_id"], ()):
            cells[f"{row['provider']}/{row['table_id']}", area, row["period"]].append(row)
    for (place, version_of), version in list(versions.items()):
        if version_of != number:
            continue
        indicator, area, period, *_ = place
        for source in known.sources.get(indicator, ()):
            if source.get("method") != "proportion":
                continue
            for role, word in (("n", "numerator"), ("d", "denominator")):
                value = _selected(cells.get((source["table"], area, period), []), source.get(word))
                name = (role, place, version)
                if value is not None and name in counts.bounds:
                    counts.add(name, value)


def _selected(rows: list[Row], wanted: dict[str, object] | None) -> float | None:
    """Return the sum of the cells that a selection names, where each of them is shown once."""
    if not wanted:
        return None
    chosen = {name: list(map(str, codes if isinstance(codes, list) else [codes])) for name, codes in wanted.items()}
    fit = [row for row in rows if all(row["dimensions"].get(name) in codes for name, codes in chosen.items())]
    expected = 1
    for codes in chosen.values():
        expected *= len(codes)
    if len(fit) != expected or any(row["value"] is None for row in fit):
        return None
    return sum(row["value"] for row in fit)


def _areas(edition: Edition) -> dict[str, set[str]]:
    """Return which areas a provider's code is by itself."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in edition["area_code"]:
        found[row["area_id"]].add(row["area_id"])
        if row["codes"] == 1 and row["weight"] in (None, 1.0):
            found[row["code"]].add(row["area_id"])
    return found


# ---- how they add up


def _tie(
    counts: Counts,
    edition: Edition,
    number: int,
    versions: Versions,
    known: Knowledge,
    unplaced: Mapping[tuple[str, Place], float],
) -> None:
    places = {place_of(row) for row in edition["measure"]}
    for place in places:
        indicator, area, period, sex, age = place
        name = _namer(versions, number)
        for parts in _times(period):
            _sum(counts, name, place, [(indicator, area, part, sex, age) for part in parts], places, {})
        for whole, members in known.divisions:
            if whole == area:
                parts = [(indicator, member, period, sex, age) for member in members]
                rests = any(member.endswith("-rest") for member in members)
                _sum(counts, name, place, parts, places, {} if rests else unplaced)
        if sex == "both":
            _sum(counts, name, place, [(indicator, area, period, part, age) for part in ("men", "women")], places, {})
        other = known.part_of.get(indicator)
        for whole_place in [held for held in places if held[:3] == (other, area, period)]:
            _contained(counts, name, whole_place, place)


def _namer(versions: Versions, number: int) -> Callable[[str, Place], Name]:
    return lambda role, place: (role, place, versions[place, number])


def _sum(
    counts: Counts,
    name: Callable[[str, Place], Name],
    whole: Place,
    parts: list[Place],
    places: set[Place],
    unplaced: Mapping[tuple[str, Place], float],
) -> None:
    if all(part in places for part in parts):
        for role in "nd":
            weights = {name(role, whole): 1.0} | {name(role, part): -1.0 for part in parts}
            more = unplaced.get((role, whole), 0.0)
            counts.between(weights, more, more)


def _contained(counts: Counts, name: Callable[[str, Place], Name], whole: Place, part: Place) -> None:
    above, below = name("n", whole), name("n", part)
    counts.between({above: 1.0, below: -1.0}, 0.0, 10.0**9)
    counts.between({name("d", whole): 1.0, name("d", part): -1.0, above: -1.0, below: 1.0}, 0.0, 10.0**9)


def _times(period: str) -> list[list[str]]:
    """Return the shorter periods that make up a period."""
    if window := re.fullmatch(r"(\d{4})-(\d{4})", period):
        first, last = map(int, window.groups())
        return [[str(year) for year in range(first, last + 1)]]
    if re.fullmatch(r"\d{4}", period):
        return [[f"{period}K{quarter}" for quarter in range(1, 5)], [f"{period}M{month:02}" for month in range(1, 13)]]
    return []
