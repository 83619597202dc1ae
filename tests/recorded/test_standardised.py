"""Real figures of NAV by age and sex, standardised: what is expected is worked out from the file itself."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from indicators import geography
from indicators.rates import directly_standardised_rate, gamma_standardised_rate
from pipelines.steps import measuring, standardising
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from tests.recorded import RECORDED
from tests.recorded.test_county_measures import computed, facts, known
from tests.stages import run

SOURCE = "delivery/nav_reduced_work_capability"


@pytest.fixture(scope="module")
def standardised() -> pd.DataFrame:
    named = facts(SOURCE).select(measuring.FACT_COLUMNS)
    named = named.append_column("table_name", pa.repeat(pa.scalar(SOURCE), named.num_rows))
    members = pa.Table.from_pylist(geography.membership(known().areas.values()), schema=MEMBERSHIP_COLUMNS)
    totals = measuring.protect(known(), computed("work"), membership=members)
    found = standardising.compute(run, known(), named, members, totals).to_pandas()
    return found.set_index(["area_id", "period"])


def by_hand(place: str, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and persons of young and old men and women, means of the year's months, from the file."""
    rows = pd.read_csv(RECORDED / "county" / "nedsatt_arbeidsevne.csv")
    rows = rows[(rows["Geografisk enhet"] == place) & (pd.to_datetime(rows["Dato"]).dt.year == year)]
    means = rows.groupby(["Kjønn", "Alder"])[["Antall personer", "Andel av befolkningen"]].mean()
    counts, persons = [], []
    for sex in ("Menn", "Kvinner"):
        (young, young_share), (every, share) = means.loc[[(sex, "18 - 29 år"), (sex, "18 - 66 år")]].to_numpy()
        counts += [young, every - young]
        persons += [100 * young / young_share, 100 * every / share - 100 * young / young_share]
    return np.array(counts), np.array(persons)


@pytest.mark.parametrize("place", ["Skien", "Seljord"])
def test_a_municipality_has_the_figure_that_the_file_gives_with_norways_composition(
    place: str, standardised: pd.DataFrame
) -> None:
    (events, persons), (_, standard) = by_hand(place, 2024), by_hand("Landet", 2020)
    method = directly_standardised_rate if (events >= 10).all() else gamma_standardised_rate
    row = standardised.loc[(place.lower(), "2024")]
    assert row[["value", "lower", "upper"]].tolist() == pytest.approx(method(events, persons, standard, multiplier=1))
    assert row["method"].startswith("direct, Byar" if place == "Skien" else "direct, gamma")
    assert row["crude"] == pytest.approx(events.sum() / persons.sum(), rel=0.01)


def test_the_standard_is_itself_in_its_own_year(standardised: pd.DataFrame) -> None:
    norway = standardised.loc[("norway", "2020")]
    events, persons = by_hand("Landet", 2020)
    # Its own persons are the weights, so that the sum of events over that of persons comes out.
    assert norway["value"] == pytest.approx(events.sum() / persons.sum())


def test_where_nav_hides_a_stratum_the_figure_is_indirect(standardised: pd.DataFrame) -> None:
    methods = standardised["method"].str.partition(",")[0].value_counts()
    assert methods["direct"] > 200
    assert methods["indirect"] > 20
    assert set(standardised["standard_id"]) == {"norway"}
