"""The tables that tests/pxweb_server.py serves, and what a PxWeb server computes from them.

What belongs: synthetic tables and code lists, selection expressions, aggregation, elimination. What does not:
HTTP, paths, the shape of answers (tests/pxweb_server.py), anything from `pipelines`.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

NOT_APPLICABLE = "."


class Problem(Exception):
    """An answer other than 200; a `title` of None is an empty body."""

    def __init__(self, status: int, title: str | None) -> None:
        super().__init__(title)
        self.status, self.title = status, title


@dataclass(frozen=True)
class CodeList:
    """Another set of codes for a dimension: a subset (Valueset) or sums (Aggregation).

    shows_members: expressions such as `*` also select the members of the groups (GroupPres=B in the server's files).
    """

    id: str
    label: str
    type: Literal["Valueset", "Aggregation"]
    valueMap: Mapping[str, Sequence[str]]  # code -> the table's codes it consists of
    labels: Mapping[str, str] = field(default_factory=dict)
    shows_members: bool = False


@dataclass(frozen=True)
class Dimension:
    """A dimension of a table. `elimination` may be the code that stands for all of them."""

    id: str
    label: str
    categories: Sequence[tuple[str, str]]  # (code, label)
    role: Literal["time", "geo", "metric"] | None = None
    elimination: bool | str = False
    codelists: Sequence[CodeList] = ()
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # code -> {"base", "decimals"}
    notes: Sequence[str] = ()
    value_notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extension: Mapping[str, Any] = field(default_factory=dict)  # refperiod, noteMandatory, measuringType …

    @cached_property
    def codes(self) -> list[str]:
        """The codes in the table's order."""
        return [code for code, _ in self.categories]

    @cached_property
    def _places(self) -> dict[str, int]:
        folded = {code.casefold(): place for place, code in enumerate(self.codes)}
        return folded | {code: place for place, code in enumerate(self.codes)}

    def place(self, code: str) -> int | None:
        """Where a code stands; the live server does not mind its case."""
        return self._places.get(code, self._places.get(code.casefold()))

    def through(self, codelist: str | None, *, in_data: bool = False) -> tuple[Dimension, list[list[int]]]:
        """The dimension as a code list presents it, and the places that each of its codes sums."""
        if not codelist:
            return self, [[place] for place in range(len(self.codes))]
        chosen = next((known for known in self.codelists if known.id == codelist), None)
        if chosen is None:
            raise Problem(400, "Non-existent codelist")
        labels = dict(self.categories) | dict(chosen.labels)
        # One list serves several tables, and may name codes that this one does not have.
        shown = dict(chosen.valueMap)
        if in_data and chosen.shows_members:
            shown |= {part: [part] for parts in chosen.valueMap.values() for part in parts if part not in shown}
        members = [[self._places[part] for part in parts if part in self._places] for parts in shown.values()]
        return replace(self, categories=[(code, labels.get(code, code)) for code in shown]), members


Cell = float | str | None
Values = np.ndarray | Sequence[Any] | Callable[[Mapping[str, str]], Cell]


@dataclass
class SyntheticTable:
    """A table and its cells: nested numbers, None and symbols such as ":", or callable(codes) giving such.

    content_updated: when each content was last updated, where not when the table was. closed: from when until when the
    figures are being revised, so that all of them are shown as 0.
    """

    id: str
    label: str
    updated: str
    dimensions: Sequence[Dimension]
    values: Values
    status: np.ndarray | None = None
    source: str = "Statistisk sentralbyrå (syntetisk)"
    notes: Sequence[str] = ()
    extension: Mapping[str, Any] = field(default_factory=dict)  # noteMandatory, contact …
    content_updated: Mapping[str, str] = field(default_factory=dict)
    closed: tuple[datetime, datetime] | None = None

    def __post_init__(self) -> None:
        self._set(self.values, self.status)

    def revise(self, updated: str, values: Values, status: np.ndarray | None = None) -> None:
        """New figures, as on a publication day."""
        self._set(values, status)
        self.updated = updated

    def updated_of(self, dimensions: Sequence[Dimension]) -> str:
        """The time that a data answer shows: that of the newest of the contents in it."""
        contents = [code for each in dimensions if each.role == "metric" for code in each.codes]
        return max((self.content_updated.get(code, self.updated) for code in contents), default=self.updated)

    def _set(self, values: Values, status: np.ndarray | None) -> None:
        shape = tuple(len(dimension.codes) for dimension in self.dimensions)
        if callable(values):
            names = [dimension.id for dimension in self.dimensions]
            cells = itertools.product(*(dimension.codes for dimension in self.dimensions))
            values = [values(dict(zip(names, codes, strict=True))) for codes in cells]
        if not isinstance(values, np.ndarray):
            flat = np.array(values, dtype=object).ravel()
            status = np.array([cell if isinstance(cell, str) else "" for cell in flat])
            values = np.array([math.nan if cell is None or isinstance(cell, str) else cell for cell in flat])
        self.values = values.astype(float).reshape(shape)
        self.status = np.full(shape, "") if status is None else status.reshape(shape)

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name, whatever its case."""
        for dimension in self.dimensions:
            if dimension.id.casefold() == name.casefold():
                return dimension
        raise Problem(400, "Non-existent variable")

    @classmethod
    def from_jsonstat(cls, source: Path | str | Mapping[str, Any], table_id: str | None = None) -> SyntheticTable:
        """Serve a recorded JSON-stat2 answer as if it were the whole table."""
        cube = source if isinstance(source, Mapping) else json.loads(Path(source).read_bytes())
        status = _dense(cube.get("status", {}), math.prod(cube["size"]))
        values = _dense(cube["value"], math.prod(cube["size"]))
        return cls(
            table_id or cube["extension"]["px"]["tableid"],
            cube["label"],
            cube["updated"],
            [_recorded_dimension(cube, name) for name in cube["id"]],
            np.array([math.nan if value is None else value for value in values]),
            np.array([symbol or "" for symbol in status]),
            cube["source"],
            cube.get("note", ()),
            cube.get("extension", {}),
        )


def _dense(cells: Sequence[Any] | Mapping[str, Any], size: int) -> list[Any]:
    return [cells.get(str(place)) for place in range(size)] if isinstance(cells, Mapping) else list(cells)


def _recorded_dimension(cube: Mapping[str, Any], name: str) -> Dimension:
    recorded = cube["dimension"][name]
    category, extension = recorded["category"], recorded.get("extension", {})
    ours = {"elimination", "eliminationValueCode", "codelists"}
    return Dimension(
        name,
        recorded["label"],
        [(code, category["label"][code]) for code in sorted(category["index"], key=category["index"].get)],
        next((role for role, names in cube.get("role", {}).items() if name in names), None),
        extension.get("eliminationValueCode") or extension.get("elimination", False),
        units=category.get("unit", {}),
        notes=recorded.get("note", ()),
        value_notes=category.get("note", {}),
        extension={key: value for key, value in extension.items() if key not in ours},
    )


# --- selection ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What a query says of one dimension."""

    expressions: Sequence[str] = ()  # codes and expressions
    codelist: str | None = None
    single: bool = False  # outputValues=single: the parts of the chosen groups instead of their sums


EXPRESSIONS = {
    "top": r"[1-9]\d*(,\d+)?",
    "bottom": r"[1-9]\d*(,\d+)?",
    "range": r"[^,]+,[^,]+",
    "from": r"[^,]+",
    "to": r"[^,]+",
}


def select(expressions: Sequence[str], dimension: Dimension) -> list[int]:
    """Places that the expressions select together; the live server stumbles over the same code twice."""
    folded = [expression.casefold() for expression in expressions]
    if len(set(folded)) < len(folded):
        raise Problem(500, None)
    return sorted({place for expression in expressions for place in _matches(expression, dimension)})


def _matches(expression: str, dimension: Dimension) -> list[int]:
    exact = dimension.place(expression)
    if exact is not None:
        return [exact]
    name, parenthesis, rest = expression.partition("(")
    if parenthesis and name.lower() in EXPRESSIONS:
        if not re.fullmatch(EXPRESSIONS[name.lower()] + r"\)", rest):
            raise Problem(400, "Illegal selection expression")
        return _interval(name.lower(), rest[:-1].split(","), dimension)
    mask = re.compile(re.escape(expression).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
    found = [place for place, code in enumerate(dimension.codes) if mask.fullmatch(code)]
    if not found:
        raise Problem(400, "Non-existent value")
    return found


def _interval(name: str, arguments: list[str], dimension: Dimension) -> list[int]:
    everything = list(range(len(dimension.codes)))
    if name in ("top", "bottom"):
        count, offset = int(arguments[0]), int((arguments[1:] or ["0"])[0])
        from_the_end = (name == "top") == (dimension.role == "time")
        ordered = everything[::-1] if from_the_end else everything
        return sorted(ordered[offset : offset + count])
    ends = [dimension.place(code.strip()) for code in arguments]
    if None in ends:
        raise Problem(400, "Non-existent value")
    first = 0 if name == "to" else min(ends)  # the live server takes the ends of a range in either order
    last = len(everything) - 1 if name == "from" else max(ends)
    return everything[first : last + 1]


# --- computing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Extract:
    """The part of a table that a query asks for."""

    dimensions: list[Dimension]
    values: np.ndarray
    status: np.ndarray


def extract(table: SyntheticTable, query: Mapping[str, Choice], max_cells: int) -> Extract:
    """Select, aggregate and eliminate."""
    choices = {table.dimension(name).id: choice for name, choice in query.items()}
    kept: list[Dimension] = []
    groups: list[list[list[int]]] = []
    for dimension in table.dimensions:
        choice = choices.get(dimension.id, Choice())
        if choice.expressions:
            presented, parts = _chosen(dimension, choice)
            kept.append(presented)
            groups.append(parts)
        else:
            groups.append([_eliminated(dimension)])
    if math.prod(len(parts) for parts in groups) > max_cells:
        raise Problem(400, "Too many cells selected")
    values, status = table.values, table.status
    for axis, parts in enumerate(groups):
        values, status = _combine(values, status, axis, parts)
    shape = [len(dimension.codes) for dimension in kept]
    return Extract(kept, values.reshape(shape), status.reshape(shape))


def _chosen(dimension: Dimension, choice: Choice) -> tuple[Dimension, list[list[int]]]:
    presented, members = dimension.through(choice.codelist, in_data=True)
    places = select(choice.expressions, presented)
    if choice.single:
        places = sorted({part for place in places for part in members[place]})
        presented, members = dimension.through(None)
    categories = [presented.categories[place] for place in places]
    return replace(presented, categories=categories), [members[place] for place in places]


def _eliminated(dimension: Dimension) -> list[int]:
    if not dimension.elimination:
        raise Problem(400, "Missing selection for mandantory variable")  # the live server's spelling
    if isinstance(dimension.elimination, str):
        return [dimension.codes.index(dimension.elimination)]
    return list(range(len(dimension.codes)))


def _combine(
    values: np.ndarray, status: np.ndarray, axis: int, groups: list[list[int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Replace an axis by groups of its places: picked where each is one place, else summed."""
    if all(len(places) == 1 for places in groups):
        picked = [place for places in groups for place in places]
        return values.take(picked, axis), status.take(picked, axis)
    sums = [_sum(values.take(places, axis), status.take(places, axis), axis) for places in groups]
    return np.stack([total for total, _ in sums], axis), np.stack([symbol for _, symbol in sums], axis)


def _sum(values: np.ndarray, status: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """A sum; a hidden part hides it and lends it its symbol, a part that never existed adds nothing."""
    absent = np.isnan(values)
    hidden = absent & (status != NOT_APPLICABLE)
    first_hidden = np.expand_dims(hidden.argmax(axis), axis)
    symbol = np.take_along_axis(status, first_hidden, axis).squeeze(axis)
    unknown, empty = hidden.any(axis), absent.all(axis)
    total = np.where(unknown | empty, np.nan, np.nansum(values, axis).round(10))
    return total, np.where(unknown, symbol, np.where(empty, NOT_APPLICABLE, ""))
