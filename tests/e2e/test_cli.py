"""Asking the published figures and turning files: sql, scorecard, decode, doctor, and what is refused."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import orjson
import pyarrow.parquet as pq
import pytest

from indicators import catalogue, pillars
from indicators.catalogue import coverage
from pipelines.settings import PROJECT
from tests.e2e.conftest import Levekar, Published, environment

CUBE = {
    "class": "dataset",
    "version": "2.0",
    "label": "Syntetisk",
    "id": ["Region", "Tid"],
    "size": [2, 2],
    "dimension": {
        "Region": {"category": {"index": ["0602", "3301"], "label": {"0602": "Drammen (-2019)", "3301": "Drammen"}}},
        "Tid": {"category": {"index": {"2019": 0, "2024": 1}}},
    },
    "value": [1.5, None, None, 4],
    "status": {"1": ".", "2": "."},
}


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    path = tmp_path / "cube.json"
    path.write_bytes(orjson.dumps(CUBE))
    return path


# --- the first command that anyone runs ---------------------------------------------------------------------


def test_refresh_publishes_the_demo_and_shows_the_scorecard(demo: Published) -> None:
    assert demo.said.code == 0, demo.said.err
    assert "Strømsø/Tangen" in demo.said.out
    assert "SYNTHETIC FIGURES (demo)" in demo.said.out
    for pillar in ("Work", "Education and childhood", "Housing and neighbourhood", "Health"):
        assert f"\n{pillar}" in demo.said.out
    assert "This is the first edition." in demo.said.out
    assert demo.said.out.index("ssb/07459: new") < demo.said.out.index("series/work:")
    assert {path.name for path in demo.folder.iterdir()} == {"demo", "dagster"}


def test_refresh_of_what_has_not_changed_says_so_and_publishes_nothing(demo: Published, levekar: Levekar) -> None:
    before = sorted((demo.folder / "demo" / "warehouse").iterdir())
    said = levekar("refresh", "--data-dir", demo.folder)
    assert said.code == 0
    assert "No figure has changed since the last refresh: the edition stands." in said.out
    assert sorted((demo.folder / "demo" / "warehouse").iterdir()) == before


def test_all_that_a_refresh_writes_is_its_owners_but_for_the_readers_folder(demo: Published) -> None:
    root = demo.folder / "demo"
    written = [path for path in demo.folder.rglob("*") if not path.is_symlink()]
    others = {path for path in written if path.stat().st_mode & 0o077} - {root}
    assert root.stat().st_mode & 0o777 == 0o711
    for_readers = [path for path in (root / "warehouse").rglob("*") if not path.is_symlink() and path.name != ".lock"]
    assert others == {root / "CURRENT", root / "warehouse", *for_readers}
    assert len(written) > 100


# --- backtest -----------------------------------------------------------------------------------------------


def test_backtest_shows_what_past_forecasts_were_worth(demo: Published, levekar: Levekar) -> None:
    said = levekar("backtest", "--data-dir", demo.folder)
    assert said.code == 0, said.err
    assert "SYNTHETIC FIGURES (demo)" in said.out
    [(name, cases, verdict)] = rows_of(levekar("backtest", "--json", "--data-dir", demo.folder).out, "crowding", 0)
    line = next(line for line in said.out.splitlines() if line.startswith(name))
    assert f" {cases} " in line
    assert line.strip().endswith(verdict)
    assert "Probability given, and share that came true" in said.out
    ahead = levekar("backtest", name, "--json", "--data-dir", demo.folder).out
    assert {row["horizon"] for row in json.loads(ahead)} >= {0, 1, 2}


def rows_of(text: str, indicator: str, horizon: int) -> list[tuple[str, int, str]]:
    found = [row for row in json.loads(text) if (row["indicator_id"], row["horizon"]) == (indicator, horizon)]
    return [(row["indicator_id"], row["cases"], row["verdict"]) for row in found]


def test_backtest_of_an_unknown_indicator_names_the_nearest(demo: Published, levekar: Levekar) -> None:
    said = levekar("backtest", "registered_unemploymnt", "--data-dir", demo.folder)
    assert said.code == 64
    assert "did you mean 'registered_unemployment'" in said.err


# --- sql ----------------------------------------------------------------------------------------------------

QUERY = "SELECT area_id, name, population, valid_from FROM area WHERE area_id IN ('drammen', '0602') ORDER BY area_id"


def test_sql_shows_a_table(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", QUERY, "--data-dir", demo.folder)
    header, *rows = said.out.splitlines()
    assert said.code == 0
    assert header.split() == ["area_id", "name", "population", "valid_from"]
    assert [row.split()[0] for row in rows] == ["0602", "drammen"]


def test_sql_as_json_is_an_array_of_row_objects(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", "--json", QUERY, "--data-dir", demo.folder)
    first, second = json.loads(said.out)
    assert first.keys() == {"area_id", "name", "population", "valid_from"}
    assert (first["area_id"], first["population"], first["valid_from"]) == ("0602", None, None)
    assert (second["name"], type(second["population"])) == ("Drammen", int)


def test_sql_as_json_of_no_rows_is_an_empty_array(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", "--json", "FROM release", "--data-dir", demo.folder)
    assert json.loads(said.out) == []


def test_sql_as_json_keeps_maps_dates_and_letters(demo: Published, levekar: Levekar) -> None:
    query = "SELECT dimensions, period_start, 'Strømsø' AS name FROM observation WHERE table_id = '11084' LIMIT 1"
    [row] = json.loads(levekar("sql", "--json", query, "--data-dir", demo.folder).out)
    assert row["dimensions"].keys() == {"EierStatus", "ContentsCode"}
    assert row["period_start"].endswith("-01-01")
    assert row["name"] == "Strømsø"


def test_sql_answers_which_sources_there_are_at_a_level(demo: Published, levekar: Levekar) -> None:
    query = "SELECT indicator_id, level, sources, verified FROM coverage ORDER BY indicator_id, level"
    found = json.loads(levekar("sql", "--json", query, "--data-dir", demo.folder).out)
    rows = sorted(coverage.rows(catalogue.load()), key=lambda row: (row["indicator_id"], row["level"]))
    assert found == [{name: row[name] for name in ("indicator_id", "level", "sources", "verified")} for row in rows]


def test_sql_as_csv(demo: Published, levekar: Levekar) -> None:
    rows = list(csv.DictReader(io.StringIO(levekar("sql", "--csv", QUERY, "--data-dir", demo.folder).out)))
    assert [row["area_id"] for row in rows] == ["0602", "drammen"]
    assert rows[0]["population"] == ""


def test_sql_as_csv_holds_no_formula(demo: Published, levekar: Levekar) -> None:
    query = "SELECT '=1+1' AS name, -5 AS number, '-5' AS text, '@a' AS \"+b\""
    said = levekar("sql", "--csv", query, "--data-dir", demo.folder)
    assert said.out.splitlines() == ["name,number,text,'+b", "'=1+1,-5,-5,'@a"]
    assert json.loads(levekar("sql", "--json", query, "--data-dir", demo.folder).out)[0]["name"] == "=1+1"


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM measure", "CREATE TABLE mine AS SELECT 1", "DROP VIEW scorecard", "UPDATE meta SET value = ''"],
)
def test_sql_refuses_to_write(demo: Published, levekar: Levekar, statement: str) -> None:
    file = (demo.folder / "demo" / "levekar.duckdb").resolve()
    before = file.read_bytes()
    said = levekar("sql", statement, "--data-dir", demo.folder)
    assert said.code == 1
    assert "read-only" in said.err
    assert said.out == ""
    assert file.read_bytes() == before


def test_sql_with_a_mistake_says_where(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", "SELECT valeu FROM measure", "--data-dir", demo.folder)
    assert said.code == 1
    assert '"valeu"' in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", [["sql", "SELECT 1"], ["scorecard"], ["scorecard", "--json"]])
def test_a_question_before_the_first_refresh_says_what_to_do(tmp_path: Path, levekar: Levekar, command: list) -> None:
    said = levekar(*command, "--data-dir", tmp_path)
    assert said.code == 1
    assert "nothing is published here yet. Run `levekar refresh`" in said.err


# --- scorecard ----------------------------------------------------------------------------------------------


def test_scorecard_shows_every_indicator_of_the_area(demo: Published, levekar: Levekar) -> None:
    said = levekar("scorecard", "--data-dir", demo.folder)
    assert said.code == 0
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        names = connection.execute("SELECT name_en FROM indicator").fetchall()
    words = said.out.split()
    for (name,) in names:
        assert name.split()[0] in words
    assert "SYNTHETIC" in said.out
    # The demo may have been asked again meanwhile; all else is what the refresh ended with.
    told = [line for line in said.out.splitlines() if not line.startswith("Asked last on")]
    assert set(told) <= set(demo.said.out.splitlines())


def test_scorecard_reads_like_the_first_page_of_an_evaluation(demo: Published, levekar: Levekar) -> None:
    said = levekar("scorecard", "--data-dir", demo.folder)
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT subgoal_id, subgoal_name_en, value, lower, upper, baseline_value, target_value, probability,"
            " assessment FROM scorecard WHERE area_id = 'drammen-7' AND unit = 'share' AND lower IS NOT NULL"
            " AND target_value IS NOT NULL AND value IS NOT NULL"
        ).fetchall()
    assert rows
    told = said.out.replace("\u00a0", " ")
    for subgoal, title, value, lower, upper, baseline, target, probability, word in rows:
        assert f"{subgoal} {title}" in told
        assert f"{value * 100:.1f} % [{lower * 100:.1f}-{upper * 100:.1f}]" in told
        assert f"{baseline * 100:.1f} %" in told
        assert f"{target * 100:.1f} %" in told
        if probability is not None and 0.01 < probability < 0.99 and word in ("on track", "possible", "off track"):
            assert f"probability {probability:.0%}".replace("%", " %") in told
    assert "Context: neither good nor bad" in told
    assert "indicators with targets: " in told
    assert "Changed for sure since the baseline: " in told


def test_scorecard_as_json_is_the_view(demo: Published, levekar: Levekar) -> None:
    rows = json.loads(levekar("scorecard", "--json", "--area", "drammen-7", "--data-dir", demo.folder).out)
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT * FROM scorecard WHERE area_id = 'drammen-7'")
        names = [column[0] for column in found.description]
        expected = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert [list(row) for row in rows] == [list(row) for row in expected]
    assert [row["value"] for row in rows] == [row["value"] for row in expected]
    assert len({row["pillar_id"] for row in rows}) == 4
    assert len([row for row in rows if row["value"] is not None]) >= 8


def test_scorecard_takes_the_area_from_the_environment(
    demo: Published, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVEKAR_AREA", "drammen")
    monkeypatch.setenv("LEVEKAR_DATA_DIR", str(demo.folder))
    rows = json.loads(levekar("scorecard", "--json").out)
    assert {row["area_id"] for row in rows} == {"drammen"}


# --- what makes no sense ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["refresh", "scorecard"])
def test_an_unknown_area_is_refused_with_those_that_are_known(demo: Published, levekar: Levekar, command: str) -> None:
    said = levekar(command, "--area", "drammen-77", "--data-dir", demo.folder)
    assert said.code == 64
    assert "unknown area 'drammen-77'" in said.err
    assert "drammen-7" in said.err
    assert "skien" in said.err


@pytest.mark.parametrize("sources", ["test", "replay", "demo:somewhere", "replay:"])
def test_unknown_sources_are_refused_with_what_there_is(tmp_path: Path, levekar: Levekar, sources: str) -> None:
    said = levekar("refresh", "--sources", sources, "--data-dir", tmp_path)
    assert said.code == 64
    assert f"sources '{sources}': expected demo, live, files or replay:DIR" in said.err
    assert not list(tmp_path.iterdir())


def test_an_unknown_group_is_refused_with_what_there_is(demo_copy: Path, levekar: Levekar) -> None:
    said = levekar("refresh", "--only", "figures", "--data-dir", demo_copy)
    assert said.code == 64
    before, after = "snapshots, facts, areas, population, revisions", "comparison, evaluation, publication"
    stages = f"{before}, computed, measures, forecasts, skill, backtest, series, {after}"
    assert f"no group 'figures'; expected one of {stages}" in said.err


def test_a_folder_to_replay_that_is_not_there(tmp_path: Path, levekar: Levekar) -> None:
    said = levekar("refresh", "--sources", f"replay:{tmp_path / 'gone'}", "--data-dir", tmp_path / "store")
    assert said.code == 1
    assert said.err.count("gone: no such folder of snapshots") == 1
    assert not (tmp_path / "store" / "replay" / "lake").exists()


# --- decode -------------------------------------------------------------------------------------------------

DECODED = "Region,Tid,value,status\n0602,2019,1.5,\n0602,2024,,.\n3301,2019,,.\n3301,2024,4,\n"


def test_decode_writes_to_the_screen(cube: Path, levekar: Levekar) -> None:
    said = levekar("decode", cube)
    assert (said.code, said.out.replace('"', "")) == (0, DECODED)


def test_decode_to_csv(cube: Path, levekar: Levekar, tmp_path: Path) -> None:
    said = levekar("decode", cube, "-o", tmp_path / "out.csv")
    assert said.code == 0
    assert "4 rows" in said.out
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").replace('"', "") == DECODED


def test_decode_takes_px(levekar: Levekar, tmp_path: Path) -> None:
    path = tmp_path / "t.px"
    path.write_text('STUB="Region";\nVALUES("Region")="0602","3301";\nDATA=\n1.5 ".." ;\n', encoding="utf-8")
    assert levekar("decode", path).out.replace('"', "") == "Region,value,status\n0602,1.5,\n3301,,..\n"
    path.write_text('STUB="Region";\nVALUES("Region")="0602","3301";\nDATA=\n1.5;\n', encoding="utf-8")
    said = levekar("decode", path)
    assert said.code == 1
    assert f"{path}: line 3: DATA holds 1 cells, but VALUES make 2 = 2; expected one each" in said.err


def test_decode_to_csv_holds_no_formula(levekar: Levekar, tmp_path: Path) -> None:
    path = tmp_path / "cube.json"
    region = {"category": {"index": ["=1+1", "3301"], "label": {"=1+1": "-2+3", "3301": "Drammen"}}}
    path.write_bytes(orjson.dumps({**CUBE, "dimension": {**CUBE["dimension"], "Region": region}}))
    said = levekar("decode", path, "--labels")
    assert said.out.replace('"', "").splitlines()[1] == "'=1+1,'-2+3,2019,2019,1.5,"


def test_decode_to_parquet_with_labels(cube: Path, levekar: Levekar, tmp_path: Path) -> None:
    said = levekar("decode", cube, "-o", tmp_path / "out.parquet", "--labels")
    assert said.code == 0
    table = pq.read_table(tmp_path / "out.parquet")
    assert set(table.column_names) == {"Region", "Region_label", "Tid", "Tid_label", "value", "status"}
    assert table["Region"].to_pylist() == ["0602", "0602", "3301", "3301"]
    assert table["Region_label"].to_pylist()[::2] == ["Drammen (-2019)", "Drammen"]
    assert table["value"].to_pylist() == [1.5, None, None, 4.0]


def test_decode_numbers_the_datasets_of_a_bundle(levekar: Levekar, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(orjson.dumps({"class": "collection", "link": {"item": [CUBE, CUBE]}}))
    said = levekar("decode", bundle)
    assert said.code == 1
    assert "holds 2 datasets: give -o" in said.err
    assert levekar("decode", bundle, "-o", tmp_path / "out.csv").code == 0
    assert {path.name for path in tmp_path.glob("*.csv")} == {"out-1.csv", "out-2.csv"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html></html>", "not JSON"),
        (orjson.dumps(CUBE)[:-40], "not JSON"),
        (orjson.dumps({**CUBE, "size": [2, 3]}), "cube.json"),
        (b"", "cube.json"),
    ],
)
def test_decode_refuses_what_cannot_be_a_cube(cube: Path, levekar: Levekar, content: bytes, said: str) -> None:
    cube.write_bytes(content)
    answer = levekar("decode", cube)
    assert answer.code == 1
    assert str(cube.name) in answer.err
    assert said in answer.err
    assert answer.out == ""


def test_decode_refuses_other_formats_and_missing_files(cube: Path, levekar: Levekar, tmp_path: Path) -> None:
    assert "expected a name that ends in .csv or .parquet" in levekar("decode", cube, "-o", tmp_path / "out.xlsx").err
    said = levekar("decode", tmp_path / "gone.json")
    assert (said.code, "gone.json: no such file" in said.err) == (1, True)


# --- doctor -------------------------------------------------------------------------------------------------


def test_doctor_finds_the_demo_in_order(demo: Published, levekar: Levekar) -> None:
    said = levekar("doctor", "--data-dir", demo.folder)
    assert said.code == 0
    assert "fault" not in said.out
    for subject in ("catalogue: ", "ssb/07459: ", "store: ", "edition: built"):
        assert subject in said.out


def test_doctor_finds_an_answer_that_was_damaged(demo_copy: Path, levekar: Levekar) -> None:
    damaged = sorted((demo_copy / "demo" / "snapshots").glob("*/*.zst"))[0]
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-5])
    said = levekar("doctor", "--data-dir", demo_copy)
    assert said.code == 1
    assert "fault" in said.out
    assert damaged.name in said.out


def test_doctor_lists_every_fault_of_a_broken_catalogue(tmp_path: Path) -> None:
    """A copy of the program whose catalogue says two things that cannot be, run as a user runs it."""
    copy = tmp_path / "copy"
    for package in ("indicators", "pipelines"):
        shutil.copytree(PROJECT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, old, new in (("areas.yaml", "start: 2020", "start: soon"), ("work.yaml", "unit: share", "unit: shar")):
        path = copy / "indicators" / "catalogue" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "doctor", "--data-dir", tmp_path]
    done = subprocess.run(command, cwd=copy, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    faults = [line for line in done.stdout.splitlines() if line.startswith("fault catalogue: ")]
    assert [line.partition(".yaml:")[0] for line in faults] == [
        "fault catalogue: catalogue/areas",
        "fault catalogue: catalogue/work",
    ]
    assert "found 'soon', expected a valid integer" in faults[0]
    assert "(did you mean 'share'?)" in faults[1]
    assert "note  catalogue: queries and inbox were not looked at" in done.stdout


def test_doctor_changes_nothing(demo_copy: Path, levekar: Levekar) -> None:
    def files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in demo_copy.rglob("*") if path.is_file()}

    before = files()
    levekar("doctor", "--data-dir", demo_copy)
    assert files() == before


def test_doctor_tells_what_is_wrong_with_files_in_the_inbox(levekar: Levekar, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    command = ("doctor", "--sources", "files", "--inbox", inbox, "--data-dir", tmp_path / "store")
    said = levekar(*command)
    assert said.code == 1
    assert "fault notes.csv: no contract has these columns" in said.out
    (inbox / "broken.csv").write_bytes("Kommune,Kjønn\nBø,1\n".encode() + "Bø,2\n".encode("latin-1"))
    said = levekar(*command)
    assert said.code == 1
    assert "fault broken.csv: " in said.out


def test_a_damaged_edition_is_not_shown_as_figures(demo_copy: Path, levekar: Levekar) -> None:
    pointer = demo_copy / "demo" / "levekar.duckdb"
    edition = pointer.resolve()
    shutil.copyfile(edition, edition.with_suffix(".copy"))
    edition.chmod(0o644)
    edition.write_bytes(b"not a database")
    said = levekar("doctor", "--data-dir", demo_copy)
    assert said.code == 1
    assert "fault edition: does not open" in said.out


@pytest.mark.slow
def test_a_byte_flipped_in_the_edition_is_noticed_and_a_refresh_publishes_a_whole_one(
    demo_copy: Path, levekar: Levekar
) -> None:
    edition = (demo_copy / "demo" / "levekar.duckdb").resolve()
    path = edition.with_suffix("") / "series.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    said = levekar("doctor", "--data-dir", demo_copy)
    assert said.code == 1
    assert [line for line in said.out.splitlines() if line.startswith("fault ")] == [
        f"fault edition: {edition.stem}/series.parquet is not as it was published: its SHA-256 is not the one beside "
        "it. Run `levekar refresh`: it publishes a whole one."
    ]
    assert levekar("refresh", "--data-dir", demo_copy).code == 0
    assert levekar("doctor", "--data-dir", demo_copy).code == 0


def test_the_scorecards_rows_are_those_that_the_pillars_views_stand_on(demo: Published) -> None:
    """Which row stands is said twice: in SQL for the view, and in `pillars` for what is computed of it."""
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as edition:
        shown = edition.execute("SELECT indicator_id, area_id, period FROM scorecard").fetchall()
        series = edition.execute("SELECT * FROM series").to_arrow_table()
    computed = pillars.newest(series)[["indicator_id", "area_id", "period"]]
    rows = computed.fillna({"period": "none"}).itertuples(index=False, name=None)
    assert sorted(rows) == sorted((indicator, area, period or "none") for indicator, area, period in shown)
