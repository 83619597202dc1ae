"""Words of the third corpus: names that the first two do not use, and how offices shorten and write them."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from tests.corpus.files import Cell, Rows
from tests.corpus.people import Person, people

_GIVEN = """
Mathilde Ellinor Synnøve Gunhild Tonje Vilde Ragnhild Signe Henriette Maiken Torunn Sigrid Live Jorunn Eline
Sindre Eirik Trygve Asbjørn Sverre Kristoffer Magnus Ludvik Vegard Steinar Tobias Snorre Birger Even Ulrik
Nasrin Shirin Farah Idil Ifrah Sumaya Rukiya Zeinab Nadia Warda Abdullahi Ismail Farhan Mahad Kamal Tariq Imran
Dariusz Tomasz Wojciech Małgorzata Zofia Renata Vytautas Rasa Mykola Tetyana Yuliia Dmytro Emre Hatice Fatma
Serkan Thuy Minh Huong Ravi Sunita Kiran Mehwish Adeel Semhar Biniam Filmon Bereket Rojda Dilan Azad Parwin
"""
_FAMILY = """
Rasmussen Ellingsen Tveit Myhre Brekke Lunde Sandvik Aas Fredriksen Nygård Skoglund Thorsen Bø Foss Engen Hovland
Sætre Holte Rønning Myklebust Gulbrandsen Thoresen Vik Aune Bjerke Skaug Kvam Sunde Grønli Tangen Steen Hegge
Farah Omar Aden Yusuf Isse Nur Malik Butt Chaudhry Iqbal Sheikh Zaman Lewandowska Zieliński Wójcik Kamińska
Kazlauskas Melnyk Kovalenko Aydin Arslan Çelik Pham Le Huynh Sharma Gebremedhin Tekle Weldu Karimi Noori Ahmadi
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
STREETS = [
    "Havnegata",
    "Engene",
    "Losjeplassen",
    "Iver Holters vei",
    "Bekkeveien",
    "Tordenskiolds gate",
    "Cappelens gate",
    "Rundhaugveien",
    "Solsvingen",
    "Vintergata",
    "Kobbervikdalen",
    "Smithestrømsveien",
    "Grønland",
    "Gamle Kirkeplass",
]
COUNTRIES = ["Ukraina", "Syria", "Eritrea", "DR Kongo", "Afghanistan", "Tyrkia", "Sudan", "Polen", "Litauen"]


class Resident:
    """A synthetic resident, with the ways in which an office writes of him."""

    def __init__(self, random: Random, person: Person) -> None:
        self.random, self.number, self.born, self.phone = random, person.number, person.born, person.phone
        self.given, self.family = random.choice(GIVEN), random.choice(FAMILY)
        if random.random() < 0.15:
            self.given = f"{self.given} {random.choice(GIVEN)}"
        if random.random() < 0.12:
            self.family = f"{self.family} {random.choice(FAMILY)}"
        self.street = f"{random.choice(STREETS)} {random.randint(1, 90)}{random.choice(['', '', 'A', ' B', 'C'])}"

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split())

    @property
    def short(self) -> str:
        """The given name and the first letter of the family's, as teachers write it."""
        return f"{self.given.split()[0]} {self.family[0]}."

    @property
    def age(self) -> int:
        return 2025 - self.born.year

    @property
    def mail(self) -> str:
        plain = str.maketrans("æøåłńóćçÆØÅ", "aoalnoccAOA")
        host = self.random.choice(["gmail.com", "icloud.com", "yahoo.no", "live.no"])
        return f"{self.given.split()[0]}{self.random.randint(1, 99)}@{host}".lower().translate(plain)


def residents(random: Random, youngest: int, oldest: int, fewest: int = 6, most: int = 30) -> list[Resident]:
    """Return some synthetic residents of these ages."""
    return [Resident(random, each) for each in people(random, youngest, oldest, fewest, most)]


def some_day(random: Random, first: int = 2022, last: int = 2025) -> date:
    """Return a working day in these years."""
    made = date(first, 1, 1) + timedelta(days=random.randint(0, (last - first + 1) * 365 - 1))
    return made - timedelta(days=max(0, made.weekday() - 4))


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Rows:
    """Return a header and its rows as one table."""
    return [list(header), *map(list, rows)]
