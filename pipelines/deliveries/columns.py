"""Columns of a delivered file: their cells, what each distinct text stands for, and where a fault is.

Every distinct text is looked at once, however many rows have it.
"""

import difflib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.faults import quoted
from pipelines.formats.format_error import Fault, Kind
from pipelines.formats.grid import Place

_HINTS = 20  # misspelt labels of which the nearest one is looked for, which takes long


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
    known: Collection[str] = ()  # words that messages may repeat: the contract's own, and names of areas

    def place(self, number: int) -> Place:
        """Say where the cell at position `number` stands."""
        if self.at is None:
            return Place(f"{self.sheet}{self.name}")
        column = int(self.at if isinstance(self.at, int) else self.at[number])
        return Place(self.sheet, int(self.rows[number]), column, (self.names or {}).get(column, self.name))

    def where(self, keep: pa.Array) -> "Column":
        """Return the cells for which `keep` is true."""
        mask = keep.to_numpy(zero_copy_only=False)
        at = self.at[mask] if isinstance(self.at, np.ndarray) else self.at
        return replace(self, text=self.text.filter(keep), rows=self.rows[mask], at=at)

    def those(self, test: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """Return for each cell what `test` says of its text (an array of any kind for the distinct texts)."""
        return test(self.text.dictionary).take(self.text.indices)

    def each(self, reading: Callable[[str], str | None], faults: list[Fault], kind: Kind) -> pa.DictionaryArray:
        """Read every distinct text; where that is Unreadable, the first cell that has it has a fault of that kind."""
        indices = self.text.indices.to_numpy(zero_copy_only=False)
        # A part of a column has the dictionary of the whole: only what occurs is read.
        occurring, first, cells = np.unique(indices, return_index=True, return_counts=True)
        texts = self.text.dictionary.to_pylist()
        read: list[str | None] = [None] * len(texts)
        for number, at, count in zip(occurring.tolist(), first.tolist(), cells.tolist(), strict=True):
            try:
                read[number] = reading(unicodedata.normalize("NFC", texts[number]))
            except Unreadable as error:
                found = quoted(texts[number], self.known)
                faults.append(Fault(self.place(at), str(error), found, error.example, count, kind))
        # Two texts may stand for the same.
        distinct = pa.array(read, pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(distinct.indices.take(self.text.indices), distinct.dictionary)

    def filled_down(self) -> "Column":
        """Return the column with the text above in each empty cell."""
        empty = pc.equal(self.text.dictionary, "").take(self.text.indices).to_numpy(zero_copy_only=False)
        at = np.maximum.accumulate(np.where(empty, -1, np.arange(len(empty))))
        indices = self.text.indices.to_numpy(zero_copy_only=False)[np.maximum(at, 0)]
        return replace(self, text=pa.DictionaryArray.from_arrays(pa.array(indices), self.text.dictionary))

    def followed_by(self, other: "Column") -> "Column":
        """Return the column with the other's text after each of its own, and a blank between."""
        count = len(other.text.dictionary)
        pairs = self.text.indices.to_numpy(zero_copy_only=False).astype(np.int64) * count
        pairs += other.text.indices.to_numpy(zero_copy_only=False)
        distinct, position = np.unique(pairs, return_inverse=True)
        first, second = self.text.dictionary.to_pylist(), other.text.dictionary.to_pylist()
        texts = [f"{first[pair // count]} {second[pair % count]}" for pair in distinct.tolist()]
        text = pa.DictionaryArray.from_arrays(pa.array(position.astype(np.int32)), pa.array(texts, pa.string()))
        return replace(self, text=text)

    def as_it_is(self) -> pa.DictionaryArray:
        """Return the text, in composed letters."""
        return self.each(lambda text: text, [], Kind.OTHER)

    def recoded(self, codes: Mapping[str, str] | None, faults: list[Fault]) -> pa.DictionaryArray:
        """Return the code of each label; without codes the text itself is the code."""
        if codes is None:
            return self.as_it_is()
        alike = {_simplified(label): code for label, code in codes.items()}
        expected = f"expected one of {', '.join(map(repr, codes))}"
        before = len(faults)

        def code(label: str) -> str:
            found = codes.get(label, alike.get(_simplified(label)))
            if found is None:
                few = len(faults) - before < _HINTS
                near = difflib.get_close_matches(label, codes, n=1, cutoff=0.4) if few else []
                raise Unreadable(f"{expected} (did you mean '{near[0]}'?)" if near else expected)
            return found

        return self.each(code, faults, Kind.LABEL)

    def refuse(
        self, wrong: pa.Array, expected: str, faults: list[Fault], kind: Kind, example: str | None = None
    ) -> None:
        """Note a fault for each distinct text among the cells that are wrong."""
        if pc.any(wrong).as_py():

            def refused(_text: str) -> str:
                raise Unreadable(expected, example)

            self.where(wrong).each(refused, faults, kind)


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
