"""Rules of one source or indicator, and shares without counts that were made to order. Synthetic figures."""

from dataclasses import replace
from typing import Any

import pytest

from indicators.catalogue import CatalogueError
from indicators.catalogue.loading import load_with_lines
from indicators.catalogue.models import Agreement, SourcesFile
from indicators.disclosure.structure import Structure, structure
from tests.unit import real_catalogue
from tests.unit.test_disclosure_tables import hide, row

TOWN = Structure(
    wholes=(("town", ("a", "b", "c")),), rests=(), public=frozenset({"delivery/udir"}), small=frozenset("abc")
)
NAV = {"source_table": "delivery/nav"}


def gone(rows: list[dict[str, Any]], given: Structure) -> set[tuple[str, str]]:
    return {(area, period) for (_, area, period), one in hide(rows, given).items() if one["status"] == "suppressed"}


def test_a_source_that_hides_one_to_three_has_its_threes_hidden_and_another_not():
    given = replace(TOWN, agreed={"delivery/nav": {"smallest": 4}})
    assert gone([row("a", "2020", 3, 100, **NAV), row("b", "2020", 4, 100, **NAV)], given) == {("a", "2020")}
    assert gone([row("a", "2020", 3, 100)], given) == set()


def test_of_several_sources_the_strictest_holds_and_an_indicator_goes_before_its_sources():
    agreed = {"delivery/nav": {"smallest": 4}, "delivery/fhi": {"smallest": 5, "rse_limit": 0.2}}
    given = replace(TOWN, agreed=agreed)
    both = {"source_table": "delivery/fhi minus delivery/nav"}
    assert gone([row("a", "2020", 4, 100, **both)], given) == {("a", "2020")}
    assert given.demanded("everybody", {"delivery/nav", "delivery/fhi"}) == {"smallest": 5, "rse_limit": 0.2}
    own = replace(given, agreed=agreed | {"everybody": {"smallest": 6}})
    assert own.demanded("everybody", {"delivery/nav"}) == {"smallest": 6}
    assert gone([row("a", "2020", 5, 100)], own) == {("a", "2020")}


def test_zeros_and_complements_are_hidden_where_a_cube_demands_it():
    given = replace(TOWN, agreed={"delivery/fhi": {"hide_zeros": True, "smallest": 5}})
    fhi = {"source_table": "delivery/fhi"}
    rows = [row("a", "2020", 0, 100, **fhi), row("b", "2020", 100, 100, **fhi), row("c", "2020", 97, 100, **fhi)]
    assert gone(rows, given) == {("a", "2020"), ("b", "2020"), ("c", "2020")}


def test_a_series_of_which_half_is_hidden_is_hidden_whole_where_that_is_demanded():
    rows = [row("a", year, n, 100) for year, n in (("2018", 1), ("2019", 2), ("2020", 30), ("2021", 40))]
    rows += [row("b", year, 50, 100) for year in ("2018", "2019")]
    assert gone(rows, TOWN) == {("a", "2018"), ("a", "2019")}
    half = replace(TOWN, agreed={"delivery/synthetic": {"weak_series": 0.5}})
    assert gone(rows, half) == {("a", year) for year in ("2018", "2019", "2020", "2021")}
    most = replace(TOWN, agreed={"delivery/synthetic": {"weak_series": 0.6}})
    assert gone(rows, most) == gone(rows, TOWN)


def share(value: float, **given: Any) -> dict[str, Any]:
    usual = {"status": "no_denominator", "source_table": "delivery/values"}
    return row("a", "2020", None, None) | {"value": value} | usual | given


@pytest.mark.parametrize(
    ("base", "given", "published"),
    [
        # 1 of 43 is 2.33 %; so are 2 of 86.
        (None, 0.0233, 0.02),
        (None, 0.456, 0.46),
        # Perhaps nobody of a small group, or everybody.
        (None, 0.004, None),
        (None, 0.999, None),
        # A step of 0.5 % of 600, of 1 % of 300 and of 5 % of 60 are three persons.
        (600, 0.0233, 0.025),
        (300, 0.0233, 0.02),
        (60, 0.0233, 0.0),
        (43, 0.456, 0.5),
        (29, 0.456, None),
    ],
)
def test_a_share_made_to_order_is_as_coarse_as_its_base_demands(base, given, published):
    agreed = {"delivery/values": {"base": base}} if base else {}
    rules = replace(TOWN, agreed=agreed, per_cent={"everybody": 0.01})
    found = hide([share(given)], rules)["everybody", "a", "2020"]
    assert found["value"] == published
    assert found["status"] == ("no_denominator" if published is not None else "suppressed")


def test_a_publishers_own_share_an_area_that_is_large_and_what_is_no_share_stay_as_they_are():
    rules = replace(TOWN, per_cent={"everybody": 0.01})
    assert hide([share(0.0233, area_id="town")], rules)["everybody", "town", "2020"]["value"] == 0.0233
    assert hide([share(412.5, indicator_id="income")], rules)["income", "a", "2020"]["value"] == 412.5
    # A district in a published layout was ordered: it is rounded too.
    ordered = share(0.0233, source_table="delivery/udir")
    assert hide([ordered], rules)["everybody", "a", "2020"]["value"] == 0.02
    per_thousand = replace(TOWN, per_cent={"everybody": 10.0})
    assert hide([share(23.3)], per_thousand)["everybody", "a", "2020"]["value"] == 20.0


def test_the_catalogue_says_what_is_a_share_and_what_is_demanded():
    read = structure(real_catalogue())
    assert read.per_cent["employment_rate"] == 0.01
    assert "median_income" not in read.per_cent
    assert read.agreed["delivery/nav_unemployment"] == {"smallest": 4}


def test_an_agreement_that_cannot_be_is_refused_with_its_line(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text("providers: []\ntables: []\ndisclosure:\n  smallest: 0\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"sources\.yaml:4 .*smallest"):
        load_with_lines(file, SourcesFile)
    with pytest.raises(ValueError, match="less than or equal to 1"):
        Agreement(weak_series=1.5)
