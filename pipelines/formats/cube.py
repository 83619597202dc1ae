"""Delivered cubes, JSON-stat and PX, as a table with a column per dimension and one of values.

A dimension has two columns: its categories' labels under its own label, and their codes under that with ` (code)`.
Where two columns would have the same name, all are called by the dimensions' ids instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats import jsonstat, px
from pipelines.formats.format_error import FormatError
from pipelines.formats.grid import Block, Grid, mapped
from pipelines.formats.jsonstat import Cube

VALUE = "value"
CODE = " (code)"


@dataclass(frozen=True)
class CubeGrid(Grid):
    """A cube's cells, one row each; row 1 is its header."""

    table: pa.Table = field(repr=False)

    def _block(self, first: int, width: int, decimal: str) -> Block:
        """Return the cells; first and width are those of the header, for a cube has no others."""
        columns = [column.cast(pa.string()).combine_chunks().dictionary_encode() for column in self.table.columns]
        if decimal != ".":
            columns[-1] = mapped(columns[-1], lambda text: pc.replace_substring(text, ".", decimal))
        return Block(columns, np.arange(2, 2 + self.table.num_rows), [], [])

    @property
    def place(self) -> str:
        """A cube's rows are its cells in order."""
        return "cell in "


def is_cube(content: bytes) -> bool:
    """Tell whether the bytes are JSON or a PX file."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or px.looks_like_px(content)


def grids(content: bytes, name: str) -> list[Grid]:
    """Return a grid for each cube of the file. Raises FormatError."""
    try:
        cubes = [px.decode(content, name)] if px.looks_like_px(content) else jsonstat.decode(content, name)
    except ValueError as error:
        raise FormatError(name, [str(error).removeprefix(f"{name}: ")]) from None
    return [_grid(cube) for cube in cubes]


def _grid(cube: Cube) -> CubeGrid:
    columns: dict[str, pa.Array] = {}
    names = [dimension.label for dimension in cube.dimensions]
    if len({VALUE, *names, *(name + CODE for name in names)}) <= 2 * len(names):
        names = [dimension.id for dimension in cube.dimensions]
    for name, dimension in zip(names, cube.dimensions, strict=True):
        codes = cube.table[dimension.id]
        position = pc.index_in(codes.cast(pa.string()), pa.array(dimension.codes))
        columns[name] = pa.array(dimension.labels).take(position)
        columns[name + CODE] = codes
    values = cube.table["value"]
    columns[VALUE] = pc.coalesce(values.cast(pa.string()), cube.table["status"].cast(pa.string()), pa.scalar(""))
    table = pa.table(columns)
    return CubeGrid(None, [table.column_names], table)


def fits(header: Sequence[str], grid: CubeGrid) -> bool:
    """Tell whether a contract's columns are those of a cube: each dimension by its labels, its codes, or both."""
    there = grid.head[0]
    dimensions = [name for name in there[:-1] if not name.endswith(CODE)]
    return set(header) <= set(there) and all(name in header or name + CODE in header for name in dimensions)
