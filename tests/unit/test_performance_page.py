"""The page that `make bench` writes: a limit that is missed says so, and so does a benchmark that was not run."""

from benchmarks import Result
from benchmarks.__main__ import page
from benchmarks.growth import SIZES, exponent


def test_a_page_says_what_holds_what_is_missed_and_what_was_not_run() -> None:
    held = Result("reading", 1.0, "a peer", 2.0, 0.6)
    missed = Result("writing", 3.0, "a peer", 2.0, 1.2)
    lines = page("A machine.", {"one": [held, missed], "shown_only": []}, ["two"]).splitlines()
    assert "| reading | 1.000 | a peer | 2.000 | 0.50 | 0.60 | ok |" in lines
    assert "| writing | 3.000 | a peer | 2.000 | 1.50 | 1.20 | MISSED |" in lines
    assert "**Not run in this run:** two." in lines
    assert "A machine." in lines
    assert "## shown only" not in lines  # it measures no time


def test_ten_times_the_time_for_ten_times_the_rows_is_an_exponent_of_one() -> None:
    assert abs(exponent([3e-6 * size for size in SIZES]) - 1) < 1e-9
    assert abs(exponent([1e-9 * size**2 for size in SIZES]) - 2) < 1e-9
