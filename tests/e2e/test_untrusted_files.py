"""What stands in a refused file reaches nobody who should not read it, and acts on no surface.

All files are synthetic; no person in them exists.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import Levekar

HEADER = "Kommunedel;År;Indikator;Teller;Nevner\n"
REMARK = "Kari Nordmann i Tollboden er under barnevern siden mars"
WORDS = ("Nordmann", "Tollboden", "siden mars", "familien Dal")
BAD = f"{HEADER}Kommunedel 7;2024;{REMARK};3;5\nKommunedel 7;2023;Sysselsatte 20-66 år;7;4\n"
BAD += "Kommunedel 7;2022;Sysselsatte 20-66 år;2 (familien Dal);4\n"
STRANGE = "Kari Nordmann;Tollboden;siden mars\nA;b;c\n"


def texts(root: Path, since: float) -> Iterator[tuple[str, str]]:
    """Every file below a folder with all that it says: bytes, and what databases and Parquet files hold in packed form.

    Of those alone that were written since; the quarantine's copy of the file itself is left out.
    """
    for path in root.rglob("*"):
        if not path.is_file() or path.is_symlink() or path.suffix == ".csv" or path.stat().st_mtime < since:
            continue
        said = path.read_bytes().decode("latin-1") + path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            said += str(pq.read_table(path).to_pydict())
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    said += str(connection.execute(f'SELECT * FROM "{name}"').fetchall())
        elif path.suffix == ".db":
            with sqlite3.connect(path) as database:
                said += "\n".join(database.iterdump())
        yield str(path.relative_to(root)), said


@pytest.mark.slow
def test_what_stands_in_a_refused_file_is_published_nowhere(demo_copy: Path, tmp_path: Path, levekar: Levekar) -> None:
    (tmp_path / "synthetic bad.csv").write_text(BAD, encoding="utf-8")
    (tmp_path / "synthetic strange.csv").write_text(STRANGE, encoding="utf-8")
    options = ("--data-dir", demo_copy)
    with duckdb.connect(str((demo_copy / "demo" / "levekar.duckdb").resolve())) as edition:
        edition.execute("UPDATE meta SET value = 'another' WHERE key = 'fingerprint'")  # so that a new one is put out
    since = time.time()
    dry = levekar("deliver", tmp_path / "synthetic bad.csv", "--dry-run", *options)
    strange = levekar("deliver", tmp_path / "synthetic strange.csv", *options)
    bad = levekar("deliver", tmp_path / "synthetic bad.csv", *options)
    assert {dry.code, strange.code, bad.code} == {2}
    assert "These reasons and the file lie in quarantine/" in bad.err
    for terminal in (dry.err, bad.err):
        # The analyst gets the places, how long a text is, and cells that are numbers.
        assert f"(cell C2) | a text of {len(REMARK)} characters |" in terminal
        assert "| row 3 | 7 | numerator is a part of denominator: expected no more than 4 |" in terminal
    query = "SELECT message FROM check_result WHERE subject = 'snapshot/delivery/drammen_district_counts'"
    [message] = levekar("sql", "--csv", query, *options).out.splitlines()[1:2]
    # Readers get kinds, numbers and places: neither the cells nor the counts 3, 5, 7 and 4.
    assert message.strip('"') == (
        "a file was not taken: a label that the contract does not have (1, the first in cell C2); "
        "neither a number nor a known sign (1, the first in cell D4); "
        "figures that do not agree with each other (1, the first in row 3)"
    )
    written = dict(texts(tmp_path, since))
    kinds = {path.rpartition(".")[2] for path in written}
    assert {"duckdb", "parquet", "db", "md", "json"} <= kinds
    terminals = {name: said.out + said.err for name, said in (("dry", dry), ("strange", strange), ("bad", bad))}
    for place, said in (written | terminals).items():
        for word in WORDS:
            assert word not in said, place


def test_nothing_that_a_file_says_acts_on_a_surface(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> None:
    acting = "\x1b[2J\x1b[31mX\x07 \u202e\x9b31m<img src=x onerror=alert(1)> [x](javascript:alert(1))"
    path = tmp_path / "synthetic [x](javascript:alert(2)) <b>\x1b[31m.csv"
    path.write_text(f"Kommunedel;[red]År\x1b[2J;<i>Indikator\nKommunedel 7;2024;{acting}\n", encoding="utf-8")
    said = levekar("deliver", path, "--data-dir", demo_copy)
    [folder] = (demo_copy.parent / "quarantine").iterdir()
    reasons = (folder / "reasons.md").read_text(encoding="utf-8")
    for surface in (said.out, said.err, reasons):
        assert not set("\x1b\x07\x9b\u202e") & set(surface)
    # Every bracket and every < is escaped: no link, no HTML.
    assert re.search(r"(?<!\\)[\[\]<]", reasons) is None
    doctor = levekar("doctor", "--data-dir", demo_copy)
    assert "\x1b" not in doctor.out
    assert "javascript" in doctor.out
    query = "SELECT chr(27) || '[bold]x[/] [link=javascript:1]y' AS \"[red]a\""
    for option in ([], ["--json"], ["--csv"]):
        shown = levekar("sql", query, *option, "--data-dir", demo_copy)
        assert "[bold]x[/]" in shown.out
        assert "[red]a" in shown.out
        assert "\x1b" not in shown.out
