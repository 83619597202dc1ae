"""Which figures stand out, with expected values by arithmetic that is shown. All figures are made up (synthetic)."""

import math
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from indicators import plausibility
from indicators.plausibility import Reason


def frame(rows: list[tuple], kind: str = "count", half: float = 0.0, count: float = np.nan) -> pd.DataFrame:
    """Figures from (area, cell, year, value)."""
    return pd.DataFrame(
        {
            "area": [row[0] for row in rows],
            "cell": [row[1] for row in rows],
            "start": pd.to_datetime([datetime(row[2], 1, 1) for row in rows]),
            "span": 12,
            "value": [float(row[3]) for row in rows],
            "kind": kind,
            "half": half,
            "count": count,
        }
    )


KNOWN = frame([("a", "c", 2018, 560), ("a", "c", 2019, 580), ("a", "c", 2020, 565), ("a", "c", 2021, 571)])


def test_a_lost_digit_stands_out_and_says_what_was_expected() -> None:
    [out] = plausibility.jumps(frame([("a", "c", 2022, 57)]), KNOWN).to_dict("records")
    assert (out["reason"], out["value"]) == (Reason.JUMP, 57)
    assert out["expected"] == pytest.approx(571)  # the last figure: one area has no common movement
    # By hand: changes of ln(n + 0.5) are ln(580.5/560.5) = 0.0351, ln(565.5/580.5) = -0.0262, ln(571.5/565.5) = 0.0106
    # and ln(57.5/571.5) = -2.2966; their median size is (0.0351 + 0.0262) / 2 = 0.0306, / 0.6745 = 0.0454. With the
    # prior of 0.25 counting for 4, the cell has (4 * 0.0454^2 + 4 * 0.25^2) / 8, and the series the same of that.
    spread = (math.log(580.5 / 560.5) - math.log(565.5 / 580.5)) / 2 / 0.6745
    cell = (4 * spread**2 + 4 * 0.25**2) / 8
    own = (4 * spread**2 + 4 * cell) / 8
    noise = math.sqrt(own + 2 / 571.5)
    assert out["off"] == pytest.approx(math.log(571.5 / 57.5) / noise)
    limit = max(math.log(4.5), 6 * noise)
    assert out["low"] == pytest.approx(571.5 * math.exp(-limit) - 0.5)


def test_what_moves_as_before_does_not_stand_out_nor_does_what_stands_already() -> None:
    assert plausibility.jumps(frame([("a", "c", 2022, 600)]), KNOWN).empty
    wrong = frame([("a", "c", 2022, 57)])
    assert plausibility.jumps(wrong, pd.concat([KNOWN, wrong], ignore_index=True)).empty


def test_a_correction_of_what_stands_is_let_through() -> None:
    known = pd.concat([KNOWN, frame([("a", "c", 2022, 57)])], ignore_index=True)
    assert plausibility.jumps(frame([("a", "c", 2022, 575)]), known).empty


def test_between_two_neighbours_a_peak_stands_out_and_a_step_does_not() -> None:
    years = range(2015, 2023)
    step = [("a", "c", year, 100 if year < 2019 else 900) for year in years]
    assert plausibility.jumps(frame(step), frame([])).empty
    peak = frame([("a", "c", year, 5000 if year == 2019 else 500) for year in years])
    assert peak["value"][plausibility.jumps(peak, frame([]))["figure"]].tolist() == [5000]


def test_what_all_areas_do_together_is_no_slip_of_one_unless_it_is_by_ten() -> None:
    areas = "abcdef"
    known = frame([(area, "c", year, 1000 + year % 3) for area in areas for year in range(2012, 2020)])
    fivefold = frame([(area, "c", 2020, 5000) for area in areas])
    assert plausibility.jumps(fivefold, known).empty
    tenfold = frame([(area, "c", 2020, 10000) for area in areas])
    assert set(plausibility.jumps(tenfold, known)["reason"]) == {Reason.TOGETHER}


def test_small_counts_have_the_noise_of_chance() -> None:
    known = frame([("a", "c", year, 4) for year in range(2012, 2020)])
    # From 4 to 12 is a factor of 2.8, and the root of 4 is half of it: six times that is out of reach.
    assert plausibility.jumps(frame([("a", "c", 2020, 14)]), known).empty


def test_windows_and_years_are_no_one_series() -> None:
    window = frame([("a", "c", 2019, 1700)]).assign(span=36)
    assert plausibility.jumps(window, KNOWN[KNOWN["start"].dt.year < 2019]).empty


def test_zeros_that_stand_for_hidden_figures_are_none_to_wonder_at() -> None:
    hides = [("b", "c", year, value) for year, value in zip(range(2012, 2019), [30, 0, 28, 0, 31, 30, 0], strict=True)]
    steady = [("a", "c", year, 40) for year in range(2012, 2019)]
    new = frame([("a", "c", 2019, 0)])
    assert len(plausibility.jumps(new, frame(steady))) == 1
    assert plausibility.jumps(new, frame(steady + hides)).empty


def test_count_and_share_give_a_denominator_that_moves_slowly() -> None:
    counts = frame([("a", "kind=n", 2018, 50), ("a", "kind=n", 2019, 60)])
    shares = frame([("a", "kind=s", 2018, 0.05), ("a", "kind=s", 2019, 0.06)], "share", 0.0005)
    both = pd.concat([counts, shares], ignore_index=True)
    implied = plausibility.implied_denominators(both, "kind=n", "kind=s")
    assert implied["value"].tolist() == pytest.approx([1000, 1000])  # 50 / 0.05, 60 / 0.06
    assert implied["half"].tolist() == pytest.approx([10, 1000 / 120])  # 1000 * 0.0005 / 0.05, and / 0.06
    assert implied.index.tolist() == [0, 1]


def test_numerators_and_denominators_give_shares() -> None:
    rows = [("a", "kind=n", 2018, 25), ("a", "kind=d", 2018, 100)]
    [share] = plausibility.shares_of(frame(rows), "kind=n", "kind=d").to_dict("records")
    assert (share["value"], share["kind"], share["count"]) == (0.25, "share", 25)


@pytest.mark.parametrize(
    ("kind", "whole", "reason"),
    [
        ("percent", 25, None),
        ("percent", 35, Reason.PARTS),  # above the highest part, 30
        ("count", 50, None),
        ("count", 55, None),  # a tenth may be of no known part
        ("count", 500, Reason.SUM),
        ("count", 40, Reason.SUM),
    ],
)
def test_a_whole_lies_between_its_parts_or_is_their_sum(kind: str, whole: float, reason: Reason | None) -> None:
    figures = frame([("town", "c", 2020, whole), ("x", "c", 2020, 20), ("y", "c", 2020, 30)], kind)
    out = plausibility.parts_and_wholes(figures, frame([]), {"town": ["x", "y"]})
    assert out["reason"].tolist() == ([reason] if reason else [])
    # With one part missing nothing can be said.
    assert plausibility.parts_and_wholes(figures.head(2), frame([]), {"town": ["x", "y"]}).empty


def test_there_are_no_more_persons_than_residents() -> None:
    residents = pd.DataFrame({"area": ["a", "a"], "year": [2020, 2021], "persons": [900.0, 1000.0]})
    figures = frame([("a", "c", 2020, 990), ("a", "d", 2020, 1001)])
    out = plausibility.more_than_residents(figures, residents)
    assert out[["figure", "high"]].to_numpy().tolist() == [[1, 1000.0]]


def test_another_source_is_contradicted_by_a_factor_and_not_by_a_little() -> None:
    other = frame([("a", "", 2020, 0.20), ("b", "", 2020, 0.20)], "share")
    own = frame([("a", "", 2020, 0.25), ("b", "", 2020, 0.02)], "share")
    out = plausibility.unlike_other_source(own, other)
    # Odds of 0.2 are 0.25, of 0.02 they are 0.0204: a factor of 12.25.
    assert out[["figure", "value", "expected"]].to_numpy().tolist() == [[1, 0.02, 0.20]]


def test_last_years_table_under_this_years_name_is_recognised() -> None:
    cells = [f"c{number}" for number in range(9)]
    known = frame([("a", cell, 2019, 100 + number) for number, cell in enumerate(cells)])
    again = frame([("a", cell, 2020, 100 + number) for number, cell in enumerate(cells)])
    assert plausibility.copied_periods(again, known)["reason"].tolist() == [Reason.COPIED]
    assert plausibility.copied_periods(again.head(4), known).empty  # too few to be certain


def test_two_columns_in_each_others_place_are_recognised() -> None:
    areas = "abcdef"
    known = [(area, cell, 2019, 100 * (1 + (cell == "women")) + at) for at, area in enumerate(areas)
             for cell in ("men", "women")]  # fmt: skip
    right = frame([(area, cell, 2020, value + 1) for area, cell, _year, value in known])
    assert plausibility.swapped_columns(right, frame(known)).empty
    other = right.assign(cell=right["cell"].map({"men": "women", "women": "men"}))
    assert plausibility.swapped_columns(other, frame(known))["reason"].tolist() == [Reason.SWAPPED]


def of_sexes(years: range, women: float, men: float, areas: str = "a") -> list[tuple]:
    """Figures of both sexes that move by a hundredth from year to year."""
    return [
        (area, f"n=1|sex={sex}", year, level * (1 + 0.01 * (year % 2)))
        for area in areas
        for year in years
        for sex, level in (("women", women), ("men", men))
    ]


def test_two_columns_of_one_area_are_recognised_by_a_gap_that_was_steady() -> None:
    known = frame(of_sexes(range(2012, 2022), 22.0, 9.0), "percent")
    assert plausibility.swapped_columns(frame(of_sexes(range(2022, 2023), 23.0, 8.5), "percent"), known).empty
    # No single one of these leaves its series by a factor of 4.5.
    turned = frame(of_sexes(range(2022, 2023), 9.0, 22.0), "percent")
    assert plausibility.jumps(turned, known).empty
    assert plausibility.swapped_columns(turned, known)["reason"].tolist() == [Reason.SWAPPED]


def test_a_real_crossing_is_no_swap() -> None:
    """Men had more, now women have a little more: as when trades of women are laid off."""
    areas = "abcdefgh"
    known = frame(of_sexes(range(2012, 2020), 2.4, 3.0, areas), "percent")
    crossed = frame(of_sexes(range(2020, 2021), 10.3, 10.0, areas), "percent")
    assert plausibility.swapped_columns(crossed, known).empty
    assert len(plausibility.swapped_columns(frame(of_sexes(range(2020, 2021), 3.0, 2.4, areas), "percent"), known)) == 1


def test_gaps_of_chance_alone_are_no_swaps() -> None:
    """Poisson counts of mean 100 in 300 areas, of twenty groups that do not differ: 190 pairs."""
    rng = np.random.Generator(np.random.PCG64(20261126))
    rows = [(f"a{area}", f"n=1|group={group}", year, rng.poisson(100)) for area in range(300) for group in range(20)
            for year in range(2016, 2022)]  # fmt: skip
    counts = frame(rows)
    latest = counts["start"].dt.year == 2021
    assert plausibility.swapped_columns(counts[latest], counts[~latest]).empty


def test_cells_that_differ_in_two_dimensions_or_in_kind_are_not_compared() -> None:
    cells = ["kind=n|sex=1", "kind=n|sex=2", "kind=s|sex=1"]
    rows = [("a", cell, year, 100 * 3**at) for year in range(2012, 2021) for at, cell in enumerate(cells)]
    known = frame([row for row in rows if row[2] < 2020])
    new = frame([("a", cells[1], 2020, 900), ("a", cells[2], 2020, 300), ("a", cells[0], 2020, 100)])
    assert plausibility.swapped_columns(new, known).empty
    kinds = frame([("a", cells[0], 2020, 900), ("a", cells[2], 2020, 100)]).assign(kind=["count", "other"])
    assert plausibility.swapped_columns(kinds, known).empty


def test_a_few_figures_with_many_digits_are_another_years_where_all_are_equal() -> None:
    known = frame([("a", "c1", 2019, 15.5094), ("a", "c2", 2019, 7.80371), ("a", "c3", 2019, 23.1815)], "percent")
    # Three figures with six digits each are eighteen; with two digits each, six: too few to be certain.
    assert len(plausibility.copied_periods(known.assign(start=pd.Timestamp(2020, 1, 1)), known)) == 1
    short = known.assign(value=[15.0, 78.0, 23.0])
    assert plausibility.copied_periods(short.assign(start=pd.Timestamp(2020, 1, 1)), short).empty


def test_nothing_given_or_known_is_nothing_to_say() -> None:
    empty = frame([])
    for found in (plausibility.jumps(empty, empty), plausibility.jumps(empty, KNOWN),
                  plausibility.copied_periods(empty, KNOWN), plausibility.swapped_columns(KNOWN, empty)):  # fmt: skip
        assert found.empty
