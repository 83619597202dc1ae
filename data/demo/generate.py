"""Make the synthetic figures of `data/demo/snapshots`: seeded, the same every time.

    python data/demo/generate.py            writes data/demo/snapshots anew
    python data/demo/generate.py --check    makes them in another place and compares; 1 where they differ

The figures are served by the tests' PxWeb stand-in and taken by the project's own client and contracts; only
times and addresses are replaced by fixed ones afterwards. Area codes are true, every figure is made up, from
the assumptions in README.md.
"""

import csv
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data.demo import districts
from indicators import catalogue
from indicators.geography import changes_from_lists, from_yearly_lists, tree
from pipelines.settings import Settings
from pipelines.storage.snapshots import Fetch, SnapshotStore
from pipelines.workplace.night import Night, compose
from tests.klass_server import KlassServer, from_areas
from tests.pxweb_server import PxWebServer, SyntheticTable
from tests.pxweb_tables import Cell, CodeList, Dimension

HERE = Path(__file__).resolve().parent
SEED = 20200101
FIRST_VINTAGE, NEWEST_VINTAGE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 15, tzinfo=UTC)
FIRST_UPDATED, NEWEST_UPDATED = "2026-02-24T07:00:00Z", "2026-09-08T06:00:00Z"
ADDRESS = "https://synthetic.invalid/api/pxwebapi/v2"
LICENCE = "Synthetic: made up, of no statistical value"

# Years in which a code is used; 0602, 0625 and 0711 became 3005 in 2020, which became 3301 in 2024.
TO_2019, TO_2023, FROM_2024, ALWAYS = (0, 2019), (2020, 2023), (2024, 9999), (0, 9999)
DRAMMEN = {"0602": TO_2019, "0625": TO_2019, "0711": TO_2019, "3005": TO_2023, "3301": FROM_2024}
SKIEN = {"0806": TO_2019, "3807": TO_2023, "4003": FROM_2024}
USED = {"0": ALWAYS, **DRAMMEN, **SKIEN}
SHARE_OF_DRAMMEN = {"0602": 0.685, "0625": 0.248, "0711": 0.067, "3005": 1.0, "3301": 1.0}
LABELS = {
    "0": "Hele landet", "0602": "Drammen (-2019)", "0625": "Nedre Eiker (-2019)", "0711": "Svelvik (-2019)",
    "3005": "Drammen (2020-2023)", "3301": "Drammen", "0806": "Skien (-2019)", "3807": "Skien (2020-2023)",
    "4003": "Skien",
}  # fmt: skip
# The units of each tract of today: tract -> old municipality and tract, how many. Names are the tract's with a number.
TRACTS = {
    "01": ("060201", 38), "02": ("060202", 9), "03": ("060203", 11), "04": ("060204", 9), "05": ("060205", 14),
    "06": ("060206", 11), "07": ("060207", 21), "08": ("060208", 18), "09": ("060209", 25), "10": ("060210", 50),
    "11": ("062501", 12), "12": ("062502", 11), "13": ("062503", 3), "14": ("062504", 15), "15": ("071101", 4),
    "16": ("071102", 7), "17": ("071103", 3),
}  # fmt: skip
NAMES = dict(zip(TRACTS, [
    "Åssiden", "Øren - Underlia", "Bragernes sentrum", "Fjellheim", "Gulskogen - Sundhaugen", "Strømsø",
    "Tangen - Åskollen", "Danvik - Fjell", "Skoger", "Konnerud", "Krokstadelva", "Solbergelva", "Steinberg",
    "Mjøndalen", "Berger", "Svelvik", "Nesbygda",
], strict=True))  # fmt: skip
ZONES = {
    "07": ["0704", "0705", "0709"], "08": ["0702", "0703", "0706", "0707", "0708", "0710"], "09": ["0611", "0701"],
    "10": ["0607", "0608", "0609", "0610"], "45": ["0601", "0602", "0603"], "46": ["0604", "0605", "0606"],
}  # fmt: skip
UNITS = [f"06{number:02}" for number in range(1, 12)] + [f"07{number:02}" for number in range(1, 11)]
UNITS_USED = {"0602": TO_2019, "0625": TO_2019, "0711": TO_2019, "3005": TO_2023, "3301": FROM_2024}
ALL_UNITS = [f"{tract}{number:02}" for tract, (_old, count) in TRACTS.items() for number in range(1, count + 1)]
AGES = ["0-5", "6-15", "16-19", "20-24", "25-29", "30-49", "50-59", "60-66", "67-69", "70-79", "80+"]
REGIONS = [code for code in USED if code not in SKIEN]

Figures = Callable[[dict[str, str]], Cell]


class Maker:
    """Draws the figures, all from one generator: the order of the calls is part of the result."""

    def __init__(self) -> None:
        self.rng = np.random.Generator(np.random.PCG64(SEED))
        self.residents_of: dict[tuple[str, int], int] = {}  # (unit of kommunedel 7, year) -> persons
        years = range(2015, 2027)
        self.population = {
            (code, year): self._residents(code, year) for code in USED for year in years if in_use(USED[code], year)
        }

    def _residents(self, code: str, year: int) -> int:
        if code == "0":
            return round(5_166_000 + 39_000 * (year - 2015), -2)
        if code in SKIEN:
            return 53_900 + 190 * (year - 2015) + int(self.rng.integers(-60, 60))
        whole = 97_000 + 730 * (year - 2015) + int(self.rng.integers(-150, 150))
        return round(whole * SHARE_OF_DRAMMEN[code])

    def line(self, first: float, yearly: float, times: int, noise: float) -> np.ndarray:
        """A straight line with noise: `first` at the first time, changing by `yearly` each time."""
        return first + yearly * np.arange(times) + self.rng.normal(0, noise, times)

    # --- tables of Statistics Norway ------------------------------------------------------------------------

    def residents(self) -> SyntheticTable:
        """07459: residents by sex and single year of age, which the query leaves to be summed."""
        ages = [f"{age:03}" for age in range(105)] + ["105+"]
        weights = np.concatenate([np.full(65, 1.25), np.linspace(1.2, 0.01, 41)])
        split = {key: apportion(total, np.tile(weights, 2)) for key, total in self.population.items()}
        places = {(sex, age): i for i, (sex, age) in enumerate((s, a) for s in "21" for a in ages)}
        figures = {key: [int(n) for n in parts] for key, parts in split.items()}
        dimensions = [
            regions(USED),
            Dimension("Kjonn", "kjønn", [("2", "Kvinner"), ("1", "Menn")], elimination=True),
            Dimension("Alder", "alder", [(age, f"{age.lstrip('0') or '0'} år") for age in ages], elimination=True),
            contents({"Personer1": ("Personer", "personer", 0)}),
            time(range(2015, 2027)),
        ]
        return table(
            "07459",
            "Alders- og kjønnsfordeling",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: n[places[at["Kjonn"], at["Alder"]]]),
        )

    def units(self) -> SyntheticTable:
        """04317: residents of the basic statistical units, each under its code of the year."""
        sizes = apportion(10_150, self.rng.uniform(0.35, 1.6, len(UNITS)))
        for unit, size in zip(UNITS, sizes, strict=True):
            growth = self.line(1, 0.006, 12, 0.008)
            for number, year in enumerate(range(2015, 2027)):
                self.residents_of[unit, year] = round(size * growth[number])
        # A generator of its own, so that what is drawn after does not depend on how many units there are.
        rng = np.random.Generator(np.random.PCG64(SEED + 1))
        figures = {}
        for year in range(2015, 2027):
            for municipality, used in UNITS_USED.items():
                if in_use(used, year):
                    figures |= self._units_of(municipality, year, rng)
        labelled = sorted({code: name_of(code) for code, _year in figures}.items())
        dimensions = [
            Dimension("Grunnkretser", "grunnkrets", labelled, "geo"),
            contents({"Personer1": ("Personer", "personer", 0)}),
            time(range(2015, 2027)),
        ]
        return table(
            "04317",
            "Grunnkretsenes befolkning",
            dimensions,
            lambda at: value_of(figures, at["Grunnkretser"], at["Tid"], int),
        )

    def _units_of(self, municipality: str, year: int, rng: np.random.Generator) -> dict[tuple[str, int], int]:
        """Every unit of a municipality, so that they and the unplaced (9999) add up to its residents."""
        own = {unit: unit_code(municipality, unit) for unit in ALL_UNITS if unit_code(municipality, unit)}
        known = {unit: self.residents_of[unit, year] for unit in own if unit in UNITS}
        others = [unit for unit in own if unit not in UNITS]
        unplaced = int(rng.integers(5, 25)) * (8 if municipality in ("0602", "3005", "3301") else 1)
        left = self.population[municipality, year] - sum(known.values()) - unplaced
        weights = 0.4 + (np.array([int(unit) for unit in others]) * 37 % 100) / 100
        known |= dict(zip(others, map(int, apportion(left, weights)), strict=True))
        return {(own[unit], year): persons for unit, persons in known.items()} | {
            (f"{municipality}9999", year): unplaced
        }

    def units_by_age(self) -> SyntheticTable:
        """04362: the district's units by sex and age; every 1 and 2 is turned into 0 or 3, as the publisher does."""
        rng = np.random.Generator(np.random.PCG64(SEED + 2))
        shares = np.array([6.2, 9.8, 4.1, 7.0, 9.3, 31.0, 12.1, 7.0, 2.9, 7.1, 3.5])
        figures: dict[tuple[str, int], np.ndarray] = {}
        for (unit, year), persons in self.residents_of.items():
            cells = apportion(persons, np.concatenate([shares * 1.04, shares * 0.96]) * rng.uniform(0.7, 1.3, 22))
            moved = np.where(rng.random(22) < cells / 3, 3, 0)
            hidden = np.where((cells == 1) | (cells == 2), moved, cells)
            for municipality, used in UNITS_USED.items():
                code = unit_code(municipality, unit)
                if code and in_use(used, year):
                    figures[code, year] = hidden
        codes = sorted({code for code, _year in figures})
        places = {(sex, age): i for i, (sex, age) in enumerate((s, a) for s in "12" for a in AGES)}
        dimensions = [
            Dimension("Region", "grunnkrets", [(code, name_of(code)) for code in codes], "geo", elimination=True),
            Dimension("Kjonn", "kjønn", [("1", "Menn"), ("2", "Kvinner")], elimination=True),
            Dimension("Alder", "alder", [(age, f"{age} år") for age in AGES], elimination=True),
            contents({"Personer1": ("Personer", "personer", 0)}),
            time(range(2015, 2027)),
        ]
        return table(
            "04362",
            "Alders- og kjønnsfordeling for grunnkretsenes befolkning",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: int(n[places[at["Kjonn"], at["Alder"]]])),
        )

    def low_income(self) -> SyntheticTable:
        """08764: per cent of children in households with low income; to 2024, as income comes late."""
        levels = {"0": (10.6, 0.04), "0602": (14.8, -0.2), "0625": (12.9, 0.1), "0711": (9.8, 0.05)}
        figures: dict[tuple[str, int], dict[str, float]] = {}
        for code in REGIONS:
            first, yearly = levels.get(code, (14.3, -0.15))
            for number, percent in enumerate(self.line(first, yearly, 10, 0.2)):
                figures[code, 2015 + number] = {
                    "EUskala50": round(percent * 0.52, 1),
                    "EUskala60": round(percent, 1),
                }
        kinds = {f"EUskala{limit}": (f"EU-skala {limit} prosent", "prosent", 1) for limit in (50, 60)}
        dimensions = [regions(REGIONS), contents(kinds), time(range(2015, 2025))]
        return table(
            "08764",
            "Personer under 18 år i husholdninger med lavinntekt",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: n[at["ContentsCode"]]),
        )

    def education(self) -> tuple[SyntheticTable, SyntheticTable]:
        """09429 as first published, to 2024, and as revised: some of 2024's unknown had compulsory school."""
        levels = {
            "01": "Grunnskolenivå", "02a": "Videregående skolenivå", "11": "Fagskolenivå",
            "03a": "Universitets- og høgskolenivå, kort", "04a": "Universitets- og høgskolenivå, lang",
            "09a": "Uoppgitt eller ingen fullført utdanning",
        }  # fmt: skip
        known = {"0": [26.8, 37.5, 2.8, 22.5, 9.0, 1.4], "": [29.6, 37.6, 2.9, 19.8, 7.4, 2.7]}
        yearly = [-0.32, -0.12, 0.05, 0.22, 0.2, -0.03]
        figures = self._partition(REGIONS, range(2015, 2026), 0.81, known, yearly, list(levels))
        first = {key: dict(parts) for key, parts in figures.items() if key[1] <= 2024}
        for (_code, year), parts in first.items():
            moved = round(parts["01"] * 0.06) if year == 2024 else 0
            parts["01"], parts["09a"] = parts["01"] - moved, parts["09a"] + moved
        sexes = Dimension("Kjonn", "kjønn", [("0", "Begge kjønn"), ("2", "Kvinner"), ("1", "Menn")], elimination="0")

        def edition(of: dict[tuple[str, int], dict[str, int]], last: int, updated: str) -> SyntheticTable:
            dimensions = [
                regions(REGIONS),
                Dimension("Nivaa", "utdanningsnivå", list(levels.items())),
                sexes,
                contents({"Personer": ("Personer 16 år og over", "personer", 0)}),
                time(range(2015, last + 1)),
            ]
            return table(
                "09429",
                "Utdanningsnivå, etter kommune og kjønn",
                dimensions,
                lambda at: value_of(of, at["Region"], at["Tid"], lambda n: of_sex(n[at["Nivaa"]], at["Kjonn"])),
                updated,
            )

        return edition(first, 2024, FIRST_UPDATED), edition(figures, 2025, NEWEST_UPDATED)

    def tenure(self) -> SyntheticTable:
        """11084: households by tenure; `1` is the sum of the others."""
        kinds = {"2": "Selveier", "3": "Andels-/aksjeeier", "4": "Leier"}
        known = {"0": [62.0, 14.8, 23.2], "": [57.0, 18.6, 24.4]}
        figures = self._partition(REGIONS, range(2015, 2026), 1 / 2.2, known, [-0.12, 0.02, 0.1], list(kinds))
        for parts in figures.values():
            parts["1"] = sum(parts.values())
        dimensions = [
            regions(REGIONS),
            Dimension("EierStatus", "eierstatus", [("1", "Alle"), *kinds.items()]),
            contents({"Husholdning": ("Husholdninger", "husholdninger", 0)}),
            time(range(2015, 2026)),
        ]
        return table(
            "11084",
            "Eierstatus, husholdninger",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: n[at["EierStatus"]]),
        )

    def labour(self) -> SyntheticTable:
        """13563: residents by labour-market status, a partition, by age and for all and immigrants."""
        kinds = {
            "A.01": "Sysselsatt", "A.09": "Registrert arbeidsledig", "U.01": "Deltaker på arbeidsmarkedstiltak",
            "U.03": "Under ordinær utdanning", "U.04-U.05": "Arbeidsavklaringspenger eller uføretrygd",
            "U.06-U.07": "AFP eller alderspensjon", "U.90A": "Andre",
        }  # fmt: skip
        groups = {  # (age, category): share of the residents, per cent by status in the country and in municipalities
            ("20-66", "A-G"): (0.605, [76.6, 2.1, 1.6, 4.2, 10.2, 1.9, 3.4], [73.2, 2.8, 1.8, 3.9, 11.3, 2.0, 5.0]),
            ("20-66", "B"): (0.15, [67.0, 4.3, 3.0, 6.0, 8.0, 0.8, 10.9], [63.5, 5.0, 3.3, 5.2, 10.2, 0.9, 11.9]),
            ("15-29", "A-G"): (0.19, [56.2, 1.8, 1.2, 31.0, 3.6, 0.05, 6.15], [55.0, 2.2, 1.4, 29.6, 4.2, 0.05, 7.55]),
            ("15-29", "B"): (0.04, [52.0, 2.8, 2.2, 27.5, 2.6, 0.05, 12.85], [50.5, 3.2, 2.4, 26.4, 3.4, 0.05, 14.05]),
        }  # fmt: skip
        yearly = [0.18, -0.06, -0.02, 0.02, -0.02, 0.0, -0.1]
        figures: dict[tuple[str, int], dict[tuple[str, str, str], int]] = {}
        for group, (of_residents, country, municipality) in groups.items():
            known = {"0": country, "": municipality}
            parts = self._partition(REGIONS, range(2015, 2026), of_residents, known, yearly, list(kinds))
            for place, of_status in parts.items():
                figures.setdefault(place, {}).update({(*group, status): n for status, n in of_status.items()})
        dimensions = [
            regions(REGIONS),
            Dimension("HovArbStyrkStatus", "arbeidsstyrkestatus", list(kinds.items())),
            Dimension("Alder", "alder", [("15-29", "15-29 år"), ("20-66", "20-66 år")]),
            Dimension("InnvandrKat", "innvandringskategori", [("A-G", "Alle"), ("B", "Innvandrere")]),
            contents({"Bosatte": ("Bosatte", "personer", 0)}),
            time(range(2015, 2026)),
        ]
        return table(
            "13563",
            "Kommunefordelt arbeidsstyrkestatus",
            dimensions,
            lambda at: value_of(
                figures,
                at["Region"],
                at["Tid"],
                lambda n: n[at["Alder"], at["InnvandrKat"], at["HovArbStyrkStatus"]],
            ),
        )

    def households(self) -> SyntheticTable:
        """06070: private households with children under 18 by type."""
        kinds = {
            "003": "Par med små barn", "004": "Par med store barn", "005": "Mor/far med små barn",
            "006": "Mor/far med store barn", "009": "Flerfamilie med små barn", "010": "Flerfamilie med store barn",
        }  # fmt: skip
        known = {"0": [39.5, 37.3, 5.8, 13.2, 2.2, 2.0], "": [38.0, 36.0, 6.6, 14.4, 2.6, 2.4]}
        yearly = [-0.1, 0.1, -0.05, -0.05, 0.05, 0.05]
        figures = self._partition(REGIONS, range(2015, 2026), 0.115, known, yearly, list(kinds))
        dimensions = [
            regions(REGIONS),
            Dimension("HushType", "husholdningstype", list(kinds.items())),
            contents({"Husholdninger": ("Husholdninger", "husholdninger", 0)}),
            time(range(2015, 2026)),
        ]
        return table(
            "06070",
            "Privathusholdninger, etter husholdningstype",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: n[at["HushType"]]),
        )

    def dwellings(self) -> SyntheticTable:
        """06265: dwellings by type of building."""
        kinds = {
            "01": "Enebolig", "02": "Tomannsbolig", "03": "Rekkehus, kjedehus, andre småhus", "04": "Boligblokk",
            "05": "Bygning for bofellesskap", "999": "Andre bygningstyper",
        }  # fmt: skip
        known = {"0": [49.8, 9.1, 11.9, 24.1, 2.1, 3.0], "": [41.0, 10.2, 13.6, 30.9, 1.9, 2.4]}
        figures = self._partition(REGIONS, range(2015, 2026), 0.47, known, [-0.35, 0, 0.05, 0.3, 0, 0], list(kinds))
        dimensions = [
            regions(REGIONS, CodeList("vs_Landet", "Landet", "Valueset", {"0": ["0"]})),
            Dimension("BygnType", "bygningstype", list(kinds.items())),
            contents({"Boliger": ("Boliger", "boliger", 0)}),
            time(range(2015, 2026)),
        ]
        return table(
            "06265",
            "Boliger, etter bygningstype",
            dimensions,
            lambda at: value_of(figures, at["Region"], at["Tid"], lambda n: n[at["BygnType"]]),
        )

    def of_municipalities(self) -> list[SyntheticTable]:
        """Tables of one figure, which cannot be summed: Drammen in its codes from 2020 on, most with the country."""
        kostra = "KOKkommuneregion0000"
        yearly = districts.years(2020, 2025)
        return [
            self._single(
                "06944",
                "Inntekt for husholdninger, etter husholdningstype. Antall og median",
                ("Region", {"Drammen": (531_000, 17_500)}, 1_800),
                [Dimension("HusholdType", "husholdningstype", [("0000", "Alle husholdninger")])],
                contents({"InntSkatt": ("Inntekt etter skatt, median", "kr", 0)}),
                districts.years(2020, 2024),
                incomes_of_tracts(districts.years(2020, 2024)),
            ),
            self._single(
                "08487",
                "Anmeldte lovbrudd, etter gjerningssted, gjennomsnitt av to år",
                ("Gjerningssted", {"Drammen": (8.0, 0.05)}, 0.15),
                [Dimension("LovbruddKrim", "lovbruddsgruppe", [("4AAAAA-4ZZZZz", "Vold og mishandling")])],
                contents({"AnmLovbrPer1000": ("Anmeldte lovbrudd per 1 000 innbyggere", "per 1 000", 1)}),
                districts.windows(2020, 2025, 2),
            ),
            self._single(
                "12275",
                "Barn med barnevernstiltak i løpet av året",
                (kostra, {"EAK": (3.7, -0.06), "Drammen": (3.8, -0.05)}, 0.08),
                [
                    Dimension("KOKalder0000", "alder", [("F000-017", "0-17 år")]),
                    Dimension("KOKbvfunksjon0000", "funksjon", [("0", "Alle")]),
                ],
                contents({"KOSbvbarntiltaka0001": ("Barn med tiltak, andel av innbyggere", "prosent", 1)}),
                yearly,
            ),
            self._single(
                "12944",
                "Personer i husholdninger med vedvarende lavinntekt",
                ("Region", {"0": (10.0, 0.03), "Drammen": (11.2, 0.06)}, 0.08),
                [Dimension("Alder", "alder", [("999A", "Alle aldre")])],
                contents({"EUskalaSeksti": ("EU-skala 60 prosent", "prosent", 1)}),
                districts.windows(2020, 2024, 3),
            ),
            self._single(
                "13502",
                "Nøkkeltall for barnehager",
                (kostra, {"EAK": (92.8, 0.25), "Drammen": (92.2, 0.3)}, 0.15),
                [],
                contents({"KOSandel150000": ("Andel barn 1-5 år i barnehage", "prosent", 1)}),
                yearly,
            ),
        ]

    def _single(
        self,
        table_id: str,
        title: str,
        places: tuple[str, dict[str, tuple[float, float]], float],
        further: list[Dimension],
        kind: Dimension,
        periods: list[str],
        tracts: Mapping[tuple[str, str], float] | None = None,
    ) -> SyntheticTable:
        """One figure per place and period. places: the dimension, place -> first figure and yearly change, noise.

        tracts: figures of tracts besides, which a code list tells apart.
        """
        dimension, levels, noise = places
        decimals = kind.units[kind.codes[0]]["decimals"]
        codes = {code: place for place in levels for code in (("3005", "3301") if place == "Drammen" else (place,))}
        figures = {
            (code, period): round(value, decimals)
            for code, place in codes.items()
            for period, value in zip(periods, self.line(*levels[place], len(periods), noise), strict=True)
        }
        within = sorted({code for code, _period in tracts or {}})
        lists = [CodeList("vs_Delomraader01", "Delområder", "Valueset", {code: [code] for code in within})]
        labelled = [(code, LABELS.get(code, "Hele landet")) for code in codes]
        labelled += [(code, tract_name(code[:6])) for code in within]
        figures |= tracts or {}
        return table(
            table_id,
            title,
            [
                Dimension(dimension, "region", labelled, "geo", codelists=lists if within else ()),
                *further,
                kind,
                spans(periods),
            ],
            lambda at: (
                figures.get((at[dimension], at["Tid"]), ".")
                if in_use(USED.get(at[dimension], ALWAYS), int(at["Tid"][-4:]))
                else "."
            ),
        )

    def tables(self) -> tuple[SyntheticTable, list[SyntheticTable]]:
        """09429 as first published; and all tables as they are now."""
        first, revised = self.education()
        now = [revised, self.residents(), self.units(), self.low_income(), self.tenure(), self.labour()]
        now += [self.units_by_age(), self.households(), self.dwellings(), *self.of_municipalities(), prices()]
        return first, now

    def _partition(
        self,
        codes: Iterable[str],
        years: range,
        of_residents: float,
        known: dict[str, list[float]],
        yearly: list[float],
        names: list[str],
    ) -> dict[tuple[str, int], dict[str, int]]:
        """Counts that sum to a share of the residents; `known`: per cent in 2015, "" for municipalities."""
        figures = {}
        for code, year in ((code, year) for code in codes for year in years):
            percent = np.array(known.get(code, known[""])) + np.array(yearly) * (year - 2015)
            percent = percent * (1 + self.rng.normal(0, 0.002 if code == "0" else 0.006, len(percent)))
            if in_use(USED[code], year):
                parts = apportion(round(self.population[code, year] * of_residents), percent)
                figures[code, year] = dict(zip(names, map(int, parts), strict=True))
        return figures

    # --- deliveries -----------------------------------------------------------------------------------------

    def unemployment(self) -> Iterable[list[object]]:
        """Monthly registered unemployed by status and sex, with the pandemic's peak; NAV writes 1-3 as 0."""
        labour_force = {
            "Kommunedel 7 Strømsø/Tangen": 5_200,
            "Drammen": 53_400,
            "Buskerud": 138_000,
            "Landet": 2_900_000,
        }
        levels = {"Kommunedel 7 Strømsø/Tangen": 4.4, "Drammen": 3.1, "Buskerud": 2.5, "Landet": 2.4}
        kinds = {"Helt ledige": 1.0, "Delvis ledige": 0.5, "Arbeidssøkere på tiltak": 0.06}
        for area, force in labour_force.items():
            for kind, weight in kinds.items():
                for number, (year, month) in enumerate(months()):
                    since = (year - 2020) * 12 + month - 4  # months since April 2020
                    peak = 1.9 * 0.86**since if since >= 0 else 0.8 * (since == -1)
                    season = 1 + 0.06 * (month in (1, 2, 7, 8))
                    trend = levels[area] * (1 - 0.0016 * number) * weight * season * (1 + peak)
                    noise = 1 + self.rng.normal(0, 0.03 if force < 10_000 else 0.01)
                    count = round(force * trend * noise / 100)
                    men = round(count * (0.57 + self.rng.normal(0, 0.02)))
                    for sex, persons, part in sexes_of(count, men, 0.53):
                        shown = 0 if persons <= 3 else persons
                        share = round(persons / (force * part), 3)
                        yield [LEVEL_OF[area], area, kind, sex, shown, share, f"{year}-{month:02}-01"]

    def reduced_work_capability(self) -> Iterable[list[object]]:
        """Monthly persons with reduced work capability by age and sex."""
        residents = {
            "Kommunedel 7 Strømsø/Tangen": 6_500,
            "Drammen": 64_600,
            "Buskerud": 168_000,
            "Landet": 3_390_000,
        }
        levels = {"Kommunedel 7 Strømsø/Tangen": 10.4, "Drammen": 7.6, "Buskerud": 6.9, "Landet": 6.3}
        ages = {"18 - 29 år": (0.25, 0.62), "18 - 66 år": (1.0, 1.0)}
        for area, persons in residents.items():
            for age, (part_of_all, weight) in ages.items():
                for number, (year, month) in enumerate(months()):
                    percent = levels[area] * weight * (1 - 0.0002 * number) * (1 + self.rng.normal(0, 0.008))
                    of = persons * part_of_all
                    count = round(of * percent / 100)
                    for sex, n, part in sexes_of(count, round(count * 0.44), 0.51):
                        row = [LEVEL_OF[area], area, sex, age, n, round(100 * n / (of * part), 1)]
                        yield [*row, f"{year}-{month:02}-01"]

    def district_counts(self) -> Iterable[districts.Count]:
        """Counts of the districts, and of the municipality where no open table gives them; after `units`."""
        return districts.counts(np.random.Generator(np.random.PCG64(SEED + 3)), self._residents_of_district)

    def _residents_of_district(self, district: str, year: int) -> float:
        own = sum(self.residents_of[unit, year] for unit in UNITS)
        whole = sum(self.population[code, year] for code, used in DRAMMEN.items() if in_use(used, year))
        return own if district == districts.PROGRAMME else (whole - own) * districts.OTHERS[district][0]

    def district_values(self) -> Iterable[districts.Value]:
        """Medians, means, surveys and concentrations of the district and what it is compared with."""
        return districts.values(np.random.Generator(np.random.PCG64(SEED + 4)))

    def wellbeing(self) -> Iterable[list[object]]:
        """Three school years, moving: the district's well-being falls somewhat faster than the others'."""
        levels = {
            "Hele landet": (0.857, -0.004), "Buskerud": (0.851, -0.004), "Drammen": (0.846, -0.004),
            "Kommunedel 7 Strømsø/Tangen": (0.838, -0.005),
        }  # fmt: skip
        for area, (first, yearly) in levels.items():
            for number, share in enumerate(self.line(first, yearly, 10, 0.003)):
                start = 2014 + number
                years = [f"{year}/{(year + 1) % 100:02}" for year in (start, start + 2)]
                row = [area, "-".join(years), f"{start + 2}-01-01", years[1], "Kjønn samlet", "syntetisk"]
                yield [*row, "10. trinn", "andel (prosent, standardisert)", round(share, 3), 2]

    def crowding(self) -> Iterable[list[object]]:
        """Shares of municipality, county and country, to set the district's counts against."""
        levels = {
            ("00", "Hele landet"): (0.103, 0.243), ("33", "Buskerud"): (0.098, 0.251),
            ("3301", "Drammen"): (0.127, 0.276),
        }  # fmt: skip
        for (code, name), (everyone, immigrants) in levels.items():
            for group, first in (("innvandrere", immigrants), ("totalt", everyone)):
                for number, share in enumerate(self.line(first, -0.0012, 10, 0.0012)):
                    yield [code, name, f"{2015 + number}-01-01", "alle aldre", group, round(share, 5)]

    def mental_symptoms(self) -> Iterable[list[object]]:
        """Users of primary care per 1,000, 2017-2024."""
        levels = {
            "Hele landet": (151.0, 1.6), "Buskerud": (153.0, 1.4), "Drammen": (160.0, 1.0),
            "Kommunedel 7 Strømsø/Tangen": (191.0, -0.9),
        }  # fmt: skip
        for area, (first, yearly) in levels.items():
            for number, rate in enumerate(self.line(first, yearly, 8, 1.8)):
                row = [area, 2017 + number, "kjønn samlet", "0-74 år", "Psykiske symptomer og lidelser"]
                yield [*row, "per 1000, standardisert", round(rate, 4)]

    def life_expectancy(self) -> Iterable[list[object]]:
        """Seven-year periods; none for the district, which is too small for it."""
        for area, first in (("Hele landet", 81.2), ("Drammen", 80.7)):
            for number, years in enumerate(self.line(first, 0.16, 11, 0.06)):
                start = 2008 + number
                row = [area, f"{start}-{start + 6}", f"{start + 6}-01-01", "Kjønn samlet", "Ved fødsel"]
                yield [*row, "alle utdanningsnivåer", "leveår", round(years, 1), 1, 2]

    def mental_distress(self) -> Iterable[list[object]]:
        """The Ungdata survey: every year somewhere in the country, in Drammen every third; hidden once."""
        levels = {"Hele landet": 12.0, "Buskerud": 12.4, "Drammen": 13.4, "Kommunedel 7 Strømsø/Tangen": 17.6}
        for area, first in levels.items():
            for number, percent in enumerate(self.line(first, 0.12, 10, 0.5)):
                year = 2016 + number
                asked = area == "Hele landet" or year in (2018, 2021, 2024)
                hidden = area.startswith("Kommunedel") and year == 2018
                shown = (":" if hidden else round(percent, 4)) if asked else "."
                row = [area, year, "kjønn samlet", "8-10.trinn", "plaget", "Total SØR"]
                yield [*row, "andel (prosent, standardisert)", shown]


LEVEL_OF = {
    "Kommunedel 7 Strømsø/Tangen": "Kommunedeler", "Drammen": "Kommuner",
    "Buskerud": "Fylker", "Landet": "Landet",
}  # fmt: skip


def months() -> Iterable[tuple[int, int]]:
    """January 2015 to August 2026, the newest month that is out at the newest vintage."""
    return [(2015 + number // 12, number % 12 + 1) for number in range(11 * 12 + 8)]


def sexes_of(count: int, men: int, part_of_men: float) -> list[tuple[str, int, float]]:
    """Both, women, men: label, persons, part of the denominator."""
    return [
        ("Begge kjønn", count, 1.0),
        ("Kvinner", count - men, 1 - part_of_men),
        ("Menn", men, part_of_men),
    ]


def of_sex(persons: int, sex: str) -> int:
    """Persons of one sex (1 men, 2 women, 0 both), so that the two sum to both."""
    men = round(persons * 0.495)
    return {"0": persons, "1": men, "2": persons - men}[sex]


def apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to the weights that sum to the total."""
    return np.diff(np.round(np.cumsum(weights) / weights.sum() * total), prepend=0).astype(int)


def in_use(used: tuple[int, int], year: int) -> bool:
    """Whether a code is used in a year."""
    return used[0] <= year <= used[1]


def value_of(figures: dict[tuple[str, int], Any], code: str, year: str, pick: Callable[[Any], Cell]) -> Cell:
    """The figure of a code and year, `.` (not applicable) in years without that code."""
    used = USED.get(code) or UNITS_USED[code[:4]]
    return pick(figures[code, int(year)]) if in_use(used, int(year)) else "."


def regions(codes: Iterable[str], *lists: CodeList) -> Dimension:
    """Municipalities and the country, with the list that sums today's municipalities' predecessors, and other lists."""
    known = list(codes)
    # One list for all tables, as the publisher's is; a table without Skien has no figures to sum for it.
    summed = CodeList(
        "agg_KommSummer",
        "Kommuner 2024-, sammenslåtte tidsserier",
        "Aggregation",
        {"K-3301": list(DRAMMEN), "K-4003": list(SKIEN)},
    )
    categories = [(code, LABELS[code]) for code in known]
    return Dimension("Region", "region", categories, "geo", elimination=True, codelists=[summed, *lists])


def unit_code(municipality: str, unit: str) -> str | None:
    """The code of one of today's units (its last four digits) in a municipality of any year; None: not there."""
    if municipality in ("3005", "3301"):
        return municipality + unit
    old = TRACTS[unit[:2]][0]
    return old + unit[2:] if old[:4] == municipality else None


def name_of(code: str) -> str:
    """The tract's name and the unit's number."""
    if code.endswith("9999"):
        return "Uoppgitt grunnkrets"
    now = code[4:6] if code[:4] in ("3005", "3301") else tract_of(code[:6])
    return f"{NAMES[now]} {int(code[6:])}"


def tract_of(old: str) -> str:
    """Today's tract of one of the old municipalities'."""
    return next(tract for tract, (known, _count) in TRACTS.items() if known == old)


def incomes_of_tracts(years: Sequence[str]) -> dict[tuple[str, str], float]:
    """Median incomes of the two tracts of kommunedel 7, each year under its code of that year."""
    rng = np.random.Generator(np.random.PCG64(SEED + 5))
    return {
        (f"{'3301' if int(year) >= FROM_2024[0] else '3005'}{tract}00", year): round(
            first + 15_500 * number + rng.normal(0, 2_500)
        )
        for tract, first in (("06", 452_000), ("07", 489_000))
        for number, year in enumerate(years)
    }


def prices() -> SyntheticTable:
    """03013: prices grow by 0.25 per cent a month, and by 0.45 in 2022."""
    levels, level = {}, 99.0
    for year, month in months():
        level *= 1.0045 if year == 2022 else 1.0025
        levels[f"{year}M{month:02}"] = round(level, 1)
    dimensions = [
        Dimension("Konsumgrp", "konsumgruppe", [("TOTAL", "Totalindeks")], elimination=True),
        contents({"KpiIndMnd": ("Konsumprisindeks (2015=100)", "indeks", 1)}),
        spans(list(levels)),
    ]
    return table("03013", "Konsumprisindeks", dimensions, lambda at: levels[at["Tid"]])


def contents(kinds: dict[str, tuple[str, str, int]]) -> Dimension:
    """The kinds of figure: code -> label, unit, decimals."""
    labelled = [(code, f"{label} (SYNTETISK)") for code, (label, _unit, _decimals) in kinds.items()]
    units = {code: {"base": unit, "decimals": decimals} for code, (_label, unit, decimals) in kinds.items()}
    return Dimension("ContentsCode", "statistikkvariabel", labelled, "metric", units=units)


def time(years: range) -> Dimension:
    """Years."""
    return spans([str(year) for year in years])


def spans(periods: list[str]) -> Dimension:
    """Periods as published, of one year or several."""
    return Dimension("Tid", "år", [(period, period) for period in periods], "time")


def table(
    table_id: str,
    title: str,
    dimensions: Sequence[Dimension],
    figures: Figures,
    updated: str = NEWEST_UPDATED,
) -> SyntheticTable:
    """A table that says in its label, source and note that it is made up."""
    return SyntheticTable(
        table_id,
        f"{table_id}: {title} (SYNTETISK)",
        updated,
        dimensions,
        figures,
        source="Syntetiske tall (Levekår demo), ikke SSB",
        notes=["SYNTETISK: tallene er oppdiktet og sier ingenting om virkelige forhold."],
    )


def official_areas() -> tuple[pd.DataFrame, pd.DataFrame]:
    """True codes of 2002-2026: all of Drammen, the municipalities Skien and Oslo, a district of Oslo; and changes."""
    eras = {"0602": 2002, "0625": 2002, "0711": 2002, "3005": 2020, "3301": 2024}
    counties = {"0602": "06", "0625": "06", "0711": "07", "3005": "30", "3301": "33"}
    counties |= {"0806": "08", "3807": "38", "4003": "40"}
    rows = []
    for year in range(2002, 2027):
        for code, era in eras.items():
            if not (era <= year < {2002: 2020, 2020: 2024, 2024: 9999}[era]):
                continue
            units = [unit_code(code, unit) for unit in ALL_UNITS]
            own = [unit for unit in units if unit] + [f"{code}9999"]
            rows += [(year, tree.UNIT, unit, name_of(unit), f"{unit[:6]}00") for unit in own]
            tracts = sorted({unit[:6] for unit in own})
            rows += [(year, tree.TRACT, f"{tract}00", tract_name(tract), code) for tract in tracts]
            rows.append((year, tree.MUNICIPALITY, code, LABELS[code].partition(" (")[0], counties[code]))
        skien = next(code for code, used in SKIEN.items() if in_use(used, year))
        rows.append((year, tree.MUNICIPALITY, skien, "Skien", counties[skien]))
        rows.append((year, tree.MUNICIPALITY, "0301", "Oslo", "03"))
        rows.append((year, tree.CITY_DISTRICT, "030115", "Søndre Nordstrand", "0301"))
        rows += [
            (year, tree.COUNTY, county, f"Fylke {county}", None)
            for county in sorted({one[4] for one in rows if one[0] == year and one[1] == tree.MUNICIPALITY})
        ]
    lists = pd.DataFrame(rows, columns=["day", "level", "code", "name", "parent_code"])
    lists["day"] = [date(year, 1, 1) for year in lists["day"]]
    areas = from_yearly_lists(lists)
    return areas, changes_from_lists(areas)


def tract_name(tract: str) -> str:
    """The name of a tract by its six digits in any year."""
    if tract.endswith("99"):
        return "Uoppgitt delområde"
    return NAMES[tract[4:] if tract[:4] in ("3005", "3301") else tract_of(tract)]


def deliver(inbox: Path, maker: Maker) -> None:
    """Lay the synthetic deliveries in the inbox, in the layout of their contracts."""
    files = {
        "nav_unemployment": maker.unemployment,
        "nav_reduced_work_capability": maker.reduced_work_capability,
        "drammen_district_counts": maker.district_counts,
        "drammen_district_values": maker.district_values,
        "udir_wellbeing_grade10": maker.wellbeing,
        "fhi_crowding": maker.crowding,
        "fhi_mental_symptoms": maker.mental_symptoms,
        "fhi_life_expectancy": maker.life_expectancy,
        "ungdata_mental_distress": maker.mental_distress,
    }
    inbox.mkdir()
    zones = [f"33010000{zone},Drammen LKS {zone},3301{unit}" for zone, units in ZONES.items() for unit in units]
    listed = "\n".join(["levekaar,lksnavn,grunnkrets", *zones]) + "\n"
    (inbox / "syntetisk_levekaarssoner.csv").write_bytes(listed.encode())
    for contract_id, rows in files.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(catalogue.load().contracts[contract_id].header)
        writer.writerows(rows())
        path = inbox / f"syntetisk_{contract_id}.csv"
        path.write_bytes(text.getvalue().encode())


def generate(target: Path) -> None:
    """Serve, deliver and take the synthetic figures, and keep them in the snapshot store `target`."""
    maker = Maker()
    first, now = maker.tables()
    store = SnapshotStore(target)
    klass = KlassServer(from_areas(*official_areas()))
    with tempfile.TemporaryDirectory() as folder, PxWebServer([first, *now[1:]]) as server, klass:
        server.shown_url = ADDRESS
        urls = {"ssb_url": server.url, "klass_url": klass.url}
        settings = Settings("live", data_dir=Path(folder), inbox=Path(folder) / "inbox", anyway=True, **urls)
        deliver(settings.inbox, maker)
        night = compose(settings)
        keep(night, "ssb/09429", FIRST_VINTAGE, store)
        server.tables["09429"] = now[0]
        delivered = [f"delivery/{file.contract}" for file in night.asking.inbox.pending if file.error is None]
        # FHI's tables and a few others have no synthetic counterpart: the demo's figures of that kind are deliveries.
        served = night.catalogue.tables.items()
        tables = [name for name, one in served if one.provider == "ssb" and one.asked_as in server.tables]
        for name in [*tables, *night.catalogue.classifications, *sorted(delivered)]:
            keep(night, name, NEWEST_VINTAGE, store)


def keep(night: Night, name: str, moment: datetime, store: SnapshotStore) -> None:
    """Take one source as a refresh does, and keep it under a fixed time and address."""
    outcome = night.asking.take(name)
    if outcome.state != "new" or outcome.fetch is None:
        sys.exit(f"{name}: {outcome.state}: {outcome.message}\nExpected new figures; mend data/demo/generate.py.")
    for response in outcome.fetch.responses:
        store.put(night.store.snapshots.get(response.sha256))
    store.record(normalised(night, outcome.fetch, moment))


def normalised(night: Night, fetch: Fetch, moment: datetime) -> Fetch:
    """Replace what differs from run to run, and what would pass for a real publisher's."""
    root = night.settings.urls.get(fetch.provider, "")
    if fetch.provider == "delivery":
        publisher, kind = night.catalogue.deliveries[f"delivery/{fetch.table_id}"].provider, "delivery"
    elif fetch.provider == "klass":
        publisher, kind = "Statistics Norway (true codes, shortened names)", "classification"
    else:
        publisher, kind = "Statistics Norway", "table"
    return replace(
        fetch,
        fetched_at=moment,
        attribution=f"Synthetic figures (Levekår demo), not {publisher}, {kind} {fetch.table_id}",
        licence=LICENCE,
        responses=tuple(
            replace(one, url=one.url.replace(root or ADDRESS, ADDRESS), fetched_at=moment) for one in fetch.responses
        ),
    )


def differences(made: Path, kept: Path) -> list[str]:
    """Name the files that differ. Answers are compared unpacked: another zstd may pack them otherwise."""
    names = [{path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} for root in (made, kept)]
    unlike = names[0] ^ names[1]
    for name in names[0] & names[1]:
        same = (
            SnapshotStore(made).get(Path(name).stem) == SnapshotStore(kept).get(Path(name).stem)
            if name.endswith(".zst")
            else (made / name).read_bytes() == (kept / name).read_bytes()
        )
        unlike |= set() if same else {name}
    return sorted(unlike)


def main(arguments: Sequence[str]) -> int:
    """Write the folder anew, or compare it with what would be written."""
    kept = HERE / "snapshots"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "snapshots"
        generate(made)
        if list(arguments) == ["--check"]:
            unlike = differences(made, kept)
            if unlike:
                listed = "\n  ".join(unlike)
                sys.stderr.write(f"{kept} is not what generate.py makes; run it and commit the result:\n  {listed}\n")
            return 1 if unlike else 0
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(made, kept)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
