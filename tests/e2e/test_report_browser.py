"""The demo's pages in a real browser: accessible, by keyboard, on a phone, on paper, without JavaScript or network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from indicators import catalogue
from pipelines.report import paper, site
from pipelines.settings import PROJECT
from tests.e2e.conftest import Published
from tests.e2e.user_interface import chromium

pytestmark = pytest.mark.browser

AXE = PROJECT / ".venv" / "axe" / "axe.min.js"  # `make axe`
KINDS = ["index", "pillar/work", *site.other_pages.PAGES, "indicator/employment_rate", "indicator/traffic_injuries"]
PAGES = [f"{language}{kind}.html" for language in ("", "en/") for kind in KINDS]
RUN_AXE = "const done = arguments[0]; axe.run(document).then(found => done(found.violations), fault => done([{fault}]))"


@pytest.fixture(scope="module")
def folder(demo: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "site"
    site.write(demo.folder / "demo", catalogue.load(), ["drammen-7"], folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    driver = chromium(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


def narrow(browser: WebDriver, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(browser, folder, page: str, width: int):
    narrow(browser, width)
    browser.get((folder / page).as_uri())
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    violations = browser.execute_async_script(RUN_AXE)
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    # Of a table that is wider than the screen, the caption is not: it stays in sight while the table is moved.
    ends = "return [0, ...[...document.querySelectorAll('caption')].map(one => one.getBoundingClientRect().right)]"
    assert max(browser.execute_script(ends)) <= width


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(browser, folder):
    narrow(browser, 1280)
    browser.get((folder / "indicator" / "employment_rate.html").as_uri())
    wanted = browser.execute_script("return document.querySelectorAll('a[href], [tabindex=\"0\"]').length")
    first = press_tab(browser)
    assert first["text"] == "Hopp til innholdet"
    assert first["left"] >= 0  # it comes into sight with the focus
    seen = [first]
    while len(seen) < wanted:
        here = press_tab(browser)
        assert here["outline"] != "none", here
        seen.append(here)
    tops = [one["at"] for one in seen]
    assert tops == sorted(tops)
    browser.get((folder / "index.html").as_uri())
    press_tab(browser)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.execute_script("return document.activeElement.id") == "content"


def press_tab(browser: WebDriver) -> dict:
    ActionChains(browser).send_keys(Keys.TAB).perform()
    return browser.execute_script(
        "const it = document.activeElement, box = it.getBoundingClientRect();"
        "const all = [...document.querySelectorAll('*')];"
        "return {text: it.textContent.trim(), left: box.left, at: all.indexOf(it),"
        " outline: getComputedStyle(it).outlineStyle}"
    )


def test_no_request_leaves_the_folder(browser, folder):
    browser.get_log("performance")
    for page in PAGES:
        browser.get((folder / page).as_uri())
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}
    assert (folder / "style.css").as_uri() in asked
    assert [url for url in asked if not url.startswith((f"{folder.as_uri()}/", "data:"))] == []


@pytest.mark.parametrize("indicator", ["employment_rate", "upper_secondary_leavers", "registered_unemployment"])
def test_three_clicks_lead_from_a_figure_to_the_response_it_came_from(browser, folder, indicator: str):
    """Card, link to the sources, address of the response; of a delivered file, its SHA-256.

    In the demo all figures of kommunedel 7 come from delivered files, so that the third click is a look, and what is
    below that is for other figures. `tests/e2e/test_whole_way.py` follows every figure; here the links are clicked.
    """
    narrow(browser, 1280)
    browser.get((folder / "index.html").as_uri())
    browser.find_element("css selector", f'.card a[href="indicator/{indicator}.html"]').click()
    figure = browser.find_element("css selector", "#figures ~ * td.num").text
    assert figure
    browser.find_element("css selector", 'a[href="#sources"]').click()
    heading = browser.find_element("id", "sources")
    assert browser.execute_script("return arguments[0].getBoundingClientRect().top < innerHeight", heading)
    answers = browser.find_elements("css selector", "table.sources td:nth-child(2)")
    assert all(re.search(r"\b[0-9a-f]{64}\b", answer.text) for answer in answers)
    links = browser.find_elements("css selector", "table.sources td a")
    if not links:  # a delivered file has no address: its SHA-256 is what it is known by
        assert {answer.text.split("\n")[0] for answer in answers} == {"levert fil"}
        return
    address = links[0].get_attribute("href")
    browser.get_log("performance")
    links[0].click()
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert address.startswith("https://")
    assert address in asked


def test_all_is_there_without_javascript(folder, tmp_path):
    driver = chromium(tmp_path / "browser", javascript=False)
    try:
        driver.get((folder / "index.html").as_uri())
        text = driver.find_element("tag name", "main").text
        assert "Hva er blitt verre" in text
        assert "sannsynlighet for å nå målet" in text
        assert len(driver.find_elements("css selector", "svg.small")) > 30
        driver.find_element("link text", "English").click()
        assert "What got worse" in driver.find_element("tag name", "main").text
    finally:
        driver.quit()


def test_each_pillar_is_two_pages_of_paper_at_most(folder):
    printed = paper.print_pillars(folder, "synthetic-")
    assert [path.relative_to(folder).as_posix() for path in printed if path.parent == folder / "pillar"] == [
        f"pillar/synthetic-{pillar}.pdf" for pillar in ("education", "health", "housing", "work")
    ]
    for path in printed:
        assert len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) <= 2, path


def test_the_chart_on_its_own_is_drawn(browser, folder):
    browser.get((folder / "indicator" / "synthetic-employment_rate.svg").as_uri())
    assert len(browser.find_elements("css selector", "circle")) > 8
