"""A PDF of two pages per pillar for the steering group: the pillar's page as Chromium prints it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pipelines.report.site import ReportError
from pipelines.storage import files

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--disable-dev-shm-usage", "--no-pdf-header-footer", "--disable-javascript"),
)
_SECONDS = 120


def print_pillars(folder: Path, named: str = "") -> list[Path]:
    """Print each page pillar/<id>.html below the folder as a PDF beside it; return the files.

    named: what their names begin with. Raises ReportError where there is no Chromium, or it prints nothing.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise ReportError(f"--pdf prints with Chromium, which is not here; expected one of {', '.join(_BROWSERS)}")
    return [_printed(browser, page, named) for page in sorted(folder.rglob("pillar/*.html"))]


def _printed(browser: str, page: Path, named: str) -> Path:
    target = page.with_name(f"{named}{page.stem}.pdf")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *_FLAGS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ReportError(f"{page}: {browser} printed nothing within {_SECONDS} seconds") from None
    if done.returncode or not target.is_file():
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise ReportError(f"{page}: {browser} printed nothing, and said: {said}")
    target.chmod(files.FOR_READERS)
    return target
