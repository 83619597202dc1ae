"""The attack on a synthetic world and a history by chance, both published by the command line: nothing is found.

`python -m tests.attack.measured` attacks more of them.
"""

from pathlib import Path

import pytest

from tests.attack import measured

pytestmark = pytest.mark.slow


def test_nothing_hidden_of_ten_districts_follows_from_what_is_published(tmp_path: Path) -> None:
    tally = measured.world(1, tmp_path)
    assert tally.hidden > 20
    assert tally.found == []


def test_nor_does_it_follow_from_the_editions_of_some_nights_held_together(tmp_path: Path) -> None:
    tally = measured.history(1, tmp_path)
    assert tally.hidden > 5
    assert tally.found == []
