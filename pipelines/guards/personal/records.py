"""What only a whole table shows: dates of birth, numbers and names of persons, one row per person.

Area statistics by sex and age are the normal case here and must pass; what a single text shows is in `personal`, what a
header says in `headers`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise, product
from math import prod

import numpy as np
import pyarrow as pa

from pipelines.guards.personal import headers, identity_numbers, names
from pipelines.guards.personal import rows as of_rows
from pipelines.guards.personal.identity_numbers import IDENTITY
from pipelines.guards.personal.text_columns import Cells

BIRTH = "dates of birth"
NAMES = "names of persons"
PERSONS = "one row per person"

# From fewer rows nothing can be concluded about how a table is made; an identifier of persons says it sooner.
_ROWS, _FEW_ROWS, _EVENTS = 10, 5, 4
_NEARLY_ALL = 0.9

_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}.*)?$"
_WRITTEN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})"
_DAY = rf"^(?:{_WRITTEN}) *{_TIME}"
_PLAIN_DAY = "^(?:[0-9]{6}|[0-9]{8})(?:[.]0)?$"
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
_MANY_DAYS, _A_WEEK, _CHILDHOOD, _LIFETIME = 10, 7, 15 * 365, 40 * 365

_NUMBER = "^-?[0-9]+(?:[ .,][0-9]+)* ?%?$"
_DECIMAL = "^-?[0-9]+[.,][0-9]+$"
_ONE = "^1(?:[.,]0+)?$"
_NOTHING = "^(?:[-.:0 ]+|nan|null|NA|N/A|ukjent|mangler|ingen)$"
_LIKERT = "^(?:[0-9]|10)$"
_SIX, _FIVE, _HALVES, _TWO = "^[0-9]{5,6}$", "^[0-9]{3,5}$", 200, 2
# A cube has at least three of four possible rows.
_HAS, _OF = 3, 4
# Statistics have hardly two rows with the same labels; pupils and patients do.
_REPEATED = 0.1
_QUESTIONS, _FEW_ANSWERS = 3, 12
# So many of the cells are names, where the header says so, says nothing, or says something else.
_CALLED_NAMES, _NAMES_ANYWAY, _NAMES_OF_AREAS = 0.3, 0.5, 0.8
_SOME_NAMES, _ORGANISATIONS = 0.2, 0.3
_TOLD_IN, _GIVEN_ALONE, _FIVE_NAMES = 0.5, 0.6, 5
# Of so many rows it can be said whether they are in any order: a column has fewer runs than chance would make.
_ENOUGH_ROWS, _IN_ORDER = 15, 0.6
_FORM_ROWS, _ONE_IN_TEN = 300, 0.1
_LETTERS = "[A-Za-zÀ-ɏ]{2}"
_PLATE = "^[A-Z]{2} ?[0-9]{4,5}$"
# A text that begins as a count does: 12, ca. 30, <5, 10-20.
_COUNTED = r"^(?:ca[.]? ?|[<>~])?[0-9]+ ?(?:$|[-/(%]|stk|av|til|personer)"
_SEVERAL = 3
# A man of 40: mann ca. 40, Kvinne (23 år). No group has one age.
_SOMEBODY = (
    r"(?i)^(?:eldre |ung |yngre )?(?:mann|kvinne|gutt|jente|dame|herre),? [^0-9-]{0,8}[0-9]{1,2}(?: ?år(?:ig)?)?"
    r"(?:[).,]|$| [a-zæøå])"
)


def found(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield kind and place of what the columns of one table show together."""
    dated = any(headers.EVENT.search(cells.name) for cells in columns) or _is_measured(columns)
    named = of_rows.are_things(columns)
    things = lists_buildings(columns) or any(headers.OBJECT.search(cells.name) for cells in columns)
    for cells in columns:
        theirs = things or (named and not headers.REMARK.search(cells.name))
        if (dated and headers.SOME_DAY.fullmatch(cells.name)) or (theirs and not headers.BIRTH.search(cells.name)):
            continue
        if place := _births(cells):
            yield BIRTH, place
    yield from _numbers(columns)
    yield from _halves(columns)
    yield from _names(columns, things=named or of_rows.are_organisations(columns))
    yield from _forms(columns)
    if place := _one_row_per_person(columns):
        yield PERSONS, place


def lists_firms(columns: Sequence[Cells]) -> bool:
    """Say whether the rows are firms, associations or institutions, whose addresses and telephones are no secret."""
    reasons = any(headers.REASON.search(cells.name) for cells in columns)
    for cells in columns:
        if not cells.filled or cells.filled * 2 < len(cells.at):
            continue
        if headers.FIRM.search(cells.name) or (headers.STRUCTURE.search(cells.name) and not reasons):
            return True
        institution = headers.INSTITUTION.search(cells.name) or headers.BODY.search(cells.name)
        called_so = institution or names.share_of_organisations(cells) > 1 / 2
        if called_so and len(cells.distinct.texts) >= _NEARLY_ALL * cells.filled:
            return True
    return lists_buildings(columns)


def lists_buildings(columns: Sequence[Cells]) -> bool:
    """Say whether the rows are buildings: two columns at least tell something of one."""
    return sum(bool(headers.BUILDING.search(cells.name)) for cells in columns) > 1


# ------------------------------------------------------------------------------------------------------ dates of birth


def _births(cells: Cells) -> str | None:
    """Name the place of dates of birth, in a column that is called so or that holds many days at random."""
    called_so = bool(headers.BIRTH.search(cells.name))
    if not called_so and (cells.share(_DAY) < _NEARLY_ALL or headers.OTHER_DAYS.search(cells.name)):
        return None
    lives = _LIFETIME if headers.SOME_DAY.fullmatch(cells.name) else _CHILDHOOD
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
    # Nobody was born on a day to come.
    to_come = sum(day > date.today() for day in known)
    if len(known) < _MANY_DAYS or no_period.mean() < 1 / 2 or to_come > _ONE_IN_TEN * len(known) or _is_series(known):
        return None
    # What an office does in a few years has days at random too.
    if (max(known) - min(known)).days < lives:
        return None
    return cells.place(suspect)


def _is_measured(columns: Sequence[Cells]) -> bool:
    """Say whether something is measured in each row, to a decimal, and nothing tells of a person."""
    if any(kind.fullmatch(cells.name) for cells in columns for kind in (headers.DESCRIBING, headers.ROLE)):
        return False
    return any(cells.share(_DECIMAL) >= 1 / 2 for cells in columns)


def _day(text: str) -> date | None:
    """Read one cell's day; None where there is no such day. Two digits are a year until the present one, or before."""
    for form in _FORMS:
        matched = form.match(text)
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
    """Say whether days follow each other as those of a statistic do; no daily statistic is as long as lives are.

    One of years or months may be.
    """
    at = np.array(sorted(day.toordinal() for day in days))
    steps = np.diff(at)
    same = np.bincount(steps).max() / len(steps)
    regular = same >= _SAME_STEP or steps.std() < _STEPS_ALIKE * steps.mean()
    return bool(regular and (at[-1] - at[0] < _LIFETIME or steps.mean() > _A_WEEK))


# -------------------------------------------------------------------------------------------------- what a header says


def _numbers(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield the columns that are called a number of persons, whatever stands in them."""
    property_numbers = any(headers.PROPERTY.fullmatch(cells.name) for cells in columns)
    for cells in columns:
        if headers.NUMBERS.fullmatch(cells.name) and not property_numbers:
            filled = ~cells.matching(_NOTHING)
            if filled.any():
                yield IDENTITY, cells.place(filled)


def _halves(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield two columns that are identity numbers when put together: a day's six digits, and five more."""
    sixes = [cells for cells in columns if cells.share(_SIX) >= _NEARLY_ALL][:_SEVERAL]
    fives = [cells for cells in columns if cells.share(_FIVE) >= _NEARLY_ALL][:_SEVERAL]
    for left, right in product(sixes, fives):
        if left is right or len(left.column.text) != len(right.column.text):
            continue
        pairs = zip(left.sample_rows(_HALVES), right.sample_rows(_HALVES), strict=True)
        whole = [first.zfill(6) + last.zfill(5) for first, last in pairs if first and last]
        numbers = [number for number in whole if re.fullmatch("[0-9]{11}", number)]
        found = identity_numbers.in_texts(pa.array(numbers, pa.string())).sum() if numbers else 0
        if found >= _TWO and found * 2 > len(numbers):
            yield IDENTITY, left.place(np.ones(len(left.texts), bool))


def _names(columns: Sequence[Cells], *, things: bool) -> Iterator[tuple[str, str]]:
    """Yield the columns that hold names of persons, by their header, their texts or both.

    things: the rows are things, which may be called after somebody.
    """
    called = [cells.name for cells in columns]
    first, last = (any(kind.fullmatch(name) for name in called) for kind in (headers.FIRST_NAME, headers.LAST_NAME))
    # How many are called Kari or Berge is a statistic.
    counted = any(headers.FIGURE.search(name) for name in called) or _years_across(columns)
    # Persons across, and beside them what they did each day.
    across = [cells for cells in columns if names.is_person(cells.name)]
    if not across and not any(_all_years(cells) for cells in columns if cells.filled):
        # How many are called Emma or Emil in each year is a statistic.
        across = [cells for cells in columns if names.is_given(cells.name)]
    if len(across) >= _SEVERAL and len(across) * 2 >= len(columns):
        yield NAMES, f"column {across[0].column.letter}, the header (and {len(across) - 1:,} more)"
    whole = (first and last) or not counted or any(headers.WHERE.search(name) for name in called)
    firms = any(headers.FIRM.search(name) for name in called)
    elected = any(headers.PARTY.fullmatch(name) for name in called) and any(map(headers.OFFICE.fullmatch, called))
    ranked = counted and (_years_across(columns) or any(headers.RANK.fullmatch(name) for name in called))
    yearly = any(_follow_by_year(cells) for cells in columns)
    for cells in columns:
        if not len(cells.texts) or cells.share(_NUMBER) >= 1 / 2:
            continue
        if elected and headers.NAME.search(cells.name):
            continue
        if things and (
            cells is columns[0] or headers.NAME.search(cells.name) or of_rows.is_of_a_thing_by_name(cells.name)
        ):
            # A boat or a restaurant is called after somebody too, but hardly by given and family name.
            if names.share_of_whole_names(cells) >= _NAMES_ANYWAY or names.share_of_full_names(cells) >= _NEARLY_ALL:
                yield NAMES, cells.place(np.ones(len(cells.texts), bool))
            continue
        if _are_names(cells, whole=whole, firms=firms, ranked=ranked) or (
            not counted and not (yearly and names.share_of_given(cells) >= _NEARLY_ALL) and _are_named_shortly(cells)
        ):
            yield NAMES, cells.place(np.ones(len(cells.texts), bool))


def _are_names(cells: Cells, *, whole: bool, firms: bool, ranked: bool) -> bool:
    """Say whether a column holds names.

    whole: given and family names count alone. firms: the rows are firms. ranked: given names are those most used.
    """
    name = cells.name
    if headers.AUTHOR.fullmatch(name) or headers.ELECTED.fullmatch(name):
        return False
    if headers.FIRST_NAME.fullmatch(name) or headers.LAST_NAME.fullmatch(name):
        return whole
    if headers.INITIALS.fullmatch(name) and names.share_of_initials(cells) > 1 / 2:
        return True
    if headers.FAMILY.fullmatch(name) and names.share_of_family(cells) >= _SOME_NAMES:
        return True
    organisations = names.share_of_organisations(cells)
    if headers.PERSONS_NAME.fullmatch(name):
        return organisations < 1 / 2
    full = names.share_of_full_names(cells)
    if headers.AREA.search(name) or headers.FIRM.search(name) or headers.INSTITUTION.search(name):
        # One area may be called after somebody; many persons are not called the same.
        return full >= _NAMES_OF_AREAS and len(cells.distinct.texts) >= _SEVERAL
    called_so = headers.ROLE.fullmatch(name) or headers.NAME.search(name)
    if called_so and names.share_in_other_scripts(cells) > 1 / 2:
        return True
    if headers.ROLE.fullmatch(name):
        unknown = not firms and organisations < _ORGANISATIONS and names.share_of_names(cells) > 1 / 2
        once = unknown and len(cells.distinct.texts) >= _NEARLY_ALL * cells.filled
        return full >= _SOME_NAMES or once or names.share_of_persons(cells) >= 1 / 2
    if headers.NAME.search(name):
        return full >= _CALLED_NAMES or (not ranked and names.share_of_persons(cells) >= 1 / 2)
    return full >= _NAMES_ANYWAY and (cells.filled > 1 or full == 1)


def _are_named_shortly(cells: Cells) -> bool:
    """Say whether a column names persons by their given names alone, by initials, or within other words."""
    name = cells.name
    if headers.ROLE.fullmatch(name) and names.share_of_initials(cells) > 1 / 2:
        return True
    if (
        headers.AUTHOR.fullmatch(name)
        or headers.AREA.search(name)
        or headers.FIRM.search(name)
        or headers.INSTITUTION.search(name)
    ):
        return False
    if len(cells.distinct.texts) < _FIVE_NAMES:
        return False
    told = not headers.THING.search(name) and names.share_of_told(cells) >= _TOLD_IN
    return told or names.share_of_given(cells) >= _GIVEN_ALONE


def _forms(columns: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    """Yield the forms in a table: what is asked of somebody in one column, and the answers beside it."""
    for labels, answers in pairwise(columns):
        asked = re.fullmatch(headers.LABEL[4:], labels.name, re.IGNORECASE) is not None
        if not asked and not labels.matching(headers.LABEL).any():
            continue
        pairs = [(labels.name, answers.name)]
        if len(labels.column.text) == len(answers.column.text):
            pairs += zip(labels.sample_rows(_FORM_ROWS), answers.sample_rows(_FORM_ROWS), strict=True)
        if _answers_of_a_person(pairs):
            yield NAMES, labels.place(np.ones(len(labels.texts), bool)) if len(labels.texts) else "a form"


def _answers_of_a_person(pairs: Sequence[tuple[str, str]]) -> bool:
    """Say whether labels and what stands beside them tell who somebody is: a role with a name, or a name and more."""
    named = traits = 0
    for label, answer in pairs:
        asked = label.rstrip(" :")
        if headers.ANSWERS.fullmatch(asked) or not answer:
            continue
        if headers.ROLE.fullmatch(asked) and names.is_person(answer):
            return True
        if headers.NAME.fullmatch(asked) or headers.PERSONS_NAME.fullmatch(asked):
            named += names.words_of(answer) is not None and not names.is_no_person(answer)
        elif headers.BIRTH.search(asked):
            traits += _day(answer) is not None
        elif headers.DESCRIBING.fullmatch(asked) or headers.WHERE.search(asked):
            traits += 1
    return bool(named and traits)


# -------------------------------------------------------------------------------------------------- one row per person


def _one_row_per_person(columns: Sequence[Cells]) -> str | None:
    """Name the columns that show that a row is a person: one that identifies, or several that describe."""
    for cells in columns:
        if _identifies(cells, columns):
            return cells.place(np.ones(len(cells.texts), bool))
    for cells in columns:
        if cells.filled >= _EVENTS and cells.share(_SOMEBODY) >= _SOME_NAMES:
            return cells.place(cells.matching(_SOMEBODY))
    asked = [cells for cells in columns if headers.ASKED.search(cells.name) and _is_answered(cells)]
    if len(asked) > 1:
        return asked[0].place(np.ones(len(asked[0].texts), bool))
    if any(headers.OBJECT.search(cells.name) for cells in columns):
        return None
    describing = [cells for cells in columns if headers.DESCRIBING.fullmatch(cells.name) and cells.filled]
    if len(describing) == 1:
        # What somebody needs or did describes him too.
        describing += [
            cells
            for cells in columns
            if cells is not describing[0] and cells.filled and of_rows.tells_of_persons(cells)
        ]
    if not describing or not _describe_persons(describing, columns):
        return None
    letters = ", ".join(cells.column.letter for cells in describing)
    rows = describing[0].column.rows
    return f"columns {letters}, rows {rows[0]} to {rows[-1]}"


def _describe_persons(describing: Sequence[Cells], columns: Sequence[Cells]) -> bool:
    """Say whether what describes persons describes one in each row, and no group of which something is counted."""
    several = len(describing) > 1
    rows = max(cells.filled for cells in describing)
    if rows < (_EVENTS if several else _ROWS) or (not several and len(_questions(columns)) < _QUESTIONS):
        return False
    of_posts = all(headers.OF_POSTS.fullmatch(cells.name) for cells in describing)
    if several and not of_posts and any(_happened(cells) for cells in columns):
        return True
    figures = [cells for cells in columns if _counts(cells)]
    if rows < _ROWS or any(
        headers.FIGURE.search(cells.name) or (headers.COUNT.fullmatch(cells.name) and not _is_in_order(cells))
        for cells in figures
    ):
        return False
    if several and _at_random(columns):
        return True
    return _repeat(columns, figures) if figures else not _is_cube(columns)


def _years_across(columns: Sequence[Cells]) -> bool:
    """Say whether figures of two years or more stand beside each other."""
    years = [cells for cells in columns if re.fullmatch(r"(?:19|20)\d\d", cells.name)]
    return len(years) >= 2 and all(cells.share(_NUMBER) > 1 / 2 for cells in years)


def _happened(cells: Cells) -> bool:
    """Say whether a column holds days on which something happened to somebody: at random, and hardly one twice."""
    if cells.share(_DAY) < _NEARLY_ALL:
        return False
    days = [_day(text) for text in cells.distinct.texts.to_pylist()]
    known = {day for day in days if day and not _ends_month(day)}
    return len(known) >= max(_EVENTS, cells.filled / 2) and not _is_series(known)


def _at_random(columns: Sequence[Cells]) -> bool:
    """Say whether the rows stand in no order at all, as answers come in; a statistic is in the order of its labels.

    A column in order has few runs of equal texts, or goes up or down. (Wald & Wolfowitz 1940 for the number of runs by
    chance: 1 + n (1 - sum of the squared shares).)
    """
    labels = [cells.distinct for cells in columns if cells.filled >= _ENOUGH_ROWS]
    labels = [cells for cells in labels if len(cells.texts) > 1 and not _numbers_the_rows(cells)]
    if len(labels) <= _SEVERAL or any(_is_in_order(cells) for cells in labels):
        return False
    return not _is_cube([cells for cells in columns if not _counts(cells)])


def _numbers_the_rows(cells: Cells) -> bool:
    return len(cells.texts) == cells.filled and bool(re.search(r"n(?:umme)?r|id|no", cells.name, re.IGNORECASE))


def _is_in_order(cells: Cells) -> bool:
    at = cells.at[cells.at >= 0]
    shares = np.bincount(at) / len(at)
    runs = 1 + int((np.diff(at) != 0).sum())
    if runs < _IN_ORDER * (1 + len(at) * (1 - (shares**2).sum())):
        return True
    if cells.share(_NUMBER) < _NEARLY_ALL:
        texts = cells.texts.take(pa.array(at)).to_pylist()
        return texts == sorted(texts)
    values = np.array([_value(text) for text in cells.texts.take(pa.array(at)).to_pylist()])
    steps = np.diff(values[~np.isnan(values)])
    return bool((steps >= 0).all() or (steps <= 0).all())


def _value(text: str) -> float:
    try:
        return float(text.replace(" ", "").replace(",", ".").rstrip("%"))
    except ValueError:
        return float("nan")


def _identifies(cells: Cells, columns: Sequence[Cells]) -> bool:
    """Say whether a column names persons or their cases, hardly two rows the same."""
    name = cells.name
    plates = headers.PLATE.search(name) and cells.share(_PLATE) >= _NEARLY_ALL and not of_rows.are_things(columns)
    if headers.IDENTIFIER.search(name) or plates:
        rows, enough = _FEW_ROWS, 1 / 2
    elif headers.ROLE.fullmatch(name) and not cells.share(_COUNTED) and not names.share_of_organisations(cells):
        rows, enough = _ROWS, _NEARLY_ALL
    elif headers.CASE.search(name) and _of_persons(columns):
        rows, enough = _ROWS, 1 / 2
    else:
        return False
    if cells.filled < rows or any(headers.FIRM.search(other.name) for other in columns):
        return False
    return len(cells.distinct.texts) >= enough * cells.filled


def _of_persons(columns: Sequence[Cells]) -> bool:
    """Say whether numbered cases are persons': a word speaks of a human being, or of a decision and no figure."""
    if any(headers.FIGURE.search(cells.name) or headers.MEETING.search(cells.name) for cells in columns):
        return False
    if any(headers.DESCRIBING.fullmatch(cells.name) and cells.filled for cells in columns):
        return True
    if any(headers.PROPERTY.fullmatch(cells.name) or headers.LETTER.search(cells.name) for cells in columns):
        return False
    things = [cells for cells in columns if headers.THING.search(cells.name) and cells.filled]
    named = any(len(cells.distinct.texts) * 2 >= cells.filled for cells in things)
    if named:
        return False
    if of_rows.are_of_persons(columns):
        return True
    if any(_counts(cells) for cells in columns if not headers.CASE.search(cells.name)):
        return False
    # Numbers beside which no word stands may be anybody's.
    told = any(cells.share(_LETTERS) > 1 / 2 for cells in columns if not headers.CASE.search(cells.name))
    return not told or any(headers.DECIDED.search(cells.name) for cells in columns)


def _is_answered(cells: Cells) -> bool:
    """Say whether a column holds answers and no shares or means of them: words, steps of a scale, ages."""
    if cells.filled < _FEW_ROWS:
        return False
    whole_numbers = cells.share("^[0-9]{1,2}(?:[.]0)?$") >= _NEARLY_ALL
    scale = cells.share(_LIKERT) >= _NEARLY_ALL or bool(re.search("alder|gammel|old|age", cells.name, re.IGNORECASE))
    return cells.share(_NUMBER) < _ONE_IN_TEN or (whole_numbers and scale)


def _questions(columns: Sequence[Cells]) -> list[Cells]:
    """Return the columns of answers to the questions of a survey."""
    called = [cells for cells in columns if headers.QUESTION.fullmatch(cells.name)]
    if len(called) >= _QUESTIONS:
        return called
    few = [cells for cells in columns if cells.share(_LIKERT) >= _NEARLY_ALL and not _says_where(cells)]
    return few if len(few) >= _QUESTIONS else []


def _says_where(cells: Cells) -> bool:
    """Say whether numbers tell where, when or of whom, and not how many."""
    name = cells.name
    described = headers.DESCRIBING.fullmatch(name) or headers.CLASS.fullmatch(name)
    return bool(described or headers.PLACE_OR_TIME.search(name)) or _all_years(cells)


def _counts(cells: Cells) -> bool:
    """Say whether a column holds figures of areas: numbers other than 1 that are no code, period or person's trait."""
    name = cells.name
    if headers.DESCRIBING.fullmatch(name) and not re.search(r"median|gjennomsnitt|mean|average", name, re.IGNORECASE):
        return False
    if headers.FIGURE.search(name):
        # A column of nothing but signs for hidden counts holds figures of areas too.
        return cells.filled > 0 and cells.share(_ONE) < 1
    if _says_where(cells) or cells.share(_DAY) >= _NEARLY_ALL:
        return False
    numbers = cells.share(_NUMBER)
    return numbers > 0 and bool((cells.matching(_NUMBER) & ~cells.matching(_ONE)).any())


def _repeat(columns: Sequence[Cells], figures: Sequence[Cells]) -> bool:
    """Say whether many rows have the same labels as another, as those of a statistic have not.

    A label that stands once for the rows below it counts for each of them. Numbers of few kinds may be codes.
    """
    questions = _questions(columns)
    asked = [
        cells
        for cells in columns
        if any(cells is other for other in questions)
        or (any(cells is other for other in figures) and not _may_be_code(cells))
    ]
    asked += [cells for cells in columns if headers.CODE.fullmatch(cells.name) and not headers.AREA.search(cells.name)]
    labels = [cells.distinct.at for cells in columns if cells.filled and not any(cells is other for other in asked)]
    if not labels or len({len(at) for at in labels}) != 1:
        return False
    rows = np.arange(len(labels[0]))
    key = np.zeros(len(rows), np.int64)
    for at in labels:
        last = np.maximum.accumulate(np.where(at >= 0, rows, 0))
        key = np.unique(key * (int(at.max()) + 2) + at[last] + 1, return_inverse=True)[1]
    return len(np.unique(key)) < (1 - _REPEATED) * len(key)


def _may_be_code(cells: Cells) -> bool:
    return len(cells.distinct.texts) <= _FEW_ANSWERS and cells.filled >= _FEW_ANSWERS


def _all_years(cells: Cells) -> bool:
    return cells.share(r"^(?:19|20)[0-9]{2}(?:[.]0)?$") == 1


def _follow_by_year(cells: Cells) -> bool:
    """Say whether a column holds one year after the other, as a list of what was most used in each does."""
    if not _all_years(cells) or len(cells.distinct.texts) < max(_FEW_ROWS, cells.filled):
        return False
    years = [int(_value(text)) for text in cells.distinct.texts.to_pylist()]
    return {abs(later - earlier) for earlier, later in pairwise(years)} == {1}


def _is_cube(columns: Sequence[Cells]) -> bool:
    """Say whether the rows are all combinations of a few labels, each once, as those of a statistic are.

    Persons repeat themselves, or leave most combinations empty.
    """
    label_columns = [cells.distinct for cells in columns if cells.filled and not headers.AMOUNT.search(cells.name)]
    if len({len(cells.at) for cells in label_columns}) != 1:
        return False
    key = np.zeros(len(label_columns[0].at), np.int64)
    for cells in label_columns:
        key = np.unique(key * (len(cells.texts) + 1) + cells.at + 1, return_inverse=True)[1]
    unique = len(np.unique(key)) == len(key)
    return bool(unique and len(key) * _OF >= prod(len(cells.texts) for cells in label_columns) * _HAS)
