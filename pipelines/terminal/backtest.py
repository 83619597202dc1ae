"""`levekar backtest`: how past forecasts came out, in figures of the current edition."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from indicators.dictionary import SCHEMA
from indicators.forecast_skill import over_all
from pipelines.storage import warehouse
from pipelines.terminal.scorecard import SYNTHETIC

_COLOURS = {"holds": "green", "too cautious": "yellow", "does not hold": "red", "too few cases": "dim"}


def rows(root: Path, indicator: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of `forecast_skill`: every indicator's whole, or one indicator's by horizon."""
    with warehouse.connect(root, SCHEMA) as connection:
        if indicator is None:
            return warehouse.rows(connection, "SELECT * FROM forecast_skill WHERE horizon = 0 ORDER BY indicator_id")
        query = "SELECT * FROM forecast_skill WHERE indicator_id = ? ORDER BY horizon"
        return warehouse.rows(connection, query, indicator)


def show(console: Console, root: Path, indicator: str | None = None) -> None:
    """Print skill by indicator (or one indicator's by horizon) and, of all, what came true by tenth."""
    with warehouse.connect(root, SCHEMA) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        tenths = over_all(connection.table("forecast_calibration").to_arrow_table())
    if meta.get("synthetic") == "true":
        console.print(SYNTHETIC, style="bold red")
    found = rows(root, indicator)
    if not found:
        console.print("No forecast can be judged yet: that takes five figures of one area.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    first = "indicator" if indicator is None else "years ahead"
    table.add_column(first)
    for name in ("cases", "areas", "years", "Brier", "no change", "line", "80 % held", "95 % held", "worst tenth off"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for row in found:
        ahead = "all" if row["horizon"] == 0 else str(row["horizon"])
        verdict = row["verdict"] or ""
        table.add_row(
            row["indicator_id"] if indicator is None else ahead,
            *(f"{row[name]:,}" for name in ("cases", "areas", "years")),
            *(_decimals(row[name]) for name in ("brier", "brier_no_change", "brier_straight_line")),
            *(_share(row[name]) for name in ("coverage_80", "coverage_95", "calibration_error")),
            Text(verdict, style=_COLOURS.get(verdict, "")),
        )
    console.print(table)
    if indicator is None:
        console.print("\nProbability given, and share that came true, over all indicators:", style="bold")
        for row in tenths:
            tenth, shares = int(row["tenth"]) * 10, f"{_share(row['given'])}  {_share(row['came_true'])}"
            console.print(f"  {tenth:3d}-{tenth + 10} %  {shares}  of {row['cases']:,.0f}")
    console.print(
        "Forecasts of each past year from what was known then, targets 10 to 30 % up and down. Brier: 0 is perfect, "
        "0.25 is a coin's. Where the verdict is 'does not hold' or 'too cautious' the scorecard gives no probability.",
        style="dim",
    )


def _decimals(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"


def _share(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.0%}".replace("%", " %").rjust(5)
