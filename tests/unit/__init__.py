"""Tests of the packages' parts, and the small made-up facts and catalogues that several of them use."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from indicators import catalogue
from indicators.catalogue import Catalogue
from indicators.catalogue.models import Indicator, PillarFile
from pipelines.decoding import tidy

VINTAGE = datetime(2026, 3, 1, 12, tzinfo=UTC)
Row = tuple[str, str, str, float | None, str | None]


def made_facts(
    rows: Iterable[Row], *, boundary_year: int | None = None, snapshot: str = "a" * 64, vintage: datetime = VINTAGE
) -> pa.Table:
    """Facts of a made-up table with one dimension, ContentsCode: (area code, period, contents, value, status)."""
    code, period, contents, value, status = zip(*rows, strict=True)
    return tidy.facts(
        provider="made",
        table_id="up",
        area_id=pa.array(code, pa.string()),
        area_label=pa.nulls(len(code), pa.string()),
        period=pa.array(period, pa.string()),
        boundary_year=boundary_year,
        dimensions={"ContentsCode": pa.array(contents, pa.string())},
        value=pa.array(value, pa.float64()),
        status=pa.array(status, pa.string()),
        snapshot_sha256=snapshot,
        vintage=vintage,
        where="a made-up table",
    )


@cache
def real_catalogue() -> Catalogue:
    """The project's own catalogue, read once."""
    return catalogue.load()


def made_indicator(indicator_id: str, sources: list[Mapping[str, Any]], **given: Any) -> Indicator:
    """An indicator of which only `id`, `sources` and what is given matter."""
    texts = ("name_no", "name_en", "definition_no", "definition_en", "numerator", "denominator")
    usual: dict[str, Any] = {"subgoal": "9.9", "unit": "share", "direction": "context", "age": "all"}
    return Indicator.model_validate(
        {**dict.fromkeys(texts, "made up"), **usual, "id": indicator_id, "sources": sources, **given}
    )


def made_catalogue(*indicators: Indicator) -> Catalogue:
    """The real areas and programmes, with one pillar `made` of these indicators."""
    file = PillarFile.model_validate(
        {
            "pillar": {"id": "made", "order": 1, "name_no": "Laget", "name_en": "Made"},
            "subgoals": [{"id": "9.9", "name_no": "Delmål", "name_en": "Subgoal"}],
            "indicators": [],
        }
    ).model_copy(update={"indicators": list(indicators)})
    return replace(real_catalogue(), pillars={"made": file})
