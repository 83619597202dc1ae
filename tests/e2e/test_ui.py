"""The analyst's user interface in a real browser: the graph, a run of the job, a pillar's chart."""

import html
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from pipelines.settings import DEMO, PROJECT
from pipelines.storage import warehouse
from pipelines.storage.snapshots import SnapshotStore
from tests.e2e.conftest import LEVEKAR, environment, eventually

pytestmark = pytest.mark.browser

GROUPS = ["work", "education", "housing", "health", "shared", "publication"]
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
        with urllib.request.urlopen(request, timeout=30) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserInterface]:
    """Start what `make ui` starts, on a free port; kill its whole group of processes at the end."""
    data_dir = tmp_path_factory.mktemp("ui")
    (data_dir / "inbox").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (data_dir / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.workplace.ui", "-p", str(port)],
            cwd=PROJECT,
            env=environment(LEVEKAR_DATA_DIR=str(data_dir / "store"), LEVEKAR_INBOX=str(data_dir / "inbox")),
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


@pytest.fixture(scope="module")
def browser(ui: UserInterface, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """Chromium, which came in by the address that was printed."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    driver.get(ui.address())
    yield driver
    driver.quit()


def shows(browser: WebDriver, *texts: str) -> None:
    """Wait until the page shows every text."""
    wait = WebDriverWait(browser, 40, ignored_exceptions=[WebDriverException])
    wait.until(
        lambda page: all(text in page.find_element(By.TAG_NAME, "body").text for text in texts),
        f"expected {texts} on {browser.current_url}",
    )


@pytest.fixture(scope="module")
def finished_run(ui: UserInterface) -> str:
    """Launch the job `refresh` through the webserver and return the id of the run that succeeded."""
    selector = {
        "repositoryLocationName": "pipelines.workplace.definitions",
        "repositoryName": "__repository__",
        "jobName": "refresh",
    }
    launched = ui.ask(LAUNCH, params={"selector": selector, "mode": "default", "runConfigData": {}})
    run_id: str = launched["launchRun"]["run"]["runId"]
    ended = eventually(
        lambda: (found := ui.ask(STATUS, id=run_id)["runOrError"]["status"]) in ("SUCCESS", "FAILURE") and found, 120
    )
    assert ended == "SUCCESS"
    return run_id


def test_the_graph_shows_the_stages_and_no_dialog_covers_it(ui: UserInterface, browser: WebDriver) -> None:
    browser.get(f"{ui.url}/asset-groups")
    shows(browser, *GROUPS, "Materialize all")
    assert not browser.find_elements(By.CSS_SELECTOR, "[role=dialog]")


def test_another_page_of_the_same_browser_gets_nothing(ui: UserInterface, browser: WebDriver, tmp_path: Path) -> None:
    """A page that the analyst has open asks in every way that a page can: as a form, a script, a picture, a frame."""
    mutation = 'mutation { setConcurrencyLimit(concurrencyKey: "attacked", limit: 7) }'
    page = tmp_path / "attack.html"
    address = f"{ui.url}/graphql?{urlencode({'query': mutation})}"
    page.write_text(
        f"""<img src='{html.escape(address)}'><iframe src='{ui.url}/'></iframe><iframe name=f></iframe>
        <form id=form method=post target=f action='{html.escape(address)}'></form>
        <script>
        form.submit();
        const body = JSON.stringify({{query: {json.dumps(mutation)}}});
        const tried = [
          fetch('{ui.url}/graphql', {{method: 'POST', mode: 'no-cors', credentials: 'include', body}}),
          fetch({json.dumps(address)}, {{mode: 'no-cors', credentials: 'include'}}),
          new Promise(done => {{
            const socket = new WebSocket('{ui.url.replace("http", "ws")}/graphql', 'graphql-ws');
            socket.onopen = () => done(document.title += ' socket opened');
            socket.onerror = done;
          }})];
        Promise.allSettled(tried).then(() => document.title += ' all tried');
        </script>"""
    )
    browser.get(page.as_uri())
    WebDriverWait(browser, 20).until(lambda page: "all tried" in page.title)
    time.sleep(1)  # form and frame
    assert "socket opened" not in browser.title
    limits = ui.ask("{ instance { concurrencyLimits { concurrencyKey } } }")
    assert limits["instance"]["concurrencyLimits"] == []


def test_a_run_from_the_ui_publishes_an_edition(ui: UserInterface, browser: WebDriver, finished_run: str) -> None:
    browser.get(f"{ui.url}/runs/{finished_run}")
    shows(browser, "Success", "refresh")
    with warehouse.connect(ui.data_dir / "store" / "demo") as connection:
        assert connection.execute("SELECT count(*) > 0 FROM scorecard").fetchone() == (True,)
        assert connection.execute("SELECT run_id FROM refresh_run").fetchall() == [(finished_run,)]


def test_a_pillars_chart_is_shown_as_asset_metadata(ui: UserInterface, browser: WebDriver, finished_run: str) -> None:
    browser.get(f"{ui.url}/assets/series/work")
    shows(browser, "[Show Markdown]")
    browser.find_element(By.XPATH, "//*[text()='[Show Markdown]']").click()
    picture = WebDriverWait(browser, 20).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, "img[src^='data:image/svg']")
    )[0]
    WebDriverWait(browser, 20).until(lambda _page: int(picture.get_attribute("naturalWidth")) > 400)


def test_the_nightly_schedule_is_there_and_off(ui: UserInterface, browser: WebDriver) -> None:
    browser.get(f"{ui.url}/automation")
    shows(browser, "nightly")
    states = ui.ask(
        '{ scheduleOrError(scheduleSelector: {scheduleName: "nightly", repositoryName: "__repository__", '
        'repositoryLocationName: "pipelines.workplace.definitions"}) { ... on Schedule { scheduleState { status } } } }'
    )
    assert states["scheduleOrError"]["scheduleState"]["status"] == "STOPPED"


# --- a file dropped in the inbox ------------------------------------------------------------------------------------


def delivered_in_demo(contract: str) -> str:
    """The text of one of the demo's own (synthetic) deliveries."""
    kept = SnapshotStore(DEMO / "snapshots")
    stored = kept.latest("delivery", contract).data[0]
    return kept.get(stored.sha256).decode()


def scorecard(ui: UserInterface) -> dict[str, Any]:
    command = [LEVEKAR, "scorecard", "--json", "--area", "drammen", "--data-dir", ui.data_dir / "store"]
    said = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=True)
    return {row["indicator_id"]: row for row in json.loads(said.stdout)}


@pytest.mark.usefixtures("finished_run")
def test_a_file_dropped_in_the_inbox_shows_up_in_the_scorecard(ui: UserInterface) -> None:
    header, *rows = delivered_in_demo("drammen_district_values").splitlines()
    before = scorecard(ui)["lower_secondary_points"]
    [newest] = [row for row in rows if row.startswith(f"Drammen,{before['period']},Grunnskolepoeng (poeng),")]
    assert float(newest.rpartition(",")[2]) == pytest.approx(before["value"])
    changed = f"{newest.rpartition(',')[0]},{before['value'] + 1:.1f}"
    (ui.inbox / "synthetic points.csv").write_text(f"{header}\n{changed}\n", encoding="utf-8")
    found = eventually(
        lambda: (row := scorecard(ui)["lower_secondary_points"])["value"] != before["value"] and row, 150
    )
    assert found["value"] == pytest.approx(before["value"] + 1)


@pytest.mark.usefixtures("finished_run")
def test_a_bad_file_shows_its_reasons(ui: UserInterface, browser: WebDriver) -> None:
    bad = delivered_in_demo("fhi_crowding").replace("innvandrere", "invandrere", 1)
    path = ui.inbox / "synthetic crowding.csv"
    path.write_text(bad, encoding="utf-8")
    eventually(lambda: not path.exists() and not list((ui.data_dir / "store").glob("*.lock")), 120)
    [folder] = eventually(lambda: list((ui.data_dir / "quarantine").glob("*-synthetic crowding.csv")), 30)
    browser.get(f"{ui.url}/assets/snapshot/delivery/fhi_crowding?view=checks&checkDetail=fetched")
    shows(browser, "fetched", "a file was not taken: a label that the contract does not have", "the first in cell E")
    assert "did you mean" in (folder / "reasons.md").read_text(encoding="utf-8")
    if pictures := os.environ.get("PICTURES"):
        browser.save_screenshot(f"{pictures}/refused.png")
