"""The projection against a Kalman filter, against arithmetic, and in what it must never say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW
from statsmodels.tsa.statespace.structural import UnobservedComponents

from benchmarks import calibration
from indicators import projection
from indicators.projection import Pooled

YEARS = np.arange(2015.0, 2025)
NONE = (0.0, 0.0)  # no drift that all areas share


def walk(seed: int, points: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.02, 0.1, points).cumsum()


@pytest.mark.parametrize("noise", [0.0, 0.004, 0.05])
@pytest.mark.parametrize("gap", [False, True])
def test_the_level_ahead_is_that_of_a_kalman_filter_with_an_unknown_drift(noise: float, gap: bool) -> None:
    """statsmodels' local level with drift, whose start and drift are diffuse; ours with a drift of immense variance."""
    y = walk(7)
    if gap:
        y[4] = np.nan
    model = UnobservedComponents(y, "lldtrend")
    irregular, innovation = noise, 0.01
    theirs = model.smooth([irregular, innovation]).get_forecast(5)
    ours = ahead(y, noise, Pooled(*np.array([[innovation], [1e6], [1e9], [1.0], [0.0]])), 2029.0)
    # Their interval is of the next figure, which scatters about the level.
    variance = theirs.var_pred_mean[-1] - irregular
    assert ours.level[0] == pytest.approx(theirs.predicted_mean[-1], rel=1e-4)
    assert ours.error[0] == pytest.approx(np.sqrt(variance), rel=1e-3)


def ahead(y: np.ndarray, noise: float, known: Pooled, until: float) -> projection.Forecast:
    """A forecast with the pooled innovation alone: the series' own is left out by a weight beyond all others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projection, "POOLED_WEIGHT", 1e12)
        return projection.forecast(YEARS[None], y[None], np.full((1, 10), noise), known, np.array([until]))


def test_without_drift_the_last_figure_stands_and_the_variance_grows_with_time() -> None:
    y = walk(1)
    found = ahead(y, 0.0, Pooled(*np.array([[0.01], [0.0], [50.0], [1.0], [0.0]])), 2030.0)
    assert found.level[0] == pytest.approx(y[-1])
    assert found.error[0] == pytest.approx(np.sqrt(0.01 * 6))


def test_a_drift_is_believed_as_far_as_its_variance_goes() -> None:
    """From 0 to 0.9 in nine years: the drift of 0.1 has variance 0.01/9; against a prior of the same, half counts."""
    y = np.linspace(0, 0.9, 10)
    found = ahead(y, 0.0, Pooled(*np.array([[0.01], [0.01 / 9], [50.0], [1.0], [0.0]])), 2028.0)
    assert found.level[0] == pytest.approx(0.9 + 4 * 0.05)
    assert found.error[0] == pytest.approx(np.sqrt(4 * 0.01 + 16 * 0.5 * 0.01 / 9))


def test_moments_take_out_what_sampling_adds() -> None:
    """20,000 walks with innovation 0.01 and sampling variance 0.02: pooled, 0.01 comes out again, and no drift."""
    rng = np.random.default_rng(3)
    y = rng.normal(0, 0.1, (20_000, 8)).cumsum(axis=1) + rng.normal(0, np.sqrt(0.02), (20_000, 8))
    found = projection.pooled(projection.moments(np.tile(YEARS[:8], (20_000, 1)), y, np.full(y.shape, 0.02)), NONE)
    assert found.renewed == pytest.approx(1, abs=0.05)
    assert found.innovation == pytest.approx(0.01, rel=0.05)
    assert found.drift == pytest.approx(0, abs=1e-4)


def test_errors_of_the_same_persons_are_not_taken_for_new_ones() -> None:
    """Walks whose binomial error is drawn once and stays: nothing of the known variance comes anew."""
    rng = np.random.default_rng(5)
    y = rng.normal(0, 0.1, (20_000, 8)).cumsum(axis=1) + rng.normal(0, np.sqrt(0.02), (20_000, 1))
    found = projection.pooled(projection.moments(np.tile(YEARS[:8], (20_000, 1)), y, np.full(y.shape, 0.02)), NONE)
    assert found.renewed == pytest.approx(0, abs=0.05)
    assert found.innovation == pytest.approx(0.01, rel=0.05)


def test_drifts_that_differ_are_found() -> None:
    rng = np.random.default_rng(4)
    drift = rng.normal(0, 0.05, (5_000, 1))
    y = (drift + rng.normal(0, 0.1, (5_000, 8))).cumsum(axis=1)
    found = projection.pooled(projection.moments(np.tile(YEARS[:8], (5_000, 1)), y, np.zeros(y.shape)), NONE)
    assert found.drift == pytest.approx(0.05**2, rel=0.15)


def test_a_drift_that_all_areas_share_is_believed_as_far_as_its_years_show_it() -> None:
    """Ten areas fall by 0.05 a year with shocks of 0.005 that they share; statsmodels' t interval of the mean."""
    shocks = np.random.default_rng(6).normal(-0.05, 0.005, 9)
    y = np.tile(np.concatenate([[0.0], shocks.cumsum()]), (10, 1)) + np.arange(10)[:, None]
    drift, variance = projection.shared_drift(np.tile(YEARS, (10, 1)), y)
    low, high = DescrStatsW(shocks).tconfint_mean(0.05)
    kept = 1 - ((high - low) / 2 / shocks.mean()) ** 2
    assert drift == pytest.approx(kept * shocks.mean())
    assert variance == pytest.approx(kept * DescrStatsW(shocks).std_mean ** 2)


@pytest.mark.parametrize("changes", [[0.1, 0.1], [0.3, -0.2, 0.1, 0.1]])
def test_two_years_or_years_that_disagree_show_no_shared_drift(changes: list[float]) -> None:
    y = np.concatenate([[0.0], np.cumsum(changes)])[None]
    assert projection.shared_drift(YEARS[None, : y.shape[1]], y) == NONE


def test_days_that_are_asked_together_have_each_the_answer_that_they_have_alone() -> None:
    """Three days, by the last of which ten areas have ten figures, by the first seven, and the last area none yet."""
    y = np.random.default_rng(14).normal(-0.05, 0.03, (10, 10)).cumsum(axis=1)
    days = np.stack([np.where(np.arange(10) < known, y, np.nan) for known in (7, 8, 10)])
    days[0, -1] = np.nan
    x, noise = np.broadcast_to(YEARS, days.shape), np.full(days.shape, 0.0004)
    found = [projection.moments(x[day], days[day], noise[day]) for day in range(3)]
    together = projection.pooled(
        projection.Moments(*(np.stack(columns) for columns in zip(*found, strict=True))),
        projection.shared_drift(x, days),
    )
    for day in range(3):
        there = np.arange(10) < (9 if day == 0 else 10)
        alone = projection.Moments(*(column[there] for column in found[day]))
        shared = projection.shared_drift(x[day][there], days[day][there])
        assert shared[0] < 0
        for column, figure in zip(together, projection.pooled(alone, shared), strict=True):
            assert column[day] == pytest.approx(float(figure), rel=1e-12)


def test_a_shared_drift_goes_on() -> None:
    """From 0.9 by 0.1 a year for four years, where no area's own drift is believed."""
    found = ahead(np.linspace(0, 0.9, 10), 0.0, Pooled(*np.array([[0.01], [0.0], [50.0], [1.0], [0.1]])), 2028.0)
    assert found.level[0] == pytest.approx(0.9 + 4 * 0.1)
    assert found.error[0] == pytest.approx(np.sqrt(4 * 0.01))


def test_a_spread_widens_the_interval_and_leaves_the_median() -> None:
    plain = projection.Forecast(*np.array([[1.0], [0.2], [7.0], [1.0]]))
    wide = replace(plain, spread=np.array([1.3]))
    assert wide.at(0.5) == pytest.approx(1.0)
    # The normal score of a limit is divided by the spread: 1.96 becomes 1.96 / 1.3.
    limit = plain.at(0.975)
    assert limit == pytest.approx(1 + 0.2 * stats.t(7).ppf(0.975))
    assert wide.below(limit) == pytest.approx(stats.norm.cdf(1.959964 / 1.3))
    assert wide.at(stats.norm.cdf(1.959964 / 1.3)) == pytest.approx(limit)
    assert wide.below(np.array([np.inf, -np.inf])).tolist() == [1, 0]


def test_three_points_on_a_line_are_no_certainty() -> None:
    y = np.array([[0.0, 0.1, 0.2]])
    x, zeros = YEARS[None, :3], np.zeros((1, 3))
    known = Pooled(*(np.atleast_1d(part) for part in projection.pooled(projection.moments(x, y, zeros), NONE)))
    found = projection.forecast(x, y, zeros, known, np.array([2025.0]))
    assert 0.001 < found.below(np.array([0.2]))[0] < 0.5
    assert found.below(np.array([3.0]))[0] < 0.999


def test_missing_figures_and_the_order_of_series_change_nothing() -> None:
    y = np.stack([walk(seed) for seed in range(4)])
    y[1, 3], y[2, :5] = np.nan, np.nan
    x, zeros = np.tile(YEARS, (4, 1)), np.zeros((4, 10))
    known = Pooled(*(np.full(4, figure) for figure in (0.01, 0.001, 30.0, 1.0, 0.0)))
    whole = projection.forecast(x, y, zeros, known, np.full(4, 2030.0))
    for number in range(4):
        kept = ~np.isnan(y[number])
        alone = projection.forecast(
            x[[number]][:, kept],
            y[[number]][:, kept],
            zeros[[number]][:, kept],
            Pooled(*(part[:1] for part in known)),
            np.array([2030.0]),
        )
        assert alone.level[0] == pytest.approx(whole.level[number])
        assert alone.error[0] == pytest.approx(whole.error[number])


def test_a_series_without_figures_has_no_forecast() -> None:
    empty = np.full((1, 3), np.nan)
    found = projection.forecast(empty, empty, empty, Pooled(*np.ones((5, 1))), np.array([2030.0]))
    assert np.isnan([found.level[0], found.error[0], found.freedom[0]]).all()


@pytest.mark.parametrize("scale", ["log", "logit"])
def test_scales_lead_back(scale: projection.Scale) -> None:
    values = np.array([0.01, 0.5, 0.99])
    assert projection.from_scale(projection.to_scale(values, scale), scale) == pytest.approx(values)


def test_a_time_before_the_last_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="a time after the last figure"):
        ahead(walk(1), 0.0, Pooled(*np.ones((5, 1))), 2020.0)


@pytest.mark.parametrize("kind", [name for name, kind in calibration.KINDS.items() if not kind.drift])
def test_probabilities_of_simulated_areas_mean_what_they_say(kind: str) -> None:
    found = calibration.simulated(calibration.KINDS[kind], 150, np.random.default_rng(70))
    assert calibration.worst(found) <= calibration.WORST
    assert calibration.COVERED[0] <= found.covered.mean() <= calibration.COVERED[1]
