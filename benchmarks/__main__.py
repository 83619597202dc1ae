"""Run every benchmark of this folder and say whether its limit holds."""

import importlib
import pkgutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import Result


def main() -> int:
    results: list[Result] = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != "__main__":
            results += importlib.import_module(f"benchmarks.{module.name}").run()
    table = Table("case", "ours", "against", "theirs", "ratio", "limit", "", box=None, header_style="bold")
    for one in results:
        mark = "ok" if one.good else "MISSED"
        ratio = f"{one.ratio:.2f}" if one.ratio >= 0.1 else f"1/{1 / one.ratio:.0f}"
        limit = f"{one.limit:.2f}" if one.limit >= 0.1 else f"1/{1 / one.limit:.0f}"
        table.add_row(one.case, f"{one.ours:.3f} s", one.peer_name, f"{one.peer:.3f} s", ratio, limit, mark)
    Console(width=140).print(table)
    return 0 if all(one.good for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
