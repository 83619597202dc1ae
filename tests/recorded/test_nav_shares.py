"""NAV's recorded files: how many of their hidden counts follow from what is published of them."""

import pyarrow.compute as pc
import pytest

from indicators.disclosure.betrayal import betraying
from tests.attack import shares
from tests.attack.published import Edition, Row
from tests.recorded.test_county_measures import facts, known


def test_no_hidden_count_of_nav_stands_beside_its_share_or_beside_the_other_sex():
    table = facts("delivery/nav_unemployment")
    told = betraying(table, known().contracts["nav_unemployment"], 3)
    by_cell = {}
    for row, gone in zip(
        table.select(["area_id", "period", "cell", "value", "status"]).to_pylist(), told.to_pylist(), strict=True
    ):
        parts = dict(pair.split("=") for pair in row["cell"].split("|"))
        place = row["area_id"], row["period"], parts["Status"], parts["Kjonn"]
        by_cell[parts["ContentsCode"], *place] = (None if gone else row["value"], row["status"])
    hidden = [key[1:] for key, (_, status) in by_cell.items() if key[0] == "persons" and status == ":" and key[1]]
    assert len(hidden) > 1000
    assert not [place for place in hidden if by_cell["share_of_labour_force", *place][0] is not None]

    def count(place, sex):  # None too where the file has no such row
        return by_cell.get(("persons", *place[:3], sex), (None, None))[0]

    followed = [place for place in hidden if sum(count(place, sex) is None for sex in ("0", "1", "2")) == 1]
    assert not followed
    # What is hidden beyond NAV's own: a small part of the file.
    assert pc.sum(told).as_py() < 0.15 * table.num_rows


def as_published(layout: shares.Layout) -> list[Row]:
    """The rows of `observation` that readers get of a file: what `edition.masking` hides by the same judgement."""
    table = facts(f"delivery/{layout.table}")
    told = betraying(table, known().contracts[layout.table], layout.most).to_pylist()
    rows = table.select(["area_id", "period", "cell", "value", "status"]).to_pylist()
    return [
        {
            "table_id": layout.table,
            "area_id": row["area_id"],
            "area_label": None,
            "period": row["period"],
            "dimensions": dict(pair.split("=") for pair in row["cell"].split("|")),
            "value": None if gone else row["value"],
            "status": "suppressed" if gone and row["value"] is not None else row["status"],
        }
        for row, gone in zip(rows, told, strict=True)
        if row["area_id"]
    ]


@pytest.mark.slow  # two large files, and what each of their hidden counts can be
@pytest.mark.parametrize("layout", shares.NAV, ids=lambda layout: layout.table)
def test_who_knows_what_nav_hides_and_that_the_rest_is_larger_finds_what_nav_itself_told_alone(layout):
    rows = as_published(layout)
    hidden, found = shares.found(Edition("levekar-1", {"observation": rows}, ()), layout)
    assert hidden > 1000
    own = {
        (
            row["area_id"],
            row["period"],
            *(f"{k}={v}" for k, v in sorted(row["dimensions"].items()) if k != "ContentsCode"),
        )
        for row in rows
        if row["status"] == ":"
    }

    def sexes(name: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [tuple(f"Kjonn={sex}" if "Kjonn" in word else word for word in name) for sex in layout.sexes]

    # Where true zeros are shown and both sexes, men and women are hidden, each of 1 to 3, both are 2 or 3 and men and
    # women 1 or 2: whoever has NAV's own file knows it.
    told = {name for name in own if layout.least and own.issuperset(sexes(name))}
    assert {name for name, _low, _high in found} == told
    assert {(low, high) for _name, low, high in found} <= {(1, 2), (2, 3)}
