"""Spoilt deliveries, made of the shared cases and of the senders' collection: each is taken or refused by name.

A mutant is made of its number alone: `mutant(17)`. `python -m tests.recorded.test_fuzz_deliveries 20000` tries as many.
"""

import hashlib
import random
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from indicators import catalogue
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from tests.recorded import RECORDED
from tests.senders import synthetic_files

pytestmark = pytest.mark.slow

MUTANTS = 400

CASES = RECORDED.parent / "cases" / "deliveries"
HEADERS = [
    "Kommunedel;År;Indikator;Teller;Nevner",
    "Kommunedel;Periode;Indikator;Verdi",
    "Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel",
]
HOSTILE = [
    "", "0", "-1", "1e308", "9" * 400, "NaN", "\0", "\ufffd", '"', "'", ";", "\r", "\u2028", "=1+1", "2024K5",
    "99999999",
    "Kommunedel 7", "..", ":", "5.000", "1 000", "\u22123", "25 %", "01.02.2024", "2024-02-30", "sep=;", "æ" * 70_000,
]  # fmt: skip


@cache
def rules() -> Rules:
    return Rules.of(catalogue.load())


@cache
def originals() -> list[tuple[str, bytes]]:
    files = [(path.name, path.read_bytes()) for path in sorted(CASES.iterdir()) if path.suffix != ".md"]
    return files + [(file.name, file.content) for file in synthetic_files.made()]


def mutant(number: int) -> tuple[str, bytes]:
    """Return name and bytes of one: an original with bytes or cells changed, or a small table under a known header."""
    draw = random.Random(number)
    if draw.random() < 0.3:
        header = draw.choice(HEADERS)
        separator = ";" if ";" in header else ","
        cells = [*HOSTILE, "Kommunedel 7", "2023", "2024", "Sysselsatte 20-66 år", "5", "8", "Drammen", "0.25"]
        rows = [separator.join(draw.choice(cells) for _ in header.split(separator)) for _ in range(draw.randrange(6))]
        return f"synthetic {number}.csv", "\n".join([header, *rows]).encode(draw.choice(["utf-8", "utf-16"]), "replace")
    name, content = draw.choice(originals())
    spoilt = bytearray(content)
    for _ in range(draw.randrange(1, 4)):
        at, end = sorted(draw.randrange(len(spoilt) + 1) for _ in range(2))
        way = draw.randrange(6)
        if way == 0:
            del spoilt[at:]
        elif way == 1:
            del spoilt[at : min(end, at + 30)]
        elif way == 2:
            spoilt[at:at] = spoilt[at : min(end, at + 60)]
        elif way == 3:
            spoilt[at:at] = draw.choice(HOSTILE).encode()
        elif way == 4 and spoilt:
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        else:
            spoilt[:0] = draw.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"sep=;\n", b"{", b"PK\x03\x04", b"\n" * 70])
    return name, bytes(spoilt)


def checked(number: int) -> Checked:
    """Return what is found out about a mutant, as if it had been taken from the disk."""
    name, content = mutant(number)
    return checking.check(Checked(Path(name), name, hashlib.sha256(content).hexdigest(), content=content), rules())


def crashes(numbers: range) -> tuple[Counter[str], float]:
    """Return the failures that nobody foresaw, and the longest time of one mutant in seconds."""
    found: Counter[str] = Counter()
    longest = 0.0
    for number in numbers:
        started = time.process_time()
        try:
            error = checked(number).error
        except Exception as crash:
            found[f"raised {type(crash).__name__} in mutant {number}"] += 1
            continue
        longest = max(longest, time.process_time() - started)
        if error is not None and "does not know why" in str(error):
            found[f"{str(error).partition('why ')[2][:60]} in mutant {number}"] += 1
    return found, longest


def test_mutants_are_taken_or_refused_by_name():
    found, longest = crashes(range(MUTANTS))
    assert found == Counter()
    assert longest < 10


if __name__ == "__main__":
    first, last = (int(text) for text in (["0", *sys.argv[1:]])[-2:])
    failures, seconds = crashes(range(first, last))
    sys.stdout.write(
        f"{last - first:,} mutants, {failures.total()} crashes, longest {seconds:.1f} s\n{dict(failures)}\n"
    )
