"""Synthetic people: common names put together by chance, and numbers that no real person has.

National identity numbers have the month + 80, as Skatteetaten's test population has. Nothing here describes anybody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_GIVEN = """
Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Anna Solveig Marianne Randi Ida Nina Maria Elisabeth
Emma Nora Sofie Thea Sara Ingvild Jan Per Bjørn Ole Lars Kjell Knut Svein Arne Thomas Hans Geir Tor Morten Terje Odd
Erik Martin Andreas Emil Jakob Oskar Filip Håkon Øyvind Åse Mohamed Ali Fatima Amina Ahmed Hassan Abdi Aisha Zahra
Yusuf Hodan Layla Omar Ibrahim Mehmet Ayse Emine Nguyen Linh Van Agnieszka Piotr Krzysztof Katarzyna Jurgita Olena
Ivan Oksana Samira Reza Maryam Tesfay Selam Yonas Khadija Bilal Usman Priya
"""
_FAMILY = """
Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berg
Haugen Hagen Johannessen Andreassen Jacobsen Dahl Halvorsen Jørgensen Henriksen Lund Sørensen Jakobsen Moen
Gundersen Iversen Strand Solberg Svendsen Martinsen Eide Knutsen Bakken Kristoffersen Mathisen Lie Amundsen Ali
Mohamed Ahmed Hussein Nguyen Tran Khan Abdi Yilmaz Kaya Demir Hassan Warsame Singh Kowalski Nowak Tesfay Haile
Rahimi Bråthen Ødegård Ås Øen Jama Osman Yildiz Hosseini Bondarenko Shevchenko
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
STREETS = [
    "Konggata",
    "Tollbugata",
    "Globusgata",
    "Bjørnsons gate",
    "Rosenkrantzgata",
    "Fjellhagen",
    "Danvikgata",
    "Skogliveien",
    "Austadveien",
    "Svelvikveien",
    "Knud Schartums gate",
    "Schwartz gate",
]
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True)
class Person:
    """A synthetic person."""

    given: str
    family: str
    born: date
    number: str
    street: str
    post: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def reversed_name(self) -> str:
        return f"{self.family}, {self.given}"

    @property
    def mail(self) -> str:
        plain = str.maketrans("æøåÆØÅ", "aoaAOA")
        host = ("gmail.com", "hotmail.com", "online.no", "outlook.com")[int(self.phone[-1]) % 4]
        return f"{self.given}.{self.family}@{host}".lower().translate(plain)


def checked(nine: str) -> str | None:
    """Return a number's nine digits with its two check digits, or None where it can have none (modulus 11)."""
    first = -sum(int(digit) * weight for digit, weight in zip(nine, FIRST_WEIGHTS, strict=True)) % 11
    if first == 10:
        return None
    second = -sum(int(digit) * weight for digit, weight in zip(nine + str(first), SECOND_WEIGHTS, strict=True)) % 11
    return None if second == 10 else f"{nine}{first}{second}"


def number_of(random: Random, born: date, *, day: int = 0, month: int = 80) -> str:
    """Return a synthetic national identity number; day=40 makes a D number."""
    while True:
        individual = random.randint(500, 999) if born.year >= 2000 else random.randint(0, 499)
        if number := checked(f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}{individual:03}"):
            return number


def help_number(random: Random) -> str:
    """Return a shared help number (FH): nine digits, the first 8 or 9, and two check digits."""
    while True:
        if number := checked(f"{random.choice('89')}{random.randint(0, 99_999_999):08}"):
            return number


def duf(random: Random) -> str:
    """Return a number in the form of UDI's DUF numbers: year, six running digits, two check digits (modulus 11)."""
    ten = f"{random.randint(2012, 2025)}{random.randint(0, 999_999):06}"
    check = sum(int(digit) * weight for digit, weight in zip(ten, (4, 6, 3, 2, 4, 6, 3, 2, 7, 5), strict=True)) % 11
    return f"{ten}{check:02}"


def person(random: Random, youngest: int = 0, oldest: int = 95) -> Person:
    """Return a synthetic person of an age in years, as of 2026."""
    born = date(2026, 1, 1) - timedelta(days=random.randint(youngest * 365, oldest * 365 + 364))
    return Person(
        random.choice(GIVEN),
        random.choice(FAMILY),
        born,
        number_of(random, born),
        f"{random.choice(STREETS)} {random.randint(1, 120)}{random.choice(['', '', 'A', 'B'])}",
        random.choice(["3044 DRAMMEN", "3045 Drammen", "3046 Drammen", "3048 DRAMMEN"]),
        f"{random.choice('49')}{random.randint(0, 9_999_999):07}",
    )


def people(random: Random, youngest: int = 0, oldest: int = 95, fewest: int = 6, most: int = 40) -> list[Person]:
    """Return some synthetic persons."""
    return [person(random, youngest, oldest) for _ in range(random.randint(fewest, most))]


def organisation_number(random: Random) -> str:
    """Return nine digits in the form of an organisation number, with its check digit (modulus 11)."""
    while True:
        eight = f"{random.choice('89')}{random.randint(0, 9_999_999):07}"
        check = -sum(int(digit) * weight for digit, weight in zip(eight, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if check != 10:
            return f"{eight}{check}"
