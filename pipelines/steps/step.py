"""A step is a value: what it is, what it needs, how its table is made of just those inputs, what is checked.

`runner` runs it; `workplace` makes a Dagster asset of it. Neither is known here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from indicators.catalogue import Catalogue
from pipelines.decoding.vintages import Standing
from pipelines.engine import Engine, Expression, Input, Union
from pipelines.storage.lake import Ref

SNAPSHOT = "snapshot/"
"""What a need begins with that is a source's answers: `snapshot/ssb/07459`. Any other is a step's key."""


class UndeclaredInput(RuntimeError):
    """A step asks for an input that it did not declare to need."""


@dataclass(frozen=True)
class Before:
    """The step's own table as it was, made by the same code and catalogue; changed: the inputs that differ."""

    table: Ref
    changed: frozenset[str]


@dataclass(frozen=True)
class Inputs:
    """What a step declared to need, by key, and the engine. before: None where the table is to be made from nothing.

    secret: the store's key, for a step that needs the memory of what was shown; of other steps empty.
    """

    tables: Mapping[str, Callable[[], Ref]]
    sources: Mapping[str, Standing]
    engine: Engine
    before: Before | None = None
    secret: bytes = field(default=b"", repr=False)

    def ref(self, key: str) -> Ref:
        """Return the table of a step by reference. Raises UndeclaredInput, LakeError."""
        if key not in self.tables:
            raise UndeclaredInput(f"'{key}' is used, but not declared: add it to the step's needs")
        return self.tables[key]()

    def read(self, key: str) -> pa.Table:
        """Return the table of a step. Raises UndeclaredInput, LakeError."""
        return self.ref(key).read()

    def source(self, name: str) -> Standing:
        """Return what stands of a source, such as `ssb/07459`. Raises UndeclaredInput."""
        if name not in self.sources:
            raise UndeclaredInput(f"'{SNAPSHOT}{name}' is used, but not declared: add it to the step's needs")
        return self.sources[name]

    def together(self, keys: Sequence[str]) -> pa.Table:
        """Return the tables of several steps of the same columns, below each other."""
        return pa.concat_tables([self.read(key) for key in keys])

    def union(self, keys: Mapping[str, str], label: str, columns: Sequence[str]) -> Union:
        """Return chosen columns of several steps' tables (name -> key), each with its name in the column `label`."""
        return Union({name: self.ref(key) for name, key in keys.items()}, label, tuple(columns))

    def run(self, expression: Expression, *tables: Input) -> Ref:
        """Return what an expression of `indicators` gives for tables, by reference."""
        return self.engine.run(expression, *tables)


Make = Callable[[Inputs, Catalogue], pa.Table | Ref]


@dataclass(frozen=True)
class Finding:
    """What a check found: whether all is well, why not (Markdown), and numbers or texts to show beside it."""

    passed: bool
    reason: str | None = None
    shown: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """A question put to a step's table whenever it is made. blocking: what depends on the table is not made."""

    name: str
    about: str
    examine: Callable[[pa.Table, Inputs, Catalogue], Finding]
    blocking: bool = False
    warns: bool = True


@dataclass(frozen=True)
class Step:
    """How one table comes about.

    key: reads as a path; its first part is the group. needs: keys of steps, and of sources (`snapshot/…`). reads: the
    parts of the catalogue that `make` and the checks may look at (see `Catalogue.only`). make: a function of those.
    otherwise: the columns of a table of one source, which stands as it was where it cannot be made.
    """

    key: str
    needs: tuple[str, ...]
    reads: tuple[str, ...]
    make: Make
    about: str
    checks: tuple[Check, ...] = ()
    otherwise: pa.Schema | None = None

    @property
    def group(self) -> str:
        """The stage that the step belongs to."""
        return self.key.partition("/")[0]
