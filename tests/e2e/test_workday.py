"""A working day of the analyst in a real browser, from the overview in the morning to the night in which SSB was down.

Chromium, `make ui` with its webserver and daemon, and servers of the tests' own in the providers' place. Dagster keeps
its records in SQLite, as on an analyst's machine, or in PostgreSQL, as `deploy/` sets it up. The tests follow each
other; each leaves a picture below $PICTURES, where that is set. All figures are synthetic.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from pipelines.storage import warehouse
from tests.e2e import postgresql
from tests.e2e.conftest import eventually
from tests.e2e.test_deliver import newer
from tests.e2e.test_ui import delivered_in_demo
from tests.e2e.user_interface import SCHEDULE, UserInterface, chromium, opened, picture, shows
from tests.fhi_server import FhiServer
from tests.integration.test_stages import classifications, fhi_tables, synthetic_tables
from tests.klass_server import KlassServer
from tests.pxweb_server import PxWebServer

pytestmark = pytest.mark.browser

LOCATION = "/locations/__repository__@pipelines.workplace.definitions"
RUNS = "{ runsOrError(limit: 100) { ... on Runs { results { runId jobName status } } } }"
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
EMPLOYED = "Kommunedel 7 Strømsø/Tangen,2025,Sysselsatte 20-66 år,"


@dataclass
class Workday:
    """The user interface, the browser before it, and SSB's server, which can be stopped. seen: runs that were told."""

    ui: UserInterface
    browser: WebDriver
    records: str
    ssb: ExitStack
    seen: set[str] = field(default_factory=set)

    def open(self, path: str, *texts: str) -> None:
        self.browser.get(f"{self.ui.url}{path}")
        shows(self.browser, *texts)

    def find(self, path: str) -> WebElement:
        """The first element that fits an XPath, once it can be clicked."""
        return WebDriverWait(self.browser, 60).until(
            lambda page: next((one for one in page.find_elements(By.XPATH, path) if one.is_displayed()), None),
            f"expected {path} on {self.browser.current_url}",
        )

    def unfold(self, *texts: str) -> None:
        """Open the last text that the page keeps folded, and wait until it is shown."""
        self.find("(//*[text()='[Show Markdown]'])[last()]").click()
        shows(self.browser, *texts)

    def picture(self, name: str) -> None:
        picture(self.browser, f"workday-{self.records}-{name}")

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ui.ask(RUNS)["runsOrError"]["results"]
        return found

    def ended(self) -> list[dict[str, Any]]:
        return [run for run in self.runs() if run["status"] in ENDED]

    def run_that_follows(self) -> dict[str, Any]:
        """Wait for a run that was not told of before to end, and return it."""
        found: dict[str, Any] = eventually(
            lambda: next((run for run in self.ended() if run["runId"] not in self.seen), None),
            400,
        )
        self.seen.add(found["runId"])
        return found

    def wait_until_idle(self) -> None:
        """Wait until no run is at work or queued, and take all that have ended for told."""
        eventually(lambda: all(run["status"] in ENDED for run in self.runs()), 300)
        self.seen |= {run["runId"] for run in self.runs()}

    def figure(self, indicator: str) -> Any:
        """What the scorecard that readers open has of the district."""
        query = "SELECT value FROM scorecard WHERE indicator_id = ? AND area_id = 'drammen-7'"
        with warehouse.connect(self.ui.data_dir / "store" / "live") as connection:
            return connection.execute(query, [indicator]).fetchall()[0][0]


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workday]:
    """The morning: `make ui` over a store whose first run was started from it, with the district's two files."""
    folder = tmp_path_factory.mktemp("workday")
    with ExitStack() as stack:
        fhi, klass = stack.enter_context(FhiServer(fhi_tables())), stack.enter_context(KlassServer(classifications()))
        ssb_alone = stack.enter_context(ExitStack())
        ssb = ssb_alone.enter_context(PxWebServer(list(synthetic_tables().values())))
        records: dict[str, str] = {}
        if request.param == "PostgreSQL":
            records = stack.enter_context(postgresql.serving(stack.enter_context(postgresql.passable_folder())))
            (folder / "store" / "dagster" / "live").mkdir(parents=True)
            shutil.copy(postgresql.DEPLOY / "dagster.yaml", folder / "store" / "dagster" / "live")
        (folder / "inbox").mkdir()
        for contract in ("drammen_district_counts", "drammen_district_values"):
            path = folder / "inbox" / f"synthetic {contract}.csv"
            path.write_text(delivered_in_demo(contract), encoding="utf-8")
        urls = {"LEVEKAR_SSB_URL": ssb.url, "LEVEKAR_FHI_URL": fhi.url, "LEVEKAR_KLASS_URL": klass.url}
        ui = stack.enter_context(opened(folder, LEVEKAR_SOURCES="live", **urls, **records))
        browser = chromium(tmp_path_factory.mktemp("chromium"))
        stack.callback(browser.quit)
        browser.get(ui.address())
        work = Workday(ui, browser, request.param, ssb_alone)
        # The sensor saw the two files, and its run takes them; who wants the rest materialises all.
        work.open("/asset-groups", "Materialize all")
        work.find("//button[contains(., 'Materialize all')]").click()
        for _run in range(2):
            assert work.run_that_follows()["status"] == "SUCCESS"
        yield work


def test_the_overview_leads_to_the_chart_of_what_is_behind_and_to_what_was_received(day: Workday) -> None:
    day.open("/assets/publication/overview", "[Show Markdown]")
    day.unfold("To do")
    behind = day.find("//tr[td[starts-with(., 'off track')]]")
    name, source = (behind.find_element(By.XPATH, f"(.//a)[{at}]") for at in (1, "last()"))
    indicator, received = name.text, source.get_attribute("href")
    day.picture("1 overview")
    day.browser.get(name.get_attribute("href"))
    day.unfold()
    chart = day.find(f"//img[starts-with(@src, 'data:image/svg') and contains(@alt, '{indicator}')]")
    WebDriverWait(day.browser, 30).until(lambda _page: int(chart.get_attribute("naturalWidth")) > 400)
    day.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    day.picture("2 chart")
    day.browser.get(received)
    shows(day.browser, "Latest materialization", "new", "readers' name of each file")
    day.picture("3 source")


def test_a_pillar_is_materialised_from_its_page(day: Workday) -> None:
    day.open(f"{LOCATION}/asset-groups/work", "Materialize all")
    day.find("//button[contains(., 'Materialize all')]").click()
    run = day.run_that_follows()
    day.open(f"/runs/{run['runId']}", "Success")
    day.picture("4 pillar")
    assert run["status"] == "SUCCESS"


def test_of_three_files_the_good_one_is_taken_the_bad_one_refused_the_odd_one_held(day: Workday) -> None:
    before = day.figure("employment_rate")
    header, *rows = delivered_in_demo("drammen_district_counts").splitlines()
    [newest] = [row for row in rows if row.startswith(EMPLOYED)]
    counted, residents = newest.removeprefix(EMPLOYED).split(",")
    dropped = f"{header}\n{EMPLOYED}{counted[:-1]},{residents}\n"  # a digit is missing
    bad = delivered_in_demo("fhi_crowding").replace("innvandrere", "invandrere", 1)
    good, _period, points = newer(day.ui.inbox)
    for name, text in (("bad", bad), ("odd", dropped)):
        (day.ui.inbox / f"synthetic {name}.csv").write_text(text, encoding="utf-8")
    eventually(lambda: day.figure("lower_secondary_points") == pytest.approx(points + 1), 300)
    eventually(lambda: not (day.ui.inbox / "synthetic bad.csv").exists(), 120)
    eventually(lambda: list((day.ui.data_dir / "held").glob("*/held.json")), 120)
    assert day.figure("employment_rate") == before
    assert good.exists()
    day.wait_until_idle()
    day.open(
        "/assets/snapshot/delivery/fhi_crowding?view=checks&checkDetail=fetched",
        "a file was not taken: a label that the contract does not have",
    )
    day.picture("5 refused")
    day.open(
        "/assets/snapshot/delivery/drammen_district_counts?view=checks&checkDetail=plausible",
        "a figure that stands out from what is known",
    )
    day.picture("6 held")
    day.open("/assets/snapshot/delivery/drammen_district_values", "Latest materialization", "new")
    day.picture("7 taken")


def test_what_is_held_is_confirmed_from_the_page_and_published(day: Workday) -> None:
    day.open("/assets/publication/overview", "[Show Markdown]")
    day.unfold("Held")
    told = day.find("//li[contains(., 'confirm_delivery')]").text
    day.picture("8 overview with a held file")
    (name,) = re.findall(r"confirm_delivery with ([0-9a-f]{8})", told)
    before = day.figure("employment_rate")
    config = {"delivery": name, "by": "the analyst", "reason": "synthetic: the register was cleaned"}
    lines = "".join(f"      {key}: '{value}'\n" for key, value in config.items())
    setup = quote(f"ops:\n  confirm:\n    config:\n{lines}")
    day.open(f"{LOCATION}/jobs/confirm_delivery/playground/setup?config={setup}", "No errors", "Launch Run")
    day.find("//button[contains(., 'Launch Run') and not(@disabled)]").click()
    confirmed = day.run_that_follows()
    assert (confirmed["jobName"], confirmed["status"]) == ("confirm_delivery", "SUCCESS")
    eventually(lambda: day.figure("employment_rate") == pytest.approx(before / 10, rel=0.02), 300)  # by the sensor
    day.wait_until_idle()


def test_the_schedule_is_turned_on(day: Workday) -> None:
    day.open(f"{LOCATION}/schedules/nightly", "03:10")
    day.find("//*[@role='switch' or contains(@class, 'witch')]").click()
    eventually(
        lambda: day.ui.ask(SCHEDULE)["scheduleOrError"]["scheduleState"]["status"] == "RUNNING",
        30,
    )
    day.picture("9 schedule")


def test_a_night_in_which_ssb_was_down_is_seen_as_such(day: Workday) -> None:
    before = day.figure("employment_rate")
    day.ssb.close()
    day.open(f"{LOCATION}/jobs/night/playground", "No errors", "Launch Run")
    day.find("//button[contains(., 'Launch Run') and not(@disabled)]").click()
    run = eventually(lambda: next((one for one in day.ended() if one["jobName"] == "night"), None), 300)
    assert run["status"] == "FAILURE"
    day.open(f"/runs/{run['runId']}", "Failure", "FAILED, nothing was published")
    day.picture("10 night")
    day.open("/assets/publication/warehouse?view=checks&checkDetail=asked", "Failed", "answered")
    day.unfold("ssb: no answer of use from")
    day.picture("11 check of the night")
    assert day.figure("employment_rate") == before
