"""The catalogue: what is measured, for which places, from which sources, all of it in the YAML beside this file.

`load()` reads and checks the whole; every error names file, key and line. Looking things up belongs here; the tables
that methods take are built of it where they are used (`pipelines.steps`). Nothing is fetched or computed here.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

from indicators.catalogue import checks
from indicators.catalogue.contracts import AreaListContract, BoundaryContract, Delivered, DeliveryContract
from indicators.catalogue.loading import CatalogueError, Lines, load_with_lines
from indicators.catalogue.models import (
    Area,
    AreasFile,
    Classification,
    Disclosure,
    EvaluationPlan,
    EvaluationsFile,
    Indicator,
    IndicatorSource,
    Model,
    NotAsked,
    PillarFile,
    Programme,
    Provider,
    Residents,
    Sentence,
    SentencesFile,
    SourcesFile,
    SourceTable,
)
from indicators.catalogue.programme_record import ProgrammeRecord

__all__ = ["Catalogue", "CatalogueError", "Spacing", "load"]

HERE = Path(__file__).parent
# Kinds of areas for which an indicator may pool years.
SMALL = ("district", "statistical tract", "living-conditions zone")
# What a rate's ratio of events to persons is multiplied with to be in the indicator's unit.
MULTIPLIER = {"per 1,000": 1_000.0, "per 100,000": 100_000.0}
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Spacing:
    """How often the figures of an indicator come in a table.

    codes: dimension -> the codes that its figures have there. every: years from one to the next; None: no rule.
    """

    indicator_id: str
    codes: dict[str, list[str]]
    every: int | None


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
    sentences: dict[str, Sentence] = field(default_factory=dict)
    records: tuple[ProgrammeRecord, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    disclosure: Disclosure = field(default_factory=Disclosure)
    # Where in areas.yaml an area's part stands, such as `catalogue/areas.yaml:41`.
    area_places: dict[tuple[str, int], str] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """All indicators by id, in the order of the pillars."""
        return {indicator.id: indicator for file in self.pillars.values() for indicator in file.indicators}

    def programme_of(self, area_id: str) -> Programme | None:
        """Return the programme whose area this is, if any."""
        return next((programme for programme in self.programmes if programme.area == area_id), None)

    def tables_of(self, pillar_id: str) -> list[str]:
        """Return the ids of the tables that a pillar's indicators draw on, those of prices among them, each once."""
        indicators = self.pillars[pillar_id].indicators
        indices = {indicator.prices.index for indicator in indicators if indicator.prices is not None}
        return sorted({source.table for indicator in indicators for source in indicator.sources} | indices)

    def spacings(self, table: str) -> tuple[Spacing, ...]:
        """Return how often the figures of each indicator come that draws on a table."""
        found = []
        for indicator in self.indicators.values():
            every = None if indicator.every == "irregular" else indicator.every
            for source in indicator.sources:
                if source.table == table:
                    codes: dict[str, set[str]] = {}
                    for chosen in (source.numerator, source.denominator, source.value):
                        for name, code in (chosen or {}).items():
                            codes.setdefault(name, set()).update([code] if isinstance(code, str) else code)
                    del codes["ContentsCode"]
                    found.append(Spacing(indicator.id, {name: sorted(codes[name]) for name in codes}, every))
        return tuple(found)

    def rounding(self, source: IndicatorSource) -> float | None:
        """Return half of the last published decimal of a source's value in the indicator's unit; None: nobody knows it.

        A delivery's value without declared decimals is not rounded (0).
        """
        decimals, exact = source.decimals, False
        contract = self.contracts.get(source.table.removeprefix("delivery/")) if source.value is not None else None
        if decimals is None and contract is not None:
            published = contract.contents_of(source.value or {})
            decimals = max((contents.decimals for contents in published if contents.decimals is not None), default=None)
            exact = decimals is None
        return 0.0 if exact else None if decimals is None else 0.5 * 10.0**-decimals * source.scale

    def residents_on(self, table: str) -> str:
        """Return of which day's residents a table's figures count a part, checked to be said where it is needed."""
        named = self.tables.get(table) or self.contracts[table.removeprefix("delivery/")]
        return named.residents_on or ""

    def donors(self, plan: EvaluationPlan) -> list[str]:
        """Return the areas that an evaluation compares with, in the order of areas.yaml where a rule finds them."""
        return plan.donors_among(self.areas.values())

    def ancestors(self, area_id: str) -> list[str]:
        """Return the areas that an area lies in, the smallest first."""
        parent = self.areas[area_id].parent
        return [parent, *self.ancestors(parent)] if parent else []

    @property
    def asked(self) -> dict[str, SourceTable | Classification]:
        """What providers are asked for, by source name."""
        return {**self.tables, **self.classifications}

    @property
    def deliveries(self) -> dict[str, Delivered]:
        """Every contract by its source name, such as `delivery/fhi_crowding`, whatever the file holds."""
        every = {**self.contracts, **self.area_lists, **self.boundaries}
        return {f"delivery/{name}": contract for name, contract in every.items()}

    @property
    def fact_sources(self) -> list[str]:
        """The names of all sources that give figures: tables, delivered figures, boundaries with residents."""
        with_residents = [name for name, contract in self.boundaries.items() if contract.residents]
        return [*self.tables, *(f"delivery/{name}" for name in [*self.contracts, *with_residents])]

    @property
    def source_names(self) -> list[str]:
        """The names of everything that is asked for or delivered: tables, classifications, files."""
        return [*self.asked, *self.deliveries]

    @property
    def residents(self) -> dict[str, Residents]:
        """How each source that counts residents tells sex and age, in order of preference."""
        tables = {name: table.residents for name, table in self.tables.items() if table.residents}
        delivered = self.contracts.items()
        files = {f"delivery/{name}": contract.residents for name, contract in delivered if contract.residents}
        counting = (name for name, contract in self.boundaries.items() if contract.residents)
        return tables | files | {f"delivery/{name}": Residents() for name in counting}

    def only(self, *names: str) -> "Catalogue":
        """Return the catalogue with these parts alone, as `areas` or `pillars.work`; to look at others is an error.

        So that what is made of it depends on no more than it says. Raises KeyError for a name that is no part.
        """
        parts: dict[str, Any] = {part: Undeclared(part) for part in _PARTS}
        for part, key in map(self._part, names):
            whole = getattr(self, part)
            if key is None:
                parts[part] = whole
            elif isinstance(parts[part], Undeclared):
                parts[part] = {key: whole[key]}
            else:
                parts[part] = {**parts[part], key: whole[key]}
        return replace(self, **parts)

    def digests(self, *names: str) -> dict[str, str]:
        """Return the digest of each entry of these parts, by a name such as `indicator employment_rate`.

        Raises KeyError for a name that is no part.
        """
        found: dict[str, str] = {}
        for part, key in map(self._part, names):
            entries = self._digests[part]
            for entry in entries.values() if key is None else [entries[key]]:
                found |= entry
        return found

    def _part(self, name: str) -> tuple[str, str | None]:
        part, _, key = name.partition(".")
        if part not in _PARTS or (key and key not in getattr(self, part)):
            raise KeyError(f"the catalogue has no part '{name}'")
        return part, key or None

    @cached_property
    def _digests(self) -> dict[str, dict[str, dict[str, str]]]:
        """By part and key: the digest of each entry by the name that a person knows it by."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for part in _PARTS:
            whole = getattr(self, part)
            entries = whole if isinstance(whole, dict) else {"": whole}
            found[part] = {
                str(key): _digests_of(part if key == "" else f"{part} {key}", value) for key, value in entries.items()
            }
        return found


class Undeclared(Mapping[Any, Any]):
    """A part of the catalogue that was not asked for (`Catalogue.only`): every look at it is an error."""

    def __init__(self, part: str) -> None:
        self.part = part

    def _refuse(self) -> NoReturn:
        raise UndeclaredPart(f"the catalogue's {self.part} are used here, but not declared: add '{self.part}'")

    def __getitem__(self, key: Any) -> NoReturn:
        self._refuse()

    def __iter__(self) -> NoReturn:
        self._refuse()

    def __len__(self) -> NoReturn:
        self._refuse()

    def __contains__(self, key: object) -> NoReturn:
        self._refuse()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class UndeclaredPart(RuntimeError):
    """Somebody looks at a part of the catalogue that it did not declare to need."""


def _digests_of(name: str, value: Any) -> dict[str, str]:
    """Return the digests of an entry: of a pillar, one for each indicator."""
    if isinstance(value, PillarFile):
        own = {f"indicator {indicator.id}": indicator for indicator in value.indicators}
        return {name: _digest_of([value.pillar, *value.subgoals]), **{key: _digest_of(own[key]) for key in own}}
    return {name: _digest_of(value)}


def _digest_of(value: Any) -> str:
    return hashlib.sha256(_written(value).encode()).hexdigest()[:12]


def _written(value: Any) -> str:
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_written, value)) + "]"
    return repr(value)


_PARTS = (
    "pillars",
    "areas",
    "programmes",
    "providers",
    "tables",
    "contracts",
    "classifications",
    "area_lists",
    "boundaries",
    "evaluations",
    "sentences",
    "records",
    "not_asked",
    "disclosure",
    "area_places",
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
    sentence_files = _read([folder / "sentences.yaml"], SentencesFile, unreadable)
    records = _read(sorted((folder / "programmes").glob("*.yaml")), ProgrammeRecord, unreadable)
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
        sentences=sentence_files[0] if sentence_files else None,
        records=records,
        all_pillars=len(pillars) == len(pillar_names),
        all_contracts=len(contract_files) == len(contract_paths),
    )
    if found := [*unreadable, *checks.faults(files)]:
        raise CatalogueError("\n".join(found))
    [(areas, area_lines)], [(sources, _source_lines)] = area_files, source_files
    [(plans, _plan_lines)], [(said, _sentence_lines)] = evaluation_files, sentence_files
    return Catalogue(
        pillars={file.pillar.id: file for file, _lines in sorted(pillars, key=lambda pair: pair[0].pillar.order)},
        areas=_by_id(areas.areas),
        programmes=tuple(areas.programmes),
        providers=_by_id(sources.providers),
        tables=_by_id(sources.tables),
        contracts=_by_id(contract for contract, _lines in contract_files),
        digest=_digest(folder),
        disclosure=sources.disclosure,
        classifications=_by_id(sources.classifications),
        area_lists=_by_id(contract for contract, _lines in lists),
        boundaries=_by_id(contract for contract, _lines in polygons),
        evaluations=_by_id(plans.evaluations),
        sentences=_by_id(said.sentences),
        records=tuple(record for record, _lines in records),
        not_asked=tuple(sources.not_asked),
        area_places={
            (area.id, part): area_lines("areas", number, "parts", part)
            for number, area in enumerate(areas.areas)
            for part in range(len(area.parts))
        },
    )


def _by_id(entries: Iterable[Any]) -> dict[str, Any]:
    return {entry.id: entry for entry in entries}


def _read(paths: Iterable[Path], model: type[M], faults: list[str]) -> list[tuple[M, Lines]]:
    """Read files with the lines of their keys; what is wrong with those that cannot be read goes to `faults`."""
    read = []
    for path in paths:
        try:
            read.append(load_with_lines(path, model))
        except CatalogueError as error:
            faults.append(str(error))
    return read


_NOT_PILLARS = {"areas.yaml", "evaluations.yaml", "sentences.yaml", "sources.yaml"}


def _pillar_files(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name not in _NOT_PILLARS)


def _digest(folder: Path) -> str:
    """SHA-256 over all YAML of the catalogue: the same digest means the same definitions."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
