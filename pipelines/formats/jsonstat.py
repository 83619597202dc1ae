"""JSON-stat, 1.x and 2.0, to Arrow: datasets, bundles and collections, in every form the specification allows.

What belongs: the format itself, and refusing what is no cube before memory is spent on it. What does not: where the
bytes come from, and what a table's dimensions mean. (JSON-stat format 2.00, json-stat.org/full)

Vectorised: Python loops over dimensions and categories, never over cells.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.format_error import excerpt

# A sparse cube may be larger than its data, but not without bound: three values do not make a billion cells.
_ALWAYS_ALLOWED_CELLS = 1_000_000
_CELLS_PER_VALUE = 1_000
_MOST_CELLS = 100_000_000


class JsonStatError(ValueError):
    """Bytes that are no JSON-stat cube; the message names the source, the place and what was expected."""


@dataclass(frozen=True)
class Dimension:
    """One dimension: its categories in the order of the cells.

    role: time, geo, metric or None. units: per category as given. children: per category the codes it consists of.
    """

    id: str
    label: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    role: str | None = None
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    extension: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cube:
    """A dataset. table: one dictionary-encoded column of codes per dimension, `value` (float64), `status` (text).

    Rows are in the order of the cells: the last dimension varies fastest.
    """

    label: str | None
    source: str | None
    updated: str | None
    notes: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    table: pa.Table
    extension: Mapping[str, Any]

    def labelled(self) -> pa.Table:
        """Return the table with a column `<id>_label` after each dimension."""
        columns: dict[str, Any] = {}
        for dimension in self.dimensions:
            codes = self.table[dimension.id].combine_chunks()
            columns[dimension.id] = codes
            labels = pa.array(dimension.labels, pa.string())
            columns[f"{dimension.id}_label"] = pa.DictionaryArray.from_arrays(codes.indices, labels)
        return pa.table({**columns, "value": self.table["value"], "status": self.table["status"]})


def decode(content: bytes, where: str) -> list[Cube]:
    """Decode every dataset in `content`; `where` names the source in errors.

    A dataset gives one cube, a bundle or collection one for each dataset that is embedded in it. Raises JsonStatError.
    """
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise JsonStatError(f"{where}: not JSON ({error}){_looks_like(content)}; expected JSON-stat") from None
    plain = _is_plain(content)
    cubes = [_cube(dataset, place, plain) for dataset, place in _datasets(parsed, where)]
    if not cubes:
        raise JsonStatError(
            f"{where}: holds no dataset; expected class 'dataset', a bundle, or a collection with some inside"
        )
    return cubes


def _is_plain(content: bytes) -> bool:
    """Say whether lists of values surely hold nothing but numbers and null, by a look at the bytes alone.

    NumPy reads true as 1 and "12" as 12. Knowing beforehand that neither is there spares a look at every cell.
    """
    key = b'"value"'
    at = content.find(key)
    while at >= 0:
        start = at + len(key)
        end = content.find(b"]", start)
        end = end if end >= 0 else len(content)
        if any(content.find(sign, start, end) >= 0 for sign in (b'"', b"t", b"f")):
            return False
        at = content.find(key, end)
    return True


def _looks_like(content: bytes) -> str:
    start = content[:200].lstrip().lower()
    if not start:
        return ", the answer is empty"
    return ", it looks like an HTML page" if start.startswith((b"<!doctype", b"<html", b"<")) else ""


def _datasets(parsed: Any, where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each embedded dataset with its place."""
    if not isinstance(parsed, dict):
        raise JsonStatError(f"{where}: a {type(parsed).__name__} at the top; expected an object")
    if "error" in parsed and "dimension" not in parsed:
        raise JsonStatError(f"{where}: the provider answers with an error: {str(parsed['error'])[:300]}")
    if parsed.get("class") == "collection":
        yield from _collected(parsed, where)
    elif parsed.get("class") == "dataset" or "dimension" in parsed:
        yield parsed, where
    elif parsed.get("class") is not None:
        raise JsonStatError(f"{where}: class '{parsed['class']}' holds no cells; expected dataset or collection")
    else:
        # JSON-stat 1.x: a bundle, an object of datasets by name; `dataset` is the usual name of a single one.
        for name, dataset in parsed.items():
            if isinstance(dataset, dict) and "dimension" in dataset:
                yield dataset, where if len(parsed) == 1 else f"{where}, {name}"


def _collected(collection: dict[str, Any], where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the datasets inside a collection; an item that is only a link has no cells here."""
    link = collection.get("link")
    items = link.get("item") if isinstance(link, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and (item.get("class") == "collection" or "dimension" in item):
            yield from _datasets(item, f"{where}, item {number}")


def _cube(dataset: dict[str, Any], where: str, plain: bool) -> Cube:
    given = dataset.get("dimension")
    if not isinstance(given, dict):
        raise JsonStatError(f"{where}: no 'dimension' object; expected one entry per dimension")
    # 1.x keeps id, size and role inside `dimension`, 2.0 beside it.
    ids: Any = dataset["id"] if "id" in dataset else given.get("id")
    sizes = _sizes(dataset["size"] if "size" in dataset else given.get("size"), ids, where)
    role = dataset.get("role") or given.get("role") or {}
    cells = math.prod(sizes)
    _check_extent(dataset, cells, sizes, where)
    dimensions = tuple(_dimension(given, name, size, role, where) for name, size in zip(ids, sizes, strict=True))
    value, symbols = _values(dataset.get("value"), cells, where, plain)
    status = _statuses(dataset.get("status"), cells, where)
    if symbols is not None:
        status = pc.coalesce(symbols, status)
    columns = code_columns(dimensions, sizes, cells)
    return Cube(
        label=_text(dataset.get("label")),
        source=_text(dataset.get("source")),
        updated=_text(dataset.get("updated")),
        notes=_notes(dataset.get("note")),
        dimensions=dimensions,
        table=pa.table({**columns, "value": value, "status": status}),
        extension=dataset.get("extension") or {},
    )


def _text(given: Any) -> str | None:
    return None if given is None else str(given)


def _notes(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    return tuple(str(note) for note in given) if isinstance(given, list) else (str(given),)


def _sizes(given: Any, ids: Any, where: str) -> list[int]:
    """Return the sizes as whole numbers; some publishers write them as text."""
    if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids) or len(set(ids)) < len(ids):
        raise JsonStatError(f"{where}: 'id' is {excerpt(ids)}; expected a list of different dimension ids")
    taken = {"value", "status"} & set(ids)
    if taken:
        raise JsonStatError(
            f"{where}: a dimension is called '{taken.pop()}', which is the name of a column of the table"
        )
    if not isinstance(given, list) or len(given) != len(ids):
        raise JsonStatError(f"{where}: 'size' is {excerpt(given)}; expected {len(ids)} numbers, one for each of {ids}")
    sizes = []
    for name, size in zip(ids, given, strict=True):
        whole = int(size) if isinstance(size, str) and size.isascii() and size.isdigit() else size
        if isinstance(whole, bool) or not isinstance(whole, int) or whole < 1:
            raise JsonStatError(f"{where}: size of '{name}' is {excerpt(size)}; expected a whole number above 0")
        sizes.append(whole)
    return sizes


def _check_extent(dataset: dict[str, Any], cells: int, sizes: list[int], where: str) -> None:
    """Refuse, before anything is allocated, a size product that the values cannot fill."""
    value, product = dataset.get("value"), " x ".join(map(str, sizes))
    if isinstance(value, list) and len(value) != cells:
        hint = " (metadata without figures?)" if not value else ""
        raise JsonStatError(f"{where}: {len(value):,} values for {product} = {cells:,} cells{hint}; expected one each")
    if not isinstance(value, list | dict):
        raise JsonStatError(f"{where}: 'value' is {excerpt(value)}; expected a list or an object of values")
    allowed = min(_MOST_CELLS, max(_ALWAYS_ALLOWED_CELLS, _CELLS_PER_VALUE * len(value)))
    if isinstance(value, dict) and cells > allowed:
        raise JsonStatError(
            f"{where}: sizes {product} make {cells:,} cells, but there are {len(value):,} values; "
            f"expected at most {allowed:,} cells for so few"
        )
    status = dataset.get("status")
    if isinstance(status, list) and len(status) not in (1, cells):
        raise JsonStatError(f"{where}: {len(status):,} statuses for {cells:,} cells; expected one each, or one for all")


def _dimension(given: dict[str, Any], name: str, size: int, role: Any, where: str) -> Dimension:
    described = given.get(name)
    if not isinstance(described, dict):
        raise JsonStatError(f"{where}: dimension '{name}' is named in 'id' but not described in 'dimension'")
    category = described.get("category")
    if not isinstance(category, dict):
        raise JsonStatError(f"{where}: dimension '{name}' has no 'category' object")
    codes = _codes(category, name, size, where)
    labels = category.get("label") or {}
    if not isinstance(labels, dict):
        raise JsonStatError(f"{where}: labels of '{name}' are {excerpt(labels)}; expected an object, code to label")
    return Dimension(
        id=name,
        label=str(described.get("label") or name),
        codes=codes,
        labels=tuple(str(labels.get(code, code)) for code in codes),
        role=_role(role, name),
        units=category.get("unit") or {},
        children={code: tuple(parts) for code, parts in (category.get("child") or {}).items()},
        notes=_notes(described.get("note")),
        extension=described.get("extension") or {},
    )


def _role(roles: Any, name: str) -> str | None:
    """Return the dimension's role; FHI writes null where a role has no dimension."""
    if not isinstance(roles, dict):
        return None
    return next((role for role in ("time", "geo", "metric") if name in (roles.get(role) or ())), None)


def _codes(category: dict[str, Any], name: str, size: int, where: str) -> tuple[str, ...]:
    """Return the codes in cell order, from `index` as list or object, or from the one label where it is absent."""
    index = category.get("index")
    if index is None:
        index = list(category.get("label") or {})
        if len(index) != 1:
            raise JsonStatError(f"{where}: dimension '{name}' has no 'index', which only a single category may lack")
    if len(index) != size:
        raise JsonStatError(f"{where}: dimension '{name}' has {len(index)} categories; its size is {size}")
    if isinstance(index, dict):
        positions = [int(at) if isinstance(at, str) and at.isdigit() else at for at in index.values()]
        if sorted(at for at in positions if isinstance(at, int)) != list(range(size)):
            raise JsonStatError(
                f"{where}: positions of '{name}' are {excerpt(positions)}; expected each of 0 to {size - 1} once"
            )
        index = [code for _at, code in sorted(zip(positions, index, strict=True))]
    codes = tuple(str(code) for code in index)
    if len(set(codes)) < size:
        raise JsonStatError(f"{where}: dimension '{name}' has a category twice; expected different codes")
    return codes


def _values(value: Any, cells: int, where: str, plain: bool) -> tuple[pa.Array, pa.Array | None]:
    """Return the values, and the symbols that stand among them (FHI's `:`), or None where there are none."""
    if isinstance(value, list):
        return _numbers(value, where, plain)
    at = _positions(value, cells, "value", where)
    given, symbols = _numbers(list(value.values()), where, plain=False)
    spread = np.full(cells, np.nan)
    spread[at] = given.to_numpy(zero_copy_only=False)
    return pa.array(spread, from_pandas=True), None if symbols is None else _spread(symbols, at, cells)


def _numbers(given: list[Any], where: str, plain: bool) -> tuple[pa.Array, pa.Array | None]:
    if not plain and bool in set(map(type, given)):
        raise JsonStatError(f"{where}: true or false among the values; expected numbers, null, or a status sign")
    symbols = None
    try:
        numbers = _fast(given) if plain else pa.array(given, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, TypeError):
        numbers, symbols = _numbers_and_symbols(given, where)
    return numbers, symbols


def _fast(given: list[Any]) -> pa.Array:
    """Read numbers and null: NumPy makes null NaN, which JSON cannot hold, and Arrow makes that null again."""
    return pa.array(np.fromiter(given, np.float64, len(given)), from_pandas=True)


def _numbers_and_symbols(given: list[Any], where: str) -> tuple[pa.Array, pa.Array]:
    """Part the numbers from the text among them: FHI writes `:`, `.` and `..` in a value's place."""
    mixed = pd.Series(given, dtype=object)
    is_text = mixed.map(lambda value: isinstance(value, str))
    symbols = pa.array(mixed.where(is_text, None), pa.string())
    strange = [symbol for symbol in pc.unique(symbols).to_pylist() if symbol is not None and len(symbol) > 3]
    if strange:
        raise JsonStatError(
            f"{where}: {excerpt(strange[0])} among the values; expected numbers or a status sign such as ':'"
        )
    try:
        return pa.array(mixed.mask(is_text, None), pa.float64()), symbols
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise JsonStatError(f"{where}: a value is no number: {error}") from None


def _positions(sparse: dict[str, Any], cells: int, what: str, where: str) -> np.ndarray:
    """Return the cells that a sparse object names. Raises JsonStatError for one that is not there."""
    try:
        at = pa.array(list(sparse), pa.string()).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        raise JsonStatError(f"{where}: keys of '{what}' are not all whole numbers; expected cell numbers") from None
    if len(at) and (at.min() < 0 or at.max() >= cells):
        outside = at[(at < 0) | (at >= cells)][0]
        raise JsonStatError(f"{where}: '{what}' names cell {outside}; expected 0 to {cells - 1}")
    seen = np.zeros(cells, bool)
    seen[at] = True
    if np.count_nonzero(seen) < len(at):
        raise JsonStatError(f"{where}: '{what}' names a cell twice")
    return at


def _statuses(status: Any, cells: int, where: str) -> pa.Array:
    """Return the status column from a list, a sparse object, or one sign for all cells; empty text is none."""
    if isinstance(status, list) and len(status) == 1:
        status = status[0]
    if status is None or status == "" or status == {}:
        return pa.nulls(cells, pa.dictionary(pa.int32(), pa.string()))
    try:
        if isinstance(status, str):
            return pa.DictionaryArray.from_arrays(pa.array(np.zeros(cells, np.int32)), pa.array([status]))
        if isinstance(status, dict):
            signs = _signs(list(status.values()))
            return _spread(signs, _positions(status, cells, "status", where), cells)
        if isinstance(status, list):
            return _signs(status)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise JsonStatError(f"{where}: a status is no text: {error}") from None
    raise JsonStatError(f"{where}: 'status' is {excerpt(status)}; expected a list, an object or text")


def _signs(given: list[Any]) -> pa.DictionaryArray:
    """Return status signs as a dictionary-encoded column; empty text is no sign."""
    encoded = pa.array(given, pa.dictionary(pa.int32(), pa.string()))
    if pc.any(pc.equal(encoded.dictionary, "")).as_py():
        return pc.if_else(pc.equal(encoded.cast(pa.string()), ""), None, encoded.cast(pa.string())).dictionary_encode()
    return encoded


def _spread(signs: pa.Array, at: np.ndarray, cells: int) -> pa.Array:
    """Place a few signs among all cells."""
    encoded = signs if pa.types.is_dictionary(signs.type) else signs.dictionary_encode()
    indices = np.full(cells, -1, np.int32)
    indices[at] = encoded.indices.fill_null(-1).to_numpy()
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=indices < 0), encoded.dictionary)


def code_columns(dimensions: tuple[Dimension, ...], sizes: list[int], cells: int) -> dict[str, pa.Array]:
    """Return each dimension's codes for every cell: the last dimension varies fastest."""
    columns, inner = {}, cells
    for dimension, size in zip(dimensions, sizes, strict=True):
        inner //= size
        # The narrowest index that holds all categories: memory is what decoding a large cube costs.
        kind = np.min_scalar_type(-size)
        indices = np.empty((cells // (size * inner), size, inner), kind)
        indices[:] = np.arange(size, dtype=kind)[None, :, None]
        codes = pa.array(dimension.codes, pa.string())
        columns[dimension.id] = pa.DictionaryArray.from_arrays(pa.array(indices.reshape(-1)), codes)
    return columns
