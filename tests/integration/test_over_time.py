"""Editions side by side: what one showed is known to who reads the next, and what one hid stays hidden (synthetic).

Everything is as in a night, but that no Dagster runs it: files are taken, steps run, editions put out.
"""

import itertools
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from indicators import catalogue
from pipelines.edition import difference
from pipelines.settings import Settings
from pipelines.steps.remembering import MEASURES, SHOWN
from pipelines.storage import warehouse
from pipelines.storage.history import History
from pipelines.workplace.night import Night, compose
from tests import attacker
from tests.stages import checked

CONTRACT = "drammen_district_counts"
HEADER = "Kommunedel,År,Indikator,Teller,Nevner"
INDICATOR, NAMED = "child_welfare_measures", "Barn med barnevernstiltak"
BASE = 400
AREAS = catalogue.load().areas
DISTRICTS = {
    area.id: area.name
    for area in AREAS.values()
    if area.kind == "district" and area.parent == "drammen" and not area.rest_of
}
REST = next(area.id for area in AREAS.values() if area.rest_of and area.rest_of.without == ["drammen-7"])
Key = tuple[str, str]
Counts = dict[tuple[str, str], int]
"""A count by area and year; of the town the sum of its districts'."""


def counts(years: range) -> Counts:
    """Every year another district has two, and others have few."""
    found: Counts = {}
    for year in years:
        for number, area in enumerate(DISTRICTS):
            found[area, str(year)] = 2 if number == year % len(DISTRICTS) else 4 + (7 * number + 3 * year) % 23
        found["drammen", str(year)] = sum(found[area, str(year)] for area in DISTRICTS)
    return found


def deliver(settings: Settings, given: Counts, name: str) -> Night:
    """Take a file, run all steps and put an edition out."""
    path = settings.inbox / f"{name}.csv"
    bases = dict.fromkeys(DISTRICTS, BASE) | {"drammen": BASE * len(DISTRICTS)}
    rows = [
        f"{DISTRICTS.get(area, 'Drammen')},{year},{NAMED},{count},{bases[area]}"
        for (area, year), count in given.items()
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    night = compose(settings, given=(checked(catalogue.load(), path, confirm="synthetic figures jump"),))
    assert night.asking.take(f"delivery/{CONTRACT}").state == "new"
    return publish(night)


def publish(night: Night) -> Night:
    for step in night.steps:
        night.runner.run(step)
    night.publisher.publish([], f"synthetic {len(warehouse.editions(night.store.root))}", datetime.now(UTC))
    return night


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return Settings("files", data_dir=tmp_path / "store", inbox=tmp_path / "inbox")


def shown(edition: Path) -> dict[Key, float]:
    """Every count that an edition shows, of years and of pooled windows."""
    with duckdb.connect(str(edition), read_only=True) as connection:
        rows = connection.execute(
            "SELECT area_id, period, numerator FROM measure WHERE numerator IS NOT NULL AND indicator_id = ?",
            [INDICATOR],
        ).fetchall()
    return {(area, period): float(count) for area, period, count in rows}


def true(given: Counts) -> dict[Key, float]:
    """Every count behind a figure: those of the file, what is left of the town, and windows of three years."""
    found: dict[Key, float] = {key: float(count) for key, count in given.items()}
    years = sorted({year for _area, year in given})
    for year in years:
        found[REST, year] = found["drammen", year] - found["drammen-7", year]
    for area, first in itertools.product({area for area, _year in found}, years):
        window = [str(int(first) + number) for number in range(3)]
        if set(window) <= set(years):
            found[area, f"{window[0]}-{window[-1]}"] = sum(found[area, year] for year in window)
    return found


def sums(counts: dict[Key, float]) -> list[attacker.Sum]:
    """What anybody knows to add up: districts to the town, the rest beside a district, years to a window."""
    periods = sorted({period for _area, period in counts})
    parts = [("drammen", list(DISTRICTS)), ("drammen", [REST, "drammen-7"])]
    areas = [((whole, period), [(part, period) for part in of]) for period in periods for whole, of in parts]
    windows = [
        ((area, period), [(area, str(year)) for year in range(int(period[:4]), int(period[5:]) + 1)])
        for area, period in counts
        if "-" in period
    ]
    return [*areas, *windows]


def narrow(given: Counts, editions: Iterable[Path]) -> dict[Key, tuple[float, float]]:
    """The counts that the newest edition hides and that all of them together leave fewer than three values for."""
    counts, told = true(given), [shown(edition) for edition in editions]
    known = {key: count for edition in told for key, count in edition.items() if counts.get(key) == count}
    bounds = {key: (0.0, float(BASE * 100)) for key in counts if key not in known}
    hidden = set(counts) - set(told[-1])
    found = {key: (counts[key], counts[key]) for key in hidden & set(known)}
    found |= attacker.attainable(known, bounds, sums(counts), hidden & set(bounds))
    return {key: ends for key, ends in found.items() if ends[1] - ends[0] < 2 - 1e-6}


def remembered_reasons(settings: Settings) -> list[set[str]]:
    """Why figures changed in each edition, the oldest first, as the newest one tells."""
    with warehouse.connect(settings.root) as connection:
        rows = connection.execute(
            "SELECT list_distinct(flatten(list(reasons))) FROM measure_history GROUP BY edition ORDER BY edition"
        ).fetchall()
        assert connection.execute("SELECT passed FROM check_result").fetchall() == [(True,)]
    return [set(reasons) for (reasons,) in rows]


def told_by_memory(settings: Settings) -> set[tuple[Key, float]]:
    """Every count that the newest edition tells of all that there were."""
    with warehouse.connect(settings.root) as connection:
        rows = connection.execute(
            "SELECT area_id, period, numerator FROM measure_history WHERE numerator IS NOT NULL AND indicator_id = ?",
            [INDICATOR],
        ).fetchall()
    return {((area, period), float(count)) for area, period, count in rows}


def editions(settings: Settings) -> list[Path]:
    return list(reversed(warehouse.editions(settings.root)))


@pytest.mark.slow
def test_yearly_editions_together_tell_no_hidden_count(settings: Settings) -> None:
    for last in (2022, 2023, 2024):
        given = counts(range(2018, last + 1))
        deliver(settings, given, f"synthetic to {last}")
    assert len(editions(settings)) == 3
    assert len(set(true(given)) - set(shown(editions(settings)[-1]))) > 10
    assert narrow(given, editions(settings)) == {}


@pytest.mark.slow
def test_a_correction_by_one_person_and_a_file_taken_back_tell_no_hidden_count(settings: Settings) -> None:
    given = counts(range(2019, 2025))
    deliver(settings, given, "synthetic first")
    corrected = dict(given)
    for area in ("drammen", "drammen-7"):
        corrected[area, "2024"] += 1
    night = deliver(settings, corrected, "synthetic corrected")
    sha256 = night.store.snapshots.latest("delivery", CONTRACT).data[-1].sha256
    assert narrow(corrected, editions(settings)) == {}
    night = compose(settings, given=())
    night.asking.withdraw(CONTRACT, sha256)
    publish(night)
    assert narrow(given, editions(settings)) == {}
    deliver(settings, corrected, "synthetic corrected")
    assert narrow(corrected, editions(settings)) == {}
    assert len(editions(settings)) == 4
    assert remembered_reasons(settings) == [{"first edition"}, {"delivery"}, {"withdrawal"}, {"delivery"}]
    # Whoever has the newest edition alone gets no count of it that was not in an edition of its time.
    seen = {(key, count) for edition in editions(settings) for key, count in shown(edition).items()}
    assert 0 < len(told_by_memory(settings)) <= len(seen)
    assert told_by_memory(settings) <= seen
    found = difference.between(settings.root, *(path.stem for path in editions(settings)[:2]), area="drammen-7")
    changed = {
        change.key["period"]: change for change in found.of("measure") if change.key["indicator_id"] == INDICATOR
    }
    assert set(changed) == {"2024", "2022-2024"}
    assert all(change.reasons == ("delivery",) for change in found.changes)
    assert all(change.because[0].startswith(f"delivery/{CONTRACT} ") for change in found.changes)
    assert changed["2024"].what in ("changed", "hidden", "shown") or changed["2024"].figures == {}


@pytest.mark.slow
def test_a_night_without_change_rebuilds_nothing_and_the_memory_outlives_the_editions(settings: Settings) -> None:
    given = counts(range(2020, 2025))
    night = deliver(settings, given, "synthetic")
    again = compose(settings, given=())
    assert again.runner.stands(again.steps)
    assert again.publisher.is_current()
    # Made anew without a reason, the same figures are hidden as before: a companion does not wander.
    measures = [step.key for step in night.steps if step.key.startswith(MEASURES)]
    before = {key: night.store.lake.kept(key).version for key in measures}
    full = compose(settings, given=(), full=True)
    publish(full)
    assert {key: full.store.lake.kept(key).version for key in before} == before
    # The editions are cleaned away; what they told is known still.
    memory = night.store.lake.read(SHOWN)
    for path in editions(settings):
        path.unlink()
    assert compose(settings).store.lake.read(SHOWN).equals(memory)
    assert History(settings.root, night.store.lake).rows().num_rows > memory.num_rows / 2 > 0


@pytest.mark.slow
def test_a_publication_that_was_killed_before_it_was_recorded_is_remembered_by_the_next_night(
    settings: Settings, tmp_path: Path
) -> None:
    night = deliver(settings, counts(range(2020, 2024)), "synthetic")
    memory = night.store.lake.read(SHOWN)
    for folder in ("history", "memory"):
        shutil.rmtree(night.store.lake.root / folder)
    deliver(settings, counts(range(2020, 2025)), "synthetic later")
    told = night.store.lake.read(SHOWN).to_pylist()
    assert all(row in told for row in memory.to_pylist())


@pytest.mark.slow
def test_the_history_says_of_hidden_figures_what_they_were_to_the_store_alone(settings: Settings) -> None:
    given = counts(range(2020, 2025))
    deliver(settings, given, "synthetic")
    rows = compose(settings).store.lake.read(SHOWN).to_pylist()
    told = {(row["area_id"], row["period"]): row for row in rows if row["indicator_id"] == INDICATOR}
    public = shown(editions(settings)[-1])
    for key, count in given.items():
        assert told[key]["numerator"] == count
        assert told[key]["state"] == ("shown" if key in public else "hidden")
