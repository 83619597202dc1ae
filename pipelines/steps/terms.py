"""Which published cells each indicator's figures are made of, as rows for `indicators.measures`.

Read by the step that computes measures, and by whoever explains one; so it stands apart from what computing needs.
"""

from collections.abc import Iterator
from typing import Any

from indicators.catalogue import MULTIPLIER, Catalogue
from indicators.catalogue.models import Indicator, IndicatorSource


def terms(catalogue: Catalogue, pillar: str) -> list[dict[str, Any]]:
    """Return one row per cell that a measure of the pillar sums (see `measures.measures`)."""
    return [
        row
        for indicator in catalogue.pillars[pillar].indicators
        for rank, source in enumerate(indicator.sources)
        for row in _terms(catalogue, indicator, source, rank)
    ]


def of_strata(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the same of each part of a stratum, as an indicator by itself: its id, the stratum's number, its place.

    The place is `whole`, or `less` of what is taken off. No years are pooled.
    """
    return [
        row | {"indicator_id": "|".join((indicator.id, str(number), place)), "pooling": None}
        for indicator in catalogue.indicators.values()
        for rank, source in enumerate(indicator.sources)
        for number, stratum in enumerate(source.strata)
        for place, codes in (("whole", stratum.cells), ("less", stratum.less))
        if codes is not None
        for row in _terms(catalogue, indicator, source.with_codes(codes), rank)
    ]


def _terms(catalogue: Catalogue, indicator: Indicator, source: IndicatorSource, rank: int) -> Iterator[dict[str, Any]]:
    for role, cell in source.cells():
        yield {
            "indicator_id": indicator.id,
            "source": rank,
            "table_name": source.table,
            "method": source.method,
            "scale": MULTIPLIER.get(indicator.unit, 1.0) if source.method == "rate" else source.scale,
            "per": MULTIPLIER.get(indicator.unit, 1.0),
            "rounding": catalogue.rounding(source),
            "pooling": indicator.pooling,
            "role": role,
            "cell": cell,
            "cells": sum(other == role for other, _cell in source.cells()),
            "age": indicator.age,
            "sex": indicator.sex,
        }
