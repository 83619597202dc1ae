"""data/demo: what the script makes, marked as synthetic everywhere, and taken by the stage that takes live figures."""

import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.decoding.observations import FACTS, Answers, decode
from pipelines.settings import DEMO, PROJECT, Settings
from pipelines.storage.snapshots import Fetch, SnapshotStore
from pipelines.workplace.night import Night, compose
from tests.unit import real_catalogue

STORE = SnapshotStore(DEMO / "snapshots")
FETCHES = STORE.fetches()
# Of which only the newest codes are asked for: a share cannot be summed over the predecessors.
SHARES = ["03013", "06944", "06944_tracts", "08487", "12275", "12944", "13502"]
COUNTS = ["04317", "04362", "06070", "06265", "07459", "08764", "09429", "11084", "13563"]
SUMMED = ["06070_summed", "06265_summed", "07459_summed", "13563_summed"]
TABLES = [*SHARES, *COUNTS, *SUMMED]
DELIVERIES = [
    "drammen_district_counts",
    "drammen_district_values",
    "fhi_crowding",
    "fhi_life_expectancy",
    "fhi_mental_symptoms",
    "nav_reduced_work_capability",
    "nav_unemployment",
    "udir_wellbeing_grade10",
    "ungdata_mental_distress",
]
# What tells of areas rather than of figures.
AREAS = ["klass/1", "klass/103", "klass/104", "klass/131", "delivery/living_conditions_zones"]
FIGURES = [*(f"ssb/{one}" for one in TABLES), *(f"delivery/{one}" for one in DELIVERIES)]
NAMES = [*FIGURES, *AREAS]


def decoded(night: Night, fetch: Fetch) -> pa.Table:
    """The facts of one vintage, decoded anew."""
    return decode(night.catalogue, fetch, Answers(night.store.snapshots.get))[FACTS]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("demo")
    return compose(Settings("demo", data_dir=folder, inbox=folder / "no-inbox"))


@pytest.fixture(scope="module")
def facts(night: Night) -> dict[str, pa.Table]:
    taken = {name: night.asking.take(name) for name in NAMES}
    assert {name: one.state for name, one in taken.items()} == dict.fromkeys(NAMES, "new")
    return {name: decoded(night, taken[name].fetch) for name in FIGURES}


@pytest.mark.slow
def test_the_committed_snapshots_are_what_the_script_makes() -> None:
    script = [sys.executable, DEMO / "generate.py", "--check"]
    done = subprocess.run(script, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_changed_file_is_told(tmp_path: Path) -> None:
    from data.demo import generate

    sha256 = FETCHES[0].data[0].sha256
    made, kept = SnapshotStore(tmp_path / "made"), SnapshotStore(tmp_path / "kept")
    for store in (made, kept):
        store.put(STORE.get(sha256))
    assert generate.differences(made.root, kept.root) == []
    extra = made.put(b"another answer")
    assert generate.differences(made.root, kept.root) == [f"{extra[:2]}/{extra}.zst"]


def test_every_source_and_every_file_is_there() -> None:
    assert {f"{one.provider}/{one.table_id}" for one in FETCHES} == set(NAMES)
    named = {one.sha256 for fetch in FETCHES for one in fetch.responses}
    assert {path.stem for path in STORE.root.rglob("*.zst")} == named
    size = sum(path.stat().st_size for path in STORE.root.rglob("*") if path.is_file())
    assert size < 1_500_000


@pytest.mark.parametrize("fetch", FETCHES, ids=lambda one: f"{one.table_id}-{one.fetched_at:%Y%m%d}")
def test_says_that_it_is_synthetic(fetch: Fetch) -> None:
    assert fetch.attribution.startswith("Synthetic figures")
    assert fetch.licence.startswith("Synthetic")
    for one in fetch.responses:
        if one.method == "FILE":
            shown = "levekaarssoner" if fetch.table_id == "living_conditions_zones" else fetch.table_id
            assert one.path == one.url == f"syntetisk_{shown}.csv"
            continue
        assert one.url.startswith("https://synthetic.invalid/")
        if one.role in ("metadata", "data") and fetch.provider == "ssb":
            cube = orjson.loads(STORE.get(one.sha256))
            assert "SYNTETISK" in cube["label"]
            assert "ikke SSB" in cube["source"]
            labels = cube["dimension"]["ContentsCode"]["category"]["label"].values()
            assert all("SYNTETISK" in label for label in labels)


def test_stays_synthetic_when_taken(night: Night, facts: dict[str, pa.Table]) -> None:
    # All vintages, and the very records: a replay must not put the provider's own name and licence on them.
    assert night.store.snapshots.fetches() == FETCHES


def test_taken_once_more_nothing_is_new(night: Night, facts: dict[str, pa.Table]) -> None:
    assert {night.asking.take(name).state for name in NAMES} == {"unchanged"}


def test_one_table_was_revised(night: Night, facts: dict[str, pa.Table]) -> None:
    first, newest = night.store.snapshots.fetches("ssb", "09429")
    assert first.updated < newest.updated
    assert first.fetched_at < newest.fetched_at
    earlier, later = (_figures(decoded(night, one)) for one in (first, newest))
    moved = {key for key, value in earlier.items() if later[key] != value}
    assert {(area, period) for area, period, _cell in moved} == {("0", "2024"), ("3301", "2024")}
    assert {period for _area, period, _cell in set(later) - set(earlier)} == {"2025"}


@pytest.mark.parametrize("name", [f"ssb/{one}" for one in [*SHARES, *COUNTS]])
def test_a_code_has_figures_in_its_years_only(name: str, facts: dict[str, pa.Table]) -> None:
    years = {"06": (2015, 2019), "07": (2015, 2019), "30": (2020, 2023), "33": (2024, 2026)}
    for row in facts[name].select(["area_id", "period", "value", "status"]).to_pylist():
        first, last = years.get(row["area_id"][:2], (0, 9999))
        if first == 0:
            continue
        # A window belongs to the year in which it ends.
        assert (row["value"] is not None) == (first <= int(row["period"][-4:]) <= last)
        assert row["value"] is not None or row["status"] == "."


@pytest.mark.parametrize(
    ("name", "total", "parts"),
    [
        ("ssb/11084", "1", None),
        ("ssb/09429", None, 6),
        ("ssb/13563", None, 7),
        ("ssb/06070", None, 6),
        ("ssb/06265", None, 6),
    ],
)
def test_partitions_fit_in_the_population(
    name: str, total: str | None, parts: int | None, facts: dict[str, pa.Table]
) -> None:
    residents = {key[:2]: value for key, value in _figures(facts["ssb/07459"]).items() if value is not None}
    sums: dict[tuple[str, ...], list[float]] = {}
    for (area, period, cell), value in _figures(facts[name]).items():
        if value is not None:
            # Each age and category of immigration (13563) is a partition of its own.
            group = [part for part in cell.split("|") if part.startswith(("Alder", "Innvandr"))]
            sums.setdefault((area, period, *group), []).append(value)
    for (area, period, *_group), values in sums.items():
        assert parts is None or len(values) == parts
        whole = sum(values) if total is None else max(values)
        assert min(values) >= 0
        assert whole < residents[area, period]


def test_units_make_up_a_district_of_plausible_size(facts: dict[str, pa.Table]) -> None:
    ours = pc.match_substring_regex(facts["ssb/04317"]["area_id"], "^(0602|3005|3301)(06..|07(0.|10))$")
    units = facts["ssb/04317"].filter(pc.and_(pc.is_valid(facts["ssb/04317"]["value"]), ours))
    sums = units.group_by("period").aggregate(
        [("value", "sum"), ("value", "min"), ("value", "max"), ("value", "count")]
    )
    assert sums.num_rows == 12
    assert set(sums["value_count"].to_pylist()) == {21}
    assert all(10_000 <= one <= 11_000 for one in sums["value_sum"].to_pylist())
    assert min(sums["value_min"].to_pylist()) >= 150
    assert max(sums["value_max"].to_pylist()) <= 900


@pytest.mark.parametrize(("name", "hidden"), [("drammen_district_counts", 1), ("ungdata_mental_distress", 1)])
def test_cells_are_hidden(name: str, hidden: int, facts: dict[str, pa.Table]) -> None:
    table = facts[f"delivery/{name}"]
    chosen = table.filter(pc.equal(table["status"].cast(pa.string()), ":"))
    assert chosen.num_rows == hidden
    assert set(chosen["area_id"].to_pylist()) == {"drammen-7"}
    assert chosen["value"].null_count == hidden


def test_a_districts_counts_are_parts_of_the_municipalitys(facts: dict[str, pa.Table]) -> None:
    """Where the municipality is delivered too, it is the sum of its ten districts."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for (area, period, cell), value in _figures(facts["delivery/drammen_district_counts"]).items():
        if value is not None:
            found.setdefault((period, cell), {})[area] = value
    whole = [areas for areas in found.values() if "3301" in areas]
    assert len(whole) > 100
    for areas in whole:
        assert len(areas) == 11
        assert areas.pop("3301") == sum(areas.values())


def test_some_counts_are_small_enough_to_be_hidden(facts: dict[str, pa.Table]) -> None:
    counts = _figures(facts["delivery/drammen_district_counts"])
    small = {key for key, value in counts.items() if value in (1, 2) and "ContentsCode=numerator" in key[2]}
    assert small
    assert "drammen-7" not in {area for area, _period, _cell in small}


def test_every_indicator_but_those_of_surveys_and_two_has_figures_of_the_district(facts: dict[str, pa.Table]) -> None:
    """Two files have no district: life expectancy, which is not advisable for one, and the spreadsheet of 06445."""
    catalogue = real_catalogue()
    mine = {name: set(facts[name]["area_id"].to_pylist()) >= {"drammen-7"} for name in facts}
    without = [
        one.id
        for one in catalogue.indicators.values()
        if not any(mine.get(source.table, False) for source in one.sources)
    ]
    # Nor has the demo a file of the public-health survey of adults.
    adults = {"adult_insecurity", "neighbourhood_belonging", "noise_annoyance", "adult_loneliness", "volunteering"}
    # Nor anything of registers, which nobody has seen answer.
    registers = {"registered_businesses", "traffic_accidents", "voluntary_organisations"}
    known = adults | registers
    assert [name for name in without if name not in known] == ["employment_share", "life_expectancy"]
    assert known < set(without)
    labels = {
        cell.partition("Indikator=")[2]
        for name in ("drammen_district_counts", "drammen_district_values")
        for area, _period, cell in _figures(facts[f"delivery/{name}"])
        if area == "drammen-7"
    }
    asked = [catalogue.contracts[f"drammen_district_{kind}"] for kind in ("counts", "values")]
    codes = [set((one.dimensions["Indikator"].codes or {}).values()) for one in asked]
    # The demo stays small: of these nobody needs made-up figures to see how the others look.
    assert (codes[0] | codes[1]) - labels == {
        "low_education_30_59",
        "immigrants",
        "short_residence",
        "small_dwellings",
        "housing_allowance",
        "evictions",
        "start_loans",
        "dwelling_prices",
        "nitrogen_dioxide",
        "coarse_particles",
        "traffic_volume",
        "youth_close_friend",
        "work_assessment_allowance",
        "disability_pension",
        # The demo has them in NAV's, Udir's and FHI's layouts.
        "registered_unemployment",
        "reduced_work_capability",
        "wellbeing_grade10",
        "youth_mental_distress",
    }
    assert labels < codes[0] | codes[1]


def test_deliveries_know_their_areas(facts: dict[str, pa.Table]) -> None:
    known = {name: set(facts[f"delivery/{name}"]["area_id"].to_pylist()) for name in DELIVERIES}
    assert all(None not in areas for areas in known.values())
    assert {name for name, areas in known.items() if "drammen-7" not in areas} == {
        "fhi_crowding",
        "fhi_life_expectancy",
    }


def _figures(table: pa.Table) -> dict[tuple[str, str, str], float | None]:
    columns = (table[name].to_pylist() for name in ("area_id", "period", "cell", "value"))
    return {(area, period, cell): value for area, period, cell, value in zip(*columns, strict=True)}
