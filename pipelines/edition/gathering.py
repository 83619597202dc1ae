"""Every table of the warehouse: figures from the lake, provenance from the snapshots, definitions from the catalogue.

Only gathers. What must not be seen is blanked by `masking`, how an edition is put out belongs to `publishing`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from indicators import periods, population
from indicators.catalogue import Catalogue, coverage
from indicators.catalogue.models import Indicator, Model
from indicators.catalogue.programme_record import MeasureTaken
from indicators.dictionary import SCHEMA
from pipelines.edition import masking, naming, provenance, releases
from pipelines.steps import backtesting, comparing, counting, evaluating, placing, revising, standardising
from pipelines.steps.measuring import Run
from pipelines.storage.snapshots import DELIVERED
from pipelines.storage.store import Store

_FIRST_YEAR, _LAST_YEAR = 1900, 2999
KEPT_WHOLE = {
    "area_code": placing.MEMBERSHIP,
    "official_area": placing.OFFICIAL,
    "area_change": placing.CHANGED,
    "boundary": placing.BOUNDARIES,
    "population": counting.RESIDENTS,
    "reconciliation": counting.RECONCILIATION,
    "comparison": comparing.COMPARISON,
    "pillar_view": comparing.PILLARS,
    "change_test": comparing.CHANGES,
    "small_area": comparing.SMALL_AREAS,
    "standardised": standardising.STANDARDISED_FIGURES,
    "forecast_calibration": backtesting.CALIBRATION,
    "base_rate": backtesting.BASE_RATES,
    "evaluation": evaluating.RESULTS,
    "evaluation_placebo": evaluating.PLACEBOS,
}
"""Tables that are published as the lake has them, by the key of their step."""


def gathered_keys(catalogue: Catalogue) -> list[str]:
    """Return the keys of all steps whose tables an edition is made of."""
    facts = (f"facts/{name}" for name in catalogue.fact_sources)
    pillars = (f"{stage}/{pillar}" for stage in ("measures", "skill", "series") for pillar in catalogue.pillars)
    return [*facts, *pillars, *KEPT_WHOLE.values(), revising.REVISIONS]


def gather(
    run: Run,
    catalogue: Catalogue,
    store: Store,
    checks: Iterable[dict[str, Any]],
    runs: Iterable[dict[str, Any]],
    *,
    synthetic: bool,
) -> dict[str, pa.Table]:
    """Return every table of the warehouse by name, in its contract's columns.

    checks, runs: rows of `check_result` and `refresh_run`. synthetic: figures are made up, and so may be what the
    programmes' record says. Raises LakeError where a table is not made.
    """
    lake = store.lake
    stages = {
        stage: pa.concat_tables(lake.read(f"{stage}/{pillar}") for pillar in catalogue.pillars)
        for stage in ("measures", "skill", "series")
    }
    facts = {name: lake.read(f"facts/{name}") for name in catalogue.fact_sources}
    shown = masking.masked(run, catalogue, facts, stages["measures"], lake.read(placing.MEMBERSHIP))
    shown |= {name: naming.in_no_order(table) for name, table in shown.items() if name.startswith(f"{DELIVERED}/")}
    observations = pa.concat_tables(shown.values()).drop(["cell"])
    residents = run(population.newest, lake.ref(counting.RESIDENTS)).read().to_pylist()
    rows = {
        "pillar": _pillars(catalogue),
        "subgoal": _subgoals(catalogue),
        "indicator": _indicators(catalogue),
        "coverage": coverage.rows(catalogue),
        "sentence": coverage.sentences(catalogue),
        "programme": _programmes(catalogue),
        **recorded(catalogue, synthetic=synthetic),
        "area": _areas(catalogue, {row["area_id"]: (row["population"], row["population_period"]) for row in residents}),
        "refresh_run": list(runs),
        "check_result": list(checks),
        "release": [release.row for release in releases.made(store.root)],
    }
    tables = {
        "observation": observations,
        "measure": stages["measures"],
        "series": stages["series"],
        "forecast_skill": stages["skill"],
        **{name: lake.read(key) for name, key in KEPT_WHOLE.items()},
        "revision": masking.masked_revisions(catalogue, lake.read(revising.REVISIONS), observations),
        "snapshot": provenance.responses(store),
        **{name: pa.Table.from_pylist(found, schema=SCHEMA[name].arrow) for name, found in rows.items()},
    }
    return naming.named(tables, store.names)


def _pillars(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"pillar_id": pillar.id, "position": pillar.order, "name_no": pillar.name_no, "name_en": pillar.name_en}
        for pillar in (file.pillar for file in catalogue.pillars.values())
    ]


def _subgoals(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"subgoal_id": subgoal.id, "pillar_id": pillar, "name_no": subgoal.name_no, "name_en": subgoal.name_en}
        for pillar, file in catalogue.pillars.items()
        for subgoal in file.subgoals
    ]


def _indicators(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        _indicator(pillar, indicator) for pillar, file in catalogue.pillars.items() for indicator in file.indicators
    ]


def _indicator(pillar: str, indicator: Indicator) -> dict[str, Any]:
    same = ("subgoal", "name_no", "name_en", "definition_no", "definition_en", "unit", "decimals", "direction")
    return {
        "indicator_id": indicator.id,
        "pillar_id": pillar,
        **{("subgoal_id" if name == "subgoal" else name): getattr(indicator, name) for name in same},
        "method": ", ".join(dict.fromkeys(source.method for source in indicator.sources)),
        "numerator_no": indicator.numerator_no,
        "numerator": indicator.numerator,
        "denominator_no": indicator.denominator_no,
        "denominator": indicator.denominator,
        "sources": [source.table for source in indicator.sources],
        "periodicity": indicator.periodicity,
        "baseline_note_no": indicator.baseline.note_no,
        "baseline_note": indicator.baseline.note,
        "target_note_no": indicator.target.note_no if indicator.target else None,
        "target_note": indicator.target.note if indicator.target else None,
        "caveats_no": "\n".join(indicator.warnings_no) or None,
        "caveats": "\n".join(indicator.warnings) or None,
        "elsewhere": list(indicator.elsewhere.items()),
    }


def _programmes(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "programme_id": one.id,
            "area_id": one.area,
            "name_no": one.name_no,
            "name_en": one.name_en,
            "first_year": one.start,
            "last_year": one.end,
        }
        for one in catalogue.programmes
    ]


def recorded(catalogue: Catalogue, *, synthetic: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of what the programmes recorded, by table: `measure_taken`, `finding` and so on.

    synthetic: the edition's figures are made up. What is made up of a record is in no edition of real figures.
    """
    parts = {
        "measure_taken": "measures_taken",
        "finding": "findings",
        "obstacle": "obstacles",
        "adjustment": "adjustments",
        "budget": "budget",
    }
    told = [record for record in catalogue.records if synthetic or not record.synthetic]
    return {
        table: [
            {"programme_id": record.programme, "synthetic": record.synthetic, **row}
            for record in told
            for row in _entries(table, getattr(record, part))
        ]
        for table, part in parts.items()
    }


def _entries(table: str, entries: Iterable[Model]) -> Iterator[dict[str, Any]]:
    renamed = {"id": f"{table}_id", "subgoal": "subgoal_id"}
    for entry in entries:
        row = {renamed.get(name, name): value for name, value in entry.model_dump().items()}
        if isinstance(entry, MeasureTaken):
            row["first_day"] = periods.parse(entry.first).start
            row["last_day"] = periods.parse(entry.last).end if entry.last else None
        yield row


def _areas(catalogue: Catalogue, population: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    """Rows of `area`: each place of the catalogue, and each official code that is a part of one."""
    places = [
        {
            "area_id": area.id,
            "kind": area.kind,
            "name": area.name,
            "parent_id": area.parent,
            "valid_from": None,
            "valid_to": None,
            "population": population.get(area.id, (None, None))[0],
            "population_period": population.get(area.id, (None, None))[1],
            "provisional": area.provisional,
            "note_no": area.note_no,
            "note": area.note,
        }
        for area in catalogue.areas.values()
    ]
    codes = {
        (code, part.first, part.last): {
            "area_id": code,
            "kind": _kind_of(code, area.kind),
            "name": f"{area.name}, code {code}",
            "parent_id": area.id,
            "valid_from": date(part.first, 1, 1) if part.first > _FIRST_YEAR else None,
            "valid_to": date(part.last, 12, 31) if part.last < _LAST_YEAR else None,
            "population": None,
            "population_period": None,
            "provisional": area.provisional,
            "note": None,
        }
        for area in catalogue.areas.values()
        for part in area.parts
        for code in part.codes
        if code != area.id
    }
    return [*places, *codes.values()]


def _kind_of(code: str, kind: str) -> str:
    """What an official code is, by its form; codes of other forms are what the area is."""
    if len(code) == 8:
        return "statistical tract" if code.endswith("00") else "basic statistical unit"
    return kind
