"""Ungdata's answers counted by district have an interval; the survey's own file, a row a pupil, is not taken.

All made up. Expected limits by statsmodels.
"""

from pathlib import Path

import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportion_confint

from indicators import geography
from pipelines.decoding.delivered import facts_of
from pipelines.steps import measuring
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from tests.stages import checked, run
from tests.unit import VINTAGE, made_catalogue, real_catalogue

# Label of the contract -> those who answered so of all who answered, of the district in 2021 and 2024.
ANSWERS = {
    "youth_mental_distress": ("Psykiske plager 8.-10. trinn", [(96, 480), (120, 500)]),
    "youth_loneliness": ("Ensomhet 8.-10. trinn", [(110, 480), (131, 500)]),
    "youth_close_friend": ("Fortrolig venn 8.-10. trinn", [(420, 480), (431, 500)]),
    "youth_leisure": ("Med i fritidsorganisasjon 8.-10. trinn", [(201, 480), (190, 500)]),
    "neighbourhood_satisfaction": ("Fornøyd med lokalmiljøet 8.-10. trinn", [(300, 480), (325, 500)]),
}


def test_answers_counted_by_district_are_shares_of_their_own_years_with_an_interval(tmp_path: Path) -> None:
    catalogue = real_catalogue()
    path = tmp_path / "synthetic.csv"
    rows = [
        f"Kommunedel 7;{year};{label};{count};{answers}"
        for label, counted in ANSWERS.values()
        for year, (count, answers) in zip((2021, 2024), counted, strict=True)
    ]
    path.write_text("\n".join(["Kommunedel;År;Indikator;Teller;Nevner", *rows, ""]), encoding="utf-8")
    file = checked(catalogue, path)
    assert file.reading is not None, file.error
    facts = facts_of(file.reading, "5a" * 32, VINTAGE).select(measuring.FACT_COLUMNS)
    named = facts.append_column("table_name", pa.repeat(pa.scalar("delivery/drammen_district_counts"), facts.num_rows))
    members = pa.Table.from_pylist(list(geography.membership(catalogue.areas.values())), MEMBERSHIP_COLUMNS)
    alone = made_catalogue(*(catalogue.indicators[name].model_copy(update={"subgoal": "9.9"}) for name in ANSWERS))
    found = {
        (row["indicator_id"], row["period"]): row
        for row in measuring.compute(run, alone, "made", named, members, None).to_pylist()
        if row["area_id"] == "drammen-7"
    }
    assert found.keys() == {(name, year) for name in ANSWERS for year in ("2021", "2024")}
    for name, (_label, counted) in ANSWERS.items():
        for year, (count, answers) in zip(("2021", "2024"), counted, strict=True):
            row = found[name, year]
            assert (row["numerator"], row["denominator"]) == (count, answers)
            assert row["value"] == pytest.approx(count / answers)
            limits = proportion_confint(count, answers, method="wilson")
            assert (row["lower"], row["upper"]) == pytest.approx(limits, abs=1e-9)


@pytest.mark.parametrize("place", ["Kommunedel", "Skole"])
def test_the_file_with_a_row_for_each_pupil_is_refused_and_not_kept(tmp_path: Path, place: str) -> None:
    path = tmp_path / "synthetic.csv"
    rows = [f"{number};Synt {number % 3};{8 + number % 3};{number % 2}" for number in range(1, 301)]
    path.write_text("\n".join([f"Løpenummer;{place};Klassetrinn;Psykiske plager", *rows, ""]), encoding="utf-8")
    file = checked(real_catalogue(), path)
    assert file.reading is None
    assert "seems to hold one row per person" in str(file.error)
    assert not file.may_be_kept
