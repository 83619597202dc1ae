"""`levekar areas`, and a district that nothing but YAML makes, on the demo's (synthetic) figures."""

import shutil
from pathlib import Path

import pytest

from indicators import catalogue
from tests.e2e.conftest import Levekar, Published

NEW = """
  - id: drammen-sentrum
    kind: district
    parent: drammen
    name: Bragernes sentrum (en ny bydel)
    parts:
      - {codes: ["33010301-33010311"], from: 2024}
"""
WRONG = """
  - id: drammen-feil
    kind: district
    parent: drammen
    name: En bydel med en feil kode
    parts:
      - {codes: ["33010722"], from: 2024}
"""


def test_one_area_is_shown_with_definition_units_zones_residents_and_changes(demo: Published, levekar: Levekar) -> None:
    said = levekar("areas", "drammen-7", "--data-dir", demo.folder)
    assert said.code == 0, said.err
    for text in (
        "SYNTHETIC FIGURES",
        "provisional",
        "no list of basic statistical units is published",
        "33010601-33010611 (11), 33010701-33010710 (10)  [catalogue]",
        "3301000007  Drammen LKS 07  33010704-33010705 (2), 33010709",
        "2020-01-01  21 units renumbered, 0602 → 3005",
        "2024-01-01  21 units renumbered, 3005 → 3301",
        "33010700 Tangen - Åskollen, across it",
        "ssb/04317",
    ):
        assert text in said.out
    assert said.out.count("Drammen LKS") == 6


def test_the_tree_has_every_area_below_the_one_it_lies_in(demo: Published, levekar: Levekar) -> None:
    said = levekar("areas", "--data-dir", demo.folder)
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    names = [line.replace("│", " ").replace("├──", " ").replace("└──", " ") for line in lines]
    depth = {name.split()[0]: len(name) - len(name.lstrip()) for name in names[1:]}
    assert set(depth) == set(catalogue.load().areas)
    assert depth["norway"] < depth["buskerud"] < depth["drammen"] < depth["drammen-7"] < depth["drammen-zone-07"]


def test_medians_of_tracts_stand_beside_the_districts_and_are_never_taken_for_it(
    demo: Published, levekar: Levekar
) -> None:
    query = """
        SELECT DISTINCT area_id, source_table FROM measure
        WHERE indicator_id = 'median_income' AND (area_id = 'drammen-7' OR area_id LIKE '%tract%') ORDER BY ALL
    """
    said = levekar("sql", "--csv", query, "--data-dir", demo.folder)
    assert said.out.splitlines()[1:] == [
        "drammen-7,delivery/drammen_district_values",
        "drammen-tract-0106,ssb/06944_tracts",
        "drammen-tract-0107,ssb/06944_tracts",
    ]


def test_an_unknown_area_is_told_with_the_nearest(demo: Published, levekar: Levekar) -> None:
    said = levekar("areas", "drammen7", "--data-dir", demo.folder)
    assert said.code == 64
    assert "unknown area 'drammen7' (did you mean 'drammen-7'?)" in said.err


@pytest.mark.slow
def test_a_district_needs_only_yaml_and_a_wrong_code_is_told_with_file_and_line(
    tmp_path: Path, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(catalogue.HERE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("__pycache__"))
    areas = folder / "areas.yaml"
    text = areas.read_text(encoding="utf-8") + NEW + WRONG
    areas.write_text(text, encoding="utf-8")
    read = catalogue.load
    monkeypatch.setattr(catalogue, "load", lambda: read(folder))
    data = tmp_path / "data"
    refreshed = levekar("refresh", "--data-dir", data)
    assert refreshed.code == 0, refreshed.err
    line = text[: text.index('"33010722"')].count("\n") + 1
    assert f"catalogue/areas.yaml:{line} district 'drammen-feil': 33010722 does not exist on 1 January" in refreshed.err
    assert "did you mean 330107" in refreshed.err

    said = levekar("areas", "drammen-sentrum", "--data-dir", data)
    assert said.code == 0, said.err
    # Its codes of earlier years, the tract that it is, and its residents of every year follow.
    assert "2020-2023  30050301-30050311 (11)  [derived]" in said.out
    assert "2002-2019  06020301-06020311 (11)  [derived]" in said.out
    assert "33010300  [derived]" in said.out
    query = "SELECT count(*) FROM population WHERE area_id = 'drammen-sentrum' AND persons > 0"
    assert levekar("sql", "--csv", query, "--data-dir", data).out.splitlines()[1] == "12"
