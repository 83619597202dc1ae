"""Typed models of the catalogue's YAML: pillars, indicators, areas, source tables.

One definition yields the checks, the Dagster graph, the warehouse's catalogue tables and what is on screen.
Reading files is `loading`'s work, delivery contracts are `contracts`'; nothing here computes a figure.
"""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Model(BaseModel):
    """Base of all catalogue models: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_RANGE = re.compile(r"(\d{8})-(\d{8})")


def expand_ranges(codes: Any) -> Any:
    """Write out ranges of basic statistical units: `33010601-33010603` is three codes."""
    if not isinstance(codes, list):
        return codes  # a single text is no list of its letters: the model says what was expected
    expanded: list[str] = []
    for code in codes:
        if match := _RANGE.fullmatch(str(code)):
            first, last = match.groups()
            if last < first or first[:6] != last[:6]:
                raise ValueError(f"range {code} must rise within one tract, such as 33010601-33010611")
            expanded += [f"{number:08d}" for number in range(int(first), int(last) + 1)]
        else:
            expanded.append(code)
    if repeated := sorted({str(code) for code in expanded if expanded.count(code) > 1}):
        raise ValueError(f"code {repeated[0]} is given twice; expected each code once, else it is counted twice")
    return expanded


Codes = Annotated[list[str], BeforeValidator(expand_ranges), Field(min_length=1)]
AreaLevel = Literal[
    "county", "municipality", "city district", "statistical tract", "living-conditions zone", "basic statistical unit"
]
AreaKind = Literal["country", "county", "municipality", "district", "living-conditions zone"]


Unit = Literal["share", "per 1,000", "per 100,000", "years", "points", "NOK", "µg/m³"]
Worry = Literal[
    "unemployment",
    "insecurity",
    "low education",
    "health problems",
    "poverty",
    "traffic and pollution",
    "one-sided housing",
    "rentals",
]


class Pillar(Model):
    """One of the programme's effort areas."""

    id: str
    order: int
    name_no: str
    name_en: str


class Subgoal(Model):
    """One of the programme's subgoals; its id begins with the pillar's number."""

    id: str
    name_no: str
    name_en: str


class IndicatorSource(Model):
    """How one source table's cells become the indicator's measure.

    `numerator`, `denominator` and `value` select cells: dimension -> code or codes (summed).
    All dimensions of the table other than area and time are named, so that a selection is never ambiguous.
    """

    table: str
    method: Literal["proportion", "rate", "published_value", "annual_mean"]
    numerator: dict[str, str | list[str]] | None = None
    denominator: dict[str, str | list[str]] | None = None
    value: dict[str, str | list[str]] | None = None
    scale: float = Field(1.0, gt=0, description="factor from the published value to the indicator's unit")

    @model_validator(mode="after")
    def _cells_fit_the_method(self) -> "IndicatorSource":
        wanted = {
            "proportion": {"numerator", "denominator"},
            "rate": {"numerator", "denominator"},
            "published_value": {"value"},
            "annual_mean": {"numerator", "value"},
        }[self.method]
        given = {role for role in ("numerator", "denominator", "value") if getattr(self, role) is not None}
        if given != wanted:
            raise ValueError(f"method {self.method} takes exactly {sorted(wanted)}, found {sorted(given)}")
        return self

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield (role, cell) for every cell that the method sums; a cell is `dim=code|dim=code`, sorted."""
        for role in ("numerator", "denominator", "value"):
            cells = [""]
            for dimension, codes in sorted((getattr(self, role) or {}).items()):
                chosen = codes if isinstance(codes, list) else [codes]
                cells = [f"{cell}|{dimension}={code}" for cell in cells for code in chosen]
            yield from ((role, cell[1:]) for cell in cells if cell)


class AlternativeBaseline(Model):
    """Another year to count from, where the first is known to be disturbed; both are computed."""

    year: int
    reason: str


class Baseline(Model):
    """The year that change is counted from, and what is known to disturb it."""

    year: int = 2020
    note: str | None = None
    alternative: AlternativeBaseline | None = None


class Target(Model):
    """The value aimed at, in one of three forms, and the path from the baseline to it.

    absolute: in the indicator's unit. relative: as a change from the baseline. gap_closed: as a share of the distance
    to a comparator in the baseline period; comparator: which one, else the programme's nearest with a figure.
    trajectory: straight in the value (linear), in its logarithm (geometric) or in its log-odds (logistic).
    """

    year: int = 2030
    status: Literal["proposed", "adopted"] = "proposed"
    adopted_by: str | None = None
    adopted_on: date | None = None
    absolute: float | None = None
    relative: float | None = Field(None, gt=-1, description="-0.2 means a fifth below the baseline")
    gap_closed: float | None = Field(None, gt=0, le=1, description="0.5 means half of the distance")
    comparator: str | None = Field(None, description="the area that gap_closed measures the distance to")
    trajectory: Literal["linear", "geometric", "logistic"] = "linear"
    note: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Target":
        if sum(form is not None for form in (self.absolute, self.relative, self.gap_closed)) != 1:
            raise ValueError("a target has exactly one of 'absolute', 'relative' and 'gap_closed'")
        if self.comparator is not None and self.gap_closed is None:
            raise ValueError("'comparator' goes with 'gap_closed', the share of the distance to it")
        if (self.status == "adopted") != (self.adopted_by is not None and self.adopted_on is not None):
            raise ValueError("status 'adopted' goes with 'adopted_by' and 'adopted_on': who adopted it and when")
        return self


class Indicator(Model):
    """A defined measure with numerator, denominator, unit, direction and the tables it comes from."""

    id: str = Field(pattern=r"[a-z][a-z0-9_]*")
    subgoal: str
    name_no: str
    name_en: str
    definition_no: str
    definition_en: str
    unit: Unit
    decimals: int = Field(1, description="decimals on screen, of percent where the unit is share")
    direction: Literal["higher", "lower", "context"]
    numerator: str
    denominator: str
    age: str
    sex: Literal["both", "men", "women"] = "both"
    periodicity: str = "annual"
    pooling: int | None = Field(
        None, ge=2, description="periods summed into one figure for districts and smaller areas"
    )
    sources: list[IndicatorSource] = Field(min_length=1)
    baseline: Baseline = Baseline()
    target: Target | None = None
    worries: list[Worry] = Field([], description="what the agreement worries about, and this indicator shows")
    caveats: list[str] = []
    references: list[str] = Field([], description="where the definition comes from, and what it has been used for")

    @property
    def sign(self) -> int | None:
        """1 where a higher value is better, -1 where a lower one is, none where neither is."""
        return {"higher": 1, "lower": -1}.get(self.direction)

    @model_validator(mode="after")
    def _only_directed_indicators_have_targets(self) -> "Indicator":
        if (self.direction == "context") != (self.target is None):
            raise ValueError("an indicator has a target, unless its direction is 'context': then it has none")
        return self


class PillarFile(Model):
    """One pillar's YAML file."""

    pillar: Pillar
    subgoals: list[Subgoal]
    indicators: list[Indicator]


class AreaPart(Model):
    """Codes whose sum is the area, and the first and last year in which those codes are used.

    codelist: the list of a provider's own that has these codes; none: official codes, or the area's own id.
    """

    codes: Codes
    codelist: str | None = None
    first: int = Field(1900, alias="from")
    last: int = Field(2999, alias="to")


class RestOf(Model):
    """What is left of an area without others: a comparator that does not contain the district it is compared with."""

    whole: str
    without: list[str] = Field(min_length=1)


class Area(Model):
    """A place that figures are about: the sum of official codes, or the rest of another area.

    Parts valid in the same year are alternatives, in order of preference. The codes of other years, and of smaller and
    larger official areas that tile it, follow from the newest part where the official areas are known.
    """

    id: str = Field(pattern=r"[a-z][a-z0-9-]*")
    kind: AreaKind
    name: str
    parent: str | None = None
    published_names: list[str] = []
    provisional: bool = False
    note: str | None = None
    parts: list[AreaPart] = []
    rest_of: RestOf | None = None

    @model_validator(mode="after")
    def _parts_or_rest(self) -> "Area":
        if bool(self.parts) == (self.rest_of is not None):
            raise ValueError("an area has either 'parts', the codes whose sum it is, or 'rest_of'")
        return self


class Programme(Model):
    """An area programme: where, from when to when, and compared with what (nearest first)."""

    id: str
    area: str
    name_no: str
    name_en: str
    start: int
    end: int
    comparators: list[str] = Field(min_length=1)


class AreasFile(Model):
    """areas.yaml."""

    programmes: list[Programme]
    areas: list[Area]


def _hours(text: str) -> tuple[time, time]:
    first, _, last = text.partition("-")
    return time.fromisoformat(first), time.fromisoformat(last)


class Provider(Model):
    """A provider of source tables: address, licence, and the hours (Europe/Oslo) when it must be left alone."""

    id: str
    name: str
    url: str
    licence: str
    dialect: Literal["v2", "v0", "klass"] = "v2"
    closed_hours: list[Annotated[tuple[time, time], BeforeValidator(_hours)]] = []


class Asked(Model):
    """What a provider is asked for; its id is the provider's id, a slash, and the name under which answers are kept."""

    id: str = Field(pattern=r"[a-z]+/[A-Za-z0-9_]+")
    title: str

    @property
    def provider(self) -> str:
        """Return the provider's id, the part before the slash."""
        return self.id.partition("/")[0]

    @property
    def table_id(self) -> str:
        """Return the part after the slash, under which the answers are kept."""
        return self.id.partition("/")[2]

    @property
    def asked_as(self) -> str:
        """Return the provider's own id; of a table that is asked for in two ways another than `table_id`."""
        return self.table_id


class Classification(Asked):
    """One classification of official areas in Klass, asked for from a day on.

    correspondences: numbers of the classifications whose areas lie in this one's.
    """

    levels: dict[str, AreaLevel] = Field(description="Klass' level number -> what its codes are")
    first: date
    correspondences: list[str] = []


class Residents(Model):
    """The table's cells count the residents of an area, by these dimensions where it has them.

    sexes: the codes that stand for men and women. rounded: the publisher turned every 1 and 2 into 0 or 3.
    """

    sex: str | None = None
    sexes: dict[str, Literal["men", "women"]] = {"1": "men", "2": "women"}
    age: str | None = None
    rounded: bool = False


class TableSelection(Model):
    """What is asked for along one variable: codes or PxWeb expressions, perhaps of a code list."""

    values: Codes
    codelist: str | None = None


class SourceTable(Asked):
    """One published table and the query that is put to it; a variable left out is eliminated by the provider."""

    number: str | None = Field(None, description="the provider's own id, where the table is asked in two ways")
    unverified: bool = Field(False, description="no working query was seen: a failure warns, and fails nothing")
    area: str
    time: str
    boundary_year: int | None = Field(None, description="year of the area codes; none: the period's own year")
    residents: Residents | None = Field(None, description="set where the table counts residents")
    levels: list[AreaKind] = Field([], description="kinds of areas that the query has figures for")
    selection: dict[str, TableSelection]

    @property
    def asked_as(self) -> str:
        """Return the provider's own id of the table."""
        return self.number or self.table_id

    @model_validator(mode="after")
    def _area_and_time_are_asked_for(self) -> "SourceTable":
        for variable in (self.area, self.time):
            if variable not in self.selection:
                raise ValueError(f"the selection lacks '{variable}', which 'area' or 'time' names")
        return self


class SourcesFile(Model):
    """sources.yaml."""

    providers: list[Provider]
    classifications: list[Classification] = []
    tables: list[SourceTable]
