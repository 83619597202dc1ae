"""The attack on what the command line publishes, a synthetic world, a history, every structure: nothing is found.

`python -m tests.attack.measured` attacks more of them.
"""

from pathlib import Path

import pytest

from tests.attack import knowledge, measured, published, structures, sums, surfaces, worlds

pytestmark = pytest.mark.slow


def test_nothing_hidden_of_ten_districts_follows_from_what_is_published(tmp_path: Path) -> None:
    tally = measured.world(1, tmp_path)
    assert tally.hidden > 20
    assert tally.found == []


def test_nor_does_it_follow_from_the_editions_of_some_nights_held_together(tmp_path: Path) -> None:
    tally = measured.history(1, tmp_path)
    assert tally.hidden > 5
    assert tally.found == []


def test_no_structure_gives_away_what_is_hidden_in_it(tmp_path: Path) -> None:
    """A file of each in one inbox: a window beside its years, months, a part, all of a group, a zone, shares."""
    made = structures.structures()
    files = {f"synthetic {each.name}.csv": each.text for each in made}
    (edition,) = published.editions(worlds.publish(tmp_path / "inbox", tmp_path / "store", files))
    assert structures.seen(edition) == []
    assert sums.found([edition], knowledge.read()) == []
    assert surfaces.found(edition) == {}
    told = {(row["indicator_id"], row["area_id"], row["period"]): row for row in edition["measure"]}
    small = [place for each in made for place in each.small if place in told]
    assert len(small) > 3
    assert all(told[place]["status"] == "suppressed" for place in small)
