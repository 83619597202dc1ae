"""How good the projections of each pillar were in the past, before anything is said of its future."""

from functools import partial

import pyarrow as pa

from indicators import forecast_skill
from indicators.catalogue import Catalogue
from indicators.forecast_skill import Skill
from pipelines.engine import Input
from pipelines.steps import assessing
from pipelines.steps.measuring import Run
from pipelines.steps.step import Inputs, Step

CALIBRATION, BASE_RATES = "backtest/calibration", "backtest/base_rates"


def steps(catalogue: Catalogue) -> list[Step]:
    """Return one step per pillar, whose verdicts its series need, and the two tables of all pillars together."""
    reads = ("pillars", "areas", "programmes")
    measures = tuple(f"measures/{pillar}" for pillar in catalogue.pillars)
    return [
        *(
            Step(
                f"skill/{pillar}",
                (f"measures/{pillar}",),
                (f"pillars.{pillar}", "areas", "programmes"),
                partial(_skill, pillar),
                f"{file.pillar.name_en}: how past forecasts came out, against plain ones.",
            )
            for pillar, file in catalogue.pillars.items()
        ),
        Step(
            CALIBRATION, measures, reads, partial(_together, "calibration"), "Probabilities given, and what came true."
        ),
        Step(
            BASE_RATES,
            measures,
            reads,
            partial(_together, "base_rates"),
            "How often areas without a programme changed as much.",
        ),
    ]


def backtest(run: Run, catalogue: Catalogue, pillar: str, measures: Input) -> Skill:
    """Return how the forecasts of a pillar's measures came out."""
    return forecast_skill.skill(*assessing.followed(run, catalogue, pillar, measures))


def _skill(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    return backtest(inputs.run, catalogue, pillar, inputs.ref(f"measures/{pillar}")).skill


def _together(table: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    found = [backtest(inputs.run, catalogue, pillar, inputs.ref(f"measures/{pillar}")) for pillar in catalogue.pillars]
    return pa.concat_tables([getattr(skill, table) for skill in found])
