"""The night: a job that asks first, and starts the refresh on what changed; and the schedule that starts it.

Where nothing changed no asset is run, so that an idle night costs Dagster's history one step. It ends red where nobody
answered. What came of it is written down and sent (`recording`, `notices`).
"""

from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg

# How Dagster keeps since when a schedule is on; there is no public door to it, and its version is pinned.
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import ScheduleInstigatorData

from pipelines.storage.nights import Nights
from pipelines.workplace import dagster_home, notices, recording, refreshing, summary
from pipelines.workplace.night import Night
from pipelines.workplace.recording import AT, Begun

SCHEDULE, TRIGGER = "nightly", "schedule"
CRON = f"{AT.minute} {AT.hour} * * *"
_SCHEDULED = "dagster/scheduled_execution_time"


def nightly_schedule(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Return the schedule of the night, off until someone turns it on."""
    return dg.ScheduleDefinition(
        name=SCHEDULE,
        job=job,
        cron_schedule=CRON,
        execution_timezone="Europe/Oslo",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        tags=dagster_home.STARTED_ONCE_MORE,
        description="Ask every source, outside the hours in which the providers renew their figures, and publish.",
    )


def night_job(night: Night, definitions: Callable[[], dg.Definitions]) -> dg.JobDefinition:
    """Return the job of the night. definitions: gives the graph that the job itself is a part of."""

    @dg.op(name="ask_first", description="Asks every source whether it changed, and refreshes what follows.")
    def ask_first(context: dg.OpExecutionContext) -> None:
        instance = context.instance
        dagster_home.end_dead_runs(instance, night.settings.dagster_home)
        begun = Begun.now(night, TRIGGER)
        missed = recording.record_others(night, _expected(context, night, begun.started_at), begun)
        done = refreshing.refresh(definitions(), night, trigger=TRIGGER, instance=instance)
        dagster_home.sweep(instance, night.settings.dagster_home)
        if done.night is None:
            raise TypeError("a refresh ended without being written down")
        texts = [summary.markdown(one) for one in (*missed, done.night)]
        for one in (*missed, done.night):
            for fault in notices.tell(one):
                context.log.warning(f"not sent: {fault}")
        context.add_output_metadata({"summary": dg.MetadataValue.md("\n".join(texts))})
        if done.exit_code == 1:
            raise dg.Failure(
                summary.title(done.night), {"summary": dg.MetadataValue.md(texts[-1])}, allow_retries=False
            )

    @dg.job(
        name="night",
        description="What the schedule starts: ask first, then refresh what changed. Idle nights run no asset.",
        tags={"levekar/sources": night.settings.source_set, "levekar/trigger": TRIGGER},
    )
    def job() -> None:
        ask_first()

    return job


def _expected(context: dg.OpExecutionContext, night: Night, now: datetime) -> list[datetime]:
    """Return when nights were to begin since the last that is known, as far as the schedule was on, before this one."""
    scheduled = context.run.tags.get(_SCHEDULED)
    until = datetime.fromisoformat(scheduled) if scheduled else now
    states = context.instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    data = [state.instigator_data for state in states if state.instigator_name == SCHEDULE]
    on = [one.start_timestamp for one in data if isinstance(one, ScheduleInstigatorData) and one.start_timestamp]
    last = next((one.started_at for one in Nights(night.store.root).latest() if one.trigger == TRIGGER), None)
    if not on or last is None:
        return []
    return recording.nights_between(max(last, datetime.fromtimestamp(max(on), UTC)), until)
