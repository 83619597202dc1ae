"""The pages' budgets: eleven areas of the demo (synthetic) in both languages, and how soon one from disk can be used.

`python -m benchmarks report` publishes the demo first; `python -m benchmarks.report FOLDER` takes an edition that there
is, by the folder of its source set, such as data/store/demo. Seconds of making are the processor's.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from selenium import webdriver

from benchmarks import Result
from indicators import catalogue
from pipelines.report import site
from pipelines.report.published import read
from pipelines.settings import Settings
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose

AREAS = 11
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_READY = "return performance.getEntriesByType('navigation')[0].domInteractive / 1000"


def run(root: Path | None = None) -> list[Result]:
    with tempfile.TemporaryDirectory() as scratch:
        if root is None:
            settings = Settings(data_dir=Path(scratch), inbox=Path(scratch) / "inbox")
            night = compose(settings)
            refreshing.refresh(definitions.build(night), night)
            root = settings.root
        known, folder = catalogue.load(), Path(scratch) / "site"
        chosen = read(root, known).with_figures[:AREAS]
        start = time.process_time()
        written = site.write(root, known, chosen, folder)
        seconds = time.process_time() - start
        areas = [path for path in folder.iterdir() if (path / "pillar").is_dir() and path.name != "en"]
        firsts = [path / "index.html" for path in areas]
        pages = [page for area in areas for page in area.glob("indicator/*.html")]
        case = f"report, {len(areas)} areas × {len(pages) // len(areas)} indicators"
        first, largest = (max(found, key=lambda page: page.stat().st_size) for found in (firsts, pages))
        return [
            Result(f"{case}, {written.pages} pages, seconds", seconds, "the limit", 60.0, 1.0),
            Result(f"{case}, MB", written.size / 1e6, "the limit", 60.0, 1.0),
            Result("report, largest first page, kB", first.stat().st_size / 1e3, "the limit", 300.0, 1.0),
            Result("report, largest indicator's page, kB", largest.stat().st_size / 1e3, "the limit", 500.0, 1.0),
            *usable(scratch, {"first page": first, "indicator's page": largest}),
        ]


def usable(scratch: str, pages: dict[str, Path]) -> list[Result]:
    """Seconds until a page from disk can be used, in a browser that is running; nothing where there is no Chromium."""
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        return []
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS, f"--user-data-dir={scratch}/browser"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        found = []
        for name, page in pages.items():
            driver.get(page.as_uri())
            found.append(Result(f"report, {name} usable", driver.execute_script(_READY), "the limit", 1.0, 1.0))
        return found
    finally:
        driver.quit()


if __name__ == "__main__":
    for result in run(Path(sys.argv[1])):
        Console().print(f"{result.case}: {result.ours:.3f} of {result.peer:.0f}")
