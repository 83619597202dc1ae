"""Deliveries of every structure in which a hidden count was once found: synthetic files, and what is true of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.attack.published import Edition
from tests.attack.worlds import LABELS, NAMES

HEADER = "Kommunedel,År,Indikator,Teller,Nevner"
NAV_HEADER = "Nivå,Geografisk enhet,Arbeidsmarkedsstatus,Kjønn,Antall personer,Andel av arbeidsstyrken,Dato"
VALUES_HEADER = "Kommunedel,Periode,Indikator,Verdi"


@dataclass(frozen=True)
class Structure:
    """A file, and the small counts in it: (indicator, area, period) -> count."""

    name: str
    text: str
    small: dict[tuple[str, str, str], int] = field(default_factory=dict)


def _counts(rows: Iterable[tuple[str, str, str, int | str, int]]) -> str:
    lines = [f'{NAMES[area]},{period},"{LABELS[indicator]}",{n},{of}' for indicator, area, period, n, of in rows]
    return "\n".join([HEADER, *lines, ""])


def window_beside_years() -> Structure:
    """552 - 300 - 250 = 2."""
    years = {"2018": 300, "2019": 2, "2020": 250}
    rows = [("social_assistance", "drammen-7", year, n, 4000) for year, n in years.items()]
    rows.append(("social_assistance", "drammen-7", "2018-2020", 552, 12000))
    return Structure("window", _counts(rows), {("social_assistance", "drammen-7", "2019"): 2})


def quarters_beside_the_year() -> Structure:
    """42 - 20 - 11 - 10 = 1."""
    quarters = {"2021K1": 20, "2021K2": 11, "2021K3": 10, "2021K4": 1}
    rows = [("reported_violence", "drammen-6", period, n, 5000) for period, n in quarters.items()]
    rows.append(("reported_violence", "drammen-6", "2021", 42, 5000))
    return Structure("quarters", _counts(rows), {("reported_violence", "drammen-6", "2021K4"): 1})


def months_beside_the_year() -> Structure:
    """A month of 2 among months of 30."""
    months = {f"2022M{month:02}": 30 for month in range(1, 12)} | {"2022M12": 2}
    rows = [("reported_violence", "drammen-5", period, n, 5000) for period, n in months.items()]
    rows.append(("reported_violence", "drammen-5", "2022", 332, 5000))
    return Structure("months", _counts(rows), {("reported_violence", "drammen-5", "2022M12"): 2})


def a_part_and_its_whole() -> Structure:
    """All but one of the crowded are immigrants."""
    rows = [("crowding", "drammen-4", "2021", 30, 100), ("crowding_immigrants", "drammen-4", "2021", 29, 60)]
    return Structure("part", _counts(rows), {("crowding less immigrants", "drammen-4", "2021"): 1})


def all_of_a_small_group() -> Structure:
    """All twelve and none of eleven: whoever is in the group is known."""
    rows = [("overweight_17", "drammen-3", "2021", 12, 12), ("overweight_17", "drammen-2", "2021", 0, 11)]
    return Structure("all", _counts(rows))


def one_row() -> Structure:
    """A delivery of one row."""
    rows = [("child_welfare_measures", "drammen-7", "2021", 2, 400)]
    return Structure("one row", _counts(rows), {("child_welfare_measures", "drammen-7", "2021"): 2})


def zone_in_a_published_layout() -> Structure:
    """A living-conditions zone among NAV's municipalities: both 3, women 1, men 2."""
    lines = [NAV_HEADER]
    for month in ("2025-01-01", "2025-02-01"):
        for sex, n, share in (("Begge kjønn", 3, 0.013), ("Menn", 2, 0.017), ("Kvinner", 1, 0.009)):
            lines.append(f"Kommune,Drammen LKS 08,Helt ledige,{sex},{n},{share},{month}")
        for sex, n, share in (("Begge kjønn", 1500, 0.028), ("Menn", 800, 0.029), ("Kvinner", 700, 0.027)):
            lines.append(f"Kommune,Drammen,Helt ledige,{sex},{n},{share},{month}")
    return Structure("zone", "\n".join([*lines, ""]))


def made_to_order_shares() -> Structure:
    """2.33 per cent is 1 of 43 or 2 of 86."""
    rows = [
        ("Kommunedel 7", "2024", "Ensomhet (prosent)", "2.33"),
        ("Kommunedel 6", "2024", "Ensomhet (prosent)", "4.65"),
    ]
    return Structure("shares", "\n".join([VALUES_HEADER, *(",".join(row) for row in rows), ""]))


def structures() -> list[Structure]:
    """Return every structure, each for indicators and areas of its own."""
    made = (
        window_beside_years,
        quarters_beside_the_year,
        months_beside_the_year,
        a_part_and_its_whole,
        all_of_a_small_group,
        one_row,
        zone_in_a_published_layout,
        made_to_order_shares,
    )
    return [make() for make in made]


def seen(edition: Edition) -> list[str]:
    """Return what an edition shows of them that it must not, each as a line."""
    said = []
    for row in edition["observation"]:
        place = f"{row['table_id']} {row['area_label']} {row['period']} {dict(row['dimensions'])}"
        small = "LKS" in (row["area_label"] or "") or "zone" in (row["area_id"] or "")
        if small and row["provider"] == "delivery" and row["value"] is not None:
            said.append(f"a zone's cell: {place} = {row['value']:g}")
    for row in edition["measure"]:
        if row["status"] == "no_denominator" and row["area_id"].startswith("drammen-") and row["value"] is not None:
            share = row["value"] * 100
            if "values" in row["source_table"] and abs(share - round(share)) > 1e-9 and row["value"] < 1:
                said.append(f"a share made to order: {row['indicator_id']} {row['area_id']} {share:g} per cent")
        of, n = row["denominator"], row["numerator"]
        if row["area_id"].startswith("drammen-") and of is not None and 0 < of < 20 and n in (0, of):
            said.append(f"all or none of {of:g}: {row['indicator_id']} {row['area_id']} {row['period']}")
    return said
