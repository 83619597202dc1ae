"""`levekar sql`: one question to the current edition, answered on the screen, as CSV or as JSON.

The question may be anybody's, and so may the texts in the answer: it is one statement that reads, on a connection that
reaches nothing but the edition (`warehouse.connect`), within a time; what it says is shown, not obeyed. Rows are passed
on in batches, so that an answer may be larger than the memory.
"""

import csv
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import duckdb
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from pipelines.formats.spreadsheet_text import inert
from pipelines.formats.untrusted import in_json, visible
from pipelines.storage import warehouse

SECONDS = 60.0  # of work on one question; time in which nobody takes the answer does not count
_ROWS = 10_000  # in a batch
_ROWS_ON_SCREEN = 1_000
_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class QuestionError(Exception):
    """A question that was not put, or not answered; the message says what would be."""


@dataclass(frozen=True)
class Answer:
    """The names of the columns, and the rows as they come; rows raise QuestionError."""

    names: list[str]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def put(root: Path, query: str, seconds: float = SECONDS) -> Iterator[Answer]:
    """Put a question to the current edition and yield the answer. Raises QuestionError, NothingPublished."""
    with warehouse.connect(root) as connection:
        allowance = _Allowance(connection, seconds)
        with allowance.spent():
            _see_that_it_reads(connection, query)
            connection.execute(query)
        yield Answer([column[0] for column in connection.description or []], _rows(connection, allowance))


def show_table(console: Console, errors: Console, answer: Answer) -> None:
    """Print the answer as a table; of a long one how it begins, and how to get the rest."""
    header = [Column(Text(name), header_style="bold") for name in answer.names]
    table = Table(*header, box=None, pad_edge=False)
    for row in islice(answer.rows, _ROWS_ON_SCREEN):
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    more = next(answer.rows, None) is not None
    console.print(table)
    if more:
        errors.print(f"There is more: these are the first {_ROWS_ON_SCREEN:,} rows. --csv and --json give all.")


def write_csv(out: TextIO, answer: Answer) -> None:
    """Write the answer as CSV, without formulas."""
    writer = csv.writer(out)
    writer.writerow([inert(name) for name in answer.names])
    writer.writerows([inert(value) for value in row] for row in answer.rows)


def write_json(out: TextIO, answer: Answer) -> None:
    """Write the answer as an array of row objects, a line each."""
    before = "[\n "
    for row in answer.rows:
        text = json.dumps(dict(zip(answer.names, row, strict=True)), ensure_ascii=False, default=str)
        out.write(before + in_json(text))
        before = ",\n "
    out.write("\n]\n" if before.startswith(",") else "[]\n")


class _Allowance:
    """The time that a question may take; what works longer is interrupted."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection, self._seconds, self._left = connection, seconds, seconds

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Take the time of some work off what is left. Raises QuestionError, of all that DuckDB says too."""
        begun = time.monotonic()
        alarm = threading.Timer(max(self._left, 0.0), self._connection.interrupt)
        alarm.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise QuestionError(f"no answer in {self._seconds:g} seconds: {_NARROWER}") from error
        except duckdb.OutOfMemoryException as error:
            raise QuestionError(f"the answer needs more memory than a question gets: {_NARROWER}") from error
        except duckdb.Error as error:
            raise QuestionError(visible(str(error))) from error
        finally:
            alarm.cancel()
            self._left -= time.monotonic() - begun


_NARROWER = (
    "ask for less at once (one area, one indicator, LIMIT), or open the edition's Parquet files with a tool of your own"
)


def _see_that_it_reads(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what is not one statement that reads. Raises QuestionError."""
    statements = connection.extract_statements(query)
    kinds = [statement.type for statement in statements]
    # DuckDB makes two of one PIVOT: a list of its values, which has no text, and a SELECT.
    if kinds == [duckdb.StatementType.CREATE, duckdb.StatementType.SELECT] and not statements[0].query:
        return
    if len(kinds) != 1:
        raise QuestionError(f"expected one statement, found {len(kinds)}: ask one after the other")
    if kinds[0] not in _READING:
        found = str(kinds[0]).rpartition(".")[2]
        raise QuestionError(
            f"an edition is read-only: expected a statement that reads, such as SELECT, FROM, WITH, DESCRIBE or "
            f"SUMMARIZE; found {found}"
        )


def _rows(connection: duckdb.DuckDBPyConnection, allowance: _Allowance) -> Iterator[tuple[Any, ...]]:
    while True:
        with allowance.spent():
            batch = connection.fetchmany(_ROWS)
        if not batch:
            return
        yield from batch
