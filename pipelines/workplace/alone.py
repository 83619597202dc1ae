"""How Dagster's own runs (page, schedule, sensor) have the store to themselves: as commands do, one at a time.

A command takes the lock before it looks at anything, and runs its job in its own process, without this executor. A run
of assets is written down when it ends, as a command's is.
"""

import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.workplace import dagster_home, notices, refreshing
from pipelines.workplace.night import Night
from pipelines.workplace.recording import Begun

WAIT = 3600.0
"""Seconds that a run waits for the one before: nobody sits there, and a file in the inbox is asked for only once."""


class _Alone(dg.Executor):
    """An executor that starts when the store is free."""

    def __init__(self, inner: dg.Executor, night: Night) -> None:
        self._inner, self._night = inner, night

    @property
    def retries(self) -> Any:
        return self._inner.retries

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        """Yield the events of the run, which holds the lock from its first step to its last. Raises StoreError."""
        say = logging.getLogger("dagster").info
        home, run = self._night.settings.dagster_home, plan_context.dagster_run
        alone = self._night.store.alone(f"Dagster run {run.run_id[:8]}", WAIT, say)
        with dagster_home.running(home, run.run_id), alone:
            yield from self._written_down(plan_context, execution_plan)

    def _written_down(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        run, night = plan_context.dagster_run, self._night
        trigger = run.tags.get("levekar/trigger", "the user interface")
        begun, failed = Begun.now(night, trigger), []
        for event in self._inner.execute(plan_context, execution_plan):
            if event.is_step_failure:
                failed.append(event)
            yield event
        if run.job_name == "night":
            return  # it writes down itself what came of it
        try:
            done = refreshing.came_to(night, begun, plan_context.instance, run.run_id, failed)
        except KeyboardInterrupt:
            return
        told = refreshing.written_down(night, begun, done).night
        if told is not None:
            for fault in notices.tell(told):
                plan_context.log.warning(f"not sent: {fault}")


def one_run_at_a_time(night: Night) -> dg.ExecutorDefinition:
    """Return the in-process executor, which waits for other runs on the store."""
    inner = dg.in_process_executor
    make = inner.executor_creation_fn
    if make is None:
        raise TypeError("Dagster's in-process executor cannot be made; expected the version that is pinned")
    return dg.ExecutorDefinition(
        name=inner.name,
        config_schema=inner.config_schema.config_type,
        executor_creation_fn=lambda context: _Alone(make(context), night),
    )
