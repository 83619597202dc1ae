"""An edition that another version wrote: what reads its columns says so, and a question of one's own is answered."""

from pathlib import Path

import duckdb
import pytest

from pipelines.storage import warehouse
from tests.e2e.conftest import Levekar


@pytest.fixture
def of_another_version(demo_copy: Path) -> Path:
    """A data folder whose edition lacks a column that this version reads."""
    edition = warehouse.current(demo_copy / "demo")
    assert edition is not None
    edition.chmod(0o600)
    with duckdb.connect(str(edition)) as connection:
        connection.execute("ALTER TABLE forecast_skill DROP COLUMN verdict")
    return demo_copy


@pytest.mark.parametrize(
    "command",
    [["scorecard"], ["scorecard", "--json"], ["explain", "crowding"], ["areas"], ["backtest"], ["report"], ["export"]],
)
def test_what_relies_on_its_columns_says_what_to_do(
    of_another_version: Path, levekar: Levekar, tmp_path: Path, command: list[str]
) -> None:
    target = [tmp_path / "out"] if command == ["export"] else []
    said = levekar(*command, *target, "--data-dir", of_another_version)
    assert said.code == 1
    told = " ".join(said.err.split())
    assert "another version of Levekår, and lacks forecast_skill.verdict" in told
    assert "`levekar refresh` publishes it anew" in told


@pytest.mark.slow
def test_sql_and_doctor_read_it_as_it_is(of_another_version: Path, levekar: Levekar, tmp_path: Path) -> None:
    said = levekar("sql", "--csv", "SELECT count(*) > 0 AS n FROM measure", "--data-dir", of_another_version)
    assert (said.code, said.out.split()) == (0, ["n", "True"])
    said = levekar("doctor", "--data-dir", of_another_version, "--inbox", tmp_path)
    assert "is not as it was published" in said.out  # its SHA-256 is another, as after any change by hand
