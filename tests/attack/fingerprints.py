"""The attack on names: a file of a few hidden counts is rebuilt from its published rows until a published hash fits.

And what comes before it: a digest, a size or the rows' order that an edition gives away.
"""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator

import duckdb

from tests.attack.published import Edition

ALGORITHMS = ("sha256", "sha1", "md5", "sha512", "blake2b", "sha3_256")
Build = Callable[[dict[int, str]], bytes]


def hex_words(edition: Edition) -> set[str]:
    """Return every word of eight or more hexadecimal digits in any column of any table, and in names of files."""
    words: set[str] = set()
    path = edition.files[0]
    with duckdb.connect(str(path), read_only=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            for row in connection.execute(f'SELECT "{table}"::VARCHAR FROM "{table}"').fetchall():
                words.update(re.findall(r"[0-9a-f]{8,}", row[0] or ""))
    for file in edition.files:
        words.update(re.findall(r"[0-9a-f]{8,}", file.name))
    return words


def told(edition: Edition, content: bytes) -> list[str]:
    """Return the digests of a file, of any known kind, that an edition holds whole or by their first eight digits."""
    words = hex_words(edition)
    digests = {name: hashlib.new(name, content).hexdigest() for name in ALGORITHMS}
    return [
        f"{name} {word}"
        for name, digest in digests.items()
        for word in words
        if len(word) <= len(digest) and digest.startswith(word) and len(word) >= 8
    ]


def sizes(edition: Edition) -> set[int]:
    """Return the sizes in bytes that an edition tells of delivered files."""
    return {row["size"] for row in edition["snapshot"] if row["provider"] == "delivery" and row["size"] is not None}


def rebuilt(edition: Edition, build: Build, hidden: list[int], most: int) -> dict[int, str] | None:
    """Return the hidden fields of a file whose digest is published; None where no try fits.

    build: the file's bytes with these texts in its hidden fields. most: the largest count tried.
    """
    words = {word for word in hex_words(edition) if len(word) == 64}
    for tried in _tries(hidden, most):
        if hashlib.sha256(build(tried)).hexdigest() in words:
            return tried
    return None


def _tries(hidden: list[int], most: int) -> Iterator[dict[int, str]]:
    for values in itertools.product(range(most + 1), repeat=len(hidden)):
        yield dict(zip(hidden, map(str, values), strict=True))


def order_told(edition: Edition, table: str, rows: list[tuple[str, str]]) -> float:
    """Return how alike a file's order and the published rows' order are: 1 the same, 0 no relation (Spearman).

    rows: area label and period of the file's rows, in its order, each once.
    """
    published = [
        (row["area_label"], row["period"])
        for row in edition["observation"]
        if row["table_id"] == table and row["dimensions"].get("ContentsCode") == "numerator"
    ]
    places = {key: number for number, key in enumerate(dict.fromkeys(published))}
    ranks = [places[row] for row in rows if row in places]
    n = len(ranks)
    ordered = sorted(range(n), key=lambda at: ranks[at])
    rank_of = {at: rank for rank, at in enumerate(ordered)}
    return 1 - 6 * sum((rank_of[at] - at) ** 2 for at in range(n)) / (n * (n * n - 1))
