"""What would come of the figures if something were in the store: tried on a copy, before anything is kept.

A file may fit its contract and still not fit with what stands: a window beside the years that it is pooled from,
quarters beside years. Found out at publication, it would keep every later file from being published too. So the stages
that depend on a source are run on a copy of the store that has the file. Left out are evaluations, whose failures are
their own, what is only told of past forecasts, and the edition.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.decoding.vintages import Vintages
from pipelines.steps.remembering import Memory
from pipelines.steps.runner import Runner
from pipelines.steps.step import SNAPSHOT, Step
from pipelines.storage.store import Store
from pipelines.storage.warehouse import row_failures

Change = Callable[[Store, Vintages], None]
"""What is done to the copy: a file taken, or one withdrawn."""

_NOT_TRIED = ("backtest", "evaluation", "revisions")
_PUBLISHED_AS = {"measures": "measure", "series": "series"}


class CannotBePublished(Exception):
    """The stage that fails, with what it raised."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


def _unchanged(_store: Store, _vintages: Vintages) -> None:
    """Leave the copy as it is."""


@dataclass(frozen=True)
class Trial:
    """Tries on copies of a store, made below `folder`, what the steps would come to."""

    catalogue: Catalogue
    store: Store
    folder: Path
    steps: Sequence[Step]

    def fault_of(self, sources: Collection[str], change: Change) -> CannotBePublished | None:
        """Return why the figures after sources, such as `delivery/nav`, could not be published after a change.

        None where they can be, and where they cannot be without the change either: then it is not the change's fault.
        Raises OSError where there is no room for a copy.
        """
        fault = self.fault(sources, change)
        return fault if fault is not None and self.fault(sources) is None else None

    def fault(self, sources: Collection[str], change: Change = _unchanged) -> CannotBePublished | None:
        """Return what fails of the figures after sources on a copy, with a change or without."""
        after = _downstream(self.steps, sources)
        with self.store.copied(self.folder) as copy:
            vintages = Vintages(self.catalogue, copy)
            change(copy, vintages)
            runner = Runner(self.catalogue, copy.lake, vintages, Memory(copy, tuple(self.catalogue.pillars)))
            for step in self._needed(after):
                try:
                    _try(runner, step)
                except CannotBePublished as fault:
                    # What fails before the sources is not for this trial to judge.
                    if step.key in after:
                        return fault
        return None

    def _needed(self, keys: set[str]) -> list[Step]:
        """Return the steps with all that they need, in the order of the flow."""
        needed = set(keys)
        for step in reversed(self.steps):
            if step.key in needed:
                needed.update(step.needs)
        return [step for step in self.steps if step.key in needed]


def _downstream(steps: Sequence[Step], sources: Collection[str]) -> set[str]:
    """Return the keys of the steps that depend on any of the sources, but for those that are not tried."""
    asked = {f"{SNAPSHOT}{source}" for source in sources}
    reached = set(asked)
    for step in steps:
        if step.group not in _NOT_TRIED and not reached.isdisjoint(step.needs):
            reached.add(step.key)
    return reached - asked


def _try(runner: Runner, step: Step) -> None:
    """Raises CannotBePublished, OSError."""
    try:
        made = runner.run(step)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        raise CannotBePublished(step.key, f"{type(error).__name__}: {error}") from error
    if made.failure is not None:
        raise CannotBePublished(step.key, made.failure)
    for check in step.checks:
        if check.blocking and not made.findings[check.name].passed:
            raise CannotBePublished(step.key, f"{check.name}: {check.about}")
    table = _PUBLISHED_AS.get(step.group)
    if table is not None and (faults := row_failures(runner.lake.read(step.key), SCHEMA[table])):
        raise CannotBePublished(step.key, faults[0])
