"""`levekar sql` as an attacker uses it: other files, other statements, endless work, texts that act on a terminal."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.terminal import question
from pipelines.terminal.question import QuestionError
from tests.e2e.conftest import LEVEKAR, Levekar, Published, environment

ATTACKS = [
    "COPY measure TO '{out}/out.csv'",
    "COPY (SELECT 1) TO '{out}/out.parquet'",
    "EXPLAIN ANALYZE COPY measure TO '{out}/out.csv'",
    "EXPORT DATABASE '{out}/all'",
    "ATTACH '{out}/new.duckdb'; CREATE TABLE new.t AS FROM measure",
    "ATTACH '{root}/levekar.duckdb' AS again",
    "SELECT 1; COPY measure TO '{out}/out.csv'",
    "SELECT 1; SELECT 2",
    "PIVOT measure ON status USING count(*); COPY measure TO '{out}/out.csv'",
    "CREATE TEMP TABLE t AS SELECT 1",
    "FROM read_csv('/etc/passwd')",
    "FROM read_text('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM read_parquet('{root}/lake/measures/work.parquet')",
    "FROM '{root}/lake/measures/work.parquet'",
    "FROM parquet_metadata('{root}/lake/measures/work.parquet')",
    "FROM glob('{root}/lake/**')",
    "FROM query('FROM read_text(''/etc/passwd'')')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '64GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_external_access = true",
    "PRAGMA enable_profiling = 'json'",
    "CALL enable_logging(storage = 'file', storage_path = '{out}/log')",
    "CREATE SECRET (TYPE s3)",
    "SELECT getenv('HOME')",
    "USE memory",
    "BEGIN",
    "VACUUM",
    "",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_question_reads_the_edition_and_nothing_else(
    demo: Published, levekar: Levekar, tmp_path: Path, attack: str
) -> None:
    root = demo.folder / "demo"
    before = {path: path.stat().st_mtime_ns for path in demo.folder.rglob("*")}
    said = levekar("sql", attack.format(out=tmp_path, root=root), "--data-dir", demo.folder)
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "root:x:" not in said.err
    assert list(tmp_path.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in demo.folder.rglob("*")} == before


@pytest.mark.parametrize("function", ["enable_logging", "enable_profiling"])
def test_what_duckdb_tells_of_itself_is_written_nowhere(
    demo: Published, levekar: Levekar, tmp_path: Path, function: str
) -> None:
    place = {"enable_logging": "storage = 'file', storage_path", "enable_profiling": "format = 'json', save_location"}
    levekar("sql", f"FROM {function}({place[function]} = '{tmp_path / 'x'}')", "--data-dir", demo.folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM measure",
        "FROM meta;",
        "WITH a AS (SELECT 1 AS b) FROM a",
        "VALUES (1)",
        "DESCRIBE measure",
        "SUMMARIZE measure",
        "SHOW TABLES",
        "PIVOT (SELECT area_id, period, value FROM measure LIMIT 9) ON period USING max(value)",
        "EXPLAIN SELECT 1",
        "SELECT ';' -- ; and a remark",
        "SELECT now()",
    ],
)
def test_all_that_reads_is_answered(demo: Published, levekar: Levekar, query: str) -> None:
    said = levekar("sql", query, "--data-dir", demo.folder)
    assert (said.code, said.err) == (0, "")
    assert said.out.strip()


def test_a_question_is_stopped_when_its_time_is_over(demo: Published) -> None:
    begun = time.monotonic()
    with (
        pytest.raises(QuestionError, match=r"no answer in 0\.3 seconds: ask for less at once"),
        question.put(demo.folder / "demo", "SELECT count(*) FROM range(1000000000000)", seconds=0.3) as answer,
    ):
        list(answer.rows)
    assert time.monotonic() - begun < 5


def test_time_in_which_nobody_takes_the_answer_does_not_count(demo: Published) -> None:
    with question.put(demo.folder / "demo", "FROM range(60000)", seconds=0.5) as answer:
        first = [next(answer.rows) for _ in range(10_000)]
        time.sleep(0.6)
        assert len(first) + len(list(answer.rows)) == 60_000


def test_a_question_gets_no_more_memory_than_it_may_have(demo: Published, levekar: Levekar) -> None:
    query = "SELECT list(i || repeat('x', 10000)) FROM range(1000000) r(i)"
    said = levekar("sql", query, "--data-dir", demo.folder)
    assert said.code == 1
    assert "needs more memory than a question gets" in said.err


def peak(form: str, rows: int, folder: Path) -> int:
    """The most memory, in MB, that a process has that writes so many rows."""
    query = f"SELECT i, 'a text of some length, number ' || i AS t FROM range({rows}) r(i)"
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(
            [LEVEKAR, "sql", form, query, "--data-dir", folder], env=environment(), stdout=nowhere
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss // 1024


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_a_large_answer_takes_no_more_memory_than_a_small_one(demo: Published, form: str) -> None:
    """As a list of tuples, 300,000 such rows take 54 MB (tracemalloc)."""
    assert peak(form, 300_000, demo.folder) - peak(form, 1_000, demo.folder) < 30


def test_a_long_table_says_how_to_get_the_rest(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", "FROM range(1001)", "--data-dir", demo.folder)
    assert said.code == 0
    assert len(said.out.splitlines()) == 1001
    assert said.err == "There is more: these are the first 1,000 rows. --csv and --json give all.\n"
    assert levekar("sql", "FROM range(1000)", "--data-dir", demo.folder).err == ""


# --- texts are shown, not obeyed ------------------------------------------------------------------------------------

ACTING = {
    "colour": ("chr(27) || '[31m'", "\x1b[31m", r"\x1b[31m"),
    "one character for it": ("chr(155) || '31m'", "\x9b31m", r"\x9b31m"),
    "link": ("chr(27) || ']8;;http://a' || chr(7)", "\x1b]8;;http://a\x07", r"\x1b]8;;http://a\x07"),
    "line again": ("'a' || chr(13) || 'b'", "a\rb", r"a\rb"),
    "back": ("'a' || chr(8)", "a\x08", r"a\x08"),
    "writing turned": ("'a' || chr(8238) || 'b'", "a\u202eb", r"a\u202eb"),
    "letters that are not seen": ("'a' || chr(917601) || chr(8203)", "a\U000e0061\u200b", r"a\U000e0061\u200b"),
    "rich markup": ("'[red]a[/red] [link=http://a]b[/link]'", *2 * ("[red]a[/red] [link=http://a]b[/link]",)),
    "markup that is none": ("'[/]'", "[/]", "[/]"),
}


@pytest.mark.parametrize("case", ACTING)
def test_a_text_that_would_act_is_shown(demo: Published, levekar: Levekar, case: str) -> None:
    expression, text, shown = ACTING[case]
    names = {"[": "[bold]x", "\x1b": '\x1b[1m"'}
    for name in names.values():
        quoted = name.replace('"', '""')
        query = f'SELECT {expression} AS "{quoted}", [{expression}] AS list'
        table, as_csv, as_json = (
            levekar("sql", *form, query, "--data-dir", demo.folder).out for form in ([], ["--csv"], ["--json"])
        )
        assert shown in table.splitlines()[1]
        assert shown in as_csv.splitlines()[1]
        assert json.loads(as_json) == [{name: text, "list": [text]}]
        for output in (table, as_csv, as_json):
            acting = [sign for sign in output if sign != "\n" and not sign.isprintable()]
            assert set(acting) <= {"\r"}
            assert acting == [] or output is as_csv  # CSV ends its lines so


def test_an_error_shows_the_texts_in_it(demo: Published, levekar: Levekar) -> None:
    said = levekar("sql", "SELECT error(chr(27) || '[31m[red]x[/red]')", "--data-dir", demo.folder)
    assert said.code == 1
    assert r"\x1b[31m[red]x[/red]" in said.err
