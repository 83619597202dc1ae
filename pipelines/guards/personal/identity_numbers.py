"""Numbers that the state gives to persons: which digits can be one, and where they stand in a text.

* National identity numbers: ddmmyyiiikk, day of birth, individual number, two check digits modulo 11. A D-number has 40
  added to the day. An auxiliary number (H-number) and NAV's synthetic persons have 40 added to the month, other
  synthetic ones 65 (NAV) or 80 (Skatteetaten's Tenor). The century is not checked, for the individual number no longer
  says it everywhere. From 2032 the first check digit may leave a remainder of 0, 1, 2 or 3 (Skatteetaten, *Nytt
  fødselsnummer fra 2032*); numbers of the old kind stay, with remainder 0.
* Shared auxiliary numbers (FH-numbers, felles hjelpenummer): eleven digits that begin with 8 or 9, hence no day, with
  the same two check digits (Norsk helsenett, *Felles hjelpenummer*).
* DUF numbers of the Directorate of Immigration: year, six running digits, two check digits modulo 11.

Texts come in the one spelling of `canonical`. Whose text it is and what a message may say belongs to `personal`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

IDENTITY = "national identity numbers"

# What people put between the digits, up to three of them: 010203/12345, 010203 - 12345.
SEPARATORS = r" ./*_+:()|~·<>=#&!^'\"’”`{}\[\]\\\-"
_BETWEEN = f"[{SEPARATORS}]{{0,3}}"
_WEIGHTS = np.array(
    [
        [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0],
        [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1],
    ]
)
_DUF_WEIGHTS = np.array([4, 6, 3, 2, 4, 6, 3, 2, 7, 5])
_DUF_YEARS = (1988, 2060)
_ADDED_TO_MONTH = (0, 40, 65, 80)
_OLD, _NEW = 0, 3
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
# Of amounts of eleven digits one in thirty to one in a hundred is a valid number; of a register nearly all are.
_OF_ALIKE = 1 / 4

_ZEROS = "(?:[.,]0+)?"
_TEN = f"^(?:[0-9]{{10}}|[0-9](?:[ .,'][0-9]{{3}}){{3}}){_ZEROS}$"
_ELEVEN = f"^[0-9]{{6}}[{SEPARATORS},]?[0-9]{{5}}{_ZEROS}$"
_TWELVE = f"^[0-9]{{12}}{_ZEROS}$"
_PLAIN = f"^[0-9]{{11}}{_ZEROS}$"
_WITH_ZEROS = f"^([0-9]{{6}}[{SEPARATORS},]?[0-9]{{5}}|[0-9]{{10}}|[0-9](?:[ .,'][0-9]{{3}}){{3}}|[0-9]{{12}})[.,]0+$"
_DOTTED = "^[0-9]{6}[.,][0-9]{5}$"
# Numbers against which doubtful ones are weighed: ten digits may be an amount or a code, dot or comma the decimal sign.
_LONG = f"^(?:[0-9]{{9,}}|[0-9]{{1,3}}(?:[ .,'][0-9]{{3}}){{2,}}){_ZEROS}$"
_DECIMAL = "^[0-9]+[.,][0-9]+$"
# No decimal has so many digits before the sign and behind it.
_TWO_NUMBERS = "^[0-9]{11}[.,][0-9]{11}$"
# Neither part of longer numbers nor of decimals; 11 digits after a comma are the next of a list.
_START = r"(?<![0-9])(?<![0-9][.,])"
_END = r"(?![0-9])(?![.,](?!0+\b)[0-9]{1,10}\b)"
_WITHIN = re.compile(rf"{_START}([0-9]{{6}}){_BETWEEN}([0-9]{{5}}){_END}")
_DUF = re.compile(rf"{_START}((?:19|20)[0-9]{{2}}){_BETWEEN}([0-9]{{6}}){_BETWEEN}([0-9]{{2}}){_END}")
# A day, and five digits behind a comma or a few words: f. 01.02.2003, p.nr 12345.
_WORDS = "(?:[,;] ?| ?[/-]? ?|[^0-9]{0,9}[A-Za-zÀ-ɏ][^0-9]{0,10})"
_APART = re.compile(rf"{_START}([0-9]{{2}})[./ -]?([0-9]{{2}})[./ -]?(?:19|20)?([0-9]{{2}}){_WORDS}([0-9]{{5}}){_END}")
# Eleven digits in groups, 01 020 312 345 or 0102031234 5: a row of numbers that is neither longer nor shorter.
_GROUPS = re.compile(
    rf"(?<![0-9])(?<![0-9][,:{SEPARATORS}])[0-9]+(?:[{SEPARATORS}]{{1,3}}[0-9]+){{1,10}}(?![{SEPARATORS}]{{0,3}}[0-9])(?![,:][0-9])"
)
# What English programs make of a number, 15,819,000,066, and what any makes of a long one: 1.5819000066E+10.
_THOUSANDS = re.compile(r"(?<![0-9])(?<![0-9][.,])[0-9]{2}(?:,[0-9]{3}){3}(?![0-9])(?![.,](?!0+\b)[0-9])")
_EXPONENT = re.compile(r"(?<![0-9.,])([0-9])[.,]([0-9]{9,10})[eE][+]?(?:0?9|10)(?![0-9])")
# Bank accounts are written so: 1503.12.34567.
_ACCOUNT = (4, 2, 5)
_MONEY = re.compile(r"^ ?(?:kr|kroner|nok|mill|mrd|%)", re.IGNORECASE)

# How many texts are made Python strings at a time.
_AT_ONCE = 50_000

# A filter for large columns: every text that can hold one of the numbers has it, and few others.
# A line of a text file that was read with another separator.
_LINE_OF_NUMBERS = r"""^[0-9 .,:"-]*(?:[;|\t][0-9 .,:"-]*)+$"""
_OPEN, _CLOSE = "(?:^|[^0-9.,]|[^0-9][.,])", "(?:[^0-9]|$)"
_GAP = f"[{SEPARATORS}]{{1,3}}"
_HALVES = f"[0-9]{{6}}[{SEPARATORS}]{{0,3}}[0-9]{{5}}"
_DUF_LIKE = f"(?:19|20)[0-9]{{2}}[{SEPARATORS}]{{0,3}}[0-9]{{6}}[{SEPARATORS}]{{0,3}}[0-9]{{2}}"
_IN_GROUPS = f"[0-9](?:[{SEPARATORS}]{{0,3}}[0-9]){{10}}"
_DAY_APART = f"[0-9]{{2}}[./ -]?[0-9]{{2}}[./ -]?(?:19|20)?[0-9]{{2}}{_WORDS}[0-9]{{5}}"
_OTHERWISE = "[0-9]{2}(?:,[0-9]{3}){3}|[0-9][.,][0-9]{9,10}[eE]"
SUSPECT = "|".join(
    [
        _OTHERWISE,
        "^[0-9](?:[ .,'][0-9]{3}){3}",
        f"{_OPEN}(?:[0-9]{{10,12}}|[0-9]{{6}}(?:,|{_GAP})[0-9]{{5}}){_CLOSE}",
        f"{_OPEN}[0-9](?:[{SEPARATORS}]{{0,3}}[0-9]){{10,11}}{_CLOSE}",
        f"{_OPEN}{_DAY_APART}{_CLOSE}",
    ]
)


def valid(digits: NDArray[np.uint8], *, from_2032: bool = True) -> NDArray[np.bool_]:
    """Say of each row of 11 digits, shape (n, 11), whether its day exists and both check digits are right.

    from_2032: also take the further first check digits that are given out from then on.
    """
    number = digits.astype(np.int64)
    day = number[:, 0] * 10 + number[:, 1]
    day = np.where(day > 40, day - 40, day)
    written = number[:, 2] * 10 + number[:, 3]
    year = number[:, 4] * 10 + number[:, 5]
    exists = np.zeros(len(number), bool)
    for added in _ADDED_TO_MONTH:
        month = written - added
        ours = (month >= 1) & (month <= 12)
        last = _DAYS[np.where(ours, month, 0)]
        # Of the years 00 only 1900 was no leap year, and 2000 was one.
        last = np.where((month == 2) & (year % 4 != 0), 28, last)
        exists |= ours & (day >= 1) & (day <= last)
    first, second = _WEIGHTS @ number.T % 11
    return exists & (first <= (_NEW if from_2032 else _OLD)) & (second == 0)


def valid_fh(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say of each row of 11 digits, shape (n, 11), whether it can be a shared auxiliary number."""
    number = digits.astype(np.int64)
    right: NDArray[np.bool_] = (number[:, 0] >= 8) & (_WEIGHTS @ number.T % 11 == 0).all(axis=0)
    return right


def valid_duf(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say of each row of 12 digits, shape (n, 12), whether it can be a DUF number."""
    number = digits.astype(np.int64)
    year = number[:, :4] @ np.array([1000, 100, 10, 1])
    ends = number[:, 10] * 10 + number[:, 11]
    first, last = _DUF_YEARS
    right: NDArray[np.bool_] = (year >= first) & (year <= last) & (number[:, :10] @ _DUF_WEIGHTS % 11 == ends)
    return right


def _of_a_person(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return valid(digits) | valid_fh(digits)


def in_texts(texts: pa.Array) -> NDArray[np.bool_]:
    """Say of each text whether a number of a person stands within it."""
    sought = _sought(texts)
    return np.logical_or.reduce([sought.sure, *(hit for hit, _candidates in sought.weighed)])


@dataclass(frozen=True)
class _Sought:
    """Of each text, whether a number of eleven digits stands in it that is valid; and what else may hold one by chance.

    weighed: texts with valid numbers of another form, and how many texts have that form.
    """

    sure: NDArray[np.bool_]
    weighed: tuple[tuple[NDArray[np.bool_], int], ...]


def _sought(texts: pa.Array) -> _Sought:
    """Look for each form in those texts alone that can have it: patterns of Python are slow."""
    whole = _some(texts, _HALVES, 11, lambda text: map("".join, _WITHIN.findall(text)))[0]
    duf = _some(texts, _DUF_LIKE, 12, lambda text: map("".join, _DUF.findall(text)))
    return _Sought(whole, (duf, _some(texts, f"{_IN_GROUPS}|{_DAY_APART}|{_OTHERWISE}", 11, _grouped)))


def _some(
    texts: pa.Array, suspect: str, length: int, numbers: Callable[[str], Iterable[str]]
) -> tuple[NDArray[np.bool_], int]:
    """Say of each text whether one of its numbers is a person's, and how many texts have numbers to be asked about."""
    found = _matches(texts, suspect)
    few = texts.filter(pa.array(found))
    hits, candidates = [np.zeros(0, bool)], 0
    for start in range(0, len(few), _AT_ONCE):
        of_texts = [list(numbers(text)) for text in few[start : start + _AT_ONCE].to_pylist()]
        hits.append(_any(of_texts, length))
        candidates += sum(map(bool, of_texts))
    found[found] = np.concatenate(hits)
    return found, candidates


def _any(numbers: list[list[str]], length: int) -> NDArray[np.bool_]:
    """Say of each text, given as its numbers of so many digits, whether one of them is a person's."""
    digits = np.frombuffer("".join(chain.from_iterable(numbers)).encode(), np.uint8).reshape(-1, length) - ord("0")
    of_text = np.repeat(np.arange(len(numbers)), [len(in_text) for in_text in numbers])
    found = np.zeros(len(numbers), bool)
    found[of_text[_of_a_person(digits) if length == 11 else valid_duf(digits)]] = True
    return found


def _grouped(text: str) -> Iterator[str]:
    """Yield eleven digits in groups, or with the last five apart; accounts and sums of money are none."""
    yield from map("".join, _APART.findall(text))
    yield from ("".join(digits).zfill(11) for digits in _EXPONENT.findall(text))
    for row in chain(_GROUPS.finditer(text), _THOUSANDS.finditer(text)):
        groups = re.findall("[0-9]+", row[0])
        digits = "".join(groups)
        account = tuple(map(len, groups)) == _ACCOUNT
        if len(digits) == 11 and not account and not _MONEY.match(text[row.end() :]):
            yield digits


def in_cells(suspects: pa.Array, texts: pa.Array) -> NDArray[np.bool_]:
    """Say which of a column's suspect texts hold numbers of persons; `texts` are all distinct texts of the column.

    Ten digits (Excel drops a leading zero) and a dot or comma after six may be an amount, a code or a decimal. They
    count where more than half of the column's long numbers, or of its decimals, would be valid; ten digits only by
    today's rule, as no number of 2032 has been through Excel yet. Eleven digits, alone or in groups, may be an amount
    too: they count where more than a quarter of the column's are valid, or where they begin with a zero, as no
    amount does.
    """
    ten, eleven, dotted, plain, twelve, decimal = (
        _matches(suspects, pattern) for pattern in (_TEN, _ELEVEN, _DOTTED, _PLAIN, _TWELVE, _DECIMAL)
    )
    found = np.zeros(len(suspects), bool)
    digits = _digits_of(suspects, eleven, 11)
    found[eleven] = _of_a_person(digits)
    found[ten] = valid(_digits_of(suspects, ten, 11), from_2032=False)
    found[twelve] = valid_duf(_digits_of(suspects, twelve, 12))
    for doubtful, alike, pattern in ((ten, ten | eleven & ~dotted, _LONG), (dotted, dotted, _DECIMAL)):
        if found[doubtful].any() and found[alike].sum() * 2 <= _matches(texts, pattern).sum():
            found[doubtful] = False
    zero = np.zeros(len(suspects), bool)
    zero[eleven] = digits[:, 0] == 0
    for alike in (plain, twelve):
        if found[alike].sum() <= _OF_ALIKE * alike.sum():
            codes = zero & alike
            found[alike & ~(codes & found[codes].all())] = False
    others = ~(ten | eleven | twelve | decimal) | _matches(suspects, _TWO_NUMBERS)
    found[others] = _in_sentences(suspects.filter(pa.array(others)))
    return found


def _in_sentences(texts: pa.Array) -> NDArray[np.bool_]:
    """A moment (202401090000), a row of amounts and a line of codes may be valid by chance."""
    sought = _sought(texts)
    hit = sought.sure
    lines = _matches(texts, _LINE_OF_NUMBERS)
    if lines.any() and (hit & lines).sum() <= _OF_ALIKE * lines.sum():
        hit = hit & ~lines
    for found, candidates in sought.weighed:
        if (found & ~sought.sure).sum() > _OF_ALIKE * candidates:
            hit = hit | found
    return hit


def _digits_of(texts: pa.Array, chosen: NDArray[np.bool_], length: int) -> NDArray[np.uint8]:
    """Return the digits, shape (n, length), of cells that hold nothing but a number, one zero less or not."""
    whole = pc.replace_substring_regex(texts.filter(pa.array(chosen)), _WITH_ZEROS, r"\1")
    text = pc.ascii_lpad(pc.replace_substring_regex(whole, "[^0-9]", ""), length, "0")
    raw = pc.cast(pc.cast(text, pa.binary()), pa.binary(length))
    start, size = raw.offset * length, len(raw) * length
    return np.frombuffer(raw.buffers()[1], np.uint8)[start : start + size].reshape(-1, length) - ord("0")


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    answer: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return answer
