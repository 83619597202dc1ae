"""Did the programme do it? The questions of evaluations.yaml put to published measures.

`evaluation/fits` has a row per question and indicator with all that came of it; results and placebos are read from it.
Suppressed figures never come this far, for measures are protected before anything else sees them.
"""

from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import evaluation, evaluation_panel
from indicators.catalogue import Catalogue
from indicators.catalogue.models import EvaluationPlan
from indicators.dictionary import SCHEMA
from pipelines.steps import examining
from pipelines.steps.step import Check, Finding, Inputs, Step

FITS, RESULTS, PLACEBOS = "evaluation/fits", "evaluation/results", "evaluation/placebos"
_USED = ["indicator_id", "area_id", "period", "period_start", "period_end", "sex", "age", "value", "status"]
_RESULT, _PLACEBO = (SCHEMA[name].arrow for name in ("evaluation", "evaluation_placebo"))
PATH = pa.struct(
    [
        ("method", pa.string()),
        ("area_id", pa.string()),
        ("year", pa.int32()),
        ("observed", pa.float64()),
        ("gap", pa.float64()),
    ]
)
"""One point of an area's course in a panel: what was observed, and by how much that is more than the method's own."""
_FAILED = "the computation failed:"
_FIT = pa.schema(
    [
        ("evaluation_id", pa.string()),
        ("indicator_id", pa.string()),
        ("results", pa.list_(pa.struct(list(_RESULT)))),
        ("placebos", pa.list_(pa.struct(list(_PLACEBO)))),
        ("paths", pa.list_(PATH)),
        ("donors", pa.int32()),
    ]
)


def steps(catalogue: Catalogue) -> list[Step]:
    """Return the steps of the stage."""
    measures = tuple(f"measures/{pillar}" for pillar in catalogue.pillars)
    return [
        Step(
            FITS,
            measures,
            ("evaluations", "pillars", "areas"),
            lambda inputs, part: fitted(part, inputs.together(measures)),
            "Modelled: every question of evaluations.yaml, with the courses that its charts show.",
            (_NONE_FAILED,),
        ),
        Step(
            RESULTS,
            (FITS,),
            (),
            lambda inputs, _part: _listed(inputs, "results", _RESULT),
            "Modelled: each area with a programme against areas without, with permutation tests.",
            (examining.whole("evaluation"),),
        ),
        Step(
            PLACEBOS,
            (FITS,),
            (),
            lambda inputs, _part: _listed(inputs, "placebos", _PLACEBO),
            "Modelled: what each test ranks, the treated area and every donor as a placebo.",
            (examining.whole("evaluation_placebo"),),
        ),
    ]


def _failed(table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    failed = [
        f"{row['evaluation_id']}, {row['indicator_id']}: {result['note']}"
        for row in table.select(["evaluation_id", "indicator_id", "results"]).to_pylist()
        for result in row["results"]
        if (result["note"] or "").startswith(_FAILED)
    ]
    return Finding(not failed, "\n".join(failed) or None)


_NONE_FAILED = Check("every_question_is_answered", "Each evaluation was computed, or has too few figures.", _failed)


def _listed(inputs: Inputs, column: str, columns: pa.Schema) -> pa.Table:
    rows = pc.list_flatten(inputs.ref(FITS).read([column])[column])
    return pa.Table.from_struct_array(rows).cast(columns)


def fitted(catalogue: Catalogue, measures: pa.Table) -> pa.Table:
    """Put every question of evaluations.yaml to the measures of all pillars; a row per question and indicator."""
    figures = measures.select(_USED).to_pandas()
    rows = [
        _fit(catalogue, plan, indicator, figures)
        for plan in catalogue.evaluations.values()
        for indicator in plan.indicators
    ]
    return pa.Table.from_pylist(rows, schema=_FIT)


def _fit(catalogue: Catalogue, plan: EvaluationPlan, name: str, figures: pd.DataFrame) -> dict[str, Any]:
    """Evaluate one indicator, or say why that cannot be."""
    indicator = catalogue.indicators[name]
    chosen = {"indicator_id": name, "sex": indicator.sex, "age": indicator.age}
    own = figures[(figures[list(chosen)] == pd.Series(chosen)).all(axis=1)]
    donors = plan.donors_among(catalogue.areas.values())
    row = {"evaluation_id": plan.id, "indicator_id": name}
    try:
        panel = evaluation_panel.panel(own, plan.area, donors, plan.start, plan.nearest, _programmes(catalogue))
        found = evaluation.evaluate(panel, plan.neighbours)
    except Exception as reason:
        # An exception nobody has thought of is this question's failure, and the others are answered.
        why = (
            str(reason)
            if isinstance(reason, evaluation_panel.NotEnough)
            else f"{_FAILED} {type(reason).__name__}: {reason}"
        )
        refused = evaluation.not_evaluated(why)
        return row | {"results": [_question(plan, name) | asdict(refused)], "placebos": [], "paths": [], "donors": None}
    placebos = found.placebos.assign(**row, treated=found.placebos["area_id"] == plan.area)
    return row | {
        "results": [_question(plan, name) | asdict(result) for result in found.results],
        "placebos": pa.Table.from_pandas(placebos[_PLACEBO.names], _PLACEBO, preserve_index=False).to_pylist(),
        "paths": _paths(found),
        "donors": len(found.panel.donors),
    }


def _programmes(catalogue: Catalogue) -> dict[str, list[evaluation_panel.Treated]]:
    """Return the programmes that areas had beside those that are followed here."""
    return {
        name: [evaluation_panel.Treated(one.name_en, one.start, one.end) for one in area.treated]
        for name, area in catalogue.areas.items()
    }


def _question(plan: EvaluationPlan, indicator: str) -> dict[str, Any]:
    return {
        "evaluation_id": plan.id,
        "indicator_id": indicator,
        "area_id": plan.area,
        "programme_effect_claimed": plan.programme_effect_claimed,
        "purpose": plan.purpose,
    }


def _paths(found: evaluation.Evaluation) -> list[dict[str, Any]]:
    """Return the courses of the treated area and all donors, with their gaps to each synthetic control."""
    panel = found.panel
    years = [day.year for day in panel.periods["period_end"]]
    gaps: dict[str | None, pd.DataFrame | None] = {method: control.gaps for method, control in found.synthetic.items()}
    gaps = gaps or {None: None}
    return [
        {
            "method": method,
            "area_id": area,
            "year": year,
            "observed": panel.outcomes[area].iloc[number],
            "gap": gap[area].iloc[number] if gap is not None else None,
        }
        for method, gap in gaps.items()
        for area in (panel.treated, *panel.donors)
        for number, year in enumerate(years)
    ]
