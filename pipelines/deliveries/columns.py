"""Columns of a delivered file: their cells, what each distinct text stands for, and where a fault is.

Every distinct text is looked at once, however many rows have it.
"""

import difflib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.faults import quoted
from pipelines.formats.format_error import Fault
from pipelines.formats.grid import letter


class Unreadable(ValueError):
    """A cell's text that is not what was expected; `example` shows what is."""

    def __init__(self, expected: str, example: str | None = None) -> None:
        super().__init__(expected)
        self.example = example


@dataclass(frozen=True)
class Column:
    """Text of one column, or of several that hold the same kind of thing, with the row and column of each cell.

    text: a dictionary of strings, so that each distinct one is looked at once. at: the number of the column in the
    file, for each cell or for all; None where the text stands in a header and holds for all rows below.
    """

    name: str
    text: pa.DictionaryArray
    rows: np.ndarray
    at: np.ndarray | int | None
    sheet: str = ""
    names: Mapping[int, str] | None = None  # of columns that are stacked, by number

    def place(self, number: int) -> str:
        """Say where the cell at position `number` stands."""
        row = int(self.rows[number])
        if self.at is None:
            return f"{self.sheet}{self.name}"
        column = letter(int(self.at if isinstance(self.at, int) else self.at[number]))
        name = self.names[int(self.at[number])] if self.names and isinstance(self.at, np.ndarray) else self.name
        return f"{self.sheet}row {row}, column '{name}' (cell {column}{row})"

    def where(self, keep: pa.Array) -> "Column":
        """Return the cells for which `keep` is true."""
        mask = keep.to_numpy(zero_copy_only=False)
        at = self.at[mask] if isinstance(self.at, np.ndarray) else self.at
        return Column(self.name, self.text.filter(keep), self.rows[mask], at, self.sheet, self.names)

    def those(self, test: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """Return for each cell what `test` says of its text (an array of any kind for the distinct texts)."""
        return test(self.text.dictionary).take(self.text.indices)

    def each(self, reading: Callable[[str], str | None], faults: list[Fault]) -> pa.DictionaryArray:
        """Read every distinct text; where that is Unreadable, the first cell that has it has a fault."""
        indices = self.text.indices.to_numpy(zero_copy_only=False)
        occurring = np.zeros(len(self.text.dictionary), bool)
        occurring[indices] = True  # a part of a column has the dictionary of the whole
        read: list[str | None] = []
        for number, text in enumerate(self.text.dictionary.to_pylist()):
            if not occurring[number]:
                read.append(None)
                continue
            try:
                read.append(reading(unicodedata.normalize("NFC", text)))
            except Unreadable as error:
                read.append(None)
                at = np.flatnonzero(indices == number)
                faults.append(Fault(self.place(at[0]), str(error), quoted(text), error.example, len(at)))
        # Two texts may stand for the same.
        distinct = pa.array(read, pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(distinct.indices.take(self.text.indices), distinct.dictionary)

    def recoded(self, codes: Mapping[str, str] | None, faults: list[Fault]) -> pa.DictionaryArray:
        """Return the code of each label; without codes the text itself is the code."""
        if codes is None:
            return self.each(lambda text: text, faults)
        alike = {_simplified(label): code for label, code in codes.items()}

        def code(label: str) -> str:
            found = codes.get(label, alike.get(_simplified(label)))
            if found is None:
                near = difflib.get_close_matches(label, codes, n=1, cutoff=0.4)
                hint = f" (did you mean '{near[0]}'?)" if near else ""
                raise Unreadable(f"expected one of {', '.join(map(repr, codes))}{hint}")
            return found

        return self.each(code, faults)

    def refuse(self, wrong: pa.Array, expected: str, faults: list[Fault], example: str | None = None) -> None:
        """Note a fault for each distinct text among the cells that are wrong."""
        if pc.any(wrong).as_py():

            def refused(_text: str) -> str:
                raise Unreadable(expected, example)

            self.where(wrong).each(refused, faults)


def _simplified(label: str) -> str:
    return " ".join(label.split()).casefold()


def key_of(columns: Sequence[pa.DictionaryArray]) -> np.ndarray:
    """Return one number per row, equal for rows that agree in every column; a null agrees with nulls only."""
    key = np.zeros(len(columns[0]), np.int64)
    size = 1
    for column in columns:
        codes = column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False)
        count = len(column.dictionary) + 1
        if size * count >= 2**62:  # too many for one number: count only those that occur
            values, key = np.unique(key, return_inverse=True)
            size = len(values)
        key *= count  # in place: there may be millions
        key += codes
        size *= count
    return key


def repeated(key: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the positions of the first and the last row of each key that several rows have, by first position."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(ordered)]
    many = ends - starts > 1
    yield from sorted((int(order[a]), int(order[b - 1])) for a, b in zip(starts[many], ends[many], strict=True))
