"""Contracts: how a delivered file is to be read, be it figures, a list of official areas, or boundaries.

A contract says what a file means; reading one belongs to `pipelines.sources` (`delivery`, `area_file`, `boundaries`).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from indicators.catalogue.models import AreaKind, AreaLevel, Model, Residents


def _with_a_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"no pattern: {error}") from None
    if groups != 1:
        raise ValueError("needs one group in parentheses, the year")
    return pattern


YearPattern = Annotated[str, AfterValidator(_with_a_group)]


class AreaColumn(Model):
    """The column that holds the area's code, its name, or one column for each.

    A code may be followed by its name in the same cell, as in Statbank's spreadsheets: `3806 Porsgrunn`.
    A name may carry the years of its validity: `Skien (2020-2023)`. prefix: letters before every code.
    """

    code: str | None = None
    name: str | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _one_at_least(self) -> "AreaColumn":
        if self.code is None and self.name is None:
            raise ValueError("expected 'code' or 'name', the column that says which area a row is about")
        return self


class PeriodColumn(Model):
    """The column that holds the period, or the header itself where there is one column of values per period.

    form `date_month`: the date 2011-01-01 stands for January 2011; `date_year`: for the year 2011; `number`: the year
    is a number, perhaps with decimals, as 2011.0.
    """

    column: str | None = None
    in_header: bool = False
    form: Literal["published", "date_month", "date_year", "number"] = "published"

    @model_validator(mode="after")
    def _one_place(self) -> "PeriodColumn":
        if (self.column is not None) == self.in_header:
            raise ValueError("expected exactly one of 'column' and 'in_header: true'")
        return self


class DimensionColumn(Model):
    """One further dimension: its column and, where the cells hold labels, the code of each label.

    form `number`: the codes are whole numbers, perhaps with decimals, as 17.0.
    """

    column: str
    codes: dict[str, str] | None = Field(None, description="label -> code; none: the cells are codes already")
    form: Literal["published", "number"] = "published"


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


class Delivered(Model):
    """What every contract says: what the file is, who made it and on what terms it may be used."""

    id: str = Field(pattern=r"[a-z][a-z0-9_]*")
    name_no: str
    name_en: str
    provider: str = Field(description="who made what it holds")
    attribution: str
    licence: str
    synthetic: bool = False


class LevelColumns(Model):
    """The columns that hold one level's codes, names and what they lie in.

    prefix: letters that some rows have before the code, and that are no part of it, as `EKA` in `EKA01`.
    """

    code: str
    name: str
    parent: str | None = None
    district: str | None = None
    prefix: str = ""

    @property
    def columns(self) -> list[str]:
        """The columns that are named."""
        return [one for one in (self.code, self.name, self.parent, self.district) if one is not None]


class UnitColumns(Model):
    """The columns that say in which zone a basic statistical unit lies."""

    zone: str
    unit: str


class AreaListContract(Delivered):
    """A CSV list of official areas: those valid on the day that each row names, or on one day.

    header: the file's fingerprint, as in DeliveryContract. missing: what stands where there is no code.
    """

    header: list[str] = Field(min_length=1)
    day_column: str | None = None
    day: date | None = None
    missing: list[str] = Field(default_factory=lambda: [""])
    levels: dict[AreaLevel, LevelColumns] = Field(min_length=1)
    units: UnitColumns | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "AreaListContract":
        if (self.day is None) == (self.day_column is None):
            raise ValueError("expected exactly one of 'day' and 'day_column'")
        named = [self.day_column, *(column for one in self.levels.values() for column in one.columns)]
        named += list(self.units.model_dump().values()) if self.units else []
        if absent := [column for column in named if column is not None and column not in self.header]:
            raise ValueError(f"column '{absent[0]}' is not in 'header'")
        return self


class BoundaryContract(Delivered):
    """GeoJSON files of polygons, one per year; the names of the properties that say which area each polygon is.

    year_in_name: a pattern whose first group is the boundary year in the file's name.
    residents: the property that holds the number of residents, if there is one.
    """

    level: AreaLevel
    code: str
    name: str
    year_in_name: YearPattern
    residents: str | None = None


class DeliveryContract(Delivered):
    """What one kind of delivered file looks like and what its columns mean.

    header: the file's fingerprint. A file is this delivery when its header row has exactly these columns, in
    any order (and, with `period.in_header`, further columns that are all periods).
    boundary_year: all rows use that year's area codes and names; none: those valid in the row's own period.
    boundary_year_in_name: a pattern whose first group is that year in the file's name; there may be a file for each.
    only: column -> the values of the rows that are read; the others are no observations.
    residents: set where the figures count residents.
    missing: sign in a value's place -> status symbol.
    """

    format: Literal["csv", "xlsx"]
    sheet: str | None = None
    header_row: int = Field(1, ge=1, description="counted from 1, after a line 'sep=' if there is one")
    first_row: int | None = Field(None, description="first row of figures; none: the one after the header")
    header: list[str] = Field(min_length=1)
    area: AreaColumn
    boundary_year: int | None = None
    boundary_year_in_name: YearPattern | None = None
    period: PeriodColumn
    dimensions: dict[str, DimensionColumn] = Field(default_factory=dict)
    contents_column: str | None = None
    contents: list[Contents] = Field(min_length=1)
    missing: dict[str, str] = Field(default_factory=dict)
    decimal: Literal[".", ","] = "."
    only: dict[str, list[str]] = Field(default_factory=dict)
    residents: Residents | None = None
    levels: list[AreaKind] = Field(default_factory=list, description="kinds of areas that the file has figures for")

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
            *self.only,
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
