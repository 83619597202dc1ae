"""Figures standardised by sex and age, of the indicators whose source tells both: one step.

The strata are computed and protected as measures are, and stay within the step.
"""

import pyarrow as pa

from indicators import measures, standardisation
from indicators.catalogue import MULTIPLIER, Catalogue
from indicators.dictionary import STANDARDISED
from indicators.disclosure.made_to_order import large_areas
from pipelines.engine import Input
from pipelines.steps import terms
from pipelines.steps.measuring import FACT_COLUMNS, RESTS, TERMS, Run, adding_up, protect, rests
from pipelines.steps.placing import MEMBERSHIP
from pipelines.steps.step import Inputs, Step

STANDARDISED_FIGURES = "comparison/standardised"


def steps(catalogue: Catalogue) -> list[Step]:
    """Return the step."""
    tables = sorted({term["table_name"] for term in terms.of_strata(catalogue)})
    return [
        Step(
            STANDARDISED_FIGURES,
            (
                *(f"facts/{name}" for name in tables),
                *(f"measures/{pillar}" for pillar in catalogue.pillars),
                MEMBERSHIP,
            ),
            ("pillars", "areas", "tables", "contracts", "disclosure"),
            _standardised,
            "Figures as they would be with the sexes and ages of a standard.",
        )
    ]


def rules(catalogue: Catalogue) -> dict[str, standardisation.Rule]:
    """Return how each indicator that has strata is standardised."""
    return {
        indicator.id: standardisation.Rule(
            tuple((stratum.sex, stratum.age) for source in indicator.sources for stratum in source.strata),
            indicator.standard.area,
            str(indicator.standard.year),
            MULTIPLIER.get(indicator.unit, 1.0),
        )
        for indicator in catalogue.indicators.values()
        if indicator.standard is not None
    }


def _standardised(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    tables = {term["table_name"]: f"facts/{term['table_name']}" for term in terms.of_strata(catalogue)}
    if not tables:
        return STANDARDISED.arrow.empty_table()
    facts = inputs.union(tables, "table_name", FACT_COLUMNS)
    totals = inputs.together([f"measures/{pillar}" for pillar in catalogue.pillars])
    return compute(inputs.run, catalogue, facts, inputs.read(MEMBERSHIP), totals)


def compute(run: Run, catalogue: Catalogue, facts: Input, membership: pa.Table, totals: pa.Table) -> pa.Table:
    """Return what can be standardised of the protected measures `totals`.

    facts, membership: as for `measuring.compute`; facts of every table of which an indicator has strata.
    """
    cells = pa.Table.from_pylist(terms.of_strata(catalogue), schema=TERMS)
    without = pa.Table.from_pylist(rests(catalogue), schema=RESTS)
    parts = run(measures.measures, facts, cells, adding_up(membership), without).read()
    own = rules(catalogue)
    shown = protect(catalogue, standardisation.strata(parts, own), membership=membership)
    small = frozenset(catalogue.areas) - large_areas(catalogue)
    return standardisation.standardised(shown, totals, own, small)
