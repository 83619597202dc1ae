"""Between which areas and indicators sums hold, and whose figures anybody can look up: read from the catalogue.

Which of these sums tie the figures of a table is worked out in `sums`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from indicators.catalogue import MULTIPLIER, Catalogue
from indicators.disclosure.made_to_order import large_areas

# Demands of which the smaller number is the stricter one.
_STRICTER_BELOW = ("rse_limit", "weak_series", "base")
_UNIT_DIGITS = 8
_WHOLE = 1 - 1e-9  # a weight from here on is 1, but for rounding


@dataclass(frozen=True)
class Structure:
    """What adds up to what, and what anybody can look up elsewhere.

    wholes: an area and the parts that cover it. rests: an area, its remainder, and the parts that the remainder leaves
    out. public: source tables whose figures their provider has published; of a delivery, only figures of municipalities
    and larger areas count as published (see `made_to_order`). small: ids of all other areas, rests among them.
    parts_of: indicator -> the indicator whose population contains its population. agreed: source table or indicator ->
    what is demanded of its figures (`Agreement` of the catalogue). per_cent: indicator of shares -> one per cent in its
    unit.
    """

    wholes: tuple[tuple[str, tuple[str, ...]], ...]
    rests: tuple[tuple[str, str, tuple[str, ...]], ...]
    public: frozenset[str]
    small: frozenset[str] = frozenset()
    parts_of: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, dict[str, Any]] = field(default_factory=dict)
    per_cent: dict[str, float] = field(default_factory=dict)

    def demanded(self, indicator: str, sources: Iterable[str]) -> dict[str, Any]:
        """Return what is demanded of a figure: the strictest of its sources' demands, and then the indicator's own."""
        found: dict[str, Any] = {}
        for source in sorted(sources):
            for name, value in self.agreed.get(source, {}).items():
                strictest = min if name in _STRICTER_BELOW else max
                found[name] = strictest(found.get(name, value), value)
        return found | self.agreed.get(indicator, {})


def structure(catalogue: Catalogue, membership: Iterable[dict[str, Any]] = ()) -> Structure:
    """Read from the catalogue what adds up to what.

    membership: rows of `geography.membership` and `derived`; areas that consist of the same basic statistical units as
    several smaller ones do are the sum of these, whether the catalogue says so or not.
    """
    areas = catalogue.areas
    children = defaultdict(list)
    for area in areas.values():
        if area.parent is not None and area.rest_of is None:
            children[area.parent, area.kind].append(area.id)
    declared = [(whole, tuple(parts)) for (whole, kind), parts in children.items() if kind in areas[whole].covered_by]
    said = {(whole, frozenset(parts)) for whole, parts in declared}
    tiled = [(whole, parts) for whole, parts in _tiled(catalogue, membership) if (whole, frozenset(parts)) not in said]
    published = {f"delivery/{contract.id}" for contract in catalogue.contracts.values() if contract.published}
    return Structure(
        wholes=(*declared, *tiled),
        rests=tuple(
            (area.rest_of.whole, area.id, tuple(area.rest_of.without))
            for area in areas.values()
            if area.rest_of is not None
        ),
        public=frozenset(published | set(catalogue.tables)),
        small=frozenset(areas) - large_areas(catalogue),
        parts_of={
            indicator.id: indicator.part_of
            for indicator in catalogue.indicators.values()
            if indicator.part_of is not None
        },
        agreed=_agreed(catalogue),
        per_cent={
            indicator.id: MULTIPLIER.get(indicator.unit, 1.0) / 100
            for indicator in catalogue.indicators.values()
            if indicator.unit == "share" or indicator.unit in MULTIPLIER
        },
    )


def _agreed(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    said = {name: table.disclosure for name, table in catalogue.tables.items()}
    said |= {f"delivery/{name}": contract.disclosure for name, contract in catalogue.contracts.items()}
    said |= {name: indicator.disclosure for name, indicator in catalogue.indicators.items()}
    return {name: given.model_dump(exclude_none=True) for name, given in said.items() if given is not None}


def _tiled(catalogue: Catalogue, membership: Iterable[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each area with the areas of one smaller kind that consist of exactly its units in the newest year."""
    units = _newest_units(membership)
    found = []
    for whole in units:
        kinds = defaultdict(list)
        for name, own in units.items():
            if name != whole and name in catalogue.areas and own < units[whole]:
                kinds[catalogue.areas[name].kind].append(name)
        for parts in kinds.values():
            covered = frozenset[str]().union(*(units[name] for name in parts))
            if covered == units[whole] and sum(len(units[name]) for name in parts) == len(covered):
                found.append((whole, tuple(parts)))
    return found


def _newest_units(membership: Iterable[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Return each area's basic statistical units in the newest year that all rows of units know."""
    rows = [row for row in membership if _is_unit(row["code"]) and row["weight"] >= _WHOLE]
    year = max((row["first_year"] for row in rows), default=None)
    found = defaultdict(set)
    for row in rows:
        if year is not None and row["first_year"] <= year <= row["last_year"]:
            found[row["area_id"]].add(row["code"])
    return {name: frozenset(codes) for name, codes in found.items()}


def _is_unit(code: str) -> bool:
    return code.isdigit() and len(code) == _UNIT_DIGITS and not code.endswith("00")
