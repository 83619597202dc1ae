"""Run every benchmark of this folder, say whether its limit holds, and write docs/performance.md.

`python -m benchmarks measures growth` runs some, and writes nothing. The page is written after each benchmark, so that
of a run that was stopped it says what was not run.
"""

import importlib
import inspect
import os
import pkgutil
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import Result

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
HEADER = ("case", "ours", "against", "theirs", "ratio", "limit", "")


def main(asked: list[str]) -> int:
    every = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name != "__main__"]
    modules = {name: importlib.import_module(f"benchmarks.{name}") for name in asked or every}
    # Modules without a `run` that needs nothing are commands of their own.
    found = {name: getattr(module, "run", None) for name, module in modules.items()}
    runs = {name: run for name, run in found.items() if run and not needed(run)}
    machine, results = described(), dict[str, list[Result]]()
    for name, run in runs.items():
        results[name] = run()
        if not asked:
            PAGE.write_text(page(machine, results, [other for other in runs if other not in results]), "utf-8")
    table = Table(*HEADER, box=None, header_style="bold")
    every_result = [one for some in results.values() for one in some]
    for one in every_result:
        table.add_row(*row(one))
    Console(width=140).print(table)
    return 0 if all(one.good for one in every_result) else 1


def needed(function: Callable[..., object]) -> list[str]:
    """What a function cannot be called without."""
    parameters = inspect.signature(function).parameters.values()
    return [one.name for one in parameters if one.default is inspect.Parameter.empty]


def row(one: Result) -> tuple[str, ...]:
    ratio, limit = (f"{number:.2f}" if number >= 0.1 else f"1/{1 / number:.0f}" for number in (one.ratio, one.limit))
    mark = "ok" if one.good else "MISSED"
    return one.case, f"{one.ours:.3f}", one.peer_name, f"{one.peer:.3f}", ratio, limit, mark


def described() -> str:
    """The machine and what else it had to do, in a sentence."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    git = ["git", "-C", str(PAGE.parent), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}: {os.cpu_count()} × {processor}, {memory:.0f} GB, "
        f"load {os.getloadavg()[0]:.1f} at the start (above {os.cpu_count()}, others used the machine too); "
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}, Ibis {version('ibis-framework')}."
    )


def page(machine: str, results: dict[str, list[Result]], left: list[str]) -> str:
    """The page as Markdown. left: names of benchmarks that have not been run."""
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Each figure has its peer, or its limit, from the same run: what counts is the ratio, "
        "for seconds are another machine's. Seconds, unless the case says GB. Where a limit is missed, the benchmark's "
        "own text says in what the time goes (`benchmarks/<name>.py`).",
        "",
        machine,
        "",
    ]
    if left:
        lines += [f"**Not run in this run:** {', '.join(left)}.", ""]
    for name, found in results.items():
        if not found:
            continue
        lines += [f"## {name.replace('_', ' ')}", "", f"| {' | '.join(HEADER)} |", "|---|--:|---|--:|--:|--:|---|"]
        lines += [f"| {' | '.join(row(one))} |" for one in found]
        lines.append("")
        if name == "growth":
            lines += ["![Time of measures and of one GROUP BY, by rows of facts](performance.svg)", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
