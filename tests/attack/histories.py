"""Random histories of deliveries: each indicator has files of its own, and each night one thing happens to it.

A year is added, a figure is corrected by one person, nothing happens, or the newest file is withdrawn and taken again
the next night.
"""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.attack import worlds
from tests.attack.sums import Place
from tests.attack.worlds import World

FIRST, LAST = 2018, 2025


@dataclass
class History:
    """What was true in each edition, night by night, and the folder that readers have."""

    warehouse: Path
    truths: list[World] = field(default_factory=list)

    def same(self, place: Place, before: int, after: int) -> bool:
        """Say whether a place's figure was the same in two editions: what the worst of attackers knows."""
        truths = [[self.truths[night].truth(*place[:3], role) for role in "nd"] for night in (before, after)]
        return truths[0] == truths[1] and None not in truths[0]


def lived(random: Random, folder: Path, nights: int, indicators: Iterable[str], withdrawals: int = 1) -> History:
    """Let some nights pass, each with a refresh, and return what came of them."""
    everything = worlds.random_world(random, list(indicators), range(FIRST, LAST + 1))
    last = dict.fromkeys(sorted({place[0] for place in everything.counts}), LAST - nights + 1)
    history = History(folder / "readers")
    for night in range(nights):
        files = {}
        for indicator in last:
            happens = "taken first" if night == 0 else random.choice(["a year", "a year", "a correction", "nothing"])
            if happens == "a year":
                last[indicator] += 1
            if happens == "a correction":
                _correct(random, everything, indicator, last[indicator])
            if happens != "nothing":
                years = [str(year) for year in range(FIRST, last[indicator] + 1)]
                files[f"syntetisk {indicator} {night}.csv"] = everything.csv(years, [indicator])
        _published(folder, files)
        history.truths.append(_shown(everything, last))
        if files and 0 < night <= withdrawals:  # by chance there may be nothing to take back
            _taken_back(random, folder, history, files)
    return history


def _taken_back(random: Random, folder: Path, history: History, files: dict[str, str]) -> None:
    """Withdraw one of the night's files and take it again: two editions more."""
    name = random.choice(sorted(files))
    indicator = name.split()[1]
    now, before = history.truths[-1], history.truths[-2]
    (folder / "inbox" / name).unlink()
    sha256 = hashlib.sha256(files[name].encode()).hexdigest()
    worlds.run(["deliver", "--withdraw", sha256, "--sources", "files", "--data-dir", folder / "store"], codes=(0, 3))
    _hold(folder)
    without = {place: counts for place, counts in now.counts.items() if place[0] != indicator}
    old = {place: counts for place, counts in before.counts.items() if place[0] == indicator}
    history.truths.append(World({**without, **old}))
    _published(folder, {f"again {name}": files[name].replace(",", ";").replace('"', "")})
    history.truths.append(now)


def _published(folder: Path, files: dict[str, str]) -> None:
    worlds.publish(folder / "inbox", folder / "store", files)
    _hold(folder)


def _hold(folder: Path) -> None:
    """Keep the newest edition, as a reader does who copies them."""
    newest = max((folder / "store" / "files" / "warehouse").glob("levekar-*.duckdb"), key=lambda path: path.name)
    shutil.copytree(newest.parent, folder / "readers", dirs_exist_ok=True)


def _shown(everything: World, last: dict[str, int]) -> World:
    return World({place: counts for place, counts in everything.counts.items() if int(place[2]) <= last[place[0]]})


def _correct(random: Random, world: World, indicator: str, last: int) -> None:
    """Count one person more or less in one district and year, and in the town."""
    places = [
        place for place in world.counts if place[0] == indicator and int(place[2]) <= last and place[1] != "drammen"
    ]
    place = random.choice(places)
    numerator, denominator = world.counts[place]
    step = 1 if numerator < denominator and (numerator == 0 or random.random() < 0.5) else -1
    if not 0 <= numerator + step <= denominator:
        return
    world.counts[place] = (numerator + step, denominator)
    town = (indicator, "drammen", place[2])
    if town in world.counts:
        world.counts[town] = (world.counts[town][0] + step, world.counts[town][1])
