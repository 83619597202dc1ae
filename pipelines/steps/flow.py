"""The whole flow after the sources were asked: every step, in an order in which each comes after what it needs.

A new stage is a module with `steps(catalogue)` and a line here.
"""

from collections.abc import Iterable

from indicators.catalogue import Catalogue
from pipelines.steps import (
    assessing,
    backtesting,
    comparing,
    counting,
    evaluating,
    folding,
    measuring,
    placing,
    revising,
    standardising,
)
from pipelines.steps.step import Step


def steps(catalogue: Catalogue) -> list[Step]:
    """Return all steps."""
    return in_order(
        [
            *folding.steps(catalogue),
            *placing.steps(catalogue, residents=counting.CELLS),
            *counting.steps(catalogue),
            *revising.steps(catalogue),
            *measuring.steps(catalogue),
            *backtesting.steps(catalogue),
            *assessing.steps(catalogue),
            *comparing.steps(catalogue),
            *standardising.steps(catalogue),
            *evaluating.steps(catalogue),
        ]
    )


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return steps as they stand, except that each comes after all that it needs.

    Raises ValueError where two need each other.
    """
    waiting, ordered, made = list(steps), [], set()
    keys = {step.key for step in waiting}
    while waiting:
        ready = next((step for step in waiting if all(need in made or need not in keys for need in step.needs)), None)
        if ready is None:
            raise ValueError(f"these steps need each other: {', '.join(step.key for step in waiting)}")
        waiting.remove(ready)
        ordered.append(ready)
        made.add(ready.key)
    return ordered


def groups(steps: Iterable[Step]) -> dict[str, list[str]]:
    """Return the keys of each stage, in the order of the flow."""
    found: dict[str, list[str]] = {}
    for step in steps:
        found.setdefault(step.group, []).append(step.key)
    return found
