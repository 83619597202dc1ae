"""One figure with its whole chain: definition, rows, snapshots, method with its numbers, baseline to target, checks.

The same on a terminal and on a page, which only write it down. Reads an edition alone, which is what an evaluator can
query; the catalogue says which cells to look for. A hidden figure stays hidden: of its chain only what is published is
told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb

from indicators import arithmetic
from indicators.arithmetic import Worked, count
from indicators.catalogue import MULTIPLIER, Catalogue
from indicators.catalogue.checks import unknown
from indicators.catalogue.models import AmongResidents, FixedPrices, Indicator
from pipelines.edition import figure_text
from pipelines.steps.terms import terms
from pipelines.storage import warehouse
from pipelines.storage.snapshots import DELIVERED

Row = dict[str, Any]
Written = Callable[[float], str]
_COUNTS = ("numerator", "denominator")
_COUNTED = ("proportion", "rate")  # as `indicators.measures.COUNTED`, with which Ibis would be imported
_EQUAL = 1e-9
_MANY = 24  # rows of a table on screen; a district of units has many


class Unknown(ValueError):
    """There is no such indicator, or no such period."""


@dataclass(frozen=True)
class Section:
    """A part of the chain: its title and lines, or a table with its columns; `more` says what the table leaves out.

    exact: the lines hold addresses and names, and are not to be broken.
    """

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Chain:
    """A figure's whole chain. period: its own, or None where there is no figure. warnings: before anything else."""

    indicator: str
    area: str
    period: str | None
    provisional: bool
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]


def of(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    indicator_id: str,
    area: str,
    period: str | None = None,
    file_names: Mapping[str, str] | None = None,
) -> Chain:
    """Tell how one figure of an edition came about; the newest one where no period is given.

    file_names: those of delivered files by their public names, for who may know them. Raises Unknown, with the nearest
    valid name, for an indicator or period that does not exist.
    """
    if indicator_id not in catalogue.indicators:
        raise Unknown(unknown("indicator", indicator_id, catalogue.indicators))
    indicator = catalogue.indicators[indicator_id]
    return _Figure(connection, catalogue, indicator, area, period, file_names or {}).chain()


@dataclass
class _Figure:
    """What is published about one indicator, area and period."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    indicator: Indicator
    area: str
    period: str | None
    file_names: Mapping[str, str]
    sections: list[Section] = field(default_factory=list)

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the edition says of itself."""
        return dict(self.connection.execute("SELECT key, value FROM meta").fetchall())

    @cached_property
    def pillar(self) -> str:
        """The pillar of the indicator."""
        return next(key for key, file in self.catalogue.pillars.items() if self.indicator in file.indicators)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query on this edition."""
        return warehouse.rows(self.connection, query, *values)

    def measures(self) -> dict[str, Row]:
        """Return the area's measures by period."""
        query = "SELECT * FROM measure WHERE indicator_id = ? AND area_id = ? ORDER BY period_end, period"
        return {row["period"]: row for row in self.rows(query, self.indicator.id, self.area)}

    def chain(self) -> Chain:
        """Return all of it."""
        measures = self.measures()
        query = "SELECT * FROM scorecard WHERE indicator_id = ? AND area_id = ?"
        standing = next(iter(self.rows(query, self.indicator.id, self.area)), None)
        period = self.period or (standing["period"] if standing else None) or next(reversed(measures), None)
        self._definition()
        if period is None:
            note = standing["note"] if standing else "no figure has ever been published for this area"
            self._section("Figure", [f"none: {note}"])
        elif period not in measures:
            raise Unknown(f"{self.indicator.id} of {self.area}: {unknown('period', period, measures)}")
        else:
            self._figure(measures[period], measures)
            self._path(period)
            self._beside(period)
            self._origin(measures[period])
        [area] = self.rows("SELECT name, provisional FROM area WHERE area_id = ?", self.area) or [{}]
        name, provisional = area.get("name", self.area), bool(area.get("provisional"))
        return Chain(self.indicator.id, name, period, provisional, tuple(self._warnings()), tuple(self.sections))

    def _warnings(self) -> Iterator[str]:
        if self.meta.get("catalogue_hash") != self.catalogue.digest:
            yield "This edition was made with another catalogue than today's: refresh before you rely on this chain."

    def _section(self, title: str, lines: Iterable[str], *, exact: bool = False) -> None:
        self.sections.append(Section(title, tuple(lines), exact=exact))

    def _definition(self) -> None:
        own = self.indicator
        unit = {"share": "share, shown in per cent"}.get(own.unit, own.unit)
        direction = {"higher": "higher is better", "lower": "lower is better"}.get(own.direction, "context: neither")
        lines = [
            f"{own.id}, subgoal {own.subgoal}",
            f"{own.name_en}: {own.definition_en}",
            f"{own.name_no}: {own.definition_no}",
            f"Numerator: {own.numerator}. Denominator: {own.denominator}. Age {own.age}, sex {own.sex}.",
            f"Unit: {unit}. Direction: {direction}.",
            *(f"Caveat: {text}" for text in own.warnings),
            *(f"Reference: {text}" for text in own.references),
        ]
        self._section("Definition", lines)

    def _figure(self, row: Row, measures: dict[str, Row]) -> None:
        self._section("Figure", self._description(row))
        if row["value"] is None:
            return
        if row["pooled"]:
            worked = self._pooled(row, measures)
        elif " minus " in row["source_table"]:
            worked = self._rest(row)
        else:
            worked = self._from_rows(row)
        # A list: working it out tells of the rows that it comes from, which go before.
        lines = list(worked)
        self._section("Arithmetic", lines)

    def _description(self, row: Row) -> Iterator[str]:
        if row["value"] is None:
            yield {
                "suppressed": "suppressed: the count or its complement is too small to be shown, or another hidden "
                "figure would follow from it (docs/disclosure.md). Nothing of its chain is shown.",
                "not_applicable": "not applicable: the source says that there can be none.",
            }.get(row["status"], f"{row['status']}: the source has no figure, or a part of the sum is lacking.")
        else:
            interval = ""
            if row["lower"] is not None:
                limits = f"{self._unit(row['lower'])} to {self._unit(row['upper'])}"
                interval = f", {row['confidence']:.0%} interval {limits}"
            yield f"{self._unit(row['value'])}{interval}"
            counts = [f"{name} {count(row[name])}" for name in _COUNTS if row[name] is not None]
            if counts:
                yield f"Published with {', '.join(counts)}"
            if row["status"]:
                yield f"Status: {row['status']}"
        yield f"Method: {row['method']}{', years pooled' if row['pooled'] else ''}"
        names = [source.table for source in self.indicator.sources]
        yield f"Source: {row['source_table']}"
        if row["source_table"] in names[1:]:
            before = ", ".join(names[: names.index(row["source_table"])])
            yield f"Preferred, but without a figure for this area: {before}"

    def _unit(self, value: float) -> str:
        row = {"unit": self.indicator.unit, "decimals": self.indicator.decimals, "value": value}
        return figure_text.figure(row, "value")

    def _more(self, value: float) -> str:
        """Write a difference with its unit and two more decimals than a figure has, so that sums can be followed."""
        row = {"unit": self.indicator.unit, "decimals": self.indicator.decimals + 2, "value": value}
        return figure_text.difference(row, "value")

    def _worked(self, row: Row) -> Worked:
        if row["method"].startswith("rate"):
            multiplier = MULTIPLIER.get(self.indicator.unit, 1.0)
            return arithmetic.rate(row["numerator"], row["denominator"], multiplier, row["confidence"])
        return arithmetic.proportion(row["numerator"], row["denominator"], row["confidence"])

    def _pooled(self, row: Row, measures: dict[str, Row]) -> Iterator[str]:
        years = [str(year) for year in range(row["period_start"].year, row["period_end"].year + 1)]
        parts = [measures[year] for year in years if year in measures]
        told = []
        for part in parts:
            counts = ("hidden" if part[role] is None else count(part[role]) for role in _COUNTS)
            value = part["status"] if part["value"] is None else self._unit(part["value"])
            told.append((part["period"], *counts, value))
        columns = ("year", "numerator", "denominator", "value")
        self.sections.append(Section("The years that are pooled", columns=columns, rows=tuple(told)))
        if all(part["numerator"] is not None for part in parts):
            yield from _totals(row, {role: [part[role] for part in parts] for role in _COUNTS})
        else:
            yield "A year is hidden, so the sum cannot be shown by its years; the window as a whole can."
        yield from self._conclusion(row)

    def _rest(self, row: Row) -> Iterator[str]:
        rest = self.catalogue.areas[self.area].rest_of
        if rest is None:
            return
        query = "SELECT * FROM measure WHERE indicator_id = ? AND area_id = ? AND period = ?"
        found = [self.rows(query, self.indicator.id, area, row["period"]) for area in (rest.whole, *rest.without)]
        whole, *parts = (rows[0] for rows in found)
        for role in _COUNTS:
            less = " - ".join(f"{count(part[role])} ({part['area_id']})" for part in parts)
            left = whole[role] - sum(part[role] for part in parts)
            yield f"{role}: {count(whole[role])} ({rest.whole}) - {less} = {count(left)}"
            yield _agree(left, row[role])
        yield from self._conclusion(row)

    def _conclusion(self, row: Row) -> Iterator[str]:
        worked = self._worked(row)
        yield from self._limits(worked, row)
        yield _agree(worked.value, row["value"])

    @staticmethod
    def _limits(worked: Worked, row: Row) -> Iterator[str]:
        yield from worked.lines
        if row["lower"] is not None and worked.lower is not None and worked.upper is not None:
            yield _agree(worked.lower, row["lower"], "lower limit")
            yield _agree(worked.upper, row["upper"], "upper limit")

    def _from_rows(self, row: Row) -> Iterator[str]:
        used = self._observations(row)
        if not used:
            yield "The delivered cells behind this figure are not published (docs/disclosure.md)."
            return
        self._observed(used)
        by_role = {role: [cell for cell in used if cell["role"] == role] for role in (*_COUNTS, "value")}
        source = next(source for source in self.indicator.sources if source.table == row["source_table"])
        if source.method in _COUNTED:
            weighted = {role: [cell["value"] * cell["weight"] for cell in by_role[role]] for role in _COUNTS}
            if source.among_residents is not None:
                del weighted["denominator"]
                yield self._residents(row, source.table, source.among_residents)
            yield from _totals(row, weighted)
            yield from self._conclusion(row)
            return
        published = arithmetic.mean("published", [cell["value"] for cell in by_role["value"]])
        if row["method"] == "annual_mean":
            yield from arithmetic.mean("persons", [cell["value"] for cell in by_role["numerator"]]).lines
            yield from published.lines
        value = published.value * source.scale
        scaled = f" × {source.scale:g}" if source.scale != 1 else ""
        yield f"value: {published.value:,.6g}{scaled} = {value:,.6g}"
        if self.indicator.prices is not None:
            factor, told = self._prices(row, self.indicator.prices)
            yield told
            value *= factor
        yield _agree(value, row["value"])
        per = MULTIPLIER.get(self.indicator.unit, 1.0)
        if row["denominator"] is not None:
            times = f" × {per:,.0f}" if per > 1 else ""
            yield f"implied denominator: {row['numerator']:,.2f}{times} / {value:.6f} = {row['denominator']:,.0f}"
        if row["lower"] is not None:
            worked = arithmetic.implied(
                row["numerator"], value, self.catalogue.rounding(source) or 0.0, per, row["confidence"]
            )
            yield from self._limits(worked, row)

    def _prices(self, row: Row, prices: FixedPrices) -> tuple[float, str]:
        """Return what a krone of the figure's year is worth in that of the prices, and say how that comes."""
        query = (
            "SELECT coalesce(max(value) FILTER (period = year(period_end)::VARCHAR), avg(value)) AS level"
            " FROM observation WHERE provider || '/' || table_id = ? AND year(period_end) = ?"
        )
        years = prices.year, row["period_end"].year
        then, now = (self.rows(query, prices.index, year)[0]["level"] for year in years)
        worth = f"{row['nominal']:,.6g} × {then:.6g} / {now:.6g} = {row['nominal'] * then / now:,.6g}"
        means = f"(means of the index of {years[0]} and {years[1]}, {prices.index})"
        return then / now, f"in kroner of {years[0]}: {worth} {means}"

    def _residents(self, row: Row, table: str, among: AmongResidents) -> str:
        """Say who the denominator is, where it is no cell of the table but residents of a day."""
        year = row["period_end"].year + (self.catalogue.residents_on(table) == "next_january")
        who = "residents" if among.age == "all" else f"residents aged {among.age}"
        sex = "" if among.sex == "both" else f", {among.sex}"
        return f"denominator: {who}{sex} on 1 January {year}, by the table of residents: {count(row['denominator'])}"

    def _observations(self, row: Row) -> list[Row]:
        """Return the published cells behind a measure, with role and weight: those of the first part that is whole."""
        own = [
            term
            for term in terms(self.catalogue, self.pillar)
            if term["indicator_id"] == self.indicator.id and term["table_name"] == row["source_table"]
        ]
        provider, _, table_id = row["source_table"].partition("/")
        within = row["method"] == "annual_mean"
        cells = self.rows(
            "SELECT o.*, a.part, a.codes, a.weight FROM observation o JOIN area_code a ON o.area_id = a.code"
            " AND o.boundary_year BETWEEN a.first_year AND a.last_year"
            " WHERE o.provider = ? AND o.table_id = ? AND a.area_id = ? AND a.origin IN ('catalogue', 'derived')"
            " AND CASE WHEN ? THEN year(o.period_end) = ? ELSE o.period = ? END"
            " ORDER BY a.part, o.period, o.area_id",
            *(provider, table_id, self.area, within, row["period_end"].year, row["period"]),
        )
        found: list[Row] = []
        for part in sorted({cell["part"] for cell in cells}):
            found = [
                cell | {"role": term["role"]}
                for term in own
                for cell in cells
                if cell["part"] == part and _cell_name(cell["dimensions"]) == term["cell"]
            ]
            with_value = [cell for cell in found if cell["value"] is not None]
            if found and (within or len(with_value) == len(own) * found[0]["codes"]):
                break
        return [cell for cell in found if cell["value"] is not None]

    def _observed(self, used: Sequence[Row]) -> None:
        weighted = any(cell["weight"] != 1 for cell in used)
        told = []
        for cell in used[:_MANY]:
            dimensions = _cell_name(cell["dimensions"], ", ")
            texts = (cell["role"], cell["area_id"], cell["period"], dimensions, f"{cell['value']:,.10g}")
            told.append((*texts, f"{cell['weight']:.4f}") if weighted else texts)
        columns = ("role", "code", "period", "dimensions", "published", *(("weight",) if weighted else ()))
        more = f"… and {len(used) - _MANY} more in the table observation" if len(used) > _MANY else ""
        self.sections.append(Section("Published rows", columns=columns, rows=tuple(told), more=more))

    def _path(self, period: str) -> None:
        """Say where the figure stands between baseline and target, and against whom."""
        query = "SELECT * FROM series WHERE indicator_id = ? AND area_id = ? AND period = ?"
        found = self.rows(query, self.indicator.id, self.area, period)
        if not found:
            return
        [row] = found
        lines = [*_baseline_lines(row, self._unit, self._more), *_trend_lines(row, self._unit, self._more)]
        compared = self.rows(
            "SELECT c.*, a.name FROM comparison c JOIN area a ON a.area_id = c.comparator_id"
            " WHERE indicator_id = ? AND c.area_id = ? AND period = ? ORDER BY rank",
            *(self.indicator.id, self.area, period),
        )
        for comparator in compared:
            theirs, difference = self._unit(comparator["comparator_value"]), self._more(comparator["difference"])
            other = comparator["comparator_period"]
            when = f" ({other})" if other != period else ""
            text = f"Against {comparator['name']}{when}: {theirs}, difference {difference}"
            if comparator["comparison"]:
                limits = f"{self._more(comparator['lower'])} to {self._more(comparator['upper'])}"
                text += f" [{limits}]: {comparator['comparison']}"
                text += " (its figure has no interval and is taken as fixed)" if comparator["comparator_fixed"] else ""
            lines.append(text)
        if lines:
            self._section("Baseline, target, comparison", lines)

    def _beside(self, period: str) -> None:
        """Say what the area's neighbours say of its figure: a model, and marked as one."""
        query = "SELECT * FROM small_area WHERE indicator_id = ? AND area_id = ? AND period = ?"
        for row in self.rows(query, self.indicator.id, self.area, period):
            limits = f"{self._unit(row['limit_lower'])} to {self._unit(row['limit_upper'])}"
            lines = (
                f"{self._unit(row['modelled'])}{_interval(row, 'modelled', self._unit)}: the area's own figure with a "
                f"weight of {row['own_weight']:.2f}, else the mean of {row['areas']} areas of its kind (Fay-Herriot)",
                f"Limits for so many persons, as far as the areas differ anyway: {limits}; this one lies "
                f"{row['standing']} them",
            )
            self._section("Modelled, no observation", lines)

    def _origin(self, row: Row) -> None:
        snapshots = self.rows(
            "SELECT DISTINCT sha256, provider, table_id, role, url, updated, fetched_at, attribution, licence"
            " FROM snapshot WHERE list_contains(?::VARCHAR[], sha256) AND accepted ORDER BY provider, table_id, url",
            row["snapshots"],
        )
        lines = []
        for snapshot in snapshots:
            updated = f", updated by its provider {snapshot['updated']}" if snapshot["updated"] else ""
            lines += [
                f"{snapshot['provider']}/{snapshot['table_id']}: {_named(snapshot)}",
                f"  {self.file_names.get(snapshot['sha256'], snapshot['url'])}",
                f"  fetched {snapshot['fetched_at']:%Y-%m-%d %H:%M} UTC{updated}",
                f"  {snapshot['attribution']} ({snapshot['licence']})",
            ]
        self._section("Snapshots", lines, exact=True)
        tables = sorted({f"{snapshot['provider']}/{snapshot['table_id']}" for snapshot in snapshots})
        revised = self.rows(
            "SELECT r.table_id, count(*) AS cells, max(r.new_vintage) AS newest FROM revision r JOIN area_code a"
            " ON a.code = r.area_id WHERE list_contains(?::VARCHAR[], r.table_id) AND a.area_id = ? AND r.period = ?"
            " GROUP BY ALL",
            *(tables, self.area, row["period"]),
        )
        lines = [
            f"{table['table_id']}: {table['cells']} cell(s) revised, last {table['newest']:%Y-%m-%d}"
            for table in revised
        ]
        self._section("Revisions of this area and period", lines or ["none"])
        self._checks(tables)

    def _checks(self, tables: list[str]) -> None:
        subjects = [f"{stage}/{name}" for name in tables for stage in ("snapshot", "facts")]
        subjects.append(f"measures/{self.pillar}")
        checks = self.rows(
            "SELECT subject, check_name, passed, severity, message FROM check_result"
            " WHERE list_contains(?::VARCHAR[], subject) ORDER BY subject, check_name",
            subjects,
        )
        lines = [
            f"{'passed' if check['passed'] else check['severity']}: {check['subject']} {check['check_name']}"
            + (f" ({check['message']})" if check["message"] else "")
            for check in checks
        ]
        self._section("Checks of the run that published this", lines or ["none recorded"])


def _named(snapshot: Row) -> str:
    """A delivered file is named so that nothing of it can be tried out; `levekar deliver --withdraw` knows the name."""
    return f"{'name' if snapshot['provider'] == DELIVERED else 'SHA-256'} {snapshot['sha256']}"


def _cell_name(dimensions: Any, separator: str = "|") -> str:
    """Return a cell's name, by default as the catalogue's terms have it."""
    return separator.join(f"{name}={code}" for name, code in sorted(dict(dimensions).items()))


def _agree(ours: float, published: float | None, what: str = "") -> str:
    name = f"{what}: " if what else ""
    if published is not None and abs(ours - published) <= _EQUAL * max(1.0, abs(published)):
        return f"  {name}recomputed from the rows above: equal to what is published"
    return f"  {name}DIFFERS from what is published, {published!r}: tell the people who run this"


def _totals(row: Row, parts: dict[str, list[float]]) -> Iterator[str]:
    """Add up the parts of numerator and denominator, and compare the sums with what is published."""
    for role, values in parts.items():
        worked = arithmetic.total(role, values)
        yield from worked.lines
        yield _agree(worked.value, row[role])


def _interval(row: Row, name: str, written: Written) -> str:
    """Return the limits of a figure in brackets; nothing where it has none."""
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return "" if lower is None else f" [{written(lower)} to {written(upper)}]"


def _baseline_lines(row: Row, unit: Written, more: Written) -> Iterator[str]:
    if row["disturbed"]:
        yield f"Disturbed period, left out of trends and words: {row['disturbed']}"
    if row["broken"]:
        yield f"Not comparable with the baseline, {row['broken']}"
    if row["baseline_value"] is not None:
        yield f"Baseline: {unit(row['baseline_value'])} in {row['baseline_period']}"
        if row["baseline_note"]:
            yield f"  {row['baseline_note']}"
    if row["change"] is not None:
        yield f"Change since then: {more(row['change'])}{_interval(row, 'change', more)}"
    if row["target_value"] is not None:
        adopted = f" on {row['adopted_on']}" if row["adopted_on"] else ""
        yield f"Target: {unit(row['target_value'])} by {row['target_period']}, {row['target_status']}{adopted}"
    if row["adopted_baseline"] is not None:
        yield (
            f"  counted from {unit(row['adopted_baseline'])}, as known on {row['adopted_vintage']}; revised since by "
            f"{more(row['baseline_revision'])}, which moves neither target nor path"
        )
    if row["target_gap_now"] is not None:
        yield (
            f"  a share of the gap to {row['target_comparator_id']}, {more(row['target_gap_then'])} in "
            f"{row['baseline_period']} and {more(row['target_gap_now'])} today (positive is better)"
        )
    if row["required_value"] is not None:
        yield (
            f"Required in {row['period']} on the {row['trajectory']} path from {unit(row['baseline_value'])} to "
            f"{unit(row['target_value'])}: {unit(row['required_value'])}; gap {more(row['gap_to_required'])} "
            "(positive is better)"
        )


def _trend_lines(row: Row, unit: Written, more: Written) -> Iterator[str]:
    if row["yearly_change"] is not None:
        yearly = f"{more(row['yearly_change'])} a year{_interval(row, 'yearly_change', more)}"
        yield (
            f"Trend through {row['points']} figures since the baseline (weighted least squares): {yearly}; "
            f"Theil-Sen {more(row['median_yearly_change'])}"
        )
    if row["projected_value"] is not None:
        projected = f"{unit(row['projected_value'])}{_interval(row, 'projected', unit)}"
        yield f"Projected for the target's period (level with innovations pooled over all areas): {projected}"
    if row["assessment"]:
        chance = ""
        if row["probability"] is not None:
            chance = f", probability of reaching the target {figure_text.probability(row['probability'])}"
            chance += f" (past forecasts of the indicator: {row['calibration']})"
        alone = ""
        if row["newest_word"] not in (None, row["assessment"]):
            alone = f"; this figure alone says: {row['newest_word']}, told if the next says the same"
        yield f"Assessment: {row['assessment']}{chance}{alone}"
    if row["pace"] is not None:
        yield f"Pace: {row['pace']:.2f} of the required one (1 is as fast as required)"
    if row["alternative_assessment"]:
        yield (
            f"From the alternative baseline {unit(row['alternative_value'])} in {row['alternative_period']}: "
            f"{row['alternative_assessment']} ({row['sensitivity']})"
        )
