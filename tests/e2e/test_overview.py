"""The analyst's first page in Dagster: where indicators stand, the worst first, and what is to be done. Synthetic."""

import re
from datetime import UTC, date, datetime

import dagster as dg
import pytest

from indicators import catalogue
from indicators.dictionary import WORST_FIRST
from pipelines.deliveries.held import Held
from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.storage.nights import NightRecord, Nights
from pipelines.storage.store import Store
from pipelines.workplace import definitions, overview
from pipelines.workplace.factory import OVERVIEW
from pipelines.workplace.night import compose
from tests.e2e.conftest import Levekar, Published

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AREA = "drammen-7"


@pytest.fixture(scope="module")
def text(demo: Published) -> str:
    held = [Held("a.csv", "f" * 64, "0123456789abcdef", "nav_unemployment", "2026-11-20T08:00:00+00:00", 2)]
    return overview.markdown(Store(demo.folder / "demo"), catalogue.load(), AREA, held, NOW)


def test_it_says_that_the_figures_are_synthetic_and_of_which_edition(text: str, demo: Published) -> None:
    assert text.startswith("# SYNTHETIC FIGURES: Strømsø/Tangen")
    edition = warehouse.current(demo.folder / "demo")
    assert edition is not None
    assert f"Edition `{edition.stem}`, source set demo." in text


def test_a_held_file_is_named_by_what_readers_may_know_and_how_to_confirm_it(text: str) -> None:
    [line] = [line for line in text.splitlines() if "**Held**" in line]
    assert "since 2026-11-20 08:00 UTC: 2 figure(s) of `nav_unemployment` stand out" in line
    assert "`confirm_delivery` with `01234567`" in line
    assert "a.csv" not in text


def test_each_pillars_indicators_stand_the_worst_first_with_the_editions_own_figures(
    text: str, demo: Published
) -> None:
    with warehouse.connect(demo.folder / "demo") as connection:
        rows = warehouse.rows(connection, "SELECT * FROM scorecard WHERE area_id = ?", AREA)
    for pillar, file in catalogue.load().pillars.items():
        part = text.partition(f"## {file.pillar.name_en} / ")[2].partition("\n## ")[0]
        lines = [line.split(" | ") for line in re.findall(r"^\| (.*) \|$", part, re.MULTILINE)][1:]
        aimed = {
            row["indicator_name_en"]: row
            for row in rows
            if row["pillar_id"] == pillar and row["direction"] != "context" and row["period"] is not None
        }
        leading = f"(/assets/series/{pillar})"
        assert all(line[0].endswith(leading) for line in lines)
        for line in lines:
            line[0] = line[0].removesuffix(leading)[1:-1]
        assert sorted(line[0] for line in lines) == sorted(aimed)
        assert [line[1].partition(", probability")[0] for line in lines] == sorted(
            (aimed[line[0]]["assessment"] for line in lines), key=WORST_FIRST.index
        )
        for name, _word, shown, *_rest, source in lines:
            assert re.fullmatch(r"\[(\w+/\w+)\]\(/assets/snapshot/\1\)", source), source
            assert shown.endswith(f"({aimed[name]['period']})")
            if aimed[name]["unit"] == "share" and aimed[name]["value"] is not None:
                assert float(shown.partition(" %")[0]) == pytest.approx(100 * aimed[name]["value"], abs=0.051)


def since(record: NightRecord) -> date:
    """The day on which NAV's book was due last: nobody has delivered it."""
    ended = record.finished_at
    return date(ended.year if (ended.month, ended.day) >= (1, 31) else ended.year - 1, 1, 31)


@pytest.fixture(scope="module")
def night(demo: Published) -> NightRecord:
    record = Nights(demo.folder / "demo").newest()
    assert record is not None
    return record


def test_what_is_overdue_is_told_by_the_command_the_nights_record_and_its_summary(
    demo: Published, levekar: Levekar, night: NightRecord
) -> None:
    assert night.overdue == (f"nav_unemployment_workbook, since {since(night)}",)
    summary = max(Nights(demo.folder / "demo").folder.glob("*.md"))  # other tests refresh the demo before and after
    told = summary.read_text(encoding="utf-8").partition("\n## Overdue\n")[2]
    assert told.startswith(f"\n* nav_unemployment_workbook, since {since(night)}\n")
    for language, words in (("en", "overdue since"), ("nb", "forfalt siden")):
        said = levekar("deliveries", "--lang", language, "--data-dir", demo.folder).out
        first, *others = [line for line in said.splitlines() if not line.startswith(" ")]
        assert first.startswith("nav_unemployment_workbook: ")
        assert first.endswith(f"{words} {since(night)}")
        assert not any(words in line for line in others)


@pytest.mark.slow  # composes all of Dagster's graph
def test_what_is_overdue_is_told_on_the_assets_own_page(demo: Published, night: NightRecord) -> None:
    built = definitions.build(compose(Settings("demo", data_dir=demo.folder)))
    with dg.instance_for_test() as instance:
        ran = built.resolve_job_def("refresh").execute_in_process(instance=instance, asset_selection=[OVERVIEW])
    [made] = ran.asset_materializations_for_node("publication__overview")
    page = str(made.metadata["overview"].value)
    assert f"* **Overdue** since {since(night)}: `nav_unemployment_workbook`, from NAV, arbeidsboka" in page
    assert page.count("**Overdue**") == 1
