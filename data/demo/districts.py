"""What the demo assumes of Drammen's ten districts, and the (synthetic) counts and values that follow from it.

A count is drawn from the binomial distribution, so that it varies by chance as the intervals say. How the figures are
served, delivered and kept belongs to generate.py; README.md tells the assumptions in words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

PROGRAMME, START = "Kommunedel 7 Strømsø/Tangen", 2020
# Share of Drammen's residents outside kommunedel 7, and how far the district is from the typical towards kommunedel 7.
OTHERS = {
    "Kommunedel 1 Mjøndalen/Åsen": (0.125, 0.1), "Kommunedel 2 Krokstadelva/Stenseth": (0.09, -0.1),
    "Kommunedel 3 Åssiden/Solbergelva": (0.19, 0.25), "Kommunedel 4 Gulskogen": (0.10, 0.3),
    "Kommunedel 5 Konnerud": (0.13, -0.6), "Kommunedel 6 Fjell/Danvik": (0.10, 0.9),
    "Kommunedel 8 Bragernes/Øren": (0.12, 0.15), "Kommunedel 9 Skoger/Åskollen": (0.08, -0.2),
    "Kommunedel 10 Svelvik/Berger": (0.065, -0.1),
}  # fmt: skip


def years(first: int, last: int, step: int = 1) -> list[str]:
    """Calendar years as published."""
    return [str(year) for year in range(first, last + 1, step)]


def windows(first: int, last: int, length: int) -> list[str]:
    """Periods of several years that end in each year from `first` to `last`."""
    return [f"{year - length + 1}-{year}" for year in range(first, last + 1)]


def school_years(first: int, last: int) -> list[str]:
    """Periods of three school years that end in each year from `first` to `last`."""
    return [f"{year - 3}/{(year - 2) % 100:02}-{year - 1}/{year % 100:02}" for year in range(first, last + 1)]


YEARLY = years(2015, 2025)
# Rows of the two deliveries, in their columns: district, period, label, numerator and denominator, or the value.
Count = tuple[str, str, str, int | str, int]
Value = tuple[str, str, str, float]


@dataclass(frozen=True)
class Counted:
    """A count among persons, households or dwellings.

    of: the denominator as a share of the residents. typical, district: the share in 2015 in a typical district and in
    kommunedel 7. yearly: its change each year, everywhere. programme: further change each year after 2020, in
    kommunedel 7 only. pandemic: added in 2020, half of it in 2021, everywhere. whole: the municipality's sum is
    delivered too.
    """

    of: float
    typical: float
    district: float
    yearly: float = 0.0
    programme: float = 0.0
    pandemic: float = 0.0
    periods: Sequence[str] = tuple(YEARLY)
    whole: bool = False

    def share(self, likeness: float, year: int, *, programme: bool) -> float:
        """The expected share of a district in a year; likeness: 0 typical, 1 as kommunedel 7."""
        level = self.typical + likeness * (self.district - self.typical) + self.yearly * (year - 2015)
        level += self.pandemic * {START: 1.0, START + 1: 0.5}.get(year, 0.0)
        level += self.programme * max(0, year - START) * programme
        return min(max(level, 0.0), 1.0)


COUNTS = {
    # On track, off track, worsening and too early in turn, so that the scorecard shows each word.
    "Sysselsatte 20-66 år": Counted(0.605, 0.738, 0.648, 0.0020, 0.0042, -0.012),
    "Utenfor arbeid, utdanning og tiltak 15-29 år": Counted(0.19, 0.112, 0.160, -0.0005, 0.0065, 0.012),
    "Sysselsatte innvandrere 20-66 år": Counted(0.15, 0.640, 0.580, 0.0030, 0.0050, -0.022),
    "AAP eller uføretrygd 20-66 år": Counted(0.605, 0.109, 0.148, -0.0004, -0.0003),
    "Sosialhjelpsmottakere 18-66 år": Counted(0.63, 0.040, 0.085, -0.0006, -0.0024, 0.001, whole=True),
    "Barn i lavinntekt": Counted(0.20, 0.125, 0.285, -0.0010, -0.0065, periods=years(2015, 2024)),
    "Vedvarende lavinntekt": Counted(0.97, 0.098, 0.178, 0.0008, -0.0012, periods=windows(2015, 2024, 3)),
    "Barn 1-5 år i barnehage": Counted(0.055, 0.930, 0.845, 0.0020, 0.0060, -0.008),
    "Barn med barnevernstiltak": Counted(0.20, 0.034, 0.062, -0.0003, -0.0006, -0.002, whole=True),
    "Husholdninger med én forsørger": Counted(0.115, 0.215, 0.310, -0.0010),
    "Grunnskole høyeste utdanning": Counted(0.823, 0.288, 0.372, -0.0032, -0.0014),
    "Lesing 5. trinn på mestringsnivå 1": Counted(0.0110, 0.255, 0.365, periods=years(2022, 2025), whole=True),
    "Regning 5. trinn på mestringsnivå 1": Counted(
        0.0110, 0.265, 0.355, programme=-0.004, periods=years(2022, 2025), whole=True
    ),
    "Fullført videregående opplæring": Counted(0.0120, 0.790, 0.690, 0.0060, 0.0015, 0.006, whole=True),
    "I arbeid eller utdanning etter introduksjonsprogram": Counted(
        0.0030, 0.620, 0.580, 0.0, 0.012, -0.08, years(2015, 2024), whole=True
    ),
    "Leier boligen": Counted(0.486, 0.225, 0.395, 0.0025),
    "Boliger i boligblokk": Counted(0.50, 0.270, 0.640, 0.0035),
    "Flyttet siste år": Counted(0.985, 0.145, 0.235, 0.0005, 0.0, -0.008, whole=True),
    "Anmeldt vold og mishandling": Counted(1.0, 0.0072, 0.0150, 0.0, -0.0004, -0.0006),
    "Drept eller skadd i veitrafikken": Counted(1.0, 0.0006, 0.0016, -0.00002, -0.00003, -0.0001, whole=True),
    "Trygg tilgang til rekreasjonsareal": Counted(
        0.98, 0.600, 0.460, 0.0060, 0.0150, periods=years(2016, 2024, 2), whole=True
    ),
    "Trangbodde": Counted(0.975, 0.108, 0.214, -0.0012, -0.0040, periods=years(2015, 2024)),
    "Trangbodde innvandrere": Counted(0.27, 0.262, 0.345, -0.0012, periods=years(2015, 2024)),
    "Trangbodde barn": Counted(0.20, 0.185, 0.360, -0.0015, 0.0010, periods=years(2015, 2024), whole=True),
    "Kommunalt disponerte boliger": Counted(1.0, 0.0150, 0.0340, 0.0001, whole=True),
    "Aleneboende 45 år og eldre": Counted(0.44, 0.255, 0.365, 0.0015, whole=True),
    "Uføretrygdede 18-44 år": Counted(0.37, 0.033, 0.050, 0.0007, 0.0009, whole=True),
    "Overvekt eller fedme ved sesjon": Counted(
        0.040, 0.225, 0.290, 0.0020, periods=windows(2016, 2024, 4), whole=True
    ),
    "12-åringer uten karies": Counted(0.0105, 0.610, 0.500, 0.0040, 0.0130, -0.01, whole=True),
    "Grunnskole høyeste utdanning blant innvandrere": Counted(0.235, 0.315, 0.365, -0.0030, -0.0020, whole=True),
    "Sluttet i videregående opplæring": Counted(0.0400, 0.034, 0.058, -0.0008, -0.0010, -0.006, whole=True),
}  # fmt: skip
# What the deliverer hides before handing over; our own rules come on top.
HIDDEN = {("Trangbodde innvandrere", "2016", PROGRAMME)}


def counts(rng: np.random.Generator, residents: Callable[[str, int], float]) -> Iterator[Count]:
    """Yield district, period, label, numerator and denominator; residents: of a district in a year."""
    for label, assumed in COUNTS.items():
        for period in assumed.periods:
            year = int(period[-4:])
            sums = [0, 0]
            for district, likeness in {PROGRAMME: 1.0, **{name: like for name, (_, like) in OTHERS.items()}}.items():
                of = round(residents(district, year) * assumed.of)
                count = int(rng.binomial(of, assumed.share(likeness, year, programme=district == PROGRAMME)))
                sums = [sums[0] + count, sums[1] + of]
                yield district, period, label, ":" if (label, period, district) in HIDDEN else count, of
            if assumed.whole:
                yield "Drammen", period, label, sums[0], sums[1]


@dataclass(frozen=True)
class Valued:
    """A published figure without counts: its value in the first period, its change from one to the next, its noise.

    pandemic: added to figures of 2020 to 2022. growth: the change is a share of the value before.
    """

    periods: Sequence[str]
    first: float
    change: float
    noise: float
    pandemic: float = 0.0
    decimals: int = 1
    growth: bool = False

    def line(self, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
        """Yield each period with its figure."""
        for number, period in enumerate(self.periods):
            level = self.first * (1 + self.change) ** number if self.growth else self.first + self.change * number
            # Of a school year 2019/20 the last two digits are the year.
            year = 2000 + int(period[-2:])
            level += self.pandemic * (START <= year <= START + 2)
            yield period, round(level + rng.normal(0, self.noise), self.decimals)


SURVEYS = years(2018, 2024, 3)
VALUES = {
    "Medianinntekt etter skatt (kroner)": {
        PROGRAMME: Valued(years(2015, 2024), 392_000, 0.033, 1_500, decimals=-2, growth=True)
    },
    "Grunnskolepoeng (poeng)": {
        PROGRAMME: Valued(YEARLY, 38.4, 0.10, 0.30, 1.0),
        "Drammen": Valued(YEARLY, 40.6, 0.06, 0.12, 1.1),
        "Hele landet": Valued(YEARLY, 40.9, 0.08, 0.05, 1.1),
    },
    "Årsmiddel av PM2,5 (µg/m³)": {
        PROGRAMME: Valued(years(2015, 2024), 9.1, -0.25, 0.25, -0.3),
        "Drammen": Valued(years(2015, 2024), 8.0, -0.22, 0.2, -0.3),
    },
    "Fornøyd med lokalmiljøet (prosent)": {
        PROGRAMME: Valued(SURVEYS, 58.0, 0.5, 0.8),
        "Drammen": Valued(SURVEYS, 66.0, -0.5, 0.5),
        "Hele landet": Valued(YEARLY[1:], 70.0, -0.2, 0.2),
    },
    "Ensomhet (prosent)": {
        PROGRAMME: Valued(SURVEYS, 22.5, 0.6, 0.6, 2.0),
        "Drammen": Valued(SURVEYS, 19.0, 0.4, 0.4, 2.0),
        "Hele landet": Valued(YEARLY[1:], 18.5, 0.15, 0.2, 1.5),
    },
    "Med i fritidsorganisasjon (prosent)": {
        PROGRAMME: Valued(SURVEYS, 48.0, 1.5, 0.8, -3.0),
        "Drammen": Valued(SURVEYS, 60.0, 0.0, 0.5, -3.0),
        "Hele landet": Valued(YEARLY[1:], 65.0, -0.2, 0.2, -2.0),
    },
    "Mobbet på 7. trinn (prosent)": {
        PROGRAMME: Valued(school_years(2019, 2025), 8.4, 0.35, 0.25),
        "Drammen": Valued(school_years(2019, 2025), 6.9, 0.25, 0.1),
        "Hele landet": Valued(school_years(2019, 2025), 6.4, 0.30, 0.05),
    },
}


def values(rng: np.random.Generator) -> Iterator[Value]:
    """Yield area, period, label and figure."""
    for label, areas in VALUES.items():
        for area, valued in areas.items():
            for period, figure in valued.line(rng):
                yield area, period, label, figure
