"""τ-argus audits what we hide: the auditor of the statistical offices, with its own solver, on synthetic tables.

A table is one indicator: ten districts and their town by three years and their window (benchmarks/disclosure.py). The
audit gives the least and the greatest value that the sums leave each hidden count, fractions among them. It takes no
count for larger than the greatest of the table, which may be hidden here; so an eleventh part with large counts, all of
them shown, is added to each sum, which tells nothing of the others.
"""

from pathlib import Path
from random import Random

import pytest
from pytauargus.engine import run_batch

from benchmarks.disclosure import TOWN, WINDOW, YEARS, Counted, Decided, gauss, ours, primary, table_of

METADATA = """<SEPARATOR> ";"
Area
 <RECODEABLE>
 <TOTCODE> "Total"
Period
 <RECODEABLE>
 <TOTCODE> "Total"
Count
 <NUMERIC>
 <DECIMALS> 0
Status
 <STATUS>
"""
BATCH = """<OPENTABLEDATA> "counts.tab"
<OPENMETADATA> "counts.rda"
<SPECIFYTABLE> "Area""Period"|"Count"||
<SAFETYRULE>
<READTABLE>
"""
SAFE, SMALL, COMPANION = "SUM"
LARGE = 10_000


def audited(folder: Path, cells: Counted, decided: Decided) -> list[tuple[float, float]]:
    """Return what each hidden count can be."""
    small = primary(cells)
    lines = []
    for (area, period), (count, _of) in cells.items():
        status = (SMALL if (area, period) in small else COMPANION) if (area, period) in decided.hidden else SAFE
        code, more = "Total" if period == WINDOW else period, LARGE * len(YEARS) if period == WINDOW else LARGE
        if area == TOWN:
            lines.append(f"elsewhere;{code};{more};{SAFE}")
            lines.append(f"Total;{code};{count + more};{status}")
        else:
            lines.append(f"{area};{code};{count};{status}")
    for name, text in (("counts.tab", "\n".join(lines)), ("counts.rda", METADATA), ("counts.arb", BATCH)):
        (folder / name).write_text(text + "\n", encoding="utf-8")
    rows = run_batch(folder / "counts.arb").audit(0)
    assert len(rows) == len(decided.hidden)
    return [(row["min"], row["max"]) for row in rows]


def test_the_auditor_finds_a_count_that_is_hidden_alone(tmp_path: Path) -> None:
    cells = table_of(Random(1))
    alone = min(cell for cell in primary(cells) if cell[0] != TOWN)
    count = cells[alone][0]
    assert audited(tmp_path, cells, Decided(frozenset([alone]))) == [(count, count)]


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_auditor_leaves_every_count_that_we_hide_three_values(seed: int, tmp_path: Path) -> None:
    cells = table_of(Random(seed))
    assert primary(cells)
    assert [ends for ends in audited(tmp_path, cells, ours(cells)) if ends[1] - ends[0] < 2 - 1e-6] == []


def test_the_auditor_narrows_what_a_greedy_elimination_hides(tmp_path: Path) -> None:
    narrow = 0
    for seed in range(1, 7):
        cells = table_of(Random(seed))
        narrow += sum(most - least < 2 - 1e-6 for least, most in audited(tmp_path, cells, gauss(cells)))
    assert narrow > 0
