"""Stages run by themselves on tables in memory, as the steps run them on the lake."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from indicators import forecast_skill, geography
from indicators.catalogue import Catalogue
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.held import confirmation_of
from pipelines.engine import Expression, Input
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.settings import Settings
from pipelines.steps import assessing, backtesting, comparing, measuring
from pipelines.steps.folding import folded
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from pipelines.storage.lake import Ref
from pipelines.workplace.night import Night, compose


@cache
def _scratch() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory()


def run(expression: Expression, *tables: Input) -> Ref:
    """Compute an expression, in a folder that goes with the process."""
    return DuckDbEngine(Path(_scratch().name)).run(expression, *tables)


def measures_of(
    catalogue: Catalogue, pillar: str, facts: Mapping[str, pa.Table], residents: pa.Table | None = None
) -> pa.Table:
    """The measures of a pillar, unprotected, where the catalogue's own codes alone make up an area."""
    named = [
        table.select(measuring.FACT_COLUMNS).append_column("table_name", pa.repeat(pa.scalar(name), table.num_rows))
        for name, table in sorted(facts.items())
    ]
    members = pa.Table.from_pylist(geography.membership(catalogue.areas.values()), schema=MEMBERSHIP_COLUMNS)
    return measuring.compute(run, catalogue, pillar, pa.concat_tables(named), members, residents)


def series_of(catalogue: Catalogue, pillar: str, measures: pa.Table) -> pa.Table:
    """The series of a pillar."""
    past = backtesting.past_forecasts(run, catalogue, pillar, measures)
    return assessing.compute(run, catalogue, pillar, measures, (past, forecast_skill.skill(past)))


def comparison_of(catalogue: Catalogue, series: pa.Table, measures: pa.Table) -> pa.Table:
    """Every area against its comparators."""
    return comparing.compare(run, catalogue, series, measures)


def checked(catalogue: Catalogue, path: Path, confirm: str | None = None) -> Checked:
    """A delivered file, looked at; confirm: why figures that stand out are right."""
    found = checking.check(checking.taken_from(path), Rules.of(catalogue))
    return replace(found, confirmed=confirmation_of(confirm)) if confirm is not None else found


def standing_facts(night: Night, name: str) -> pa.Table | None:
    """What stands of a source; None where nothing does."""
    source = night.asking.vintages.standing(name)
    if source.fetch is None:
        return None
    table = folded(source, source.fetch)
    return table.read() if isinstance(table, Ref) else table


def night_of(settings: Settings, **parts: Any) -> Night:
    """The tools of a new run."""
    return compose(settings, **parts)
