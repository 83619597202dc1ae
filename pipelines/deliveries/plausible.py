"""Whether delivered figures can be right: ranges, parts and wholes, totals, completeness, figures that are known."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue.contracts import Contents, Known, Total
from pipelines.deliveries.columns import Column, key_of
from pipelines.formats.format_error import Fault, Kind
from pipelines.formats.grid import Place
from pipelines.formats.untrusted import quoted

if TYPE_CHECKING:
    from pipelines.deliveries.reading import Reading

_SHOWN = 20
_ALIKE = 0.85  # of difflib's ratio: one wrong letter in a name of seven
_SWAPPED = 0.8  # where the letters are the same in another order


def near(name: str, names: Sequence[str]) -> str | None:
    """Return the one of `names` that `name` is probably a misspelling of."""
    if len(name) <= 3:
        return None
    # A number is no typing error: zone 11 is another one than zone 10.
    words = re.sub(r"\d", "", name)
    names = [known for known in names if re.sub(r"\d", "", known) != words or not re.search(r"\d", name)]
    letters = set(name)
    # Each letter that only one of two texts has is unmatched, and difflib takes long: a file may have 200,000 names.
    names = [
        known
        for known in names
        if abs(len(known) - len(name)) <= 2
        and len(letters ^ set(known)) <= (1 - _SWAPPED) * (len(known) + len(name)) + 1e-9
    ]
    if not names:
        return None
    found = difflib.get_close_matches(name, names, n=3, cutoff=_SWAPPED)
    alike = difflib.get_close_matches(name, found, n=1, cutoff=_ALIKE)
    return next(iter(alike + [known for known in found if sorted(known) == sorted(name)]), None)


def ambiguous(contents: Contents, column: Column, decimal: str, kinds: Collection[str], faults: list[Fault]) -> None:
    """Note numbers such as 5.000 that may be 5, with three decimals, or 5,000: of some kinds of figures.

    They are decimals where another figure of the column can be nothing else: 1234.500, 0.250, 12.5.
    """
    if contents.kind not in kinds:
        return
    sign = re.escape(decimal)
    grouped = column.those(lambda text: pc.match_substring_regex(text, rf"^-?[1-9]\d{{0,2}}{sign}\d{{3}}$"))
    plain = rf"^-?(\d+{sign}(\d{{1,2}}|\d{{4,}})|(0|\d{{4,}}){sign}\d{{3}})$"
    if not pc.any(column.those(lambda text: pc.match_substring_regex(text, plain))).as_py():
        expected = (
            f"{contents.code}: expected a number that can be read in one way only; this one may have three decimals, "
            f"or '{decimal}' between thousands. Where it divides thousands, the contract says so (`thousands`)"
        )
        column.refuse(grouped, expected, faults, Kind.NUMBER, "5000")


def shares_for_percent(contents: Contents, column: Column, value: pa.Array, faults: list[Fault]) -> None:
    """Note a column of per cent none of whose figures reaches 1: they are shares, or so small that a contract says it.

    A contract that states a `range` knows what can be right.
    """
    positive = pc.fill_null(pc.greater(value, 0), False)
    if contents.kind != "percent" or contents.range is not None or not pc.any(positive).as_py():
        return
    if pc.max(value).as_py() < 1:
        at = int(pc.index(positive, True).as_py())
        expected = (
            f"{contents.code} is in per cent, and none of its figures reaches 1: are they shares? Expected 25 for 25 "
            "%. Where such small figures are right, the contract says so (`range`)"
        )
        number = pc.sum(positive).as_py()
        faults.append(Fault(column.place(at), expected, cells=number, kind=Kind.RANGE))


def out_of_range(contents: Contents, column: Column, value: pa.Array, faults: list[Fault]) -> None:
    """Note the cells whose figure its kind does not allow."""
    lowest, highest = contents.allowed
    wrong = pc.or_(pc.less(value, lowest), pc.greater(value, highest))
    if contents.kind == "count":
        wrong = pc.or_(wrong, pc.not_equal(value, pc.floor(value)))
    wrong = pc.fill_null(wrong, False)
    if contents.kind == "count" and contents.range is None:
        expected = f"{contents.code} is a count: expected a whole number from 0"
    else:
        upper = f" to {highest:,g}" if np.isfinite(highest) else ""
        expected = f"{contents.code} is of kind {contents.kind}: expected a number from {lowest:,g}{upper}"
    column.refuse(wrong, expected, faults, Kind.RANGE)


def faults(reading: "Reading", place: str) -> Iterator[Fault]:
    """Yield what is wrong with the figures together. Rows that could not be read are left out."""
    yield from _parts_of(reading, place)
    for total in reading.contract.totals:
        yield from _total(reading, total, place)
    yield from _incomplete(reading, place)
    for known in reading.contract.known:
        yield from _known(reading, known, place)


def _beside(
    reading: "Reading", contents: Sequence[str], column: str, codes: Sequence[str]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Put the figures of several codes of a column beside each other, everything else being equal.

    Returns for each code its figures (nan where there is none), and the row number of those of the first code.
    """
    kinds, labels = reading.columns["ContentsCode"], reading.columns[column]
    chosen = pc.and_(
        pc.is_in(kinds.dictionary, pa.array(list(contents))).take(kinds.indices),
        pc.fill_null(pc.is_in(labels.dictionary, pa.array(list(codes))).take(labels.indices), False),
    )
    at = np.flatnonzero(chosen.to_numpy(zero_copy_only=False))
    taken = pa.array(at)
    others = [own.take(taken) for name, own in reading.columns.items() if name not in (column, "area_label", "area_id")]
    cell, distinct = pd.factorize(key_of([reading.area.take(taken), *others]))
    value = reading.value.take(taken).to_numpy(zero_copy_only=False)
    which = labels.indices.take(taken).to_numpy(zero_copy_only=False)
    found, rows = {}, np.zeros(len(distinct), np.int64)
    for code in codes:
        own = which == labels.dictionary.index(code).as_py()
        found[code] = np.full(len(distinct), np.nan)
        found[code][cell[own]] = value[own]
        if code == codes[0]:
            rows[cell[own]] = reading.row[at[own]]
    return found, rows


def _parts_of(reading: "Reading", place: str) -> Iterator[Fault]:
    """A numerator that is larger than its denominator."""
    for contents in reading.contract.contents:
        if contents.part_of is None:
            continue
        codes = [contents.code, contents.part_of]
        found, rows = _beside(reading, codes, "ContentsCode", codes)
        part, whole = (found[code] for code in codes)
        for at in np.flatnonzero(part > whole)[:_SHOWN]:
            expected = f"{contents.code} is a part of {contents.part_of}: expected no more than {whole[at]:,g}"
            yield Fault(Place(place, int(rows[at])), expected, f"{part[at]:,g}", kind=Kind.TOGETHER)


def _total(reading: "Reading", total: Total, place: str) -> Iterator[Fault]:
    """A sum that its parts do not give; where one is missing or hidden, nothing can be said."""
    codes = [total.whole, *total.parts]
    if not set(codes) <= set(reading.columns[total.dimension].dictionary.to_pylist()):
        return
    found, rows = _beside(reading, total.contents, total.dimension, codes)
    summed = np.sum([found[code] for code in total.parts], axis=0)
    wrong = np.flatnonzero(np.abs(found[total.whole] - summed) > total.tolerance)
    for at in wrong[:_SHOWN]:
        parts = " + ".join(f"{found[code][at]:,g}" for code in total.parts)
        expected = f"expected the sum of its parts by {total.dimension}, {parts} = {summed[at]:,g}"
        yield Fault(Place(place, int(rows[at])), expected, f"{found[total.whole][at]:,g}", kind=Kind.TOGETHER)
    if len(wrong) > _SHOWN:
        more = len(wrong) - _SHOWN
        yield Fault("", f"{more} more sums by {total.dimension} differ", cells=more, kind=Kind.TOGETHER)


def _incomplete(reading: "Reading", place: str) -> Iterator[Fault]:
    complete = reading.contract.complete
    if complete is None:
        return
    where = Place(place)
    areas, periods = set(pc.unique(reading.area.cast(pa.string())).to_pylist()), set(reading.distinct("period"))
    for area in sorted(set(complete.areas) - areas):
        yield Fault(where, f"area {area} is missing; the contract says that it must be there", kind=Kind.MISSING)
    for period in sorted(set(complete.periods) - periods):
        yield Fault(where, f"period {period} is missing; the contract says that it must be there", kind=Kind.MISSING)
    if complete.each:
        columns = [reading.area.cast(pa.string()), reading.columns["period"].cast(pa.string())]
        there = pa.table(columns, names=["area", "period"]).group_by(["area", "period"]).aggregate([])
        pairs = {(row["area"], row["period"]) for row in there.to_pylist()}
        lacking = sorted({(area, period) for area in areas - {None} for period in periods} - pairs)
        for area, period in lacking[:_SHOWN]:
            lacks = f"{quoted(area)} has no row for {period}; expected every area in every period"
            yield Fault(where, lacks, kind=Kind.MISSING)
        if len(lacking) > _SHOWN:
            more = len(lacking) - _SHOWN
            yield Fault("", f"{more} more areas lack a period", cells=more, kind=Kind.MISSING)


def _known(reading: "Reading", known: Known, place: str) -> Iterator[Fault]:
    wanted = {"period": known.period, "ContentsCode": known.contents, **known.dimensions}
    mask = pc.fill_null(pc.equal(reading.area.cast(pa.string()), known.area), False)
    for name, code in wanted.items():
        mask = pc.and_(mask, pc.fill_null(pc.equal(reading.columns[name].cast(pa.string()), code), False))
    for at in np.flatnonzero(mask.to_numpy(zero_copy_only=False)):
        found = reading.value[int(at)].as_py()
        if found is not None and abs(found - known.value) > known.tolerance:
            expected = f"expected {known.value:,g}, as {known.source} has it. Is this the right file, whole?"
            yield Fault(Place(place, int(reading.row[at])), expected, f"{found:,g}", kind=Kind.KNOWN)
