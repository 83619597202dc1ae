"""Which areas a delivery has figures of that nobody has published: all that are smaller than a municipality."""

from datetime import date

import pyarrow as pa
import pytest

from indicators import geography
from indicators.dictionary import SCHEMA
from indicators.disclosure.made_to_order import is_large
from indicators.disclosure.structure import Structure
from indicators.disclosure.tables import protected
from pipelines.edition import masking
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from tests import stages
from tests.unit import real_catalogue
from tests.unit.test_disclosure_tables import COLUMNS, row


@pytest.mark.parametrize(
    ("code", "large"),
    [
        ("0", True),
        ("00", True),
        ("33", True),
        ("3301", True),
        ("drammen", True),
        ("norway", True),
        ("EAK", True),
        ("K-3301", True),
        # Tract, unit, zone (Klass 1: four digits of the municipality and six), city district, areas of the catalogue.
        ("330106", False),
        ("33010601", False),
        ("3301000008", False),
        ("030115", False),
        ("drammen-7", False),
        ("drammen-zone-08", False),
        # The rest of the municipality tells what the district has.
        ("drammen-rest", False),
        # A name that no area has: a zone of a known district, perhaps.
        (None, False),
        ("Drammen LKS 08", False),
    ],
)
def test_only_a_municipality_or_a_larger_area_is_published_by_others(code, large):
    assert is_large(real_catalogue(), pa.chunked_array([[code]], pa.string())).to_pylist() == [large]


def test_the_rest_of_a_published_total_is_as_secret_as_the_district_in_a_published_layout():
    # The town's 72 is NAV's; the district's 2 was ordered from NAV in the same layout. 70 in the rest would tell it.
    given = Structure(
        wholes=(),
        rests=(("town", "rest", ("a",)),),
        public=frozenset({"delivery/nav"}),
        small=frozenset({"a", "rest"}),
    )
    rows = [
        row("town", "2020", 72, 300, source_table="delivery/nav"),
        row("a", "2020", 2, 100, source_table="delivery/nav"),
        row("rest", "2020", 70, 200, source_table="delivery/nav minus delivery/nav"),
    ]
    found = protected(pa.Table.from_pylist(rows, schema=COLUMNS), given)
    assert found.measures["status"].to_pylist() == [None, "suppressed", "suppressed"]
    assert found.exposed == ()


def test_a_zone_that_nobody_named_is_masked_in_a_published_layout_and_the_municipality_is_not():
    catalogue = real_catalogue()
    facts = pa.table(
        {
            "area_id": pa.array([None, "3301", "33010601"], pa.string()),
            "boundary_year": pa.array([2024] * 3, pa.int64()),
            "period": ["2024M01"] * 3,
            "period_start": [date(2024, 1, 1)] * 3,
            "period_end": [date(2024, 1, 31)] * 3,
            "cell": ["ContentsCode=persons,Kjonn=2,Status=helt_ledige"] * 3,
            "value": [1.0, 900.0, 2.0],
            "status": pa.nulls(3, pa.string()),
        }
    )
    measures = SCHEMA["measure"].arrow.empty_table()
    members = pa.Table.from_pylist(geography.membership(catalogue.areas.values()), schema=MEMBERSHIP_COLUMNS)
    shown = masking.masked(stages.run, catalogue, {"delivery/nav_unemployment": facts}, measures, members)
    table = shown["delivery/nav_unemployment"]
    assert table["value"].to_pylist() == [None, 900.0, None]
    assert table["status"].to_pylist() == ["suppressed", None, "suppressed"]
