"""What evaluators query: every table and view of the warehouse, each column with its type and what it means.

The one home of columns: a definition yields the table, its comments, the checks before publication and the Arrow
schema that methods and stages make its rows with. Names are a contract: renaming one breaks someone's notebook. How an
edition is built belongs to `pipelines.storage.warehouse`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def _arrow(kind: str) -> "pa.DataType":
    """Return Arrow's name of a DuckDB type. Arrow is not needed to read of columns, and takes a while to import."""
    import pyarrow as pa

    kinds = {
        "BIGINT": pa.int64(),
        "BLOB": pa.binary(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "DOUBLE": pa.float64(),
        "INTEGER": pa.int32(),
        "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
        "SMALLINT": pa.int16(),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
        "VARCHAR": pa.string(),
        "VARCHAR[]": pa.list_(pa.string()),
    }
    return kinds[kind]


WORDS = (
    "at the target",
    "touched",
    "kept",
    "at risk",
    "on track",
    "possible",
    "off track",
    "worse, improving",
    "worsening",
    "reached late",
    "not reached",
    "too early",
    "uncertain",
    "no data",
    "no data (hidden)",
)
WORD_COLUMNS = tuple(word.replace(",", "").replace("(", "").replace(")", "").replace(" ", "_") for word in WORDS)
"""The words as names of columns."""
WORST_FIRST = (
    "worsening",
    "not reached",
    "off track",
    "worse, improving",
    "at risk",
    "possible",
    "reached late",
    "uncertain",
    "too early",
    "no data",
    "no data (hidden)",
    "on track",
    "touched",
    "kept",
    "at the target",
)
"""The words of an assessment, from what needs attention most to what needs it least."""
FORESEEN = ("on track", "possible", "off track", "worsening", "worse, improving", "at risk")
"""Words beside which the probability is told: those of a target that is not reached, or may be lost."""


@dataclass(frozen=True)
class Column:
    """One column: name, DuckDB type (as DuckDB spells it), comment; `nullable` where NULL has a meaning."""

    name: str
    type: str
    comment: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table or view: what a row is, its columns, and the key that no two rows share (if declared)."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def arrow(self) -> "pa.Schema":
        """The schema to make rows with: `pa.Table.from_pylist(rows, schema=table.arrow)`."""
        import pyarrow as pa

        return pa.schema([(column.name, _arrow(column.type)) for column in self.columns])


@dataclass(frozen=True)
class WarehouseSchema:
    """Everything an edition holds."""

    tables: tuple[Table, ...]
    views: tuple[Table, ...] = ()

    def __getitem__(self, name: str) -> Table:
        return next(one for one in self if one.name == name)

    def __iter__(self) -> Iterator[Table]:
        return iter((*self.tables, *self.views))


def _text(name: str, comment: str, *, nullable: bool = False) -> Column:
    return Column(name, "VARCHAR", comment, nullable)


def _number(name: str, comment: str) -> Column:
    return Column(name, "DOUBLE", comment, nullable=True)


def _date(name: str, comment: str, *, nullable: bool = False) -> Column:
    return Column(name, "DATE", comment, nullable)


def _time(name: str, comment: str, *, nullable: bool = False) -> Column:
    return Column(name, "TIMESTAMP WITH TIME ZONE", comment, nullable)


def _flag(name: str, comment: str, *, nullable: bool = False) -> Column:
    return Column(name, "BOOLEAN", comment, nullable)


_UNIT = "in the indicator's unit (shares lie in 0..1, 0.08 is 8 per cent; see indicator.unit)"
_GAP = f"{_UNIT}; positive is better, whatever the indicator's direction. NULL where either side is missing"
_DIMENSIONS = "The other dimensions of the cell, variable => code, codes as text as the provider writes them"
_SHA256 = "Name of the stored answer"

PILLAR = Table(
    "pillar",
    "The programme's effort areas; one row per pillar",
    (
        _text("pillar_id", "Identifier, such as work"),
        Column("position", "SMALLINT", "Order in the programme and on screen, from 1"),
        _text("name_no", "Name in Norwegian"),
        _text("name_en", "Name in English"),
    ),
    key=("pillar_id",),
)

SUBGOAL = Table(
    "subgoal",
    "The programme's subgoals; one row per subgoal",
    (
        _text("subgoal_id", "The programme's own number, as text, such as 1.1"),
        _text("pillar_id", "The pillar that the subgoal belongs to (pillar.pillar_id)"),
        _text("name_no", "Wording in Norwegian"),
        _text("name_en", "Wording in English"),
    ),
    key=("subgoal_id",),
)

INDICATOR = Table(
    "indicator",
    "What is measured and how; one row per indicator",
    (
        _text("indicator_id", "Identifier, such as registered_unemployment"),
        _text("pillar_id", "The pillar (pillar.pillar_id)"),
        _text("subgoal_id", "The subgoal (subgoal.subgoal_id)"),
        _text("name_no", "Name in Norwegian"),
        _text("name_en", "Name in English"),
        _text("definition_no", "Definition in Norwegian"),
        _text("definition_en", "Definition in English"),
        _text("unit", "Unit of every value of the indicator: share (0..1), per 1,000, or years"),
        Column("decimals", "SMALLINT", "Decimals to show; of per cent where the unit is share"),
        _text("direction", "Which way is better: higher, lower, or context (neither: no target, no gap)"),
        _text("method", "How the value is made from the source's cells, preferred source first"),
        _text("numerator_no", "What is counted in the numerator, in Norwegian"),
        _text("numerator", "What is counted in the numerator"),
        _text("denominator_no", "What is counted in the denominator, in Norwegian"),
        _text("denominator", "What is counted in the denominator"),
        Column("sources", "VARCHAR[]", "Source tables in order of preference, such as ssb/07459 or delivery/..."),
        _text("periodicity", "How often figures are published, such as annual"),
        _text("baseline_note_no", "The same as baseline_note, in Norwegian", nullable=True),
        _text("baseline_note", "What disturbs the baseline; NULL: nothing known", nullable=True),
        _text("target_note_no", "The same as target_note, in Norwegian", nullable=True),
        _text("target_note", "Where the target comes from; NULL: no target, or nothing to say", nullable=True),
        _text("caveats_no", "The same as caveats, in Norwegian", nullable=True),
        _text("caveats", "What to know before using the figures; NULL: nothing known", nullable=True),
        Column(
            "elsewhere",
            "MAP(VARCHAR, VARCHAR)",
            "Place in the state's indicator sets, set => place; of a set that is not there it is unknown",
        ),
    ),
    key=("indicator_id",),
)

COVERAGE = Table(
    "coverage",
    "Which sources can have figures of an indicator at a level of areas; one row per indicator and level",
    (
        _text("pillar_id", "The pillar (pillar.pillar_id)"),
        _text("subgoal_id", "The subgoal (subgoal.subgoal_id)"),
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("level", "country, county, municipality, district, statistical tract or living-conditions zone"),
        Column("sources", "VARCHAR[]", "Sources in order of preference, such as ssb/07459; empty: none is known"),
        _flag("verified", "True where one of them at least was seen to work; a file handed over counts as seen"),
    ),
    key=("indicator_id", "level"),
)

SENTENCE = Table(
    "sentence",
    "What the programme's agreement says, in our words, and which indicators show it; one row per sentence",
    (
        _text("sentence_id", "A subgoal's number, or a few words such as low education"),
        _text("kind", "subgoal, aim (by what means), worry, or context (without which no change can be read)"),
        _text("subgoal_id", "The subgoal that it is said of (subgoal.subgoal_id); NULL: of all", nullable=True),
        _text("name_no", "What is said, in Norwegian"),
        _text("name_en", "What is said, in English"),
        Column("indicators", "VARCHAR[]", "The indicators that show it (indicator.indicator_id); empty: none does"),
        _text("not_measured", "What of it no indicator shows, and why; NULL: nothing to say", nullable=True),
    ),
    key=("sentence_id",),
)

PROGRAMME = Table(
    "programme",
    "Area programmes, and places shown as if they had one; one row per programme",
    (
        _text("programme_id", "Identifier, such as stromso-2030"),
        _text("area_id", "The area that it is for (area.area_id)"),
        _text("name_no", "Name in Norwegian"),
        _text("name_en", "Name in English"),
        Column("first_year", "SMALLINT", "First year"),
        Column("last_year", "SMALLINT", "Last year"),
    ),
    key=("programme_id",),
)

_PROGRAMME = _text("programme_id", "The programme (programme.programme_id)")
_SYNTHETIC = _flag("synthetic", "True: made up for the demo")
_SUBGOAL = _text("subgoal_id", "The subgoal (subgoal.subgoal_id); NULL: not said, or all", nullable=True)
_DOCUMENT = _text("source", "The document that says so")
_PAID_BY = _text("paid_by", "Who pays; NULL: not known", nullable=True)

MEASURE_TAKEN = Table(
    "measure_taken",
    "Measures taken (tiltak), from the programme's own record: what was or is to be done; one row per measure. "
    "Not to be confused with the table measure, which has figures",
    (
        _PROGRAMME,
        _text("measure_taken_id", "Identifier within the programme, such as job-workshop"),
        _SYNTHETIC,
        _text("name_no", "Name in Norwegian"),
        _text("name_en", "Name in English"),
        _SUBGOAL,
        Column("indicators", "VARCHAR[]", "Indicators that it should move (indicator.indicator_id); empty: none named"),
        _text("first", "When it begins: a year or month, such as 2021 or 2021M08"),
        _date("first_day", "First day of that year or month"),
        _text("last", "When it ends; NULL: no end is known", nullable=True),
        _date("last_day", "Last day of that year or month; NULL: no end is known", nullable=True),
        _number("cost", "What it costs in all, in kroner; NULL: not known"),
        _PAID_BY,
        _text("responsible", "The role that is responsible; NULL: not known", nullable=True),
        _text("place", "Where; NULL: the programme's area", nullable=True),
        _text("status", "planned, under way, ended or stopped"),
        _text("note", "What else to know; NULL: nothing", nullable=True),
        _DOCUMENT,
    ),
    key=("programme_id", "measure_taken_id"),
)

FINDING = Table(
    "finding",
    "Experience worth sharing, from the programme's own record; one row per finding",
    (
        _PROGRAMME,
        _text("finding_id", "Identifier within the programme"),
        _SYNTHETIC,
        _text("text_no", "What was found, in Norwegian"),
        _text("text_en", "What was found, in English"),
        _SUBGOAL,
        _text("document", "The document that it stands in"),
        Column("page", "INTEGER", "The page in it; NULL: it has no pages", nullable=True),
        _date("day", "The document's date"),
    ),
    key=("programme_id", "finding_id"),
)

OBSTACLE = Table(
    "obstacle",
    "Laws, regulations, guidelines and practices that stand in the way, from the programme's own record; one row per "
    "obstacle",
    (
        _PROGRAMME,
        _text("obstacle_id", "Identifier within the programme"),
        _SYNTHETIC,
        _text("kind", "law, regulation, guideline or practice"),
        _text("name_no", "What it is called, in Norwegian"),
        _text("name_en", "What it is called, in English"),
        _text("hinders_no", "What it hinders, in Norwegian"),
        _text("hinders_en", "What it hinders, in English"),
        _SUBGOAL,
        _text("reported_to", "The authority that it was reported to; NULL: nobody yet", nullable=True),
        _date("reported_on", "The day of the report; NULL: not known, or not reported", nullable=True),
        _text("status", "not reported, reported, being changed, removed, or stays (it will not be changed)"),
        _DOCUMENT,
    ),
    key=("programme_id", "obstacle_id"),
)

ADJUSTMENT = Table(
    "adjustment",
    "What the programme changed on the way, from its own record; one row per adjustment",
    (
        _PROGRAMME,
        _text("adjustment_id", "Identifier within the programme"),
        _SYNTHETIC,
        _text("text_no", "What was changed, in Norwegian"),
        _text("text_en", "What was changed, in English"),
        _SUBGOAL,
        _date("day", "The day of the decision"),
        _text("recommended_by", "Who recommended it"),
        _DOCUMENT,
    ),
    key=("programme_id", "adjustment_id"),
)

BUDGET = Table(
    "budget",
    "The programme's money by year, from its own record; one row per year and payer",
    (
        _PROGRAMME,
        Column("year", "SMALLINT", "The budget year"),
        _SYNTHETIC,
        Column("amount", "DOUBLE", "Kroner of that year, as the document has them"),
        _PAID_BY,
        _DOCUMENT,
    ),
)

AREA = Table(
    "area",
    "The places that figures are about; one row per area",
    (
        _text("area_id", "Identifier: the project's own, such as drammen-7, or an official code as text"),
        _text("kind", "country, county, municipality, district, or a smaller statistical unit"),
        _text("name", "Name in Norwegian"),
        _text("parent_id", "The area that it is part of (area.area_id); NULL: the topmost", nullable=True),
        _date(
            "valid_from",
            "First day on which the area exists with these boundaries; NULL: not known",
            nullable=True,
        ),
        _date("valid_to", "Last day on which it does; NULL: still valid", nullable=True),
        Column("population", "BIGINT", "Residents in population_period; NULL: not known", nullable=True),
        _text("population_period", "Period of the population, as published; NULL: not known", nullable=True),
        _flag("provisional", "True while the area's delimitation awaits confirmation"),
        _text("note_no", "The same as note, in Norwegian", nullable=True),
        _text("note", "What to know about the area; NULL: nothing", nullable=True),
    ),
    key=("area_id",),
)

AREA_CODE = Table(
    "area_code",
    "Which official codes make up an area in which years; one row per area, part, code and run of years",
    (
        _text("area_id", "The area (area.area_id)"),
        Column("part", "SMALLINT", "Alternatives, the lowest number first: 0.. as the catalogue says, 100.. derived"),
        _text("code", "The official code, as text"),
        Column("first_year", "SMALLINT", "First year in which the code is used for the area; 1900: always"),
        Column("last_year", "SMALLINT", "Last year; 2999: still"),
        Column("codes", "INTEGER", "How many codes the part's sum needs in these years"),
        _number("weight", "The part of the code's figure that belongs to the area; 1: all of it"),
        _text(
            "origin",
            "catalogue (areas.yaml), derived (along the changes of boundaries), inside or across: tracts that bound "
            "the area where none make it up; these two are never added up",
        ),
    ),
)

OFFICIAL_AREA = Table(
    "official_area",
    "Official areas with their validity; one row per level, code and unbroken time with the same name and place",
    (
        _text("level", "county, municipality, city district, statistical tract, living-conditions zone, ..."),
        _text("code", "The official code, as text"),
        _text("name", "Name as published", nullable=True),
        _text("parent_code", "What it lies in: of a unit the tract, of a tract the municipality", nullable=True),
        _text("district_code", "The city district that a unit lies in; NULL: none", nullable=True),
        _text("zone_code", "The living-conditions zone that a unit lies in; NULL: none, or not known", nullable=True),
        _date("valid_from", "First day; from yearly lists the first day listed"),
        _date("valid_to", "First day on which it no longer holds, as in Klass; NULL: still valid", nullable=True),
    ),
)

AREA_CHANGE = Table(
    "area_change",
    "What became of official areas; one row per change and pair of codes",
    (
        _text("level", "What the codes are (official_area.level)"),
        _date("change_date", "First day of the new codes"),
        _text("old_code", "The code before; NULL: born", nullable=True),
        _text("old_name", "The name before", nullable=True),
        _text("new_code", "The code after; NULL: ended", nullable=True),
        _text("new_name", "The name after", nullable=True),
        _text(
            "kind",
            "renumbered, renamed, respelled (case and spacing alone), renumbered and renamed, merged, split, "
            "rearranged (several to several), born, ended",
        ),
        _text("evidence", "How it is known: stated by Klass, or by what likeness in the yearly lists"),
    ),
)

POPULATION = Table(
    "population",
    "Residents on 1 January: the denominator of everything; one row per area, period, sex and age",
    (
        _text("area_id", "The area (area.area_id)"),
        _text("period", "Period as published"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        _text("sex", "both, men or women"),
        _text("age", "all, or the source's own group"),
        _number("persons", "Residents; NULL: only bounds are known"),
        _number("lower", "At least so many"),
        _number("upper", "At most so many"),
        _text(
            "status",
            "estimated (a weight was used), rounded (the publisher turned every 1 and 2 into 0 or 3), "
            "bounds (areas across the border are published whole); NULL: counted",
            nullable=True,
        ),
        _text("source_table", "The source used, such as ssb/04317"),
        Column("snapshots", "VARCHAR[]", "Each stored answer behind the row (snapshot.sha256)"),
        _time("vintage", "When the newest of those answers was fetched"),
    ),
    key=("area_id", "period", "sex", "age"),
)

RECONCILIATION = Table(
    "reconciliation",
    "Whether residents of the parts add up to the whole; one row per check, whole and year",
    (
        _text("check_name", "What is compared"),
        _text("whole_id", "The tract or municipality (official code), or the area (area.area_id)"),
        Column("year", "SMALLINT", "Year of figures and boundaries"),
        _number("whole", "Residents as published for the whole"),
        _number("parts", "Residents of the parts together"),
        _number("remainder", "whole less parts"),
        _number("unplaced", "Residents of the municipality's units for the unplaced (9999); NULL: not published"),
        _number("tolerance", "Persons by which the publisher's rounding of small cells may move the comparison"),
        _flag("adds_up", "True where the remainder is the unplaced, within the tolerance"),
    ),
    key=("check_name", "whole_id", "year"),
)

BOUNDARY = Table(
    "boundary",
    "Polygons as delivered, and the outlines that they make up; empty where none were delivered",
    (
        _text("area_id", "The area (area.area_id), or the official code"),
        _text("level", "What the polygon is: an official level, or area of the catalogue (a union of official ones)"),
        _text("name", "Name"),
        Column("year", "SMALLINT", "Year of the boundaries"),
        Column("geometry", "BLOB", "The polygon as WKB, longitude and latitude (WGS84)"),
        _text("outline_geojson", "Simplified to about 50 metres for maps; neighbours keep their shared borders"),
        _number("km2", "Area in square kilometres, on the ellipsoid; with what the polygon has of sea"),
    ),
    key=("area_id", "level", "year"),
)

OBSERVATION = Table(
    "observation",
    "Figures as published, one row per cell of a source table; the source's own unit, nothing recomputed",
    (
        _text("provider", "Who published the table: ssb, fhi, ..., or delivery for a file handed over"),
        _text("table_id", "The provider's own id, as text, such as 07459, or the delivery's contract"),
        _text(
            "area_id",
            "The provider's area code as text; NULL: only a name is given and no known area has it",
            nullable=True,
        ),
        _text("area_label", "The area's name as published; NULL: the source gives codes alone", nullable=True),
        Column(
            "boundary_year",
            "SMALLINT",
            "Year whose area codes and boundaries the figure uses; codes of "
            "different years do not compare. NULL: not stated",
            nullable=True,
        ),
        _text("period", "Period as published: 2020, 2020K1, 2020M03, 2018-2020"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        Column("dimensions", "MAP(VARCHAR, VARCHAR)", f"{_DIMENSIONS}; empty: the table has none"),
        _number(
            "value",
            "The figure in the source's unit (a per cent stays a per cent); NULL: not published, see "
            "status. Zero is 0, never NULL",
        ),
        _text(
            "status",
            "The provider's mark: . not applicable, .. not available, : confidential, - zero; suppressed: hidden "
            "by us, as it could tell a small number; NULL: none",
            nullable=True,
        ),
        _text("snapshot_sha256", f"{_SHA256} that the figure was read from (snapshot.sha256)"),
        _time("vintage", "When that answer was fetched: the figure as known then"),
    ),
    key=("provider", "table_id", "area_id", "area_label", "period", "dimensions"),
)

MEASURE = Table(
    "measure",
    "An indicator's value with its uncertainty; one row per indicator, area, period, sex and age",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("area_id", "The area (area.area_id)"),
        _text("period", "Period as published, or the year of an annual mean"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        _text("sex", "both, men or women"),
        _text("age", "Age group in years, such as 15-74"),
        _number("numerator", "Persons (or other units) counted; NULL: not published, suppressed, or no value"),
        _number("denominator", "Persons (or other units) at risk; NULL: not published (see status), or no value"),
        _number("value", f"The measure {_UNIT}; NULL: missing, and status says why. Zero is 0, never NULL"),
        _number("nominal", "Of an amount of money, whose value is in fixed prices: as published; NULL: it is no money"),
        _number("lower", f"Lower end of the confidence interval {_UNIT}; NULL: no interval can be given"),
        _number("upper", f"Upper end of the confidence interval {_UNIT}; NULL: no interval can be given"),
        _number("confidence", "Level of the interval, 0.95 is 95 per cent; NULL: no interval"),
        _text("method", "How value and interval were made"),
        _text(
            "status",
            "suppressed (too few to show), missing, not_applicable (the source says that there can be none), "
            "incomplete (part of the year), estimated, no_denominator, unreliable; NULL: an ordinary, complete figure",
            nullable=True,
        ),
        Column(
            "periods_counted",
            "SMALLINT",
            "Published periods behind the row: 1, the months in an annual mean, or the years pooled; "
            "NULL: not applicable",
            nullable=True,
        ),
        _flag(
            "pooled",
            "True: the counts of several years, summed by us; these years have rows of their own too, so a sum over "
            "rows counts them twice",
        ),
        _text("source_table", "The source table used, such as ssb/07459"),
        Column("snapshots", "VARCHAR[]", "Each stored answer behind the row (snapshot.sha256)"),
        _time("vintage", "When the newest of those answers was fetched: the figure as known then"),
    ),
    key=("indicator_id", "area_id", "period", "sex", "age"),
)

_SERIES = (
    _text("indicator_id", "The indicator (indicator.indicator_id)"),
    _text("area_id", "The area (area.area_id)"),
    _text(
        "period",
        "Period as published; NULL: there is no figure at all, and note says what is wanted",
        nullable=True,
    ),
    _date("period_start", "First day of the period; NULL: no figure at all", nullable=True),
    _date("period_end", "Last day of the period; NULL: no figure at all", nullable=True),
    _number("value", f"The measure {_UNIT}; NULL: missing, and status or assessment says why"),
    _number("lower", f"Lower end of the 95 per cent interval {_UNIT}; NULL: no interval can be given"),
    _number("upper", f"Upper end of the 95 per cent interval {_UNIT}; NULL: no interval can be given"),
    _text(
        "status",
        "Why the value is missing or marked (see measure.status); NULL: an ordinary, complete figure",
        nullable=True,
    ),
    _flag(
        "pooled",
        "True: the period is a window of years whose counts we summed; NULL: no figure at all",
        nullable=True,
    ),
    _text(
        "disturbed",
        "What disturbed the period, so that no trend, projection or word rests on it; NULL: nothing that is declared",
        nullable=True,
    ),
    _text(
        "broken",
        "The break between this period and the baseline, over which nothing is compared; NULL: none",
        nullable=True,
    ),
    _text(
        "baseline_period",
        "The period that change is counted from; NULL: no figure to count from",
        nullable=True,
    ),
    _number("baseline_value", f"The value in that period {_UNIT}; NULL: no figure to count from"),
    _text(
        "baseline_note",
        "Where the baseline is not the year agreed on, or is disturbed; NULL: neither",
        nullable=True,
    ),
    _number("change", f"value less baseline_value {_UNIT}; NULL: not later than the baseline, or no figure"),
    _number("change_lower", f"Lower end of the change's 95 per cent interval (Newcombe) {_UNIT}; NULL: none"),
    _number("change_upper", f"Upper end of the change's 95 per cent interval (Newcombe) {_UNIT}; NULL: none"),
    _text("target_period", "The period in which the target is to be reached; NULL: no target", nullable=True),
    _number("target_value", f"The value aimed at {_UNIT}; NULL: no target"),
    _text(
        "target_status",
        "proposed until the programme's steering group adopts it, then adopted; NULL: no target",
        nullable=True,
    ),
    _date("adopted_on", "The day on which the target was adopted; NULL: it is proposed, or none", nullable=True),
    _number(
        "adopted_baseline",
        f"The baseline that an adopted target was counted from, where its path begins {_UNIT}; NULL: none",
    ),
    _date("adopted_vintage", "The day on which that baseline was known so; NULL: as above", nullable=True),
    _number("baseline_revision", f"baseline_value less adopted_baseline {_UNIT}; it moves nothing; NULL: as above"),
    _text(
        "trajectory",
        "The path from baseline to target: linear, geometric (straight in the logarithm) or logistic (straight in the "
        "log-odds); NULL: no target",
        nullable=True,
    ),
    _number(
        "required_value",
        f"The path from baseline to target at this period {_UNIT}; NULL: no target, or before the baseline",
    ),
    _number("gap_to_required", f"Value against required_value, {_GAP}"),
    _number("gap_to_target", f"Value against target_value, {_GAP}"),
    _text(
        "target_comparator_id",
        "The area to which the target closes a share of the gap (area.area_id); NULL: it is of another form",
        nullable=True,
    ),
    _number("target_gap_then", f"The baseline against that area's value in the baseline period, {_GAP}"),
    _number("target_gap_now", f"Value against that area's value in the same period, {_GAP}"),
    _number(
        "target_gap_share",
        "The share of target_gap_then that is closed today, which a target's fixed level does not show; below 0 the "
        "gap has grown; NULL: no such target, or the area was not behind",
    ),
    _text(
        "comparator_id",
        "The area compared with (area.area_id), the nearest with a figure for the period; NULL: none has",
        nullable=True,
    ),
    _text(
        "comparator_period",
        "Its own period: the same, or where it has none the shortest that holds it, such as a window of three years; "
        "NULL: no comparator",
        nullable=True,
    ),
    _number("comparator_value", f"The comparator's value in comparator_period {_UNIT}; NULL: no comparator"),
    _number("gap_to_comparator", f"Value against comparator_value, {_GAP}"),
    Column(
        "points",
        "BIGINT",
        "Figures that the trend at this period runs through: published ones since the baseline that do not overlap, "
        "of a pooled window its years; NULL: not assessed",
        nullable=True,
    ),
    _number("yearly_change", f"Slope of the weighted least squares line through them, a year {_UNIT}; NULL: none"),
    _number("yearly_change_lower", "Lower end of the slope's 95 per cent interval; NULL: none"),
    _number("yearly_change_upper", "Upper end of the slope's 95 per cent interval; NULL: none"),
    _number("median_yearly_change", "Theil-Sen slope, beside the other as a check; NULL: fewer than two figures"),
    _text(
        "recent_trend",
        "increasing, decreasing or no significant change over the last five figures (99.8 per cent); NULL: too few",
        nullable=True,
    ),
    _number("projected_value", f"The level at the target's period {_UNIT}; NULL: no target, or too few figures"),
    _number("projected_lower", f"Lower end of the projection's 95 per cent interval {_UNIT}; NULL: none"),
    _number("projected_upper", f"Upper end of the projection's 95 per cent interval {_UNIT}; NULL: none"),
    _number("probability", "Probability that the level is past the target in its period, 0..1; NULL: not estimated"),
    _text(
        "calibration",
        "What past forecasts of the indicator say of the probability (forecast_skill.verdict): holds; "
        "uncalibrated: there are fewer than 50; NULL: no probability",
        nullable=True,
    ),
    _text(
        "assessment",
        f"{', '.join(WORDS)}: the rules are in docs/assessment.md; it changes when two figures running say the same; "
        "NULL: no target, or no complete figure",
        nullable=True,
    ),
    _text(
        "newest_word",
        "What the figure alone says, before a second one has confirmed it: a word as in assessment; NULL: as there",
        nullable=True,
    ),
    _number("pace", "Observed change a year over the required one: 1 is as fast as required; NULL: not assessed"),
    _number("pace_cagr", "The same in Eurostat's compound form, which misjudges near zero; NULL: not assessed"),
    _text("alternative_period", "The alternative baseline's period; NULL: none is named", nullable=True),
    _number("alternative_value", f"The value in that period {_UNIT}; NULL: none is named"),
    _number("alternative_target", f"The target that follows from it {_UNIT}; NULL: none"),
    _number("alternative_probability", "Probability as above, from the alternative baseline; NULL: none"),
    _text("alternative_assessment", "Assessment from the alternative baseline; NULL: none", nullable=True),
    _text(
        "sensitivity",
        "robust: both baselines give the same assessment; sensitive: they do not; NULL: one of them gives none",
        nullable=True,
    ),
    _text("note", "What to know about the row, such as the data that is wanted; NULL: nothing", nullable=True),
)

SERIES = Table(
    "series",
    "Each measure against baseline, target, trajectory, comparator; one row per indicator, area and period",
    _SERIES,
    key=("indicator_id", "area_id", "period"),
)

COMPARISON = Table(
    "comparison",
    "Each area against each of its comparators; one row per indicator, area, comparator and period with both figures",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("area_id", "The area (area.area_id)"),
        _text("comparator_id", "The area compared with (area.area_id)"),
        Column("rank", "SMALLINT", "0 is the nearest comparator"),
        _text("period", "Period as published, or the pooled window"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        _text(
            "comparator_period",
            "The comparator's own: the same, or where it has none the shortest that holds it, such as a window",
        ),
        _number("value", f"The area's value {_UNIT}"),
        _number("comparator_value", f"The comparator's value {_UNIT}"),
        _number("difference", f"value less comparator_value {_UNIT}; not signed by the indicator's direction"),
        _number(
            "lower",
            "Lower end of the difference's 95 per cent interval (Newcombe's, for independent figures: an area within "
            "its comparator is not, so prefer the rest of the municipality); NULL: none can be given",
        ),
        _number("upper", "Upper end of the same interval; NULL: none can be given"),
        _flag(
            "comparator_fixed",
            "True: the comparator is a municipality or larger and has no interval, so that its figure is taken as "
            "fixed and the interval is the area's own; false: both have one; NULL: no interval",
            nullable=True,
        ),
        _text(
            "comparison",
            "better, similar or worse by that interval, of a context indicator higher, similar or lower; NULL: none",
            nullable=True,
        ),
        _text("baseline_period", "The period that changes are counted from; NULL: none", nullable=True),
        _number("change", f"The area's change since then {_UNIT}; NULL: none"),
        _number("change_lower", "Lower end of its 95 per cent interval; NULL: none"),
        _number("change_upper", "Upper end of its 95 per cent interval; NULL: none"),
        _number("comparator_change", f"The comparator's change since then {_UNIT}; NULL: none"),
        _number("comparator_change_lower", "Lower end of its 95 per cent interval; NULL: none"),
        _number("comparator_change_upper", "Upper end of its 95 per cent interval; NULL: none"),
        _number(
            "gap_closed",
            "Of an area that was behind in the baseline period: the share of that distance by which it has come "
            "nearer, 1 is level, below 0 further behind; NULL: it was not behind, or no baseline",
        ),
    ),
    key=("indicator_id", "area_id", "comparator_id", "period"),
)

PILLAR_VIEW = Table(
    "pillar_view",
    "How each pillar stands, without an index, from the newest figures; one row per programme area and pillar",
    (
        _text("area_id", "The area (area.area_id)"),
        _text("pillar_id", "The pillar (pillar.pillar_id)"),
        Column(
            "indicators",
            "BIGINT",
            "Indicators with a target that are assessed or lack data",
        ),
        _text("headline", "How many stand at each word, such as: 2 on track, 1 off track"),
        _text("listed", "Which they are, such as: on track: crowding, evictions; off track: crowding_immigrants"),
        *(Column(word, "BIGINT", f"How many of them are assessed {word.replace('_', ' ')}") for word in WORD_COLUMNS),
        Column("gaps", "BIGINT", "Indicators with a gap to the required value"),
        _number(
            "mean_gap",
            "Mean over them, with equal weights, of the gap to the required value as a share of the whole change from "
            "baseline to target: -0.3 means that three tenths of it are missing; NULL: no gap",
        ),
        _number("mean_gap_lower", "Lower end of its 95 per cent interval, Student's over indicators; NULL: below five"),
        _number("mean_gap_upper", "Upper end of the same interval; NULL: below five"),
        _number("weighted_lower", "2.5 per cent of the means under 1,000 random sets of weights lie below; NULL: none"),
        _number("weighted_upper", "2.5 per cent of them lie above; NULL: none"),
        _number("same_sign", "Share of them on the same side of 0 as mean_gap: how little weights matter; NULL: none"),
    ),
    key=("area_id", "pillar_id"),
)

CHANGE_TEST = Table(
    "change_test",
    "Whether a programme's newest figures have surely changed, each by itself and all together; one row per area and "
    "indicator that can be tested",
    (
        _text("area_id", "The area (area.area_id)"),
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("period", "The period of the newest figure"),
        _text("baseline_period", "The period that change is counted from"),
        _text(
            "basis",
            "What is tested: the change since the baseline, or, where figures have no interval, the trend's slope",
        ),
        _number("estimate", f"That change, or that change a year {_UNIT}"),
        _number("p_value", "Two-sided, by the published interval: under 0.05 where that leaves 0 out"),
        Column("tests", "BIGINT", "Indicators of the area that are tested together"),
        _number("p_adjusted", "The same adjusted for that many tests (Benjamini-Hochberg)"),
        _text(
            "alone",
            "better or worse, of a context indicator higher or lower, by p_value at 0.05; else: no sure change",
        ),
        _text("together", "The same by p_adjusted: of all indicators called changed, 5 per cent falsely at most"),
    ),
    key=("area_id", "indicator_id"),
)

SMALL_AREA = Table(
    "small_area",
    "Modelled: what the shown figures of a municipality's small areas say together, beside each own; one row per "
    "indicator, small area and period with four areas of its kind or more beside it. No observations",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("area_id", "The district, zone or tract (area.area_id)"),
        _text("period", "Period as published, or the pooled window"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        _text("status", "Always modelled: the figure to quote is value, which is the one of measure"),
        _number("value", f"The area's own figure, as measure has it {_UNIT}"),
        _number("modelled", f"The estimate of Fay and Herriot's model, drawn towards areas_mean {_UNIT}"),
        _number("modelled_lower", f"Lower end of its 95 per cent interval, by Prasad and Rao's error {_UNIT}"),
        _number("modelled_upper", f"Upper end of its 95 per cent interval {_UNIT}"),
        _number("own_weight", "The share of value in modelled; the rest is the mean that the model expects"),
        _text("whole_id", "The area that they are parts of (area.area_id)"),
        Column("areas", "BIGINT", "Areas of the kind with a shown figure of the period, this one included"),
        _number("areas_mean", f"Their events over their persons {_UNIT}"),
        _number("areas_spread", f"Standard deviation between them beyond chance, in the model {_UNIT}"),
        _number(
            "overdispersion",
            "Mean square of their distances from areas_mean in standard errors, the outermost tenths drawn in: about 1 "
            "where chance explains the differences, more where areas differ anyway (Spiegelhalter 2005)",
        ),
        _number(
            "limit_lower",
            "95 per cent of areas with as many persons lie between the two limits, by chance and as far as areas "
            f"differ anyway {_UNIT}",
        ),
        _number("limit_upper", f"The upper limit {_UNIT}"),
        _text("standing", "below, within or above these limits: what lies within is no finding"),
    ),
    key=("indicator_id", "area_id", "period"),
)

STANDARDISED = Table(
    "standardised",
    "Figures as they would be with a standard's sexes and ages, beside the crude ones, of indicators whose source "
    "tells both; one row per indicator, area and period",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        _text("area_id", "The area (area.area_id)"),
        _text("period", "Period as published"),
        _date("period_start", "First day of the period"),
        _date("period_end", "Last day of the period"),
        _number("crude", f"The figure as it is, as measure has it {_UNIT}"),
        _number("value", f"The standardised figure {_UNIT}: to compare areas by, not to quote as a share of anybody"),
        _number("lower", f"Lower end of its interval {_UNIT}"),
        _number("upper", f"Upper end of its interval {_UNIT}"),
        _number("confidence", "Level of the interval, 0.95"),
        _text(
            "method",
            "direct: the standard's persons with the area's own shares, with Byar's interval (Dobson et al. 1991), or "
            "the gamma interval where a stratum has fewer than ten events (Fay and Feuer 1997); indirect, of small "
            "areas and where not every stratum is shown: events over those that the standard's shares would give, "
            "times its own figure. Indirect figures are comparable with the standard alone. Both intervals count "
            "events as Poisson, which is too wide for what most have",
        ),
        Column("strata", "BIGINT", "Groups of sex and age"),
        _text("standard_id", "Whose composition it is (area.area_id)"),
        _text("standard_period", "Of which year, the same for all periods"),
    ),
    key=("indicator_id", "area_id", "period"),
)

FORECAST_SKILL = Table(
    "forecast_skill",
    "How past forecasts came out: made from what was known then, held against what was published later; one row per "
    "indicator and horizon",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        Column("horizon", "BIGINT", "Years ahead, 1 to 10; 0: all together"),
        Column("cases", "BIGINT", "Forecasts that could be judged, of years in which earlier ones could correct them"),
        Column("areas", "BIGINT", "Areas that they are of"),
        Column("years", "BIGINT", "Years that they were made in; areas of one year share the country's shocks"),
        _number("brier", "Mean square of probability less outcome, over targets of 10, 20, 30 per cent up and down"),
        _number("brier_no_change", "The same of a forecast that nothing changes but by chance"),
        _number("brier_straight_line", "The same of a straight line through the figures"),
        _number("brier_half_drift", "The same of half the change a year so far"),
        _number("skill", "1 less brier over brier_no_change: 0 is no better than no change; NULL: that is perfect"),
        _number("coverage_80", "Share of figures within their 80 per cent interval"),
        _number("coverage_95", "Share of figures within their 95 per cent interval"),
        _number(
            "calibration_error",
            "Largest difference between the mean probability of a tenth with 30 cases or more and the share that came "
            "true; NULL: no such tenth",
        ),
        _text(
            "verdict",
            "Of horizon 0: holds (coverage_95 from 0.90 to 0.98, calibration_error to 0.10, no brier_... lower than "
            "brier by over 0.01), too cautious (more covered) or does not hold (with both no probability is given), "
            "too few cases (under 50); NULL: other horizons",
            nullable=True,
        ),
    ),
    key=("indicator_id", "horizon"),
)

FORECAST_CALIBRATION = Table(
    "forecast_calibration",
    "Probabilities that past forecasts gave and what came true; one row per indicator and tenth of the probability",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        Column("tenth", "BIGINT", "0 for 0 to 10 per cent, up to 9"),
        Column("cases", "BIGINT", "Forecasts of a target with a probability in this tenth"),
        _number("given", "Their mean probability"),
        _number("came_true", "The share of them whose target was reached"),
    ),
    key=("indicator_id", "tenth"),
)

BASE_RATE = Table(
    "base_rate",
    "How often areas without a programme changed that much; one row per indicator, number of years and change",
    (
        _text("indicator_id", "The indicator (indicator.indicator_id)"),
        Column("horizon", "BIGINT", "Years between the two figures"),
        _number("change", "Relative change: -0.2 is a fall by a fifth or more, 0.2 a rise by a fifth or more"),
        Column("cases", "BIGINT", "Pairs of figures so many years apart"),
        Column("areas", "BIGINT", "Areas that they are of"),
        _number("reached", "The share of them that changed so much, or more"),
    ),
    key=("indicator_id", "horizon", "change"),
)

_MODELLED = "; estimated by a model, never observed"
_EVALUATED = (
    _text("evaluation_id", "The question asked, as in evaluations.yaml, such as skien-demonstration"),
    _text("indicator_id", "The indicator (indicator.indicator_id)"),
)

EVALUATION = Table(
    "evaluation",
    "Did the programme do it? Modelled comparisons with areas that had none; one row per evaluation, indicator, method "
    "and period, or one that says why nothing can be said. docs/evaluation.md explains how to read them",
    (
        *_EVALUATED,
        _text("area_id", "The treated area (area.area_id): where the programme is, or is pretended to be"),
        _text(
            "method",
            "event study (period by period, from the last before the start); difference-in-differences; synthetic "
            "control, and demeaned synthetic control (changes are matched, not levels), each also by period; synthetic "
            "difference-in-differences; pre-trend test. After a comma what a result leans on: Rambachan-Roth bounds, "
            "one donor left out, start moved back, without neighbours. none: nothing could be evaluated",
        ),
        _text("status", "modelled: the row is an estimate from a model; not evaluated: it has none, note says why"),
        _text(
            "period", "Period as published, or first-last of those after the start; NULL: no estimate", nullable=True
        ),
        _date("period_start", "First day of the period; NULL: no estimate", nullable=True),
        _date("period_end", "Last day of the period; NULL: no estimate", nullable=True),
        _text(
            "phase",
            "before or after the start; whole: all periods after it together; NULL: no estimate",
            nullable=True,
        ),
        _number("value", f"The area's published value, or the mean of those after the start, {_UNIT}"),
        _number(
            "reference", f"What it is estimated to have been without a programme (counterfactual), {_UNIT}{_MODELLED}"
        ),
        _number(
            "estimate",
            f"value less reference {_UNIT}{_MODELLED}. Above 0: more of it than without, whether that is good or not "
            "(see indicator.direction)",
        ),
        _number(
            "lower",
            f"Least effect that the permutation test does not reject {_UNIT}; NULL: no limit, note says why. One donor "
            "left out: the least estimate",
        ),
        _number("upper", f"Greatest such effect {_UNIT}; NULL: no limit, note says why"),
        _number("confidence", "Level of that interval: with J donors at most 1 - 1/(J+1), so with few below 0.95"),
        _number(
            "p_value",
            "Share of all areas that the method, put to them as if each were treated, shows an effect at least as "
            "large for (synthetic control: rmspe_ratio); with J donors never below 1/(J+1). NULL: not tested",
        ),
        _number(
            "pre_trend_p_value",
            "The same for the differences before the start, taken together: small where the area moved apart from the "
            "donors before there was a programme. NULL: another method",
        ),
        _number(
            "pre_rmspe",
            f"How far the synthetic control is from the area before the start (root mean square) {_UNIT}; NULL: "
            "another method",
        ),
        _number("rmspe_ratio", "The same after the start, over pre_rmspe; NULL: another method"),
        Column("donors", "SMALLINT", "Areas compared with; NULL: no estimate", nullable=True),
        _number(
            "mde",
            f"Minimum detectable effect {_UNIT}: the least that the test behind p_value finds in 80 of 100 cases, by "
            "effects added to donors (pre-trend test: the drift per period). No effect seen below it is not no effect. "
            "NULL: not tested, or note says that none would be found so often",
        ),
        _flag("programme_effect_claimed", "False: no programme began; no difference is the effect of one"),
        _text("purpose", "What the evaluation is for"),
        _text("note", "What to know before using the row; NULL: nothing", nullable=True),
    ),
    key=("evaluation_id", "indicator_id", "method", "period"),
)

EVALUATION_PLACEBO = Table(
    "evaluation_placebo",
    "What each evaluation's permutation test ranks: the method put to the treated area and, as placebo, to each donor; "
    "one row per evaluation, indicator, method and area",
    (
        *_EVALUATED,
        _text(
            "method",
            "difference-in-differences, synthetic control, demeaned synthetic control or synthetic "
            "difference-in-differences (evaluation.method)",
        ),
        _text("area_id", "The area treated as if it had the programme (area.area_id)"),
        _flag("treated", "True for the one that is evaluated, false for the placebos"),
        _number(
            "weight", "Of the donor in what the treated area is compared with, summing to 1; NULL: the treated area"
        ),
        _number("estimate", f"The effect that the method shows there, all periods after the start {_UNIT}{_MODELLED}"),
        _number("pre_rmspe", f"Root mean squared gap before the start {_UNIT}; NULL: not a synthetic control"),
        _number("post_rmspe", f"Root mean squared gap after the start {_UNIT}; NULL: not a synthetic control"),
        _number(
            "rmspe_ratio",
            "post_rmspe over pre_rmspe, which counts as a ten-thousandth of the largest outcome at "
            "least; NULL: not a synthetic control",
        ),
    ),
    key=("evaluation_id", "indicator_id", "method", "area_id"),
)

SNAPSHOT = Table(
    "snapshot",
    "Every stored answer with its origin; one row per answer and fetch, refused ones too",
    (
        _text(
            "sha256",
            "SHA-256 of the bytes as received; of a delivered file a public name instead, by the store's secret key: a "
            "file with a few hidden counts could be rebuilt until its SHA-256 fits",
        ),
        _text("provider", "Who was asked, or delivery for a file handed over"),
        _text("table_id", "The provider's own id of the table, or the delivery's contract"),
        _text("role", "What the answer is for: config, metadata, codelist or data"),
        _text(
            "url",
            "Address as asked; of a delivered file the beginning of its public name, since a file's own name may name "
            "somebody (`levekar explain` knows it, in the store)",
        ),
        _text("method", "GET or POST, or FILE for a delivery"),
        _text("request_body", "What was sent with a POST; NULL: nothing", nullable=True),
        _text("updated", "The provider's own time of the table's newest change; NULL: not stated", nullable=True),
        _time("fetched_at", "When the answer was received"),
        Column("size", "BIGINT", "Bytes, not compressed; of a delivered file rounded up to one digit, 1000 at least"),
        _text("attribution", "Whom to name when the figures are used"),
        _text("licence", "Terms of use"),
        _flag("accepted", "False: refused and used for no figure"),
        _text("reason", "Why it was refused; NULL: it was not", nullable=True),
    ),
)

REFRESH_RUN = Table(
    "refresh_run",
    "The refreshes up to this edition; one row per run",
    (
        _text("run_id", "Dagster's id of the run"),
        _time("started_at", "When it began"),
        _time("finished_at", "When it ended; NULL: the run that was publishing this edition", nullable=True),
        _text("source_set", "demo, live, files or replay"),
        _text("trigger", "What started it: command line, schedule, user interface"),
        Column("fetched", "BIGINT", "Sources that had something new; NULL: not known", nullable=True),
        Column("unchanged", "BIGINT", "Sources without change; NULL: not known", nullable=True),
        Column(
            "failed",
            "BIGINT",
            "Sources that failed, whose last good figures stand; NULL: not known",
            nullable=True,
        ),
        _text("outcome", "How it ended; NULL: the run that was publishing this edition", nullable=True),
    ),
    key=("run_id",),
)

CHECK_RESULT = Table(
    "check_result",
    "What the checks found; one row per check, subject and run",
    (
        _text("check_name", "Name of the check"),
        _text("subject", "What was checked, such as facts/ssb/07459"),
        _flag("passed", "Whether all was well"),
        _text("severity", "ERROR or WARN: how bad a failure is"),
        _text("message", "What was found; NULL: nothing to say", nullable=True),
        _time("checked_at", "When it was checked"),
        _text("run_id", "The run (refresh_run.run_id)"),
    ),
)

REVISION = Table(
    "revision",
    "Figures that a source changed after first publishing them; one row per changed cell and change",
    (
        _text("table_id", "The source table, such as ssb/07459"),
        _text("area_id", "The provider's area code as text; NULL: only a name is given", nullable=True),
        _text("period", "Period as published"),
        Column("dimensions", "MAP(VARCHAR, VARCHAR)", f"{_DIMENSIONS}; empty: the table has none"),
        _number("old_value", "The figure before, in the source's unit; NULL: it was missing"),
        _number("new_value", "The figure after, in the source's unit; NULL: it is missing"),
        _text("old_status", "The provider's mark before; NULL: none", nullable=True),
        _text("new_status", "The provider's mark after; NULL: none", nullable=True),
        _text("old_snapshot_sha256", f"{_SHA256} before (snapshot.sha256)"),
        _text("new_snapshot_sha256", f"{_SHA256} after (snapshot.sha256)"),
        _time("old_vintage", "When the figure before was fetched"),
        _time("new_vintage", "When the figure after was fetched"),
    ),
)

_VERSION = (
    _text("edition", "The edition that first had the row so, or from which on it is gone (publication.edition)"),
    _time("known_from", "When that edition was published: from then on this was the published row"),
    _time("known_to", "Until when it was; NULL: it stands, or is gone, in this edition", nullable=True),
    _text(
        "event",
        "first (in the first edition that is remembered), new, changed, renewed (the same figure from a newer answer), "
        "hidden, shown (no longer hidden), gone",
    ),
    Column(
        "reasons",
        "VARCHAR[]",
        "Why, the most particular first: new period, revised by the source, delivery, withdrawal, catalogue change, "
        "boundary change, disclosure, code change, other figures (those that the row is worked out against), newer "
        "answer (it says the same), first edition, not recorded (published before reasons were); empty: not known, "
        "which fails a check",
    ),
    _text("because", "Which answers, files, keys of the catalogue or modules; NULL: nothing to name", nullable=True),
)
_WITHHELD = _flag(
    "withheld",
    "True: the edition of then showed figures that today's hides, so they are left out here too (status suppressed)",
)


def _history_of(table: Table) -> Table:
    """Return the table of all that was ever published in a table; of a row that is gone only its key is left."""
    columns = (replace(column, nullable=column.nullable or column.name not in table.key) for column in table.columns)
    return Table(
        f"{table.name}_history",
        f"Every row of {table.name} as it was published, and when; one row per key and change. {table.name}_as_of(day) "
        "gives those that stood at the end of a day (UTC)",
        (*columns, *_VERSION, _WITHHELD),
        key=(*table.key, "edition"),
    )


REMEMBERED = (MEASURE, SERIES, COMPARISON)
"""The tables of figures that are remembered: what was published when, and why it changed."""

INGREDIENTS = Table(
    "ingredient",
    "What editions were made of, and from when to when: answers and files that gave figures, every key of the "
    "catalogue, modules of code, the codes of areas; one row per ingredient and change",
    (
        _text("kind", "answer, catalogue, code or boundary"),
        _text("part", "The source, such as ssb/07459; the catalogue's entry; the table that the code makes; the area"),
        _text("name", "Name of the stored answer (snapshot.sha256); the key within the entry; the module; codes"),
        _text("version", "What tells it apart: the key's value, or a digest; NULL: its name does", nullable=True),
        *_VERSION[:4],
    ),
    key=("kind", "part", "name", "edition"),
)

PUBLICATION = Table(
    "publication",
    "Every edition that is remembered, kept or not; one row per edition",
    (
        _text("edition", "Its name"),
        _time("published_at", "When it was published"),
        _text("code_version", "Digest of the code that made it; NULL: not recorded", nullable=True),
        _text("catalogue_hash", "Digest of the catalogue that it was made by; NULL: not recorded", nullable=True),
    ),
    key=("edition",),
)

RELEASE = Table(
    "release",
    "Frozen, reproducible editions such as midterm-2025; one row per release",
    (
        _text("name", "Name of the release"),
        _date("as_of", "Figures as known at the end of this day"),
        _time("created_at", "When it was frozen"),
        _text("edition", "The edition it was frozen from"),
        _text("sha256", "SHA-256 of the release's SHA256SUMS, which has that of every file in it"),
        _text("corrects", "The release that it takes the place of (release.name); NULL: none", nullable=True),
        _text("note", "What it is for; NULL: not said", nullable=True),
    ),
    key=("name",),
)

META = Table(
    "meta",
    "About this edition: source_set, synthetic (true: figures are made up), edition, built_at, versions",
    (
        _text("key", "Name of the fact"),
        _text("value", "The fact as text"),
    ),
    key=("key",),
)


def _of(table: Table, name: str, alias: str | None = None) -> Column:
    """Describe a view's column by the table column that it shows."""
    found = next(column for column in table.columns if column.name == name)
    return Column(alias or name, found.type, found.comment, found.nullable)


SCORECARD = Table(
    "scorecard",
    "Where each indicator stands: per indicator and area the newest row of series whose period is "
    "complete (status not incomplete, missing or not_applicable; where there is none, the newest row), in pillar order",
    (
        _of(INDICATOR, "pillar_id"),
        _of(PILLAR, "name_no", "pillar_name_no"),
        _of(PILLAR, "name_en", "pillar_name_en"),
        _of(INDICATOR, "subgoal_id"),
        _of(INDICATOR, "name_no", "indicator_name_no"),
        _of(INDICATOR, "name_en", "indicator_name_en"),
        _of(INDICATOR, "unit"),
        _of(INDICATOR, "decimals"),
        _of(INDICATOR, "direction"),
        *_SERIES,
        _of(SUBGOAL, "name_en", "subgoal_name_en"),
        _of(SUBGOAL, "name_no", "subgoal_name_no"),
        _of(COMPARISON, "comparison"),
        _of(COMPARISON, "gap_closed"),
    ),
    key=("indicator_id", "area_id"),
)

README = Table(
    "README",
    "Begin here: what this file holds, in the order to look at it",
    (
        Column("position", "INTEGER", "Order of reading"),
        _text("name", "A table, view or macro, or what the line is about"),
        _text("what", "What it answers, or what to know"),
        _text("example", "A query to try; NULL: there is nothing to ask", nullable=True),
    ),
    key=("position",),
)

SCORECARD_NO = Table(
    "scorecard_no",
    "The scorecard with its words in Norwegian, for those who read no English",
    (
        _text("pilar", "The pillar's name"),
        _text("delmål", "The subgoal's number and wording"),
        _text("indikator", "The indicator's name"),
        _text("område", "The area's name"),
        _text("enhet", "The unit; andel lies in 0..1"),
        _text("periode", "Period as published; NULL: no figure", nullable=True),
        _number("verdi", f"The value {_UNIT}"),
        _text("merknad", "Why a value is missing or how far it can be trusted; NULL: an ordinary one", nullable=True),
        _number("nedre", f"Lower end of the interval {_UNIT}"),
        _number("øvre", f"Upper end of the interval {_UNIT}"),
        _text("utgangspunkt_periode", "The period that change is counted from; NULL: none", nullable=True),
        _number("utgangspunkt", f"The baseline {_UNIT}"),
        _text("mål_periode", "The target's period; NULL: no target", nullable=True),
        _number("mål", f"The target {_UNIT}"),
        _text("mål_status", "foreslått or vedtatt; NULL: no target", nullable=True),
        _number("avstand_til_mål", f"Gap to the target {_GAP}"),
        _text("sammenlignet_med", "The nearest comparator's name; NULL: none", nullable=True),
        _number("avstand_til_den", f"Gap to it {_GAP}"),
        _text("sammenligning", "Whether that is more than chance explains; NULL: not tested", nullable=True),
        _text("vurdering", "Where the indicator stands; NULL: not assessed", nullable=True),
        _number("sannsynlighet", "Probability of reaching the target, 0 to 1"),
        _of(INDICATOR, "indicator_id"),
        _of(AREA, "area_id"),
    ),
    key=("indicator_id", "area_id"),
)

_NAMED = (
    _of(INDICATOR, "indicator_id"),
    _of(AREA, "area_id"),
    _of(INDICATOR, "name_en", "indicator"),
    _of(AREA, "name", "area"),
    _of(INDICATOR, "unit"),
)

DISTRICT_AGAINST_REST = Table(
    "district_against_rest",
    "An example to build on: each area against its nearest comparator, such as the rest of its municipality, in the "
    "newest period that both have",
    (
        *_NAMED,
        _of(AREA, "name", "comparator"),
        *(
            _of(COMPARISON, name)
            for name in (
                "period",
                "value",
                "comparator_value",
                "difference",
                "lower",
                "upper",
                "comparison",
                "gap_closed",
            )
        ),
    ),
    key=("indicator_id", "area_id"),
)

BEHIND_TARGET = Table(
    "behind_target",
    "An example to build on: what is behind the path from baseline to target, the assessment's worst words first",
    (
        *_NAMED,
        *(
            _of(SERIES, name)
            for name in (
                *("period", "value", "status", "required_value", "gap_to_required", "target_period"),
                *("target_value", "target_status", "assessment", "probability"),
            )
        ),
    ),
    key=("indicator_id", "area_id"),
)

WORSE_AND_WORSENING = Table(
    "worse_and_worsening",
    "An example to build on: worse than the nearest comparator *and* surely worse than at the baseline",
    (
        *_NAMED,
        *(_of(SERIES, name) for name in ("period", "value", "status", "change", "gap_to_comparator")),
        *(_of(CHANGE_TEST, name) for name in ("baseline_period", "p_value", "alone", "together")),
    ),
    key=("indicator_id", "area_id"),
)

SCHEMA = WarehouseSchema(
    tables=(
        PILLAR,
        SUBGOAL,
        INDICATOR,
        COVERAGE,
        SENTENCE,
        PROGRAMME,
        MEASURE_TAKEN,
        FINDING,
        OBSTACLE,
        ADJUSTMENT,
        BUDGET,
        AREA,
        AREA_CODE,
        OFFICIAL_AREA,
        AREA_CHANGE,
        POPULATION,
        RECONCILIATION,
        BOUNDARY,
        OBSERVATION,
        MEASURE,
        SERIES,
        COMPARISON,
        PILLAR_VIEW,
        CHANGE_TEST,
        SMALL_AREA,
        STANDARDISED,
        FORECAST_SKILL,
        FORECAST_CALIBRATION,
        BASE_RATE,
        EVALUATION,
        EVALUATION_PLACEBO,
        SNAPSHOT,
        REFRESH_RUN,
        CHECK_RESULT,
        REVISION,
        *map(_history_of, REMEMBERED),
        INGREDIENTS,
        PUBLICATION,
        RELEASE,
        META,
    ),
    views=(README, SCORECARD, SCORECARD_NO, DISTRICT_AGAINST_REST, BEHIND_TARGET, WORSE_AND_WORSENING),
)
