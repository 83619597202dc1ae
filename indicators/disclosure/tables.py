"""Disclosure control of a table of measures: which cells there are, which sums tie them, and what is blanked.

What is hidden is decided by `cells`; which tables are published belongs to the pipelines. Sums never cross
indicators, but for indicators that the catalogue calls a part of another.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ibis
import pyarrow as pa
from ibis import Table, _

from indicators.catalogue import SMALL, Catalogue
from indicators.disclosure.cells import CannotProtect, Cell, Decision, Rules, Sum, is_small, protect
from indicators.measures import placed

Key = tuple[str, str, str, str, str]
# What a hidden cell does not show. The denominator goes only where it would tell what its provider hides.
HIDDEN = ("numerator", "value", "lower", "upper", "confidence")
# What may be said of a figure beside that it is unreliable; any other word is more important than that.
_MILD = (None, "estimated")
_DISTRICT, _MUNICIPALITY = 1.0, 5.0  # what it costs to hide a figure of so large an area
_PROTECTED = b"protected"
_WINDOW = 2.0  # a pooled window is what small areas are judged by: rather hide a year


@dataclass(frozen=True)
class Structure:
    """What adds up to what, and what anybody can look up elsewhere.

    wholes: an area and the parts that cover it. rests: an area, what is left of it, and without which parts. public:
    source tables whose figures their provider has published; a delivery among them only those of larger areas, for
    figures of small ones are made to order. small: the small areas. parts_of: indicator -> the one whose population
    holds its population.
    """

    wholes: tuple[tuple[str, tuple[str, ...]], ...]
    rests: tuple[tuple[str, str, tuple[str, ...]], ...]
    public: frozenset[str]
    small: frozenset[str] = frozenset()
    parts_of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Protected:
    """Measures fit to be published, and per indicator how many figures were hidden, marked, or hidden for safety.

    abandoned: indicators whose hidden counts could not be kept by hiding single figures, so that all delivered figures
    are hidden.
    """

    measures: pa.Table
    hidden: dict[str, int]
    unreliable: dict[str, int]
    abandoned: tuple[str, ...]


def structure(catalogue: Catalogue) -> Structure:
    """Read from the catalogue what adds up to what."""
    areas = catalogue.areas
    children = defaultdict(list)
    for one in areas.values():
        if one.parent is not None and one.rest_of is None:
            children[one.parent, one.kind].append(one.id)
    published = {f"delivery/{one.id}" for one in catalogue.contracts.values() if one.published}
    return Structure(
        wholes=tuple(
            (whole, tuple(parts)) for (whole, kind), parts in children.items() if kind in areas[whole].covered_by
        ),
        rests=tuple(
            (one.rest_of.whole, one.id, tuple(one.rest_of.without)) for one in areas.values() if one.rest_of is not None
        ),
        public=frozenset(published | set(catalogue.tables)),
        small=frozenset(one.id for one in areas.values() if one.kind in SMALL),
        parts_of={one.id: one.part_of for one in catalogue.indicators.values() if one.part_of is not None},
    )


def protected(measures: pa.Table, given: Structure, rules: Rules | None = None) -> Protected:
    """Hide what must not be published of measures (columns as `measures.measures` gives), and mark what is unreliable.

    A hidden row has no numerator, value or interval and the status `suppressed`. Rows without counts, such as
    published shares, have nothing to hide here. What has been protected (the table says so in its metadata) is returned
    as it is: with counts gone that only kept others company, a second search would hide more than is needed.
    """
    if (measures.schema.metadata or {}).get(_PROTECTED):
        return Protected(measures, {}, {}, ())
    rules = rules or Rules()
    rows = {_key(row): row for row in measures.to_pylist()}
    decisions: dict[Key, Decision] = {}
    abandoned = []
    for indicators, cells, sums in _families(rows, given):
        try:
            decided = protect(cells.values(), sums, rules)
        except CannotProtect:
            abandoned += indicators
            decided = list(_all_hidden(protect(cells.values(), [], rules), cells))
        decisions.update((one.key, _of_public(one, cells[one.key], rules)) for one in decided if one.key in rows)
    found = [_shown(row, decisions.get(key)) for key, row in rows.items()]
    return Protected(
        pa.Table.from_pylist(found, schema=measures.schema).replace_schema_metadata({_PROTECTED: b"yes"}),
        _count(found, measures, "suppressed"),
        _count(found, measures, "unreliable"),
        tuple(sorted(abandoned)),
    )


def published_cells(facts: Table, terms: Table, membership: Table, measures: Table) -> Table:
    """Return the rows of facts (column `row`) that measures themselves show, and that may be published as cells too.

    facts: as for `measures.measures`, of tables whose figures nobody else has published, each row with its number
    `row`. A cell is shown where it is, alone and whole, the numerator, denominator or value of a measure that shows it;
    any other cell, such as one of several that make up a count, or one of an area that no measure is about, could tell
    what is hidden.
    """
    # A month behind an annual mean is no measure of its own.
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
            told=ibis.cases(
                (_.role == "numerator", _.numerator),
                (_.role == "denominator", _.denominator),
                else_=_.published,
            ),
            own=ibis.ifelse(_.role == "value", _.value * _.scale, _.value),
        )
    )
    judged = judged.mutate(shown=((_.told - _.own).abs() <= 1e-9 * _.own.abs()).fill_null(False))
    # One use that hides the cell is enough.
    return judged.group_by("row").agg(every=_.shown.all()).filter(_.every).select("row")


def _key(row: dict[str, Any]) -> Key:
    return row["indicator_id"], row["area_id"], row["period"], row["sex"], row["age"]


def _families(
    rows: dict[Key, dict[str, Any]], given: Structure
) -> Iterator[tuple[list[str], dict[Any, Cell], list[Sum]]]:
    """Yield the cells and sums of indicators that hang together: usually one."""
    of_indicator: dict[str, dict[Key, dict[str, Any]]] = defaultdict(dict)
    for key, row in rows.items():
        # A figure that its provider does not have is no secret; one that it hides is.
        if row["numerator"] is not None or row["status"] == "suppressed":
            of_indicator[key[0]][key] = row
    families = defaultdict(list)
    for indicator in of_indicator:
        families[given.parts_of.get(indicator, indicator)].append(indicator)
    for members in families.values():
        mine = {key: row for indicator in members for key, row in of_indicator[indicator].items()}
        cells = {key: _cell(key, row, given) for key, row in mine.items()}
        yield members, cells, list(_sums(mine, cells, given))


def _is_public(row: dict[str, Any], given: Structure) -> bool:
    sources = set(re.split(r" minus |, ", row["source_table"]))
    delivered = any(name.startswith("delivery/") for name in sources)
    return sources <= given.public and not (delivered and row["area_id"] in given.small)


def _cell(key: Key, row: dict[str, Any], given: Structure) -> Cell:
    importance = (_DISTRICT if row["area_id"] in given.small else _MUNICIPALITY) * (_WINDOW if row["pooled"] else 1.0)
    return Cell(
        key,
        row["numerator"],
        row["denominator"],
        hidden_by_source=row["status"] == "suppressed",
        importance=math.inf if _is_public(row, given) else importance,
    )


def _sums(rows: dict[Key, dict[str, Any]], cells: dict[Any, Cell], given: Structure) -> Iterator[Sum]:
    """Yield every sum that ties published figures; adds to `cells` those that are never published.

    A sum of figures that are all public elsewhere protects nothing, and is left out.
    """
    for total, parts in _candidates(rows, given):
        named = [total, *parts]
        absent = [key for key in named if key not in rows]
        if len(absent) > 1 or all(_is_public(rows[key], given) for key in named if key in rows):
            continue
        if absent and not _add_absent(absent[0], total, parts, cells):
            continue
        yield total, parts
    yield from _others(rows, cells, given)


def _add_absent(absent: Key, total: Key, parts: list[Key], cells: dict[Any, Cell]) -> bool:
    """Add the one cell of a sum that has no figure, where it follows from the others; tell whether it does.

    Nobody delivered it, but who sees the others can subtract.
    """
    if absent == total:
        return False  # a sum of what is shown tells nothing that is hidden
    known = [cells[key] for key in parts if key != absent]
    if absent not in cells:
        counts = []
        for role in ("numerator", "denominator"):
            numbers = [getattr(one, role) for one in (cells[total], *known)]
            counts.append(None if None in numbers else round(numbers[0] - sum(numbers[1:]), 6))
        left, of = counts
        if left is None or left < 0 or (of is not None and of < left):
            return False
        cells[absent] = Cell(absent, left, of, importance=0.0)
    return True


def _candidates(rows: dict[Key, dict[str, Any]], given: Structure) -> Iterator[tuple[Key, list[Key]]]:
    """Yield (total, parts) of every sum that may tie the rows, whether all of them are there or not.

    A whole is taken for the sum of all its parts, though a few residents live in none of them: so the attacker is taken
    to know how many these are. They are no group that anybody could look for, and are not protected themselves.
    """
    for indicator, *rest in sorted({(key[0], *key[2:]) for key in rows}):
        period, sex, age = rest
        divided = [*given.wholes, *((whole, (rest_of, *without)) for whole, rest_of, without in given.rests)]
        for whole, parts in divided:
            yield (indicator, whole, period, sex, age), [(indicator, one, period, sex, age) for one in parts]
    for key, row in rows.items():
        if row["pooled"]:
            indicator, area, _period, sex, age = key
            years = range(row["period_start"].year, row["period_end"].year + 1)
            yield key, [(indicator, area, str(year), sex, age) for year in years]


def _others(rows: dict[Key, dict[str, Any]], cells: dict[Any, Cell], given: Structure) -> Iterator[Sum]:
    """Tie an indicator of a part of the population to that of the whole, with those who are not in the part.

    Nobody publishes these, but who sees both figures can subtract. Where one of the two is hidden nobody can.
    """
    at = {key[:3]: key for key in rows}
    for key in rows:
        whole = at.get((given.parts_of.get(key[0], ""), *key[1:3]))
        if whole is None or any(rows[one]["numerator"] is None for one in (key, whole)):
            continue
        if _is_public(rows[key], given) and _is_public(rows[whole], given):
            continue
        pair = cells[whole], cells[key]
        left = _left(*(one.numerator for one in pair)), _left(*(one.denominator for one in pair))
        if left[0] is None or left[0] < 0 or (left[1] is not None and left[1] < left[0]):
            continue  # of two sources that do not fit together: what is left is nobody
        others = ("others", whole, key)
        cells[others] = Cell(others, *left, importance=0.0)
        yield whole, [key, others]


def _left(whole: float | None, part: float | None) -> float | None:
    # Weighted counts have fractions, and their difference an error that would look like a tiny count.
    return None if whole is None or part is None else round(whole - part, 6)


def _all_hidden(decided: Iterable[Decision], cells: dict[Any, Cell]) -> Iterator[Decision]:
    """Hide every figure that is not public elsewhere."""
    for one in decided:
        public = math.isinf(cells[one.key].importance)
        yield one if public or one.state == "missing" else one._replace(state="suppressed", reason="secondary")


def _of_public(decision: Decision, cell: Cell, rules: Rules) -> Decision:
    """Hide a small public count too: it is no secret, but nothing here is to single persons out."""
    if math.isinf(cell.importance) and cell.numerator is not None and is_small(cell, rules):
        return decision._replace(state="suppressed", reason="primary")
    return decision


def _shown(row: dict[str, Any], decision: Decision | None) -> dict[str, Any]:
    if decision is None or decision.state in ("shown", "missing"):
        return row
    if decision.state == "unreliable":
        return row | {"status": "unreliable"} if row["status"] in _MILD else row
    blank = {**dict.fromkeys(HIDDEN), "status": "suppressed"}
    return row | blank | ({} if decision.denominator else {"denominator": None})


def _count(found: list[dict[str, Any]], before: pa.Table, status: str) -> dict[str, int]:
    """Count per indicator the rows that have a status now and had not before."""
    counts: dict[str, int] = defaultdict(int)
    for row, old in zip(found, before["status"].to_pylist(), strict=True):
        if row["status"] == status != old:
            counts[row["indicator_id"]] += 1
    return dict(counts)
