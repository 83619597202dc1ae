"""The examples in the docstrings of statistical functions give what they say, and no such function lacks one."""

import doctest
import inspect
from types import ModuleType

import pytest

from indicators import (
    assessment,
    comparison,
    evaluation,
    evaluation_inference,
    evaluation_methods,
    evaluation_panel,
    evaluation_robustness,
    rates,
    trends,
)
from indicators.disclosure import cells, tables

EVALUATION = [evaluation, evaluation_inference, evaluation_methods, evaluation_panel, evaluation_robustness]
MODULES = [assessment, cells, comparison, *EVALUATION, rates, tables, trends]
# Functions that compute no statistic: checks of input, parts of the machinery, tables put together.
WITHOUT = {
    "broadcast", "refuse", "ordered", "with_alternative", "not_evaluated", "placebos", "published_cells", "structure",
    "applied", "among", "rms",
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_worked_examples_give_what_they_say(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_statistical_function_has_a_worked_example(module: ModuleType) -> None:
    own = [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and name not in WITHOUT
    ]
    assert [function.__name__ for function in own if ">>>" not in (function.__doc__ or "")] == []
