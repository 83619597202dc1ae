"""Evaluation: panels whose truth is built in, arithmetic shown, published estimates, and how often the tests err."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.formula.api import ols
from synthdid import load_california_prop99, panel_matrices, sc_estimate

from indicators import evaluation
from indicators.evaluation_inference import Interval, minimum_detectable, not_rejected, permutation_p_value, rejections
from indicators.evaluation_methods import (
    difference_in_differences,
    event_study,
    simplex_weights,
    synthetic_control,
    synthetic_difference,
)
from indicators.evaluation_panel import NotEnough, Panel, Treated, among, panel
from indicators.evaluation_robustness import bounds, detectable_drift, left_out, moved_back

FIRST, START = 2012, 2020
DONORS = [f"d{number:02d}" for number in range(1, 12)]


def made_panel(outcomes: np.ndarray, before: int) -> Panel:
    """A panel of periods x areas, the treated area first."""
    years = [FIRST + number for number in range(len(outcomes))]
    periods = pd.DataFrame(
        {
            "period": [str(year) for year in years],
            "period_start": [date(year, 1, 1) for year in years],
            "period_end": [date(year, 12, 31) for year in years],
        }
    )
    areas = ["treated", *(f"d{number:02d}" for number in range(1, outcomes.shape[1]))]
    return Panel(pd.DataFrame(outcomes, periods["period"].to_list(), areas), periods, before)


def noisy(seed: int, periods: int = 12, areas: int = 12, noise: float = 0.01) -> np.ndarray:
    """Levels of their own, a common trend, and noise."""
    drawn = np.random.default_rng(seed)
    level = drawn.uniform(0.2, 0.4, (1, areas))
    return level + np.linspace(0, 0.05, periods)[:, np.newaxis] + drawn.normal(0, noise, (periods, areas))


# --- the panel ----------------------------------------------------------------------------------------------


def figures(**values: dict[int, float | None]) -> pd.DataFrame:
    rows = [
        {
            "area_id": area,
            "period": str(year),
            "period_start": date(year, 1, 1),
            "period_end": date(year, 12, 31),
            "value": value,
            "status": None if value is not None else "suppressed",
        }
        for area, years in values.items()
        for year, value in years.items()
    ]
    return pd.DataFrame(rows)


def whole(value: float = 0.1, years: range = range(2015, 2023)) -> dict[int, float | None]:
    return {year: value + year / 1e5 for year in years}


def test_a_panel_is_the_treated_area_and_all_donors_in_all_periods():
    hidden = {**whole(), 2018: None}
    made = panel(
        figures(**{name: whole() for name in ("own", *DONORS[:10])}, last=hidden), "own", [*DONORS[:10], "last"], START
    )
    assert made.treated == "own"
    assert made.donors == DONORS[:10]
    assert made.left_out == ("last",)
    assert list(made.outcomes.index) == [str(year) for year in range(2015, 2023)]
    assert made.before == 5
    assert list(made.after) == [0] * 5 + [1] * 3


def test_incomplete_years_and_windows_of_several_years_are_left_out():
    known = figures(**{name: whole() for name in ("own", *DONORS)})
    window = known[known["period"] == "2021"].assign(period="2019-2021", period_start=date(2019, 1, 1), value=9.9)
    partial = known[known["period"] == "2022"].assign(
        period="2023", period_start=date(2023, 1, 1), period_end=date(2023, 12, 31), status="incomplete"
    )
    made = panel(pd.concat([known, window, partial]), "own", DONORS, START)
    assert list(made.outcomes.index) == [str(year) for year in range(2015, 2023)]
    assert made.outcomes.to_numpy().max() < 1


def test_a_school_year_over_the_start_belongs_to_neither_side():
    known = figures(**{name: whole() for name in ("own", *DONORS)})
    known["period_start"] = [date(day.year, 8, 1) for day in known["period_start"]]
    known["period_end"] = [date(day.year + 1, 7, 31) for day in known["period_end"]]
    made = panel(known, "own", DONORS, START)
    assert list(made.outcomes.index) == ["2015", "2016", "2017", "2018", "2020", "2021", "2022"]
    assert made.before == 4


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (figures(d01=whole()), "no complete figure for own"),
        (figures(own={2019: None}), "no complete figure for own"),
        (
            figures(**{name: whole() for name in ("own", *DONORS[:7])}),
            "in no period have the area and at least 8 of 11",
        ),
        (
            figures(
                own=whole(),
                **{name: whole() | ({2015 + number: None} if number < 4 else {}) for number, name in enumerate(DONORS)},
            ),
            "7 of 11 donors have a complete figure in every period",
        ),
        (
            figures(**{name: whole(years=range(2018, 2023)) for name in ("own", *DONORS)}),
            "2 periods before 2020 in which",
        ),
        (figures(**{name: whole(years=range(2010, 2020)) for name in ("own", *DONORS)}), "no period from 2020 on"),
    ],
)
def test_too_little_is_refused_with_what_was_found_and_what_is_needed(known: pd.DataFrame, said: str):
    with pytest.raises(NotEnough, match=said):
        panel(known, "own", DONORS, START)


def test_overlapping_windows_alone_are_refused():
    known = figures(**{name: whole() for name in ("own", *DONORS)})
    known["period_start"] = [date(day.year - 6, 1, 1) for day in known["period_start"]]
    with pytest.raises(NotEnough, match="windows of several years"):
        panel(known, "own", DONORS, START)


@pytest.mark.parametrize(
    ("programme", "is_donor"),
    [
        (Treated("state programme", None, 2014), True),
        (Treated("state programme", None, 2015), False),
        (Treated("state programme", 2010, 2019), False),
        (Treated("state programme", 2018, None), False),
        (Treated("state programme", 2040, None), True),
    ],
)
def test_a_donor_with_a_programme_in_the_years_compared_is_left_out_and_named(
    programme: Treated, *, is_donor: bool
) -> None:
    known = figures(**{name: whole() for name in ("own", *DONORS)})
    made = panel(known, "own", DONORS, START, programmes={"d03": [programme]})
    assert ("d03" in made.donors) == is_donor
    rows = [row for row in evaluation.evaluate(made).results if row.phase == "whole" and row.p_value is not None]
    said = [f"no donor, for it had a programme: d03 (state programme, {programme.start or ''}-{programme.end or ''})"]
    assert all((said[0] in (row.note or "")) != is_donor for row in rows)
    assert rows


# --- difference-in-differences and event study --------------------------------------------------------------


def test_the_difference_in_differences_is_that_of_four_means():
    outcomes = np.array([[0.30, 0.10, 0.20], [0.32, 0.12, 0.20], [0.40, 0.13, 0.21], [0.44, 0.13, 0.23]])
    effects = difference_in_differences(made_panel(outcomes, 2))
    # Treated: 0.42 - 0.31; donors: (0.13 + 0.22) / 2 - (0.11 + 0.20) / 2.
    assert effects["treated"] == pytest.approx(0.11 - 0.02)
    # The first donor as placebo: 0.13 - 0.11, less the others' (0.42 + 0.22) / 2 - (0.31 + 0.20) / 2.
    assert effects["d01"] == pytest.approx(0.02 - 0.065)


def test_the_difference_in_differences_is_the_regression_with_both_fixed_effects():
    """The textbook's formula, written out: y ~ area + period + treated x after."""
    made = made_panel(noisy(1), 8)
    long = made.outcomes.rename_axis("period").reset_index().melt("period", var_name="area", value_name="y")
    long["on"] = ((long["area"] == "treated") & (long["period"].astype(int) >= START)).astype(int)
    fitted = ols("y ~ C(area) + C(period) + on", long).fit()
    assert difference_in_differences(made)["treated"] == pytest.approx(fitted.params["on"], abs=1e-12)


def test_an_event_study_is_the_difference_to_the_donors_less_that_of_the_last_period_before():
    made = made_panel(noisy(2), 8)
    apart = made.outcomes["treated"] - made.outcomes[made.donors].mean(axis=1)
    study = event_study(made)["treated"]
    assert study.to_numpy() == pytest.approx((apart - apart.iloc[7]).to_numpy(), abs=1e-12)
    assert study.iloc[7] == 0


def test_an_effect_that_is_built_in_is_found_exactly_where_nothing_else_moves_an_area():
    outcomes = noisy(3, noise=0.0)
    outcomes[8:, 0] -= 0.04
    made = made_panel(outcomes, 8)
    assert difference_in_differences(made)["treated"] == pytest.approx(-0.04)
    assert event_study(made)["treated"].to_numpy() == pytest.approx([0.0] * 8 + [-0.04] * 4, abs=1e-12)
    [row] = [one for one in evaluation.evaluate(made).results if one.method == evaluation.DIFFERENCE]
    assert (row.period, row.phase, row.status, row.donors) == ("2020-2023", "whole", "modelled", 11)
    assert row.reference == pytest.approx(row.value + 0.04)


@pytest.mark.parametrize("level", [0.0, 0.3])
def test_areas_that_change_alike_differ_in_nothing(level: float):
    """Rounding in the last bits must not be ranked: it would make one of them the first by far."""
    made = made_panel(np.tile(level * np.linspace(1, 1.2, 12)[:, np.newaxis], (1, 12)), 8)
    for row in evaluation.evaluate(made).results:
        assert (row.estimate or 0, row.p_value or 1) == (0, 1)


def test_a_trend_of_its_own_before_the_start_is_told():
    outcomes = noisy(4, noise=0.001)
    outcomes[:, 0] += np.linspace(0, 0.1, 12)
    made = made_panel(outcomes, 8)
    [row] = [one for one in evaluation.evaluate(made).results if one.method == evaluation.DIFFERENCE]
    assert row.pre_trend_p_value == pytest.approx(1 / 12)
    assert row.note.startswith("the area moved apart from the donors before the start already")


# --- permutation --------------------------------------------------------------------------------------------


def test_the_p_value_counts_areas_at_least_as_far_from_zero():
    # Of 3, -1, 2, -4, 3.0: the treated area itself, -4 and 3.0.
    assert permutation_p_value([3, -1, 2, -4, 3.0]) == pytest.approx(3 / 5)
    assert permutation_p_value([5, 1, 2, 3]) == pytest.approx(1 / 4)
    assert permutation_p_value([0, 0, 0]) == 1


def interval(effects: np.ndarray) -> Interval:
    """Of effects that are each area's change less the mean of the others'."""
    areas = len(effects)
    loads = np.full(areas, -1 / (areas - 1))
    loads[0] = 1
    return not_rejected(effects[np.newaxis], loads, ranks=rejections(areas))


def contrasts(changes: np.ndarray) -> np.ndarray:
    """Each area's change less the mean of the others'."""
    areas = changes.shape[-1]
    return (changes - changes.mean(axis=-1, keepdims=True)) * areas / (areas - 1)


@pytest.mark.parametrize("areas", [10, 15, 40])
def test_the_permutation_test_errs_as_often_as_it_says(areas: int):
    """Where no area has an effect each rank is equally likely: P(p <= k / areas) = k / areas."""
    drawn = np.random.default_rng(areas).standard_t(3, (4000, areas))
    found = np.array([permutation_p_value(one) for one in contrasts(drawn)])
    for rank in (1, 2, areas // 2):
        level = rank / areas
        assert np.mean(found <= level + 1e-9) == pytest.approx(level, abs=3.5 * np.sqrt(level * (1 - level) / 4000))


@pytest.mark.parametrize("areas", [10, 15, 40])
def test_the_interval_holds_the_effect_as_often_as_it_says(areas: int):
    drawn = np.random.default_rng(areas + 1).normal(size=(1000, areas))
    drawn[:, 0] += 1.5
    bounds = [interval(one) for one in contrasts(drawn)]
    level = bounds[0].confidence
    assert level == pytest.approx(1 - max(1, areas // 20) / areas)
    held = np.mean([one.lower <= 1.5 <= one.upper for one in bounds])
    assert held == pytest.approx(level, abs=3.5 * np.sqrt(level * (1 - level) / 1000))


@given(st.lists(st.integers(-50, 50), min_size=10, max_size=25, unique=True))
def test_the_interval_holds_the_effects_that_the_test_does_not_reject(changes: list[int]):
    """By brute force: take the effect off the treated area, compute all contrasts anew, rank again."""
    numbers = np.array(changes, dtype=float)
    bounds = interval(contrasts(numbers))
    rejected_at = 1 - bounds.confidence + 1e-9
    for effect in np.linspace(bounds.lower - 5, bounds.upper + 5, 23):
        if min(abs(effect - bounds.lower), abs(effect - bounds.upper)) < 1e-6:
            continue
        without = numbers - np.eye(len(numbers))[0] * effect
        rejected = permutation_p_value(contrasts(without)) <= rejected_at
        assert rejected == (not bounds.lower < effect < bounds.upper)


@pytest.mark.parametrize(
    "method", [evaluation.DIFFERENCE, pytest.param(evaluation.SYNTHETIC_DIFFERENCE, marks=pytest.mark.slow)]
)
def test_the_minimum_detectable_effect_is_what_the_published_test_finds(method: str):
    """An effect of that size in the treated area of 120 panels without any; at random four in five are found."""
    ranks, found = rejections(12), []
    for seed in range(120):
        made = made_panel(noisy(seed), 8)
        donors = evaluation.applied(among(made, made.donors), method)
        size = minimum_detectable(donors.effects, donors.weights, ranks=ranks)
        made.outcomes.iloc[8:, 0] += size * (1 if seed % 2 else -1)
        found.append(evaluation.applied(made, method).p_value <= ranks / 12 + 1e-9)
    assert np.mean(found) >= 0.8 - 2 * np.sqrt(0.8 * 0.2 / 120)


def test_what_the_test_can_never_find_has_no_minimum_detectable_effect():
    """Each area follows the next, so that an effect on one is an effect of the same size on another."""
    effects = np.random.default_rng(3).normal(size=(1, 10))
    assert minimum_detectable(effects, np.roll(np.eye(10), 1, axis=1), ranks=1) is None


@pytest.mark.parametrize(
    ("found", "limits", "said"),
    [
        (Interval(((-1.0, 2.0),), 0.9), (-1.0, 2.0), None),
        (Interval(((-np.inf, np.inf),), 0.9), (None, None), "it says nothing here"),
        (Interval((), 0.9), (None, None), "rejects every constant effect"),
        (Interval(((-np.inf, 2.0),), 0.9), (None, 2.0), "however large, downwards"),
        (Interval(((1.0, np.inf),), 0.9), (1.0, None), "however large, upwards"),
        (Interval(((-1.0, 0.5), (2.0, 3.0)), 0.9), (-1.0, 3.0), "-1 to 0.5 and 2 to 3"),
    ],
)
def test_what_is_not_rejected_says_its_shape(found: Interval, limits: tuple[float, float], said: str | None):
    assert (found.lower, found.upper) == limits
    assert found.shape is None if said is None else said in found.shape


def test_every_shape_of_what_is_not_rejected_comes_out_of_the_test():
    # 3 - x against 1: from 2 to 4.
    assert not_rejected(np.array([[3.0, 1.0]]), np.array([1.0, 0.0]), ranks=1).pieces == (pytest.approx((2, 4)),)
    # x^2 against the mean of (1 + 2 x)^2 and (1 - 2 x)^2, which is 1 + 4 x^2: always less.
    everything = not_rejected(np.array([[0.0, 1.0], [0.0, -1.0]]), np.array([1.0, -2.0]), ranks=1)
    assert everything.pieces == ((-np.inf, np.inf),)
    # 3 and -3 in turn: no constant makes them as small as 1.
    assert not_rejected(np.array([[3.0, 1.0], [-3.0, 1.0]]), np.array([1.0, 0.0]), ranks=1).pieces == ()
    # |3 - x| <= |0.1 + 2 x| up to -3.1 and from 0.9667 on.
    two = not_rejected(np.array([[3.0, 0.1]]), np.array([1.0, -2.0]), ranks=1)
    assert [round(one, 4) for piece in two.pieces for one in piece] == [-np.inf, -3.1, 0.9667, np.inf]


# --- synthetic control --------------------------------------------------------------------------------------


def mixed(seed: int, effect: float = 0.0, offset: float = 0.0) -> Panel:
    """A treated area that is half of d01, 0.3 of d02 and 0.2 of d03; more periods than donors, so no other mix is."""
    outcomes = noisy(seed, periods=18, areas=12)
    outcomes[:, 0] = outcomes[:, 1:4] @ [0.5, 0.3, 0.2] + offset
    outcomes[14:, 0] += effect
    return made_panel(outcomes, 14)


@pytest.mark.parametrize(("demeaned", "offset"), [(False, 0.0), (True, 0.0), (True, 0.3)])
def test_a_mix_of_donors_is_recovered_and_has_no_gap(demeaned: bool, offset: float):
    found = synthetic_control(mixed(6, offset=offset), demeaned=demeaned)
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(12))
    assert found.weights[0] == pytest.approx(np.array([0, 0.5, 0.3, 0.2] + [0] * 8), abs=1e-9)
    assert found.gaps["treated"].to_numpy() == pytest.approx(np.zeros(18), abs=1e-12)
    assert found.p_value == 1


def test_an_effect_on_a_mix_of_donors_is_the_gap_and_no_placebo_has_one_like_it():
    made = mixed(7, effect=-0.05)
    found = synthetic_control(made)
    assert found.gaps["treated"].to_numpy() == pytest.approx([0.0] * 14 + [-0.05] * 4, abs=1e-12)
    assert found.p_value == pytest.approx(1 / 12)
    [row] = [one for one in evaluation.evaluate(made).results if one.method == evaluation.SYNTHETIC]
    assert row.confidence == pytest.approx(11 / 12)
    assert row.lower <= -0.05 <= row.upper < 0


def test_an_area_above_all_donors_is_followed_only_demeaned():
    made = mixed(8, offset=0.3)
    plain, demeaned = (synthetic_control(made, demeaned=one) for one in (False, True))
    assert plain.pre_rmspe["treated"] > 0.05
    assert demeaned.pre_rmspe["treated"] == pytest.approx(0, abs=1e-12)
    [row] = [one for one in evaluation.evaluate(made).results if one.method == evaluation.SYNTHETIC]
    assert "not to be relied on" in row.note


def test_what_the_p_value_ranks_is_published():
    made = made_panel(noisy(9), 8)
    found = evaluation.evaluate(made)
    for method in (evaluation.SYNTHETIC, evaluation.DEMEANED):
        ranked = found.placebos[found.placebos["method"] == method].set_index("area_id")
        [row] = [one for one in found.results if one.method == method]
        assert set(ranked.index) == set(made.outcomes.columns)
        assert row.p_value == pytest.approx(np.mean(ranked["rmspe_ratio"] >= ranked["rmspe_ratio"]["treated"]))
        assert ranked["rmspe_ratio"].to_numpy() == pytest.approx(
            (ranked["post_rmspe"] / ranked["pre_rmspe"]).to_numpy()
        )
        assert ranked["weight"].sum() == pytest.approx(1)


def test_a_change_of_unit_changes_no_verdict():
    made = made_panel(noisy(10), 8)
    percent = Panel(made.outcomes * 100, made.periods, made.before)
    for small, large in zip(evaluation.evaluate(made).results, evaluation.evaluate(percent).results, strict=True):
        assert large.p_value == small.p_value
        assert large.rmspe_ratio == pytest.approx(small.rmspe_ratio)
        for field in ("value", "reference", "estimate", "lower", "upper", "mde", "pre_rmspe"):
            number = getattr(small, field)
            assert getattr(large, field) == (None if number is None else pytest.approx(100 * number, abs=1e-8))


def test_the_same_panel_gives_the_same_results_to_the_last_bit():
    first, again = (evaluation.evaluate(made_panel(noisy(11), 8)) for _ in range(2))
    assert first.results == again.results
    pd.testing.assert_frame_equal(first.placebos, again.placebos, check_exact=True)


def test_few_periods_before_the_start_are_not_matched():
    found = evaluation.evaluate(made_panel(noisy(12), 4))
    refused = {row.method: row for row in found.results if row.status == "not evaluated"}
    matching = {evaluation.SYNTHETIC, evaluation.DEMEANED, evaluation.SYNTHETIC_DIFFERENCE}
    assert set(refused) == matching | {method + evaluation.MOVED_BACK for method in matching}
    assert all("4 periods before the start; at least 5" in refused[method].note for method in matching)
    assert all(row.estimate is None for row in refused.values())
    assert not found.synthetic


def test_every_figure_says_that_it_is_modelled_and_how_few_donors_limit_it():
    results = evaluation.evaluate(made_panel(noisy(13), 8)).results
    assert {row.status for row in results} == {"modelled"}
    wholes = [row for row in results if row.method in evaluation.METHODS]
    assert len(wholes) == 4
    assert all("with 11 donors no p-value is below 0.083" in row.note for row in wholes)
    enough = evaluation.evaluate(made_panel(noisy(14, areas=21), 8)).results
    assert not any("no p-value is below" in (row.note or "") for row in enough)


# --- California's tobacco control programme: published estimates --------------------------------------------


@pytest.fixture(scope="module")
def california() -> Panel:
    """Packs of cigarettes per person in 39 states, 1970-2000; California's programme began in 1989."""
    wide = load_california_prop99().pivot(index="Year", columns="State", values="PacksPerCapita")
    wide = wide[["California", *(state for state in wide if state != "California")]]
    periods = pd.DataFrame(
        {
            "period": wide.index.astype(str),
            "period_start": [date(int(year), 1, 1) for year in wide.index],
            "period_end": [date(int(year), 12, 31) for year in wide.index],
        }
    )
    return Panel(wide.set_axis(periods["period"]), periods, before=19)


def test_californias_difference_in_differences_is_that_published(california: Panel):
    """Arkhangelsky et al. 2021 (AER 111:4088), table 1: -27.3."""
    assert difference_in_differences(california)["California"] == pytest.approx(-27.3, abs=0.05)


def test_californias_synthetic_control_is_that_published_but_for_where_the_search_stops(california: Panel):
    """The same table: -19.6. There the search for weights stops near the best; ours is the best, and fits no worse."""
    other = panel_matrices(load_california_prop99())
    theirs = sc_estimate(other.Y, other.N0, other.T0)
    assert float(theirs) == pytest.approx(-19.6, abs=0.05)
    ours = synthetic_control(california)
    assert ours.gaps["California"].iloc[19:].mean() == pytest.approx(-19.6, abs=0.15)
    weights = np.asarray(theirs.weights.omega)
    assert np.abs(ours.weights[0, 1:] - weights).max() < 0.01
    their_gaps = other.Y[-1, : other.T0] - weights @ other.Y[: other.N0, : other.T0]
    assert 0 <= np.sqrt(np.mean(their_gaps**2)) - ours.pre_rmspe["California"] < 0.01


def test_californias_synthetic_difference_in_differences_is_that_published(california: Panel):
    """The same table: -15.6."""
    assert synthetic_difference(california).effects["California"] == pytest.approx(-15.6, abs=0.05)


# --- West Germany's reunification: published estimates -------------------------------------------------------


@pytest.fixture(scope="module")
def germany() -> Panel:
    """Gross domestic product per head of West Germany and 16 other countries, 1960-2003; reunited in 1990.

    From jgreathouse9/mlsynth, where the names of the others are out of order: so they are numbers here.
    """
    text = (Path(__file__).parent / "published" / "reunification.csv").read_text(encoding="utf-8")
    rows = dict(line.split(",") for line in text.splitlines())
    wide = pd.DataFrame({name: [float(value) for value in row.split()] for name, row in rows.items()})
    wide = wide[["West Germany", *(name for name in wide if name != "West Germany")]]
    years = range(1960, 2004)
    periods = pd.DataFrame(
        {
            "period": [str(year) for year in years],
            "period_start": [date(year, 1, 1) for year in years],
            "period_end": [date(year, 12, 31) for year in years],
        }
    )
    return Panel(wide.set_axis(periods["period"]), periods, before=30)


@pytest.mark.parametrize("method", ["synthetic control", "demeaned synthetic control"])
def test_west_germany_ranks_first_of_seventeen_as_published(germany: Panel, method: str):
    """Abadie, Diamond & Hainmueller 2015 (AJPS 59:495), figure 5: the largest ratio of all 17, so 1/17 by chance."""
    results = evaluation.evaluate(germany).results
    [whole] = [row for row in results if row.method == method and row.phase == "whole"]
    assert whole.p_value == pytest.approx(1 / 17)


def test_west_germanys_gap_of_2003_is_that_published(germany: Panel):
    """The same, p. 504: in 2003 the synthetic one is about 12 per cent above the real one."""
    gap = synthetic_control(germany).gaps["West Germany"]
    assert -gap.iloc[-1] / germany.outcomes["West Germany"].iloc[-1] == pytest.approx(0.12, abs=0.005)


# --- a second implementation ----------------------------------------------------------------------------------


def other_fit(made: Panel, treated: str):
    """diff-diff's synthetic control of one area on all others, with the same predictors."""
    from diff_diff import SyntheticControl

    known = made.outcomes.reset_index(drop=True).rename_axis("row").reset_index().melt("row", None, "area", "outcome")
    known["treated"] = ((known["area"] == treated) & (known["row"] >= made.before)).astype(int)
    after = list(range(made.before, len(made.outcomes)))
    estimator = SyntheticControl(v_method="custom", custom_v=np.ones(made.before), standardize="none", seed=0)
    return estimator.fit(known, "outcome", "treated", "area", "row", post_periods=after, treated_unit=treated)


@pytest.mark.slow  # The import alone takes seconds.
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_weights_gaps_and_p_value_are_those_of_diff_diff():
    """On a panel with more periods than donors, where only one mix of donors is the best."""
    made = made_panel(noisy(20, periods=20, areas=12), 16)
    ours, theirs = synthetic_control(made), other_fit(made, "treated")
    ranked = theirs.in_space_placebo().set_index("unit")["rmspe_ratio"].reindex(made.outcomes.columns)
    weights = pd.Series(theirs.donor_weights).reindex(made.donors).fillna(0).to_numpy()
    assert ours.weights[0, 1:] == pytest.approx(weights, abs=1e-6)
    assert ours.gaps["treated"].to_numpy() == pytest.approx(list(theirs.gap_path.values()), abs=1e-6)
    assert ours.ratio.to_numpy() == pytest.approx(ranked.astype(float).to_numpy(), rel=1e-4)
    assert ours.p_value == theirs.placebo_p_value


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_identified_set_is_that_of_diff_diff():
    """Rambachan & Roth's relative magnitudes, M = 1: no covariance enters the identified set."""
    from diff_diff import HonestDiD, MultiPeriodDiDResults, PeriodEffect

    made = made_panel(noisy(21), 8)
    study = event_study(made)["treated"]
    known = study.drop(study.index[7])
    none = (0.0, 0.0, 0.0, 0.0, (0.0, 0.0))
    given = MultiPeriodDiDResults(
        {year: PeriodEffect(year, effect, 1.0, 0.0, 1.0, (0.0, 0.0)) for year, effect in known.items()},
        *none, 144, 1, 11, list(study.index[:8]), list(study.index[8:]),
        reference_period=study.index[7], vcov=np.eye(11),
        interaction_indices={year: number for number, year in enumerate(known.index)},
    )  # fmt: skip
    theirs = HonestDiD(method="relative_magnitude", M=1.0).fit(given)
    ours = bounds(made, event_study(made))
    assert (ours.low, ours.high) == pytest.approx((theirs.lb, theirs.ub), abs=1e-9)


# --- what an answer leans on ------------------------------------------------------------------------------------


def test_the_mix_is_the_best_that_a_general_solver_finds():
    from scipy.optimize import minimize

    drawn = np.random.default_rng(22)
    donors, target = drawn.normal(size=(9, 6)), drawn.normal(size=9)
    for ridge in (0.0, 0.7):

        def loss(weights: np.ndarray, ridge: float = ridge) -> float:
            return float(np.sum((donors @ weights - target) ** 2) + ridge**2 * np.sum(weights**2))

        other = minimize(
            loss, np.full(6, 1 / 6), bounds=[(0, 1)] * 6, constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-12, "maxiter": 1000},
        )  # fmt: skip
        ours = simplex_weights(donors, target, ridge)
        assert ours == pytest.approx(other.x, abs=1e-4)
        assert loss(ours) <= loss(other.x) + 1e-9


def test_a_result_that_one_donor_makes_is_told():
    made = mixed(23, effect=-0.05)
    rows = {row.method: row for row in evaluation.evaluate(made).results}
    found, row = left_out(made), rows[evaluation.SYNTHETIC + evaluation.LEFT_OUT]
    assert set(found.index) == {"d01", "d02", "d03"}
    assert (row.lower, row.upper) == (found.min(), found.max())
    assert "of 3 donors with a weight: no interval of a test" in row.note


def test_a_start_moved_back_sees_only_what_was_before():
    made = mixed(24, effect=-0.5)
    earlier = moved_back(made, 5)
    assert (earlier.before, len(earlier.outcomes)) == (10, 14)
    rows = [row for row in evaluation.evaluate(made).results if row.method.endswith(evaluation.MOVED_BACK)]
    assert [row.phase for row in rows] == ["before"] * 4
    [synthetic] = [row for row in rows if row.method == evaluation.SYNTHETIC + evaluation.MOVED_BACK]
    assert synthetic.estimate == pytest.approx(0, abs=1e-12)


def test_bounds_hold_what_a_drift_as_large_as_before_could_have_made():
    """A drift of 0.01 a period that goes on after the start: no effect, and 0 is within the bounds."""
    outcomes = noisy(25, noise=0.0005)
    outcomes[:, 0] += 0.01 * np.arange(12)
    made = made_panel(outcomes, 8)
    found = bounds(made, event_study(made))
    assert found.estimate == pytest.approx(0.025, abs=0.002)
    assert found.low <= 0 <= found.high
    assert 0 < found.breakdown <= 1


@pytest.mark.slow
def test_a_drift_of_the_detectable_size_is_detected():
    """Four in five of 60 panels at least, but for chance; a third of it in fewer."""
    found: dict[float, list[bool]] = {1.0: [], 0.3: []}
    for seed in range(60):
        made = made_panel(noisy(seed), 8)
        drift = detectable_drift(made)
        for share, kept in found.items():
            changed = made.outcomes.copy()
            changed["treated"] += share * drift * np.arange(12)
            other = Panel(changed, made.periods, 8)
            kept.append(evaluation.pre_trend_p_value(other, event_study(other)) <= 1 / 12 + 1e-9)
    assert np.mean(found[1.0]) >= 0.8 - 2 * np.sqrt(0.8 * 0.2 / 60)
    assert np.mean(found[0.3]) < 0.5


def test_donors_that_may_have_felt_it_are_left_out_beside():
    made = made_panel(noisy(26, areas=13), 8)
    rows = {row.method: row for row in evaluation.evaluate(made, neighbours=["d01", "d02"]).results}
    clean = difference_in_differences(among(made, ["treated", *made.donors[2:]]))
    row = rows[evaluation.DIFFERENCE + evaluation.WITHOUT_NEIGHBOURS]
    assert (row.estimate, row.donors) == (pytest.approx(clean["treated"]), 10)
    assert row.note.startswith("without d01, d02")
    few = evaluation.evaluate(made, neighbours=made.donors[:5]).results
    assert "7 donors that cannot have felt" in next(
        one.note for one in few if one.method == evaluation.DIFFERENCE + evaluation.WITHOUT_NEIGHBOURS
    )


def test_the_nearest_before_the_start_are_chosen_and_nothing_after_it_is_looked_at():
    values = {"own": whole(0.1)} | {name: whole(0.1 + 0.01 * number) for number, name in enumerate(DONORS)}
    # d01, the nearest before the start, is far away after it.
    values["d01"] |= {2020: 0.9, 2021: 0.9, 2022: 0.9}
    made = panel(figures(**values), "own", DONORS, START, nearest=9)
    assert made.donors == DONORS[:9]
    assert made.notes == ("the 9 nearest before the start of 11 areas with figures",)
    assert len(panel(figures(**values), "own", DONORS, START, nearest=20).donors) == 11
