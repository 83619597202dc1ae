"""People, places and layouts of the fifth corpus: made-up names put together by chance, numbers with the month + 80.

Written on 26 November 2026 by somebody who had read neither the guard nor the other collections' templates.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from random import Random

from tests.corpus.files import Cell, File, Rows, ods_file, text_file, xls_file, xlsx_file
from tests.corpus.people import Person, number_of

WOMEN = (
    """
Anne Grethe|Ingeborg|Kristin|Lise|Tone|Silje|Camilla|Heidi|Turid|Gunn|Wenche|Ragnhild|Siri|Line|Cecilie|Vilde|Tuva|Ella
Frida|Maja|Selma|Oda|Mathilde|Eline|Julie|Amalie|Guro|Synnøve|Solfrid|Aud|Reidun|Torill|Mona|Unni|Bodil|Mette|Janne
Monica|Veronica|Elise|Hedda|Tiril|Iben|Live|Signe|Ylva|Gro Anita|Anne Lise|Eva Marie|Ann-Kristin|Rukhsana|Nasreen
Shukri|Ifrah|Nimco|Rahel|Mehret|Zeynep|Elif|Merve|Yasmin|Noor|Rania|Hiba|Dorota|Magdalena|Joanna|Rasa|Ieva|Iryna
Nataliia|Svitlana|Thuy|Mai|Thi Hong|Sunita|Deepika|Parvin|Shabana|Leila|Sahar|Blerta|Mirjana|Jasmina|Vesna|Roza
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
MEN = (
    """
Henrik|Kristoffer|Magnus|Sondre|Eirik|Jonas|Mathias|Tobias|Sander|Kristian|Fredrik|Anders|Trond|Rune|Stian|Espen
Øystein|Sverre|Gunnar|Harald|Roar|Steinar|Leif|Kåre|Magne|Torbjørn|Vegard|Sigurd|Aksel|Ludvig|Theodor|Olav|William
Isak|Noah|Lucas|Elias|Oliver|Kasper|Herman|Birk|Jan Erik|Per Arne|Svein Erik|Ole Kristian|Hans Petter|Karl-Johan
Abdullahi|Mustafa|Farhan|Liban|Abdirahman|Dawit|Filmon|Samuel|Mohammad|Karim|Hamza|Zain|Imran|Tariq|Kemal|Burak|Emre
Marek|Tomasz|Pawel|Darius|Mindaugas|Andrii|Oleksandr|Mykola|Minh|Duc|Rajesh|Arjun|Ahmad|Navid|Farid|Besnik|Dragan
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
FAMILIES = (
    """
Aasen|Berge|Brekke|Bråten|Fjeld|Foss|Fossum|Gulbrandsen|Hauge|Helland|Holm|Hovland|Isaksen|Kvamme|Langeland|Lunde
Myhre|Myklebust|Nygård|Næss|Rasmussen|Ruud|Rønning|Sandvik|Simonsen|Skaar|Skoglund|Solheim|Stokke|Sunde|Sæther
Thorsen|Tangen|Tveit|Ulriksen|Vik|Wold|Ødegaard|Aune|Borgen|Christensen|Engen|Evensen|Fredriksen|Gjerde|Hammer|Holte
Jenssen|Kleven|Krogh|Lien|Løken|Nordli|Opsahl|Paulsen|Rød|Skjelbred|Teigen|Tollefsen|Viken|Aarseth|Øverby|Farah
Ahmadi|Akhtar|Aydin|Begum|Butt|Çelik|Dang|Farooq|Gebremedhin|Hoang|Hussain|Ibrahimi|Iqbal|Jankowska|Karimi|Kovalenko
Kaminski|Le|Mahmood|Malik|Melnyk|Mohammadi|Mahamud|Öztürk|Petrauskas|Pham|Qureshi|Rahman|Sharif|Sheikh|Tekle|Vo
Wisniewski|Yusuf|Zielinska|Berisha|Krasniqi|Jovanovic
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
STREETS = (
    """
Havnegata|Øvre Storgate|Engene|Gamle Kirkeplass|Parkveien|Åslyveien|Kirkebakken|Skolegata|Bekkeveien|Nordliveien
Tomineborgveien|Wergelands gate|Telthusgata|Nedre Eikervei|Iver Holters vei|Smithestrømsveien|Høytoppen|Løkkebergveien
Lauritz Grønlands vei|Bjerggata|Liejordet|Solbakken|Vårveien|Linneroddveien|Betzy Kjelsbergs vei|Merket|Losjeplassen
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
TOWNS = [
    "3019 DRAMMEN",
    "3022 DRAMMEN",
    "3027 DRAMMEN",
    "3036 DRAMMEN",
    "3043 DRAMMEN",
    "3050 MJØNDALEN",
    "3060 SVELVIK",
]
DISTRICTS = [
    "Bragernes",
    "Åssiden",
    "Strømsø",
    "Strømsgodset",
    "Fjell",
    "Gulskogen",
    "Konnerud",
    "Skoger",
    "Åskollen",
    "Mjøndalen",
    "Solbergelva",
    "Krokstadelva",
    "Svelvik",
]
TRACTS = [
    ("33010101", "Bragernes sentrum"),
    ("33010102", "Hamborgstrøm"),
    ("33010203", "Landfalløya"),
    ("33010301", "Grønland"),
    ("33010302", "Strømsø torg"),
    ("33010303", "Danvik"),
    ("33010401", "Gulskogen nord"),
    ("33010402", "Rundtom"),
    ("33010501", "Fjell vest"),
    ("33010502", "Fjell øst"),
    ("33010503", "Dampenga"),
    ("33010601", "Konnerud sentrum"),
    ("33010602", "Stenseth"),
    ("33010701", "Skoger"),
    ("33010801", "Glassverket"),
    ("33010802", "Nordbyen"),
    ("33019999", "Uoppgitt krets"),
]
MUNICIPALITIES = [
    ("0301", "Oslo"),
    ("1101", "Eigersund"),
    ("1103", "Stavanger"),
    ("1505", "Kristiansund"),
    ("1806", "Narvik"),
    ("3103", "Moss"),
    ("3107", "Fredrikstad"),
    ("3201", "Bærum"),
    ("3203", "Asker"),
    ("3205", "Lillestrøm"),
    ("3301", "Drammen"),
    ("3303", "Kongsberg"),
    ("3305", "Ringerike"),
    ("3310", "Hole"),
    ("3312", "Lier"),
    ("3314", "Øvre Eiker"),
    ("3316", "Modum"),
    ("3403", "Hamar"),
    ("3907", "Sandefjord"),
    ("4003", "Skien"),
    ("4204", "Kristiansand"),
    ("4601", "Bergen"),
    ("4640", "Sogndal"),
    ("5001", "Trondheim"),
    ("5501", "Tromsø"),
]
SCHOOLS = [
    "Aronsløkka skole",
    "Bragernes skole",
    "Brandengen skole",
    "Børresen skole",
    "Fjell skole",
    "Galterud skole",
    "Gulskogen skole",
    "Hallermoen skole",
    "Kjøsterud skole",
    "Konnerud skole",
    "Marienlyst skole",
    "Skoger skole",
    "Svensedammen skole",
    "Vestbygda skole",
    "Øren skole",
    "Åskollen skole",
]
KINDERGARTENS = [
    "Bacheparken barnehage",
    "Dampsentralen barnehage",
    "Fjellhagen barnehage",
    "Haukås naturbarnehage",
    "Kobbervikdalen barnehage",
    "Læringsverkstedet Havna",
    "Riddersand barnehage",
    "Solsikken barnehage",
    "Tordenskiold barnehage",
    "Trollklubben FUS barnehage",
    "Vårveien barnehage",
    "Åskollen barnehage",
]
AGES = ["0-5 år", "6-15 år", "16-19 år", "20-24 år", "25-44 år", "45-66 år", "67-79 år", "80 år og eldre"]
SEXES = ["Kvinner", "Menn"]
YEARS = list(range(2015, 2026))


def someone(random: Random, youngest: int = 0, oldest: int = 92) -> Person:
    """Return a synthetic person; the third last digits of the number are not made to follow the sex."""
    born = date(2025, 12, 31) - timedelta(days=random.randint(youngest * 365 + 5, oldest * 365 + 300))
    given = random.choice(random.choice([WOMEN, MEN]))
    family = random.choice(FAMILIES)
    if random.random() < 0.2:
        family = f"{random.choice(FAMILIES)} {family}"
    return Person(
        given,
        family,
        born,
        number_of(random, born),
        f"{random.choice(STREETS)} {random.randint(1, 140)}{random.choice(['', '', '', ' A', 'B', ' C'])}",
        random.choice(TOWNS),
        f"{random.choice('49')}{random.randint(1_000_000, 9_999_999)}",
    )


def some(random: Random, youngest: int = 0, oldest: int = 92, fewest: int = 10, most: int = 90) -> list[Person]:
    """Return synthetic persons, as many as a list usually has."""
    return [someone(random, youngest, oldest) for _ in range(random.randint(fewest, most))]


def staff(random: Random, most: int = 6) -> list[str]:
    """Return names of some officers."""
    return [someone(random, 25, 65).name for _ in range(random.randint(2, most))]


def mail(person: Person) -> str:
    """Return an address in which names of two words are joined."""
    return person.mail.replace(" ", "." if person.born.day % 2 else "")


def sex(person: Person, woman: str = "K", man: str = "M") -> str:
    """Return the sex that goes with a given name."""
    return woman if person.given in WOMEN else man


def age(person: Person) -> int:
    """Return the age at the end of 2025."""
    return (date(2025, 12, 31) - person.born).days // 365


def on(random: Random, first: int = 2022, last: int = 2025) -> date:
    """Return a working day."""
    found = date(first, 1, 1) + timedelta(days=random.randint(0, (last - first + 1) * 365 - 1))
    return found - timedelta(days=max(0, found.weekday() - 4))


def table(header: Sequence[Cell], body: Iterable[Sequence[Cell]]) -> Rows:
    """Return a header and its rows."""
    return [list(header), *map(list, body)]


def per_person(held: Sequence[Person], header: Sequence[str], row: Callable[[Person], list[Cell]]) -> Rows:
    """Return a table with a row per person."""
    return table(header, map(row, held))


def under(title: str | Sequence[str], rows: Rows, *notes: str) -> Rows:
    """Return a table under its title lines and over its notes, as offices lay out a sheet."""
    above: Rows = [[line] for line in ([title] if isinstance(title, str) else title)]
    below: Rows = [[note] for note in notes]
    return [*above, [], *rows, [], *below] if below else [*above, [], *rows]


def in_a_book(random: Random, sheets: dict[str, Rows]) -> File:
    """Return sheets in one of the workbooks."""
    match random.choice(["xlsx", "xlsx", "xlsx", "xls", "ods"]):
        case "xlsx":
            return xlsx_file(sheets)
        case "xls":
            return xls_file(sheets)
        case _:
            return ods_file(sheets)


def in_a_sheet(random: Random, rows: Rows, name: str = "Ark1") -> File:
    """Return a table as a workbook of one sheet."""
    return in_a_book(random, {name: rows})


def in_text(random: Random, rows: Rows) -> File:
    """Return a table as a text file, mostly with semicolons."""
    return text_file(random, rows, random.choice([";", ";", ";", ",", "\t"]))


def districts(random: Random) -> list[str]:
    """Return the districts of one table."""
    return DISTRICTS if random.random() < 0.6 else sorted(random.sample(DISTRICTS, random.randint(6, 11)))


def recent(random: Random) -> list[int]:
    """Return the years of one table."""
    return YEARS[random.randint(0, 6) :]
