"""How often the personal data guard finds what it looks for, and how often it is wrong: a generated, synthetic corpus.

`python -m benchmarks.personal_data`; the tables stand in docs/personal_data.md, and the tests run a few of each. Clean
tables have the shapes of municipal statistics; dirty ones are clean ones with personal data in one cell, a few, or
nearly all. Nobody is meant by any name or number here: all are drawn at random.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks import Result, in_turn
from pipelines.guards.personal import TextColumn, findings

Rng = np.random.Generator
Columns = dict[str, list[str]]

TABLES = 50
# The rows of a clean table in which something is hidden.
FIRST = 300
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS = 1_000_000
# Nearly all cells of a column are not all.
MANY = 0.9
PLACED = {"one cell": 1, "five cells": 5, "most cells": None}

GIVEN = ["Kari", "Ola", "Fatima", "Nils", "Ingrid", "Mohammed", "Anne", "Per", "Solveig", "Lars", "Mari", "Jens"]
FAMILY = ["Berge", "Myhrvold", "Tveit", "Sandbakk", "Ahmadi", "Lunde", "Eikeland", "Nordgård", "Solli", "Kvam", "Rød"]
STREETS = ["Storgata", "Bjørnsons vei", "Kirkeveien", "Kongens gate", "Fjellvegen", "Parkalléen", "Øvre Strandgate"]
UNITS = ["Bragernes", "Gulskogen", "Åskollen", "Langgata", "Tranby", "Fjell", "Konnerud", "Nordre Strøm"]
SCHOOLS = ["Strømsø skole", "Fjell skole", "Fridtjof Nansens skole", "Åskollen skole", "Brandengen skole"]
MUNICIPALITIES = ["Drammen", "Skien", "Nore og Uvdal", "Øvre Eiker", "Indre Østfold", "Midt-Telemark", "Hele landet"]
REMARKS = [
    "",
    "",
    "se note 3",
    "tall mangler",
    "anslag, 2. kvartal",
    "10. trinn",
    "gjelder 18 barn i 4 soner",
    "Storgata",
]


# ------------------------------------------------------------------------------------------------ what is personal


def identity_number(rng: Rng, *, to_day: int = 0, to_month: int = 0, remainder: int = 0) -> str:
    """Draw a number whose check digits are right by the rule of the Tax Administration, for the remainder given."""
    while True:
        born = date(1920, 1, 1) + timedelta(days=int(rng.integers(0, 38_000)))
        head = f"{born.day + to_day:02d}{born.month + to_month:02d}{born.year % 100:02d}{rng.integers(0, 1000):03d}"
        first = (11 + remainder - _weighed(head, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11) % 11
        if first == 10:
            continue
        second = (11 - _weighed(f"{head}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
        if second < 10:
            return f"{head}{first}{second}"


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _early(rng: Rng) -> str:
    """Draw a number of one born on the first to the ninth of a month."""
    while not (number := identity_number(rng)).startswith("0"):
        pass
    return number


def _person(rng: Rng) -> str:
    return f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"


def _digits(rng: Rng, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _mobile(rng: Rng) -> str:
    return f"{rng.choice(['9', '4'])}{_digits(rng, 7)}"


def _birthday(rng: Rng) -> date:
    """Draw a day that is neither the first nor the last of a month."""
    day = date(1935, 1, 1) + timedelta(days=int(rng.integers(0, 31_000)))
    return day.replace(day=int(rng.integers(2, 28)))


IDENTITY, EMAIL, PHONE = "national identity numbers", "e-mail addresses", "phone numbers"
ADDRESS, BIRTH = "street addresses", "dates of birth"
NAMES, PERSONS = "names of persons", "one row per person"


@dataclass(frozen=True)
class Form:
    """One way in which one kind of personal data is written in a cell, under a header."""

    kind: str
    name: str
    write: Callable[[Rng], str]
    header: str = "Merknad"
    # Some forms are known only from a whole column.
    many_only: bool = False


def _groups(number: str, *groups: int) -> list[str]:
    """Cut a number into groups of so many digits."""
    ends = np.cumsum(groups)
    return [number[end - group : end] for group, end in zip(groups, ends, strict=True)]


def _fh_number(rng: Rng) -> str:
    """Draw a shared auxiliary number: nine digits that begin with 8 or 9, and the two check digits of today's rule."""
    while True:
        head = f"{rng.integers(8, 10)}{_digits(rng, 8)}"
        first = -_weighed(head, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
        second = -_weighed(f"{head}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 if first < 10 else 10
        if second < 10:
            return f"{head}{first}{second}"


def _duf_number(rng: Rng) -> str:
    """Draw a DUF number: year, six digits, and their weighed sum modulo 11 in two."""
    head = f"{rng.integers(2005, 2026)}{_digits(rng, 6)}"
    return f"{head}{_weighed(head, (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)) % 11:02d}"


FULL_WIDTH = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")
WRITTEN = [
    ("2-3-3-3", (2, 3, 3, 3), " "),
    ("2-2-2-3-2", (2, 2, 2, 3, 2), " "),
    ("2-2-2-5 with dots", (2, 2, 2, 5), "."),
    ("a line break after six", (6, 5), "\n"),
    ("two spaces after six", (6, 5), "  "),
    ("a slash after six", (6, 5), "/"),
    ("a star after six", (6, 5), "*"),
    ("an en dash after six", (6, 5), "\u2013"),
    ("a minus sign after six", (6, 5), "\u2212"),
    ("a dash between spaces after six", (6, 5), " - "),
    ("a zero-width space after six", (6, 5), "\u200b"),
]
FORMS = [
    Form(IDENTITY, "11 digits", identity_number),
    Form(IDENTITY, "D-number", lambda rng: identity_number(rng, to_day=40)),
    Form(IDENTITY, "H-number; NAV's synthetic", lambda rng: identity_number(rng, to_month=40)),
    Form(IDENTITY, "synthetic, month + 65", lambda rng: identity_number(rng, to_month=65)),
    Form(IDENTITY, "synthetic, month + 80", lambda rng: identity_number(rng, to_month=80)),
    Form(IDENTITY, "synthetic D-number", lambda rng: identity_number(rng, to_day=40, to_month=80)),
    Form(IDENTITY, "rule of 2032", lambda rng: identity_number(rng, remainder=int(rng.integers(1, 4)))),
    *(
        Form(IDENTITY, f"with {name} after six", lambda rng, sign=sign: sign.join(_halves(identity_number(rng))))
        for name, sign in {"a space": " ", "a no-break space": "\u00a0", "a dot": ".", "a hyphen": "-"}.items()
    ),
    Form(IDENTITY, "10 digits, zero lost", lambda rng: _early(rng)[1:]),
    Form(IDENTITY, "10 digits with .0", lambda rng: f"{_early(rng)[1:]}.0"),
    Form(IDENTITY, "11 digits with .0", lambda rng: f"{identity_number(rng)}.0"),
    *(
        Form(IDENTITY, name, lambda rng, groups=groups, sign=sign: sign.join(_groups(identity_number(rng), *groups)))
        for name, groups, sign in WRITTEN
    ),
    Form(IDENTITY, "with ,00 behind it", lambda rng: f"{identity_number(rng)},00"),
    Form(IDENTITY, "full-width digits", lambda rng: identity_number(rng).translate(FULL_WIDTH)),
    Form(IDENTITY, "the last five crossed out", lambda rng: f"{identity_number(rng)[:6]} *****"),
    Form(IDENTITY, "FH-number", _fh_number),
    Form(IDENTITY, "DUF number", _duf_number),
    Form(IDENTITY, "any, header 'Fødselsnummer'", lambda rng: _digits(rng, 4), "Fødselsnummer"),
    Form(IDENTITY, "in a sentence", lambda rng: f"gjelder {identity_number(rng)}, se sak"),
    Form(EMAIL, "alone", lambda rng: f"{rng.choice(GIVEN)}.{rng.choice(FAMILY)}@example.com".lower()),
    Form(EMAIL, "in a sentence", lambda rng: f"send til <{rng.choice(GIVEN)}@example.org> innen fredag"),
    Form(PHONE, "+47 and 8 digits", lambda rng: f"+47{_mobile(rng)}"),
    Form(PHONE, "0047, grouped", lambda rng: "0047 " + " ".join(_groups(_mobile(rng), 3, 2, 3))),
    Form(PHONE, "912 34 567", lambda rng: " ".join(_groups(_mobile(rng), 3, 2, 3))),
    Form(PHONE, "22 33 44 55", lambda rng: " ".join(_groups(f"{rng.integers(2, 8)}{_digits(rng, 7)}", 2, 2, 2, 2))),
    Form(PHONE, "tlf 91234567 in a sentence", lambda rng: f"ring foresatt, tlf {_mobile(rng)}, etter kl 16"),
    Form(PHONE, "91.23.45.67", lambda rng: ".".join(_groups(_mobile(rng), 2, 2, 2, 2))),
    Form(PHONE, "4123 4567", lambda rng: " ".join(_groups(_mobile(rng), 4, 4))),
    Form(PHONE, "8 digits, header 'Mobil'", _mobile, "Mobil"),
    Form(PHONE, "8 digits, header says nothing", _mobile, "Kolonne1", many_only=True),
    Form(ADDRESS, "Storgata 12", lambda rng: f"{rng.choice(STREETS)} {rng.integers(1, 200)}"),
    Form(
        ADDRESS, "Storgata 12 B", lambda rng: f"{rng.choice(STREETS)} {rng.integers(1, 200)} {rng.choice(list('ABC'))}"
    ),
    Form(ADDRESS, "with postcode", lambda rng: f"Solbakken {rng.integers(1, 99)}, {rng.integers(3000, 3060)} Drammen"),
    Form(ADDRESS, "in a sentence", lambda rng: f"familien bor i {rng.choice(STREETS)} {rng.integers(1, 200)} nå"),
    Form(ADDRESS, "any name, header 'Adresse'", lambda rng: f"Solbakken {rng.integers(1, 99)}", "Adresse"),
    Form(BIRTH, "1985-03-12, header 'Fødselsdato'", lambda rng: _birthday(rng).isoformat(), "Fødselsdato"),
    Form(BIRTH, "12.03.1985, header 'Født'", lambda rng: _birthday(rng).strftime("%d.%m.%Y"), "Født"),
    Form(BIRTH, "120385, header 'f.dato'", lambda rng: _birthday(rng).strftime("%d%m%y"), "f.dato", many_only=True),
    Form(BIRTH, "12.03.1985, header says nothing", lambda rng: _birthday(rng).strftime("%d.%m.%Y"), "Kolonne1", True),
    Form(BIRTH, "in a sentence", lambda rng: f"eldste barn født {_birthday(rng).strftime('%d.%m.%Y')}, flyttet"),
]


def _halves(number: str) -> tuple[str, str]:
    return number[:6], number[6:]


def _people(rng: Rng) -> Columns:
    rows = range(int(rng.integers(15, 200)))
    return {
        "Alder": [str(rng.integers(0, 95)) for _ in rows],
        "Kjønn": [str(rng.choice(["M", "K"])) for _ in rows],
        "Grunnkrets": [f"330106{rng.integers(1, 12):02d}" for _ in rows],
    }


def _numbered(header: str) -> Callable[[Rng], Columns]:
    def table(rng: Rng) -> Columns:
        people = _people(rng)
        ids = rng.permutation(90_000)[: len(people["Alder"])] + 10_000
        return {header: [str(one) for one in ids], "Vedtak": [str(rng.choice(["ja", "nei"])) for _ in ids]}

    return table


def _described(*further: str) -> Callable[[Rng], Columns]:
    values = {
        "Fødeland": ["Norge", "Polen", "Syria", "Somalia", "Sverige"],
        "Diagnose": ["F32", "F41", "J45", "E11", "M54"],
        "Inntekt": [str(number) for number in range(210_000, 900_000, 7_919)],
        "Antall": ["1"],
    }

    def table(rng: Rng) -> Columns:
        people = _people(rng)
        rows = people["Alder"]
        return people | {name: [str(rng.choice(values[name])) for _ in rows] for name in further}

    return table


def _pupils(rng: Rng) -> Columns:
    """Return answers to a survey, a pupil in each row."""
    rows = range(int(rng.integers(40, 200)))
    asked = {f"Spm{number}": [str(rng.integers(1, 6)) for _ in rows] for number in range(1, 9)}
    school = {
        "Skole": [str(rng.choice(SCHOOLS)) for _ in rows],
        "Kjønn": [str(rng.choice(["Gutt", "Jente"])) for _ in rows],
    }
    return school | {"Fødselsår": [str(rng.integers(2009, 2013)) for _ in rows]} | asked


def _answers(rng: Rng) -> Columns:
    pupils = _pupils(rng)
    return {"Respons": [_digits(rng, 8) for _ in pupils["Skole"]]} | pupils


def _named(*headers: str) -> Callable[[Rng], Columns]:
    writes: dict[str, Callable[[Rng], str]] = {
        "Navn": _person,
        "NAVN": lambda rng: _person(rng).upper(),
        "Hva": lambda rng: str(rng.choice(["leksehjelp", "kaffe", "søknad"])),
        "Fornavn": lambda rng: str(rng.choice(GIVEN)),
        "Etternavn": lambda rng: str(rng.choice(FAMILY)),
        "Postnummer": lambda rng: str(rng.integers(3000, 3060)),
        "Bostedsadresse": lambda rng: str(rng.choice(STREETS)),
    }

    def table(rng: Rng) -> Columns:
        rows = range(int(rng.integers(12, 200)))
        return {header: [writes[header](rng) for _ in rows] for header in headers}

    return table


# What only a whole table shows.
RECORDS: list[tuple[str, str, Callable[[Rng], Columns]]] = [
    (NAMES, "Fornavn, Etternavn", _named("Fornavn", "Etternavn")),
    (NAMES, "Navn, Postnummer", _named("Navn", "Postnummer")),
    (NAMES, "Etternavn, address without number", _named("Etternavn", "Bostedsadresse")),
    *(
        (PERSONS, f"identified by '{name}'", _numbered(name))
        for name in ("Løpenummer", "Pasient-ID", "Elevnr", "Saksnummer")
    ),
    (NAMES, "Navn, in capitals, and what for", _named("NAVN", "Hva")),
    (PERSONS, "answers of pupils, with 'Respons'", _answers),
    (PERSONS, "answers of pupils, without", _pupils),
    (PERSONS, "age, sex, unit", _described()),
    (PERSONS, "age, sex, unit, country of birth", _described("Fødeland")),
    (PERSONS, "age, sex, unit, diagnosis, count 1", _described("Diagnose", "Antall")),
    (PERSONS, "age, sex, unit, income", _described("Inntekt")),
]


# ----------------------------------------------------------------------------------------------------- what is clean


def _periods(rng: Rng, count: int) -> list[str]:
    first = int(rng.integers(2000, 2015))
    return [str(first + number) for number in range(count)]


def _crossed(**labels: list[str]) -> Columns:
    """Return all combinations, one a row, as a statistic has them."""
    index = pd.MultiIndex.from_product(labels.values(), names=labels)
    return {name: list(index.get_level_values(name)) for name in labels}


def _with(columns: Columns, name: str, write: Callable[[], object]) -> Columns:
    return columns | {name: [str(write()) for _ in next(iter(columns.values()))]}


def _units(rng: Rng) -> Columns:
    numbers = range(1, int(rng.integers(3, 12)))
    names = [f"{unit} {number}" for unit in UNITS for number in numbers]
    county = rng.choice(["0602", "3005", "3301", "4003", "4203", "4601", "9999"][:6])
    years = _periods(rng, 3)
    table = {
        "Grunnkrets": [f"{county}{number:04d}" for number in range(101, 101 + len(names)) for _ in years],
        "Navn": [name for name in names for _ in years],
        "År": years * len(names),
    }
    return _with(table, "Antall", lambda: rng.integers(0, 900))


def _schools(rng: Rng) -> Columns:
    table = _crossed(Skole=SCHOOLS, Trinn=["8. trinn", "9. trinn", "10. trinn"], Kjønn=["Alle", "Gutter", "Jenter"])
    number = {school: f"{rng.integers(8, 10)}{_digits(rng, 8)}" for school in SCHOOLS}
    table |= {"Organisasjonsnummer": [number[school] for school in table["Skole"]]}
    return _with(table, "Grunnskolepoeng", lambda: f"{rng.uniform(30, 60):.1f}".replace(".", ","))


def _amounts(rng: Rng) -> Columns:
    table = _crossed(Kommune=MUNICIPALITIES, År=_periods(rng, 8))
    table = _with(table, "Beløp (kr)", lambda: int(10 ** rng.uniform(6, 9.95)))
    return _with(table, "Beløp per innbygger", lambda: f"{rng.integers(1, 99)} {rng.integers(0, 999):03d}")


def _thousands(rng: Rng) -> Columns:
    table = _crossed(Kommune=MUNICIPALITIES, År=_periods(rng, 8))
    for name in ("Sum", "Endring", "Kontakter"):
        table = _with(
            table, name, lambda: f"{int(10 ** rng.uniform(2, 8)):,}".replace(",", str(rng.choice([" ", "\u00a0"])))
        )
    return table


def _nineties(rng: Rng) -> Columns:
    """A series of amounts that all have 8 digits and begin with 9."""
    table = _crossed(År=_periods(rng, 20))
    return _with(table, "Utbetalt", lambda: rng.integers(90_000_000, 99_999_999))


def _months(rng: Rng) -> Columns:
    days = [
        str(day.date()) for day in pd.date_range("2011-01-01", periods=48, freq=str(rng.choice(["MS", "ME", "QS"])))
    ]
    table = _crossed(Kommune=MUNICIPALITIES[:3], Kjønn=["Begge kjønn", "Kvinner", "Menn"], Dato=days)
    return _with(table, "Antall personer", lambda: rng.integers(0, 4000))


def _daily(rng: Rng) -> Columns:
    days = pd.date_range("2020-03-12", periods=300, freq=str(rng.choice(["D", "W", "B"])))
    table = _crossed(Kommune=MUNICIPALITIES[:2], Dato=[day.strftime("%d.%m.%Y") for day in days])
    return _with(table, "Konsultasjoner", lambda: rng.integers(0, 400))


def _decimals(rng: Rng) -> Columns:
    table = _crossed(Geografi=MUNICIPALITIES, År=_periods(rng, 9), Kjønn=["kjønn samlet", "gutter", "jenter"])
    table = _with(table, "value", lambda: f"{rng.uniform(0, 100):.{rng.integers(1, 15)}f}")
    return _with(table, "Andel", lambda: repr(float(rng.uniform())))


def _coordinates(rng: Rng) -> Columns:
    table = {"Grunnkrets": [f"3301{number:04d}" for number in range(101, 301)]}
    table = _with(table, "Øst", lambda: f"{rng.uniform(200_000, 310_000):.5f}")
    return _with(table, "Nord", lambda: f"{rng.uniform(6_500_000, 6_700_000):.5f}")


def _zones(rng: Rng) -> Columns:
    table = {"Levekårssone": [str(1_103_010_001 + 10_000 * number) for number in rng.integers(0, 9_999, 400)]}
    return _with(table, "Innbyggere", lambda: rng.integers(100, 5000))


def _sex_and_age(rng: Rng) -> Columns:
    ages = (
        ["0-17 år", "18-29 år", "30-66 år", "67 år eller eldre"]
        if rng.integers(2)
        else [str(age) for age in range(106)]
    )
    table = _crossed(Bydel=UNITS[:4], Kjønn=["Menn", "Kvinner"], Alder=ages, År=_periods(rng, 2))
    return _with(table, "Personer", lambda: rng.integers(0, 300))


def _incomes(rng: Rng) -> Columns:
    table = _crossed(
        Kommune=MUNICIPALITIES, Kjønn=["Menn", "Kvinner"], Alder=["18-34", "35-66", "67+"], År=_periods(rng, 4)
    )
    return _with(table, "Inntekt", lambda: rng.integers(200_000, 900_000))


def _hidden(rng: Rng) -> Columns:
    table = _crossed(Grunnkrets=UNITS, Fødeland=["Norge", "Polen", "Syria"], Kjønn=["1", "2"])
    return _with(table, "Antall", lambda: rng.choice([":", ".", "1"]))


def _births(rng: Rng) -> Columns:
    table = _crossed(Kommune=MUNICIPALITIES, År=_periods(rng, 9))
    for name in ("Fødte", "Født i Norge", "Fødselsoverskudd"):
        table = _with(table, name, lambda: rng.integers(0, 400_000))
    return table


def _first_names(rng: Rng) -> Columns:
    table = _crossed(Fornavn=GIVEN, År=_periods(rng, 5))
    return _with(table, "Antall", lambda: rng.integers(4, 400))


def _roads(rng: Rng) -> Columns:
    table = _crossed(
        Veg=[f"{kind} {number}" for kind in ("Fylkesvei", "Riksvei", "Europavei") for number in range(1, 40)]
    )
    return _with(table, "Ulykker", lambda: rng.integers(0, 40))


def _wide(rng: Rng) -> Columns:
    table: Columns = {"Region": [f"K{number}" for number in range(3001, 3051)]}
    for year in _periods(rng, 12):
        table = _with(table, f"Kjønn: Kvinner {year}", lambda: rng.integers(0, 9000))
    return table


def _projects(rng: Rng) -> Columns:
    table = {"Prosjekt": [f"{what} {where}" for what in ("Ny park", "Turvei", "Gatelys") for where in UNITS]}
    table = _with(table, "Saksnummer", lambda: f"{rng.integers(18, 26)}/{rng.integers(1000, 39999)}")
    table = _with(table, "Startdato", lambda: date(2018, 1, 1) + timedelta(days=int(rng.integers(0, 2_500))))
    return _with(table, "Ramme 2025", lambda: rng.integers(100, 9000) * 1000)


def _inspections(rng: Rng) -> Columns:
    table: Columns = {"Virksomhet": [f"{what} {where}" for what in ("Kafé", "Kiosk", "Gatekjøkken") for where in UNITS]}
    table = _with(table, "Tilsynsdato", lambda: date(2021, 1, 1) + timedelta(days=int(rng.integers(0, 1_500))))
    table = _with(table, "Adresse", lambda: f"{rng.choice(STREETS)} {rng.integers(1, 60)}, 3044 Drammen")
    return _with(table, "Smilefjes", lambda: rng.integers(0, 3))


def _grants(rng: Rng) -> Columns:
    kinds = ("Idrettslag", "Musikkorps", "Vel", "Røde Kors", "Menighet")
    table = {"Mottaker": [f"{where} {what}" for what in kinds for where in UNITS[:4]]}
    return _with(table, "Tildelt kr", lambda: rng.integers(5, 300) * 1000)


def _numbered_indicators(rng: Rng) -> Columns:
    names = [
        "Sysselsatte",
        "Trangbodde",
        "Barn i lavinntekt",
        "Uføretrygdede",
        "Leier boligen",
        "Ensomme",
        "Valgdeltakelse",
    ]
    table = {
        "Løpenr": [str(number) for number in range(1, 15)],
        "Indikator": [f"{name} {age}" for name in names for age in ("unge", "eldre")],
    }
    return _with(
        _with(table, "Strømsø", lambda: f"{rng.uniform(1, 90):.1f}"), "Drammen", lambda: f"{rng.uniform(1, 90):.1f}"
    )


def _long_amounts(rng: Rng) -> Columns:
    table = _crossed(Fylke=[f"Fylke {number}" for number in range(15)], År=_periods(rng, 2))
    return _with(table, "Kroner", lambda: rng.integers(10**10, 10**11))


SHAPES: dict[str, Callable[[Rng], Columns]] = {
    "basic statistical units, names with numbers": _units,
    "schools with organisation numbers, grades": _schools,
    "amounts in kroner, up to 10 digits": _amounts,
    "thousands with spaces": _thousands,
    "amounts of 8 digits that begin with 9": _nineties,
    "months, quarters as days": _months,
    "daily and weekly series": _daily,
    "decimals of any length": _decimals,
    "coordinates with five decimals": _coordinates,
    "zone codes of 10 digits": _zones,
    "sex by age, groups or single years": _sex_and_age,
    "income by sex and age, no counts": _incomes,
    "small counts, hidden or 1": _hidden,
    "births, born in Norway": _births,
    "popular first names": _first_names,
    "roads with numbers": _roads,
    "wide, periods in the header": _wide,
    "projects with case numbers and days": _projects,
    "inspections of firms, with their addresses": _inspections,
    "associations as recipients": _grants,
    "running numbers beside indicators": _numbered_indicators,
    "30 amounts of 11 digits": _long_amounts,
}


# ------------------------------------------------------------------------------------------------------- measuring


def table_of(columns: Columns) -> list[TextColumn]:
    rows = np.arange(2, 2 + max(map(len, columns.values())))
    return [
        TextColumn("Ark1", name, LETTERS[number], pa.array(cells, pa.string()), rows)
        for number, (name, cells) in enumerate(columns.items())
    ]


def hidden(form: Form, number: int | None, rng: Rng) -> Columns:
    """Take a clean table and hide personal data in a further column; number None: in nearly all."""
    # Where firms are listed, their addresses may stand.
    shapes = [
        shape for shape in SHAPES.values() if form.header != "Adresse" or shape not in (_schools, _inspections, _grants)
    ]
    shape = shapes[int(rng.integers(len(shapes)))]
    table = {name: cells[:FIRST] for name, cells in shape(rng).items()}
    rows = len(next(iter(table.values())))
    others = [str(rng.choice(REMARKS)) if form.header == "Merknad" and number else "" for _ in range(rows)]
    chosen = rng.permutation(rows)[: number or max(int(rows * MANY), 1)]
    for row in chosen:
        others[row] = form.write(rng)
    return table | {form.header: others}


def found(table: Columns, kind: str, column: int | None = None) -> bool:
    """Say whether the kind is found: anywhere, or in one column."""
    where = "" if column is None else f"column {LETTERS[column]},"
    return any(one.kind == kind and where in one.place for one in findings(table_of(table)))


def detection(form: Form, number: int | None, tables: int, rng: Rng) -> float:
    """Return the share of dirty tables in which the form's kind is found."""
    dirty = [hidden(form, number, rng) for _ in range(tables)]
    return float(np.mean([found(table, form.kind, len(table) - 1) for table in dirty]))


def false_alarms(shape: Callable[[Rng], Columns], tables: int, rng: Rng) -> float:
    """Return the share of clean tables in which anything is found."""
    return float(np.mean([bool(findings(table_of(shape(rng)))) for _ in range(tables)]))


def million(rng: Rng) -> pd.DataFrame:
    """Return a clean table of a million rows and six columns."""
    unit = rng.integers(0, 200, ROWS)
    return pd.DataFrame(
        {
            "Grunnkrets": np.array([f"3301{number:04d}" for number in range(101, 301)])[unit],
            "Navn": np.array([f"{name} {number}" for name in UNITS for number in range(1, 26)])[unit],
            "År": rng.choice([str(year) for year in range(2000, 2025)], ROWS),
            "Kjønn": rng.choice(["Menn", "Kvinner"], ROWS),
            "Antall": rng.integers(0, 50_000, ROWS).astype(str),
            "Andel": [f"{share:.13f}" for share in rng.uniform(0, 100, ROWS)],
        }
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def run() -> list[Result]:
    """Print detection and false alarms, and time a million rows against reading the same file as text."""
    rng = np.random.default_rng(2032)
    console = Console(width=140)
    kinds = Table("kind", "form", *PLACED, box=None, header_style="bold", title=f"Found, of {TABLES} tables each")
    for form in FORMS:
        shares = [
            "-" if form.many_only and cells else _percent(detection(form, cells, TABLES, rng))
            for cells in PLACED.values()
        ]
        kinds.add_row(form.kind, form.name, *shares)
    for kind, name, make in RECORDS:
        share = float(np.mean([found(make(rng), kind) for _ in range(TABLES)]))
        kinds.add_row(kind, name, "-", "-", _percent(share))
    console.print(kinds)
    clean = Table(
        "clean tables", "refused", box=None, header_style="bold", title=f"False alarms, of {TABLES} tables each"
    )
    for name, shape in SHAPES.items():
        clean.add_row(name, _percent(false_alarms(shape, TABLES, rng)))
    console.print(clean)

    frame = million(rng)
    table = table_of({name: frame[name].tolist() for name in frame})
    assert findings(table) == []
    content = frame.to_csv(index=False).encode()
    ours, reading = in_turn(lambda: findings(table), lambda: pd.read_csv(io.BytesIO(content), dtype=str), 3)
    console.print(f"{ROWS:,} rows x 6 columns: {ours:.2f} s, reading them {reading:.2f} s")
    return [Result("personal data guard, 1,000,000 rows", ours, "pandas reads it as text", reading, 1.0)]


if __name__ == "__main__":
    run()
