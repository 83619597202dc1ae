"""Why a figure is another than in the edition before."""

from typing import Any

from indicators import catalogue
from pipelines.edition.causes import DISCLOSURE, Causes

NOTHING_ELSE = Causes(catalogue.load(), {}, {}, frozenset(), {}, frozenset(), {})


def changed(old_denominator: float | None, new_denominator: float | None) -> dict[str, Any]:
    return {
        "indicator_id": "employment_rate",
        "area_id": "drammen-7",
        "event": "changed",
        "known_period": True,
        **{f"{side}_source_table": "delivery/drammen_district_counts" for side in ("new", "old")},
        **{f"{side}_snapshots": ["a"] for side in ("new", "old")},
        **{f"{side}_periods_counted": 1 for side in ("new", "old")},
        "new_denominator": new_denominator,
        "old_denominator": old_denominator,
    }


def test_a_denominator_that_is_hidden_with_its_figure_or_shown_again_is_disclosure_control() -> None:
    why = NOTHING_ELSE.of_measure(changed(150, None))
    assert (why.reasons, why.because) == ([DISCLOSURE], "denominator now hidden")
    why = NOTHING_ELSE.of_measure(changed(None, 150))
    assert (why.reasons, why.because) == ([DISCLOSURE], "denominator now shown")


def test_a_change_that_nothing_explains_has_no_reason() -> None:
    assert NOTHING_ELSE.of_measure(changed(150, 151)).reasons == []
