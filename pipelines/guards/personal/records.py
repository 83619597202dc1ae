"""What only a whole table shows: dates of birth, names of persons with their addresses, one row per person.

Area statistics by sex and age are the normal case here and must pass; what a single text shows is in `personal`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from math import prod

import numpy as np
import pyarrow as pa

from pipelines.guards.personal.identity_numbers import SPACES
from pipelines.guards.personal.text_columns import Cells

BIRTH = "dates of birth"
NAMES = "names of persons with addresses"
PERSONS = "one row per person"

# From fewer rows nothing can be concluded about how a table is made.
_ROWS = 10
_NEARLY_ALL = 0.9
_S = f"[{SPACES}]"

_BIRTH_HEADER = re.compile(
    r"fødsels?dat|fødselsdag|\bf[.]?\s?dato|født(?!e|\s+(?:i|utenfor|utenlands|av|på)\b)|\bfødd\b|birth\s?da"
    r"|date of birth|\bborn\b|\bdob\b|foedselsdato|fodselsdato",
    re.IGNORECASE,
)
# Days that somebody did something with the table or the area.
_OTHER_DAYS = re.compile(
    r"oppdater|publiser|endret|uttrekk|hentet|gyldig|valid|updat|changed|releas|version|versjon|fetched", re.IGNORECASE
)
_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}.*)?$"
_WRITTEN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})"
_DAY = rf"^{_S}*(?:{_WRITTEN}){_S}*{_TIME}"
_PLAIN_DAY = rf"^{_S}*(?:[0-9]{{6}}|[0-9]{{8}})(?:[.]0)?{_S}*$"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        r"(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4}|\d\d)",
    )
)
# Days as regular as this are a series: every day, week, month or quarter.
_SAME_STEP, _STEPS_ALIKE = 0.6, 0.3
_MANY_DAYS, _LIFETIME = 10, 40 * 365

_IDENTIFIER = re.compile(
    r"\b(?:løpe?n(?:umme)?r|lnr|journaln(?:umme)?r"
    r"|(?:pasient|klient|elev|bruker|deltaker|deltager|person|saks?|journal|beboer|søker|respondent|individ|barn|barne"
    r"|mottaker|ansatt|case|patient|client|pupil|student|participant|subject|employee)[\s_.-]*"
    r"(?:id(?:ent)?|n(?:umme)?r|no|number|kode|løpen(?:umme)?r|ref))(?![^\W_])",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\s*(?:pasient|klient|elev|bruker|deltaker|deltager|person|beboer|søker|respondent|individ|mottaker|ansatt|patient"
    r"|client|pupil|participant|employee)(?:en)?\s*",
    re.IGNORECASE,
)
_DESCRIBING = re.compile(
    r"\s*(?:[^\W\d_]+s\s)?(?:alder|kjønn|fødeland|fødselsår|landbakgrunn|statsborger\w*|nasjonalitet|sivil(?:stand|status)|diagnose\w*|yrke"
    r"|utdanning|utdanningsnivå|inntekt\w*|lønn|formue|gjeld|religion|morsmål|botid|sykmeld\w*|sykemeld\w*|ytelse|stilling"
    r"|arbeidsgiver|antall barn|vekt|høyde|age|sex|gender|marital\w*|occupation|income|diagnosis|nationality"
    r"|country of birth|education)\s*(?:ved \w+\s*)?(?:\([^()]*\)\s*)?",
    re.IGNORECASE,
)
# Amounts of one person: they describe him, and are no figure of an area.
_AMOUNT = re.compile(r"inntekt|lønn|formue|gjeld|income|vekt|høyde|antall barn", re.IGNORECASE)
_FIGURE_HEADER = re.compile(
    r"antall|andel|prosent|sum|verdi|value|count|share|rate|personer|i alt|total|median|gjennomsnitt|per 1",
    re.IGNORECASE,
)
# Numbers that say where and when, not how many.
_PLACE_OR_TIME = re.compile(
    r"(?<![^\W_])(?:\w*(?:kode|nummer|nr|krets|sone|kommune|bydel|område)|code|region|fylke|geografi|skole|id"
    r"|dato|date|periode|period|år|year|måned|month|kvartal|quarter|uke|week)(?![^\W_])",
    re.IGNORECASE,
)
_NUMBER = rf"^{_S}*-?[0-9]+(?:[{SPACES}.,][0-9]+)*{_S}*%?{_S}*$"
_ONE = rf"^{_S}*1(?:[.,]0+)?{_S}*$"
# A cube has at least three of four possible rows.
_HAS, _OF = 3, 4

_FIRST_NAME = re.compile(r"fornavn|first\s?name|given\s?name", re.IGNORECASE)
_LAST_NAME = re.compile(r"etternavn|slektsnavn|last\s?name|surname|family\s?name", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![^\W_])(?:navn|name|full(?:t )?navn|foresatt\w*|kontaktperson|pårørende)(?![^\W_])", re.IGNORECASE
)
_WHERE = re.compile(r"adress|postnr|postnummer|post\s?code|zip|poststed|\bstreet\b|bopel", re.IGNORECASE)
# Common given names in Norway: a column with enough of them names persons, not places.
_COMMON = """
Aisha Ali Amina Anders Andreas Ane Anette Anita Ann Anna Anne Anton Arild Arne Arvid Asbjørn Aslak Astrid Aud Axel
Bente Berit Bjarne Bjørg Bjørn Camilla Cathrine Cecilie Christian Christine Dag Daniel David Einar Eirik Eli Elias
Elin Elisabeth Ella Ellen Else Emil Emilie Emma Erik Erling Espen Eva Fatima Filip Fredrik Frida Frode Geir Gerd
Grete Gro Gunn Gunnar Guri Hanna Hanne Hans Harald Hassan Hege Heidi Helene Helge Henrik Hilde Håkon Håvard Ida Inga
Inger Ingrid Ingvild Irene Isak Ivar Jakob Jan Janne Jenny Jens Johan Johanne Johannes John Jon Jonas Julie Jørgen
Karen Kari Karin Kate Katrine Ketil Kim Kirsten Kjell Kjersti Knut Kristian Kristin Kristine Kristoffer Kåre Laila
Lars Lea Leif Lene Linda Line Linn Lise Liv Lucas Lukas Magnus Maja Maren Margit Mari Maria Marianne Marit Marius
Marte Martin Mathias Mette Mia Mohamed Mohammad Mohammed Mona Monica Morten Nils Nina Noah Nora Odd Ola Olaf Olav
Ole Oliver Omar Oskar Per Peter Petter Pål Ragnar Ragnhild Randi Reidar Roger Rolf Rune Ruth Sara Sigrid Silje Siri
Sissel Sofie Solveig Steinar Stian Stine Svein Sven Synnøve Terje Thea Thomas Thor Tom Tone Tonje Tor Tore Torill
Trine Trond Turid Tuva Unni Vegard Vidar Wenche William Yusuf Åge Åse Øystein Øyvind
"""
_GIVEN_NAMES = frozenset(_COMMON.split())
_CAPITAL = "^[A-ZÆØÅ]"
_WORD = re.compile(r"[^\W\d_][^\W\d_'-]*[.]?")
_NAMES_ENOUGH = 0.2


def found(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield kind and place of what the columns of one table show together."""
    for cells in columns:
        if place := _births(cells):
            yield BIRTH, place
    yield from _names_with_addresses(columns)
    if place := _one_row_per_person(columns):
        yield PERSONS, place


# ------------------------------------------------------------------------------------------------------ dates of birth


def _births(cells: Cells) -> str | None:
    """Name the place of dates of birth, in a column that is called so or that holds many days at random."""
    called_so = bool(_BIRTH_HEADER.search(cells.column.name))
    if not called_so and (cells.share(_DAY) < _NEARLY_ALL or _OTHER_DAYS.search(cells.column.name)):
        return None
    cells = cells.distinct
    plain = called_so and cells.share(f"{_DAY}|{_PLAIN_DAY}") >= _NEARLY_ALL
    suspect = cells.matching(f"{_DAY}|{_PLAIN_DAY}" if plain else _DAY)
    days = [_day(text) for text in cells.texts.filter(pa.array(suspect)).to_pylist()]
    no_period = np.array([day is not None and not _ends_month(day) for day in days], bool)
    if called_so:
        hit = suspect.copy()
        hit[suspect] = no_period
        return cells.place(hit) if hit.any() else None
    known = {day for day in days if day}
    if len(known) < _MANY_DAYS or no_period.mean() < 1 / 2 or _is_series(known):
        return None
    return cells.place(suspect)


def _day(text: str) -> date | None:
    """Read one cell's day; None where there is no such day. Two digits are a year until the present one, or before."""
    for form in _FORMS:
        matched = form.match(text.strip(SPACES))
        if matched:
            year = int(matched["year"])
            if len(matched["year"]) == 2:
                year += 1900 if year > date.today().year % 100 else 2000
            try:
                return date(year, int(matched["month"]), int(matched["day"]))
            except ValueError:
                continue
    return None


def _ends_month(day: date) -> bool:
    """Say whether a day is the first or the last of its month, as those of periods are."""
    return day.day == 1 or date.fromordinal(day.toordinal() + 1).day == 1


def _is_series(days: set[date]) -> bool:
    """Say whether days follow each other as those of a statistic do; no daily statistic is as long as lives are."""
    at = np.array(sorted(day.toordinal() for day in days))
    steps = np.diff(at)
    same = np.bincount(steps).max() / len(steps)
    regular = same >= _SAME_STEP or steps.std() < _STEPS_ALIKE * steps.mean()
    return bool(regular and at[-1] - at[0] < _LIFETIME)


# --------------------------------------------------------------------------------------------------- names of persons


def _names_with_addresses(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield the columns of names, where another column has addresses or postcodes, or they are first and last names."""
    headers = [cells.column.name for cells in columns]
    addresses = any(_WHERE.search(name) for name in headers)
    both = all(any(kind.search(name) for name in headers) for kind in (_FIRST_NAME, _LAST_NAME))
    for cells in columns:
        first_or_last = _FIRST_NAME.search(cells.column.name) or _LAST_NAME.search(cells.column.name)
        named = first_or_last or (addresses and _NAME.search(cells.column.name) and _are_persons(cells))
        if named and (addresses or both) and len(cells.texts):
            yield NAMES, cells.place(np.ones(len(cells.texts), bool))


def _are_persons(cells: Cells) -> bool:
    """Say whether a column holds names of persons, by those who have a common one."""
    if cells.share(_CAPITAL) < _NAMES_ENOUGH:
        return False
    common = sum(_is_person(text) for text in cells.sample.to_pylist())
    return common >= _NAMES_ENOUGH * len(cells.sample)


def _is_person(text: str) -> bool:
    """Say whether a text is two to four capitalised words with a common given name among them."""
    words = [word.strip(",") for word in text.split()]
    return (
        2 <= len(words) <= 4
        and not _GIVEN_NAMES.isdisjoint(words)
        and all(_WORD.fullmatch(word) and word[0].isupper() for word in words)
    )


# -------------------------------------------------------------------------------------------------- one row per person


def _one_row_per_person(columns: Sequence[Cells]) -> str | None:
    """Name the columns that show that a row is a person: one that identifies, or several that describe."""
    for cells in columns:
        if _identifies(cells):
            return cells.place(np.ones(len(cells.texts), bool))
    describing = [cells for cells in columns if _DESCRIBING.fullmatch(cells.column.name) and cells.filled]
    if len(describing) < 2 or max(cells.filled for cells in describing) < _ROWS:
        return None
    if any(_counts(cells) for cells in columns) or _is_cube(columns):
        return None
    letters = ", ".join(cells.column.letter for cells in describing)
    rows = describing[0].column.rows
    return f"columns {letters}, rows {rows[0]} to {rows[-1]}"


def _identifies(cells: Cells) -> bool:
    """Say whether a column names persons, by its header or by their names, hardly two rows the same."""
    if cells.filled < _ROWS:
        return False
    name = cells.column.name
    if _IDENTIFIER.search(name):
        enough = 1 / 2
    elif (_PERSON.fullmatch(name) and not cells.share(_NUMBER)) or _are_persons(cells):
        enough = _NEARLY_ALL
    else:
        return False
    return len(cells.distinct.texts) >= enough * cells.filled


def _counts(cells: Cells) -> bool:
    """Say whether a column holds figures of areas: numbers other than 1 that are no code, period or person's trait."""
    name = cells.column.name
    if _DESCRIBING.fullmatch(name) and not re.search(r"median|gjennomsnitt|mean|average", name, re.IGNORECASE):
        return False
    if _FIGURE_HEADER.search(name):
        # A column of nothing but signs for hidden counts holds figures of areas too.
        return cells.filled > 0 and cells.share(_ONE) < 1
    if _PLACE_OR_TIME.search(name) or _all_years(cells):
        return False
    numbers = cells.share(_NUMBER)
    return numbers > 0 and bool((cells.matching(_NUMBER) & ~cells.matching(_ONE)).any())


def _all_years(cells: Cells) -> bool:
    return cells.share(r"^(?:19|20)[0-9]{2}(?:[.]0)?$") == 1


def _is_cube(columns: Sequence[Cells]) -> bool:
    """Say whether the rows are all combinations of a few labels, each once, as those of a statistic are.

    Persons repeat themselves, or leave most combinations empty.
    """
    label_columns = [cells.distinct for cells in columns if cells.filled and not _AMOUNT.search(cells.column.name)]
    if len({len(cells.at) for cells in label_columns}) != 1:
        return False
    key = np.zeros(len(label_columns[0].at), np.int64)
    for cells in label_columns:
        key = np.unique(key * (len(cells.texts) + 1) + cells.at + 1, return_inverse=True)[1]
    unique = len(np.unique(key)) == len(key)
    return bool(unique and len(key) * _OF >= prod(len(cells.texts) for cells in label_columns) * _HAS)
