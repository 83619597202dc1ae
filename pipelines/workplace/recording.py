"""A night is written down: who was asked and answered, what changed, what failed. In the store, outside the editions.

Written for every refresh, whoever started it; for one whose process died, and for one that did not take place, when
that is seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pipelines.deliveries.expected import expected, received
from pipelines.edition import news
from pipelines.steps.asking import tonight
from pipelines.storage import warehouse
from pipelines.storage.nights import Moved, NightRecord, Nights, Outcome
from pipelines.storage.store import SINCE
from pipelines.workplace import summary
from pipelines.workplace.night import Night

AT = time(3, 10)
"""When the night is, by the clocks in Oslo: between the providers' closed hours (sources.yaml)."""
OSLO = ZoneInfo("Europe/Oslo")
_A_NIGHT = timedelta(hours=20)


@dataclass(frozen=True)
class Begun:
    """A night at its beginning: when, by whom, and the edition that readers saw."""

    trigger: str
    started_at: datetime
    before: Path | None

    @classmethod
    def now(cls, night: Night, trigger: str) -> "Begun":
        """Note the beginning; a night before that died is written down first."""
        record_death(night)
        return cls(trigger, datetime.now(UTC), warehouse.current(night.store.root))


def record(
    night: Night,
    begun: Begun,
    outcome: Outcome | None,
    *,
    run_id: str | None = None,
    failed: Mapping[str, str] | None = None,
    warnings: Mapping[str, str] | None = None,
    held: Mapping[str, str] | None = None,
    remark: str | None = None,
) -> NightRecord:
    """Write a night down at its end, and return what was written. Raises OSError where there is no room.

    outcome: None where the edition tells it: published where readers see another one than at the beginning.
    """
    after = warehouse.current(night.store.root)
    is_new = after is not None and after != begun.before
    ended = outcome or ("published" if is_new else "unchanged")
    counted, moved = _news(night, begun.before, after) if is_new and after is not None else ({}, ())
    moment = datetime.now(UTC)
    made = NightRecord(
        started_at=begun.started_at,
        finished_at=moment,
        trigger=begun.trigger,
        outcome=ended,
        source_set=night.settings.source_set,
        synthetic=night.settings.synthetic,
        run_id=run_id,
        edition=after.stem if after is not None else None,
        asked=tonight(night.asking),
        providers={name: told for name in night.catalogue.providers if (told := tonight(night.asking, name)).of},
        failed=dict(failed or {}),
        warnings=dict(warnings or {}),
        not_asked=night.asking.closed(),
        new=tuple(sorted(night.asking.came)),
        last_answered=_last_answered(night, moment),
        changes=counted,
        moved=moved,
        overdue=tuple(_overdue(night, moment)),
        held=tuple(f"{name}: {words}" for name, words in (held or {}).items()),
        remark=remark,
    )
    Nights(night.store.root).keep(made, summary.markdown(made))
    return made


def _overdue(night: Night, moment: datetime) -> Iterator[str]:
    known = received(night.catalogue, night.store.snapshots)
    for delivery in expected(night.catalogue, known, moment.date()):
        if delivery.overdue_since is not None:
            yield f"{delivery.contract}, since {delivery.overdue_since}"


def record_others(night: Night, expected: Iterable[datetime], begun: Begun) -> list[NightRecord]:
    """Write down the nights that did not take place, of those that were expected; return them."""
    nights = Nights(night.store.root)
    known = list(nights.latest())
    written = []
    for moment in expected:
        if any(timedelta(0) <= one.started_at - moment < _A_NIGHT for one in known):
            continue
        words = "the machine, or Dagster's daemon, was not running"
        missed = replace(
            _empty(night, moment, begun),
            outcome="missed",
            remark=f"the night of {moment:%Y-%m-%d} did not take place: {words}",
        )
        nights.keep(missed, summary.markdown(missed))
        written.append(missed)
    return written


def record_death(night: Night) -> NightRecord | None:
    """Write down a night before whose process died in the middle, by a kill or a power cut; None where none did."""
    holder = night.store.died()
    if holder is None or str(holder.get("what", "")).startswith("levekar doctor"):
        return None
    try:
        started = datetime.strptime(str(holder["since"]), SINCE).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
    begun = Begun(str(holder["what"]), started, None)
    words = "its process died in the middle; what it had finished stands, and is not done again"
    made = replace(_empty(night, started, begun), outcome="broke off", remark=words)
    Nights(night.store.root).keep(made, summary.markdown(made))
    return made


def nights_between(since: datetime, until: datetime) -> list[datetime]:
    """Return when nights were to begin after `since` and before `until`, in UTC; both changes of the clock included."""
    day = since.astimezone(OSLO).date()
    found = []
    while day <= until.astimezone(OSLO).date():
        moment = datetime.combine(day, AT, OSLO).astimezone(UTC)
        if since < moment < until:
            found.append(moment)
        day += timedelta(days=1)
    return found


def _empty(night: Night, moment: datetime, begun: Begun) -> NightRecord:
    settings = night.settings
    known = Nights(night.store.root).newest()
    return NightRecord(
        started_at=moment,
        finished_at=moment,
        trigger=begun.trigger,
        outcome="missed",
        source_set=settings.source_set,
        synthetic=settings.synthetic,
        last_answered=known.last_answered if known is not None else {},
    )


def _last_answered(night: Night, moment: datetime) -> dict[str, str]:
    """Return when each source answered last: those of tonight now, of others what was known."""
    known = Nights(night.store.root).newest()
    before = dict(known.last_answered) if known is not None else {}
    return before | {name: moment.isoformat() for name, answered in night.asking.heard.items() if answered}


def _news(night: Night, before: Path | None, after: Path) -> tuple[dict[str, int], tuple[Moved, ...]]:
    if before is None or not before.exists():
        return {}, ()
    areas = {night.settings.area, *(programme.area for programme in night.catalogue.programmes)}
    try:
        return news.changes(after, before), tuple(news.moved(after, before, sorted(areas)))
    except duckdb.Error:
        return {}, ()  # an edition of another version, or a damaged one: there is nothing to compare with
