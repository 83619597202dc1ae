"""Deliveries: files that people hand over, read through their contract into facts.

Every fault of a file is found before it is refused, and each names the row as a person sees it in the file.
Encodings, separators and spreadsheets belong to `delivered_file`; where files lie, to `resources`.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicators import periods
from indicators.catalogue.contracts import DeliveryContract, DimensionColumn
from indicators.geography import AreaNames
from pipelines.sources.delivered_file import DeliveryError, NoContract, Sheet, open_sheet, quoted
from pipelines.sources.tidy import facts

__all__ = ["DeliveryError", "NoContract", "match", "read"]


def match(content: bytes, name: str, contracts: Sequence[DeliveryContract]) -> DeliveryContract:
    """Return the contract whose header the file has.

    Raises NoContract with the columns found and the nearest contract, or DeliveryError for a file that
    is empty or whose letters cannot be read.
    """
    return open_sheet(content, name, contracts).contract


def boundary_year(contract: DeliveryContract, name: str) -> int | None:
    """Return the year whose area codes the file uses, as its name or its contract states it."""
    if contract.boundary_year_in_name is None:
        return contract.boundary_year
    found = re.search(contract.boundary_year_in_name, name)
    if not found:
        expected = f"expected one that fits {contract.boundary_year_in_name}"
        raise DeliveryError(name, [f"the name does not say the year of the boundaries; {expected}"])
    return int(found[1])


def read(
    contract: DeliveryContract,
    content: bytes,
    name: str,
    areas: AreaNames,
    *,
    snapshot_sha256: str,
    vintage: datetime,
    provider: str = "delivery",
) -> pa.Table:
    """Return a file as facts, one per row and kind of figure. Raises DeliveryError with all faults."""
    sheet = open_sheet(content, name, [contract])
    where = f"{name} (contract {contract.id})"
    rows = _rows(sheet, where)
    faults: list[str] = []
    period = _periods(contract, rows, faults)
    dimensions = {key: _dimension(rows[one.column], one, faults) for key, one in contract.dimensions.items()}
    area_id, area_label = _areas(contract, rows, period, areas, faults)
    shared = {"area_id": area_id, "area_label": area_label, "period": period, **dimensions}
    parts = list(_parts(contract, rows, shared, faults))
    stacked = {key: pa.concat_arrays([part[key] for part in parts]) for key in parts[0]}
    faults += _doubled(stacked, list(dimensions))
    if faults:
        raise DeliveryError(where, faults)
    return facts(
        provider=provider,
        table_id=contract.id,
        area_id=stacked["area_id"],
        area_label=stacked["area_label"],
        period=stacked["period"],
        boundary_year=boundary_year(contract, name),
        dimensions={key: stacked[key] for key in [*contract.dimensions, "ContentsCode"]},
        value=stacked["value"],
        status=stacked["status"],
        snapshot_sha256=snapshot_sha256,
        vintage=vintage,
        where=where,
    )


def _dimension(column: "_Column", declared: DimensionColumn, faults: list[str]) -> pa.Array:
    return column.each(_whole, faults) if declared.form == "number" else column.recoded(declared.codes, faults)


@dataclass(frozen=True)
class _Column:
    """One column's text and the row numbers that go with it."""

    name: str
    text: pa.Array
    rows: np.ndarray

    def each(self, reading: Callable[[str], str | None], faults: list[str]) -> pa.Array:
        """Apply `reading` to every distinct text; where it raises ValueError, the first row has a fault."""
        encoded = self.text.dictionary_encode()
        read: list[str | None] = []
        for number, text in enumerate(encoded.dictionary.to_pylist()):
            try:
                read.append(reading(text))
            except ValueError as error:
                read.append(None)
                at = np.flatnonzero(encoded.indices.to_numpy() == number)
                more = f" (and {len(at) - 1} more)" if len(at) > 1 else ""
                faults.append(f"row {self.rows[at[0]]}{more}, column '{self.name}': {error}")
        return pa.array(read, pa.string()).take(encoded.indices)

    def recoded(self, codes: Mapping[str, str] | None, faults: list[str]) -> pa.Array:
        """Return the code of each label; without codes the text itself is the code."""
        return self.text if codes is None else self.each(lambda label: _code(label, codes), faults)


def _code(label: str, codes: Mapping[str, str]) -> str:
    if label in codes:
        return codes[label]
    near = difflib.get_close_matches(label, codes, n=1, cutoff=0.4)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise ValueError(f"found {quoted(label)}, expected one of {', '.join(map(repr, codes))}{hint}")


def _rows(sheet: Sheet, where: str) -> dict[str, _Column]:
    """Return the file's columns by name; periods in the header become the columns `period` and `value`."""
    width, numbers, rows, short = len(sheet.header), [], [], []
    for number, cells in sheet.lines():
        if len(cells) == width:
            numbers.append(number)
            rows.append(cells)
        else:
            short.append(f"row {number} has {len(cells)} fields, expected {width}; does the row break off?")
    if short:
        raise DeliveryError(where, short)
    if not rows:
        raise DeliveryError(where, ["no rows after the header; expected rows of figures"])
    at = np.array(numbers)
    columns = {
        name: _Column(name, pc.utf8_trim_whitespace(pa.array(cells, pa.string())), at)
        for name, cells in zip(sheet.header, zip(*rows, strict=True), strict=True)
    }
    columns = _chosen(sheet.contract, columns)
    return _molten(sheet.contract, columns) if sheet.contract.period.in_header else columns


def _chosen(contract: DeliveryContract, columns: dict[str, "_Column"]) -> dict[str, "_Column"]:
    """Leave out the rows that the contract says are no observations."""
    for name, wanted in contract.only.items():
        keep = pc.is_in(columns[name].text, pa.array(wanted, pa.string()))
        columns = {
            key: _Column(one.name, one.text.filter(keep), one.rows[keep.to_numpy(zero_copy_only=False)])
            for key, one in columns.items()
        }
    return columns


# No column of a file is called so.
_PERIOD, _VALUE = "<period>", "<value>"


def _molten(contract: DeliveryContract, columns: dict[str, _Column]) -> dict[str, _Column]:
    """Turn one column of values per period into one column of periods and one of values."""
    by_period = [column for name, column in columns.items() if name not in contract.header]
    times = len(by_period)
    at = np.tile(by_period[0].rows, times)
    molten = {name: _Column(name, pa.concat_arrays([columns[name].text] * times), at) for name in contract.header}
    names = [pa.repeat(pa.scalar(one.name, pa.string()), len(one.text)) for one in by_period]
    molten[_PERIOD] = _Column("the header", pa.concat_arrays(names), at)
    molten[_VALUE] = _Column("of values", pa.concat_arrays([one.text for one in by_period]), at)
    return molten


def _periods(contract: DeliveryContract, rows: dict[str, _Column], faults: list[str]) -> pa.Array:
    """Return each row's period in the form that `periods.parse` takes, and note gaps between the periods."""
    column = rows[contract.period.column if contract.period.column is not None else _PERIOD]
    forms: dict[str, Callable[[str], str]] = {
        "published": str,
        "date_month": _month_of,
        "date_year": _year_of,
        "number": _whole,
    }
    known: dict[str, periods.Period] = {}

    def reading(text: str) -> str:
        period = periods.parse(forms[contract.period.form](text))
        known[period.text] = period
        return period.text

    read = column.each(reading, faults)
    for gap in _gaps(list(known.values())):
        faults.append(f"column '{column.name}': period {gap} is missing; expected every period from first to last")
    return read


def _month_of(text: str) -> str:
    day = _date_of(text)
    return f"{day.year}M{day.month:02d}"


def _year_of(text: str) -> str:
    return str(_date_of(text).year)


def _whole(text: str) -> str:
    matched = re.fullmatch(r"(\d+)(?:\.0+)?", text)
    if not matched:
        raise ValueError(f"found {quoted(text)}, expected a whole number")
    return matched[1]


def _date_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"found {quoted(text)}, expected a date such as 2011-01-01") from None


def _gaps(found: list[periods.Period]) -> Iterator[str]:
    """Name the periods that are missing between the first and the last one of the same length.

    Months follow month by month, quarters quarter by quarter, anything longer year by year: windows overlap.
    """
    by_length: dict[int, set[int]] = {}
    for one in found:
        first, last = (day.year * 12 + day.month - 1 for day in (one.start, one.end))
        by_length.setdefault(last - first + 1, set()).add(first)
    for length, starts in sorted(by_length.items()):
        for start in range(min(starts), max(starts), min(length, 12)):
            if start not in starts:
                yield _span(start, start + length - 1)


def _span(first: int, last: int) -> str:
    if last - first == 11 and first % 12 == 0:
        return str(first // 12)
    ends = [f"{month // 12}-{month % 12 + 1:02d}" for month in (first, last)]
    return ends[0] if first == last else " to ".join(ends)


_VALIDITY = re.compile(r"(?P<name>.*\S)\s*\((?P<first>\d{4})?-(?P<last>\d{4})?\)")
_CODE_AND_NAME = re.compile(r"(?P<code>\d{1,8})(?:\s+(?P<name>\D.*))?")


def _areas(
    contract: DeliveryContract,
    rows: dict[str, _Column],
    period: pa.Array,
    areas: AreaNames,
    faults: list[str],
) -> tuple[pa.Array, pa.Array]:
    """Return each row's area code, where it is known, and the area's name as it stands in the file."""
    label = rows[contract.area.name].text if contract.area.name is not None else None
    if contract.area.code is None:
        named = rows[str(contract.area.name)]
        codes = _codes_of_names(contract, named.text, period, areas)
        if codes.null_count == len(codes):
            first = quoted(named.text[0].as_py())
            faults.append(f"column '{named.name}': none of the areas is known, such as {first}; see areas.yaml")
        return codes, label
    column = rows[contract.area.code]
    codes = column.each(lambda text: _area_code(text.removeprefix(contract.area.prefix)), faults)
    return codes, column.each(_area_name, []) if label is None else label


def _area_code(text: str) -> str:
    """Return the code, which a spreadsheet may have robbed of its leading zero."""
    matched = _CODE_AND_NAME.fullmatch(text)
    code = matched["code"] if matched else text
    if not code:
        raise ValueError("the area's code is empty")
    if code.isdigit() and code != "0" and len(code) not in (2, 4, 6, 8):
        expected = "expected 2 digits (county), 4 (municipality), 6 or 8; was a leading zero lost?"
        raise ValueError(f"found {quoted(code)}, {expected}")
    return code


def _area_name(text: str) -> str | None:
    matched = _CODE_AND_NAME.fullmatch(text)
    return matched["name"] if matched else None


def _codes_of_names(contract: DeliveryContract, label: pa.Array, period: pa.Array, areas: AreaNames) -> pa.Array:
    """Resolve every distinct pair of name and year once."""
    names, texts = label.dictionary_encode(), period.dictionary_encode()
    years = [periods.parse(text).year for text in texts.dictionary.to_pylist()] or [0]
    pairs = names.indices.to_numpy().astype(np.int64) * len(years)
    pairs += texts.indices.fill_null(0).to_numpy()
    distinct, positions = np.unique(pairs, return_inverse=True)
    codes = [
        _code_of_name(names.dictionary[int(pair // len(years))].as_py(), years[pair % len(years)], contract, areas)
        for pair in distinct
    ]
    return pa.array(codes, pa.string()).take(pa.array(positions))


def _code_of_name(label: str, year: int, contract: DeliveryContract, areas: AreaNames) -> str | None:
    """Return the code of a published name; outside the years that the name itself states it has none."""
    matched = _VALIDITY.fullmatch(label)
    if matched is None:
        return areas(label, contract.boundary_year or year)
    first, last = int(matched["first"] or 0), int(matched["last"] or 9999)
    if not first <= year <= last:
        return None
    return areas(matched["name"], contract.boundary_year or year)


def _parts(
    contract: DeliveryContract, rows: dict[str, _Column], shared: dict[str, pa.Array], faults: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the columns of each kind of figure: what all rows have, and its values."""
    kind = None
    if contract.contents_column is not None:
        labels = {str(one.label): one.code for one in contract.contents}
        kind = rows[contract.contents_column].recoded(labels, faults)
    for one in contract.contents:
        values = rows[one.column if one.column is not None else _VALUE]
        mask = None if kind is None else pc.fill_null(pc.equal(kind, one.code), False)
        chosen = _Column(
            values.name,
            _filtered(values.text, mask),
            values.rows if mask is None else values.rows[mask.to_numpy(False)],
        )
        value, status = _numbers(chosen, contract.decimal, {**contract.missing, **one.missing}, faults)
        yield {
            **{key: _filtered(column, mask) for key, column in shared.items()},
            "ContentsCode": pa.repeat(pa.scalar(one.code, pa.string()), len(value)),
            "value": value,
            "status": status,
            "row": pa.array(chosen.rows),
        }


def _filtered(column: pa.Array, mask: pa.Array | None) -> pa.Array:
    return column if mask is None else column.filter(mask)


def _numbers(column: _Column, decimal: str, missing: Mapping[str, str], faults: list[str]) -> tuple[pa.Array, pa.Array]:
    """Return values and statuses; a text that is neither a number nor a known sign is a fault."""
    status = pa.array(list(missing.values()), pa.string()).take(
        pc.index_in(column.text, pa.array(list(missing), pa.string()))
    )
    is_number = pc.match_substring_regex(column.text, rf"^-?\d+({re.escape(decimal)}\d+)?([eE][-+]?\d{{1,2}})?$")
    is_value = pc.and_(is_number, status.is_null())
    value = pc.if_else(is_value, pc.replace_substring(column.text, decimal, "."), None).cast(pa.float64())

    def refuse(text: str) -> str:
        signs = "".join(f" or '{sign}'" for sign in missing)
        raise ValueError(f"found {quoted(text)}, expected a number with '{decimal}' as decimal sign{signs}")

    is_neither = pc.invert(pc.or_(is_number, status.is_valid()))
    _Column(column.name, column.text.filter(is_neither), column.rows[is_neither.to_numpy(False)]).each(refuse, faults)
    return value, status


def _doubled(stacked: Mapping[str, pa.Array], dimensions: list[str]) -> Iterator[str]:
    """Name every figure that stands in two rows: same area, period, dimensions and kind."""
    area = pc.coalesce(stacked["area_id"], stacked["area_label"])
    key = {"area": area, **{name: stacked[name] for name in ["period", *dimensions, "ContentsCode"]}}
    # What could not be read is a fault of its own and equal to nothing.
    grouped = (
        pa.table({**key, "row": stacked["row"]})
        .drop_null()
        .group_by(list(key))
        .aggregate([("row", "count"), ("row", "min"), ("row", "max")])
    )
    # A doubled row doubles every kind of figure in it: that is said once.
    said: set[tuple[int, int]] = set()
    for one in grouped.filter(pc.greater(grouped["row_count"], 1)).sort_by("row_min").to_pylist():
        if (pair := (one["row_min"], one["row_max"])) not in said:
            said.add(pair)
            what = ", ".join(quoted(one[name]) for name in ["area", "period", *dimensions])
            yield f"rows {pair[0]} and {pair[1]} give the same figure: {what}; expected each figure once"
