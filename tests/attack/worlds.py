"""Synthetic deliveries by chance, published by the command line, and the truth behind them."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import yaml

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "indicators" / "catalogue"
CONTRACT = yaml.safe_load((CATALOGUE / "deliveries" / "drammen_district_counts.yaml").read_text(encoding="utf-8"))
# indicator -> its label in the file
LABELS = {code: label for label, code in CONTRACT["dimensions"]["Indikator"]["codes"].items()}
# As the pillars say it (part_of).
PART_OF = {
    "immigrant_employment": "employment_rate",
    "crowding_immigrants": "crowding",
    "crowding_children": "crowding",
    "lowest_education_immigrants": "lowest_education",
}
DISTRICTS = [f"drammen-{number}" for number in range(1, 11)]
NAMES = {f"drammen-{number}": f"Kommunedel {number}" for number in range(1, 11)} | {"drammen": "Drammen"}
Place = tuple[str, str, str]  # indicator, area, period


@dataclass
class World:
    """What is true: numerator and denominator of each place; `hidden`: where the sender wrote a colon himself."""

    counts: dict[Place, tuple[int, int]]
    hidden: set[Place] = field(default_factory=set)

    def csv(self, periods: Iterable[str] | None = None, indicators: Iterable[str] | None = None) -> str:
        """Return the file of these periods and indicators, or of all."""
        wanted = None if periods is None else set(periods)
        asked = set(LABELS if indicators is None else indicators)
        lines = [",".join(CONTRACT["header"])]
        for place, (numerator, denominator) in self.counts.items():
            indicator, area, period = place
            if indicator in asked and (wanted is None or period in wanted):
                shown = ":" if place in self.hidden else str(numerator)
                lines.append(f'{NAMES[area]},{period},"{LABELS[indicator]}",{shown},{denominator}')
        return "\n".join([*lines, ""])

    def truth(self, indicator: str, area: str, period: str, role: str = "n") -> float | None:
        """Return the count of a place, or of what is made of places: a window of years, the rest of the town."""
        if (found := self.counts.get((indicator, area, period))) is not None:
            return found[role == "d"]
        if window := re.fullmatch(r"(\d{4})-(\d{4})", period):
            years = range(int(window[1]), int(window[2]) + 1)
            parts = [self.truth(indicator, area, str(year), role) for year in years]
        elif area == "drammen-rest":
            parts = [self.truth(indicator, "drammen", period, role), self.truth(indicator, "drammen-7", period, role)]
            return None if None in parts else parts[0] - parts[1]
        else:
            return None
        return None if None in parts else sum(parts)


def random_world(
    random: Random, indicators: Iterable[str], years: range, districts: Iterable[str] = DISTRICTS
) -> World:
    """Return a town whose districts add up to it; indicators are rare or common, of small or large groups."""
    world = World({})
    for indicator in sorted(indicators, key=lambda name: (name in PART_OF, name)):
        share = random.choice([0.005, 0.02, 0.05, 0.3, 0.97])
        size = random.choice([8, 40, 150, 600])
        taking_part = [district for district in districts if random.random() < 0.9] or list(districts)
        for year in map(str, years):
            whole = [0, 0]
            for district in taking_part:
                counted, of = _drawn(
                    random, share, size, world.counts.get((PART_OF.get(indicator, ""), district, year))
                )
                world.counts[indicator, district, year] = (counted, of)
                whole = [whole[0] + counted, whole[1] + of]
                if random.random() < 0.01:
                    world.hidden.add((indicator, district, year))
            if len(taking_part) == len(DISTRICTS):
                world.counts[indicator, "drammen", year] = (whole[0], whole[1])
    return world


def _drawn(random: Random, share: float, size: int, whole: tuple[int, int] | None) -> tuple[int, int]:
    """Return how many are counted, and of how many; of a part of a population, no more than the whole has."""
    if whole is None:
        of = max(1, int(size * random.uniform(0.3, 2.0)))
        return sum(random.random() < share for _ in range(of)), of
    counted, others = (sum(random.random() < 0.4 for _ in range(n)) for n in (whole[0], whole[1] - whole[0]))
    return counted, max(1, counted + others)


def publish(inbox: Path, store: Path, files: Mapping[str, str]) -> Path:
    """Lay files in the inbox, refresh, and return the readers' folder. Raises RuntimeError with what was said.

    What chance draws jumps from year to year and would be held: each file is confirmed before the refresh. What is
    refused is not published, and the rest is.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (inbox / name).write_text(text, encoding="utf-8")
        confirmed = store.parent / "held" / hashlib.sha256(text.encode()).hexdigest()[:16] / "confirmed.json"
        confirmed.parent.mkdir(parents=True, exist_ok=True)
        word = {"by": "the attack", "reason": "synthetic figures jump", "at": "2026-01-01T00:00:00+00:00"}
        confirmed.write_text(json.dumps(word), encoding="utf-8")
    run(["refresh", "--sources", "files", "--inbox", inbox, "--data-dir", store], codes=(0, 1, 3))
    return store / "files" / "warehouse"


def run(arguments: Iterable[object], codes: tuple[int, ...] = (0,)) -> str:
    """Run the command line in a process of its own, and return what it said. Raises RuntimeError where it failed."""
    levekar = Path(sys.executable).with_name("levekar")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEVEKAR_", "DAGSTER_"))}
    command = [str(levekar), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"levekar {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr
