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


_HEADER = "the file's fingerprint: a file is this delivery when its header row has exactly these columns, in any order"


class AreaColumn(Model):
    """The column that holds the area's code, its name, or one column for each.

    A code may be followed by its name in the same cell, as in Statbank's spreadsheets: `3806 Porsgrunn`.
    A name may carry the years of its validity: `Skien (2020-2023)`.
    """

    code: str | None = Field(None, description="column of the area's code")
    name: str | None = Field(None, description="column of the area's name")
    prefix: str = Field("", description="letters before every code, that are no part of it")

    @model_validator(mode="after")
    def _one_at_least(self) -> "AreaColumn":
        if self.code is None and self.name is None:
            raise ValueError("expected 'code' or 'name', the column that says which area a row is about")
        return self


class PeriodColumn(Model):
    """The column that holds the period, or the header itself where there is one column of values per period."""

    column: str | None = Field(None, description="column of the period")
    in_header: bool = Field(False, description="true: each period is a column of values")
    form: Literal["published", "date_month", "date_year", "number"] = Field(
        "published",
        description="date_month: 2011-01-01 is January 2011. date_year: it is the year 2011. "
        "number: the year is a number, perhaps with decimals, as 2011.0",
    )

    @model_validator(mode="after")
    def _one_place(self) -> "PeriodColumn":
        if (self.column is not None) == self.in_header:
            raise ValueError("expected exactly one of 'column' and 'in_header: true'")
        return self


class DimensionColumn(Model):
    """One further dimension: its column and, where the cells hold labels, the code of each label."""

    column: str = Field(description="column of the dimension")
    codes: dict[str, str] | None = Field(None, description="label -> code; none: the cells are codes already")
    form: Literal["published", "number"] = Field(
        "published", description="number: the codes are whole numbers, perhaps with decimals, as 17.0"
    )


class Contents(Model):
    """One kind of figure in the file, known by its ContentsCode."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="what indicators call it, in ContentsCode")
    column: str | None = Field(None, description="where its values stand; none where the periods are the columns")
    label: str | None = Field(
        None, description="what marks its rows in contents_column, where one column of values holds several kinds"
    )
    unit: str = Field(description="as published: persons, percent, share …")
    decimals: int | None = Field(None, description="decimals published; none: not rounded")
    missing: dict[str, str] = Field(
        default_factory=dict,
        description="signs of this kind of figure only, beside the contract's own; a sign may look like a number",
    )


class Delivered(Model):
    """What every contract says: what the file is, who made it and on what terms it may be used."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="unique; indicators call it delivery/ and this id")
    name_no: str = Field(description="what the file holds, in Norwegian")
    name_en: str = Field(description="what the file holds, in English")
    provider: str = Field(description="who made what it holds")
    attribution: str = Field(description="whom to name beside its figures")
    licence: str = Field(description="terms on which its figures may be used")
    synthetic: bool = Field(False, description="true: the figures are made up, and every surface says so")


class LevelColumns(Model):
    """The columns that hold one level's codes, names and what they lie in."""

    code: str = Field(description="column of the codes")
    name: str = Field(description="column of the names")
    parent: str | None = Field(None, description="column of the code that it lies in")
    district: str | None = Field(None, description="column of the city district that a unit lies in")
    prefix: str = Field(
        "", description="letters that some rows have before the code, and that are no part of it, as EKA in EKA01"
    )

    @property
    def columns(self) -> list[str]:
        """The columns that are named."""
        return [one for one in (self.code, self.name, self.parent, self.district) if one is not None]


class UnitColumns(Model):
    """The columns that say in which zone a basic statistical unit lies."""

    zone: str = Field(description="column of the zone's code")
    unit: str = Field(description="column of the unit's code")


class AreaListContract(Delivered):
    """A CSV list of official areas: those valid on the day that each row names, or on one day."""

    header: list[str] = Field(min_length=1, description=_HEADER)
    day_column: str | None = Field(None, description="column of the day on which a row is valid")
    day: date | None = Field(None, description="instead: the one day on which all rows are, as 2026-01-01")
    missing: list[str] = Field(default_factory=lambda: [""], description="what stands where there is no code")
    levels: dict[AreaLevel, LevelColumns] = Field(min_length=1, description="level -> its columns")
    units: UnitColumns | None = Field(None, description="where the file says which zone a unit lies in")

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
    """GeoJSON files of polygons, one per year; the names of the properties that say which area each polygon is."""

    level: AreaLevel = Field(description="what the polygons are")
    code: str = Field(description="property of the code")
    name: str = Field(description="property of the name")
    year_in_name: YearPattern = Field(description="pattern whose one group is the boundary year in the file's name")
    residents: str | None = Field(None, description="property of the number of residents, if there is one")


class DeliveryContract(Delivered):
    """What one kind of delivered file looks like and what its columns mean."""

    format: Literal["csv", "xlsx"] = Field(description="csv, or a spreadsheet")
    sheet: str | None = Field(None, description="sheet of a spreadsheet")
    header_row: int = Field(1, ge=1, description="counted from 1, after a line 'sep=' if there is one")
    first_row: int | None = Field(None, description="first row of figures; none: the one after the header")
    header: list[str] = Field(
        min_length=1, description=f"{_HEADER} (with period.in_header and further columns that are all periods)"
    )
    area: AreaColumn = Field(description="which area a row is about")
    boundary_year: int | None = Field(
        None, description="all rows use that year's area codes and names; none: those valid in the row's own period"
    )
    boundary_year_in_name: YearPattern | None = Field(
        None, description="pattern whose one group is that year in the file's name; there may be a file for each"
    )
    period: PeriodColumn = Field(description="which time a row is about")
    dimensions: dict[str, DimensionColumn] = Field(
        default_factory=dict, description="further dimensions, by the name that indicators use"
    )
    contents_column: str | None = Field(None, description="column that tells kinds of figures apart")
    contents: list[Contents] = Field(min_length=1, description="the kinds of figures that the file has")
    missing: dict[str, str] = Field(default_factory=dict, description="sign in a value's place -> status symbol")
    decimal: Literal[".", ","] = Field(".", description="decimal sign")
    only: dict[str, list[str]] = Field(
        default_factory=dict, description="column -> values of the rows that are read; the others are no observations"
    )
    residents: Residents | None = Field(None, description="set where the figures count residents")
    levels: list[AreaKind] = Field(default_factory=list, description="kinds of areas that the file has figures for")
    published: bool = Field(
        default=False,
        description="the figures are published by who made them, so that hiding them here would hide nothing",
    )

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
