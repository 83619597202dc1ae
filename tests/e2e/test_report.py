"""`levekar report` on the published demo: whole, self-contained, in two languages, within its budgets, hiding what is
hidden."""

import csv
import dataclasses
import html
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import shapely
from pydantic import BaseModel

from indicators import catalogue
from pipelines.language import Language
from pipelines.report import area_map, other_pages, site
from pipelines.report.published import read
from tests.e2e.conftest import Levekar, Published

pytestmark = pytest.mark.slow

AREA = "drammen-7"


class Page(HTMLParser):
    """A page's tags with their attributes, and the rows of its tables."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.tags, self.rows = path, [], []
        self.text = path.read_text(encoding="utf-8")
        self._cell = False
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data

    def all(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] for name, attrs in self.tags if name == tag and attrs.get(attribute) is not None]


@pytest.fixture(scope="module")
def folder(demo: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "site"
    site.write(demo.folder / "demo", catalogue.load(), [AREA], folder)
    return folder


@pytest.fixture(scope="module")
def pages(folder: Path) -> list[Page]:
    return [Page(path) for path in sorted(folder.rglob("*.html"))]


def test_the_command_replaces_pages_but_nothing_else(demo: Published, folder: Path, levekar: Levekar, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "site")
    areas = ["--area", "drammen-10", "--area", "drammen-4"]  # the first has a newest figure that is hidden
    said = levekar("report", *areas, "--data-dir", demo.folder, "-o", tmp_path / "site")
    assert said.code == 0, said.err
    assert "index.html" in said.out
    assert not (tmp_path / "site" / "compare.html").exists()
    assert "Gulskogen" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "Gulskogen" in (tmp_path / "site" / "drammen-4" / "index.html").read_text(encoding="utf-8")
    hidden_today = Page(tmp_path / "site" / "drammen-10" / "indicator" / "upper_secondary_leavers.html")
    assert "suppressed: the count or its complement" in hidden_today.text
    assert "Arithmetic" not in hidden_today.text
    assert not list(tmp_path.glob(".unfinished*"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    said = levekar("report", "--data-dir", demo.folder, "-o", tmp_path / "mine")
    assert said.code == 1
    assert "holds something else" in said.err
    said = levekar("report", "--area", "atlantis", "--data-dir", demo.folder, "-o", tmp_path / "other")
    assert (said.code, "known are" in said.err) == (64, True)


def test_nothing_outside_the_folder_is_asked_for_and_every_link_leads_to_a_page(folder: Path, pages: list[Page]):
    for page in pages:
        assert not page.all("script", "src") and "<script" not in page.text
        assert not page.all("img", "src") and not page.all("iframe", "src")
        for link in [*page.all("a", "href"), *page.all("link", "href")]:
            if link.startswith("https://"):
                continue  # a source's address, for the reader to follow
            path, _, anchor = link.partition("#")
            target = (page.path.parent / path).resolve() if path else page.path
            assert target.is_relative_to(folder), link
            assert target.is_file(), f"{page.path}: {link}"
            if target.suffix != ".html":
                assert target.name.startswith("synthetic-") or target.name in ("style.css", "datapackage.json")
            elif anchor:
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8")
    assert not re.search(r"url\((?!\"data:)|@import", (folder / "style.css").read_text(encoding="utf-8"))


def test_both_languages_have_the_same_pages_which_lead_to_each_other(folder: Path, pages: list[Page]):
    names = {page.path.relative_to(folder).as_posix() for page in pages}
    norwegian = {name for name in names if not name.startswith("en/")}
    assert {f"en/{name}" for name in norwegian} == names - norwegian
    for page in pages:
        language = "en" if page.path.relative_to(folder).parts[0] == "en" else "nb"
        assert page.all("html", "lang") == [language]
        [there] = [
            (page.path.parent / attrs["href"]).resolve()
            for tag, attrs in page.tags
            if tag == "a" and attrs.get("hreflang")
        ]
        back = folder / "en" / page.path.relative_to(folder) if language == "nb" else None
        assert there == (back or folder / page.path.relative_to(folder / "en"))


def english_texts(part: object) -> Iterator[str]:
    """Every text of the catalogue that is there in Norwegian too: `note` beside `note_no`, `name_en` and `name_no`."""
    if isinstance(part, Mapping | list | tuple):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from english_texts(inner)
    if not isinstance(part, BaseModel):
        return
    names = type(part).model_fields
    for name in names:
        value = getattr(part, name)
        if f"{name}_no" in names or f"{name.removesuffix('_en')}_no" in names or name == "title_en":
            norwegian = getattr(part, f"{name.removesuffix('_en')}_no", None)
            both = norwegian if isinstance(norwegian, list) else [norwegian]
            yield from (text for text in (value if isinstance(value, list) else [value]) if text and text not in both)
        else:
            yield from english_texts(value)


def test_no_english_text_of_the_catalogue_stands_on_a_norwegian_page(folder: Path):
    """But where the page is about the program: `levekar explain` as it is printed, and the tables' own comments."""
    parts = (getattr(catalogue.load(), field.name) for field in dataclasses.fields(catalogue.Catalogue))
    texts = {text for part in parts for text in english_texts(part)}
    texts -= {text for one in catalogue.load().areas.values() for text in (one.name, *one.published_names)}
    assert len(texts) > 500
    seen: dict[str, set[str]] = {"nb": set(), "en": set()}
    for path in [*folder.rglob("*.html"), *folder.rglob("*.svg")]:
        if path.name == "dictionary.html":
            continue
        text = re.sub(r'<section class="explain".*?</section>', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        pieces = {html.unescape(piece).strip() for piece in re.split(r"<[^>]*>", text)}
        whole = "\n".join(pieces)
        language = "en" if path.relative_to(folder).parts[0] == "en" else "nb"
        seen[language] |= {one for one in texts if one in pieces or (len(one) > 30 and one in whole)}
    assert seen["nb"] == set()
    assert len(seen["en"]) > 400  # as the same look finds on the English pages


def test_every_page_says_that_its_figures_are_synthetic_and_is_well_formed(pages: list[Page]):
    for page in pages:
        assert "SYNTETISKE TALL" in page.text or "SYNTHETIC FIGURES" in page.text
        ids = Counter(attrs["id"] for _tag, attrs in page.tags if "id" in attrs)
        assert [name for name, number in ids.items() if number > 1] == []
        assert Counter(tag for tag, _attrs in page.tags)["h1"] == 1
        for pictured in (attrs for tag, attrs in page.tags if tag == "svg"):
            assert pictured.get("aria-hidden") == "true" or pictured["aria-labelledby"]


def test_the_budgets_hold(folder: Path):
    assert (folder / "index.html").stat().st_size < 300_000
    for path in folder.rglob("*.html"):
        assert path.stat().st_size < 500_000, path


def test_a_hidden_figure_is_in_no_table_and_no_chart(demo: Published, folder: Path):
    published = read(demo.folder / "demo", catalogue.load())
    hidden = [row for rows in published.measures.values() for row in rows if row["status"] == "suppressed"]
    own = [row for row in hidden if row["area_id"] == AREA]
    assert own
    for row in own:
        page = Page(folder / "indicator" / f"{row['indicator_id']}.html")
        [told] = [cells for cells in page.rows if cells[0] == row["period"] and len(cells) == 8]
        assert told[1:7] == [""] * 6
        assert told[7].startswith("skjult")
        series = published.series[row["indicator_id"], AREA]
        shown = [one for one in series if one["value"] is not None and one["status"] not in ("incomplete", "missing")]
        chart = page.text[page.text.index('class="chart"') : page.text.index('class="legend"')]
        marks = re.findall('class="area mark', chart)
        assert len(marks) == len(shown)


def test_a_hidden_figure_is_in_no_file_to_download(demo: Published, folder: Path):
    published = read(demo.folder / "demo", catalogue.load())
    hidden = {
        (row["indicator_id"], row["area_id"], row["period"])
        for rows in published.measures.values()
        for row in rows
        if row["status"] == "suppressed"
    }
    found = set()
    for path in (folder / "download" / "indicator").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["indicator_id"], row["area_id"], row["period"])
                if key in hidden:
                    found.add(key)
                    assert row["status"] == "suppressed"
                    assert {row[name] for name in ("value", "numerator", "lower", "upper")} == {""}
    assert found == hidden


def test_measures_taken_stand_below_the_axis_of_what_they_should_move_and_lead_to_the_record(folder: Path):
    page = Page(folder / "indicator" / "registered_unemployment.html")
    chart = page.text[page.text.index('class="chart"') : page.text.index('class="legend"')]
    assert chart.count('class="event-flag"') == chart.count('class="event"') == 1
    assert "Jobbverksted med mentor, august 2021–2024, avsluttet (syntetisk)" in page.text
    assert "programme.html#measure-job-workshop" in page.text
    record = Page(folder / "en" / "programme.html")
    [row] = [cells for cells in record.rows if cells and cells[0].startswith("Job workshop")]
    assert "(synthetic)" in row[0]
    assert row[4] == "6\u00a0400\u00a0000"
    [money] = [cells for cells in record.rows if cells[0] == "2020"]
    assert money[1] == "NOK 10\u00a0600\u00a0000"
    assert "event-flag" not in (folder / "indicator" / "traffic_injuries.html").read_text(encoding="utf-8")


def test_a_map_shows_areas_with_a_boundary_by_number_and_hides_what_is_hidden(demo: Published):
    """Made-up squares of 0.02 degrees of latitude, as wide on the ground: half a degree's cosine more of longitude."""
    wide = 0.02 / math.cos(math.radians(59.74))
    districts = [f"drammen-{number}" for number in range(1, 10)]  # of the tenth no boundary is known
    squares = {
        one: shapely.to_geojson(shapely.box(10 + wide * place, 59.73, 10 + wide * (place + 1), 59.75))
        for place, one in enumerate(districts)
    }
    published = dataclasses.replace(read(demo.folder / "demo", catalogue.load()), outlines=squares)
    [drawn] = area_map.maps(published, "upper_secondary_leavers", AREA, Language("en"))
    assert drawn.without == ["Svelvik/Berger (kommunedel 10)"]
    corners = [
        [tuple(map(float, point.split())) for point in d.strip("MZ").split("L")]
        for d in re.findall(r'<path d="([^"]*)" fill-rule="evenodd"', drawn.svg)
    ]
    assert len(corners) == len(drawn.areas) == 9
    for points in corners:
        (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
        assert right - left == pytest.approx(bottom - top, rel=0.01)
    newest = {one: published.newest["upper_secondary_leavers", one] for one in districts}
    hidden = [one for one, row in newest.items() if row["status"] == "suppressed"]
    assert hidden
    assert drawn.svg.count("hidden-place") == len(hidden)
    assert [one["id"] for one in drawn.areas if one["figure"].startswith("hidden")] == hidden
    assert {one["id"]: one["figure"] for one in drawn.areas}[AREA] == Language("en").figure(
        newest[AREA], newest[AREA]["value"]
    )
    assert (
        area_map.maps(dataclasses.replace(published, outlines={}), "upper_secondary_leavers", AREA, Language("en"))
        == []
    )


def test_a_chart_on_its_own_is_whole_and_says_that_its_figures_are_synthetic(folder: Path):
    drawing = ElementTree.parse(folder / "indicator" / "synthetic-employment_rate.svg").getroot()  # noqa: S314 (our own file)
    texts = [text for element in drawing.iter() if element.tag.endswith("}text") and (text := element.text)]
    assert texts[:2] == [
        "Sysselsatte 20-66 år",
        "Strømsø/Tangen (kommunedel 7) (SYNTETISKE TALL) (foreløpig avgrensning)",
    ]
    assert texts[-1].startswith("Kilde: Levekår, utgave levekar-")
    assert {"95\u00a0% intervall", "foreslått mål"} < set(texts)
    assert "var(" not in "".join(drawing.itertext())


def test_text_of_others_is_shown_and_does_nothing(demo: Published, tmp_path: Path):
    published = read(demo.folder / "demo", catalogue.load())
    evil = '<script>alert("1")</script>\u202e&'
    areas = {key: row | {"name": evil} for key, row in published.areas.items()}
    snapshots = {key: row | {"url": "javascript:alert(1)"} for key, row in published.snapshots.items()}
    changed = dataclasses.replace(published, areas=areas, snapshots=snapshots)
    (tmp_path / "site").mkdir()
    site.fill(tmp_path / "site", changed, [AREA])
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search('<script|\u202e|href="javascript', text), path
    assert "&lt;script&gt;" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_deliveries_say_when_each_comes_and_since_when_it_is_overdue(demo: Published, folder: Path):
    headers = {
        "": ["Kontrakt", "Avsender", "Kommer", "Sist mottatt", "Forfalt siden"],
        "en": ["Contract", "Sender", "Comes", "Last taken", "Overdue since"],
    }
    for language, words in headers.items():
        head, *rows = Page(folder / language / "deliveries.html").rows
        assert head[:5] == words
        # Those of lists and polygons too, which no indicator draws on.
        assert len(rows) == len(catalogue.load().deliveries)
        by_county = next(row for row in rows if row[0].endswith("fhi_crowding"))
        assert by_county[2] == {"": "ukjent", "en": "unknown"}[language]  # nobody has said when
        monthly = next(row for row in rows if row[0].endswith("nav_disability_pension_workbook"))
        assert monthly[2] == "Hver måned; boka har årets måneder til nå"  # as the contract has it, in Norwegian
        of_counts = next(row for row in rows if row[0].endswith("drammen_district_counts"))
        assert of_counts[2].endswith(
            {
                "": ", innen 31. desember 2025, 31. desember 2030",
                "en": ", by 31 December 2025, 31 December 2030",
            }[language]
        )

    published = read(demo.folder / "demo", catalogue.load())
    contracts = {id: one.model_copy(update={"due": []}) for id, one in published.catalogue.contracts.items()}
    dated = contracts["fhus_adults"].model_copy(update={"comes": "Hvert fjerde år", "due": ["03-31"]})
    changed = dataclasses.replace(published.catalogue, contracts={**contracts, "fhus_adults": dated})
    built = datetime.fromisoformat(published.meta["built_at"])
    last = built.year if (built.month, built.day) >= (3, 31) else built.year - 1
    for code, due, since in (("nb", "31. mars", f"31. mars {last}"), ("en", "31 March", f"31 March {last}")):
        found = other_pages.deliveries(dataclasses.replace(published, catalogue=changed), AREA, Language(code))
        first = found["rows"][0]  # what is overdue stands above what is only waited for
        assert (first["contract"], first["comes"]) == ("fhus_adults", "Hvert fjerde år")
        assert (first["due"], first["overdue"]) == (due, since)
        assert not any(row["overdue"] for row in found["rows"][1:])
