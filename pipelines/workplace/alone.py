"""How Dagster's own runs (page, schedule, sensor) have the store to themselves: as commands do, one at a time.

A command takes the lock before it looks at anything, and runs its job in its own process, without this executor.
"""

import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.storage.store import Store

WAIT = 3600.0
"""Seconds that a run waits for the one before: nobody sits there, and a file in the inbox is asked for only once."""


class _Alone(dg.Executor):
    """An executor that starts when the store is free."""

    def __init__(self, inner: dg.Executor, store: Store) -> None:
        self._inner, self._store = inner, store

    @property
    def retries(self) -> Any:
        return self._inner.retries

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        """Yield the events of the run, which holds the lock from its first step to its last. Raises StoreError."""
        say = logging.getLogger("dagster").info
        with self._store.alone(f"Dagster run {plan_context.run_id[:8]}", WAIT, say):
            yield from self._inner.execute(plan_context, execution_plan)


def one_run_at_a_time(store: Store) -> dg.ExecutorDefinition:
    """Return the in-process executor, which waits for other runs on the store."""
    inner = dg.in_process_executor
    make = inner.executor_creation_fn
    if make is None:
        raise TypeError("Dagster's in-process executor cannot be made; expected the version that is pinned")
    return dg.ExecutorDefinition(
        name=inner.name,
        config_schema=inner.config_schema.config_type,
        executor_creation_fn=lambda context: _Alone(make(context), store),
    )
