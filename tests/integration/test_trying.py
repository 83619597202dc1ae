"""One accepted file does not block all publication: what cannot be published with the rest is refused when taken.

All figures are synthetic.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.steps.remembering import Memory
from pipelines.steps.runner import Runner
from pipelines.storage.snapshots import DELIVERED
from pipelines.workplace.night import Night, compose
from tests.stages import checked

COUNTS, VALUES = "drammen_district_counts", "drammen_district_values"
YEARS = [
    f"{area},{year},{indicator},{100 + year % 7 + place},{900 + place}"
    for place, area in enumerate(("Kommunedel 7 Strømsø/Tangen", "Kommunedel 5 Konnerud"))
    for year in range(2018, 2024)
    for indicator in ("Uføretrygdede 18-44 år", "Barn i lavinntekt")
]
WINDOW = ["Kommunedel 7 Strømsø/Tangen,2021-2023,Uføretrygdede 18-44 år,310,2710"]
POINTS = [f"Kommunedel 7 Strømsø/Tangen,{year},Grunnskolepoeng (poeng),{38 + year % 5}.5" for year in range(2017, 2024)]
QUARTERS = [
    f"Kommunedel 7 Strømsø/Tangen,2023K{quarter},Grunnskolepoeng (poeng),39.{quarter}" for quarter in range(1, 5)
]


def newer(rows: list[str]) -> list[str]:
    """The next year's rows, with figures of their own: a year over again is held."""
    found = []
    for row in rows:
        cells = row.replace(",2023,", ",2024,").split(",")
        at = -2 if len(cells) == 5 else -1
        cells[at] = f"{float(cells[at]) + 1:g}"
        found += [",".join(cells)] if ",2023," in row else []
    return found


def written(folder: Path, name: str, contract: str, rows: list[str]) -> Path:
    header = {COUNTS: "Kommunedel,År,Indikator,Teller,Nevner", VALUES: "Kommunedel,Periode,Indikator,Verdi"}[contract]
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def night(folder: Path, *paths: Path) -> Night:
    """A night of the source set `files`, which asks no provider, with these files handed over."""
    settings = Settings("files", data_dir=folder / "store", inbox=folder / "inbox")
    plain = compose(settings, given=())
    return compose(settings, given=tuple(checked(plain.catalogue, path) for path in paths))


def taken(folder: Path, contract: str, *paths: Path) -> tuple[str, str]:
    outcome = night(folder, *paths).asking.take(f"{DELIVERED}/{contract}")
    return outcome.state, outcome.message


def standing(folder: Path, contract: str) -> list[str]:
    fetch = night(folder).store.snapshots.latest(DELIVERED, contract)
    return [file.path for file in fetch.data] if fetch is not None else []


@pytest.mark.slow  # three trials each
@pytest.mark.parametrize(
    ("contract", "good", "bad", "said"),
    [
        (COUNTS, YEARS, WINDOW, "computed/health"),  # was: zip() argument 2 is longer
        (VALUES, POINTS, QUARTERS, "forecasts/education"),  # was: found period 2023 at [2, 2]
    ],
)
def test_what_cannot_be_published_with_the_rest_is_refused_when_it_is_taken(
    tmp_path: Path, contract: str, good: list[str], bad: list[str], said: str
) -> None:
    first = written(tmp_path, "synthetic years.csv", contract, good)
    assert taken(tmp_path, contract, first)[0] == "new"
    second = written(tmp_path, "synthetic beside.csv", contract, bad)
    state, message = taken(tmp_path, contract, second)
    assert state == "failed"
    assert "a file was not taken" in message
    [reasons] = (tmp_path / "quarantine").glob("*synthetic beside.csv/reasons.md")
    for words in ("synthetic beside.csv", said, "can be published together", "--withdraw"):
        assert words in reasons.read_text(encoding="utf-8")
    assert standing(tmp_path, contract) == ["synthetic years.csv"]
    # Later deliveries are taken, and all that depends on them is computed.
    third = written(tmp_path, "synthetic later.csv", contract, newer(good))
    state, message = taken(tmp_path, contract, third)
    assert state == "new", message
    after = night(tmp_path)
    for step in after.steps:
        if step.group in ("facts", "areas", "population", "computed", "measures", "forecasts", "skill", "series"):
            assert after.runner.run(step).failure is None
    assert not list((tmp_path / "store").glob(".copy-*"))


@pytest.mark.slow  # three trials
def test_of_several_files_only_the_one_at_fault_is_refused(tmp_path: Path) -> None:
    good = written(tmp_path, "synthetic years.csv", COUNTS, YEARS)
    bad = written(tmp_path, "synthetic window.csv", COUNTS, WINDOW)
    state, message = taken(tmp_path, COUNTS, good, bad)
    assert state == "failed"
    assert "a file was not taken" in message
    [refused] = (tmp_path / "quarantine").iterdir()
    assert refused.name.endswith("synthetic window.csv")
    assert standing(tmp_path, COUNTS) == ["synthetic years.csv"]


@pytest.mark.slow
def test_what_a_store_holds_already_blocks_no_later_file_and_keeps_what_stood(tmp_path: Path) -> None:
    paths = [written(tmp_path, "years.csv", COUNTS, YEARS), written(tmp_path, "window.csv", COUNTS, WINDOW)]
    old = night(tmp_path, *paths)
    health = next(step for step in old.steps if step.key == "computed/health")
    [years, window] = [old.asking._decoded(file) for file in old.asking.inbox.waiting(COUNTS)]
    # As an earlier version took them, without a trial.
    years.put(old.store.snapshots, old.asking.vintages)
    before = {}
    for step in old.steps:
        if step.group in ("facts", "areas", "population") or step is health:
            before[step.key] = old.runner.run(step)
    window.put(old.store.snapshots, old.asking.vintages)
    later = night(tmp_path, written(tmp_path, "later.csv", COUNTS, newer(YEARS)))
    for step in later.steps:
        if step.group == "facts":
            later.runner.run(step)
    made = later.runner.run(health)
    assert made.failure is not None
    assert "given twice" in made.failure
    assert made.kept.version == before["computed/health"].kept.version
    # The doctor finds the file by leaving each out.
    name, sha256 = f"{DELIVERED}/{COUNTS}", {c.file.name: str(c.file.sha256) for c in (years, window)}
    assert "given twice" in str(later.asking.fault_mended_without(name, sha256["window.csv"]))
    # A later file is not at fault, and is taken.
    assert later.asking.take(name).state == "new"
    # By another catalogue or other code, the table before must not stand: its rules may have changed.
    changed = replace(health, reads=(*health.reads, "programmes"))
    memory = Memory(later.store, tuple(later.catalogue.pillars))
    with pytest.raises(ValueError, match="given twice"):
        Runner(later.catalogue, later.store.lake, later.asking.vintages, memory).run(changed)
