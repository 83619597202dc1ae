"""The programme's own record as tables: what is made up is in the demo alone, and days follow from years and months."""

from datetime import date

from pipelines.edition.gathering import recorded
from tests.unit import real_catalogue


def test_no_edition_of_real_figures_has_what_is_made_up():
    real, demo = (recorded(real_catalogue(), synthetic=synthetic) for synthetic in (False, True))
    assert [row for rows in real.values() for row in rows if row["synthetic"]] == []
    assert {table for table, rows in demo.items() if any(row["synthetic"] for row in rows)} == set(demo)
    assert [(row["year"], row["amount"]) for row in real["budget"]] == [(2020, 10_600_000), (2021, 10_600_000)]


def test_a_measure_lasts_from_the_first_day_to_the_last():
    [workshop] = [
        row
        for row in recorded(real_catalogue(), synthetic=True)["measure_taken"]
        if row["measure_taken_id"] == "job-workshop"
    ]
    assert (workshop["first"], workshop["first_day"]) == ("2021M08", date(2021, 8, 1))
    assert (workshop["last"], workshop["last_day"]) == ("2024", date(2024, 12, 31))
    assert workshop["programme_id"] == "stromso-2030"
    assert workshop["subgoal_id"] == "1.1"
