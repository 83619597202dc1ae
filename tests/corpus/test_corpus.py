"""The corpus itself: enough templates, synthetic numbers only, and files that office programs could have written."""

import io
import re
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from tests.corpus import measure
from tests.corpus.people import people


@pytest.mark.parametrize("kind", [0, 1])
def test_each_half_has_thirty_templates_of_its_own(kind):
    halves = [set(half[kind]) for half in measure.HALVES.values()]
    assert all(len(half) >= 30 for half in halves)
    assert not halves[0] & halves[1] and not halves[2] & halves[3]


def test_every_number_has_the_month_plus_80():
    born = [(each.number, each.born) for each in people(Random(1), most=200)]
    assert all(int(number[2:4]) == day.month + 80 and number[4:6] == f"{day.year % 100:02}" for number, day in born)


@pytest.mark.parametrize("half", measure.HALVES)
@pytest.mark.parametrize("kind", [0, 1])
def test_every_file_says_that_it_is_synthetic_and_opens(half, kind):
    for name, template in measure.HALVES[half][kind].items():
        called, content = measure.file_of(name, template, 0)
        assert re.fullmatch(r"syntetisk_0\.(csv|txt|xlsx|xls|ods|px|json|geojson)", called)
        if called.endswith(("xlsx", "xls", "ods")):
            assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names, name


def test_a_seed_makes_the_same_table_again():
    template = measure.HALVES["development"][0]["pupils"]
    assert measure.file_of("pupils", template, 3) == measure.file_of("pupils", template, 3)
