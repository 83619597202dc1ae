"""Which published cells each indicator's figures are made of, as rows for `indicators.measures`.

Read by the step that computes measures, and by whoever explains one; so it stands apart from what computing needs.
"""

from typing import Any

from indicators.catalogue import MULTIPLIER, Catalogue


def terms(catalogue: Catalogue, pillar: str) -> list[dict[str, Any]]:
    """Return one row per cell that a measure of the pillar sums (see `measures.measures`)."""
    return [
        {
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
        for indicator in catalogue.pillars[pillar].indicators
        for rank, source in enumerate(indicator.sources)
        for role, cell in source.cells()
    ]
