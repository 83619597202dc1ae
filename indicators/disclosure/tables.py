"""Disclosure control of a table of measures: which cells there are, which sums tie them, and what is blanked.

What is hidden is decided by `cells`; which tables are published belongs to the pipelines. Sums never cross
indicators, but for indicators that the catalogue calls a part of another.
"""

import hashlib
import hmac
import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ibis
import pyarrow as pa
from ibis import Table, _

from indicators.catalogue import Catalogue
from indicators.disclosure.cells import CannotProtect, Cell, Decision, Rules, Sum, is_small, protect
from indicators.disclosure.made_to_order import large_areas
from indicators.measures import placed

Key = tuple[str, str, str, str, str]
# Columns that are blanked in a hidden row; the denominator too where it would reveal one that a provider hides.
HIDDEN = ("numerator", "value", "lower", "upper", "confidence")
# Statuses that `unreliable` replaces; any other says something more important.
_LESS_THAN_UNRELIABLE = (None, "estimated")
# The price of hiding a figure: of a small area, of a larger one; and what a pooled window's is multiplied by:
# small areas are judged by windows, so that a single year is hidden instead where possible.
_SMALL_AREA, _LARGE_AREA, _WINDOW = 1.0, 5.0, 2.0
_PROTECTED = b"protected"  # the key in the table's metadata


@dataclass(frozen=True)
class Structure:
    """What adds up to what, and what anybody can look up elsewhere.

    wholes: an area and the parts that cover it. rests: an area, its remainder, and the parts that the remainder leaves
    out. public: source tables whose figures their provider has published; of a delivery, only figures of municipalities
    and larger areas count as published (see `made_to_order`). small: ids of all other areas, rests among them.
    parts_of: indicator -> the indicator whose population contains its population.
    """

    wholes: tuple[tuple[str, tuple[str, ...]], ...]
    rests: tuple[tuple[str, str, tuple[str, ...]], ...]
    public: frozenset[str]
    small: frozenset[str] = frozenset()
    parts_of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Protected:
    """Measures fit to be published, and how many figures of each indicator were hidden or marked as unreliable.

    exposed: indicators in which a small count follows from figures that are public elsewhere, whatever is hidden here.
    """

    measures: pa.Table
    hidden: dict[str, int]
    unreliable: dict[str, int]
    exposed: tuple[str, ...]


def structure(catalogue: Catalogue) -> Structure:
    """Read from the catalogue what adds up to what."""
    areas = catalogue.areas
    children = defaultdict(list)
    for area in areas.values():
        if area.parent is not None and area.rest_of is None:
            children[area.parent, area.kind].append(area.id)
    published = {f"delivery/{contract.id}" for contract in catalogue.contracts.values() if contract.published}
    return Structure(
        wholes=tuple(
            (whole, tuple(parts)) for (whole, kind), parts in children.items() if kind in areas[whole].covered_by
        ),
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
    )


REMEMBERED = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "area_id", "period", "sex", "age")),
        *((name, pa.float64()) for name in ("numerator", "denominator", "value")),
        ("state", pa.string()),
    ]
)
"""What earlier editions showed and hid: the figure as it was computed, and `shown` or `hidden`.

A figure may have several rows, one for each value that it had. The table holds hidden counts: it is never published.
"""


def protected(
    measures: pa.Table,
    given: Structure,
    rules: Rules | None = None,
    remembered: pa.Table | None = None,
    secret: bytes = b"",
) -> Protected:
    """Hide what must not be published of measures (columns as `measures.measures` gives), and mark what is unreliable.

    remembered: rows of REMEMBERED, from every edition that a reader may hold. A figure that was shown with the value
    that it has today is known: it hides nobody, and is shown or hidden by its size alone. One that was hidden with the
    value that it has today stays hidden, and is protected: else two editions together would tell it. secret: the key
    of the store; which companions are hidden depends on it, so that who knows the rules cannot run them again. The
    same key gives the same choice every night.

    A hidden row has no numerator, value or interval and the status `suppressed`. Rows without counts, such as
    published shares, are left as they are. A table that is protected already (its metadata says so) is returned
    unchanged: in a second run the hidden rows would count as hidden by their provider, and more would be hidden with
    them. Raises ValueError where a count or a sum is impossible (see `cells.protect`).

    Two of 40 in one half of a town are hidden; so is the other half, for 30 - 28 would give the two away.

    >>> table = pa.table({
    ...     "indicator_id": ["a"] * 3, "area_id": ["town", "north", "south"], "period": ["2025"] * 3,
    ...     "sex": ["both"] * 3, "age": ["all"] * 3, "numerator": [30, 2, 28], "denominator": [300, 40, 260],
    ...     "status": pa.nulls(3, pa.string()), "pooled": [False] * 3, "source_table": ["delivery/a"] * 3,
    ... })
    >>> halves = Structure(wholes=(("town", ("north", "south")),), rests=(), public=frozenset())
    >>> protected(table, halves).measures["numerator"].to_pylist()
    [30, None, None]
    """
    if (measures.schema.metadata or {}).get(_PROTECTED):
        return Protected(measures, {}, {}, ())
    rules = rules or Rules()
    rows = {_key(row): row for row in measures.to_pylist()}
    memory = _Memory(remembered)
    decisions: dict[Key, Decision] = {}
    exposed = []
    for indicators, cells, sums in _families(rows, given, memory, secret):
        try:
            family = protect(cells.values(), sums, rules)
        except CannotProtect as failure:
            exposed += indicators
            family = failure.decisions
        for decision in family:
            if decision.key in rows:
                decisions[decision.key] = _hide_small_public(decision, cells[decision.key], rules)
    decided = [_apply(decisions.get(key), row) for key, row in rows.items()]
    return Protected(
        pa.Table.from_pylist(decided, schema=measures.schema).replace_schema_metadata({_PROTECTED: b"yes"}),
        _count_new(decided, measures, "suppressed"),
        _count_new(decided, measures, "unreliable"),
        tuple(sorted(exposed)),
    )


def published_cells(facts: Table, terms: Table, membership: Table, measures: Table) -> Table:
    """Return which facts (by their column `row`) may be published as cells, because measures show them anyway.

    facts: as for `measures.measures`, of tables whose figures nobody else has published, each row numbered in `row`.
    terms, membership: as for `measures.measures`. measures: protected. A cell may be published where it alone, with its
    full weight, is the numerator, denominator or value of a measure, and that measure shows it. Any other cell, such as
    one of several that are summed, or one of an area without measures, could reveal what is hidden.
    """
    # The months behind an annual mean are not measures themselves.
    single = terms.filter((_.cells == 1) & (_.method != "annual_mean"))
    alone = membership.filter((_.codes == 1) & (_.weight == 1))
    shown = measures.filter(~_.pooled).select(
        "indicator_id",
        "area_id",
        "period",
        "numerator",
        "denominator",
        table_name="source_table",
        published=_.value,
    )
    judged = (
        placed(facts, single, alone)
        .join(shown, ["indicator_id", "area_id", "period", "table_name"])
        .mutate(
            of_measure=ibis.cases(
                (_.role == "numerator", _.numerator),
                (_.role == "denominator", _.denominator),
                else_=_.published,
            ),
            of_cell=ibis.ifelse(_.role == "value", _.value * _.scale, _.value),
        )
    )
    judged = judged.mutate(shown=((_.of_measure - _.of_cell).abs() <= 1e-9 * _.of_cell.abs()).fill_null(False))
    # A cell that serves several measures must be shown by each of them.
    return judged.group_by("row").agg(always=_.shown.all()).filter(_.always).select("row")


def _key(row: dict[str, Any]) -> Key:
    return row["indicator_id"], row["area_id"], row["period"], row["sex"], row["age"]


class _Memory:
    """What earlier editions showed and hid of figures that are still the same."""

    def __init__(self, remembered: pa.Table | None) -> None:
        rows = [] if remembered is None else remembered.to_pylist()
        self._states: dict[Any, set[str]] = defaultdict(set)
        for row in rows:
            self._states[self._figure(row)].add(row["state"])

    def state(self, row: dict[str, Any]) -> str | None:
        """Return `shown` where any edition showed today's figure, `hidden` where all that had it hid it, else None."""
        states = self._states.get(self._figure(row), ())
        return "shown" if "shown" in states else "hidden" if states else None

    @staticmethod
    def _figure(row: dict[str, Any]) -> tuple[Any, ...]:
        counts = (row["numerator"], row["denominator"])
        # Sums of weighted counts differ in their last digits from night to night.
        return (*_key(row), *(None if count is None else round(count, 6) for count in counts))


def _jitter(key: Key, secret: bytes) -> float:
    """Return what the price of a figure is multiplied by, from 1 to 4, the same every night; 1 without a secret."""
    if not secret:
        return 1.0
    digest = hmac.new(secret, repr(key).encode(), hashlib.sha256).digest()
    return 4.0 ** (int.from_bytes(digest[:8], "big") / 2**64)


def _families(
    rows: dict[Key, dict[str, Any]], given: Structure, memory: _Memory, secret: bytes
) -> Iterator[tuple[list[str], dict[Any, Cell], list[Sum]]]:
    """Yield (indicators, cells, sums) for each group of indicators that must be protected together: usually one."""
    rows_of: dict[str, dict[Key, dict[str, Any]]] = defaultdict(dict)
    for key, row in rows.items():
        # A figure that its provider does not have is no secret; a figure that its provider hides is.
        if row["numerator"] is not None or row["status"] == "suppressed":
            rows_of[key[0]][key] = row
    families = defaultdict(list)
    for indicator in rows_of:
        families[given.parts_of.get(indicator, indicator)].append(indicator)
    for members in families.values():
        family_rows = {key: row for indicator in members for key, row in rows_of[indicator].items()}
        cells = {key: _cell(key, row, given, memory, secret) for key, row in family_rows.items()}
        yield members, cells, list(_sums(family_rows, cells, given))


def _is_public(row: dict[str, Any], given: Structure) -> bool:
    """Tell whether providers have published all that the figure is made of."""
    sources = set(re.split(r" minus |, ", row["source_table"]))
    delivered = any(name.startswith("delivery/") for name in sources)
    return sources <= given.public and not (delivered and row["area_id"] in given.small)


def _cell(key: Key, row: dict[str, Any], given: Structure, memory: _Memory, secret: bytes) -> Cell:
    state = memory.state(row)
    is_known = _is_public(row, given) or state == "shown"
    importance = (_SMALL_AREA if row["area_id"] in given.small else _LARGE_AREA) * (_WINDOW if row["pooled"] else 1.0)
    return Cell(
        key,
        row["numerator"],
        row["denominator"],
        hidden_by_source=row["status"] == "suppressed",
        importance=math.inf if is_known else importance * _jitter(key, secret),
        hidden_before=state == "hidden",
    )


def _sums(rows: dict[Key, dict[str, Any]], cells: dict[Any, Cell], given: Structure) -> Iterator[Sum]:
    """Yield every sum that ties published figures; adds cells to `cells` that follow from a sum but have no figure.

    Sums of figures that are all public elsewhere are left out: they have nothing to protect.
    """
    for total, parts in _possible_sums(rows, given):
        keys = [total, *parts]
        absent = [key for key in keys if key not in rows]
        if len(absent) > 1 or all(_is_public(rows[key], given) for key in keys if key in rows):
            continue
        if absent and not _add_absent(absent[0], total, parts, cells):
            continue
        yield total, parts
    yield from _subpopulation_sums(rows, cells, given)


def _add_absent(absent: Key, total: Key, parts: list[Key], cells: dict[Any, Cell]) -> bool:
    """Add the only cell of a sum that has no figure, where it follows from the others; tell whether it does.

    Nobody delivered it, but readers who see the others can subtract.
    """
    if absent == total:
        return False  # the total of shown parts reveals nothing that is hidden
    if absent in cells:
        return True
    remainder = _remainder(absent, cells[total], [cells[key] for key in parts if key != absent])
    if remainder is None:
        return False
    cells[absent] = remainder
    return True


def _remainder(key: Hashable, whole: Cell, parts: list[Cell]) -> Cell | None:
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


def _possible_sums(rows: dict[Key, dict[str, Any]], given: Structure) -> Iterator[tuple[Key, list[Key]]]:
    """Yield (total, parts) of every sum that may tie the rows, whether or not all of its figures exist.

    A whole is treated as the sum of its parts, although a few residents have no known address in any of them. So the
    attacker is taken to know how many these residents are; they are no group to look for, and are not protected.
    """
    divisions = [*given.wholes, *((whole, (rest, *without)) for whole, rest, without in given.rests)]
    for indicator, period, sex, age in sorted({(key[0], *key[2:]) for key in rows}):
        for whole, parts in divisions:
            yield (indicator, whole, period, sex, age), [(indicator, part, period, sex, age) for part in parts]
    for key, row in rows.items():
        if row["pooled"]:
            indicator, area, _period, sex, age = key
            years = range(row["period_start"].year, row["period_end"].year + 1)
            yield key, [(indicator, area, str(year), sex, age) for year in years]


def _subpopulation_sums(rows: dict[Key, dict[str, Any]], cells: dict[Any, Cell], given: Structure) -> Iterator[Sum]:
    """Tie an indicator of a part of the population to that of the whole population: whole = part + everyone else.

    Nobody publishes the figure of everyone else, but readers who see both figures can subtract.
    """
    key_of = {key[:3]: key for key in rows}
    for key in rows:
        whole = key_of.get((given.parts_of.get(key[0], ""), *key[1:3]))
        if whole is None or (_is_public(rows[key], given) and _is_public(rows[whole], given)):
            continue
        everyone_else = _remainder(("others", whole, key), cells[whole], [cells[key]])
        if everyone_else is not None:
            cells[everyone_else.key] = everyone_else
            yield whole, [key, everyone_else.key]


def _hide_small_public(decision: Decision, cell: Cell, rules: Rules) -> Decision:
    """Hide a small count that is public elsewhere too: it is no secret, but we do not point at single persons."""
    if math.isinf(cell.importance) and cell.numerator is not None and is_small(cell, rules):
        return decision._replace(state="suppressed", reason="primary")
    return decision


def _apply(decision: Decision | None, row: dict[str, Any]) -> dict[str, Any]:
    if decision is None or decision.state in ("shown", "missing"):
        return row
    if decision.state == "unreliable":
        return row | {"status": "unreliable"} if row["status"] in _LESS_THAN_UNRELIABLE else row
    blank = {**dict.fromkeys(HIDDEN), "status": "suppressed"}
    return row | blank | ({} if decision.denominator else {"denominator": None})


def _count_new(rows: list[dict[str, Any]], before: pa.Table, status: str) -> dict[str, int]:
    """Count per indicator the rows that have a status now and had not before."""
    counts: dict[str, int] = defaultdict(int)
    for row, old in zip(rows, before["status"].to_pylist(), strict=True):
        if row["status"] == status != old:
            counts[row["indicator_id"]] += 1
    return dict(counts)
