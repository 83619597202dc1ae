"""The attack on many worlds by chance: `python -m tests.attack.measured --districts 300 --histories 30`.

Every world is published by the command line, as a delivery is, and attacked from the readers' folder alone. Synthetic.
A world has ten districts and their town; a history is two nights, after which a file is taken back and delivered again.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from rich.console import Console

from tests.attack import histories, knowledge, published, sums, surfaces, worlds
from tests.attack.histories import History
from tests.attack.published import Edition

YEARS = range(2019, 2024)
WITH_PARTS = ("employment_rate", "immigrant_employment")
OTHERS = sorted(set(worlds.LABELS) - set(worlds.PART_OF) - set(worlds.PART_OF.values()))


@dataclass
class Tally:
    """What came of an attack. hidden: counts not shown. found: those with fewer than three values, each as a line.

    believed and right: how many one finds who takes what is hidden for neither zero nor all, and how many of them are
    what he thinks.
    """

    hidden: int = 0
    found: list[str] = field(default_factory=list)
    believed: int = 0
    right: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.hidden + other.hidden,
            self.found + other.found,
            self.believed + other.believed,
            self.right + other.right,
        )


def world(seed: int, folder: Path, indicators: int = 4) -> Tally:
    """Publish a world of ten districts and attack it: by sums, by later tables, by belief in the rule."""
    random = Random(seed)
    chosen = [*WITH_PARTS, *random.sample(OTHERS, indicators - len(WITH_PARTS))]
    true = worlds.random_world(random, chosen, YEARS)
    warehouse = worlds.publish(folder / "inbox", folder / "store", {"synthetic.csv": true.csv()})
    (edition,) = published.editions(warehouse)
    known = knowledge.read()
    tally = Tally(len(sums.hidden_places(edition)), [f"world {seed}: {line}" for line in _lines([edition], known)])
    for each in sums.found([edition], known, trusting=True):
        count = true.truth(*each.place[:3])
        tally.believed += 1
        tally.right += count is not None and each.low <= count <= each.high
    return tally


def history(seed: int, folder: Path, nights: int = 2, indicators: int = 2) -> Tally:
    """Publish a history and attack all its editions together."""
    random = Random(seed)
    lived = histories.lived(random, folder, nights, [*WITH_PARTS, *OTHERS][:indicators])
    editions = published.editions(lived.warehouse)
    newest = len(sums.hidden_places(editions[-1]))
    return Tally(newest, [f"history {seed}: {line}" for line in _lines(editions, knowledge.read(), lived)])


def _lines(editions: list[Edition], known: knowledge.Knowledge, lived: History | None = None) -> Iterator[str]:
    """Yield what is found by sums and in later tables."""
    same = lived.same if lived is not None else None
    yield from map(str, sums.found(editions, known, same))
    for edition in editions:
        yield from (f"{'/'.join(spot)} by {column}" for spot, column in surfaces.found(edition).items())
        yield from (f"{'/'.join(spot)}: trend" for spot in surfaces.trends_with_hidden_points(edition))


def attacked(seeds: Sequence[int], kind: str) -> Iterator[Tally]:
    """Attack worlds or histories, each in a folder that goes with it."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            yield world(seed, Path(folder)) if kind == "worlds" else history(seed, Path(folder))


def run(districts: int, number_of_histories: int, first: int) -> None:
    """Attack so many, and tell of each what was found."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for kind, number in (("worlds", districts // len(worlds.DISTRICTS)), ("histories", number_of_histories)):
        total = Tally()
        for done, tally in enumerate(attacked(range(first, first + number), kind), 1):
            total += tally
            console.print(f"{kind}: {done} of {number}, {total.hidden} hidden, {len(total.found)} found")
            for line in tally.found:
                console.print(line)
        if kind == "worlds":
            console.print(f"who takes nothing hidden for zero: {total.believed} found, {total.right} of them rightly")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--districts", type=int, default=300)
    options.add_argument("--histories", type=int, default=30)
    options.add_argument("--first", type=int, default=0, help="the first seed")
    given = options.parse_args()
    run(given.districts, given.histories, given.first)
