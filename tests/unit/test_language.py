"""Words and numbers of the page: both languages have all of them, and write numbers as their readers do."""

import re
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from indicators import catalogue, evaluation
from indicators.assessment import UNCALIBRATED
from indicators.catalogue.models import AreaKind, Unit
from indicators.dictionary import WORDS
from pipelines.language import LANGUAGES, Language, MissingWord, all_words
from pipelines.providers.klass import Role
from pipelines.report import standing
from pipelines.settings import PROJECT
from pipelines.storage.nights import Outcome

NB, EN = Language("nb"), Language("en")


def test_every_word_is_there_in_both_languages_with_the_same_parts():
    for group, names in all_words().items():
        for name, texts in names.items():
            assert texts.keys() == {"nb", "en"}, f"{group}: {name}"
            parts = [set(re.findall(r"\{(\w+)\}", texts[code])) for code in LANGUAGES]
            assert parts[0] == parts[1], f"{group}: {name}"


def test_every_term_of_an_edition_has_a_word():
    terms = all_words()
    assert terms["assessment"].keys() == set(WORDS) == terms["assessment_rule"].keys() == standing.MARKS.keys()
    assert terms["unit"].keys() - {"persons"} == set(get_args(Unit)) == terms["difference"].keys()
    assert terms["outcome"].keys() == set(get_args(Outcome))
    assert {"holds", "too cautious", "does not hold", "too few cases", UNCALIBRATED} <= terms["calibration"].keys()
    assert terms["kind"].keys() >= set(get_args(AreaKind))
    known = catalogue.load()
    assert {one.periodicity for one in known.indicators.values()} <= terms["periodicity"].keys()
    ages = {one.age for one in known.indicators.values()}
    assert {age for age in ages if not re.fullmatch(r"\d+(-\d+|\+)?", age)} <= terms["age"].keys()
    licences = {one.licence for one in [*known.providers.values(), *known.deliveries.values()]}
    assert {one for one in licences if not re.fullmatch(r"CC BY 4\.0|NLOD( 1\.0)?", one)} <= terms["licence"].keys()
    assert {"config", "metadata", "codelist", "data", *get_args(Role)} == terms["role"].keys()
    methods = {*evaluation.METHODS, evaluation.EVENT_STUDY, evaluation.PRE_TREND}
    variants = (evaluation.BY_PERIOD, evaluation.BOUNDS, evaluation.LEFT_OUT, evaluation.MOVED_BACK)
    variants = {one.removeprefix(", ") for one in (*variants, evaluation.WITHOUT_NEIGHBOURS)}
    assert methods | variants | {"none"} == terms["evaluation_method"].keys()


def test_an_unknown_word_is_an_error_that_names_it():
    with pytest.raises(MissingWord, match="assessment: 'great' is missing"):
        NB.term("assessment", "great")


def test_numbers_are_written_as_their_readers_do():
    share = {"unit": "share", "decimals": 1}
    assert (NB.figure(share, 0.1234), EN.figure(share, 0.1234)) == ("12,3\u00a0%", "12.3\u00a0%")
    assert NB.difference(share, -0.041) == "−4,1\u00a0prosentpoeng"
    assert NB.interval(share, -0.01, 0.02, sign=True) == "−1,0 til +2,0"
    assert (NB.count(1234567.0), EN.count(1234567.0)) == ("1\u00a0234\u00a0567", "1\u00a0234\u00a0567")
    assert (NB.number(-0.04, 1), NB.number(-0.04, 1, sign=True), NB.number(-0.06, 1)) == ("0,0", "0,0", "−0,1")
    assert NB.count(12.25) == "12,2"  # a weight gave it a fraction
    assert [NB.probability(share) for share in (0.004, 0.5, 0.999, None)] == [
        "< 1\u00a0%",
        "50\u00a0%",
        "> 99\u00a0%",
        "",
    ]
    assert NB.figure(share, None) == NB.difference(share, None) == NB.interval(share, None, 0.1) == ""


def test_days_are_those_of_oslo():
    assert NB.day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1. januar 2027"
    assert EN.day(date(2026, 5, 17)) == "17 May 2026"


def test_from_when_to_when():
    assert NB.span("2021M08", "2024") == "august 2021–2024"
    assert EN.span("2023M02", None) == "from February 2023"


def test_no_word_of_the_page_is_left_that_nothing_asks_for():
    sources = [
        path for folder in ("report", "exports", "workplace") for path in (PROJECT / "pipelines" / folder).rglob("*.*")
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in sources if path.suffix in (".py", ".html"))
    # Some names are put together: legend_target_adopted, disturbed_note, changes of the menu.
    put_together = re.compile(
        r"(span.*|(measures_taken|findings|obstacles|adjustments|budget|planned_releases)_title|legend_target.*|(disturbed|broken)_note|(uncertainty|probability)_(title|text)|.*_none)"
    )
    unused = [name for name in all_words()["page"] if f'"{name}"' not in text and not put_together.fullmatch(name)]
    assert unused == []
