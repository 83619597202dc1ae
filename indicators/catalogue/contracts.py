"""Contracts: how a delivered file is to be read, be it figures, a list of official areas, or boundaries.

A contract says what a file means; reading one belongs to `pipelines.deliveries`.
"""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from indicators.catalogue.models import RESIDENTS_ON, Agreement, AreaKind, AreaLevel, Model, Residents, ResidentsOn


def _year_pattern(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"no pattern: {error}") from None
    if groups != 1:
        raise ValueError("needs one group in parentheses, the year")
    return pattern


def _due_day(text: str) -> str:
    whole = f"2001-{text}" if len(text) == len("03-31") else text
    with suppress(ValueError):
        if date.fromisoformat(whole).isoformat() == whole:
            return text
    raise ValueError("expected a month and day, as '03-31', or a date, as '2025-12-31'")


DueDay = Annotated[str, AfterValidator(_due_day)]
YearPattern = Annotated[str, AfterValidator(_year_pattern)]


def _text_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no pattern: {error}") from None
    return pattern


TextPattern = Annotated[str, AfterValidator(_text_pattern)]


_HEADER = "the file's fingerprint: a file is this delivery when its header row has exactly these columns, in any order"


class AreaColumn(Model):
    """The column that holds the area's code, its name, or one column for each.

    A code may be followed by its name in the same cell, as in Statbank's spreadsheets: `3806 Porsgrunn`.
    A name may carry the years of its validity: `Skien (2020-2023)`. Neither where a part of 'across' tells the area.
    """

    code: str | None = Field(None, description="column of the area's code")
    name: str | None = Field(None, description="column of the area's name")
    prefix: str = Field("", description="letters before every code, that are no part of it: K in K0602, K- in K-3301")
    digits: int | None = Field(
        None,
        ge=2,
        le=10,
        description="every code has so many digits: one that a spreadsheet made a number (602) gets its zero back",
    )
    known: bool = Field(
        False, description="true: every area must be one of areas.yaml; else unknown ones are kept aside"
    )


PROJECTED = "_projected"
"""Follows the code of a kind of figure where it is projected and not counted."""


class Windows(Model):
    """Figures of several years that the file labels by the last year alone, as FHI does with Ungdata."""

    years: int = Field(ge=2, description="years of the window: 3 makes 2024 the window 2022-2024")
    levels: list[Literal["country", "county"]] = Field(
        min_length=1, description="kinds of areas whose figures are windows; those of others are of their own year"
    )


class PeriodColumn(Model):
    """The column that holds the period; none where value columns say in their header which period they are of."""

    column: str | None = Field(None, description="column of the period; none: a part of 'across' is the period")
    form: Literal["published", "date_month", "date_year", "number", "school_year"] = Field(
        "published",
        description="date_month: 2011-01-01 is January 2011. date_year: it is the year 2011. "
        "number: the year is a number, perhaps with decimals, as 2011.0. school_year: 2011-12 is 2011/12",
    )
    month: str | None = Field(
        None,
        description="column of the month or quarter, where it stands apart from the year: 1 to 12, januar, jan., "
        "1. kvartal, K1",
    )
    projected_from: int | None = Field(
        None,
        ge=1900,
        le=2200,
        description="first year that is projected and not counted: figures from then on are of the kind "
        "<code>_projected, so that no indicator takes them for counted ones; none: a period to come is refused",
    )
    windows: Windows | None = Field(None, description="set where years stand for windows that end in them")


_NO_DIMENSIONS = ("period", "month", "area_code", "area_name", "contents", "always")


class HeaderPart(Model):
    """One part of a value column's header, and what it says about the column's figures."""

    tells: str = Field(
        description="period, month (or quarter, beside a year), area_code, area_name, contents (the label of a kind of "
        "figure), always (the same text everywhere), or the name of a dimension"
    )
    prefix: str = Field("", description="text before it that is no part of it: 'År: ' in 'År: 2011'")
    codes: dict[str, str] | None = Field(None, description="of a dimension, label -> code; none: the labels are codes")


class Across(Model):
    """Value columns beside each other: what each part of their headers, in order, says about their figures.

    The parts stand in several header rows, or in one row with a separator: '2011-12.Alle trinn.Andel sluttet'. Where
    no separator divides them, a pattern does: 'Personer 2023'.
    """

    rows: int = Field(1, ge=1, description="header rows; a merged cell counts for all columns that it covers")
    separator: str | None = Field(None, description="what divides the parts within a header row")
    pattern: TextPattern | None = Field(
        None,
        description="regular expression with a group for each part, for the whole header: '(.+) (\\d{4})' for "
        "'Personer 2023'; several rows are joined by ' | '",
    )
    parts: list[HeaderPart] = Field(min_length=1, description="the parts, from the top or from the left")
    without: list[str] = Field([], description="endings of the headers of columns that hold notes and no figures")

    def telling(self, what: str) -> bool:
        """Whether a part tells `what`."""
        return any(part.tells == what for part in self.parts)

    @property
    def dimensions(self) -> dict[str, HeaderPart]:
        """The parts that are dimensions, by name."""
        return {part.tells: part for part in self.parts if part.tells not in _NO_DIMENSIONS}

    @model_validator(mode="after")
    def _is_whole(self) -> "Across":
        described = [part.tells for part in self.parts if part.tells != "always"]
        if len(set(described)) < len(described):
            raise ValueError("two parts tell the same")
        if self.rows > 1 and self.separator is not None:
            raise ValueError("expected 'rows' above 1 or 'separator', not both")
        if self.pattern is not None:
            if self.separator is not None:
                raise ValueError("expected 'separator' or 'pattern', not both")
            if (groups := re.compile(self.pattern).groups) != len(self.parts):
                raise ValueError(f"'pattern' has {groups} groups for {len(self.parts)} parts; expected one each")
        elif self.separator is None and self.rows != len(self.parts):
            raise ValueError(f"{self.rows} header rows tell {len(self.parts)} parts; expected one each")
        return self


class Stated(Model):
    """A column that a table does not have, with one text for all its rows: what stands around the table, or nowhere.

    always: the text itself. where: in which text it stands, and pattern, what of it: title (a cell above the table, the
    nearest first), sheet (its name), or file (its name). A file where it stands in none of them is refused.
    """

    always: str | None = Field(None, description="the text itself, where all files are about the same")
    where: Literal["title", "sheet", "file"] | None = Field(
        None, description="instead: title (a cell above the table), sheet (its name) or file (its name)"
    )
    pattern: TextPattern = Field(
        "(.+)", description="regular expression whose one group is the text: '(\\d{4})' for the year"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "Stated":
        if (self.always is None) == (self.where is None):
            raise ValueError("expected exactly one of 'always' and 'where'")
        if re.compile(self.pattern).groups != 1:
            raise ValueError("'pattern' needs one group in parentheses, the text")
        return self


class DimensionColumn(Model):
    """One further dimension: its column and, where the cells hold labels, the code of each label."""

    column: str = Field(description="column of the dimension")
    codes: dict[str, str] | None = Field(None, description="label -> code; none: the cells are codes already")
    form: Literal["published", "number"] = Field(
        "published", description="number: the codes are whole numbers, perhaps with decimals, as 17.0"
    )


Kind = Literal["count", "share", "percent", "per_1000", "amount", "other"]
_RANGES: dict[str, tuple[float, float]] = {
    "count": (0, math.inf),
    "share": (0, 1),
    "percent": (0, 100),
    "per_1000": (0, 1000),
    "amount": (0, math.inf),
    "other": (-math.inf, math.inf),
}


class Contents(Model):
    """One kind of figure in the file, known by its ContentsCode."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="what indicators call it, in ContentsCode")
    column: str | None = Field(None, description="where its values stand; none where the periods are the columns")
    label: str | None = Field(
        None, description="what marks its rows in contents_column, where one column of values holds several kinds"
    )
    unit: str = Field(description="as published: persons, percent, share …")
    kind: Kind = Field(
        "other",
        description="what may stand there. count: whole numbers from 0. share: 0 to 1. percent: 0 to 100. "
        "per_1000: 0 to 1,000. amount: from 0. other: any number",
    )
    range: tuple[float, float] | None = Field(
        None, description="[lowest, highest] that can be right; none: what the kind allows"
    )
    part_of: str | None = Field(
        None, description="numerator: code of the kind of figure that is its denominator, and never smaller"
    )
    decimals: int | None = Field(None, description="decimals published; none: not rounded")
    only: dict[str, list[str]] = Field(
        default_factory=dict,
        description="dimension -> its codes in the rows that hold this kind of figure, where a column holds several "
        "kinds that the dimension tells apart; they may have one code. None: all rows",
    )
    missing: dict[str, str] = Field(
        default_factory=dict,
        description="signs of this kind of figure only, beside the contract's own; a sign may look like a number",
    )

    @property
    def allowed(self) -> tuple[float, float]:
        """Lowest and highest value that can be right."""
        return self.range or _RANGES[self.kind]


class Complete(Model):
    """What must be in the file: areas, periods, and whether each area has each period."""

    areas: list[str] = Field([], description="ids in areas.yaml, or official codes")
    periods: list[str] = Field([], description="periods as published")
    each: bool = Field(False, description="true: every area of the file has every period of the file")


class Total(Model):
    """A dimension's code whose counts are the sum of those of other codes, everything else being equal."""

    dimension: str = Field(description="name of the dimension")
    whole: str = Field(description="code of the sum")
    parts: list[str] = Field(min_length=2, description="codes of what it is the sum of")
    contents: list[str] = Field(min_length=1, description="kinds of figures that add up")
    tolerance: float = Field(0, ge=0, description="difference that rounding explains")


class Known(Model):
    """A figure that is known from elsewhere, by which a wrong file is recognised."""

    area: str = Field(description="official code, or id in areas.yaml")
    period: str = Field(description="period as published")
    contents: str = Field(description="kind of figure")
    dimensions: dict[str, str] = Field(default_factory=dict, description="code of each dimension")
    value: float = Field(description="the figure")
    tolerance: float = Field(0, ge=0, description="difference that may be")
    source: str = Field(description="where it is known from")


class Delivered(Model):
    """What every contract says: what the file is, who made it and on what terms it may be used."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="unique; indicators call it delivery/ and this id")
    name_no: str = Field(description="what the file holds, in Norwegian")
    name_en: str = Field(description="what the file holds, in English")
    provider: str = Field(description="who made what it holds")
    attribution: str = Field(description="whom to name beside its figures")
    licence: str = Field(description="terms on which its figures may be used")
    synthetic: bool = Field(False, description="true: the figures are made up, and every surface says so")
    sender: str | None = Field(
        None, min_length=3, description="who sends it: a role, in Norwegian, and no person; none: unknown"
    )
    comes: str | None = Field(None, min_length=3, description="when in the year it comes, in Norwegian; none: unknown")
    due: list[DueDay] = Field(
        default_factory=list,
        description="days after which it is overdue, in quotes: of each year as '03-31', or once as '2025-12-31'; "
        "none: no such day is known",
    )


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
        return [column for column in (self.code, self.name, self.parent, self.district) if column is not None]


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
        columns = [self.day_column, *(column for level in self.levels.values() for column in level.columns)]
        columns += list(self.units.model_dump().values()) if self.units else []
        if absent := [column for column in columns if column is not None and column not in self.header]:
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

    sheet: str | None = Field(None, description="sheet of a spreadsheet; none: whichever has the header")
    sheets_like: TextPattern | None = Field(
        None,
        description="regular expression for the whole name of each sheet that is read, where a publisher's workbooks "
        "have the same columns and differ in the names of their sheets",
    )
    header_row: int | None = Field(
        None,
        ge=1,
        description="counted from 1, after a line 'sep=' if there is one; none: wherever the header is found",
    )
    first_row: int | None = Field(None, description="first row of figures; none: the one after the header")
    header: list[str] = Field(
        min_length=1, description=f"{_HEADER} (with 'across' also further columns that are all values)"
    )
    across: Across | None = Field(
        None, description="where values stand in several columns, told apart by their headers"
    )
    stated: dict[str, Stated] = Field(
        default_factory=dict,
        description="name -> where it stands: columns that the table does not have, of which the title, the sheet's or "
        "the file's name or this contract tells; area, period, dimensions and contents_column may name them as others",
    )
    fill_down: list[str] = Field([], description="columns in which an empty cell means the one above it")
    ends: Literal["empty_row"] | None = Field(
        None, description="where the table ends, if other rows of cells follow below: at the first empty row"
    )
    tables: Literal["one", "all"] = Field(
        "one",
        description="all: every table with this header is read, on several sheets, below or beside each other; "
        "one: a file with several is refused",
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
    decimal: Literal[".", ",", "either"] = Field(
        ".",
        description="decimal sign. either: as people in Norway write it by hand, ',' or '.', one of them in a column",
    )
    thousands: Literal["."] | None = Field(
        None, description="'.' where dots divide thousands; spaces between groups of three digits are always understood"
    )
    only: dict[str, list[str]] = Field(
        default_factory=dict, description="column -> values of the rows that are read; the others are no observations"
    )
    only_like: dict[str, TextPattern] = Field(
        default_factory=dict,
        description="column -> regular expression for the whole text in the rows that are read; the others are "
        "headings between them, sums or notes, as `I alt Buskerud` among rows that begin with a code",
    )
    absent: Literal["zero"] | None = Field(
        None,
        description="zero: an extract with a row only for what occurs. A combination of the dimensions' codes that has "
        "no row in an area and period of the file is a count of 0; say so only where nothing hidden was left out. "
        "None: such a figure is not known",
    )
    fixed: dict[str, list[str]] = Field(
        default_factory=dict,
        description="column -> words of which each row must have one there: a file that says something else is another "
        "one, and of contracts with the same header that one takes it whose words it has",
    )
    complete: Complete | None = Field(None, description="what must be there")
    totals: list[Total] = Field([], description="figures that must add up")
    known: list[Known] = Field([], description="figures that are known")
    residents: Residents | None = Field(None, description="set where the figures count residents")
    residents_on: ResidentsOn | None = Field(None, description=RESIDENTS_ON)
    levels: list[AreaKind] = Field(default_factory=list, description="kinds of areas that the file has figures for")
    published: bool = Field(
        default=False,
        description="the figures of municipalities and larger areas are published by who made them, so that hiding "
        "them here would hide nothing; those of smaller areas never are",
    )
    disclosure: Agreement | None = Field(None, description="what its provider demands to be hidden, where it differs")

    @model_validator(mode="after")
    def _is_whole(self) -> "DeliveryContract":
        faults = [*self._column_faults(), *self._told_faults(), *self._contents_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _column_faults(self) -> Iterator[str]:
        columns = [
            self.area.code,
            self.area.name,
            self.period.column,
            self.period.month,
            self.contents_column,
            *(dimension.column for dimension in self.dimensions.values()),
            *(contents.column for contents in self.contents),
        ]
        for column in columns:
            if column is not None and column not in self.header and column not in self.stated:
                yield f"column '{column}' is not in 'header'"
        for column in (*self.fill_down, *self.only, *self.only_like, *self.fixed):
            if column not in self.header:
                yield f"column '{column}' is not in 'header'"
        if doubled := set(self.stated) & set(self.header):
            yield f"column '{min(doubled)}' is in 'header' and in 'stated'"
        if len(set(self.header)) < len(self.header):
            yield "'header' names a column twice"
        if self.sheet is not None and self.sheets_like is not None:
            yield "expected 'sheet' or 'sheets_like', not both"
        if self.first_row is not None and (self.header_row is None or self.first_row <= self.header_row):
            yield "'first_row' must come after 'header_row'"
        if self.thousands is not None and self.decimal != ",":
            yield "'thousands' divides by dots, so that 'decimal' must be ','"

    def _told_faults(self) -> Iterator[str]:
        if (self.period.column is None) != (self.across is not None and self.across.telling("period")):
            yield "expected either 'period.column' or a part of 'across' that tells the period"
        if self.period.month is not None and self.across is not None and self.across.telling("month"):
            yield "expected either 'period.month' or a part of 'across' that tells the month"
        if (self.area.code is None and self.area.name is None) != self._area_across:
            yield "expected 'area.code' or 'area.name', or a part of 'across' that tells area_code or area_name"

    @property
    def _area_across(self) -> bool:
        return self.across is not None and (self.across.telling("area_code") or self.across.telling("area_name"))

    def _contents_faults(self) -> Iterator[str]:
        if "ContentsCode" in self.every_dimension:
            yield "ContentsCode is no dimension here: 'contents' gives it"
        if self.across is not None and (doubled := set(self.dimensions) & set(self.across.dimensions)):
            yield f"dimension '{min(doubled)}' is told by a column and by 'across'"
        for field in ("code", "label"):
            values = [
                getattr(contents, field)
                for contents in self.contents
                if getattr(contents, field) is not None and not (field == "code" and contents.only)
            ]
            if len(set(values)) < len(values):
                yield f"two of 'contents' have the same {field}"
        yield from self._only_faults()
        yield from self._absent_faults()
        labelled = self.contents_column is not None or (self.across is not None and self.across.telling("contents"))
        for contents in self.contents:
            found = f"contents '{contents.code}'"
            if (contents.label is not None) != labelled:
                yield f"{found}: 'label' goes with 'contents_column' or a part of 'across' that tells it"
            if (contents.column is None) != (self.across is not None):
                yield f"{found}: expected 'column', unless 'across' says where values stand"
        if self.across is not None and len(self.contents) > 1 and not labelled:
            yield "with 'across', several 'contents' need a 'contents_column' or a part that tells them"
        yield from self._check_faults()

    def _only_faults(self) -> Iterator[str]:
        """Contents that share a code must share out all codes of one dimension: no row is of two kinds, or of none."""
        for code in dict.fromkeys(contents.code for contents in self.contents if contents.only):
            sharing = [contents for contents in self.contents if contents.code == code]
            names = {name for contents in sharing for name in contents.only}
            [name, *more] = sorted(names)
            if more or not all(contents.only for contents in sharing):
                yield f"'only' of contents '{code}': expected the same one dimension in each"
                continue
            column = self.dimensions.get(name)
            if column is None or column.codes is None:
                yield f"'only' of contents '{code}': '{name}' is no dimension with 'codes'"
                continue
            told = [value for contents in sharing for value in contents.only[name]]
            if sorted(told) != sorted(set(column.codes.values())):
                yield f"'only' of contents '{code}': expected each code of '{name}' once among them"

    def _absent_faults(self) -> Iterator[str]:
        """What is absent is known only where the contract has every code, and is 0 only of counts."""
        if self.absent is None:
            return
        for name, codes in self.dimension_codes.items():
            if codes is None:
                yield f"'absent': dimension '{name}' needs 'codes', so that it is known what is absent"
        if any(contents.kind != "count" or contents.only for contents in self.contents):
            yield "'absent': expected 'contents' of kind count alone, without 'only'"
        if self.period.windows is not None or self.period.projected_from is not None:
            yield "'absent' goes with years that are counted, without 'windows' and 'projected_from'"

    def _check_faults(self) -> Iterator[str]:
        codes = {contents.code for contents in self.contents}
        used = [contents.part_of for contents in self.contents if contents.part_of is not None]
        used += [code for total in self.totals for code in total.contents] + [figure.contents for figure in self.known]
        for code in used:
            if code not in codes:
                yield f"'{code}' is none of 'contents'"
        dimensions = [total.dimension for total in self.totals]
        dimensions += [name for figure in self.known for name in figure.dimensions]
        for name in dimensions:
            if name not in self.every_dimension:
                yield f"'{name}' is none of the dimensions"

    def kind_of(self, cell: Mapping[str, str]) -> Kind | None:
        """Return the kind of the figures of a cell, dimension -> code; None where the contract has none such."""
        of_cell = self.contents_of(cell)
        return of_cell[0].kind if of_cell else None

    def contents_of(self, cell: Mapping[str, str | list[str]]) -> list[Contents]:
        """Return the kinds of figures that cells are of, by ContentsCode and, where these share a code, dimension."""
        codes = {name: {code} if isinstance(code, str) else set(code) for name, code in cell.items()}
        return [
            contents
            for contents in self.contents
            if contents.code in codes.get("ContentsCode", ())
            and all(codes.get(name, set()) & set(only) for name, only in contents.only.items())
        ]

    @property
    def written_sign(self) -> str:
        """The decimal sign by which numbers of a spreadsheet, which have none of their own, are written out."""
        return "," if self.decimal == "either" else self.decimal

    @property
    def every_dimension(self) -> list[str]:
        """Names of the dimensions, of columns and of headers."""
        return [*self.dimensions, *(self.across.dimensions if self.across is not None else ())]

    @property
    def dimension_codes(self) -> dict[str, dict[str, str] | None]:
        """Each dimension's codes by label, of columns and of headers; None where the file's texts are the codes."""
        columns = {name: column.codes for name, column in self.dimensions.items()}
        return columns | {name: part.codes for name, part in (self.across.dimensions if self.across else {}).items()}
