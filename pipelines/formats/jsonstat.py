"""JSON-stat, 1.x and 2.0, to Arrow: datasets, bundles and collections, in every form the specification allows.

What belongs: the format itself, and refusing what is no cube before memory is spent on it. What does not: where the
bytes come from, and what a table's dimensions mean. (JSON-stat format 2.00, json-stat.org/full)

Everything but the cells is read through `_Member`, which knows its place and refuses what the format does not allow.
Vectorised: Python loops over dimensions and categories, over cells only where text stands among the numbers.
"""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.format_error import excerpt, product

# A sparse cube may be larger than its data, but not without bound: three values do not make a billion cells.
_ALWAYS_ALLOWED_CELLS = 1_000_000
_CELLS_PER_VALUE = 1_000
_MOST_CELLS = 100_000_000

_NULL = type(None)
_BOM = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
# Text among the values that is no number: ':', '.', '..' or letters.
_SIGN = re.compile(r"[^0-9]{1,3}", re.ASCII)


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
        parsed = orjson.loads(content.removeprefix(_BOM))
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
    if at < 0:
        return False
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
        error = parsed["error"]
        raise JsonStatError(
            f"{where}: the provider answers with an error: {error[:300] if isinstance(error, str) else excerpt(error)}"
        )
    waiting = [(parsed, where)]
    while waiting:
        found, place = waiting.pop()
        if found.get("class") == "collection":
            waiting += reversed(list(_items(found, place)))
        elif found.get("class") == "dataset" or "dimension" in found:
            yield found, place
        elif found.get("class") is not None:
            raise JsonStatError(
                f"{place}: class {excerpt(found['class'])} holds no cells; expected dataset or collection"
            )
        else:
            # JSON-stat 1.x: a bundle, an object of datasets by name; `dataset` is the usual name of a single one.
            for name, dataset in found.items():
                if isinstance(dataset, dict) and "dimension" in dataset:
                    yield dataset, place if len(found) == 1 else f"{place}, {name}"


def _items(collection: dict[str, Any], where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the datasets and collections inside a collection; an item that is only a link has no cells here."""
    link = collection.get("link")
    items = link.get("item") if isinstance(link, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and (item.get("class") == "collection" or "dimension" in item):
            yield item, f"{where}, item {number}"


@dataclass(frozen=True)
class _Member:
    """One member of a dataset with the path to it. Read as a type that it has not, it raises JsonStatError.

    null is read as if the member were absent.
    """

    given: Any
    path: str
    where: str

    def error(self, expected: str) -> JsonStatError:
        return JsonStatError(f"{self.where}: {excerpt(self.path)} is {excerpt(self.given)}; expected {expected}")

    def member(self, name: str) -> "_Member":
        return _Member(self.object().get(name), f"{self.path}.{name}" if self.path else name, self.where)

    def object(self, expected: str = "an object") -> dict[str, Any]:
        if self.given is not None and not isinstance(self.given, dict):
            raise self.error(expected)
        return self.given or {}

    def members(self, expected: str) -> Iterator[tuple[str, "_Member"]]:
        return ((name, self.member(name)) for name in self.object(expected))

    def list(self, expected: str, *types: type) -> list[Any]:
        """Return the elements, all of these types."""
        if self.given is None:
            return []
        if not isinstance(self.given, list) or not set(map(type, self.given)) <= set(types):
            raise self.error(expected)
        return self.given

    def texts(self, expected: str) -> tuple[str, ...]:
        """Return a list of texts; a whole number is as good as its digits."""
        return tuple(map(str, self.list(expected, str, int)))

    def text(self) -> str | None:
        if isinstance(self.given, dict | list):
            raise self.error("text")
        return None if self.given is None else str(self.given)

    def notes(self) -> tuple[str, ...]:
        alone = [] if self.given is None else [self.given]
        notes = self.given if isinstance(self.given, list) else alone
        return tuple(text for note in notes if (text := _Member(note, self.path, self.where).text()) is not None)


def _cube(dataset: dict[str, Any], where: str, plain: bool) -> Cube:
    whole = _Member(dataset, "", where)
    described = whole.member("dimension")
    if not isinstance(described.given, dict):
        raise JsonStatError(f"{where}: no 'dimension' object; expected one entry per dimension")
    # 1.x keeps id, size and role inside `dimension`, 2.0 beside it.
    ids, size, role = (
        described.member(name) if dataset.get(name) is None and name in described.given else whole.member(name)
        for name in ("id", "size", "role")
    )
    names = _ids(ids)
    sizes = _sizes(size, names)
    cells = math.prod(sizes)
    _check_extent(dataset, cells, sizes, where)
    roles = {
        name: kind for kind in ("metric", "geo", "time") for name in role.member(kind).texts("a list of dimension ids")
    }
    dimensions = tuple(
        _dimension(described.member(name), name, size, roles.get(name)) for name, size in zip(names, sizes, strict=True)
    )
    value, symbols = _values(dataset.get("value"), cells, where, plain)
    status = _statuses(dataset.get("status"), cells, where)
    if symbols is not None:
        status = pc.coalesce(symbols, status)
    columns = code_columns(dimensions, sizes, cells)
    return Cube(
        label=whole.member("label").text(),
        source=whole.member("source").text(),
        updated=whole.member("updated").text(),
        notes=whole.member("note").notes(),
        dimensions=dimensions,
        table=pa.table({**columns, "value": value, "status": status}),
        extension=whole.member("extension").object(),
    )


def _ids(member: _Member) -> list[str]:
    ids = member.list("a list of different dimension ids", str)
    if member.given is None or len(set(ids)) < len(ids):
        raise member.error("a list of different dimension ids")
    for name in ("value", "status"):
        if name in ids:
            raise JsonStatError(
                f"{member.where}: a dimension is called {excerpt(name)}, which is the name of a column of the table"
            )
    return ids


def _sizes(member: _Member, ids: list[str]) -> list[int]:
    """Return the sizes as whole numbers; some publishers write them as text."""
    if not isinstance(member.given, list) or len(member.given) != len(ids):
        raise member.error(f"{len(ids)} numbers, one for each of {excerpt(ids)}")
    sizes = [_whole(size) for size in member.given]
    for name, size, whole in zip(ids, member.given, sizes, strict=True):
        if whole is None or whole < 1:
            raise JsonStatError(
                f"{member.where}: size of {excerpt(name)} is {excerpt(size)}; expected a whole number above 0"
            )
    return [whole for whole in sizes if whole is not None]


def _whole(given: Any) -> int | None:
    """Return a whole number that is written as one, or as text; None for anything else."""
    if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 19:
        return int(given)
    return given if type(given) is int else None


def _check_extent(dataset: dict[str, Any], cells: int, sizes: list[int], where: str) -> None:
    """Refuse, before anything is allocated, a size product that the values cannot fill."""
    value = dataset.get("value")
    if isinstance(value, list) and len(value) != cells:
        hint = " (metadata without figures?)" if not value else ""
        raise JsonStatError(f"{where}: {len(value):,} values for {product(sizes)} cells{hint}; expected one each")
    if not isinstance(value, list | dict):
        raise JsonStatError(f"{where}: 'value' is {excerpt(value)}; expected a list or an object of values")
    allowed = min(_MOST_CELLS, max(_ALWAYS_ALLOWED_CELLS, _CELLS_PER_VALUE * len(value)))
    if isinstance(value, dict) and cells > allowed:
        raise JsonStatError(
            f"{where}: sizes make {product(sizes)} cells, but there are {len(value):,} values; "
            f"expected at most {allowed:,} cells for so few"
        )


def _dimension(member: _Member, name: str, size: int, role: str | None) -> Dimension:
    if member.given is None:
        raise JsonStatError(
            f"{member.where}: dimension {excerpt(name)} is named in 'id' but not described in 'dimension'"
        )
    category = member.member("category")
    if not category.object():
        raise JsonStatError(f"{member.where}: dimension {excerpt(name)} has no 'category' object")
    labels = {code: label.text() for code, label in category.member("label").members("an object, code to label")}
    codes = _codes(category, list(labels), name, size)
    children = category.member("child").members("an object, code to list of codes")
    units = category.member("unit").members("an object, code to unit")
    return Dimension(
        id=name,
        label=member.member("label").text() or name,
        codes=codes,
        labels=tuple(code if (label := labels.get(code)) is None else label for code in codes),
        role=role,
        units={code: unit.object() for code, unit in units},
        children={code: parts.texts("a list of codes") for code, parts in children if parts.given is not None},
        notes=member.member("note").notes(),
        extension=member.member("extension").object(),
    )


def _codes(category: _Member, labelled: list[str], name: str, size: int) -> tuple[str, ...]:
    """Return the codes in cell order, from `index` as list or object, or from the one label where it is absent."""
    index, where = category.member("index"), category.where
    if index.given is None and len(labelled) != 1:
        raise JsonStatError(f"{where}: dimension {excerpt(name)} has no 'index', which only a single category may lack")
    if index.given is None:
        codes = tuple(labelled)
    elif isinstance(index.given, dict):
        codes = _in_order(index, name, size)
    else:
        codes = index.texts("codes, as a list of texts or an object, code to position")
    if len(codes) != size:
        raise JsonStatError(f"{where}: dimension {excerpt(name)} has {len(codes)} categories; its size is {size}")
    if len(set(codes)) < size:
        raise JsonStatError(f"{where}: dimension {excerpt(name)} has a category twice; expected different codes")
    return codes


def _in_order(index: _Member, name: str, size: int) -> tuple[str, ...]:
    positions = [_whole(position) for position in index.object().values()]
    if len(positions) == size and sorted(at for at in positions if at is not None) != list(range(size)):
        raise JsonStatError(
            f"{index.where}: positions of {excerpt(name)} are {excerpt(list(index.given.values()))}; "
            f"expected each of 0 to {size - 1} once"
        )
    return tuple(code for _at, code in sorted(zip(positions, index.given, strict=True), key=lambda pair: pair[0] or 0))


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
    if plain:
        # What is neither number nor null is found, and named, below.
        with suppress(TypeError, ValueError):
            return _fast(given), None
    types = set(map(type, given))
    if not types <= {int, float, str, _NULL}:
        strange = next(value for value in given if type(value) not in (int, float, str, _NULL))
        raise JsonStatError(f"{where}: {excerpt(strange)} among the values; expected numbers, null, or a status sign")
    if str not in types:
        return _fast(given), None
    meanings = {text: _number_or_sign(text, where) for text in given if type(text) is str}
    read = [meanings[value] if type(value) is str else value for value in given]
    symbols = [value if type(value) is str else None for value in read]
    numbers = [None if type(value) is str else value for value in read]
    return _fast(numbers), pa.array(symbols, pa.string()) if any(symbols) else None


def _fast(given: list[Any]) -> pa.Array:
    """Read numbers and null: NumPy makes null NaN, which JSON cannot hold, and Arrow makes that null again."""
    return pa.array(np.fromiter(given, np.float64, len(given)), from_pandas=True)


def _number_or_sign(text: str, where: str) -> float | str | None:
    """Read a text in a value's place: a number in quotation marks, a sign (FHI writes `:`, `.`, `..`), or nothing."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) and math.isfinite(number := float(stripped)):
        return number
    if stripped and not _SIGN.fullmatch(stripped):
        raise JsonStatError(f"{where}: {excerpt(text)} among the values; expected numbers or a status sign such as ':'")
    return stripped or None


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
    if isinstance(status, list) and len(status) == 1 and type(status[0]) in (str, _NULL):
        [status] = status
    if status is None or status == "" or status == {}:
        return pa.nulls(cells, pa.dictionary(pa.int32(), pa.string()))
    if isinstance(status, str):
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(cells, np.int32)), pa.array([status]))
    if isinstance(status, dict):
        return _spread(_signs(list(status.values()), where), _positions(status, cells, "status", where), cells)
    if not isinstance(status, list):
        raise JsonStatError(f"{where}: 'status' is {excerpt(status)}; expected a list, an object or text")
    if len(status) != cells:
        raise JsonStatError(f"{where}: {len(status):,} statuses for {cells:,} cells; expected one each, or one for all")
    return _signs(status, where)


def _signs(given: list[Any], where: str) -> pa.DictionaryArray:
    """Return status signs as a dictionary-encoded column; empty text is no sign."""
    if not set(map(type, given)) <= {str, _NULL}:
        strange = next(sign for sign in given if type(sign) not in (str, _NULL))
        raise JsonStatError(f"{where}: a status is no text: {excerpt(strange)}; expected text or null")
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
