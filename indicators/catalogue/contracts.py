"""Delivery contracts: how the columns of a delivered file become area, period, dimensions and value.

A contract says what a file means; reading one belongs to `pipelines.sources.delivery`.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from indicators.catalogue.models import Model


class AreaColumn(Model):
    """The column that holds the area's code, its name, or one column for each.

    A code may be followed by its name in the same cell, as in Statbank's spreadsheets: `3806 Porsgrunn`.
    A name may carry the years of its validity: `Skien (2020-2023)`.
    """

    code: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> "AreaColumn":
        if self.code is None and self.name is None:
            raise ValueError("expected 'code' or 'name', the column that says which area a row is about")
        return self


class PeriodColumn(Model):
    """The column that holds the period, or the header itself where there is one column of values per period.

    form `date_month`: the date 2011-01-01 stands for January 2011; `date_year`: for the year 2011.
    """

    column: str | None = None
    in_header: bool = False
    form: Literal["published", "date_month", "date_year"] = "published"

    @model_validator(mode="after")
    def _one_place(self) -> "PeriodColumn":
        if (self.column is not None) == self.in_header:
            raise ValueError("expected exactly one of 'column' and 'in_header: true'")
        return self


class DimensionColumn(Model):
    """One further dimension: its column and, where the cells hold labels, the code of each label."""

    column: str
    codes: dict[str, str] | None = Field(None, description="label -> code; none: the cells are codes already")


class Contents(Model):
    """One kind of figure in the file, known by its ContentsCode.

    column: where its values stand; not given where the periods are the columns.
    label: the text that marks its rows in `contents_column`, where one column of values holds several kinds.
    missing: signs of this kind of figure only, beside the contract's own; a sign may look like a number.
    """

    code: str = Field(pattern=r"[a-z][a-z0-9_]*")
    column: str | None = None
    label: str | None = None
    unit: str
    decimals: int | None = Field(None, description="decimals published; none: not rounded")
    missing: dict[str, str] = Field(default_factory=dict)


class DeliveryContract(Model):
    """What one kind of delivered file looks like and what its columns mean.

    header: the file's fingerprint. A file is this delivery when its header row has exactly these columns, in
    any order (and, with `period.in_header`, further columns that are all periods).
    boundary_year: all rows use that year's area codes and names; none: those valid in the row's own period.
    missing: sign in a value's place -> status symbol.
    """

    id: str = Field(pattern=r"[a-z][a-z0-9_]*")
    name_no: str
    name_en: str
    provider: str = Field(description="who made the figures")
    attribution: str
    licence: str
    synthetic: bool = False
    format: Literal["csv", "xlsx"]
    sheet: str | None = None
    header_row: int = Field(1, ge=1, description="counted from 1, after a line 'sep=' if there is one")
    first_row: int | None = Field(None, description="first row of figures; none: the one after the header")
    header: list[str] = Field(min_length=1)
    area: AreaColumn
    boundary_year: int | None = None
    period: PeriodColumn
    dimensions: dict[str, DimensionColumn] = Field(default_factory=dict)
    contents_column: str | None = None
    contents: list[Contents] = Field(min_length=1)
    missing: dict[str, str] = Field(default_factory=dict)
    decimal: Literal[".", ","] = "."

    @model_validator(mode="after")
    def _is_whole(self) -> "DeliveryContract":
        faults = [*self._column_faults(), *self._contents_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _column_faults(self) -> Iterator[str]:
        named = [
            self.area.code,
            self.area.name,
            self.period.column,
            self.contents_column,
            *(one.column for one in self.dimensions.values()),
            *(one.column for one in self.contents),
        ]
        for column in named:
            if column is not None and column not in self.header:
                yield f"column '{column}' is not in 'header'"
        if len(set(self.header)) < len(self.header):
            yield "'header' names a column twice"
        if (self.format == "xlsx") != (self.sheet is not None):
            yield "'sheet' goes with format xlsx, and xlsx needs it"
        if self.first_row is not None and self.first_row <= self.header_row:
            yield "'first_row' must come after 'header_row'"

    def _contents_faults(self) -> Iterator[str]:
        if "ContentsCode" in self.dimensions:
            yield "ContentsCode is no dimension here: 'contents' gives it"
        for field in ("code", "label"):
            given = [getattr(one, field) for one in self.contents if getattr(one, field) is not None]
            if len(set(given)) < len(given):
                yield f"two of 'contents' have the same {field}"
        for one in self.contents:
            if (one.label is None) != (self.contents_column is None):
                yield f"contents '{one.code}': 'label' and 'contents_column' go together"
            if (one.column is None) != self.period.in_header:
                yield f"contents '{one.code}': expected 'column', unless the periods are the columns"
        if self.period.in_header and len(self.contents) > 1 and self.contents_column is None:
            yield "with 'period.in_header', several 'contents' need a 'contents_column'"
