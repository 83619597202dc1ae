"""From measures to series, one step per pillar: baseline, target, path, gaps, and the word for where it stands."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators import assessment, periods, series
from indicators.catalogue import MULTIPLIER, SMALL, Catalogue
from indicators.catalogue.models import Area, AreaKind, Indicator, Target
from indicators.comparability import BREAKS, DISTURBANCES
from indicators.geography import tree
from pipelines.engine import Input
from pipelines.steps import examining
from pipelines.steps.measuring import Run
from pipelines.steps.placing import OFFICIAL
from pipelines.steps.step import Inputs, Step

_RULES = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("area_id", pa.string()),
        ("is_alternative", pa.bool_()),
        ("pools", pa.bool_()),
        ("baseline_year", pa.int64()),
        ("baseline_caveat", pa.string()),
        ("target_year", pa.int64()),
        ("target_absolute", pa.float64()),
        ("target_relative", pa.float64()),
        ("target_gap_closed", pa.float64()),
        ("target_comparator", pa.string()),
        ("target_second_comparator", pa.string()),
        ("adopted_on", pa.date32()),
        ("adopted_value", pa.float64()),
        ("adopted_baseline", pa.float64()),
        ("adopted_vintage", pa.date32()),
        ("target_status", pa.string()),
        ("trajectory", pa.string()),
        ("sign", pa.int64()),
        ("least_change", pa.float64()),
        ("multiplier", pa.float64()),
        ("is_share", pa.bool_()),
        ("is_programme", pa.bool_()),
    ]
)

_ZONE: AreaKind = "living-conditions zone"
_OF_SOURCES = ("tables", "contracts", "classifications", "area_lists", "boundaries")
_WANTED = pa.schema([("indicator_id", pa.string()), ("area_id", pa.string()), ("wanted", pa.string())])


def steps(catalogue: Catalogue) -> list[Step]:
    """Return one step per pillar."""
    return [
        Step(
            key=f"series/{pillar}",
            needs=(f"measures/{pillar}", f"forecasts/{pillar}", f"skill/{pillar}", OFFICIAL),
            reads=(f"pillars.{pillar}", "areas", "programmes", *_OF_SOURCES),
            make=partial(_series, pillar),
            about=f"{file.pillar.name_en}: baseline, target, trajectory, gaps, assessment.",
            checks=(
                examining.whole("series"),
                examining.POSSIBLE,
                examining.FOUNDED,
                examining.jumps(pillar),
                examining.covered(pillar),
                examining.TARGETS_FOLLOW,
            ),
        )
        for pillar, file in catalogue.pillars.items()
    ]


def _series(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    known = inputs.read(f"forecasts/{pillar}"), inputs.read(f"skill/{pillar}")
    return compute(inputs.run, catalogue, pillar, inputs.ref(f"measures/{pillar}"), known, inputs.read(OFFICIAL))


def compute(
    run: Run,
    catalogue: Catalogue,
    pillar: str,
    measures: Input,
    backtest: tuple[pa.Table, pa.Table],
    official: pa.Table | None = None,
) -> pa.Table:
    """Return the series of a pillar from its measures, from both baselines where the catalogue names two.

    backtest: past forecasts, and how they came out (`forecast_skill.PAST_FORECAST`, `SKILL`). official: the official
    areas that are known (`tree.OFFICIAL_AREAS`); None: none are.
    """
    marks = _interruptions(catalogue, pillar)
    compared = pa.Table.from_pylist(comparators(catalogue))
    given = _rules(catalogue, pillar, alternative=False), _rules(catalogue, pillar, alternative=True)
    # Both baselines by one question: to plan it takes longer than a pillar's figures do.
    based = run(series.series, measures, pa.concat_tables(given), compared, *marks).read()
    points = run(series.points, measures, *marks).read()
    rows, others = (
        assessment.assess(based.filter(pc.equal(based["is_alternative"], other)), points, *backtest)
        for other in (False, True)
    )
    missing = _wanted(catalogue, pillar, _missing_lists(catalogue, official))
    wanted = assessment.ordered(run(series.no_data, measures, missing).read())
    return assessment.ordered(pa.concat_tables([assessment.with_alternative(rows, others), wanted]))


def followed(run: Run, catalogue: Catalogue, pillar: str, measures: Input) -> tuple[pa.Table, pa.Table]:
    """Return what `series.shown` and `series.points` make of measures: what can be forecast, without any target."""
    marks = _interruptions(catalogue, pillar)
    rows = run(series.shown, measures, _rules(catalogue, pillar, alternative=False), *marks).read()
    return rows, run(series.points, measures, *marks).read()


def _interruptions(catalogue: Catalogue, pillar: str) -> tuple[pa.Table, pa.Table]:
    """Return what `comparability.marked` needs: the disturbances and the breaks that a pillar's file declares."""
    indicators = catalogue.pillars[pillar].indicators
    disturbed = [
        {
            "indicator_id": indicator.id,
            "from_day": periods.parse(found.first).start,
            "to_day": periods.parse(found.last).end,
            "reason": found.reason,
        }
        for indicator in indicators
        for found in indicator.disturbed
    ]
    broken = [
        {
            "indicator_id": indicator.id,
            "from_day": periods.parse(found.first).start,
            "reason": f"break from {found.first} on: {found.reason}",
        }
        for indicator in indicators
        for found in indicator.breaks
    ]
    return pa.Table.from_pylist(disturbed, DISTURBANCES), pa.Table.from_pylist(broken, BREAKS)


def _rules(catalogue: Catalogue, pillar: str, *, alternative: bool) -> pa.Table:
    return pa.Table.from_pylist(rules(catalogue, pillar, alternative=alternative), schema=_RULES)


def rules(catalogue: Catalogue, pillar: str, *, alternative: bool = False) -> list[dict[str, Any]]:
    """Return one row per indicator and area: baseline, target, sign (see `series.series`).

    alternative: of the indicators that have an alternative baseline, with that.
    """
    return [
        {
            "indicator_id": indicator.id,
            "area_id": area_id,
            "is_alternative": alternative,
            **_baseline(indicator, alternative=alternative),
            **_target(indicator, catalogue, area_id),
            **_adopted(indicator.target, area_id, alternative=alternative),
            "sign": indicator.sign,
            "least_change": indicator.least_change,
            "multiplier": MULTIPLIER.get(indicator.unit, 1.0),
            "is_share": indicator.unit == "share",
            "pools": indicator.pooling is not None and area.kind in SMALL,
            "is_programme": catalogue.programme_of(area_id) is not None,
        }
        for indicator in catalogue.pillars[pillar].indicators
        if not alternative or indicator.baseline.alternative is not None
        for area_id, area in catalogue.areas.items()
    ]


def comparators(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one row per programme area and comparator; any other area is compared with its parents.

    is_large: municipalities and larger, of which a figure without an interval is taken as fixed.
    """
    chosen = {programme.area: programme.comparators for programme in catalogue.programmes}
    return [
        {
            "area_id": area_id,
            "comparator_id": other,
            "rank": rank,
            "is_large": catalogue.areas[other].kind in ("municipality", "county", "country"),
        }
        for area_id in catalogue.areas
        for rank, other in enumerate(chosen.get(area_id) or catalogue.ancestors(area_id))
    ]


def _baseline(indicator: Indicator, *, alternative: bool) -> dict[str, Any]:
    """Return the baseline's part of a rule: the year, and what is to be said of it."""
    other = indicator.baseline.alternative
    if alternative and other is not None:
        return {"baseline_year": other.year, "baseline_caveat": other.reason}
    return {"baseline_year": indicator.baseline.year, "baseline_caveat": indicator.baseline.note}


def _target(indicator: Indicator, catalogue: Catalogue, area_id: str) -> dict[str, Any]:
    """Return the target's part of a rule; a distance is to a comparator of the area's own programme."""
    target, programme = indicator.target, catalogue.programme_of(area_id)
    forms = ("year", "absolute", "relative", "gap_closed", "status", "comparator")
    rule = {f"target_{name}": getattr(target, name, None) for name in forms}
    if programme is None or rule["target_comparator"] not in programme.comparators:
        rule["target_comparator"] = None
    named = catalogue.areas.get(rule["target_comparator"] or "")
    rule["target_second_comparator"] = named.rest_of.whole if named is not None and named.rest_of is not None else None
    return {**rule, "trajectory": target.trajectory if target else None}


def _adopted(target: Target | None, area_id: str, *, alternative: bool) -> dict[str, Any]:
    """Return what was adopted for an area; where nothing was, the target is only proposed there.

    From the alternative baseline the target is counted anew, as what it would have been.
    """
    if target is None or target.status != "adopted" or target.absolute is not None:
        return {"adopted_on": target.adopted_on if target else None}
    for frozen in target.frozen:
        if frozen.area == area_id and not alternative:
            return {
                "adopted_on": target.adopted_on,
                "adopted_value": frozen.value,
                "adopted_baseline": frozen.baseline_value,
                "adopted_vintage": frozen.vintage,
            }
    return {"target_status": "proposed"}


def _missing_lists(catalogue: Catalogue, official: pa.Table | None) -> list[str]:
    """Return the lists that are missing for figures by zone to be an area's: of zones, and of the units they are of."""
    known = official if official is not None else tree.OFFICIAL_AREAS.empty_table()
    of_zones = [f"delivery/{name}" for name, contract in catalogue.area_lists.items() if contract.units is not None]
    of_units = [name for name, one in catalogue.classifications.items() if tree.UNIT in one.levels.values()]
    of_units += [f"delivery/{name}" for name, contract in catalogue.area_lists.items() if tree.UNIT in contract.levels]
    has_zones = known["zone_code"].null_count < known.num_rows
    has_units = pc.any(pc.equal(known["level"], tree.UNIT)).as_py()
    found = [] if has_zones else [f"the list of zones ({' or '.join(of_zones)})"]
    return found if has_units else [*found, f"the official areas ({' or '.join(of_units)})"]


def _wanted(catalogue: Catalogue, pillar: str, missing: Sequence[str]) -> pa.Table:
    """Return what could give each programme area each indicator's figures, as `series.no_data` takes it."""
    rows = [
        {
            "indicator_id": indicator.id,
            "area_id": name,
            "wanted": " or ".join(_sources(indicator, area, catalogue, missing)),
        }
        for indicator in catalogue.pillars[pillar].indicators
        for name, area in catalogue.areas.items()
        if catalogue.programme_of(name) is not None
    ]
    return pa.Table.from_pylist(rows, schema=_WANTED)


def _sources(indicator: Indicator, area: Area, catalogue: Catalogue, missing: Sequence[str]) -> list[str]:
    """Return what could fill a gap: deliveries where there are any, for open tables end above districts.

    A table or a delivery with living-conditions zones fills it where the lists are known that say which zones make up
    the area: those that are `missing` are named. A register of places does where the polygons of its units are known.
    """
    names = [source.table for source in indicator.sources]
    levels = {f"delivery/{name}": contract.levels for name, contract in catalogue.contracts.items()}
    found = [name for name in names if name.startswith("delivery/") and area.kind in levels.get(name, [area.kind])]
    zoned = [name for name in names if name in catalogue.tables and catalogue.tables[name].zones is not None]
    zoned += [name for name in names if _ZONE in levels.get(name, [])]
    if zoned and _ZONE in area.covered_by:
        with_lists = f", with {' and '.join(missing)}" if missing else ""
        found.append(f"{' or '.join(zoned)} by {_ZONE}{with_lists}")
    polygons = [f"delivery/{name}" for name, one in catalogue.boundaries.items() if one.level == tree.UNIT]
    of_places = [
        name
        for name in names
        if name in catalogue.tables and catalogue.tables[name].has_places and area.kind in catalogue.tables[name].levels
    ]
    if of_places and polygons:
        found.append(f"{' or '.join(of_places)}, with the polygons of its units ({' or '.join(polygons)})")
    return found or names
