"""Deliveries with figures that stand out are held, told, confirmed; files beside them are none the worse. Synthetic."""

import getpass
from pathlib import Path

import dagster as dg
import pytest

from pipelines.deliveries.faults import DeliveryError
from pipelines.deliveries.held import HeldError, confirmation_of
from pipelines.settings import Settings
from pipelines.terminal import doctor
from pipelines.workplace import definitions
from pipelines.workplace.night import compose
from tests.integration.test_inbox import NAME, drop, file, row, standing, take, tick

REASON = "the municipality: moved into one building"
BEFORE = file(*(row(year, share) for year, share in zip(range(2018, 2024), (8, 9, 8, 9, 8, 9), strict=True)))
BEFORE = BEFORE.replace(",8\n", ",0.08\n").replace(",9\n", ",0.09\n")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    settings = Settings("files", data_dir=tmp_path / "store", inbox=tmp_path / "inbox")
    drop(settings, "synthetic before.csv", BEFORE)
    assert take(settings).state == "new"
    return settings


@pytest.mark.slow  # three trials
def test_a_held_file_waits_and_a_good_and_a_bad_one_of_the_same_night_do_not(settings: Settings) -> None:
    held = drop(settings, "synthetic held.csv", file(row(2024, 0.87)))
    drop(settings, "synthetic good.csv", file(row(2024, 0.07, "4001", "Porsgrunn")))
    bad = drop(settings, "synthetic bad.csv", file(row(2024, 8)))
    outcome = take(settings)
    assert outcome.state == "failed"  # the bad one
    assert "a figure outside what its kind allows" in outcome.message
    assert outcome.held is not None
    assert "a figure that stands out from what is known (1, the first in row 2)" in outcome.held
    # What readers get to know is no figure, nor the file's name.
    assert not any(word in outcome.held for word in ("0.87", "0.08", "0.09", "synthetic"))
    assert "Porsgrunn" not in outcome.held
    assert (held.exists(), bad.exists()) == (True, False)
    assert standing(settings).keys() == {str(year) for year in range(2018, 2025)}  # the good one's 2024
    assert len(compose(settings).store.snapshots.latest(*NAME.split("/")).data) == 2
    # The next night tells it again, and nothing else.
    again = take(settings)
    assert (again.state, again.held) == ("unchanged", outcome.held)
    [told] = [finding for finding in doctor.examine(settings) if finding.subject == "synthetic held.csv"]
    assert told.good is None
    # The analyst is told the figure, what was expected, and how far off it is.
    assert "Skien 2024" in told.message
    assert "found 0.87" in told.message
    assert "expected about 0.0" in told.message
    assert "times the noise off" in told.message
    [folder] = settings.held.iterdir()
    assert "is held" in (folder / "reasons.md").read_text(encoding="utf-8")
    assert "Stemmer dette?" in (folder / "reasons.md").read_text(encoding="utf-8")


@pytest.mark.slow  # two trials
def test_it_is_confirmed_from_the_dagster_page_asked_for_again_and_marked(settings: Settings) -> None:
    drop(settings, "synthetic held.csv", file(row(2024, 0.87)))
    take(settings)
    night = compose(settings)
    waiting = night.asking.inbox.held
    [held] = waiting.all()
    for named in ("", "ffffffffffff", held.public[:5]):
        with pytest.raises(HeldError, match=held.public[:12]):
            waiting.confirm(named, confirmation_of(REASON))
    with dg.instance_for_test() as instance:
        settled = tick(settings, instance, tick(settings, instance, None).cursor)
        assert not tick(settings, instance, settled.cursor).run_requests
        config = {"delivery": held.public[:8], "by": "the analyst", "reason": REASON}
        ran = (
            definitions.build(night)
            .resolve_job_def("confirm_delivery")
            .execute_in_process(instance=instance, run_config={"ops": {"confirm": {"config": config}}})
        )
        assert ran.success
        [request] = tick(settings, instance, tick(settings, instance, settled.cursor).cursor).run_requests
    assert dg.AssetKey(["snapshot", *NAME.split("/")]) in request.asset_selection
    outcome = take(settings)
    assert (outcome.state, outcome.held) == ("new", None)
    assert standing(settings)["2024"] == 0.87
    note = compose(settings).store.snapshots.fetches("delivery", "fhi_crowding")[-1].notes["confirmed"]
    assert (note["by"], note["reason"]) == ("the analyst", REASON)
    assert note["stood out"] == "a figure that stands out from what is known (1, the first in row 2)"
    assert not list(waiting.all())


def test_whoever_confirms_is_named_by_the_environment_or_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEKAR_USER", "the  analyst")
    assert confirmation_of(REASON).by == "the analyst"
    monkeypatch.delenv("LEVEKAR_USER")
    assert confirmation_of(REASON).by == getpass.getuser()
    for nothing in ("", "yes"):
        with pytest.raises(DeliveryError, match="expected who says so and why"):
            confirmation_of(nothing)
