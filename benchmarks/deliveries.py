"""Checking and storing a CSV of 1,000,000 rows and a spreadsheet of 200,000, against reading alone and named limits.

Each case runs in a process of its own, so that its memory is its own too. The files are synthetic, in the layout of a
real contract. `python -m benchmarks.deliveries` prints the memory as well.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Result

ROUNDS = 3
MEMORY = 600  # MB, the whole process
CASES = {
    # rows, limit in seconds, the reader alone
    "csv": (1_000_000, 5.0, "pandas.read_csv, as text"),
    "xlsx": (200_000, 20.0, "calamine alone"),
}
HEADER = [
    "Nivå",
    "Geografisk enhet",
    "Arbeidsmarkedsstatus",
    "Kjønn",
    "Antall personer",
    "Andel av arbeidsstyrken",
    "Dato",
]


def rows(number: int) -> list[list[str | int | float]]:
    """Synthetic job seekers of synthetic municipalities, by month, status and sex."""
    draw = random.Random(1)
    made: list[list[str | int | float]] = []
    place = 0
    while len(made) < number:
        place += 1
        name = "Skien" if place == 1 else f"Synthetic {place}"
        for month in range(180):
            day = f"{2011 + month // 12}-{month % 12 + 1:02d}-01"
            for status in ("Helt ledige", "Delvis ledige", "Arbeidssøkere på tiltak"):
                men, women = draw.randint(4, 900), draw.randint(4, 900)
                for sex, count in (("Begge kjønn", men + women), ("Menn", men), ("Kvinner", women)):
                    made.append(["Kommuner", name, status, sex, count, round(draw.random() / 10, 3), day])
    return made[:number]


def write(folder: Path) -> None:
    """Write both files."""
    import csv

    import xlsxwriter

    with (folder / "synthetic.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows(CASES["csv"][0])])
    with xlsxwriter.Workbook(str(folder / "synthetic.xlsx")) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([HEADER, *rows(CASES["xlsx"][0])]):
            sheet.write_row(number, 0, row)


def checked_and_stored(path: Path) -> None:
    from indicators import catalogue
    from pipelines.deliveries import checking
    from pipelines.settings import Settings
    from pipelines.workplace.night import compose

    with tempfile.TemporaryDirectory() as folder:
        rules = checking.Rules.of(catalogue.load())  # the catalogue is read at the start of any run
        start = time.perf_counter()
        checked = checking.check(checking.taken_from(path), rules)
        assert checked.error is None, checked.error
        night = compose(Settings("files", data_dir=Path(folder) / "store"), given=(checked,))
        assert night.asking.take(f"delivery/{checked.contract}").state == "new"
        told(time.perf_counter() - start)


def read_alone(path: Path) -> None:
    if path.suffix == ".csv":
        import pandas as pd

        start = time.perf_counter()
        pd.read_csv(path, dtype=str, keep_default_na=False)  # 0602 is no number
    else:
        from python_calamine import CalamineWorkbook

        start = time.perf_counter()
        CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    told(time.perf_counter() - start)


def told(seconds: float) -> None:
    """Print seconds, and the largest memory of this process in MB."""
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def measured(what: str, path: Path) -> tuple[float, float]:
    """Median seconds and largest memory over several processes."""
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-m", "benchmarks.deliveries", what, str(path)]
        found.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return sorted(seconds for seconds, _memory in found)[ROUNDS // 2], max(memory for _seconds, memory in found)


def run(show: bool = False) -> list[Result]:
    results = []
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        for ending, (number, limit, peer_name) in CASES.items():
            path = Path(folder) / f"synthetic.{ending}"
            ours, memory = measured("ours", path)
            peer, theirs = measured("alone", path)
            case = f"check and store {ending}, {number:,} rows"
            results += [
                Result(case, ours, "the limit", limit, 1.0),
                Result(case, ours, peer_name, peer, 2.0),
                Result(f"{case}: GB of memory", memory / 1000, "the limit", MEMORY / 1000, 1.0),
            ]
            if show:
                size = path.stat().st_size / 1e6
                print(
                    f"{case} ({size:.0f} MB): {ours:.2f} s, {memory:.0f} MB; {peer_name} {peer:.2f} s, {theirs:.0f} MB"
                )
    return results


if __name__ == "__main__":
    if len(sys.argv) == 3:
        (checked_and_stored if sys.argv[1] == "ours" else read_alone)(Path(sys.argv[2]))
    else:
        run(show=True)
