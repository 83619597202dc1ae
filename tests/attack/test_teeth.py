"""The attack finds what can be found: on editions made by hand, all figures synthetic."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.attack import fingerprints, knowledge, rule, shares, structures, sums, surfaces
from tests.attack.counts import Counts, ranges
from tests.attack.published import Edition, Row


def measure(area: str, period: str, numerator: float | None, denominator: float | None = 100.0, **more: object) -> Row:
    row = {
        "indicator_id": "social_assistance", "area_id": area, "period": period, "sex": "both", "age": "18-66",
        "numerator": numerator, "denominator": denominator, "value": None, "pooled": False,
        "status": "suppressed" if numerator is None else None, "method": "proportion, Wilson interval",
        "source_table": "delivery/drammen_district_counts",
    }  # fmt: skip
    if numerator is not None and denominator:
        row["value"] = numerator / denominator
    return row | more


def edition(*measures: Row, name: str = "levekar-1", **tables: list[Row]) -> Edition:
    return Edition(name, {"measure": list(measures), **tables}, ())


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.read()


def places(found: list[sums.Found]) -> dict[tuple[str, str], tuple[float, float]]:
    return {(each.place[1], each.place[2]): (each.low, each.high) for each in found}


def test_whole_numbers_narrow_what_fractions_do_not():
    # 2a + 4b = 14 with b from 0 to 1: a is 5 or 7; of fractions it would be all between.
    counts = Counts()
    counts.add("a", None, 0, 100)
    counts.add("b", None, 0, 1)
    counts.between({"a": 2.0, "b": 4.0}, 14.0, 14.0)
    assert ranges(counts, ["a", "b"]) == {"a": (5.0, 7.0), "b": (0.0, 1.0)}


def test_sums_that_contradict_each_other_tell_nothing():
    counts = Counts()
    counts.add("a", None, 0, 100)
    counts.between({"a": 1.0}, 3.0, 3.0)
    counts.between({"a": 1.0}, 5.0, 5.0)
    assert ranges(counts, ["a"]) == {}


def test_a_window_less_its_other_years(known):
    years = [measure("drammen-7", "2018", 300.0, 4000.0), measure("drammen-7", "2019", None, 4000.0)]
    rest = [measure("drammen-7", "2020", 250.0, 4000.0), measure("drammen-7", "2018-2020", 552.0, 12000.0)]
    assert places(sums.found([edition(*years, *rest)], known)) == {("drammen-7", "2019"): (2, 2)}


def test_a_year_less_its_other_quarters(known):
    quarters = [measure("drammen-7", f"2021K{n}", value) for n, value in ((1, 20.0), (2, 11.0), (3, 10.0), (4, None))]
    found = sums.found([edition(*quarters, measure("drammen-7", "2021", 42.0))], known)
    assert places(found) == {("drammen-7", "2021K4"): (1, 1)}


def test_the_town_less_its_other_districts(known):
    shown = [measure(f"drammen-{n}", "2020", 10.0) for n in range(1, 10)]
    town = [measure("drammen-10", "2020", None), measure("drammen", "2020", 92.0, 900.0)]
    found = sums.found([edition(*shown, *town)], known)
    assert places(found) == {("drammen-10", "2020"): (2, 2)}


def test_two_hidden_of_which_the_sum_is_two_or_three(known):
    shown = [measure(f"drammen-{n}", "2020", 10.0) for n in range(1, 9)]
    hidden = [measure("drammen-9", "2020", None), measure("drammen-10", "2020", None)]
    made = edition(*shown, *hidden, measure("drammen", "2020", 82.0, 900.0))
    assert not sums.found([made], known)  # 0, 1 or 2 each
    trusting = sums.found([made], known, trusting=True)  # hidden: not 0
    assert places(trusting) == {("drammen-9", "2020"): (1, 1), ("drammen-10", "2020"): (1, 1)}


def test_an_older_edition_shows_what_a_newer_one_hides(known):
    old = edition(measure("drammen-7", "2020", 17.0), name="levekar-1")
    new = edition(measure("drammen-7", "2020", None), name="levekar-2")
    assert places(sums.found([old, new], known)) == {("drammen-7", "2020"): (17, 17)}
    assert not sums.found([old, new], known, same=lambda place, before, after: False)


def test_a_total_that_stands_in_the_cells_of_an_open_table(known):
    shown = [measure(f"drammen-{n}", "2020", 10.0, indicator_id="employment_rate") for n in range(1, 10)]
    hidden = [measure(area, "2020", None, indicator_id="employment_rate") for area in ("drammen-10", "drammen")]
    open_table = next(each for each in known.sources["employment_rate"] if each["table"].startswith("ssb/"))
    cell = {
        "provider": "ssb", "table_id": open_table["table"].partition("/")[2], "area_id": "3301", "period": "2020",
        "dimensions": {name: str(code) for name, code in open_table["numerator"].items()},
        "value": 92.0, "status": None,
    }  # fmt: skip
    codes = [{"area_id": "drammen", "code": "3301", "codes": 1, "weight": 1.0}]
    found = sums.found([edition(*shown, *hidden, observation=[cell], area_code=codes)], known)
    assert places(found) == {("drammen-10", "2020"): (2, 2), ("drammen", "2020"): (92, 92)}


def test_a_share_beside_a_hidden_count():
    def cell(sex: str, status: str, content: str, value: float | None) -> Row:
        return {
            "table_id": "nav_unemployment", "area_id": "1", "area_label": "Bø", "period": "2024M01", "value": value,
            "dimensions": {"Kjonn": sex, "Status": status, "ContentsCode": content},
        }  # fmt: skip

    rows = [
        cell("0", "helt_ledige", "persons", 20.0), cell("0", "helt_ledige", "share_of_labour_force", 0.020),
        cell("0", "paa_tiltak", "persons", None), cell("0", "paa_tiltak", "share_of_labour_force", 0.002),
    ]  # fmt: skip
    hidden, found = shares.found(Edition("levekar-1", {"observation": rows}, ()), shares.NAV[0])
    # The labour force is 976 to 1,025; 0.15 to 0.25 per cent of it are 1.5 to 2.6.
    assert (hidden, [(low, high) for _, low, high in found]) == (1, [(2, 2)])


def test_a_gap_that_gives_the_comparator_away():
    columns = (
        "period value lower baseline_period baseline_value alternative_period alternative_value change target_value "
        "gap_to_target required_value gap_to_required comparator_id comparator_value gap_to_comparator points"
    )
    nothing = dict.fromkeys(columns.split())
    row = nothing | {
        "indicator_id": "social_assistance", "area_id": "drammen-6", "period": "2021", "comparator_id": "drammen-7",
        "comparator_period": "2021", "comparator_value": 0.02,
    }  # fmt: skip
    made = edition(measure("drammen-7", "2021", None), series=[row])
    assert list(surfaces.found(made)) == [("social_assistance", "drammen-7", "2021")]


def test_who_runs_an_open_rule_again_knows_more():
    # A made-up rule: hide 1 and 2, and of the others the smallest, so that the total does not give them away.
    def again(table: rule.Table, _key: bytes) -> frozenset[str]:
        parts = {cell: n for cell, n in table.items() if cell != "whole"}
        small = {cell for cell, n in parts.items() if 0 < n < 3}
        rest = sorted(set(parts) - small, key=lambda cell: (parts[cell], cell))
        return frozenset(small | set(rest[:1]) if len(small) == 1 else small)

    left = rule.possible({"whole": 20, "c": 14}, ["a", "b"], [("whole", ["a", "b", "c"])], again, [b""])
    # 3 and 3 are ruled out: neither would be hidden.
    assert left == {"a": {1, 2, 4, 5}, "b": {1, 2, 4, 5}}
    left = rule.possible({"whole": 20, "c": 3, "d": 14}, ["a", "b"], [("whole", ["a", "b", "c", "d"])], again, [b""])
    assert left == {"a": {1, 2}, "b": {1, 2}}


def test_a_file_is_rebuilt_until_its_digest_fits(monkeypatch):
    def build(hidden: dict[int, str]) -> bytes:
        return f"a,{hidden[0]}\nb,{hidden[1]}\n".encode()

    digest = hashlib.sha256(build({0: "2", 1: "7"})).hexdigest()
    monkeypatch.setattr(fingerprints, "hex_words", lambda _edition: {digest})
    assert fingerprints.rebuilt(edition(), build, [0, 1], 10) == {0: "2", 1: "7"}
    assert fingerprints.told(edition(), build({0: "2", 1: "7"})) == [f"sha256 {digest}"]


def test_the_structures_are_what_they_say():
    for each in structures.structures():
        assert each.text.count("\n") > 1


def test_the_attack_knows_no_line_of_the_products_code():
    """But for the auditor, who is given tables of the benchmarks, and attacks with a program of others."""
    for path in Path(__file__).parent.glob("*.py"):
        if path.name != "test_auditor.py":
            found = re.findall(
                r"(?m)^ *(?:from|import) +(?:indicators|pipelines|benchmarks)\b.*", path.read_text("utf-8")
            )
            assert not found, path.name
