"""The word for each standing, the first rule that holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.words import CHANGED, FALSE_SUCCESS, KINDS, Flat, changed, false_success, told
from indicators.dictionary import WORD_COLUMNS, WORDS
from indicators.words import Standing, held, word

USUAL = Standing(value=0.15, baseline=0.2, target=0.1, sign=-1, points=4, probability=0.8)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "on track"),
        ({"value": np.nan}, "no data"),
        ({"value": np.nan, "hidden": True}, "no data (hidden)"),
        ({"target": np.nan}, None),
        ({"sign": np.nan}, None),
        ({"hidden": True, "target": np.nan}, "no data (hidden)"),
        ({"weak": True, "value": 0.05}, "uncertain"),
        ({"value": 0.1}, "touched"),
        ({"value": 0.1, "points": 1, "probability": np.nan}, "touched"),
        ({"value": 0.09, "now": 0.95}, "at the target"),
        ({"value": 0.09, "now": 0.6}, "touched"),
        ({"value": 0.09, "now": 0.6, "before": True}, "at the target"),
        ({"value": 0.09, "ended": True, "late": True}, "reached late"),
        ({"value": 0.09, "ended": True, "before": True}, "at the target"),
        ({"ended": True}, "not reached"),
        ({"ended": True, "adverse": True}, "not reached"),
        ({"baseline": 0.05, "value": 0.06, "probability": 0.7}, "kept"),
        ({"baseline": 0.05, "value": 0.06, "probability": 0.65}, "at risk"),
        ({"baseline": 0.05, "value": 0.06, "adverse": True}, "at risk"),
        ({"baseline": 0.05, "value": 0.06, "points": 1, "probability": np.nan}, "kept"),
        ({"baseline": 0.05, "value": 0.15, "adverse": True}, "worsening"),
        ({"baseline": 0.1, "value": 0.101, "probability": 0.4}, "kept"),
        ({"value": 0.2, "sign": 1}, "touched"),
        ({"points": 2}, "too early"),
        ({"points": 2, "adverse": True}, "too early"),
        ({"adverse": True}, "worsening"),
        ({"adverse": True, "improving": True}, "worse, improving"),
        ({"improving": True}, "on track"),
        ({"probability": np.nan}, "uncertain"),
        ({"probability": 0.66}, "on track"),
        ({"probability": 0.6599}, "possible"),
        ({"probability": 0.33}, "possible"),
        ({"probability": 0.3299}, "off track"),
        ({"probability": 0}, "off track"),
    ],
)
def test_a_standing_has_its_word(changed: dict[str, float], expected: str | None) -> None:
    if changed.get("sign") == 1:
        changed = changed | {"baseline": 0.05}
    assert word(USUAL._replace(**changed)) == expected


def test_many_at_once() -> None:
    values = np.array([0.15, 0.05, np.nan, 0.15])
    found = word(USUAL._replace(value=values, target=np.array([0.1, 0.1, 0.1, np.nan])))
    assert found.tolist() == ["on track", "touched", "no data", None]


shares = st.one_of(st.just(np.nan), st.floats(0, 1))


@given(shares, shares, shares, st.sampled_from([1, -1, np.nan]), st.integers(0, 9), shares, st.lists(st.booleans()))
def test_every_case_has_a_word(value, baseline, target, sign, points, probability, marks) -> None:
    names = ["before", "adverse", "improving", "ended", "late", "weak", "hidden"]
    standing = Standing(value, baseline, target, sign, points, probability, **dict(zip(names, marks, strict=False)))
    found = word(standing)
    assert (found is None) == bool((np.isnan(target) or np.isnan(sign)) and not standing.hidden)
    assert found is None or found in WORDS


def test_columns_are_plain_names() -> None:
    assert WORD_COLUMNS[7] == "worse_improving"
    assert WORD_COLUMNS[-1] == "no_data_hidden"
    assert all(column.replace("_", "").isalpha() for column in WORD_COLUMNS)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sign": 2}, r"sign 2; expected 1 \(higher is better\) or -1"),
        ({"points": -5}, r"points -5; expected a number of points of 0 or more"),
        ({"probability": np.array([0.5, 70])}, r"probability 70 at \[1\]; expected a probability from 0 to 1"),
    ],
)
def test_impossible_input_is_named(changed: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        word(USUAL._replace(**changed))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_where_nothing_changes_hardly_any_year_is_called_a_success_and_words_stay(kind: Flat) -> None:
    """100 areas and ten years each, with the same draws in every run."""
    words = told(kind, 5, np.random.default_rng(2030))
    assert false_success(words) <= FALSE_SUCCESS
    assert changed(words) <= CHANGED
    assert changed(words, "newest_word") > CHANGED


@pytest.mark.parametrize(
    ("words", "told_of_the_last"),
    [
        (["too early", "touched"], "too early"),
        (["possible", "touched", "off track", "touched"], "too early"),
        (["off track", "off track", "possible"], "off track"),
        (["off track", "off track", "possible", "possible"], "possible"),
        (["off track", "off track", "at risk"], "at risk"),
        (["worsening", "possible", "off track"], "worsening"),
        (["worsening", "possible", "possible"], "possible"),
        (["kept"], "kept"),
        (["off track", "off track", "kept"], "off track"),
        (["off track", "off track", "possible", "uncertain", "possible"], "possible"),
        (["off track", "off track", None], None),
    ],
)
def test_a_word_changes_when_two_figures_say_the_same(words: list[str | None], told_of_the_last: str | None) -> None:
    assert held(words, [False] * len(words))[-1] == told_of_the_last


def test_in_the_targets_year_one_figure_is_enough() -> None:
    assert held(["off track", "off track", "at the target"], [False, False, True])[-1] == "at the target"
