"""How good the projections of each pillar were in the past, before anything is said of its future."""

from collections.abc import Callable, Sequence
from functools import partial

import pyarrow as pa

from indicators import forecast_skill
from indicators.catalogue import Catalogue
from pipelines.engine import Input
from pipelines.steps import assessing
from pipelines.steps.measuring import Run
from pipelines.steps.step import Inputs, Step

CALIBRATION, BASE_RATES = "backtest/calibration", "backtest/base_rates"


def steps(catalogue: Catalogue) -> list[Step]:
    """Return per pillar its past forecasts and their skill, which its series need, and what is said of all together."""
    every = tuple(f"forecasts/{pillar}" for pillar in catalogue.pillars)
    return [
        *(
            Step(
                f"forecasts/{pillar}",
                (f"measures/{pillar}",),
                (f"pillars.{pillar}", "areas", "programmes"),
                partial(_past_forecasts, pillar),
                f"{file.pillar.name_en}: every past year's forecasts beside what was published later.",
            )
            for pillar, file in catalogue.pillars.items()
        ),
        *(
            Step(
                f"skill/{pillar}",
                (f"forecasts/{pillar}",),
                (),
                partial(_summed_up, forecast_skill.skill, (f"forecasts/{pillar}",)),
                f"{file.pillar.name_en}: how past forecasts came out, against plain ones.",
            )
            for pillar, file in catalogue.pillars.items()
        ),
        Step(
            CALIBRATION,
            every,
            (),
            partial(_summed_up, forecast_skill.calibration, every),
            "Probabilities given, and what came true.",
        ),
        Step(
            BASE_RATES,
            every,
            (),
            partial(_summed_up, forecast_skill.base_rates, every),
            "How often areas without a programme changed as much.",
        ),
    ]


def past_forecasts(run: Run, catalogue: Catalogue, pillar: str, measures: Input) -> pa.Table:
    """Return the forecasts that could have been made from a pillar's measures (`forecast_skill.PAST_FORECAST`)."""
    return forecast_skill.past_forecasts(*assessing.followed(run, catalogue, pillar, measures))


def _past_forecasts(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    return past_forecasts(inputs.run, catalogue, pillar, inputs.ref(f"measures/{pillar}"))


def _summed_up(
    summary: Callable[[pa.Table], pa.Table], forecasts: Sequence[str], inputs: Inputs, _catalogue: Catalogue
) -> pa.Table:
    return summary(inputs.together(forecasts))
