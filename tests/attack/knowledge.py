"""What the repository says to everybody: how areas add up, what is a part of what, how counts are made."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "indicators" / "catalogue"


@dataclass(frozen=True)
class Knowledge:
    """divisions: a whole and areas that make it up. part_of: an indicator and the wider one.

    sources: of each indicator what the pillars say of where its counts come from. contracts: of each kind of file.
    """

    divisions: list[tuple[str, list[str]]]
    part_of: dict[str, str]
    sources: dict[str, list[dict[str, Any]]]
    contracts: dict[str, dict[str, Any]]
    small: set[str]


def read() -> Knowledge:
    """Read areas.yaml, the pillars and the contracts as text."""
    areas = _yaml(CATALOGUE / "areas.yaml")["areas"]
    pillars = [held for path in sorted(CATALOGUE.glob("*.yaml")) if "indicators" in (held := _yaml(path))]
    indicators = {held["id"]: held for pillar in pillars for held in pillar["indicators"]}
    contracts = [_yaml(path) for path in sorted((CATALOGUE / "deliveries").glob("*.yaml"))]
    small = {
        area["id"] for area in areas if area["kind"] in ("district", "statistical tract", "living-conditions zone")
    }
    return Knowledge(
        _divisions(areas),
        {name: held["part_of"] for name, held in indicators.items() if held.get("part_of")},
        {name: held["sources"] for name, held in indicators.items()},
        {held["id"]: held for held in contracts},
        small,
    )


def _divisions(areas: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    kinds = {area["id"]: area.get("covered_by", []) for area in areas}
    parts = defaultdict(list)
    for area in areas:
        if area.get("parent") and "rest_of" not in area and area["kind"] in kinds[area["parent"]]:
            parts[area["parent"], area["kind"]].append(area["id"])
    rests = [
        (area["rest_of"]["whole"], [area["id"], *area["rest_of"]["without"]]) for area in areas if "rest_of" in area
    ]
    return [*((whole, members) for (whole, _), members in parts.items()), *rests]


def _yaml(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
