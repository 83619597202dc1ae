"""What the browser tests share: a running `make ui`, and Chromium before it."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from pipelines.settings import PROJECT
from tests.e2e.conftest import environment, eventually, free_port

LAUNCH = """
    mutation($params: ExecutionParams!) {
        launchRun(executionParams: $params) { ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
    }
"""
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1500,1000"
)
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"

SCHEDULE = """{ scheduleOrError(scheduleSelector: {scheduleName: "nightly", repositoryName: "__repository__",
    repositoryLocationName: "pipelines.workplace.definitions"}) { ... on Schedule { scheduleState { status } } } }"""


class UserInterface:
    """A running `make ui`, over a fresh data folder with an inbox beside it."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url, self.data_dir, self.inbox = url, data_dir, data_dir / "inbox"

    def address(self) -> str | None:
        """The address to come in by that was printed last."""
        printed = re.findall(r"open (http://\S+/enter\S+)", (self.data_dir / "ui.log").read_text(encoding="utf-8"))
        return printed[-1] if printed else None

    @cached_property
    def cookie(self) -> str:
        """The cookie of a browser that came in."""
        parts = urlsplit(self.address() or "")
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request("GET", f"{parts.path}?{parts.query}")
        return connection.getresponse().headers["Set-Cookie"].partition(";")[0]

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Put a GraphQL query to the webserver, as its own pages do."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Origin": self.url, "Cookie": self.cookie}
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data


@contextmanager
def opened(data_dir: Path, **settings: str) -> Iterator[UserInterface]:
    """Start what `make ui` starts, on a free port; kill its whole group of processes at the end."""
    (data_dir / "inbox").mkdir(exist_ok=True)
    port = free_port()
    folders = {"LEVEKAR_DATA_DIR": str(data_dir / "store"), "LEVEKAR_INBOX": str(data_dir / "inbox")}
    with (data_dir / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.workplace.ui", "-p", str(port)],
            cwd=PROJECT,
            env=environment(**folders, **settings),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = UserInterface(f"http://127.0.0.1:{port}", data_dir)
    try:
        eventually(started.address, 90)
        yield started
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def chromium(folder: Path, *, javascript: bool = True) -> WebDriver:
    """Start Chromium with a profile of its own, below a folder that is empty."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in [*FLAGS.split(), f"--user-data-dir={folder}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def picture(browser: WebDriver, name: str) -> None:
    """Keep what the browser shows, for who looks at it: below $PICTURES, where that is set."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(f"{folder}/{name}.png")


def shows(browser: WebDriver, *texts: str) -> None:
    """Wait until the page shows every text."""
    wait = WebDriverWait(browser, 40, ignored_exceptions=[WebDriverException])
    wait.until(
        lambda page: all(text in page.find_element(By.TAG_NAME, "body").text for text in texts),
        f"expected {texts} on {browser.current_url}",
    )
