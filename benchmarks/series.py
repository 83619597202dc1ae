"""From measures to words: the demo's series, and as many as all municipalities have, against the limits of issue 14.

Seconds of the processor, for on a machine that is shared the clock tells of the others' work too. A stage is made of
past forecasts, what they were worth, and the series with trend, projection and word.

The demo's 4,168 rows took 3.1 to 3.6 s on a machine that many used: 0.9 s for past forecasts, 0.2 s for their worth,
2 s for the series. More than 1 s of it is DuckDB's planning and running of five questions per pillar, one of 90 kB of
SQL, for few rows; the rest is what pandas takes for a call, whatever the number of rows. The first time in a process
Ibis takes 1.5 s more to write the SQL. So the limit of 1 s is MISSED.

All municipalities: 357 areas, 45 indicators, 11 years (177,000 rows, 450,000 past forecasts), synthetic, in which
nothing happens (`benchmarks.words`), from series to words without SQL: 24 s, of which past forecasts take 15 s.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import Result, words
from indicators import assessment, forecast_skill
from indicators.catalogue import Catalogue
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.settings import Settings
from pipelines.steps import assessing, backtesting
from pipelines.storage.lake import Ref
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose

DEMO, ALL = 1.0, 60.0
MUNICIPALITIES, INDICATORS = 357, 45


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        night = compose(Settings("demo", data_dir=folder, inbox=Path(folder) / "inbox"))
        refreshing.refresh(definitions.build(night), night)
        measures = {pillar: night.store.lake.ref(f"measures/{pillar}") for pillar in night.catalogue.pillars}
        engine = DuckDbEngine(Path(folder))
        made(night.catalogue, measures, engine)
        demo = made(night.catalogue, measures, engine)
    return [
        Result("series of the demo", demo, "the limit", DEMO, 1.0),
        Result(f"series of {MUNICIPALITIES} areas, {INDICATORS} indicators", of_all(), "the limit", ALL, 1.0),
    ]


def made(catalogue: Catalogue, measures: dict[str, Ref], engine: DuckDbEngine) -> float:
    """Make the series of all pillars with all that they need."""
    start = time.process_time()
    for pillar, table in measures.items():
        past = backtesting.past_forecasts(engine.run, catalogue, pillar, table)
        assessing.compute(engine.run, catalogue, pillar, table, (past, forecast_skill.skill(past)))
    return time.process_time() - start


def of_all() -> float:
    """Assess as many series as all municipalities have."""
    kind = words.Flat(500, 10_000, -0.10)
    rows = words.series_of(kind, INDICATORS, MUNICIPALITIES, np.random.default_rng(357))
    start = time.process_time()
    past = forecast_skill.past_forecasts(rows, rows)
    assessment.assess(rows, rows, past, forecast_skill.skill(past))
    return time.process_time() - start
