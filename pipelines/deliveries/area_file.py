"""Delivered lists of official areas: CSV, perhaps gzipped, read through their contract.

Returns what stands in the file, by day; how lists of several days become validity periods is `indicators.geography`'s
work. Polygons belong to `boundary_file`.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from indicators.catalogue.contracts import AreaListContract, LevelColumns, UnitColumns
from indicators.geography.tree import UNIT
from pipelines.deliveries.faults import DeliveryError, Unsearchable, as_delivery_error, quoted
from pipelines.deliveries.opened import Opened
from pipelines.formats import text
from pipelines.formats.format_error import FormatError
from pipelines.formats.text import SEPARATORS, utf8

_COLUMNS = ["day", "level", "code", "name", "parent_code", "district_code", "zone_code"]
_LARGEST = 512 * 1024 * 1024  # bytes unpacked: all of Norway's lists of 24 years are 50 million


def match(content: bytes, name: str, contracts: Iterable[AreaListContract]) -> AreaListContract | None:
    """Return the contract whose header the list has, in any order of columns; None where none has."""
    try:
        line = _line(utf8(_unpacked(content, name, 65_536).split(b"\n", 1)[0], name)[0])
    except FormatError:
        return None
    headers = [sorted(_header(line, separator)) for separator in SEPARATORS]
    return next((contract for contract in contracts if sorted(contract.header) in headers), None)


@as_delivery_error()
def opened(content: bytes, name: str) -> Opened:
    """Return the list's cells, to be searched. Raises DeliveryError."""
    texts, encoding = text.grids(_unpacked(content, name, _LARGEST), name)
    return Opened(name, list(texts), f"Read as {encoding}", notes=tuple(_packed_with(content)))


def _packed_with(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name and the comment that gzip keeps before the packed bytes (RFC 1952)."""
    if not content.startswith(b"\x1f\x8b"):
        return
    flags, at = content[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(content[at : at + 2], "little")
    for bit, what in ((8, "name"), (16, "comment")):
        if flags & bit:
            end = content.find(b"\0", at)
            yield f"the {what} within the packed file", content[at:end].decode("latin-1")
            at = end + 1


@as_delivery_error()
def read(contract: AreaListContract, content: bytes, name: str) -> pd.DataFrame:
    """Return day, level, code, name, parent_code, district_code, zone_code: each official area once a day.

    Raises DeliveryError with everything that is wrong: rows without a code or day, codes that are no text of digits,
    one code under two names on the same day.
    """
    where = f"{name} (contract {contract.id})"
    rows = _rows(utf8(_unpacked(content, name, _LARGEST), name)[0], contract, where)
    rows = rows.mask(rows.isin(contract.missing))
    for columns in contract.levels.values():
        # Wherever the code stands: as itself, or as what a smaller area lies in.
        rows[columns.code] = rows[columns.code].str.removeprefix(columns.prefix)
    days = _days(rows, contract, where)
    frames = [_areas_of(rows, days, level, columns) for level, columns in contract.levels.items()]
    if contract.units is not None:
        frames.append(_units(rows, days, contract.units))
    lists = pd.concat(frames, ignore_index=True)[_COLUMNS]
    if faults := list(_faults(lists)):
        raise DeliveryError(where, faults)
    return lists


def _line(lines: bytes) -> str:
    return lines.split(b"\n", 1)[0].decode()


def _header(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _unpacked(content: bytes, name: str, most: int) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content[:most] if most < _LARGEST else content
    packed = zlib.decompressobj(wbits=31)
    try:
        unpacked = packed.decompress(content, most)
    except zlib.error as error:
        raise Unsearchable(name, [f"cannot be unpacked ({error}); is the file whole?"]) from None
    if most == _LARGEST and len(unpacked) == most:
        raise Unsearchable(name, [f"unpacks to more than {most:,} bytes; expected a list of areas"])
    if most == _LARGEST and (packed.unused_data or not packed.eof):
        what = "holds more than one packed file" if packed.eof else "is cut off"
        raise Unsearchable(name, [f"{what}; expected one list, packed whole"])
    return unpacked


def _rows(lines: bytes, contract: AreaListContract, where: str) -> pd.DataFrame:
    line = _line(lines)
    separator = next(sign for sign in SEPARATORS if sorted(_header(line, sign)) == sorted(contract.header))
    parsing = pa.csv.ParseOptions(delimiter=separator)
    types = pa.csv.ConvertOptions(column_types=dict.fromkeys(contract.header, pa.string()), strings_can_be_null=False)
    try:
        table = pa.csv.read_csv(io.BytesIO(lines), parse_options=parsing, convert_options=types)
    except pa.ArrowInvalid as error:
        raise DeliveryError(where, [f"cannot be read as CSV: {error}"]) from None
    if not table.num_rows:
        raise DeliveryError(where, ["no rows after the header; expected official areas"])
    rows: pd.DataFrame = table.to_pandas()
    return rows


def _days(rows: pd.DataFrame, contract: AreaListContract, where: str) -> pd.Series:
    if contract.day_column is None:
        return pd.Series(contract.day, index=rows.index)
    texts = rows[contract.day_column]
    days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        at = int(days.isna().to_numpy().argmax())
        fault = f"row {at + 2}, column '{contract.day_column}': found {quoted(str(texts[at]))}, expected a date"
        raise DeliveryError(where, [f"{fault} such as 2024-01-01"])
    return days.dt.date


def _areas_of(rows: pd.DataFrame, days: pd.Series, level: str, columns: LevelColumns) -> pd.DataFrame:
    listed = pd.DataFrame({"day": days, "level": level, "code": rows[columns.code], "name": rows[columns.name]})
    for name, column in (("parent_code", columns.parent), ("district_code", columns.district), ("zone_code", None)):
        listed[name] = rows[column] if column is not None else None
    if level == UNIT:
        return listed
    # A larger area stands on the row of each of its units. Where these name two parents for it, as SSB's list of 2019
    # does for tract 04379900, the parent whose code begins the area's own counts.
    found = listed[listed["code"].notna()].drop_duplicates()
    strays = [
        not str(code).startswith(str(parent)) for code, parent in zip(found["code"], found["parent_code"], strict=True)
    ]
    return found.assign(strays=strays).sort_values("strays", kind="stable").drop_duplicates(["day", "code", "name"])


def _units(rows: pd.DataFrame, days: pd.Series, columns: UnitColumns) -> pd.DataFrame:
    listed = {"day": days, "level": UNIT, "code": rows[columns.unit], "name": None, "zone_code": rows[columns.zone]}
    return pd.DataFrame(listed).assign(parent_code=None, district_code=None)


def _faults(lists: pd.DataFrame) -> Iterator[str]:
    nameless = lists["code"].isna()
    if nameless.any():
        yield f"{int(nameless.sum())} rows have no code of a {lists.loc[nameless, 'level'].iloc[0]}"
    wrong = lists[~nameless & ~lists["code"].astype(str).str.fullmatch(r"\d{2,10}")]
    for level, code, _day in _examples(wrong.drop_duplicates("code")):
        yield f"{level} {quoted(code)}: expected a code of digits, with its leading zeros"
    for level, code, day in _examples(lists[~nameless & lists.duplicated(["day", "level", "code"])]):
        yield f"{level} {code} has two names on {day}; expected one"


def _examples(rows: pd.DataFrame) -> Sequence[tuple[str, str, object]]:
    return list(rows[["level", "code", "day"]].head(20).itertuples(index=False, name=None))
