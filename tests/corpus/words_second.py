"""What the second corpus is put together from: more names and places, columns about people, and titles and footnotes.

Words of its own, so that a guard that got to know the words of the first corpus gains nothing by it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from tests.corpus.files import Cell, Rows
from tests.corpus.people import FAMILY, GIVEN, Person, checked, person
from tests.corpus.words import day, listed

Columns = dict[str, Callable[[Person], Any]]

_MORE_GIVEN = """
Ragnhild Synnøve Torbjørn Sigrun Guro Vetle Tuva Iben Noah Leah Olav Einar Gunnar Turid Vigdis Aslaug Rune Sunniva
Máret Áilu Biret Mikkel Kjersti Svetlana Dmytro Halyna Abdulrahman Ifrah Sahra Fadumo Mahad Farhan Nadia Tariq Shazia
Imran Gülsen Zeynep Elif Burak Marek Tomasz Ewa Magdalena Rasa Senait Mehari Filmon Feven Azad Shilan Goran Jelena
Amela Besnik Arta Quang Hieu Anne-Lise Tor-Arne Ole-Jakob Ann-Kristin
"""
_MORE_FAMILY = """
Sæther Ulvestad Rognlien Kvammen Gulbrandsen Thoresen Myhre Skaug Lunde Brekke Nygård Sandvik Bjerke Engebretsen Wiik
Hovland Rustad Gaup Utsi Eira Hætta Farah Aden Elmi Malik Chaudhry Iqbal Öztürk Çelik Arslan Wiśniewski Wójcik
Kamińska Kazlauskas Melnyk Kovalenko Gebremedhin Tekle Berhane Karimi Ahmadi Rostami Barzani Petrović Krasniqi Berisha
Pham Huynh
"""
AREAS = [
    "Landfalløya",
    "Øvre Sund",
    "Hamborgstrøm",
    "Muusøya",
    "Nordbyåsen",
    "Stubberud",
    "Gosen",
    "Knive",
    "Bacheparken",
    "Wergelandsløkka",
    "Ludvig Karstens",
    "Thornegata",
    "Marthas haug",
    "Jarlsberg",
    "Hotvet",
    "Kjøsterud",
    "Austad",
    "Bjørkelia",
    "Rosenlund",
    "Hans Tordsens vei",
]
ROADS = [
    "Erik Børresens allé",
    "Vinjes gate",
    "Christian IVs gate",
    "Iver Holters vei",
    "Losjeplassen",
    "Anton Jenssens gate",
    "Søren Lemmichs gate",
    "Rømersvei",
    "Johan Svendsens vei",
    "Gamle Kirkeplass",
    "Karen Gundersens stubb",
    "Øvre Storgate",
]
SCHOOLS_AND_MORE = [
    "Aronsløkka skole",
    "Hallermoen skole",
    "Kjøsterud skole",
    "Vestbygda skole",
    "Åskollen skole",
    "Henrik Wergelands skole",
    "Frydenhaug skole",
    "Bødalen skole",
    "Gjerdal ungdomsskole",
    "Betty Hansens skole",
]
OFFICES = "NAV Drammen|Barneverntjenesten|Boligkontoret|Helsestasjon Fjell|Flyktningtjenesten|PPT"
SUBJECTS = [
    "Folkemengde",
    "Barn med vedtak",
    "Husholdninger med bostøtte",
    "Mottakere av sosialhjelp",
    "Personer i lavinntekt",
    "Arbeidsledige",
    "Innflyttinger",
    "Elever i grunnskolen",
]
NOTES = [
    "Kilde: Drammen kommune og Statistisk sentralbyrå",
    "Sist oppdatert 14.03.2025",
    "1) Foreløpig.",
    "Lisens: NLOD 2.0",
    "* Metoden er endret fra 2020.",
]
SEXES, AGES = "Gutt|Jente", "0-5 år|6-15 år|16-19 år|20-44 år|45-66 år|67 år og over"


# ---- people, and columns about them; a seed decides how a column is called and written


def someone(random: Random, youngest: int = 0, oldest: int = 95) -> Person:
    """Return a synthetic person; some have two given names or a double family name."""
    given, family = random.choice(GIVEN + _MORE_GIVEN.split()), random.choice(FAMILY + _MORE_FAMILY.split())
    if random.random() < 0.15:
        given += random.choice(" -") + random.choice(GIVEN)
    if random.random() < 0.15:
        family += random.choice(" -") + random.choice(_MORE_FAMILY.split())
    return replace(person(random, youngest, oldest), given=given, family=family)


def some(random: Random, youngest: int = 0, oldest: int = 95, fewest: int = 7, most: int = 32) -> list[Person]:
    """Return some synthetic people."""
    return [someone(random, youngest, oldest) for _ in range(random.randint(fewest, most))]


def initials(held: Person) -> str:
    """Return initials as in K.H."""
    return f"{held.given[0]}.{held.family[0]}."


def in_ascii(text: str) -> str:
    """Return a text as it stands in an address of the Internet: small letters of ASCII, no spaces."""
    plain = text.lower().replace(" ", "").translate(str.maketrans("æøåł", "aoal"))
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def mail(held: Person) -> str:
    """Return a private e-mail address."""
    return in_ascii(held.mail)


def of(random: Random, values: str | list[str]) -> Callable[[Person], str]:
    """Return a column that has one of these values; given as one text they are separated by |."""
    choices = values.split("|") if isinstance(values, str) else values
    return lambda _: random.choice(choices)


def between(random: Random, low: int, high: int) -> Callable[[Person], int]:
    """Return a column of whole numbers."""
    return lambda _: random.randint(low, high)


def on(random: Random, first: int = 2023, last: int = 2025) -> Callable[[Person], date]:
    """Return a column of days."""
    return lambda _: day(random, first, last)


def names(random: Random, who: str = "Navn") -> Columns:
    """Return one or two columns with full names."""
    forms: list[Columns] = [
        {who: lambda each: each.name},
        {who: lambda each: each.reversed_name},
        {who: lambda each: f"{each.family} {each.given}".upper()},
        {"Etternavn": lambda each: each.family, "Fornavn": lambda each: each.given},
        {"Fornavn": lambda each: each.given, "Etternavn": lambda each: each.family.upper()},
    ]
    return random.choice(forms)


def births(random: Random) -> Columns:
    """Return a column with days of birth."""
    header = random.choice(["Født", "Fødselsdato", "F.dato", "Fødd", "Født dato"])
    form = random.choice(["", "%d%m%y", "%d.%m.%Y", "%Y%m%d"])
    return {header: lambda each: each.born.strftime(form) if form else each.born}


def numbers(random: Random) -> Columns:
    """Return a column with national identity numbers in an ordinary form."""
    header = random.choice(["Fødselsnummer", "Fnr", "Fødselsnr.", "Personnummer", "Fnr/D-nr", "ID", "Brukernr"])
    form = random.choice(["{0}{1}", "{0} {1}", "{0}-{1}"])
    return {header: lambda each: form.format(each.number[:6], each.number[6:])}


def homes(random: Random) -> Columns:
    """Return one or two columns with home addresses."""
    forms: list[Columns] = [
        {"Adresse": lambda each: f"{each.street}, {each.post}"},
        {"Gateadresse": lambda each: each.street, "Postnr/-sted": lambda each: each.post},
        {"Bosted": lambda each: each.street},
    ]
    return random.choice(forms)


def phones(random: Random, header: str = "") -> Columns:
    """Return a column with private telephone numbers."""
    header = header or random.choice(["Telefon", "Mobil", "Tlf.", "Mobilnr"])
    forms: list[Callable[[str], Cell]] = [
        lambda held: held,
        lambda held: f"{held[:3]} {held[3:5]} {held[5:]}",
        lambda held: f"{held[:2]} {held[2:4]} {held[4:6]} {held[6:]}",
        lambda held: f"+47 {held[:3]} {held[3:5]} {held[5:]}",
        int,
    ]
    form = random.choice(forms)
    return {header: lambda each: form(each.phone)}


def register(random: Random, held: list[Person], columns: Columns, shuffle: bool = True) -> Rows:
    """Return a header and a row per person: columns in any order, perhaps numbered, perhaps with lines around it."""
    order = random.sample(list(columns), len(columns)) if shuffle else list(columns)
    rows = listed(held, {name: columns[name] for name in order})
    if random.random() < 0.3:
        rows = [["Nr", *rows[0]], *[[number, *row] for number, row in enumerate(rows[1:], 1)]]
    if random.random() < 0.3:
        rows = [[f"{random.choice(OFFICES.split('|'))}, utskrift {day(random, 2024):%d.%m.%Y}"], [], *rows]
    if random.random() < 0.2:
        rows += [[], [f"Antall: {len(held)}"]]
    return rows


# ---- figures


def figures(random: Random, first: str = "Område", rows: list[str] | None = None, most: int = 900) -> Rows:
    """Return counts of areas (or of these rows), a column per year."""
    years = range(random.randint(2014, 2019), 2025)
    held = rows or random.sample(AREAS, random.randint(6, 14))
    return [[first, *map(str, years)], *[[name, *[random.randint(5, most) for _ in years]] for name in held]]


def framed(random: Random, rows: Rows, *more_notes: str, title: str = "") -> Rows:
    """Return a table, perhaps under its title, with footnotes below it, as offices send it."""
    title = title or f"{random.choice(SUBJECTS)} etter område og år. Drammen kommune"
    above: Rows = [[title], []] if random.random() < 0.6 else []
    notes: Rows = [[note] for note in [*random.sample(NOTES, random.randint(0, 2)), *more_notes]]
    return [*above, *rows, *([[]] if notes else []), *notes]


def digits(random: Random, count: int) -> int:
    """Return a whole number of so many digits that is no identity number, nor one that lost its first zero."""
    while True:
        number = random.randint(10 ** (count - 1), 10**count - 1)
        if count not in (10, 11) or checked(f"{number:011}"[:9]) != f"{number:011}":
            return number


def account_number(random: Random) -> str:
    """Return eleven digits with the check digit of a bank account, which no identity number has."""
    while True:
        ten = f"{random.choice(['1503', '2220', '6005', '8601', '9365'])}{random.randint(0, 999_999):06}"
        check = -sum(int(d) * weight for d, weight in zip(ten, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if check != 10 and checked(ten[:9]) != f"{ten}{check}":
            return f"{ten}{check}"
