"""Coverage: which source can have figures of an indicator at a level of areas, as rows and as a page."""

from dataclasses import replace
from typing import get_args

from indicators.catalogue import Catalogue, coverage
from indicators.catalogue.models import AreaKind, NotAsked, OtherSet, Sentence
from pipelines.settings import PROJECT
from tests.unit import made_catalogue, made_indicator, real_catalogue

LEVELS = ["country", "county", "municipality", "district", "statistical tract", "living-conditions zone"]
VALUE = {"method": "published_value", "value": {"ContentsCode": "n"}}
TRIED, UNTRIED, HANDED = "ssb/09429", "ssb/04362", "delivery/drammen_district_counts"


def made() -> Catalogue:
    """Three sources with made-up levels, and two indicators: one with all three, one that none is known for."""
    real = real_catalogue()

    def source(name: str) -> dict[str, object]:
        return {"table": name, **VALUE}

    made = made_catalogue(
        made_indicator("three", [source(HANDED), source(UNTRIED), source(TRIED)], worries=["poverty"]),
        made_indicator("none", [source("delivery/fhi_crowding")]),
    )
    levels = {UNTRIED: ["district", "county"], TRIED: ["country", "municipality"]}
    return replace(
        made,
        tables={
            name: real.tables[name].model_copy(update={"levels": found, "unverified": name == UNTRIED})
            for name, found in levels.items()
        },
        contracts={
            "drammen_district_counts": real.contracts["drammen_district_counts"].model_copy(
                update={"levels": ["municipality", "district"]}
            ),
            "fhi_crowding": real.contracts["fhi_crowding"].model_copy(update={"levels": []}),
        },
    )


def test_a_row_per_indicator_and_level_lists_the_sources_that_have_it_in_order_of_preference():
    found = {
        row["level"]: (row["sources"], row["verified"])
        for row in coverage.rows(made())
        if row["indicator_id"] == "three"
    }
    assert found == {
        "country": ([TRIED], True),
        # An untried query alone proves nothing.
        "county": ([UNTRIED], False),
        "municipality": ([HANDED, TRIED], True),
        "district": ([HANDED, UNTRIED], True),
        "statistical tract": ([], False),
        "living-conditions zone": ([], False),
    }


def test_an_indicator_without_levels_has_its_rows_and_no_sources():
    rows = [row for row in coverage.rows(made()) if row["indicator_id"] == "none"]
    assert [row["level"] for row in rows] == LEVELS == list(get_args(AreaKind))
    assert all((row["sources"], row["verified"]) == ([], False) for row in rows)
    assert {(row["pillar_id"], row["subgoal_id"]) for row in rows} == {("made", "9.9")}


def test_every_indicator_of_the_catalogue_is_covered_or_said_not_to_be():
    real = real_catalogue()
    rows = coverage.rows(real)
    assert {(row["indicator_id"], row["level"]) for row in rows} == {
        (name, level) for name in real.indicators for level in LEVELS
    }
    assert len(rows) == len(real.indicators) * len(LEVELS)
    for row in rows:
        known = [source.table for source in real.indicators[row["indicator_id"]].sources]
        assert row["sources"] == [name for name in known if name in row["sources"]]
        assert row["subgoal_id"] == real.indicators[row["indicator_id"]].subgoal


def test_the_page_shows_sources_and_gaps():
    page = coverage.page(made()).splitlines()
    assert "## Made (Laget)" in page
    assert (
        f"| made up (`three`) | `{TRIED}` | `{UNTRIED}` *(not tried)* | `{HANDED}`<br>`{TRIED}` "
        f"| `{HANDED}`<br>`{UNTRIED}` *(not tried)* | – | – |"
    ) in page
    assert "| made up (`none`) | – | – | – | – | – | – |" in page
    assert "| country | 1 of 2 | `none` | – |" in page
    assert "| county | 1 of 2 | `none` | `three` |" in page
    assert "| living-conditions zone | 0 of 2 | all | – |" in page
    assert "* **9.9** Subgoal: statistical tract, living-conditions zone." in page


def test_the_page_says_of_each_table_that_is_not_asked_for_why_not():
    left = NotAsked(id="ssb/1", title="Prices", because="None of its codes was seen anywhere.")
    page = coverage.page(replace(made(), not_asked=(left,))).splitlines()
    assert "| `ssb/1` | Prices | None of its codes was seen anywhere. |" in page
    assert "Tables that are not asked for" not in coverage.page(replace(made(), not_asked=()))


def test_the_page_shows_each_sentence_of_the_agreement_with_its_indicators_or_the_reason():
    said = [
        Sentence(id="poverty", kind="worry", name_no="Fattigdom", name_en="Poverty"),
        Sentence(id="noise", kind="worry", name_no="Støy", name_en="Noise", not_measured="Nobody counts it."),
        Sentence(id="clubs", kind="aim", subgoal="9.9", name_no="Lag", name_en="Clubs", not_measured="No register."),
    ]
    catalogue = replace(made(), sentences={one.id: one for one in said})
    page = coverage.page(catalogue).splitlines()
    assert "| Poverty | `three` | – |" in page
    assert "| Noise | – | Nobody counts it. |" in page
    assert "| 9.9 Clubs | – | No register. |" in page
    assert "| 9.9 Subgoal | `three`, `none` | – |" in page
    assert [(row["sentence_id"], row["kind"], row["indicators"]) for row in coverage.sentences(catalogue)] == [
        ("9.9", "subgoal", ["three", "none"]),
        ("poverty", "worry", ["three"]),
        ("noise", "worry", []),
        ("clubs", "aim", []),
    ]


def test_an_indicators_place_in_other_sets_is_named_or_said_to_be_unknown():
    known = made_indicator("known", [VALUE | {"table": TRIED}], elsewhere={"NOU 2020:16": "chapter 1"})
    page = coverage.page(made_catalogue(known, made_indicator("other", [VALUE | {"table": TRIED}]))).splitlines()
    assert "| `known` | chapter 1 | unknown | unknown |" in page
    assert "| `other` | unknown | unknown | unknown |" in page


def test_every_table_of_the_page_has_as_many_cells_as_its_heading():
    """A pipe in a name would break a table."""
    blocks = coverage.page(real_catalogue()).split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    assert len(tables) >= len(real_catalogue().pillars) + 2
    for lines in tables:
        assert len({line.count("|") for line in lines}) == 1


# What the letter asks for, with an indicator of each that has one; where none can be had, the reason stands alone.
LETTER = {
    "business life": {"registered_businesses"},
    "social entrepreneurs": set(),
    "clubs and associations": {"voluntary_organisations"},  # public actors too
    "volunteering": {"volunteering"},
    "insecurity of adults": {"adult_insecurity", "neighbourhood_belonging"},
    "traffic volume": {"traffic_volume"},
    "noise": {"noise_annoyance"},
    "traffic and pollution": {"nitrogen_dioxide", "coarse_particles", "traffic_accidents"},
    "dwelling sizes and prices": {"small_dwellings", "dwelling_prices"},
    "short lets": set(),
    "housing support and evictions": {"housing_allowance", "start_loans", "evictions"},
    "climate and green areas": {"safe_recreation_access"},
    "services and cooperation": {"kindergarten_coverage", "child_welfare_measures"},
    "cultural environment": set(),
    "composition and moving": {"immigrants", "short_residence", "recent_movers"},
    "low education": {"low_education_30_59"},  # of those who are done
}


def test_all_that_the_letter_asks_for_stands_on_the_page_with_an_indicator_or_the_reason_why_not():
    real = real_catalogue()
    page = (PROJECT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    rows = {row["sentence_id"]: row for row in coverage.sentences(real)}
    for name, shown_by in LETTER.items():
        row = rows[name]
        assert shown_by <= set(row["indicators"]), name
        assert row["indicators"] or row["not_measured"], name
        # Each of these is measured in part at most.
        assert row["not_measured"] or name == "insecurity of adults", name
        heading = f"{row['subgoal_id']} {row['name_en']}" if row["subgoal_id"] else row["name_en"]
        indicators = ", ".join(f"`{one}`" for one in row["indicators"]) or "–"
        assert f"| {heading} | {indicators} | {row['not_measured'] or '–'} |" in page


def test_every_indicator_has_its_places_in_the_states_sets_on_the_page_unknown_among_them():
    real = real_catalogue()
    page = (PROJECT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    for one in real.indicators.values():
        places = [one.elsewhere.get(name, "unknown") for name in get_args(OtherSet)]
        assert f"| `{one.id}` | {' | '.join(places)} |" in page
    assert "Selective moving" in (real.sentences["composition and moving"].not_measured or "")


def test_the_page_counts_what_may_come_by_zone():
    real = real_catalogue()
    page = (PROJECT / "docs" / "coverage.md").read_text(encoding="utf-8")
    by_zone = {row["indicator_id"] for row in coverage.rows(real) if row["level"] == LEVELS[-1] and row["sources"]}
    # Tables of FHI that are looked through for zones, the survey of adults, and accidents by place.
    assert {"crowding", "adult_insecurity", "traffic_accidents"} <= by_zone
    assert f"| living-conditions zone | {len(by_zone)} of {len(real.indicators)} |" in page
    assert "`fhi/794` *(if it has zones)*" in page
