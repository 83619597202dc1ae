"""Delivered cells that give away what their own source hides. Synthetic figures in NAV's layout, which hides 1 to 3."""

import pyarrow as pa

from indicators.disclosure.betrayal import betraying
from tests.unit import real_catalogue

CONTRACT = real_catalogue().contracts["nav_unemployment"]
SEXES = ("0", "1", "2")


def month(counts: list[float | None], shares: list[float | None], area: str | None = "3301") -> list[dict]:
    """Both sexes, men and women; None is hidden."""
    return [
        {
            "area_id": area,
            "boundary_year": 2024,
            "period": "2024M01",
            "cell": f"ContentsCode={code}|Kjonn={sex}|Status=helt_ledige",
            "value": value,
            "status": ":" if value is None else None,
        }
        for code, values in (("persons", counts), ("share_of_labour_force", shares))
        for sex, value in zip(SEXES, values, strict=True)
    ]


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("area_id", "period", "cell", "status")),
        ("boundary_year", pa.int64()),
        ("value", pa.float64()),
    ]
)


def gone(*rows: list[dict]) -> list[bool]:
    table = pa.Table.from_pylist([row for group in rows for row in group], schema=SCHEMA)
    return betraying(table, CONTRACT, 3).to_pylist()


def test_the_share_beside_a_hidden_count_goes_and_the_other_sex_with_its_share():
    # 50 - 48 = 2, and 0.004 of 500 men is 2. The total may stay: a man more is a woman less.
    assert gone(month([50, None, 48], [0.05, 0.004, 0.1])) == [False, False, True, False, True, True]


def test_a_small_total_of_two_hidden_parts_goes_and_tells_nothing_by_that():
    # 6 is 3 + 3 for who knows that 1 to 3 are hidden; 5 is 2 + 3 or 3 + 2. 4 leaves 1 to 3, but were it shown, whoever
    # knows the rule would know a hidden total for 5 or 6.
    for total in (4, 5, 6):
        assert gone(month([total, None, None], [0.01, 0.01, 0.01]))[:3] == [True, False, False]


def test_a_small_total_of_a_hidden_part_and_one_that_is_hidden_along_goes():
    # The other part is 4 or more, for 1 to 3 is hidden by the source: 5 is 1 + 4, 6 is 1 + 5 or 2 + 4. Of 8 the hidden
    # part may be 1, 2 or 3; of a hidden total up to 7 as well.
    for total, goes in ((5, True), (6, True), (7, True), (8, False)):
        assert gone(month([total, None, total - 1], [0.01, 0.01, 0.01]))[:3] == [goes, False, True]


def test_a_true_zero_beside_a_hidden_part_and_a_hidden_total_stays():
    assert gone(month([None, None, 0], [0.01, 0.01, 0.0]))[:3] == [False, False, False]


def test_a_total_goes_with_a_part_that_is_shown():
    assert gone(month([1, None, 0], [0.01, 0.01, 0.0]))[:3] == [True, False, True]


def test_a_hidden_total_does_not_follow_from_its_parts():
    assert gone(month([None, 0, 2], [0.01, 0.0, 0.01])) == [False, True, True, True, True, True]


def test_nothing_goes_where_nothing_is_hidden_and_one_area_does_not_touch_another():
    assert not any(gone(month([50, 2, 48], [0.05, 0.004, 0.1])))
    both = gone(month([50, None, 48], [0.05, 0.004, 0.1]), month([60, 12, 48], [0.05, 0.02, 0.1], area="4003"))
    assert both[6:] == [False] * 6
