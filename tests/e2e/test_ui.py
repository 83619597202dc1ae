"""The analyst's user interface in a real browser: the graph, a run of the job, a pillar's chart."""

import html
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from pipelines.settings import DEMO, PROJECT
from pipelines.storage import warehouse
from pipelines.storage.snapshots import SnapshotStore
from tests.e2e.conftest import LEVEKAR, environment, eventually
from tests.e2e.user_interface import LAUNCH, SCHEDULE, STATUS, UserInterface, chromium, opened, picture, shows

pytestmark = pytest.mark.browser

GROUPS = ["work", "education", "housing", "health", "shared", "publication"]


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserInterface]:
    with opened(tmp_path_factory.mktemp("ui")) as started:
        yield started


@pytest.fixture(scope="module")
def browser(ui: UserInterface, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """Chromium, which came in by the address that was printed."""
    driver = chromium(tmp_path_factory.mktemp("chromium"))
    driver.get(ui.address())
    yield driver
    driver.quit()


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
        lambda: (found := ui.ask(STATUS, id=run_id)["runOrError"]["status"]) in ("SUCCESS", "FAILURE") and found, 300
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
    states = ui.ask(SCHEDULE)
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
        lambda: (row := scorecard(ui)["lower_secondary_points"])["value"] != before["value"] and row, 300
    )
    assert found["value"] == pytest.approx(before["value"] + 1)


@pytest.mark.usefixtures("finished_run")
def test_a_bad_file_shows_its_reasons(ui: UserInterface, browser: WebDriver) -> None:
    bad = delivered_in_demo("fhi_crowding").replace("innvandrere", "invandrere", 1)
    path = ui.inbox / "synthetic crowding.csv"
    path.write_text(bad, encoding="utf-8")
    eventually(lambda: not path.exists() and not list((ui.data_dir / "store").glob("*.lock")), 300)
    [folder] = eventually(lambda: list((ui.data_dir / "quarantine").glob("*-synthetic crowding.csv")), 30)
    browser.get(f"{ui.url}/assets/snapshot/delivery/fhi_crowding?view=checks&checkDetail=fetched")
    shows(browser, "fetched", "a file was not taken: a label that the contract does not have", "the first in cell E")
    assert "did you mean" in (folder / "reasons.md").read_text(encoding="utf-8")
    picture(browser, "refused")
