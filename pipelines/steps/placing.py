"""Official areas, what became of them, which codes make up each area of the catalogue, and its outline.

Reads what classifications, lists and polygons say; how one year's boundaries become another's belongs to
`indicators.geography`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from indicators import geography, outlines, population
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import BoundaryContract
from indicators.dictionary import SCHEMA
from indicators.geography import tree
from indicators.geography.membership import ADDING_UP
from pipelines.decoding.observations import POLYGONS
from pipelines.decoding.official_areas import AREAS, CHANGES, DISTRICTS
from pipelines.deliveries import boundary_file
from pipelines.steps.step import SNAPSHOT, Check, Finding, Inputs, Step
from pipelines.storage import geoparquet
from pipelines.storage.lake import Ref
from pipelines.storage.snapshots import Fetch

OFFICIAL, CHANGED, MEMBERSHIP, BOUNDARIES = (
    f"areas/{name}" for name in ("official", "changes", "membership", "boundaries")
)
MEMBERSHIP_COLUMNS, _BOUNDARY_COLUMNS = (SCHEMA[name].arrow for name in ("area_code", "boundary"))
_SIMPLIFIED_TO = 50.0  # metres; finer than a page shows


def steps(catalogue: Catalogue, residents: str) -> list[Step]:
    """Return the steps of the stage; residents: key of the step that has the cells of all sources of residents."""
    classifications = tuple(f"{SNAPSHOT}{name}" for name in catalogue.classifications)
    lists = tuple(f"{SNAPSHOT}delivery/{name}" for name in catalogue.area_lists)
    polygons = tuple(f"{SNAPSHOT}delivery/{name}" for name in catalogue.boundaries)
    sources = ("classifications", "area_lists")
    return [
        Step(
            OFFICIAL,
            (*classifications, *lists),
            sources,
            _official,
            "Every official area with its validity, and what it lies in.",
        ),
        Step(
            CHANGED,
            (OFFICIAL, *classifications),
            ("classifications",),
            _changed,
            "What became of official areas, by what evidence.",
        ),
        Step(
            MEMBERSHIP,
            (OFFICIAL, CHANGED, residents),
            ("areas", "area_places"),
            lambda inputs, catalogue: _membership(inputs, catalogue, residents),
            "Which codes make up each area of the catalogue, year by year.",
            (Check("codes_exist", "The codes of areas.yaml are official ones of their years.", _codes_exist),),
        ),
        Step(
            BOUNDARIES,
            (MEMBERSHIP, *polygons),
            ("areas", "boundaries"),
            _boundaries,
            "Polygons, where delivered, and the outlines that they make up (GeoParquet).",
        ),
    ]


# --- official areas -------------------------------------------------------------------------------------------------


def _official(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    """Return all official areas that any source tells of; Klass' own word goes before a list's, level by level."""
    found = pd.DataFrame(columns=tree.OFFICIAL_AREAS.names)
    zones, districts = pd.Series(dtype=str), [tree.NO_PAIRS]
    for name in [*catalogue.classifications, *(f"delivery/{contract}" for contract in catalogue.area_lists)]:
        source = inputs.source(name)
        listed = source.tables(AREAS)
        if not listed:
            continue
        # A list holds all its days, so that a later one takes its place whole.
        rows = _frame(listed[-1][1])
        placed = rows[(rows["level"] == tree.UNIT) & rows["name"].isna()]
        zones = pd.concat([zones, placed.set_index("code")["zone_code"]])
        districts += [ref.read().to_pandas() for _vintage, ref in source.tables(DISTRICTS)]
        rows = rows.drop(placed.index)
        found = pd.concat([found, rows[~rows["level"].isin(found["level"].unique())]], ignore_index=True)
    return _ordered(tree.placed(found, zones, pd.concat(districts, ignore_index=True)), tree.OFFICIAL_AREAS)


def _changed(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    """Return what became of the official areas: as Klass states it, else as the lists show it."""
    areas = _frame(inputs.ref(OFFICIAL))
    stated = list(_stated(inputs, catalogue, areas))
    stated_levels = {level for changes in stated for level in changes["level"].unique()}
    if tree.UNIT in set(areas["level"]) - stated_levels:
        inferred = geography.changes_from_lists(areas)
        stated.append(inferred[~inferred["level"].isin(stated_levels)])
    changes = pd.concat(stated, ignore_index=True) if stated else pd.DataFrame(columns=geography.CHANGES.names)
    return _ordered(changes, geography.CHANGES)


def _stated(inputs: Inputs, catalogue: Catalogue, areas: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for name, classification in catalogue.classifications.items():
        for _vintage, ref in inputs.source(name).tables(CHANGES):
            changes = ref.read().to_pandas()
            for level in classification.levels.values():
                own = changes[_level_of(changes, classification.levels) == level]
                yield geography.changes_from_klass(own, areas, level)


def _level_of(changes: pd.DataFrame, levels: dict[str, Any]) -> pd.Series:
    """Klass 1 lists tracts and units together: a tract's code ends in 00."""
    if tree.TRACT not in levels.values():
        return pd.Series(next(iter(levels.values())), index=changes.index)
    codes = changes["old_code"].fillna(changes["new_code"])
    return codes.str.endswith("00").map({True: tree.TRACT, False: tree.UNIT})


def _frame(ref: Ref) -> pd.DataFrame:
    frame: pd.DataFrame = ref.read().to_pandas(date_as_object=True)
    return frame


def _ordered(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    ordered = frame.sort_values(schema.names[:3], kind="stable")
    return pa.Table.from_pandas(ordered[schema.names], schema, preserve_index=False)


# --- membership -----------------------------------------------------------------------------------------------------


def _membership(inputs: Inputs, catalogue: Catalogue, residents: str) -> pa.Table:
    """Return which codes make up each area of the catalogue in which years; derived ones where areas are known."""
    places = list(catalogue.areas.values())
    rows = geography.membership(places)
    official = _frame(inputs.ref(OFFICIAL))
    # Residents of official areas by year are the weights of divisions.
    persons = inputs.run(population.official_counts, inputs.ref(residents)).read(["code", "year", "persons"])
    graph = _graph(official, _frame(inputs.ref(CHANGED)), tree.UNIT, persons.to_pandas())
    if graph is not None:
        rows += geography.derived(places, geography.units_by_year(official, graph.years), graph)
    return pa.Table.from_pylist(rows, schema=MEMBERSHIP_COLUMNS)


def change_graph(inputs: Inputs, level: str, last_year: int) -> geography.ChangeGraph | None:
    """Return the changes of a level; None where no such areas are known.

    last_year: what is valid in the newest list is taken to be so until then.
    """
    nobody = pd.DataFrame(columns=["code", "year", "persons"])
    found = _graph(_frame(inputs.ref(OFFICIAL)), _frame(inputs.ref(CHANGED)), level, nobody)
    return replace(found, last_year=last_year) if found is not None else None


def _graph(
    areas: pd.DataFrame, changes: pd.DataFrame, level: str, persons: pd.DataFrame
) -> geography.ChangeGraph | None:
    own = areas[areas["level"] == level].reset_index(drop=True)
    if own.empty:
        return None
    return geography.ChangeGraph(changes[changes["level"] == level].reset_index(drop=True), own, persons)


def _codes_exist(_table: pa.Table, inputs: Inputs, catalogue: Catalogue) -> Finding:
    unknown = unknown_codes(catalogue, _frame(inputs.ref(OFFICIAL)))
    return Finding(not unknown, "\n".join(f"* {line}" for line in unknown) or "all are")


def unknown_codes(catalogue: Catalogue, areas: pd.DataFrame) -> list[str]:
    """Return what areas.yaml says of codes that were not in use then: file, line, area, code, and the nearest one."""
    starts = areas.loc[areas["level"] == tree.UNIT, "valid_from"]
    if starts.empty:
        return []
    newest = max(starts).year
    ends = {min(part.last, newest) for area in catalogue.areas.values() for part in area.parts}
    units = geography.units_by_year(areas, sorted(year for year in ends if year >= min(starts).year))
    return [
        f"{catalogue.area_places[area.id, part]} {area.kind} '{area.id}': {code} does not exist on 1 January {year}"
        + (f" (did you mean {near}?)" if near else "")
        for area, part, code, year, near in geography.unknown_codes(catalogue.areas.values(), units)
    ]


# --- boundaries -----------------------------------------------------------------------------------------------------


def _boundaries(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    """Return the delivered polygons, and the outline of every area of the catalogue that they tile."""
    tables = [
        ref.read()
        for contract in catalogue.boundaries.values()
        for ref in _newest_by_year(contract, inputs.source(f"delivery/{contract.id}").tables(POLYGONS))
    ]
    if not tables:
        return _BOUNDARY_COLUMNS.empty_table()
    given = pa.concat_tables(tables).to_pylist()
    members = inputs.read(MEMBERSHIP).to_pylist()
    rows = []
    for year in sorted({polygon["year"] for polygon in given}):
        own = [polygon for polygon in given if polygon["year"] == year]
        # All of a year together, so that neighbours keep their shared borders.
        simple = outlines.simplified([polygon["geometry"] for polygon in own], _SIMPLIFIED_TO)
        drawn = {polygon["code"]: (polygon["geometry"], plain) for polygon, plain in zip(own, simple, strict=True)}
        rows += [
            _row(polygon["code"], polygon["level"], polygon["name"], year, *drawn[polygon["code"]]) for polygon in own
        ]
        rows += [
            _row(area.id, "area of the catalogue", area.name, year, *_joined(drawn[code] for code in codes))
            for area in catalogue.areas.values()
            if (codes := _tiling(area.id, year, members, set(drawn)))
        ]
    return geoparquet.with_geo_metadata(pa.Table.from_pylist(rows, schema=_BOUNDARY_COLUMNS))


def _newest_by_year(contract: BoundaryContract, files: Iterable[tuple[Fetch, Ref]]) -> Iterable[Ref]:
    """A file of polygons replaces the one before of the same year."""
    return {boundary_file.year_of(contract, file.data[0].path): ref for file, ref in files}.values()


def _tiling(area_id: str, year: int, members: list[dict[str, Any]], drawn: set[str]) -> list[str]:
    """Return the codes of the first of an area's parts of which every code has a polygon; none where no part has."""
    valid = [
        row
        for row in members
        if row["area_id"] == area_id
        and row["first_year"] <= year <= row["last_year"]
        and row["origin"] in ADDING_UP
        # Codes ending in 9900 hold residents of no known tract, and have no geometry.
        and not row["code"].endswith("9900")
    ]
    for part in sorted({row["part"] for row in valid}):
        codes = [row["code"] for row in valid if row["part"] == part]
        if drawn.issuperset(codes):
            return codes
    return []


def _joined(parts: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """The union of polygons, as they are and simplified."""
    whole, simple = zip(*parts, strict=True)
    return outlines.outline(whole), outlines.outline(simple)


def _row(area_id: str, level: str, name: str, year: int, geometry: bytes, simple: bytes) -> dict[str, Any]:
    return {
        "area_id": area_id,
        "level": level,
        "name": name,
        "year": year,
        "geometry": geometry,
        "outline_geojson": boundary_file.to_geojson(simple),
        "km2": outlines.area_km2(geometry),
    }
