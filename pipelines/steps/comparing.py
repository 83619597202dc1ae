"""Areas against their comparators, and pillars as a whole: what the series of all pillars say together."""

import pyarrow as pa
import pyarrow.compute as pc

from indicators import change_tests, comparison, pillars, small_areas
from indicators.catalogue import MULTIPLIER, SMALL, Catalogue
from pipelines.engine import Input
from pipelines.steps import examining
from pipelines.steps.assessing import comparators
from pipelines.steps.measuring import Run
from pipelines.steps.step import Inputs, Step

COMPARISON, PILLARS, CHANGES = "comparison/areas", "comparison/pillars", "comparison/changes"
SMALL_AREAS = "comparison/small_areas"
_SIGNS = pa.schema([("indicator_id", pa.string()), ("sign", pa.int64())])
_PARTS = pa.schema([(name, pa.string()) for name in ("area_id", "kind", "whole_id")])


def steps(catalogue: Catalogue) -> list[Step]:
    """Return the steps that look across pillars."""
    series, measures = (tuple(f"{stage}/{pillar}" for pillar in catalogue.pillars) for stage in ("series", "measures"))
    return [
        Step(
            COMPARISON,
            (*series, *measures),
            ("pillars", "areas", "programmes"),
            lambda inputs, part: compare(inputs.run, part, inputs.together(series), inputs.together(measures)),
            "Each area against each of its comparators, with interval and word.",
            (examining.whole("comparison"),),
        ),
        Step(
            PILLARS,
            series,
            ("pillars",),
            _pillar_view,
            "Per area and pillar: indicators per assessment, mean standardised gap.",
            (examining.whole("pillar_view"),),
        ),
        Step(
            CHANGES,
            series,
            ("pillars", "programmes"),
            _change_tests,
            "Which indicators of a programme's area have surely changed, alone and all together.",
            (examining.whole("change_test"),),
        ),
        Step(
            SMALL_AREAS,
            measures,
            ("pillars", "areas"),
            lambda inputs, part: together(part, inputs.together(measures)),
            "Modelled: what the shown figures of a municipality's small areas say of each other.",
            (examining.whole("small_area"),),
        ),
    ]


def compare(run: Run, catalogue: Catalogue, series: Input, measures: Input) -> pa.Table:
    """Return every area against each of its comparators."""
    signs = [{"indicator_id": indicator.id, "sign": indicator.sign} for indicator in catalogue.indicators.values()]
    return run(
        comparison.comparisons,
        series,
        measures,
        pa.Table.from_pylist(comparators(catalogue)),
        pa.Table.from_pylist(signs, schema=_SIGNS),
    ).read()


def _pillar_view(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    series = inputs.together([f"series/{pillar}" for pillar in catalogue.pillars])
    files = catalogue.pillars.items()
    return pillars.pillar_view(series, {indicator.id: name for name, file in files for indicator in file.indicators})


def _change_tests(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    series = inputs.together([f"series/{pillar}" for pillar in catalogue.pillars])
    programmes = pa.array([programme.area for programme in catalogue.programmes], pa.string())
    own = series.filter(pc.is_in(series["area_id"], programmes))
    return change_tests.change_tests(own, {name: one.sign for name, one in catalogue.indicators.items()})


def together(catalogue: Catalogue, measures: pa.Table) -> pa.Table:
    """Return what the figures of small areas of one kind in one municipality say together, from protected measures."""
    parts = [
        {"area_id": area.id, "kind": area.kind, "whole_id": area.parent}
        for area in catalogue.areas.values()
        if area.kind in SMALL and area.parent is not None and area.rest_of is None
    ]
    units = {indicator.id: indicator.unit for indicator in catalogue.indicators.values()}
    multipliers = {name: MULTIPLIER.get(unit, 1.0) for name, unit in units.items() if unit in ("share", *MULTIPLIER)}
    return small_areas.small_areas(measures, pa.Table.from_pylist(parts, schema=_PARTS), multipliers)
