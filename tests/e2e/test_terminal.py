"""The command line as a person meets it: on a terminal, a narrow one, in a quiet night; names, codes, imports."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from indicators.measures import COUNTED
from pipelines.edition import chain
from pipelines.settings import PROJECT
from tests.e2e.conftest import LEVEKAR, Levekar, Published, environment

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(*arguments: object, columns: int) -> tuple[int, str]:
    """Run a command on a terminal of its own (a pty) and return its exit code and all that was written to it."""
    parent, child = pty.openpty()
    more = environment(COLUMNS=str(columns), TERM="xterm")
    command = [LEVEKAR, *map(str, arguments)]
    with subprocess.Popen(command, cwd=PROJECT, env=more, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        seen = b""
        while part := _read(parent):
            seen += part
    os.close(parent)
    return process.returncode, seen.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # the other end is closed
        return b""


# --- a narrow terminal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 119])
def test_no_figure_is_cropped_on_a_narrow_terminal(
    demo: Published, levekar: Levekar, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    rows = json.loads(levekar("scorecard", "--json", "--data-dir", demo.folder).out)
    code, seen = on_a_terminal("scorecard", "--data-dir", demo.folder, columns=columns)
    assert code == 0
    plain = ESCAPES.sub("", seen).replace("\r", "")
    assert "…" not in plain
    assert max(map(len, plain.splitlines())) <= columns
    told = " ".join(plain.split())
    figures = 0
    for row in rows:
        for name in ("value", "baseline_value", "target_value", "required_value", "comparator_value"):
            if row[name] is not None and (name == "value" or row["direction"] != "context"):
                scale = 100 if row["unit"] == "share" else 1
                shown = f"{row[name] * scale:,.{row['decimals']}f}".replace(",", " ")
                assert shown in told, (row["indicator_id"], name)
                figures += 1
    assert figures > 100


def test_the_scorecard_begins_with_a_summary_the_worst_first(demo: Published, levekar: Levekar) -> None:
    said = levekar("scorecard", "--data-dir", demo.folder)
    rows = json.loads(levekar("scorecard", "--json", "--data-dir", demo.folder).out)
    words = [row["assessment"] for row in rows if row["direction"] != "context"]
    first = said.out.partition("\nWork\n")[0]
    for word in set(words) - {None}:
        assert f"{words.count(word):>3} {word.replace('no data (hidden)', 'hidden')}" in first
    assert first.index("off track") < first.index("possible") < first.index("at the target")
    assert said.out.count("baseline_note") == 0


def test_the_scorecard_is_norwegian_for_who_asks_for_it_or_whose_machine_is(
    demo: Published, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = levekar("scorecard", "--lang", "nb", "--data-dir", demo.folder)
    rows = json.loads(levekar("scorecard", "--json", "--data-dir", demo.folder).out)
    assert said.out.splitlines()[0].endswith("SYNTETISKE TALL (demo)")
    for word in ("påkrevd", "sammenlignet med", "ikke i rute", "sannsynlighet", "indikatorer med mål", "siden da"):
        assert word in said.out, word
    for english in ("required", "comparator", "off track", "on track", "probability of", "indicators with", "Context"):
        assert english not in said.out, english
    crowding = next(row for row in rows if row["indicator_id"] == "crowding")
    assert f"{crowding['value'] * 100:.1f}\u00a0%".replace(".", ",") in said.out
    assert crowding["indicator_name_no"] in said.out
    monkeypatch.delenv("LEVEKAR_LANG")
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    assert levekar("scorecard", "--data-dir", demo.folder).out == said.out
    monkeypatch.setenv("LEVEKAR_LANG", "en")
    assert "SYNTHETIC FIGURES (demo)" in levekar("scorecard", "--data-dir", demo.folder).out
    wrong = levekar("scorecard", "--lang", "sv", "--data-dir", demo.folder)
    assert (wrong.code, wrong.out) == (64, "")
    assert "lang" in wrong.err
    assert "'nb' or 'en'" in wrong.err


# --- a refresh on a terminal ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_refresh_shows_one_bar_on_a_terminal_and_its_news_above_it(demo_copy: Path) -> None:
    code, seen = on_a_terminal("refresh", "--only", "series", "--full", "--data-dir", demo_copy, columns=100)
    assert code == 0
    assert "\x1b[1A" in seen or "\x1b[2K" in seen  # the bar is drawn over, not below itself
    lines = ESCAPES.sub("", seen).replace("\r", "\n").splitlines()
    assert any(line.startswith("series/work:") for line in lines)
    assert any(re.search(r"\d+/\d+ ", line) for line in lines)
    # What stands on the screen in the end has no bar in it.
    assert not any("━" in line and "series/" in line and "rows" in line for line in lines)


def test_a_quiet_refresh_says_nothing_where_nothing_failed(demo_copy: Path, levekar: Levekar) -> None:
    said = levekar("refresh", "--quiet", "--data-dir", demo_copy)
    assert (said.code, said.out, said.err) == (0, "", "")


# --- names, options, exit codes ---------------------------------------------------------------------------------------


def test_an_area_may_be_named_and_the_nearest_name_makes_sense(demo: Published, levekar: Levekar) -> None:
    for name in ("Norge", "norge", "Hele landet", "norway"):
        rows = json.loads(levekar("scorecard", "--json", "--area", name, "--data-dir", demo.folder).out)
        assert {row["area_id"] for row in rows} == {"norway"}
    assert "Strømsø/Tangen" in levekar("areas", "kommunedel 7", "--data-dir", demo.folder).out
    said = levekar("scorecard", "--area", "Nrge", "--data-dir", demo.folder)
    assert said.code == 64
    assert "did you mean 'norway'?" in said.err


def test_a_wrong_option_has_a_code_of_its_own_which_the_help_tells(levekar: Levekar, tmp_path: Path) -> None:
    for arguments in (["sql", "--nonsense"], ["nonsense"], ["scorecard", "--area"], ["deliver", tmp_path / "gone.csv"]):
        assert levekar(*arguments).code == 64, arguments
    for arguments in (["--help"], ["refresh", "--help"], ["deliver", "--help"]):
        said = levekar(*arguments)
        assert said.code == 0
        assert "64 an option or a name makes no sense" in " ".join(said.out.replace("│", " ").split())
    assert "LEVEKAR_SOURCES" in levekar("refresh", "--help").out


def test_a_missing_delivery_is_told_of_at_once(levekar: Levekar, tmp_path: Path) -> None:
    said = levekar("deliver", tmp_path / "gone.csv", "--data-dir", tmp_path / "store")
    assert "gone.csv: no such file" in said.err.replace("\n", "")
    assert not (tmp_path / "store").exists()


def test_the_version_is_told(levekar: Levekar) -> None:
    assert re.fullmatch(r"levekar \d+\.\d+\.\d+\n", levekar("--version").out)


# --- what reading costs -----------------------------------------------------------------------------------------------

HEAVY = {"pandas", "scipy.stats", "ibis", "dagster", "pyarrow", "matplotlib", "requests", "ruamel.yaml", "numpy"}
IMPORTED = """
import sys
sys.argv[0] = "levekar"
from pipelines.cli import main
try:
    main()
except SystemExit as ended:
    code = ended.code
sys.stderr.write("\\n" + " ".join(sorted(sys.modules)))
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (["sql", "SELECT 1"], set()),
        (["scorecard"], set()),
        (["scorecard", "--json"], set()),
        (["explain", "crowding"], set()),
        (["--help"], set()),
        (["--version"], set()),
    ],
)
def test_who_reads_imports_nothing_that_reading_does_not_need(
    demo: Published, levekar: Levekar, command: list[str], needed: set[str]
) -> None:
    """Counted, not timed: each of these takes longer to import than a question takes to answer."""
    data = [] if command[0].startswith("--") else ["--data-dir", str(demo.folder)]
    levekar("areas", "--data-dir", demo.folder)  # whoever comes first keeps the catalogue for the next
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *command, *data],
        cwd=PROJECT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stderr.rpartition("\n")[2].split())
    assert len(imported) > 100
    assert imported & HEAVY == needed


def test_the_catalogue_that_was_kept_is_not_used_once_a_file_of_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indicators import catalogue
    from pipelines import catalogue_cache

    loaded = []
    load = catalogue.load
    monkeypatch.setattr(catalogue, "load", lambda: loaded.append(1) or load())
    assert catalogue_cache.load(tmp_path).digest == catalogue_cache.load(tmp_path).digest == load().digest
    assert loaded == [1]
    kept = tmp_path / ".catalogue.pickle"
    assert kept.stat().st_mode & 0o777 == 0o600
    version, _, content = kept.read_bytes().partition(b"\n")
    kept.write_bytes(b"other\n" + content)
    catalogue_cache.load(tmp_path)
    kept.write_bytes(version + b"\nnonsense")
    catalogue_cache.load(tmp_path)
    kept.chmod(0o666)  # somebody else may have written it
    catalogue_cache.load(tmp_path)
    assert loaded == [1, 1, 1, 1]


def test_methods_that_count_are_the_same_in_the_explanation() -> None:
    assert list(chain._COUNTED) == COUNTED


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        (["doctor"], {"subject", "good", "message"}),
        (["explain", "employment_rate"], {"indicator", "area", "period", "sections", "edition", "synthetic"}),
        (["areas"], {"area_id", "name", "kind"}),
        (["areas", "drammen-7"], {"area_id", "name", "codes"}),
        (["deliveries"], {"contract", "sender", "indicators", "overdue_since"}),
        (["release", "--due"], {"release", "as_of", "what", "state"}),
    ],
)
def test_what_is_shown_can_be_had_as_json(
    demo: Published, levekar: Levekar, tmp_path: Path, command: list[str], columns: set[str]
) -> None:
    inbox = ("--inbox", tmp_path) if command == ["doctor"] else ()
    said = levekar(*command, "--json", "--data-dir", demo.folder, *inbox)
    assert said.code == 0, said.err
    rows = json.loads(said.out)
    assert rows
    assert all(columns <= row.keys() for row in rows)
