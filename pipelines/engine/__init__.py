"""The door to the engine that computes the expressions of `indicators`: references in, a reference out.

An engine reads and writes Parquet by itself; nobody behind this door knows which one it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import ibis
import pyarrow as pa

from pipelines.storage.lake import Ref

Expression = Callable[..., ibis.Table]


@dataclass(frozen=True)
class Union:
    """Tables below each other, the chosen columns of each with its name beside them in the column `label`."""

    parts: Mapping[str, Ref]
    label: str
    columns: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """The chosen columns, then the label."""
        first = next(iter(self.parts.values())).schema
        return pa.schema([*(first.field(name) for name in self.columns), (self.label, pa.string())])


Input: TypeAlias = Ref | Union | pa.Table
"""What an expression is put to: a table of the lake, several of them, or a small one in memory, as of the catalogue."""


class Engine(Protocol):
    """Computes expressions over references."""

    def run(self, expression: Expression, *tables: Input) -> Ref:
        """Return what an expression, a function of Ibis tables, gives for these tables in their order.

        The file behind the reference is the engine's own, until the lake takes it over.
        """
        ...
