"""Areas, the codes that make them up in each year, and the names under which they are published."""

import pytest

from indicators import geography
from indicators.catalogue.models import Area

MERGED = Area.model_validate(
    {
        "id": "drammen",
        "kind": "municipality",
        "name": "Drammen",
        "published_names": ["Drammen kommune"],
        "parts": [
            {"codes": ["0602", "0625", "0711"], "to": 2019},
            {"codes": ["3005"], "from": 2020, "to": 2023},
            {"codes": ["3301"], "from": 2024},
        ],
    }
)
RENUMBERED = Area.model_validate(
    {
        "id": "skien",
        "kind": "municipality",
        "name": "Skien",
        "parts": [
            {"codes": ["0806"], "to": 2019},
            {"codes": ["3807"], "from": 2020, "to": 2023},
            {"codes": ["4003"], "from": 2024},
        ],
    }
)
DISTRICT = Area.model_validate(
    {
        "id": "district",
        "kind": "district",
        "name": "Strømsø",
        "parts": [{"codes": ["own"]}, {"codes": ["33010609-33010611", "33010701"], "from": 2024}],
    }
)


def test_membership_has_one_row_per_area_part_and_code():
    rows = geography.membership([MERGED, RENUMBERED])
    assert [(row["area_id"], row["part"], row["code"], row["first_year"], row["last_year"]) for row in rows] == [
        ("drammen", 0, "0602", 1900, 2019),
        ("drammen", 0, "0625", 1900, 2019),
        ("drammen", 0, "0711", 1900, 2019),
        ("drammen", 1, "3005", 2020, 2023),
        ("drammen", 2, "3301", 2024, 2999),
        ("skien", 0, "0806", 1900, 2019),
        ("skien", 1, "3807", 2020, 2023),
        ("skien", 2, "4003", 2024, 2999),
    ]


def test_membership_says_how_many_codes_a_sum_needs():
    assert [row["codes"] for row in geography.membership([MERGED])] == [3, 3, 3, 1, 1]


def test_a_range_of_units_is_written_out():
    codes = [row["code"] for row in geography.membership([DISTRICT]) if row["part"] == 1]
    assert codes == ["33010609", "33010610", "33010611", "33010701"]


@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (2019, ["0602", "0625", "0711"]),
        (2020, ["3005"]),
        (2023, ["3005"]),
        (2024, ["3301"]),
        (None, ["3301"]),
        (1899, []),
    ],
)
def test_the_codes_of_merged_drammen_are_those_in_use_in_the_year(year, codes):
    assert geography.codes_in(MERGED, year) == codes


def test_of_two_parts_valid_in_a_year_the_first_is_preferred():
    assert geography.codes_in(DISTRICT, 2024) == ["own"]
    assert geography.codes_in(DISTRICT, None) == ["own"]


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("Skien", 2019, "0806"),
        ("Skien", 2020, "3807"),
        ("Skien", 2024, "4003"),
        ("Skien", None, "4003"),
        ("  Skien ", 2024, "4003"),
        ("Drammen", 2020, "3005"),
        ("Drammen  kommune", 2024, "3301"),
    ],
)
def test_a_name_stands_for_the_code_of_its_year(name, year, code):
    assert geography.names([MERGED, RENUMBERED])(name, year) == code


@pytest.mark.parametrize(("name", "year"), [("Drammen", 2019), ("skien", 2024), ("Skie", 2024), ("", None)])
def test_a_name_that_means_several_codes_or_none_gives_none(name, year):
    assert geography.names([MERGED, RENUMBERED])(name, year) is None
