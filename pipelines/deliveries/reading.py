"""A delivered file read through its contract: figures with their area, period, dimensions and status.

Every fault is found before the file is refused. What the cells are is `opened`'s work; whether the figures can be
right, `plausible`'s; where files lie and what becomes of them, `inbox`'s.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, reduce
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import periods
from indicators.catalogue import Spacing
from indicators.catalogue.contracts import PROJECTED, Contents, DeliveryContract, Windows
from indicators.geography import AreaNames
from pipelines.deliveries import extracts, plausible, times
from pipelines.deliveries.columns import Column, Unreadable, key_of, repeated
from pipelines.deliveries.faults import DeliveryError, as_delivery_error, headings, quoted
from pipelines.deliveries.numerals import decimal_of, example, numbers_of
from pipelines.deliveries.opened import Match, Table, column_names, header_of, plain, texts_around, value_columns
from pipelines.formats.cube import CubeGrid
from pipelines.formats.format_error import Fault, Kind
from pipelines.formats.grid import Block, Place, combined


@dataclass(frozen=True)
class Reading:
    """A file's figures, one per row and kind of figure, before they are facts.

    columns: area_id, area_label, period, each dimension and ContentsCode, as dictionaries of text. value: numbers.
    status: text or null. row: number of the row in the file. remarks: what was put right or should be known.
    """

    contract: DeliveryContract
    name: str
    columns: dict[str, pa.DictionaryArray]
    value: pa.Array
    status: pa.Array
    row: np.ndarray
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.value)

    @cached_property
    def area(self) -> pa.DictionaryArray:
        """Each row's area by its code, or by its name where that has none."""
        code, label = self.columns["area_id"], self.columns["area_label"]
        if not code.null_count:
            return code
        indices = pc.if_else(code.indices.is_valid(), code.indices, pc.add(label.indices, len(code.dictionary)))
        names = pa.concat_arrays([code.dictionary, label.dictionary])
        return pa.DictionaryArray.from_arrays(indices, names)

    def boundary_years(self) -> int | pa.Array | None:
        """Return the year of the area codes, for each row where names say until when a code was valid."""
        year = boundary_year(self.contract, self.name)
        if year is None or self.contract.area.code is None or self.contract.area.name is None:
            return year
        label = self.columns["area_label"]
        until = [_UNTIL.search(text or "") for text in label.dictionary.to_pylist()]
        years = pa.array([int(found[1]) if found else year for found in until], pa.int16())
        return years.take(label.indices)

    def distinct(self, column: str) -> list[str]:
        """Return the values that occur in a column, sorted."""
        return sorted(pc.unique(self.columns[column]).dictionary.drop_null().to_pylist())


@dataclass
class _Rows:
    """The file's columns by name, what the headers of its value columns tell, and the faults and remarks so far.

    ambiguous: the kinds of figures of which 5.000 may be 5 or 5,000; amounts too, where numbers are nothing but text.
    """

    contract: DeliveryContract
    columns: dict[str, Column]
    across: dict[str, Column] = field(default_factory=dict)
    ambiguous: tuple[str, ...] = ("count",)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def boundary_year(contract: DeliveryContract, name: str) -> int | None:
    """Return the year whose area codes the file uses, as its name or its contract states it.

    Raises DeliveryError where the name must state it and does not.
    """
    if contract.boundary_year_in_name is None:
        return contract.boundary_year
    found = re.search(contract.boundary_year_in_name, name)
    if not found:
        expected = f"expected one that fits {contract.boundary_year_in_name}"
        raise DeliveryError(name, [f"the name does not say the year of the boundaries; {expected}"])
    return int(found[1])


@as_delivery_error()
def read(
    match: Match,
    name: str,
    areas: AreaNames,
    known_names: Collection[str] = (),
    spacings: Sequence[Spacing] = (),
) -> Reading:
    """Return the file's figures. Raises DeliveryError with all faults.

    areas: (name, year) -> code. known_names: names that areas.yaml has, by which a misspelt one is recognised.
    spacings: how often the figures of the file come, by which a gap is known; figures of no indicator are yearly.
    """
    contract = match.contract
    where = f"{name} (contract {contract.id})"
    boundary_year(contract, name)
    known = _words(contract) | set(known_names)
    readings, faults = [], list[Fault]()
    tables = match.every_table
    for table in tables:
        reading, wrong = _read(contract, table, name, where, areas, known_names, spacings)
        readings.append(reading)
        faults += wrong
    reading = _together(readings)
    place = tables[0].grid.place if len({table.grid.sheet for table in tables}) == 1 else "one of the sheets, "
    faults += _doubled(reading, place, known, several=len(tables) > 1)
    if contract.absent == "zero" and not faults:
        reading = _with_zeros(reading)
    faults += plausible.faults(reading, place)
    if faults:
        raise DeliveryError(where, faults)
    return reading


def _with_zeros(reading: Reading) -> Reading:
    """Return the figures with those that have no row because nothing was counted."""
    columns, row = extracts.zeros(reading)
    if not len(row):
        return reading
    zeros = replace(
        reading, columns=columns, value=pa.array(np.zeros(len(row))), status=pa.nulls(len(row), pa.string()), row=row
    )
    remark = f"{len(row):,} figure(s) that have no row are 0, as the contract has it (`absent`)"
    return replace(_together([reading, zeros]), remarks=(*reading.remarks, remark))


def _together(readings: Sequence[Reading]) -> Reading:
    """Return the figures of several tables as those of one."""
    if len(readings) == 1:
        return readings[0]
    columns = {
        key: combined(pa.chunked_array([reading.columns[key] for reading in readings])) for key in readings[0].columns
    }
    value, status = (pa.concat_arrays([getattr(reading, key) for reading in readings]) for key in ("value", "status"))
    row = np.concatenate([reading.row for reading in readings])
    remarks = dict.fromkeys(remark for reading in readings for remark in reading.remarks)
    return replace(readings[0], columns=columns, value=value, status=status, row=row, remarks=tuple(remarks))


def _read(
    contract: DeliveryContract,
    table: Table,
    name: str,
    where: str,
    areas: AreaNames,
    known_names: Collection[str],
    spacings: Sequence[Spacing],
) -> tuple[Reading, list[Fault]]:
    """Return a table's figures and the faults of single cells, and free the memory that the cells took."""
    rows = _rows(contract, table, name, where, _words(contract) | set(known_names))
    period = _periods(rows)
    dimensions = _dimensions(rows)
    _note_gaps(rows, period, dimensions, spacings)
    area_id, area_label = _areas(rows, period, areas, known_names)
    shared = {"area_id": area_id, "area_label": area_label, "period": period, **dimensions}
    parts = list(_parts(rows, shared))
    rows.columns.clear()
    table.grid.forget()
    columns = {}
    for key in [*shared, "ContentsCode"]:
        columns[key] = combined(pa.chunked_array([part.pop(key) for part in parts]))
        shared.pop(key, None)
    value, status = (pa.concat_arrays([part.pop(key) for part in parts]) for key in ("value", "status"))
    row = np.concatenate([part.pop("row") for part in parts])
    if contract.period.windows is not None:
        columns["period"], value, status = _as_windows(contract.period.windows, columns, value, status, rows)
    if contract.period.projected_from is not None:
        columns["ContentsCode"] = _marked_projected(columns, contract.period.projected_from)
    return Reading(contract, name, columns, value, status, row, tuple(rows.remarks)), rows.faults


def _marked_projected(columns: dict[str, pa.DictionaryArray], first: int) -> pa.DictionaryArray:
    """Return the kind of each figure; of those from the year `first` on, that of its projection."""
    period = columns["period"]
    later = [text is not None and periods.parse(text).year >= first for text in period.dictionary.to_pylist()]
    projected = pc.fill_null(pa.array(later, pa.bool_()).take(period.indices), False)
    kind = columns["ContentsCode"].cast(pa.string())
    return pc.if_else(projected, pc.binary_join_element_wise(kind, PROJECTED, ""), kind).dictionary_encode()


# --- rows and columns -------------------------------------------------------------------------------------------------


def _words(contract: DeliveryContract) -> set[str]:
    """Return the words of the contract, which messages may repeat wherever they stand in a file."""
    parts = [*contract.dimensions.values(), *(contract.across.dimensions.values() if contract.across else ())]
    words = {text for part in parts for pair in (part.codes or {}).items() for text in pair}
    words |= {text for texts in contract.fixed.values() for text in texts}
    return words | {text for kind in contract.contents for text in (kind.code, kind.label) if text} | {*contract.header}


def _rows(contract: DeliveryContract, table: Table, file: str, where: str, known: Collection[str]) -> _Rows:
    """Return a table's columns by name; of value columns, one column for each thing that their headers tell."""
    grid = table.grid
    depth = contract.across.rows if contract.across is not None else 1
    heads = [header_of(grid, table.row + number) for number in range(depth)]
    width = max(map(len, heads))
    block = grid.block(contract.first_row or table.row + depth, width, contract.written_sign)
    remarks = []
    if contract.ends == "empty_row":
        below, block = len(block.rows), block.before_empty_row()
        if below := below - len(block.rows):
            remarks.append(f"{below:,} row(s) below the first empty row after row {block.rows[-1]} were not read")
    short = [Fault(Place(grid.place, row), _short(text, width), kind=Kind.LAYOUT) for row, text in block.short]
    if not len(block.rows):
        nothing = Fault("", "no rows after the header; expected rows of figures", kind=Kind.LAYOUT)
        raise DeliveryError(where, short or [nothing])
    columns = _columns(contract, table, block, where, known)
    for name, text in texts_around(contract, table, file).items():
        cells = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(block.rows), np.int32)), [text])
        columns[name] = Column(name, cells, block.rows, None, grid.place, known=known)
    keep = _are_observations(contract, columns)
    if keep is not None:
        columns = {name: column.where(keep) for name, column in columns.items()}
    for name, texts in contract.fixed.items():
        strange = columns[name].those(partial(_none_of, set(map(plain, texts))))
        expected = f"expected {' or '.join(map(repr, texts))}: is this the file of contract {contract.id}?"
        columns[name].refuse(strange, expected, short, Kind.LABEL)
    kinds = ("count", "amount") if grid.sheet is None and not isinstance(grid, CubeGrid) else ("count",)
    rows = _Rows(contract, columns, ambiguous=kinds, faults=short, remarks=remarks)
    _stack_values(table, rows, block.columns, keep)
    return rows


def _columns(
    contract: DeliveryContract, table: Table, block: Block, where: str, known: Collection[str]
) -> dict[str, Column]:
    """Return the columns that the header names. Raises DeliveryError where a column without a name has cells."""
    names = {plain(name): name for name in contract.header}
    columns: dict[str, Column] = {}
    strays: list[Fault] = []
    for number, cell in enumerate(column_names(contract, table.grid, table.row)):
        name = names.get(plain(cell))
        if name is not None:
            columns[name] = Column(name, block.columns[number], block.rows, number, table.grid.place, known=known)
        elif not cell and contract.across is None:
            column = Column("", block.columns[number], block.rows, number, table.grid.place)
            filled = column.those(lambda text: pc.not_equal(text, ""))
            column.refuse(filled, "a column without a header must be empty", strays, Kind.LAYOUT)
    if strays:
        raise DeliveryError(where, strays)
    for name in contract.fill_down:
        columns[name] = columns[name].filled_down()
    return columns


def _none_of(words: Collection[str], text: pa.Array) -> pa.Array:
    return pa.array([plain(cell) not in words for cell in text.to_pylist()], pa.bool_())


def _short(text: str, width: int) -> str:
    if _BEYOND.fullmatch(text):
        return text
    hint = "does the row break off, or is there a separator within a cell that is not quoted?"
    return f"has another number of fields than the {width} of the header; {hint}"


_BEYOND = re.compile(r"a value in column \d+, beyond the header")


def _are_observations(contract: DeliveryContract, columns: dict[str, Column]) -> pa.Array | None:
    """Return which rows the contract takes for observations; None where it takes all."""
    wanted = [
        columns[name].those(partial(pc.is_in, value_set=pa.array(texts, pa.string())))
        for name, texts in contract.only.items()
    ]
    wanted += [
        columns[name].those(partial(pc.match_substring_regex, pattern=f"^(?:{pattern})$"))
        for name, pattern in contract.only_like.items()
    ]
    return reduce(pc.and_, wanted) if wanted else None


_VALUE = "<value>"  # no column of a file is called so


def _stack_values(table: Table, rows: _Rows, cells: list[pa.Array], keep: pa.Array | None) -> None:
    """Put the value columns below each other, beside what their headers tell. keep: which of the cells' rows count."""
    contract, across, grid = rows.contract, rows.contract.across, table.grid
    if across is None:
        return
    first = next(iter(rows.columns.values()))
    sheet, count = grid.place, len(first.rows)
    values = value_columns(contract, grid, table.row)
    headers = {number: header for number, header in values if isinstance(header, dict)}
    for number, text in values:
        if isinstance(text, str):
            found, place = headings([text]), Place(sheet, table.row, number)
            rows.faults.append(Fault(place, "expected a header as the others have", found, kind=Kind.LAYOUT))
    at = np.repeat(np.array(list(headers)), count)
    numbers = np.tile(first.rows, len(headers))
    for name, column in rows.columns.items():
        tiled = np.tile(column.text.indices.to_numpy(zero_copy_only=False), len(headers))
        text = pa.DictionaryArray.from_arrays(pa.array(tiled), column.text.dictionary)
        rows.columns[name] = replace(column, text=text, rows=numbers, at=column.at)
    for part in (*across.dimensions, "period", "month", "area_code", "area_name", "contents"):
        if not across.telling(part):
            continue
        labels = pa.array([header[part] for header in headers.values()]).dictionary_encode()
        indices = np.repeat(labels.indices.to_numpy(zero_copy_only=False), count)
        text = pa.DictionaryArray.from_arrays(pa.array(indices), labels.dictionary)
        rows.across[part] = Column(
            f"row {table.row} and below, header, {part}", text, numbers, None, sheet, known=first.known
        )
    kept = [cells[number] if keep is None else cells[number].filter(keep) for number in headers]
    stacked = combined(pa.chunked_array(kept))
    names = {number: " ".join(header.values()) for number, header in headers.items()}
    rows.columns[_VALUE] = Column("values", stacked, numbers, at, sheet, names, first.known)


# --- periods and dimensions -------------------------------------------------------------------------------------------


def _periods(rows: _Rows) -> pa.DictionaryArray:
    """Return each row's period in the form that `periods.parse` takes."""
    declared = rows.contract.period
    month = declared.month is not None or "month" in rows.across
    projected = declared.projected_from is not None

    def reading(text: str) -> str:
        return times.period_of(text, declared.form, month=month, projected=projected).text

    return _period_column(rows).each(reading, rows.faults, Kind.PERIOD)


def _period_column(rows: _Rows) -> Column:
    declared = rows.contract.period
    column = rows.columns[declared.column] if declared.column is not None else rows.across["period"]
    month = rows.columns[declared.month] if declared.month is not None else rows.across.get("month")
    return column if month is None else column.followed_by(month)


_LEVELS = {"country": re.compile("0+"), "county": re.compile(r"(?!00)\d\d")}


def _as_windows(
    windows: Windows, columns: Mapping[str, pa.DictionaryArray], value: pa.Array, status: pa.Array, rows: _Rows
) -> tuple[pa.DictionaryArray, pa.Array, pa.Array]:
    """Return period, value and status, with the years of the windows' levels as the windows that they end.

    Where the figures before a series' first whole window are that window's own, told again, they are not available.
    """
    frame = pd.DataFrame({name: column.to_pandas().astype(object) for name, column in columns.items()})
    frame["value"] = value.to_numpy(zero_copy_only=False)
    patterns = [_LEVELS[level] for level in windows.levels]
    wide = frame["area_id"].map(lambda code: isinstance(code, str) and any(p.fullmatch(code) for p in patterns))
    wide &= frame["period"].map(lambda text: isinstance(text, str) and text.isdigit())
    own = frame[wide].sort_values("period", kind="stable")
    keys = [name for name in columns if name not in ("period", "area_label")]
    copies: list[int] = []
    for _key, series in own.groupby(keys, dropna=False, sort=False):
        early = series.head(windows.years)
        if len(early) == windows.years and early["value"].notna().all() and early["value"].nunique() == 1:
            copies += early.index[:-1].tolist()
    period = frame["period"].where(~wide, frame["period"].map(partial(_window_of, windows.years)))
    if copies:
        rows.remarks.append(
            f"{len(copies)} figure(s) of the years before a series' first window of {windows.years} years repeat that "
            "window's, and are left out"
        )
        gone = pa.array(np.isin(np.arange(len(frame)), copies))
        value, status = pc.if_else(gone, None, value), pc.if_else(gone, "..", status)
    return pa.array(period, pa.string()).dictionary_encode(), value, status


def _window_of(years: int, text: str | None) -> str | None:
    return f"{int(text) - years + 1}-{text}" if text is not None and text.isdigit() else text


def _note_gaps(
    rows: _Rows, period: pa.DictionaryArray, dimensions: Mapping[str, pa.DictionaryArray], spacings: Sequence[Spacing]
) -> None:
    """Note the periods that are left out, of each indicator by its own periodicity.

    The other figures of the file come as often as those of the indicators, where these agree, or else every year.
    """
    column = _period_column(rows)
    place = Place(column.sheet, name=column.name)
    others: pa.Array | None = None
    for spacing in spacings:
        own = [_has(dimensions[name], codes) for name, codes in spacing.codes.items()]
        mask = reduce(pc.and_, own) if own else pa.repeat(pa.scalar(True), len(period))
        others = pc.invert(mask) if others is None else pc.and_not(others, mask)
        if spacing.every is not None:
            _note_gaps_among(rows, place, period.filter(mask), spacing.every, f" of {spacing.indicator_id}")
    common = {spacing.every for spacing in spacings} or {1}
    every = next(iter(common)) if len(common) == 1 else 1
    if every is not None:
        _note_gaps_among(rows, place, period if others is None else period.filter(others), every, "")


def _note_gaps_among(rows: _Rows, place: Place, period: pa.DictionaryArray, every: int, of: str) -> None:
    found = pc.unique(period.indices).drop_null()
    for gap in times.gaps([periods.parse(text) for text in period.dictionary.take(found).to_pylist()], every):
        how = "every period" if every == 1 else f"every {every} years a period"
        expected = f"period {gap}{of} is missing; expected {how} from first to last"
        if all(fault.expected != expected for fault in rows.faults):
            rows.faults.append(Fault(place, expected, kind=Kind.PERIOD))


def _dimensions(rows: _Rows) -> dict[str, pa.DictionaryArray]:
    contract, found = rows.contract, {}
    for name, declared in contract.dimensions.items():
        column = rows.columns[declared.column]
        number = declared.form == "number"
        found[name] = (
            column.each(times.whole, rows.faults, Kind.LABEL) if number else column.recoded(declared.codes, rows.faults)
        )
    for name, part in contract.across.dimensions.items() if contract.across is not None else ():
        found[name] = rows.across[name].recoded(part.codes, rows.faults)
    return found


# --- areas ------------------------------------------------------------------------------------------------------------

_YEARS = 10_000
_VALIDITY = re.compile(r"(?P<name>.*\S)\s*\((?P<first>\d{4})?-(?P<last>\d{4})?\)")
_AS_DECIMAL = re.compile(r"^(\d+)\.0+$")  # 33010601.0: a program took the code for a number
_UNTIL = re.compile(r"t\.o\.m\. (\d{4})\)$")
_CODE_AND_NAME = re.compile(r"(?P<code>\d{1,10})(?:\s*[-\u2013:.]?\s+(?P<name>\D.*))?")
_NAME_AND_CODE = re.compile(r"(?P<name>\D*\S)\s*(?:\((?P<code>\d{4,8})\)|[-\u2013:,]\s*(?P<last>\d{4,8}))")


def _areas(
    rows: _Rows, period: pa.DictionaryArray, areas: AreaNames, known_names: Collection[str]
) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Return each row's area code, where it is known, and the area's name as it stands in the file."""
    contract = rows.contract
    own = {"area_code": contract.area.code, "area_name": contract.area.name}
    told = rows.across | {part: rows.columns[column] for part, column in own.items() if column is not None}
    named = told.get("area_name")
    if named is not None and "area_code" not in told:
        return _codes_of_names(named, rows, period, areas, known_names), named.as_it_is()
    column = told["area_code"]
    mended: dict[str, str] = {}

    def code_of(text: str) -> str:
        code = _area_code(text, contract)
        if code != text and _AS_DECIMAL.sub(r"\1", text).isdigit() and len(code) > len(_AS_DECIMAL.sub(r"\1", text)):
            mended[text] = code
        return code

    codes = column.each(code_of, rows.faults, Kind.AREA)
    if mended:
        short, code = next(iter(mended.items()))
        rows.remarks.append(
            f"column '{column.name}': {len(mended)} code(s) had lost a leading zero and got it back: {short} → {code}"
        )
    if named is not None:
        return codes, named.as_it_is()
    return codes, column.each(_area_name, [], Kind.AREA)


def _area_code(text: str, contract: DeliveryContract) -> str:
    """Return the code, which a spreadsheet may have robbed of its leading zero."""
    area = contract.area
    if area.prefix and not text.startswith(area.prefix):
        raise Unreadable(f"expected a code that begins with '{area.prefix}'", f"{area.prefix}3301")
    code, _name = _code_and_name(_AS_DECIMAL.sub(r"\1", text.removeprefix(area.prefix)))
    if not code:
        raise Unreadable("the area's code is empty; expected one", f"{area.prefix}3301")
    if area.digits is not None:
        if code.isdigit() and len(code) == area.digits - 1:
            return code.zfill(area.digits)
        if not code.isdigit() or len(code) != area.digits:
            raise Unreadable(f"expected a code of {area.digits} digits", "33010601"[: area.digits])
    if not code.isdigit() or (code != "0" and len(code) not in (2, 4, 6, 8, 10)):
        expected = "expected 2 digits (county), 4 (municipality), 6, 8 or 10 (zone); was a leading zero lost?"
        raise Unreadable(expected, "3301")
    return code


def _code_and_name(text: str) -> tuple[str, str | None]:
    """Return what one cell says of an area: `3301 Drammen`, `3301 - Drammen`, `Drammen (3301)` or a code alone."""
    if matched := _CODE_AND_NAME.fullmatch(text):
        return matched["code"], matched["name"]
    if matched := _NAME_AND_CODE.fullmatch(text):
        return matched["code"] or matched["last"], matched["name"]
    return text, None


def _area_name(text: str) -> str | None:
    return _code_and_name(text)[1]


def _codes_of_names(
    label: Column, rows: _Rows, period: pa.DictionaryArray, areas: AreaNames, known_names: Collection[str]
) -> pa.DictionaryArray:
    """Return the code of each published name, resolving every distinct pair of name and year once."""
    encoded = label.as_it_is()
    names = encoded.dictionary.to_pylist()
    texts = period.dictionary.to_pylist() or [None]
    year_of = np.array([periods.parse(text).year if text is not None else 0 for text in texts])
    pairs = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64) * _YEARS
    pairs += year_of[period.indices.fill_null(0).to_numpy(zero_copy_only=False)]
    positions, distinct = pd.factorize(pairs)
    asked = [(names[pair // _YEARS], pair % _YEARS) for pair in distinct.tolist()]
    answers = [_code_of_name(name, year, rows.contract, areas) for name, year in asked]
    found = pa.array(answers, pa.string()).dictionary_encode()
    codes = pa.DictionaryArray.from_arrays(found.indices.take(pa.array(positions)), found.dictionary)
    resolved = {name for (name, _year), code in zip(asked, answers, strict=True) if code is not None}
    unknown = sorted({name for name, _year in asked} - resolved)
    _note_unknown(label, rows, unknown, resolved, known_names)
    return codes


def _note_unknown(
    label: Column, rows: _Rows, unknown: list[str], resolved: set[str], known_names: Collection[str]
) -> None:
    """Note the names that areas.yaml does not have: as faults where all must be known, or where one looks misspelt."""
    must_be_known = rows.contract.area.known
    if not resolved and unknown and not must_be_known:
        first = quoted(unknown[0], label.known)
        expected = "none of the areas is known; see areas.yaml"
        rows.faults.append(Fault(label.place(0), expected, first, cells=len(label.rows), kind=Kind.AREA))
        return
    absent = sorted(set(known_names) - resolved)
    near = {name: None if name in known_names else plausible.near(name, absent) for name in unknown}
    wrong = {name for name in unknown if near[name] or must_be_known or not name}

    example = min(known_names, default=None)

    def refused(name: str) -> str:
        if name in wrong:
            hint = f" (did you mean '{near[name]}'?)" if near[name] else ""
            raise Unreadable(f"expected the name of an area as areas.yaml has it{hint}", example)
        return name

    if wrong:
        label.each(refused, rows.faults, Kind.AREA)
    others = sorted(set(unknown) - wrong)
    if others:
        first = f"the first is {quoted(others[0], label.known)}"
        aside = f"{len(others)} area(s) that areas.yaml does not have are kept aside, {first}"
        rows.remarks.append(f"column '{label.name}': {aside}")


def _code_of_name(label: str, year: int, contract: DeliveryContract, areas: AreaNames) -> str | None:
    """Return the code of a published name; outside the years that the name itself states it has none."""
    matched = _VALIDITY.fullmatch(label)
    if matched is None:
        return areas(label, contract.boundary_year or year)
    first, last = int(matched["first"] or 0), int(matched["last"] or 9999)
    if not first <= year <= last:
        return None
    return areas(matched["name"], contract.boundary_year or year)


# --- values -----------------------------------------------------------------------------------------------------------


def _parts(rows: _Rows, shared: dict[str, pa.DictionaryArray]) -> Iterator[dict[str, Any]]:
    """Yield the columns of each kind of figure: what all rows have, and its values."""
    contract, kind = rows.contract, None
    labels = {str(contents.label): contents.code for contents in contract.contents}
    if contract.contents_column is not None:
        kind = rows.columns[contract.contents_column].recoded(labels, rows.faults).cast(pa.string())
    elif "contents" in rows.across:
        kind = rows.across["contents"].recoded(labels, rows.faults).cast(pa.string())
    for contents in contract.contents:
        cells = rows.columns[contents.column if contents.column is not None else _VALUE]
        masks = [] if kind is None else [pc.fill_null(pc.equal(kind, contents.code), False)]
        masks += [_has(shared[name], codes) for name, codes in contents.only.items()]
        mask = reduce(pc.and_, masks) if masks else None
        if mask is not None:
            cells = cells.where(mask)
        value, status = _numbers(contents, cells, rows)
        yield {
            **{key: column if mask is None else column.filter(mask) for key, column in shared.items()},
            "ContentsCode": pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(value), np.int32)), [contents.code]),
            "value": value,
            "status": status,
            "row": cells.rows,
        }


def _has(column: pa.DictionaryArray, codes: Collection[str]) -> pa.Array:
    """Return which rows have one of the codes; a code that could not be read is a fault already, and none of them."""
    chosen = pc.is_in(column.dictionary, pa.array(list(codes), pa.string()))
    return pc.fill_null(chosen.take(column.indices), False)


def _numbers(contents: Contents, column: Column, rows: _Rows) -> tuple[pa.Array, pa.Array]:
    """Return values and statuses; a text that is neither a number nor a known sign is a fault."""
    contract = rows.contract
    missing = {**contract.missing, **contents.missing}
    read = numbers_of(column.text.dictionary, contract, contents.kind, list(missing))
    sign = pa.array(list(missing.values()), pa.string()).take(read.sign).take(column.text.indices)
    value = read.value.take(column.text.indices)
    signs = "".join(f" or '{sign}'" for sign in missing)
    decimal = decimal_of(column.text.dictionary, contract)
    either = " (or '.', but one of them in the whole column)" if contract.decimal == "either" else ""
    expected = f"expected a number with '{decimal}' as decimal sign{either}{signs}"
    column.refuse(
        column.those(lambda _text: read.wrong), expected, rows.faults, Kind.NUMBER, example(contract, contents)
    )
    plausible.ambiguous(contents, column, decimal, rows.ambiguous, rows.faults)
    if count := pc.sum(column.those(lambda _text: read.spaced)).as_py():
        rows.remarks.append(
            f"column '{column.name}': {count:,} number(s) with spaces between thousands were understood"
        )
    plausible.out_of_range(contents, column, value, rows.faults)
    plausible.shares_for_percent(contents, column, value, rows.faults)
    return value, sign


def _doubled(reading: Reading, place: str, words: Collection[str], *, several: bool) -> Iterator[Fault]:
    """Name every figure that stands in two rows: same area, period, dimensions and kind."""
    named = {name: column for name, column in reading.columns.items() if name not in ("area_id", "area_label")}
    area = reading.area
    kinds = len(reading.contract.contents)
    apart = reading.contract.contents_column is not None or any(one.only for one in reading.contract.contents)
    if reading.contract.across is None and not (several or apart) and kinds > 1:
        # Each row has every kind: to look at the first is enough.
        named = {name: column[: len(reading) // kinds] for name, column in named.items()}
        area = area[: len(reading) // kinds]
    # What could not be read is a fault of its own and equal to nothing.
    whole = np.ones(len(area), bool)
    for column in (area, *named.values()):
        if column.null_count:
            whole &= column.is_valid().to_numpy(zero_copy_only=False)
    key = key_of([area, *named.values()])
    ordered = np.sort(key)
    repeats = (ordered[1:] == ordered[:-1]).any()
    del ordered
    if not repeats:
        return
    positions = np.flatnonzero(whole)
    key = key[positions]
    noted: set[tuple[int, int]] = set()
    for first, last in repeated(key):
        at = [positions[first], positions[last]]
        pair = (int(reading.row[at[0]]), int(reading.row[at[1]]))
        # A doubled row doubles every kind of figure in it: that is one fault.
        if pair not in noted:
            noted.add(pair)
            identifying = [area, *(column for name, column in named.items() if name != "ContentsCode")]
            figure = ", ".join(quoted(column[int(at[0])].as_py(), words) for column in identifying)
            expected = f"gives the same figure as row {pair[1]}: {figure}; expected each figure once"
            yield Fault(Place(place, pair[0]), expected, kind=Kind.TWICE)
