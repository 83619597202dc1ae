"""A delivered column as the personal data guard sees it: distinct texts, and the place of a hit without its value.

What counts as personal is decided in `personal` and `records`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.guards.personal.canonical import canonical, canonical_text

_SAMPLE = 1000


@dataclass(frozen=True)
class TextColumn:
    """One column as a person sees it. Text is string or dictionary<string>, with nulls; rows are the file's own.

    letter: the column's own in the file, A for the first; empty for lines that are no table, whose rows are lines.
    """

    sheet: str | None
    name: str
    letter: str
    text: pa.Array
    rows: np.ndarray


@dataclass(frozen=True)
class Finding:
    """What kind of personal data was found, and where. Never holds a value."""

    kind: str
    place: str


@dataclass(frozen=True)
class Cells:
    """A column's texts in the one spelling, without nulls and empty ones, each once where that is cheap.

    at: which text each cell has; -1 where it is empty.
    """

    column: TextColumn
    texts: pa.Array
    at: NDArray[np.int32]

    @classmethod
    def of(cls, column: TextColumn) -> "Cells":
        """Take the texts of a column's cells; in a column of mostly different texts, repeated ones are not merged.

        Raises ValueError where a column has not one row number per cell.
        """
        text = column.text
        if len(text) != len(column.rows):
            raise ValueError(f"column {column.letter} has {len(text)} cells and {len(column.rows)} row numbers")
        column = replace(column, name=canonical_text(column.name))
        if not pa.types.is_dictionary(text.type):
            if pc.count_distinct(_strided(text)).as_py() >= _SAMPLE / 2:
                text = canonical(text)
                there = _filled(text)
                at = np.where(there, np.cumsum(there, dtype=np.int32) - 1, -1)
                texts = text if there.all() else text.filter(pa.array(there))
                return cls(replace(column, text=text), texts, at)
            text = text.dictionary_encode()
        text = pa.DictionaryArray.from_arrays(text.indices, canonical(text.dictionary))
        column = replace(column, text=text)
        # A filtered or sliced dictionary holds texts that stand in no cell, and may hold nulls.
        coded = pc.cast(text.indices, pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
        stands = np.zeros(len(text.dictionary) + 1, bool)
        stands[coded] = True
        stands[-1] = False
        stands[:-1] &= _filled(text.dictionary)
        renumbered = np.where(stands, np.cumsum(stands, dtype=np.int32) - 1, -1).astype(np.int32)
        return cls(column, text.dictionary.filter(pa.array(stands[:-1])), renumbered[coded])

    @cached_property
    def sample(self) -> pa.Array:
        """Up to 1,000 cells from all of the column, as strings."""
        sample = _strided(self.column.text)
        return sample.filter(pc.not_equal(sample, ""))

    def sample_rows(self, most: int) -> list[str]:
        """Return up to so many cells from all of the column, empty ones too: of the same rows in each of a table's."""
        return [text or "" for text in _strided(self.column.text, most).to_pylist()]

    @cached_property
    def filled(self) -> int:
        """How many cells are not empty."""
        return int((self.at >= 0).sum())

    @cached_property
    def distinct(self) -> "Cells":
        """The same with every text once."""
        if len(self.texts) < len(self.at) / 2:
            return self
        text = self.column.text
        encoded = text if pa.types.is_dictionary(text.type) else text.dictionary_encode()
        return Cells.of(TextColumn(self.column.sheet, self.column.name, self.column.letter, encoded, self.column.rows))

    def matching(self, pattern: str) -> NDArray[np.bool_]:
        """Say of each text whether the RE2 pattern is found in it."""
        return matching(self.texts, pattern)

    def share(self, pattern: str) -> float:
        """Return the share of the sample's cells that have the pattern; 0 where all are empty."""
        return float(matching(self.sample, pattern).mean()) if len(self.sample) else 0.0

    def weight(self, hit: NDArray[np.bool_]) -> int:
        """How many cells have one of the chosen texts."""
        return int(self._cells(hit).sum())

    def place(self, hit: NDArray[np.bool_]) -> str:
        """Name the column and the first row of the cells with the chosen texts, and how many more there are."""
        rows = self.column.rows[self._cells(hit)]
        more = f" (and {len(rows) - 1:,} more)" if len(rows) > 1 else ""
        return f"{self.where}{'row' if self.column.letter else 'line'} {rows[0]}{more}"

    @property
    def where(self) -> str:
        """What goes before a row in a message: the column, unless the text is lines."""
        return f"column {self.column.letter}, " if self.column.letter else ""

    @property
    def name(self) -> str:
        """The header, in the one spelling."""
        return self.column.name

    def standing(self, hit: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the positions, counted from 0, of the cells with the chosen texts."""
        return np.flatnonzero(self._cells(hit))

    def _cells(self, hit: NDArray[np.bool_]) -> NDArray[np.bool_]:
        chosen: NDArray[np.bool_] = np.append(hit, False)[self.at]
        return chosen


def below(column: TextColumn, row: int) -> TextColumn:
    """Return what stands below a position of a column, under the header that stands there."""
    header = column.text[row].as_py() or ""
    return replace(column, name=header, text=column.text[row + 1 :], rows=column.rows[row + 1 :])


def matching(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Say of each text whether the RE2 pattern is found in it."""
    found: NDArray[np.bool_] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found


def some(texts: pa.Array, suspect: str, sure: Callable[[pa.Array], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Say of each text whether `sure` finds it; only texts that match the `suspect` pattern are given to `sure`."""
    found = matching(texts, suspect)
    if found.any():
        found[found] = sure(texts.filter(pa.array(found)))
    return found


def _strided(text: pa.Array, most: int = _SAMPLE) -> pa.Array:
    sample = text.take(pa.array(np.linspace(0, len(text) - 1, min(len(text), most)).astype(np.int64)))
    return pc.cast(sample, pa.string())


def _filled(text: pa.Array) -> NDArray[np.bool_]:
    not_empty: NDArray[np.bool_] = pc.fill_null(pc.not_equal(text, ""), False).to_numpy(zero_copy_only=False)
    return not_empty
