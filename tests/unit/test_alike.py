"""Two editions compared cell by cell: the first difference is named, whatever each says of its own making."""

from pathlib import Path

import duckdb
import pytest

from pipelines.edition import alike


@pytest.fixture
def same(tmp_path: Path) -> tuple[Path, Path]:
    paths = (tmp_path / "frozen.duckdb", tmp_path / "rebuilt.duckdb")
    for number, path in enumerate(paths):
        with duckdb.connect(str(path)) as connection:
            for table in alike.COMPARED:
                columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
                connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            connection.execute("INSERT INTO pillar VALUES ('work', 1, 'made up', 'made up'), ('home', 2, 'x', 'x')")
            connection.execute(
                "INSERT INTO observation (provider, table_id, dimensions) VALUES ('p', 't', MAP {'a': 'b'})"
            )
            connection.execute(f"CREATE TABLE meta AS SELECT 'built_at' AS key, '{number}' AS value")
    return paths


def test_editions_that_differ_in_their_own_making_alone_are_the_same(same: tuple[Path, Path]) -> None:
    assert alike.first_difference(*same) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "UPDATE pillar SET position = 3 WHERE pillar_id = 'work'",
            "pillar: pillar_id=work: position: 1 frozen, 3 rebuilt",
        ),
        ("DELETE FROM pillar WHERE pillar_id = 'home'", "pillar: pillar_id=home is not rebuilt so"),
        ("INSERT INTO pillar VALUES ('aa', 3, 'x', 'x')", "pillar: pillar_id=aa is not frozen"),
        ("UPDATE observation SET dimensions = MAP {'a': 'c'}", "dimensions"),
        ("DROP TABLE pillar", "pillar: is not in both"),
        ("ALTER TABLE pillar ADD COLUMN more INTEGER", "pillar: has other columns: more"),
    ],
)
def test_the_first_difference_is_named(same: tuple[Path, Path], change: str, words: str) -> None:
    with duckdb.connect(str(same[1])) as connection:
        connection.execute(change)
    found = alike.first_difference(*same)
    assert found is not None
    assert words in found
