"""The catalogue: what is measured, for which places, from which sources, all of it in the YAML beside this file.

`load()` reads and checks the whole; every error names file, key and line. Nothing is fetched or computed here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from indicators.catalogue import checks
from indicators.catalogue.contracts import AreaListContract, BoundaryContract, Delivered, DeliveryContract
from indicators.catalogue.loading import CatalogueError, Lines, load_with_lines
from indicators.catalogue.models import (
    Area,
    AreaKind,
    AreasFile,
    Classification,
    Disclosure,
    EvaluationPlan,
    EvaluationsFile,
    Indicator,
    Model,
    PillarFile,
    Programme,
    Provider,
    Residents,
    SourcesFile,
    SourceTable,
)

__all__ = ["Catalogue", "CatalogueError", "load"]

HERE = Path(__file__).parent
# Kinds of areas for which an indicator may pool years.
SMALL = ("district", "living-conditions zone")
# What a rate's ratio of events to persons is multiplied with to be in the indicator's unit.
MULTIPLIER = {"per 1,000": 1_000.0, "per 100,000": 100_000.0}
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Catalogue:
    """Everything the YAML says, checked as a whole."""

    pillars: dict[str, PillarFile]
    areas: dict[str, Area]
    programmes: tuple[Programme, ...]
    providers: dict[str, Provider]
    tables: dict[str, SourceTable]
    contracts: dict[str, DeliveryContract]
    digest: str
    classifications: dict[str, Classification] = field(default_factory=dict)
    area_lists: dict[str, AreaListContract] = field(default_factory=dict)
    boundaries: dict[str, BoundaryContract] = field(default_factory=dict)
    evaluations: dict[str, EvaluationPlan] = field(default_factory=dict)
    disclosure: Disclosure = field(default_factory=Disclosure)
    # Where in areas.yaml an area's part stands, such as `catalogue/areas.yaml:41`.
    area_places: dict[tuple[str, int], str] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """All indicators by id, in the order of the pillars."""
        return {one.id: one for file in self.pillars.values() for one in file.indicators}

    def programme_of(self, area_id: str) -> Programme | None:
        """Return the programme whose area this is, if any."""
        return next((one for one in self.programmes if one.area == area_id), None)

    def tables_of(self, pillar_id: str) -> list[str]:
        """Return the ids of the source tables that a pillar's indicators draw on, without repetition."""
        sources = (source for one in self.pillars[pillar_id].indicators for source in one.sources)
        return sorted({source.table for source in sources})

    def terms(self, pillar_id: str) -> list[dict[str, Any]]:
        """Return one row per cell that a measure of the pillar sums (see `measures.measures`)."""
        return [
            {
                "indicator_id": indicator.id,
                "source": rank,
                "table_name": source.table,
                "method": source.method,
                "scale": MULTIPLIER.get(indicator.unit, 1.0) if source.method == "rate" else source.scale,
                "pooling": indicator.pooling,
                "role": role,
                "cell": cell,
                "cells": sum(other == role for other, _cell in source.cells()),
                "age": indicator.age,
                "sex": indicator.sex,
            }
            for indicator in self.pillars[pillar_id].indicators
            for rank, source in enumerate(indicator.sources)
            for role, cell in source.cells()
        ]

    def rules(self, pillar_id: str, *, alternative: bool = False) -> list[dict[str, Any]]:
        """Return one row per indicator and area: baseline, target, sign (see `series.series`).

        alternative: of the indicators that have an alternative baseline, with that.
        """
        return [
            {
                "indicator_id": one.id,
                "area_id": area_id,
                **_baseline(one, alternative=alternative),
                **_target(one, self.programme_of(area_id)),
                "sign": one.sign,
                "multiplier": MULTIPLIER.get(one.unit, 1.0),
                "pools": one.pooling is not None and self.areas[area_id].kind in SMALL,
                "is_programme": self.programme_of(area_id) is not None,
                "wanted": " or ".join(_wanted(one)),
            }
            for one in self.pillars[pillar_id].indicators
            if not alternative or one.baseline.alternative is not None
            for area_id in self.areas
        ]

    def comparators(self) -> list[dict[str, Any]]:
        """Return one row per programme area and comparator; any other area is compared with its parents."""
        chosen = {one.area: one.comparators for one in self.programmes}
        return [
            {"area_id": area_id, "comparator_id": other, "rank": rank}
            for area_id in self.areas
            for rank, other in enumerate(chosen.get(area_id) or self._ancestors(area_id))
        ]

    def rests(self) -> list[dict[str, Any]]:
        """Return one row per area that is the rest of another and area that it is without (see `measures.measures`)."""
        return [
            {"area_id": one.id, "whole": one.rest_of.whole, "without": name, "parts": len(one.rest_of.without)}
            for one in self.areas.values()
            if one.rest_of is not None
            for name in one.rest_of.without
        ]

    def donors(self, plan: EvaluationPlan) -> list[str]:
        """Return the areas that an evaluation compares with, in the order of areas.yaml where a rule finds them."""
        return plan.donors_among(self.areas.values())

    def coverage(self) -> list[dict[str, Any]]:
        """Return one row per indicator and area level: the sources that have figures there, in order of preference.

        verified: one of them at least is asked by a query that was seen to work, or delivered.
        """
        return [
            {
                "pillar_id": pillar,
                "subgoal_id": one.subgoal,
                "indicator_id": one.id,
                "level": level,
                "sources": sources,
                "verified": any(not self._unverified(name) for name in sources),
            }
            for pillar, file in self.pillars.items()
            for one in sorted(file.indicators, key=lambda one: one.subgoal)
            for level in get_args(AreaKind)
            for sources in [[source.table for source in one.sources if level in self._levels(source.table)]]
        ]

    def _levels(self, source: str) -> list[AreaKind]:
        table = self.tables.get(source) or self.contracts.get(source.removeprefix("delivery/"))
        return table.levels if table else []

    def _unverified(self, source: str) -> bool:
        return source in self.tables and self.tables[source].unverified

    def _ancestors(self, area_id: str) -> list[str]:
        parent = self.areas[area_id].parent
        return [parent, *self._ancestors(parent)] if parent else []

    @property
    def asked(self) -> dict[str, SourceTable | Classification]:
        """What providers are asked for, by source name."""
        return {**self.tables, **self.classifications}

    @property
    def deliveries(self) -> dict[str, Delivered]:
        """Every contract by its source name, such as `delivery/fhi_crowding`, whatever the file holds."""
        every = {**self.contracts, **self.area_lists, **self.boundaries}
        return {f"delivery/{name}": one for name, one in every.items()}

    @property
    def fact_sources(self) -> list[str]:
        """The names of all sources that give figures: tables, delivered figures, boundaries with residents."""
        with_residents = [name for name, one in self.boundaries.items() if one.residents]
        return [*self.tables, *(f"delivery/{name}" for name in [*self.contracts, *with_residents])]

    @property
    def source_names(self) -> list[str]:
        """The names of everything that is asked for or delivered: tables, classifications, files."""
        return [*self.asked, *self.deliveries]

    @property
    def residents(self) -> dict[str, Residents]:
        """How each source that counts residents tells sex and age, in order of preference."""
        tables = {name: one.residents for name, one in self.tables.items() if one.residents}
        files = {f"delivery/{name}": one.residents for name, one in self.contracts.items() if one.residents}
        return (
            tables | files | {f"delivery/{name}": Residents() for name, one in self.boundaries.items() if one.residents}
        )


def load(folder: Path = HERE) -> Catalogue:
    """Read and check the catalogue in `folder`.

    Raises CatalogueError with every fault found: file, line, key, what was expected and the nearest valid name.
    """
    unreadable: list[str] = []
    area_files = _read([folder / "areas.yaml"], AreasFile, unreadable)
    source_files = _read([folder / "sources.yaml"], SourcesFile, unreadable)
    contract_paths = sorted((folder / "deliveries").glob("*.yaml"))
    contract_files = _read(contract_paths, DeliveryContract, unreadable)
    lists = _read(sorted((folder / "deliveries" / "areas").glob("*.yaml")), AreaListContract, unreadable)
    polygons = _read(sorted((folder / "deliveries" / "boundaries").glob("*.yaml")), BoundaryContract, unreadable)
    evaluation_files = _read([folder / "evaluations.yaml"], EvaluationsFile, unreadable)
    pillar_names = _pillar_files(folder)
    pillars = _read([folder / f"{name}.yaml" for name in pillar_names], PillarFile, unreadable)
    # Names are checked across the files that can be read, so that one fault does not hide another.
    files = checks.Files(
        areas=area_files[0] if area_files else None,
        sources=source_files[0] if source_files else None,
        contracts=contract_files,
        other_contracts=[*lists, *polygons],
        pillars=pillars,
        evaluations=evaluation_files[0] if evaluation_files else None,
        all_pillars=len(pillars) == len(pillar_names),
        all_contracts=len(contract_files) == len(contract_paths),
    )
    if found := [*unreadable, *checks.faults(files)]:
        raise CatalogueError("\n".join(found))
    [(areas, area_lines)], [(sources, _source_lines)] = area_files, source_files
    [(plans, _plan_lines)] = evaluation_files
    return Catalogue(
        pillars={one.pillar.id: one for one, _lines in sorted(pillars, key=lambda pair: pair[0].pillar.order)},
        areas={one.id: one for one in areas.areas},
        programmes=tuple(areas.programmes),
        providers={one.id: one for one in sources.providers},
        tables={one.id: one for one in sources.tables},
        contracts={one.id: one for one, _lines in contract_files},
        digest=_digest(folder),
        disclosure=sources.disclosure,
        classifications={one.id: one for one in sources.classifications},
        area_lists={one.id: one for one, _lines in lists},
        boundaries={one.id: one for one, _lines in polygons},
        evaluations={one.id: one for one in plans.evaluations},
        area_places={
            (area.id, part): area_lines("areas", number, "parts", part)
            for number, area in enumerate(areas.areas)
            for part in range(len(area.parts))
        },
    )


def _read(paths: Iterable[Path], model: type[M], faults: list[str]) -> list[tuple[M, Lines]]:
    """Read files with the lines of their keys; what is wrong with those that cannot be read goes to `faults`."""
    read = []
    for path in paths:
        try:
            read.append(load_with_lines(path, model))
        except CatalogueError as error:
            faults.append(str(error))
    return read


def _baseline(indicator: Indicator, *, alternative: bool) -> dict[str, Any]:
    """Return the baseline's part of a rule: the year, and what is to be said of it."""
    other = indicator.baseline.alternative
    if alternative and other is not None:
        return {"baseline_year": other.year, "baseline_caveat": other.reason}
    return {"baseline_year": indicator.baseline.year, "baseline_caveat": indicator.baseline.note}


def _target(indicator: Indicator, programme: Programme | None) -> dict[str, Any]:
    """Return the target's part of a rule; a distance is to a comparator of the area's own programme."""
    target = indicator.target
    forms = ("year", "absolute", "relative", "gap_closed", "status", "comparator")
    rule = {f"target_{name}": getattr(target, name, None) for name in forms}
    if programme is None or rule["target_comparator"] not in programme.comparators:
        rule["target_comparator"] = None
    return {**rule, "trajectory": target.trajectory if target else None}


def _wanted(indicator: Indicator) -> list[str]:
    """Return the sources that could fill a gap: deliveries where there are any, for open tables end above districts."""
    names = [source.table for source in indicator.sources]
    return [name for name in names if name.startswith("delivery/")] or names


_NOT_PILLARS = {"areas.yaml", "evaluations.yaml", "sources.yaml"}


def _pillar_files(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name not in _NOT_PILLARS)


def _digest(folder: Path) -> str:
    """SHA-256 over all YAML of the catalogue: the same digest means the same definitions."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
