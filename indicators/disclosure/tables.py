"""Disclosure control of a table of measures: which cells there are, which sums tie them, and what is blanked.

What is hidden is decided by `cells`; which tables are published belongs to the pipelines. Sums never cross
indicators, but for indicators that the catalogue calls a part of another.
"""

import hashlib
import hmac
import math
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
from ibis import Table, _

from indicators.disclosure.cells import CannotProtect, Cell, Decision, Rules, Sum, is_small, protect
from indicators.disclosure.rounding import coarse
from indicators.disclosure.structure import Structure
from indicators.disclosure.sums import Key, Row, Rows, families, is_public, key_of, sources_of, tied
from indicators.measures import IMPLIED, placed

# Columns that are blanked in a hidden row; the denominator too where it would reveal one that a provider hides.
HIDDEN = ("numerator", "value", "nominal", "lower", "upper", "confidence")
# Statuses that `unreliable` replaces; any other says something more important.
_LESS_THAN_UNRELIABLE = (None, "estimated")
# The price of hiding a figure: of a small area; of a larger one, which is public elsewhere more often than not, so that
# hiding it would hide nothing; and what a pooled window's is multiplied by: small areas are judged by windows, so that
# a single year is hidden instead where possible.
_SMALL_AREA, _LARGE_AREA, _WINDOW = 1.0, 1000.0, 2.0
_MOST_WIDER = 4
_LIMITS = frozenset(field.name for field in fields(Rules))
_PROTECTED = b"protected"  # the key in the table's metadata


@dataclass(frozen=True)
class Protected:
    """Measures fit to be published.

    exposed: indicators in which a small count follows from figures that are public elsewhere, whatever is hidden here.
    """

    measures: pa.Table
    exposed: tuple[str, ...]


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

    >>> from datetime import date
    >>> table = pa.table({
    ...     "indicator_id": ["a"] * 3, "area_id": ["town", "north", "south"], "period": ["2025"] * 3,
    ...     "period_start": [date(2025, 1, 1)] * 3, "period_end": [date(2025, 12, 31)] * 3,
    ...     "sex": ["both"] * 3, "age": ["all"] * 3, "method": ["proportion"] * 3,
    ...     "numerator": [30, 2, 28], "denominator": [300, 40, 260],
    ...     "status": pa.nulls(3, pa.string()), "pooled": [False] * 3, "source_table": ["delivery/a"] * 3,
    ... })
    >>> halves = Structure(wholes=(("town", ("north", "south")),), rests=(), public=frozenset())
    >>> protected(table, halves).measures["numerator"].to_pylist()
    [30, None, None]
    """
    if (measures.schema.metadata or {}).get(_PROTECTED):
        return Protected(measures, ())
    rules = rules or Rules()
    rows = {key_of(row): row for row in measures.to_pylist()}
    memory = _Memory(remembered)
    decisions: dict[Key, Decision] = {}
    exposed = []
    for indicators, own in families(rows, given):
        cells: dict[Any, Cell] = {key: _cell(key, row, given, rules, memory, secret) for key, row in own.items()}
        sums = tied(own, cells, given)
        family, is_exposed = _decided(cells, sums)
        if weak := _weak(family, own, cells, given):
            cells = {key: cell._replace(hidden_before=cell.hidden_before or key in weak) for key, cell in cells.items()}
            family, is_exposed = _decided(cells, sums)
        exposed += indicators if is_exposed else []
        for decision in family:
            if decision.key in rows:
                decisions[decision.key] = _hide_small_public(decision, cells[decision.key])
    decided = [coarse(_apply(decisions.get(key), row), given) for key, row in rows.items()]
    return Protected(
        pa.Table.from_pylist(decided, schema=measures.schema).replace_schema_metadata({_PROTECTED: b"yes"}),
        tuple(sorted(exposed)),
    )


def _decided(cells: dict[Any, Cell], sums: list[Sum]) -> tuple[list[Decision], bool]:
    """Return the decisions, and whether a small count follows from public figures all the same."""
    try:
        return protect(cells.values(), sums), False
    except CannotProtect as failure:
        return failure.decisions, True


def _weak(family: list[Decision], rows: Rows, cells: dict[Any, Cell], given: Structure) -> set[Any]:
    """Return the figures of areas of which so many are hidden that the source wants none of the series shown."""
    series: dict[Any, list[Decision]] = defaultdict(list)
    for decision in family:
        if decision.key in rows and math.isfinite(cells[decision.key].importance):
            series[decision.key[:2]].append(decision)
    weak: set[Any] = set()
    for own in series.values():
        key: Any = own[0].key
        row = rows[key]
        limit = given.demanded(row["indicator_id"], sources_of(row)).get("weak_series")
        if limit is not None and sum(decision.state == "suppressed" for decision in own) >= limit * len(own):
            weak.update(decision.key for decision in own)
    return weak


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
        # Of money in fixed prices the cell is the amount as it was delivered.
        published=_.nominal.coalesce(_.value),
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


class _Memory:
    """What earlier editions showed and hid of figures that are still the same."""

    def __init__(self, remembered: pa.Table | None) -> None:
        rows = [] if remembered is None else remembered.to_pylist()
        self._states: dict[Any, set[str]] = defaultdict(set)
        for row in rows:
            self._states[self._figure(row)].add(row["state"])

    def state(self, row: dict[str, Any]) -> str | None:
        """Return `shown` where any edition showed today's figure, `hidden` where all that had it hid it, else None."""
        if row["numerator"] is None:
            return None
        states = self._states.get(self._figure(row), ())
        return "shown" if "shown" in states else "hidden" if states else None

    @staticmethod
    def _figure(row: dict[str, Any]) -> tuple[Any, ...]:
        # Sums of weighted counts differ in their last digits from night to night. The denominator says nothing of it.
        count = row["numerator"]
        return (*key_of(row), None if count is None else round(count, 6))


class Chance(NamedTuple):
    """What the store's key decides of a figure: its price is multiplied, its range is wider, its limit is higher."""

    price: float = 1.0
    width: int = 2
    more: int = 0


def by_chance(key: Key, secret: bytes) -> Chance:
    """Return what is left to chance of a figure, the same every night; without a secret nothing is.

    Prices are multiplied by 1 to 4. Half of all ranges are wider than the least of 2, a quarter wider than 3, up to 6:
    what is hidden along would else tell that less did not suffice, and so that a sum is very small. Of a quarter of all
    figures the smallest count that is shown is one more: a count that is hidden alone could else be two only.

    >>> by_chance(("crowding", "drammen-7", "2024"), b"") == Chance()
    True
    >>> by_chance(("crowding", "drammen-7", "2024"), b"a key") == by_chance(("crowding", "drammen-7", "2024"), b"a key")
    True
    """
    if not secret:
        return Chance()
    digest = hmac.new(secret, repr(key).encode(), hashlib.sha256).digest()
    price, width, more = (int.from_bytes(digest[at : at + 8], "big") for at in (0, 8, 16))
    return Chance(4.0 ** (price / 2**64), 2 + min(_MOST_WIDER, 64 - width.bit_length()), int(more < 2**62))


def _cell(key: Key, row: Row, given: Structure, rules: Rules, memory: _Memory, secret: bytes) -> Cell:
    demanded = given.demanded(row["indicator_id"], sources_of(row))
    state = memory.state(row)
    is_known = is_public(row, given) or state == "shown"
    importance = (_SMALL_AREA if row["area_id"] in given.small else _LARGE_AREA) * (_WINDOW if row["pooled"] else 1.0)
    chance = by_chance(key, secret)
    own = replace(rules, **{name: value for name, value in demanded.items() if name in _LIMITS})
    return Cell(
        key,
        row["numerator"],
        row["denominator"],
        hidden_by_source=row["status"] == "suppressed",
        importance=math.inf if is_known else importance * chance.price,
        hidden_before=state == "hidden",
        rules=own if is_known else replace(own, smallest=own.smallest + chance.more),
        width=chance.width,
    )


def _hide_small_public(decision: Decision, cell: Cell) -> Decision:
    """Hide a small count that is public elsewhere too: it is no secret, but we do not point at single persons."""
    if math.isinf(cell.importance) and cell.numerator is not None and is_small(cell):
        return decision._replace(state="suppressed", reason="primary")
    return decision


def _apply(decision: Decision | None, row: dict[str, Any]) -> dict[str, Any]:
    if decision is None or decision.state in ("shown", "missing"):
        return row
    if decision.state == "unreliable":
        return row | {"status": "unreliable"} if row["status"] in _LESS_THAN_UNRELIABLE else row
    blank = {**dict.fromkeys(HIDDEN), "status": "suppressed"}
    # An implied denominator is count / share, and tells which shares the count can have had.
    keeps_base = decision.denominator and row["method"] not in IMPLIED
    return row | blank | ({} if keeps_base else {"denominator": None})
