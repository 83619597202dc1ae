"""What open tables give is known: computed from them alone, for municipalities and larger areas. Synthetic figures."""

from datetime import date

import pyarrow as pa

from indicators.disclosure.tables import REMEMBERED
from pipelines.steps import measuring
from tests.stages import measures_of
from tests.unit import real_catalogue


def facts(name: str, area: str, counts: dict[str, float]) -> pa.Table:
    """Cells of employment_rate in one of its source tables; the other parts of a summed denominator stand in one."""
    indicator = real_catalogue().indicators["employment_rate"]
    source = next(source for source in indicator.sources if source.table == name)
    numerator, *_others = [cell for role, cell in source.cells() if role == "numerator"]
    base = [cell for role, cell in source.cells() if role == "denominator"]
    values = {numerator: counts["numerator"]} | {cell: 0.0 for cell in base if cell != numerator}
    rest = next(cell for cell in base if cell != numerator)
    values[rest] = counts["denominator"] - (counts["numerator"] if numerator in base else 0)
    rows = [
        {
            "area_id": area,
            "boundary_year": 2024,
            "period": "2024",
            "period_start": date(2024, 1, 1),
            "period_end": date(2024, 12, 31),
            "cell": cell,
            "value": value,
            "snapshot_sha256": "0" * 64,
        }
        for cell, value in values.items()
    ]
    return pa.Table.from_pylist(rows, schema=measures_schema())


def measures_schema() -> pa.Schema:
    kinds = {
        "boundary_year": pa.int64(),
        "period_start": pa.date32(),
        "period_end": pa.date32(),
        "value": pa.float64(),
        "vintage": pa.timestamp("us", "UTC"),
    }
    return pa.schema([(name, kinds.get(name, pa.string())) for name in measuring.FACT_COLUMNS])


def test_a_municipalitys_total_in_an_order_is_known_where_an_open_table_gives_the_same():
    catalogue = real_catalogue()
    ordered, openly = "delivery/drammen_district_counts", "ssb/13563"
    # Both sources have Drammen's 16,624 of 20,000; the order has two persons without work in the district.
    town, district = {"numerator": 16_624, "denominator": 20_000}, {"numerator": 298, "denominator": 300}
    delivered = pa.concat_tables([facts(ordered, "3301", town), facts(ordered, "drammen-7", district)])
    computed = measures_of(catalogue, "work", {ordered: delivered, openly: facts(openly, "3301", town)})
    known = measuring.open_figures(catalogue, measures_of(catalogue, "work", {openly: facts(openly, "3301", town)}))
    # Another indicator uses the same cells (0 of nobody without work).
    rows = [row for row in known.to_pylist() if row["indicator_id"] == "employment_rate"]
    assert [(row["area_id"], row["numerator"], row["state"]) for row in rows] == [("drammen", 16_624, "shown")]
    remembered = known.select(REMEMBERED.names).cast(REMEMBERED)
    rows = measuring.protect(catalogue, computed, remembered).to_pylist()
    found = {row["area_id"]: row for row in rows if row["indicator_id"] == "employment_rate"}
    assert found["drammen"]["source_table"] == ordered
    assert {name for name, row in found.items() if row["status"] == "suppressed"} == {"drammen-7", "drammen-rest"}
