"""NAV's recorded file: how many of its hidden counts follow from what is published of it."""

import pyarrow.compute as pc

from indicators.disclosure.betrayal import betraying
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
