"""Typed models of the catalogue's YAML: pillars, indicators, areas, source tables.

One definition yields the checks, the Dagster graph, the warehouse's catalogue tables and what is on screen.
Reading files is `loading`'s work, delivery contracts are `contracts`'; nothing here computes a figure.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Model(BaseModel):
    """Base of all catalogue models: frozen, and an unknown key is an error."""

    # What checks the YAML is built when something is checked: who reads a kept catalogue has no use of it.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


_RANGE = re.compile(r"(\d{8})-(\d{8})")


def expand_ranges(codes: Any) -> Any:
    """Write out ranges of basic statistical units: `33010601-33010603` is three codes.

    Raises ValueError for a range that falls or leaves its tract, and for a code that is given twice.
    """
    if not isinstance(codes, list):
        return codes  # left to the model, which reports what it expected
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


Codes = Annotated[list[str], BeforeValidator(expand_ranges, json_schema_input_type=list[str]), Field(min_length=1)]
AreaLevel = Literal[
    "county", "municipality", "city district", "statistical tract", "living-conditions zone", "basic statistical unit"
]
AreaKind = Literal["country", "county", "municipality", "district", "statistical tract", "living-conditions zone"]


Unit = Literal["share", "per 1,000", "per 100,000", "years", "points", "NOK", "µg/m³", "vehicles a day"]
OtherSet = Literal["NOU 2020:16", "KDD id2923886", "Husbanken area lifts"]
"""Indicator sets of the state for areas such as the programme's: of the committee on living conditions in cities, the
ministry's report on a system for areas with living-conditions challenges, of Husbanken's tool for area lifts."""


_CELLS = "which cells: dimension -> code, or list of codes that are summed"


class Disclosure(Model):
    """When a count is hidden, and when it is shown with a mark (see `indicators.disclosure.cells.Rules`)."""

    smallest: int = Field(3, ge=1, description="numerators and complements above 0 and below this are hidden")
    smallest_base: int = Field(10, ge=0, description="denominators above 0 and below this hide their figure")
    certain_base: int = Field(20, ge=0, description="0 and 100 per cent of fewer than this are hidden")
    unreliable_below: int = Field(10, ge=0, description="fewer events are marked")
    rse_limit: float = Field(0.3, gt=0, description="a larger relative standard error is marked")
    hide_zeros: bool = Field(default=False, description="hide 0 and 100 per cent of any base")


class Agreement(Model):
    """What an agreement with a provider demands for its figures, instead of the rule for all.

    Where a figure has several sources, the strictest holds; what an indicator says itself goes before its sources.
    """

    smallest: int | None = Field(None, ge=1, description="numerators and complements above 0 and below this are hidden")
    smallest_base: int | None = Field(None, ge=0, description="denominators above 0 and below this hide their figure")
    certain_base: int | None = Field(None, ge=0, description="0 and 100 per cent of fewer than this are hidden")
    unreliable_below: int | None = Field(None, ge=0, description="fewer events are marked")
    rse_limit: float | None = Field(None, gt=0, description="a larger relative standard error is marked")
    hide_zeros: bool | None = Field(None, description="hide 0 and 100 per cent of any base")
    weak_series: float | None = Field(
        None, gt=0, le=1, description="an area's series with this share of its figures hidden is hidden whole"
    )
    base: int | None = Field(
        None,
        ge=1,
        description="fewest persons that a share of a small area rests on, where the file has shares without counts; "
        "none: nobody knows, and such shares are rounded to whole per cent",
    )


class Pillar(Model):
    """One of the programme's effort areas."""

    id: str = Field(description="one word, such as work")
    order: int = Field(description="place among the pillars, counted from 1")
    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")


class Subgoal(Model):
    """One of the programme's subgoals; its id begins with the pillar's number."""

    id: str = Field(description='the programme\'s own number, in quotes: "1.1"')
    name_no: str = Field(description="wording in Norwegian")
    name_en: str = Field(description="wording in English")


ResidentsOn = Literal["january", "next_january"]
"""Whose residents a table's figures count a part of: those of 1 January of the period's year, or of the year after."""
RESIDENTS_ON = (
    "of which day's residents its figures count a part, so that an indicator may take those for its denominator. "
    "january: 1 January of the period's year. next_january: that of the year after, as of employment in the 4th quarter"
)


class AmongResidents(Model):
    """A denominator that the table does not have: residents of an age and sex, on the day that the table names."""

    age: str = Field("all", description="all, years of age as 20-66, or from an age on as 67+")
    sex: Literal["both", "men", "women"] = Field("both", description="whose number it is")

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and last year of age; None: everybody."""
        return years_of_age(self.age)

    @model_validator(mode="after")
    def _ages_rise(self) -> "AmongResidents":
        first, last = self.years or (0, OLDEST)
        if last < first or (self.age != "all" and (self.years is None or not self.age[0].isdigit())):
            raise ValueError(f"age '{self.age}'; expected all, years as 20-66, or from an age on as 67+")
        return self


OLDEST = 999
"""The last year of an age group without an upper end."""


def years_of_age(group: str) -> tuple[int, int] | None:
    """Return the first and last year of an age group as tables write them; None where it is none, or everybody.

    >>> years_of_age("020"), years_of_age("20-24"), years_of_age("F020-024"), years_of_age("105+"), years_of_age("all")
    ((20, 20), (20, 24), (20, 24), (105, 999), None)
    """
    found = re.fullmatch(r"[FH]?(\d{1,3})(?:-(\d{1,3})|(\+))?", group)
    if found is None:
        return None
    first = int(found[1])
    return first, OLDEST if found[3] else int(found[2] or first)


class Stratum(Model):
    """A part of an indicator's persons by sex and age: its source's cells with other codes."""

    sex: Literal["both", "men", "women"] = Field(description="whose figures they are")
    age: str = Field(description="age group in years, such as 30-66")
    cells: dict[str, str | list[str]] = Field(description="codes in place of the source's own, dimension by dimension")
    less: dict[str, str | list[str]] | None = Field(
        None, description="codes of a part that is taken off: of 18-66 years 18-29, so that 30-66 are left"
    )


class Standard(Model):
    """Whose composition by sex and age standardised figures have."""

    area: str = Field(description="id of an area that has figures of all strata, such as norway")
    year: int = Field(description="the year of that composition, the same for all periods")


class FixedPrices(Model):
    """In the prices of which year an amount of money is told."""

    index: str = Field(description="table of sources.yaml with a price index and nothing else, such as ssb/03013")
    year: int = Field(description="the year in whose prices every amount is told")


class IndicatorSource(Model):
    """How one source table's cells become the indicator's measure.

    All dimensions of the table other than area and time are named, so that a selection is never ambiguous.
    """

    table: str = Field(description="a table of sources.yaml, such as ssb/09429, or delivery/ and a contract's id")
    method: Literal["proportion", "rate", "published_value", "count_and_share", "annual_mean"] = Field(
        description="proportion, rate: numerator and denominator. published_value: value. "
        "count_and_share: numerator and value, a share or rate, which together give the denominator. "
        "annual_mean: numerator and value by month, of which the year's mean is taken"
    )
    numerator: dict[str, str | list[str]] | None = Field(None, description=_CELLS)
    denominator: dict[str, str | list[str]] | None = Field(None, description=_CELLS)
    value: dict[str, str | list[str]] | None = Field(None, description=_CELLS)
    among_residents: AmongResidents | None = Field(
        None, description="instead of 'denominator': residents on the day that the table's `residents_on` names"
    )
    scale: float = Field(1.0, gt=0, description="factor from the published value to the indicator's unit")
    decimals: int | None = Field(
        None,
        ge=0,
        description="decimals of the published value, whose rounding makes the implied denominator uncertain; none: as "
        "the contract says. With count_and_share and annual_mean",
    )

    strata: list[Stratum] = Field(
        [], description="the persons by sex and age, each in one stratum, for figures standardised by both"
    )

    def with_codes(self, codes: dict[str, str | list[str]]) -> "IndicatorSource":
        """Return the source of a part of the persons: the same cells with these codes."""
        cells = {role: getattr(self, role) for role in ("numerator", "denominator", "value")}
        return self.model_copy(update={role: {**own, **codes} for role, own in cells.items() if own is not None})

    @model_validator(mode="after")
    def _cells_fit_the_method(self) -> "IndicatorSource":
        wanted = {
            "proportion": {"numerator", "denominator"},
            "rate": {"numerator", "denominator"},
            "published_value": {"value"},
            "count_and_share": {"numerator", "value"},
            "annual_mean": {"numerator", "value"},
        }[self.method]
        given = {role for role in ("numerator", "denominator", "value") if getattr(self, role) is not None}
        if self.among_residents is not None:
            if self.denominator is not None or "denominator" not in wanted:
                raise ValueError("'among_residents' goes with proportion or rate, instead of 'denominator'")
            wanted = wanted - {"denominator"}
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

    year: int = Field(description="the other year, another than the baseline's")
    reason_no: str = Field("", description="the same in Norwegian")
    reason: str = Field(description="what disturbs the first")


class Baseline(Model):
    """The year that change is counted from, and what is known to disturb it."""

    year: int = Field(2020, description="the programme's start unless there is a reason")
    note_no: str | None = Field(None, description="the same in Norwegian")
    note: str | None = Field(None, description="what is known to disturb the year; shown beside the figure")
    alternative: AlternativeBaseline | None = Field(None, description="another year to count from as well")


class Frozen(Model):
    """What an adopted target was on the day of its adoption; later revisions of the baseline do not move it."""

    area: str = Field(description="id of the programme's area that the number is for")
    value: float = Field(description="the number that was adopted, in the indicator's unit")
    baseline_value: float = Field(description="the baseline that it was counted from, as it stood then")
    vintage: date = Field(description="the day on which the baseline's figure was known so, as 2026-02-15")


class Target(Model):
    """The value aimed at, in one of three forms (absolute, relative, gap_closed), and the path to it."""

    year: int = Field(2030, description="the year by which it is to be reached")
    status: Literal["proposed", "adopted"] = Field(
        "proposed", description="adopted once the programme's steering group has said so"
    )
    adopted_by: str | None = Field(None, description="who adopted it")
    adopted_on: date | None = Field(None, description="the day, as 2026-03-01")
    frozen: list[Frozen] = Field(
        [], description="of an adopted target that is counted from a baseline: what it came to"
    )
    absolute: float | None = Field(None, description="the value itself, in the indicator's unit")
    relative: float | None = Field(
        None, gt=-1, description="a change from the baseline: -0.2 means a fifth below the baseline"
    )
    gap_closed: float | None = Field(
        None,
        gt=0,
        le=1,
        description="a share of the distance to a comparator in the baseline period: 0.5 means half of the distance",
    )
    comparator: str | None = Field(
        None,
        description="the area that gap_closed measures the distance to; of the rest of a municipality without a figure "
        "the municipality; none: the programme's nearest with a figure",
    )
    trajectory: Literal["linear", "geometric", "logistic"] = Field(
        "linear",
        description="a straight line in the value (linear), its logarithm (geometric) or its log-odds (logistic)",
    )
    note_no: str | None = Field(None, description="the same in Norwegian")
    note: str | None = Field(None, description="where the target comes from")

    @model_validator(mode="after")
    def _one_form(self) -> "Target":
        if sum(form is not None for form in (self.absolute, self.relative, self.gap_closed)) != 1:
            raise ValueError("a target has exactly one of 'absolute', 'relative' and 'gap_closed'")
        if self.comparator is not None and self.gap_closed is None:
            raise ValueError("'comparator' goes with 'gap_closed', the share of the distance to it")
        if (self.status == "adopted") != (self.adopted_by is not None and self.adopted_on is not None):
            raise ValueError("status 'adopted' goes with 'adopted_by' and 'adopted_on': who adopted it and when")
        if (self.status == "adopted" and self.absolute is None) != bool(self.frozen):
            raise ValueError(
                "an adopted target that is counted from a baseline has 'frozen': number, baseline and vintage per area"
            )
        return self


_Text = BeforeValidator(str, json_schema_input_type=str | int)  # YAML reads 2020 as a number
_PeriodText = Annotated[str, _Text, Field(pattern=r"^(19|20)\d\d(K[1-4]|M(0[1-9]|1[0-2]))?$")]
YearOrMonth = Annotated[str, _Text, Field(pattern=r"^(19|20)\d\d(M(0[1-9]|1[0-2]))?$")]


class Break(Model):
    """A break in a series: figures from a period on are not to be compared with those before."""

    first: _PeriodText = Field(
        alias="from", description="the first period counted in the new way: 2015, 2018K4 or 2018M11"
    )
    reason_no: str = Field("", description="the same in Norwegian")
    reason: str = Field(description="what changed")


def ends_before_it_begins(first: str, last: str) -> bool:
    """Whether a year or month lies before another; a year lasts from its first month to its twelfth."""
    return (last if "M" in last else f"{last}M12") < (first if "M" in first else f"{first}M01")


class Disturbance(Model):
    """Periods whose figures say nothing of the trend: they are published, and left out of trends and projections."""

    first: YearOrMonth = Field(alias="from", description="the first disturbed year or month: 2020 or 2020M03")
    last: YearOrMonth = Field(alias="to", description="the last one, not before the first")
    reason_no: str = Field("", description="the same in Norwegian")
    reason: str = Field(description="what disturbed them")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Disturbance":
        if ends_before_it_begins(self.first, self.last):
            raise ValueError(f"disturbed from {self.first} to {self.last}; expected 'to' at 'from' or later")
        return self


class Indicator(Model):
    """A defined measure with numerator, denominator, unit, direction and the tables it comes from."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="unique among all pillars; it never changes")
    subgoal: str = Field(description="id of a subgoal of this file, in quotes")
    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")
    definition_no: str = Field(description="what is measured, in Norwegian, in words that can be quoted")
    definition_en: str = Field(description="what is measured, in English")
    unit: Unit = Field(description="unit of every value; share lies in 0..1")
    decimals: int = Field(1, description="decimals on screen, of percent where the unit is share")
    direction: Literal["higher", "lower", "context"] = Field(
        description="which way is better; context: neither, and then there is no target"
    )
    numerator_no: str = Field("", description="what is counted, in Norwegian words")
    numerator: str = Field(description="what is counted, in English words")
    denominator_no: str = Field("", description="of what, in Norwegian words; or why there is none")
    denominator: str = Field(description="of what, in English words; or why there is none")
    age: str = Field(description="age group in years, such as 15-74")
    sex: Literal["both", "men", "women"] = Field("both", description="whose figures they are")
    periodicity: str = Field("annual", description="how often figures come, in words")
    every: Annotated[int, Field(ge=1)] | Literal["irregular"] = Field(
        1,
        description="years from one figure to the next, by which a gap in a delivery is known; moving windows come "
        "every year. irregular: there is no rule, as of surveys",
    )
    standard: Standard | None = Field(
        None, description="whose composition standardised figures have; needed where a source has strata"
    )
    prices: FixedPrices | None = Field(
        None, description="fixed prices, which every indicator of unit NOK has; its sources are at the year's prices"
    )
    pooling: int | None = Field(
        None, ge=2, description="periods summed into one figure for districts and smaller areas"
    )
    sources: list[IndicatorSource] = Field(min_length=1, description="the preferred first")
    baseline: Baseline = Field(Baseline(), description="the year that change is counted from")
    target: Target | None = Field(None, description="the value aimed at; none where the direction is context")
    part_of: str | None = Field(
        None, description="indicator that counts the same thing in a population that holds this one's"
    )
    disclosure: Agreement | None = Field(
        None, description="what is hidden of this indicator, where that is another rule"
    )
    worries: list[str] = Field([], description="sentences of the agreement (sentences.yaml) that this indicator shows")
    elsewhere: dict[OtherSet, str] = Field(
        {}, description="place in the state's indicator sets; of a set that is not named here it is unknown"
    )
    breaks: list[Break] = Field([], description="where figures before and after are counted in different ways")
    disturbed: list[Disturbance] = Field([], description="periods that trends, projections and baselines leave out")
    least_change: float | None = Field(
        None, gt=0, description="the least change since the baseline that matters, in the indicator's unit"
    )
    caveats_no: list[str] = Field([], description="what to know before using the figures, in Norwegian")
    caveats: list[str] = Field([], description="the same in English, one by one")
    references_no: list[str] = Field([], description="the references as a Norwegian page has them")
    references: list[str] = Field([], description="where the definition comes from, and what it has been used for")

    @property
    def warnings(self) -> list[str]:
        """What to know before using the figures: breaks of the series, disturbed periods, then caveats."""
        breaks = (f"Break from {one.first} on: {one.reason}" for one in self.breaks)
        disturbed = (f"Disturbed from {one.first} to {one.last}: {one.reason}" for one in self.disturbed)
        return [*breaks, *disturbed, *self.caveats]

    @property
    def warnings_no(self) -> list[str]:
        """The same in Norwegian."""
        breaks = (f"Brudd fra og med {one.first}: {one.reason_no}" for one in self.breaks)
        disturbed = (f"Forstyrret fra {one.first} til {one.last}: {one.reason_no}" for one in self.disturbed)
        return [*breaks, *disturbed, *self.caveats_no]

    @property
    def sign(self) -> int | None:
        """1 where a higher value is better, -1 where a lower one is, none where neither is."""
        return {"higher": 1, "lower": -1}.get(self.direction)

    @model_validator(mode="after")
    def _only_directed_indicators_have_targets(self) -> "Indicator":
        if (self.direction == "context") != (self.target is None):
            raise ValueError("an indicator has a target, unless its direction is 'context': then it has none")
        return self

    @model_validator(mode="after")
    def _money_is_in_fixed_prices(self) -> "Indicator":
        if (self.unit == "NOK") != (self.prices is not None):
            raise ValueError("an indicator of unit NOK has 'prices', the index and the year; one of another unit none")
        return self

    @model_validator(mode="after")
    def _strata_have_a_standard(self) -> "Indicator":
        if any(source.strata for source in self.sources) != (self.standard is not None):
            raise ValueError("an indicator with strata has a standard, and one without has none")
        if any(source.strata and source.method == "published_value" for source in self.sources):
            raise ValueError("strata need counts; method published_value has none")
        return self


class PillarFile(Model):
    """One pillar's YAML file."""

    pillar: Pillar = Field(description="the effort area")
    subgoals: list[Subgoal] = Field(description="in the programme's order")
    indicators: list[Indicator] = Field(description="in the order in which they are shown")


class Sentence(Model):
    """Something that the programme's agreement says and that figures are to show; indicators name it in `worries`."""

    id: str = Field(min_length=1, description="a few words in English, such as low education; it never changes")
    kind: Literal["worry", "aim", "context"] = Field(
        description="worry: what is bad in the area. aim: what is to be reached or done. context: without which no "
        "change can be read"
    )
    subgoal: str | None = Field(None, description="the subgoal that it is said of, in quotes; none: of all")
    name_no: str = Field(description="what is said, in Norwegian")
    name_en: str = Field(description="what is said, in English")
    not_measured: str | None = Field(
        None, description="what of it no indicator shows, and why; needed where no indicator names the sentence"
    )


class SentencesFile(Model):
    """sentences.yaml."""

    sentences: list[Sentence] = Field(description="each once, in the order in which they are shown")


class AreaPart(Model):
    """Codes whose sum is the area, and the first and last year in which those codes are used."""

    codes: Codes = Field(description="in quotes; units of one tract may be a range, 33010601-33010611")
    codelist: str | None = Field(
        None, description="the provider's own list that has these codes; none: official codes, or the area's own id"
    )
    first: int = Field(1900, alias="from", description="first year of these codes; none: always")
    last: int = Field(2999, alias="to", description="last year of these codes; none: still")


class RestOf(Model):
    """An area without some of its parts: a comparator that does not contain the district compared with it."""

    whole: str = Field(description="id of the area that is divided")
    without: list[str] = Field(min_length=1, description="ids of the areas that are left out")


class Treatment(Model):
    """A programme that an area had beside those that are followed here: in its years the area is no donor."""

    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")
    start: int | None = Field(None, description="first year; none: not known, so that every year before the end counts")
    end: int | None = Field(None, description="last year; none: it goes on")
    source: str = Field(description="the document that says so")

    @model_validator(mode="after")
    def _in_order(self) -> "Treatment":
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"it ends in {self.end}, before it starts in {self.start}")
        return self


class Area(Model):
    """A place that figures are about: the sum of official codes, or the rest of another area.

    Parts valid in the same year are alternatives, in order of preference. The codes of other years, and of smaller and
    larger official areas that tile it, follow from the newest part where the official areas are known.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="unique, such as drammen-7; it never changes")
    kind: AreaKind = Field(description="what it is; it lies in a larger kind")
    name: str = Field(description="name in Norwegian, as shown")
    parent: str | None = Field(None, description="id of the area that it lies in; none: the country")
    published_names: list[str] = Field([], description="names by which files and tables call it")
    provisional: bool = Field(False, description="true until its delimitation is confirmed")
    note_no: str | None = Field(None, description="the same in Norwegian")
    note: str | None = Field(None, description="what to know about its delimitation")
    covered_by: list[AreaKind] = Field(
        [], description="kinds of areas of the catalogue that, together, are all of it: their figures add up to its own"
    )
    parts: list[AreaPart] = Field([], description="the codes whose sum it is; those of one year are enough")
    rest_of: RestOf | None = Field(None, description="instead of parts: another area without some")
    treated: list[Treatment] = Field([], description="other programmes that it had, for which it is no donor")

    @model_validator(mode="after")
    def _parts_or_rest(self) -> "Area":
        if bool(self.parts) == (self.rest_of is not None):
            raise ValueError("an area has either 'parts', the codes whose sum it is, or 'rest_of'")
        return self


class ReleasePlan(Model):
    """A frozen edition that is due: `levekar release --due` tells of it, `levekar release ID` makes it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="the release's name, such as midterm-2025")
    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")
    due: date = Field(description="the day whose figures are frozen")
    purpose_no: str = Field("", description="the same in Norwegian")
    purpose: str = Field(description="what it is for, and where the date comes from")


class Programme(Model):
    """An area programme: where, from when to when, and compared with what (nearest first)."""

    id: str = Field(description="unique, such as stromso-2030")
    area: str = Field(description="id of the area that the programme is for")
    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")
    start: int = Field(description="first year")
    end: int = Field(description="last year")
    comparators: list[str] = Field(min_length=1, description="ids of areas to compare with, the nearest first")
    releases: list[ReleasePlan] = Field([], description="the frozen editions that its evaluation needs")


class AreasFile(Model):
    """areas.yaml."""

    programmes: list[Programme] = Field(description="what was done where, and when")
    areas: list[Area] = Field(description="the places that figures are about")


_HOURS = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]


def _hours(text: str) -> tuple[time, time]:
    first, _, last = str(text).partition("-")
    try:
        return time.fromisoformat(first), time.fromisoformat(last)
    except ValueError:
        raise ValueError(f"found '{text}', expected hours such as 04:45-08:20") from None


class Provider(Model):
    """A provider of source tables: address, licence, and the hours when it must be left alone."""

    id: str = Field(description="the first part of its tables' ids, such as ssb")
    name: str = Field(description="name to quote")
    url: str = Field(description="root of its API")
    licence: str = Field(description="terms on which its figures may be used")
    dialect: Literal["v2", "v0", "klass", "fhi", "nvdb", "brreg", "trafikkdata", "nilu"] = Field(
        "v2",
        description="PxWebApi v2 or v0 (tables), Klass (areas), FHI's open statistics (tables), NVDB (accidents), "
        "Brreg (units that are counted), Trafikkdata (counters of vehicles), or NILU (stations of air quality)",
    )
    closed_hours: list[Annotated[tuple[time, time], BeforeValidator(_hours, json_schema_input_type=_HOURS)]] = Field(
        [], description='when not to ask, in Europe/Oslo: "04:45-08:20"'
    )


class Asked(Model):
    """What a provider is asked for; its id is the provider's id, a slash, and the name under which answers are kept."""

    id: str = Field(pattern=r"^[a-z]+/[A-Za-z0-9_]+$", description="a provider's id, a slash, and a name, as ssb/09429")
    title: str = Field(description="the provider's own title")
    title_en: str | None = Field(None, description="what that says, in English; none: not needed")

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
    """One classification of official areas in Klass, with its history from a given day on."""

    levels: dict[str, AreaLevel] = Field(description="Klass' level number -> what its codes are")
    first: date = Field(description="the day from which it is asked for, as 2002-01-01")
    correspondences: list[str] = Field([], description="numbers of the classifications whose areas lie in this one's")


class Residents(Model):
    """The table's cells count the residents of an area, by these dimensions where it has them.

    A year's figure is that of its 1 January, as in all such tables of Statistics Norway.
    """

    sex: str | None = Field(None, description="the dimension that tells sex")
    sexes: dict[str, Literal["men", "women"]] = Field(
        {"1": "men", "2": "women"}, description="the codes that stand for men and women"
    )
    age: str | None = Field(None, description="the dimension that tells age")
    rounded: bool = Field(False, description="true: the publisher turned every 1 and 2 into 0 or 3")


class TableSelection(Model):
    """What is asked for along one variable: codes or PxWeb expressions, perhaps of a code list."""

    values: Codes = Field(description='codes in quotes, "*", or an expression such as "from(2015)"')
    codelist: str | None = Field(None, description="the provider's code list that the codes are of")
    labels: dict[str, str] = Field(
        {},
        description="code -> a word that its label must have, such as prosent; else the table is refused. Of a "
        "register that knows municipalities by name: the name",
    )


_ACCIDENTS, _UNITS = "nvdb", "brreg"
_STATIONS = ("trafikkdata", "nilu")
REGISTERS = (_ACCIDENTS, _UNITS, *_STATIONS)
"""Providers of registers; each is called as its dialect is."""


class SourceTable(Asked):
    """One published table and the query that is put to it; a variable left out is eliminated by the provider."""

    number: str | None = Field(None, description="the provider's own id, where the table is asked in two ways")
    unverified: bool = Field(False, description="no working query was seen: a failure warns, and fails nothing")
    area: str | None = Field(
        None, description="the variable of areas, such as Region; none: all figures are the country's (0)"
    )
    time: str = Field(description="the variable of time, such as Tid")
    boundary_year: int | None = Field(None, description="year of the area codes; none: the period's own year")
    residents: Residents | None = Field(None, description="set where the table counts residents")
    residents_on: ResidentsOn | None = Field(None, description=RESIDENTS_ON)
    levels: list[AreaKind] = Field([], description="kinds of areas that the query has figures for")
    zones: Literal["discover"] | None = Field(
        None,
        description="discover: the living-conditions zones of the municipalities asked for are asked for as well, "
        "where the table turns out to have any (FHI's tables alone)",
    )
    disclosure: Agreement | None = Field(None, description="what its provider demands to be hidden, where it differs")
    selection: dict[str, TableSelection] = Field(description="variable -> what is asked for; area and time among them")

    @property
    def register(self) -> bool:
        """Whether it is a register, of which whoever asks counts the entries."""
        return self.provider in REGISTERS

    @property
    def has_places(self) -> bool:
        """Whether its entries have places, so that it can be said in which polygons they lie."""
        return self.provider == _ACCIDENTS or self.is_measured

    @property
    def is_measured(self) -> bool:
        """Whether its entries are stations, each with a figure of a year that holds where it stands."""
        return self.provider in _STATIONS

    @property
    def tells_today_alone(self) -> bool:
        """Whether it says how things are on the day that it is asked: earlier years are as they were counted then."""
        return self.provider == _UNITS

    @property
    def asked_as(self) -> str:
        """Return the provider's own id of the table."""
        return self.number or self.table_id

    @model_validator(mode="after")
    def _area_and_time_are_asked_for(self) -> "SourceTable":
        for variable in (self.area, self.time):
            if variable is not None and variable not in self.selection:
                raise ValueError(f"the selection lacks '{variable}', which 'area' or 'time' names")
        return self


class NotAsked(Model):
    """A table or service that would fill a comparator and is not asked for: docs/coverage.md says why."""

    id: str = Field(description="as a table's id would be, such as ssb/12008")
    title: str = Field(description="what it holds, as its publisher calls it")
    because: str = Field(min_length=20, description="which figures it could give, and why it is not asked for them")


class SourcesFile(Model):
    """sources.yaml."""

    disclosure: Disclosure = Field(Disclosure(), description="when small numbers are hidden or marked")

    providers: list[Provider] = Field(description="who is asked, and how")
    classifications: list[Classification] = Field([], description="official areas in Klass")
    tables: list[SourceTable] = Field(description="what is asked for; where two serve, the preferred first")
    not_asked: list[NotAsked] = Field([], description="what could be asked for and is not, and why")


class DonorRule(Model):
    """All areas of a kind that lie directly within an area, other than the treated one and those named in `without`."""

    within: str = Field(description="the area that they lie in, such as the county")
    kind: AreaKind = Field(description="their kind")
    without: list[str] = Field([], description="left out, for the reason that a comment beside it gives")


class EvaluationPlan(Model):
    """One question to `indicators.evaluation`: an area, what it is compared with, from when on, in which indicators."""

    id: str = Field(pattern=r"[a-z][a-z0-9-]*", description="the name in asset, table and chart")
    area: str = Field(description="the treated area: where the programme is, or is pretended to be")
    donors: DonorRule | Annotated[list[str | DonorRule], Field(min_length=1)] = Field(
        description="areas without a programme: a rule that finds them, or a list of ids and rules; those that are "
        "`treated` in areas.yaml are left out in any case"
    )
    neighbours: list[str] = Field([], description="donors that may feel the programme: results also without them")
    nearest: int | None = Field(
        None, ge=8, description="so many donors alone, the nearest before the start; none: all of them"
    )
    start: int = Field(description="the programme's first year, the first that counts as after")
    measure_taken: str | None = Field(
        None,
        description="a measure taken that began in `start`, where the question is about that measure alone",
    )
    indicators: list[str] = Field(min_length=1, description="what is evaluated")
    purpose: str = Field(description="what the figures are for, in words that go with them")
    programme_effect_claimed: bool = Field(description="false: no programme began; a difference is no effect of one")

    def donors_among(self, areas: Iterable[Area]) -> list[str]:
        """Return the donors' ids; the rest of an area is never found by a rule, for it holds the others."""
        known = list(areas)
        return [name for part in self.donor_parts for name in self._found(part, known)]

    @property
    def donor_parts(self) -> "list[str | DonorRule]":
        """The ids and rules that make up the donors."""
        return self.donors if isinstance(self.donors, list) else [self.donors]

    def _found(self, part: "str | DonorRule", areas: list[Area]) -> list[str]:
        if isinstance(part, str):
            return [part]
        siblings = (
            area.id for area in areas if (area.parent, area.kind) == (part.within, part.kind) and area.rest_of is None
        )
        return [area_id for area_id in siblings if area_id != self.area and area_id not in part.without]


class EvaluationsFile(Model):
    """evaluations.yaml."""

    evaluations: list[EvaluationPlan] = Field(description="each question once")
