"""What an edition tells of figures that changed: of public ones everything, of delivered ones only what stands today.

All figures are synthetic. Three nights: each brings deliveries that revise those before.
"""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from indicators import catalogue
from pipelines.report import site
from tests.e2e.conftest import LEVEKAR, environment

COUNTS = "delivery/drammen_district_counts"
SURVEY = "delivery/ungdata_mental_distress"
# Numerators of 2,100 households of the district, night by night; 1 and 2 are hidden by the rules. None: no such row.
NIGHTS = {
    "2020": (300, 310, 320),
    "2021": (2, 57, None),
    "2022": (60, 1, 1),
    "2023": (70, 2, 80),
    "2024": (1, 90, 2),
    "2025": (":", "", ""),
}
# Skien's share in a published survey, night by night.
SKIEN = {"2020": (20.5, 21.5), "2021": (":", "."), "2022": (30.5, 30.5)}
# year: (old value, old status, new value, new status)
Told = dict[str, list[tuple[float | None, str | None, float | None, str | None]]]


def counts(night: int) -> str:
    rows = ["Kommunedel,År,Indikator,Teller,Nevner"]
    for year, numerators in NIGHTS.items():
        if numerators[night] is not None:
            rows += [f"Kommunedel 7,{year},Husholdninger med én forsørger,{numerators[night]},2100"]
        rows += [f"Kommunedel 1,{year},Husholdninger med én forsørger,400,3000"]
    return "\n".join([*rows, ""])


def survey(night: int) -> str:
    header = "Geografi,År,Kjønn,Alder,Plagegrad,Sosioøkonomiske ressurser (SØR),Måltall,value"
    fixed = 'kjønn samlet,8-10.trinn,plaget,Total SØR,"andel (prosent, standardisert)"'
    return "\n".join([header, *(f"Skien,{year},{fixed},{shares[night]}" for year, shares in SKIEN.items()), ""])


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition after three nights, each published by its own `levekar refresh`."""
    folder = tmp_path_factory.mktemp("revised")
    inbox = folder / "inbox"
    inbox.mkdir()
    command = [LEVEKAR, "refresh", "--sources", "files", "--inbox", inbox, "--data-dir", folder / "store"]
    for night in range(3):
        (inbox / f"synthetic counts {night}.csv").write_text(counts(night), encoding="utf-8")
        if night < 2:
            (inbox / f"synthetic survey {night}.csv").write_text(survey(night), encoding="utf-8")
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder / "store" / "files" / "levekar.duckdb"


def ask(edition: Path, query: str, *parameters: str) -> Sequence[tuple]:
    with duckdb.connect(str(edition), read_only=True) as connection:
        return connection.execute(query, list(parameters)).fetchall()


def told(edition: Path, table: str, cell: str) -> Told:
    """The revisions of one cell by year, in the order in which they came."""
    found: Told = {}
    for year, *change in ask(
        edition,
        "SELECT period, old_value, old_status, new_value, new_status FROM revision"
        " WHERE table_id = ? AND dimensions['ContentsCode'] = ? ORDER BY new_vintage, period",
        table,
        cell,
    ):
        found.setdefault(year, []).append(tuple(change))
    return found


@pytest.mark.slow
def test_of_a_delivered_count_only_what_stands_today_is_told(edition: Path) -> None:
    hidden = (None, "suppressed")
    assert told(edition, COUNTS, "numerator") == {
        # Never small; but an earlier vintage was never looked at along with today's figures.
        "2020": [(*hidden, *hidden), (*hidden, 320, None)],
        # Small once, shown today.
        "2021": [(*hidden, 57, None)],
        # Small today: neither it nor what it was before.
        "2022": [(*hidden, *hidden)],
        # Small in between.
        "2023": [(*hidden, *hidden), (*hidden, 80, None)],
        # Shown in between, small today.
        "2024": [(*hidden, *hidden), (*hidden, *hidden)],
        # Never a figure: that the mark changed is told, not which it was.
        "2025": [(*hidden, *hidden)],
    }
    [(standing,)] = ask(edition, "SELECT count(*) FROM measure WHERE numerator IN (1, 2) AND area_id = 'drammen-7'")
    assert standing == 0


@pytest.mark.slow
def test_no_small_count_is_in_any_figure_of_a_revision(edition: Path) -> None:
    query = "SELECT old_value, new_value FROM revision WHERE table_id = ?"
    shown = {value for row in ask(edition, query, COUNTS) for value in row if value is not None}
    assert shown == {320, 57, 80}
    parquet = edition.resolve().with_suffix("") / "revision.parquet"
    assert ask(edition, query.replace("revision", f"'{parquet}'"), COUNTS) == ask(edition, query, COUNTS)


@pytest.mark.slow
def test_of_a_published_figure_both_values_are_told(edition: Path) -> None:
    assert told(edition, SURVEY, "percent")["2020"] == [(20.5, None, 21.5, None)]


@pytest.mark.slow
def test_a_figure_of_which_only_the_status_changed_is_told_and_one_that_stands_is_not(edition: Path) -> None:
    found = told(edition, SURVEY, "percent")
    assert found["2021"] == [(None, ":", None, ".")]
    assert "2022" not in found


@pytest.mark.slow
def test_the_page_tells_what_changed_since_the_edition_before_and_why(edition: Path, tmp_path: Path) -> None:
    """The third night: 310 became 320 households, a hidden 2 became 80, and 90 became 2, which is hidden."""
    site.write(edition.parent, catalogue.load(), ["drammen-7"], tmp_path / "site")
    page = (tmp_path / "site" / "en" / "changes.html").read_text(encoding="utf-8")
    own = page[page.index('id="own"') : page.index('id="revisions"')]
    rows = [
        [re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", own, flags=re.DOTALL)
    ]
    found = {cells[1]: cells for cells in rows if len(cells) == 6}
    # Of 2,100 households: 310 are 14.8 per cent, 320 are 15.2, 80 are 3.8.
    assert found["2020"][2:5] == ["changed", "14.8\u00a0%", "15.2\u00a0%"]
    assert found["2023"][2:5] == ["no longer hidden", "", "3.8\u00a0%"]
    assert found["2024"][2] == "hidden"
    assert found["2024"][3:5] == ["", ""]
    assert found["2020"][5].startswith("delivery delivery/drammen_district_counts ")
    assert "now hidden" in found["2024"][5] and "now shown" in found["2023"][5]
    [indicator] = set(re.findall(r"indicator/(\w+)\.html", own))
    told = (tmp_path / "site" / "indicator" / f"{indicator}.html").read_text(encoding="utf-8")
    assert ">15,2<" in told  # as it stands
    assert ">15,2\u00a0%<" in told  # as the newest version
    assert ">14,8\u00a0%<" in told
