"""What both registers and clean tables are put together from: places, schools, titles, figures."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from tests.corpus.files import Rows
from tests.corpus.people import Person

DISTRICTS = [
    "Konnerud",
    "Strømsø/Danvik",
    "Strømsø/Tangen",
    "Bragernes",
    "Gulskogen",
    "Fjell",
    "Åssiden",
    "Skoger",
    "Mjøndalen",
]
TRACTS = [
    "Strømsø sentrum",
    "Tangen",
    "Danvik",
    "Fjell",
    "Austad",
    "Berg",
    "Solberg",
    "Lund",
    "Haugen",
    "Bakke",
    "Moen",
    "Lie",
    "Kobbervikdalen",
    "Øren",
    "Åskollen",
    "Nordby",
    "Hagen",
    "Eide",
    "Dahl",
    "Strand",
]
UNITS = [
    "Strømsø torg",
    "Bjørnstjernes gate",
    "Tollbugata",
    "Knud Schartum",
    "Fjell 1",
    "Fjell 2",
    "Dr. Hansteins gate",
    "Professor Smith",
    "Nybyen",
    "Marienlyst",
    "Haakon VIIs gate",
    "Rundtom",
    "Jacob Borchs gate",
    "Lundeby",
    "Helgerud",
]
SCHOOLS = [
    "Strømsø skole",
    "Fjell skole",
    "Marienlyst skole",
    "Danvik skole",
    "Brandengen skole",
    "Svensedammen skole",
    "Galterud skole",
    "Børresen ungdomsskole",
    "Gulskogen skole",
    "Skoger skole",
    "Rødskog skole",
    "Øren skole",
]
KINDERGARTENS = [
    "Maria Lykke barnehage",
    "Fru Hansens barnehage",
    "Knatten barnehage",
    "Ole Steens barnehage",
    "Strømsø barnehage",
    "Fjellhagen barnehage",
    "Eventyrveien barnehage",
    "Lundtoppen barnehage",
    "Mor Åses familiebarnehage",
]
ASSOCIATIONS = [
    "IF Sturla",
    "Skiold",
    "Strømsgodset IF",
    "Drammen Bangladeshforening",
    "Stiftelsen Kirkens Bymisjon Drammen",
    "Fjell Somaliske Kulturforening",
    "Sankt Hallvard menighet",
    "Drammen Røde Kors",
    "Strømsø Musikkorps",
    "Lions Club Drammen Elvebredden",
    "Hans Nielsen Hauges Minne",
    "Tangen Vel",
    "Ole Bull Korforening",
]
MUNICIPALITIES = [
    ("3301", "Drammen"),
    ("3303", "Kongsberg"),
    ("3305", "Ringerike"),
    ("3312", "Lier"),
    ("3314", "Øvre Eiker"),
    ("0301", "Oslo"),
    ("1103", "Stavanger"),
    ("4601", "Bergen"),
    ("5001", "Trondheim"),
    ("4020", "Midt-Telemark"),
]
INDICATORS = [
    "Sysselsatte 20-66 år",
    "Sosialhjelpsmottakere 18-66 år",
    "Barn i lavinntekt",
    "Trangbodde",
    "Uføretrygdede 18-44 år",
    "Anmeldt vold og mishandling",
    "Leier boligen",
    "Fullført videregående opplæring",
]
COUNTRIES = ["Norge", "Somalia", "Syria", "Polen", "Ukraina", "Tyrkia", "Eritrea", "Afghanistan", "Pakistan", "Vietnam"]


def day(random: Random, first: int = 2018, last: int = 2025) -> date:
    """Return a day in these years."""
    return date(first, 1, 1) + timedelta(days=random.randint(0, (last - first + 1) * 365))


def listed(held: list[Person], columns: Mapping[str, Callable[[Person], object]]) -> Rows:
    """Return a header and a row per person."""
    return [list(columns), *[[make(each) for make in columns.values()] for each in held]]  # type: ignore[misc]


def by_area_and_year(random: Random, areas: list[str], first: str = "Område", most: int = 900) -> Rows:
    """Return counts of areas, a column per year."""
    years = range(random.randint(2012, 2016), 2026)
    return [[first, *map(str, years)], *[[area, *[random.randint(3, most) for _ in years]] for area in areas]]


def counts_table(random: Random, most: int = 2000) -> Rows:
    """Return counts in the layout that the project asks for."""
    rows: Rows = [["Kommunedel", "År", "Indikator", "Teller", "Nevner"]]
    for area in random.sample(DISTRICTS, 4):
        for year in range(2019, 2025):
            whole = random.randint(most // 2, most)
            rows.append([area, year, random.choice(INDICATORS), random.randint(10, whole), whole])
    return rows
