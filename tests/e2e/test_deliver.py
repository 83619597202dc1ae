"""`levekar deliver` as an analyst types it, on a copy of the (synthetic) demo."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from indicators import catalogue
from pipelines.decoding.delivered import facts_of
from pipelines.deliveries import checking
from pipelines.settings import DEMO, Settings
from pipelines.storage.snapshots import SnapshotStore
from pipelines.terminal import delivery_report
from pipelines.workplace.night import compose
from tests.e2e.conftest import Levekar, Published
from tests.stages import checked

COUNTS = "drammen_district_counts"

PROVIDED = "drammen_district_values"


def demo_file(contract: str) -> str:
    kept = SnapshotStore(DEMO / "snapshots")
    stored = kept.latest("delivery", contract).data[0]
    return kept.get(stored.sha256).decode()


def newer(folder: Path) -> tuple[Path, str, float]:
    """A (synthetic) delivery of one row: a district's newest points, one higher. Returns file, period and value."""
    header, *rows = demo_file(PROVIDED).splitlines()
    own = [row for row in rows if row.startswith("Kommunedel 7") and "Grunnskolepoeng" in row]
    newest = max(own, key=lambda row: row.split(",")[1])
    period, value = newest.split(",")[1], float(newest.rpartition(",")[2])
    path = folder / "synthetic from a colleague.csv"
    path.write_text(f"{header}\n{newest.rpartition(',')[0]},{value + 1:.1f}\n", encoding="utf-8")
    return path, period, value


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def points(levekar: Levekar, store: Path) -> float:
    rows = json.loads(levekar("scorecard", "--json", "--data-dir", store).out)
    return next(row["value"] for row in rows if row["indicator_id"] == "lower_secondary_points")


@pytest.mark.slow
def test_a_dry_run_shows_what_would_change_and_keeps_nothing(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> None:
    path, period, value = newer(tmp_path)
    before = files(demo_copy)
    said = levekar("deliver", path, "--dry-run", "--data-dir", demo_copy)
    assert said.code == 0, said.err
    for words in (
        PROVIDED,
        "1 of 1 period(s)",
        "against the edition",
        "0 new, 0 same, 1 changed",
        "A dry run: nothing of this is kept",
        "SYNTHETIC FIGURES",
    ):
        assert words in said.out
    assert f"{period}  {value:.1f} points → {value + 1:.1f} points" in said.out
    assert files(demo_copy) == before
    assert points(levekar, demo_copy) == pytest.approx(value)


@pytest.mark.slow
def test_a_delivery_changes_the_figure_and_withdrawn_the_figure_goes_back(
    demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    path, period, value = newer(tmp_path)
    given = levekar("deliver", path, "--data-dir", demo_copy)
    assert given.code == 0, given.err
    assert f"{value:.1f} points → {value + 1:.1f} points" in given.out
    assert points(levekar, demo_copy) == pytest.approx(value + 1)
    # The colleague's file is where it was.
    assert path.exists()
    again = levekar("deliver", path, "--data-dir", demo_copy)
    assert "These very bytes stand already" in again.out
    undo = given.out.rpartition("--withdraw ")[2].split()[0]
    back = levekar("deliver", "--withdraw", undo, "--data-dir", demo_copy)
    assert back.code == 0, back.err
    assert f"{value + 1:.1f} points → {value:.1f} points" in back.out
    assert points(levekar, demo_copy) == pytest.approx(value)
    dropped_again = levekar("deliver", path, "--dry-run", "--data-dir", demo_copy)
    assert f"This very file was withdrawn on {datetime.now(UTC):%Y-%m-%d}" in dropped_again.out
    assert "it is taken again" in dropped_again.out
    revised = json.loads(
        levekar(
            "sql", "--json", f"SELECT * FROM revision WHERE table_id = 'delivery/{PROVIDED}'", "--data-dir", demo_copy
        ).out
    )
    assert len(revised) == 2
    assert {row["period"] for row in revised} == {period}


def test_a_refused_file_ends_with_2_and_says_why(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> None:
    path = tmp_path / "synthetic.csv"
    path.write_text(demo_file("fhi_crowding").replace("innvandrere", "invandrere", 1), encoding="utf-8")
    before = files(demo_copy)
    dry = levekar("deliver", path, "--dry-run", "--data-dir", demo_copy)
    assert dry.code == 2
    assert "did you mean 'innvandrere'?" in dry.err
    assert files(demo_copy) == before
    said = levekar("deliver", path, "--data-dir", demo_copy)
    assert said.code == 2
    assert "did you mean 'innvandrere'?" in said.err
    assert path.exists()
    [folder] = (demo_copy.parent / "quarantine").iterdir()
    assert sorted(one.name for one in folder.iterdir()) == ["reasons.md", "refusal.json", "synthetic.csv"]
    doctor = levekar("doctor", "--data-dir", demo_copy)
    assert "note  synthetic.csv: refused 20" in doctor.out


def test_what_makes_no_sense_is_told(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> None:
    path, _period, _value = newer(tmp_path)
    options = ("--data-dir", demo_copy)
    assert "expected one of FILE, --withdraw NAME and --template CONTRACT" in levekar("deliver", *options).err
    unknown = levekar("deliver", path, "--contract", "drammen_district_value", *options)
    assert (unknown.code, "did you mean 'drammen_district_values'?" in unknown.err) == (64, True)
    nothing = levekar("deliver", "--withdraw", "abcdef", *options)
    assert nothing.code == 1
    assert "expected at least 6 letters" in nothing.err
    assert PROVIDED in nothing.err  # what stands is listed
    missing = levekar("deliver", tmp_path / "none.csv", *options)
    assert (missing.code, "no such file" in missing.err.replace("\n", "")) == (64, True)


def test_a_draft_is_written_for_an_unknown_file_and_nothing_is_kept(
    demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    path = tmp_path / "synthetic unknown.csv"
    path.write_text("Kommune;Måned;Antall\nDrammen;2024M01;12\nDrammen;2024M02;15\n", encoding="utf-8")
    before = files(demo_copy)
    said = levekar("deliver", "--draft", path, "--data-dir", demo_copy)
    assert said.code == 0
    assert "area: {name: Kommune}  # GUESS" in said.out
    assert "period: {column: Måned}  # GUESS" in said.out
    assert files(demo_copy) == before


# --- hidden stays hidden ----------------------------------------------------------------------------------------------


def hidden_row(root: Path) -> tuple[str, str, str]:
    """Indicator, period and row of the (synthetic) demo's counts of a district that the edition hides."""
    with duckdb.connect(str(root / "levekar.duckdb"), read_only=True) as connection:
        hidden = connection.execute(
            "SELECT indicator_id, area_id, period FROM measure JOIN area USING (area_id)"
            " WHERE status = 'suppressed' AND source_table = ? AND area.kind = 'district' ORDER BY ALL",
            [f"delivery/{COUNTS}"],
        ).fetchall()
    labels = {code: label for label, code in catalogue.load().contracts[COUNTS].dimensions["Indikator"].codes.items()}
    rows = demo_file(COUNTS).splitlines()[1:]
    separator = ";" if ";" in rows[0] else ","
    areas = catalogue.load().areas
    for indicator, area, period in hidden:
        for name in (areas[area].name, *areas[area].published_names):
            for row in rows:
                counts = row.split(separator)[-2:]
                if row.startswith(separator.join((name, period, labels[indicator], ""))) and all(
                    map(str.isdigit, counts)
                ):
                    return indicator, period, row
    raise LookupError("the demo hides nothing")


def compared(root: Path, folder: Path, row: str) -> dict[str, int]:
    path = folder / "synthetic.csv"
    path.write_text(f"{demo_file(COUNTS).splitlines()[0]}\n{row}\n", encoding="utf-8")
    checked = checking.check(checking.taken_from(path), checking.Rules.of(catalogue.load()))
    assert checked.error is None, str(checked.error)
    facts = facts_of(checked.reading, str(checked.sha256), datetime(2026, 1, 1, tzinfo=UTC))
    return delivery_report.against(root, COUNTS, facts)


def test_a_guess_at_a_hidden_count_is_neither_confirmed_nor_denied(demo: Published, tmp_path: Path) -> None:
    root = demo.folder / "demo"
    _indicator, _period, row = hidden_row(root)
    separator = ";" if ";" in row else ","
    head, numerator, denominator = row.rsplit(separator, 2)
    right = compared(root, tmp_path, row)
    wrong = compared(root, tmp_path, separator.join((head, str(int(numerator) + 1), denominator)))
    # The denominator is shown there, and compared.
    assert right == wrong == {"new": 0, "same": 1, "changed": 0, "hidden": 1}


@pytest.mark.slow
def test_no_terminal_tells_a_small_count_of_a_delivery(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> None:
    indicator, period, row = hidden_row(demo_copy / "demo")
    separator = ";" if ";" in row else ","
    area, *rest = row.split(separator)[:3]
    # Synthetic: 1 of 4,327, which no other figure of the demo has. A share of 0.02 per cent would tell.
    path = tmp_path / "synthetic.csv"
    given = separator.join((area, *rest, "1", "4327"))
    path.write_text(f"{demo_file(COUNTS).splitlines()[0]}\n{given}\n", encoding="utf-8")
    options = ("--data-dir", demo_copy)
    known = catalogue.load().areas.values()
    places = {name: place.id for place in known for name in (place.name, *place.published_names)}
    # It leaves its series and is held: who delivers it is told what stands out in his own file.
    assert levekar("deliver", path, *options).code == 2
    said = [
        levekar("deliver", path, "--confirm", "synthetic: a count that no other figure has", *options),
        levekar("scorecard", "--area", places[area], *options),
        levekar("scorecard", "--json", "--area", places[area], *options),
        levekar("explain", indicator, "--area", places[area], "--period", period, *options),
        levekar("areas", places[area], *options),
        levekar("doctor", *options),
    ]
    assert [command.code for command in said] == [0] * len(said)
    assert "suppressed" in said[3].out
    assert "hidden" in said[0].out
    for command in said:
        # 1 / 4327 = 0.000231107
        assert re.search(r"(?<![\d.])4,?327\b|0\.00023110|2\.3110e-04", command.out + command.err) is None


@pytest.mark.slow  # two trials, and an edition
def test_after_a_crash_behind_the_snapshot_the_doctor_tells_and_the_same_file_is_taken_up_again(
    demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    path, _period, value = newer(tmp_path)
    settings = Settings("demo", data_dir=demo_copy, inbox=tmp_path / "inbox")
    # All that a run does before it was killed: the file is checked, tried, and kept.
    night = compose(settings, given=(checked(catalogue.load(), path),))
    assert night.asking.take(f"delivery/{PROVIDED}").state == "new"
    assert points(levekar, demo_copy) == pytest.approx(value)
    told = levekar("doctor", "--data-dir", demo_copy)
    assert told.code == 1
    [line] = [line for line in told.out.splitlines() if "taken, and the edition lacks it" in line]
    assert path.name in line
    assert "`levekar refresh` publishes it; so does `levekar deliver FILE` with the same file" in line
    again = levekar("deliver", path, "--data-dir", demo_copy)
    assert again.code == 0, again.err
    assert "These very bytes are kept already, but the edition lacks them: it is made anew." in again.out
    assert points(levekar, demo_copy) == pytest.approx(value + 1)
    assert levekar("doctor", "--data-dir", demo_copy).code == 0
    assert "there is nothing to do" in levekar("deliver", path, "--data-dir", demo_copy).out


@pytest.mark.slow  # two trials, and an edition
def test_a_held_figure_is_published_once_confirmed_and_explain_names_who_did_and_why(
    demo_copy: Path, levekar: Levekar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, period, value = newer(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8").replace(f",{value + 1:.1f}", f",{10 * value:.1f}"), encoding="utf-8"
    )
    held = levekar("deliver", path, "--data-dir", demo_copy)
    assert held.code == 2
    assert "a jump in its own series" in held.err
    assert points(levekar, demo_copy) == pytest.approx(value)
    monkeypatch.setenv("LEVEKAR_USER", "the analyst")
    reason = "the school: another scale from this year on (synthetic)"
    given = levekar("deliver", path, "--confirm", reason, "--data-dir", demo_copy)
    assert given.code == 0, given.err
    assert points(levekar, demo_copy) == pytest.approx(10 * value)
    said = levekar("explain", "lower_secondary_points", "--period", period, "--data-dir", demo_copy)
    words = " ".join(said.out.split())
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert f"{path.name} (held; confirmed {day} by the analyst: {reason}; it had a figure that stands out" in words
