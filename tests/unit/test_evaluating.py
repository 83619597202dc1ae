"""The step that puts the questions of evaluations.yaml: what nobody has thought of is one question's failure."""

import pytest

from indicators import evaluation_panel
from indicators.dictionary import SCHEMA
from pipelines.steps import evaluating
from tests.unit import real_catalogue


def test_an_exception_in_one_question_is_that_ones_failure_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def panel(*_: object) -> None:
        asked.append("question")
        if len(asked) == 1:
            raise ZeroDivisionError("unforeseen")
        raise evaluation_panel.NotEnough("no figures: synthetic")

    monkeypatch.setattr(evaluating.evaluation_panel, "panel", panel)
    found = evaluating.fitted(real_catalogue(), SCHEMA["measure"].arrow.empty_table())
    notes = [row["results"][0]["note"] for row in found.to_pylist()]
    assert notes[0] == "the computation failed: ZeroDivisionError: unforeseen"
    assert len(notes) == len(asked) > 1
    assert set(notes[1:]) == {"no figures: synthetic"}
