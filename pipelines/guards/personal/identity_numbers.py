"""Norwegian national identity numbers: which 11 digits can be one, and where they stand in a text.

Eleven digits ddmmyyiiikk: day of birth, individual number, two check digits modulo 11. A D-number has 40 added to the
day. An auxiliary number (H-number) and NAV's synthetic persons have 40 added to the month, other synthetic ones 65
(NAV) or 80 (Skatteetaten's Tenor). The century is not checked, for the individual number no longer says it
everywhere. From 2032 the first check digit may leave a remainder of 0, 1, 2 or 3 (Skatteetaten, *Nytt fødselsnummer
fra 2032*); numbers of the old kind stay, with remainder 0.

Whose text it is and what a message may say belongs to `personal`.
"""

import re
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SPACES = " \t\u00a0\u2007\u2009\u202f"
# What people put between the six digits of the day and the five others.
SEPARATORS = SPACES + "._–-"
_WEIGHTS = np.array(
    [
        [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0],
        [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1],
    ]
)
_ADDED_TO_MONTH = (0, 40, 65, 80)
_OLD, _NEW = 0, 3
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_TEN = f"^[{SPACES}]*[0-9]{{10}}(?:[.]0+)?[{SPACES}]*$"
_ELEVEN = f"^[{SPACES}]*[0-9]{{6}}[{SEPARATORS}]?[0-9]{{5}}(?:[.]0+)?[{SPACES}]*$"
_DOTTED = f"^[{SPACES}]*[0-9]{{6}}[.][0-9]{{5}}[{SPACES}]*$"
# Numbers against which doubtful ones are weighed: ten digits may be an amount or a code, a dot the decimal sign.
_LONG = f"^[{SPACES}]*[0-9]{{9,}}(?:[.]0+)?[{SPACES}]*$"
_DECIMAL = f"^[{SPACES}]*[0-9]+[.][0-9]+[{SPACES}]*$"
# Neither part of longer numbers nor of decimals; 11 digits after a comma are the next of a list.
_WITHIN = re.compile(
    rf"(?<![0-9])(?<![0-9][.,])([0-9]{{6}})[{SEPARATORS}]?([0-9]{{5}})(?![0-9])(?![.,][0-9]{{1,10}}\b)"
)

# How many texts are made Python strings at a time.
_AT_ONCE = 50_000

# A filter for large columns: every text that can hold an identity number has it, and few others.
SUSPECT = f"(?:^|[^0-9.,]|[^0-9][.,])(?:[0-9]{{10,11}}|[0-9]{{6}}[{SEPARATORS}][0-9]{{5}})(?:[^0-9]|$)"


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


def in_texts(texts: pa.Array) -> NDArray[np.bool_]:
    """Say of each text whether an identity number stands within it."""
    parts = [_in_some(texts[start : start + _AT_ONCE].to_pylist()) for start in range(0, len(texts), _AT_ONCE)]
    return np.concatenate([np.zeros(0, bool), *parts])


def _in_some(texts: list[str]) -> NDArray[np.bool_]:
    numbers = [["".join(parts) for parts in _WITHIN.findall(text)] for text in texts]
    digits = np.frombuffer("".join(chain.from_iterable(numbers)).encode(), np.uint8).reshape(-1, 11) - ord("0")
    of_text = np.repeat(np.arange(len(texts)), [len(in_text) for in_text in numbers])
    found = np.zeros(len(texts), bool)
    found[of_text[valid(digits)]] = True
    return found


def in_cells(suspects: pa.Array, texts: pa.Array) -> NDArray[np.bool_]:
    """Say which of a column's suspect texts hold identity numbers; `texts` are all distinct texts of the column.

    Ten digits (Excel drops a leading zero) and a dot after six may as well be an amount, a code or a decimal. They
    count where more than half of the column's long numbers, or of its decimals, would be valid; ten digits only by
    today's rule, as no number of 2032 has been through Excel yet.
    """
    ten, eleven, dotted = (_matches(suspects, pattern) for pattern in (_TEN, _ELEVEN, _DOTTED))
    found = np.zeros(len(suspects), bool)
    found[eleven] = valid(_digits_of(suspects, eleven))
    found[ten] = valid(_digits_of(suspects, ten), from_2032=False)
    for doubtful, alike, pattern in ((ten, ten | eleven & ~dotted, _LONG), (dotted, dotted, _DECIMAL)):
        if found[doubtful].any() and found[alike].sum() * 2 <= _matches(texts, pattern).sum():
            found[doubtful] = False
    others = ~(ten | eleven)
    found[others] = in_texts(suspects.filter(pa.array(others)))
    return found


def _digits_of(texts: pa.Array, chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return 11 digits a row, shape (n, 11), of cells that hold nothing but ten or eleven."""
    spaces = pc.replace_substring_regex(texts.filter(pa.array(chosen)), f"[{SPACES}]", "")
    whole = pc.replace_substring_regex(spaces, r"^([0-9]{10,11})[.]0+$", r"\1")
    text = pc.ascii_lpad(pc.replace_substring_regex(whole, "[^0-9]", ""), 11, "0")
    raw = pc.cast(pc.cast(text, pa.binary()), pa.binary(11))
    start = raw.offset * 11
    return np.frombuffer(raw.buffers()[1], np.uint8)[start : start + len(raw) * 11].reshape(-1, 11) - ord("0")


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    answer: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return answer
