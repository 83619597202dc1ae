"""Official areas, what became of them, and which codes make up each area of the catalogue.

The pipelines' side of `indicators.geography`: reads stored classifications, lists and polygons. How one year's
boundaries become another's is not here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa

from indicators import geography, outlines, population
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import BoundaryContract
from indicators.geography import tree
from indicators.geography.membership import ADDING_UP
from pipelines import engine
from pipelines.assets.facts import residents_of
from pipelines.assets.kept import table_asset
from pipelines.deliveries import area_file, boundary_file
from pipelines.errors import SourceError
from pipelines.providers import klass
from pipelines.resources import Workspace
from pipelines.storage import geoparquet
from pipelines.storage.snapshots import Fetch, StoredResponse

MEMBERSHIP = pa.schema(
    [
        ("area_id", pa.string()),
        ("part", pa.int16()),
        ("code", pa.string()),
        ("first_year", pa.int16()),
        ("last_year", pa.int16()),
        ("codes", pa.int32()),
        ("weight", pa.float64()),
        ("origin", pa.string()),
    ]
)
BOUNDARY = pa.schema(
    [
        ("area_id", pa.string()),
        ("level", pa.string()),
        ("name", pa.string()),
        ("year", pa.int16()),
        ("geometry", pa.binary()),
        ("outline_geojson", pa.string()),
        ("km2", pa.float64()),
    ]
)
STAGE = ("official", "changes", "membership", "boundaries")
_SIMPLIFIED_TO = 50.0  # metres; finer than a page shows


def area_sources(catalogue: Catalogue) -> list[str]:
    """Return the names of the sources that tell of official areas."""
    return [*catalogue.classifications, *(f"delivery/{one}" for one in catalogue.area_lists)]


def read_areas(workspace: Workspace, name: str, fetch: Fetch) -> pd.DataFrame:
    """Return a stored classification or list as official areas. Raises SourceError naming source and place."""
    key = (name, *(one.sha256 for one in fetch.responses))
    if key not in workspace.listed:
        try:
            areas = _read_areas(workspace, name, fetch)
            tree.check(areas[areas["name"].notna()])
        except tree.TreeError as error:
            raise SourceError(f"{name}: {error}") from error
        workspace.listed[key] = areas
    return workspace.listed[key]


def _read_areas(workspace: Workspace, name: str, fetch: Fetch) -> pd.DataFrame:
    if name in workspace.catalogue.classifications:
        return _from_klass(workspace, name, fetch)
    contract = workspace.catalogue.area_lists[fetch.table_id]
    # A list holds all its days, so that a later one takes its place whole.
    newest = fetch.data[-1]
    lists = area_file.read(contract, workspace.store.get(newest.sha256), newest.path)
    if contract.units is None:
        return geography.from_yearly_lists(lists)
    # Units are listed here only to say which zone they lie in.
    units = lists[lists["level"] == tree.UNIT]
    zones = geography.from_yearly_lists(lists[lists["level"] != tree.UNIT])
    return pd.concat([zones, units.drop(columns="day")], ignore_index=True)


def _from_klass(workspace: Workspace, name: str, fetch: Fetch) -> pd.DataFrame:
    levels = workspace.catalogue.classifications[name].levels
    tables = [
        klass.read_codes(workspace.store.get(one.sha256), one.url).to_pandas()
        for one in fetch.responses
        if one.role == "codes"
    ]
    codes = pd.concat(tables, ignore_index=True)
    codes = codes[codes["level"].isin(list(levels))]
    level = codes["level"].map(dict(levels))
    return codes.assign(level=level, district_code=None, zone_code=None)[tree.OFFICIAL_AREAS.names]


def official_areas(workspace: Workspace) -> pd.DataFrame:
    """Return all official areas that any source tells of; Klass' own word goes before a list's, level by level."""
    found = pd.DataFrame(columns=tree.OFFICIAL_AREAS.names)
    zones, districts = pd.Series(dtype=str), [tree.NO_PAIRS]
    for name in area_sources(workspace.catalogue):
        fetch = workspace.store.latest(*name.split("/"))
        if fetch is None:
            continue
        rows = read_areas(workspace, name, fetch)
        placed = rows[(rows["level"] == tree.UNIT) & rows["name"].isna()]
        zones = pd.concat([zones, placed.set_index("code")["zone_code"]])
        districts += _districts(workspace, fetch)
        rows = rows.drop(placed.index)
        found = pd.concat([found, rows[~rows["level"].isin(found["level"].unique())]], ignore_index=True)
    return tree.placed(found, zones, pd.concat(districts, ignore_index=True))


def _districts(workspace: Workspace, fetch: Fetch) -> list[pd.DataFrame]:
    """Which unit lies in which city district and when, where Klass gives tables of correspondences."""
    return [
        klass.read_correspondences(workspace.store.get(one.sha256), one.url).to_pandas()
        for one in fetch.responses
        if one.role == "correspondences"
    ]


def area_changes(workspace: Workspace, areas: pd.DataFrame) -> pd.DataFrame:
    """Return what became of the official areas: as Klass states it, else as the lists show it."""
    stated = list(_stated(workspace, areas))
    told = {level for one in stated for level in one["level"].unique()}
    inferred = geography.changes_from_lists(areas) if tree.UNIT in set(areas["level"]) - told else None
    if inferred is not None:
        stated.append(inferred[~inferred["level"].isin(told)])
    return pd.concat(stated, ignore_index=True) if stated else pd.DataFrame(columns=geography.CHANGES.names)


def _stated(workspace: Workspace, areas: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for name, classification in workspace.catalogue.classifications.items():
        fetch = workspace.store.latest(*name.split("/"))
        for response in fetch.responses if fetch else ():
            if response.role != "changes":
                continue
            changes = klass.read_changes(workspace.store.get(response.sha256), response.url).to_pandas()
            for level in classification.levels.values():
                own = changes[_level_of(changes, classification.levels) == level]
                yield geography.changes_from_klass(own, areas, level)


def _level_of(changes: pd.DataFrame, levels: dict[str, Any]) -> pd.Series:
    """Klass 1 lists tracts and units together: a tract's code ends in 00."""
    if tree.TRACT not in levels.values():
        return pd.Series(next(iter(levels.values())), index=changes.index)
    codes = changes["old_code"].fillna(changes["new_code"])
    return codes.str.endswith("00").map({True: tree.TRACT, False: tree.UNIT})


def membership(workspace: Workspace, areas: pd.DataFrame, changes: pd.DataFrame, persons: pd.DataFrame) -> pa.Table:
    """Return which codes make up each area of the catalogue in which years; derived ones where areas are known."""
    places = list(workspace.catalogue.areas.values())
    rows = geography.membership(places)
    graph = _graph(areas, changes, tree.UNIT, persons)
    if graph is not None:
        rows += geography.derived(places, geography.units_by_year(areas, graph.years), graph)
    return pa.Table.from_pylist(rows, schema=MEMBERSHIP)


def unknown_codes(workspace: Workspace, areas: pd.DataFrame) -> list[str]:
    """Return what areas.yaml says of codes that were not in use then: file, line, area, code, and the nearest one."""
    starts = areas.loc[areas["level"] == tree.UNIT, "valid_from"]
    if starts.empty:
        return []
    catalogue, newest = workspace.catalogue, max(starts).year
    ends = {min(part.last, newest) for area in catalogue.areas.values() for part in area.parts}
    units = geography.units_by_year(areas, sorted(year for year in ends if year >= min(starts).year))
    return [
        f"{catalogue.area_places[area.id, part]} {area.kind} '{area.id}': {code} does not exist on 1 January {year}"
        + (f" (did you mean {near}?)" if near else "")
        for area, part, code, year, near in geography.unknown_codes(catalogue.areas.values(), units)
    ]


def change_graph(workspace: Workspace, level: str, last_year: int) -> geography.ChangeGraph | None:
    """Return the changes of a level, as the lake has them; None where no such areas are known.

    last_year: what is valid in the newest list is taken to be so until then.
    """
    official, changes = (_frame(workspace, dg.AssetKey(["areas", name])) for name in ("official", "changes"))
    found = _graph(official, changes, level, pd.DataFrame(columns=["code", "year", "persons"]))
    return replace(found, last_year=last_year) if found is not None else None


def _graph(
    areas: pd.DataFrame, changes: pd.DataFrame, level: str, persons: pd.DataFrame
) -> geography.ChangeGraph | None:
    own = areas[areas["level"] == level].reset_index(drop=True)
    if own.empty:
        return None
    return geography.ChangeGraph(changes[changes["level"] == level].reset_index(drop=True), own, persons)


def _persons(workspace: Workspace) -> pd.DataFrame:
    """Residents of official areas by year, for the weights of divisions."""
    frame: pd.DataFrame = engine.compute(population.official_counts, residents_of(workspace)).to_pandas()
    return frame[["code", "year", "persons"]]


# --- boundaries -----------------------------------------------------------------------------------------------------


def polygons(workspace: Workspace) -> pa.Table:
    """Return the delivered polygons, and the outline of every area of the catalogue that they tile (BOUNDARY)."""
    tables = [
        boundary_file.polygons(contract, workspace.store.get(one.sha256), one.path)
        for contract in workspace.catalogue.boundaries.values()
        if (fetch := workspace.store.latest("delivery", contract.id)) is not None
        for one in _newest_by_year(contract, fetch)
    ]
    if not tables:
        return BOUNDARY.empty_table()
    given = pa.concat_tables(tables).to_pylist()
    members = workspace.lake.read(["areas", "membership"]).to_pylist()
    rows = []
    for year in sorted({one["year"] for one in given}):
        own = [one for one in given if one["year"] == year]
        # All of a year together, so that neighbours keep their shared borders.
        simple = outlines.simplified([one["geometry"] for one in own], _SIMPLIFIED_TO)
        drawn = {one["code"]: (one["geometry"], plain) for one, plain in zip(own, simple, strict=True)}
        rows += [_row(one["code"], one["level"], one["name"], year, *drawn[one["code"]]) for one in own]
        rows += [
            _row(area.id, "area of the catalogue", area.name, year, *_joined(drawn[code] for code in codes))
            for area in workspace.catalogue.areas.values()
            if (codes := _tiling(area.id, year, members, set(drawn)))
        ]
    return geoparquet.with_geo_metadata(pa.Table.from_pylist(rows, schema=BOUNDARY))


def _newest_by_year(contract: BoundaryContract, fetch: Fetch) -> Iterable[StoredResponse]:
    """A file of polygons replaces the one before of the same year."""
    return {boundary_file.year_of(contract, one.path): one for one in fetch.data}.values()


def _tiling(area_id: str, year: int, members: list[dict[str, Any]], there: set[str]) -> list[str]:
    """The codes of the first of an area's parts of which every code has a polygon; none where no part has."""
    valid = [
        row
        for row in members
        if row["area_id"] == area_id
        and row["first_year"] <= year <= row["last_year"]
        and row["origin"] in ADDING_UP
        # Who is placed in no tract lives in no polygon.
        and not row["code"].endswith("9900")
    ]
    for part in sorted({row["part"] for row in valid}):
        codes = [row["code"] for row in valid if row["part"] == part]
        if there.issuperset(codes):
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


# --- assets ---------------------------------------------------------------------------------------------------------


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition | dg.AssetChecksDefinition]:
    """Yield one asset per table of the stage."""
    snapshots = [dg.AssetKey(["snapshot", *name.split("/")]) for name in area_sources(catalogue)]
    residents = [dg.AssetKey(["facts", *name.split("/")]) for name in catalogue.residents]
    polygon_files = [dg.AssetKey(["snapshot", "delivery", name]) for name in catalogue.boundaries]
    official, changes, member, _boundaries = (dg.AssetKey(["areas", name]) for name in STAGE)

    def made_official(workspace: Workspace) -> pa.Table:
        return _table(official_areas(workspace), tree.OFFICIAL_AREAS)

    def made_changes(workspace: Workspace) -> pa.Table:
        return _table(area_changes(workspace, _frame(workspace, official)), geography.CHANGES)

    def made_membership(workspace: Workspace) -> pa.Table:
        return membership(workspace, _frame(workspace, official), _frame(workspace, changes), _persons(workspace))

    yield table_asset(official, snapshots, made_official, "Every official area with its validity, and what it lies in.")
    yield table_asset(changes, [official, *snapshots], made_changes, "What became of official areas, by what evidence.")
    yield table_asset(
        member,
        [official, changes, *residents],
        made_membership,
        "Which codes make up each area of the catalogue, year by year.",
    )

    @dg.asset_check(
        asset=member, name="codes_exist", description="The codes of areas.yaml are official ones of their years."
    )
    def codes_exist(workspace: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
        faults = unknown_codes(workspace, _frame(workspace, official))
        return dg.AssetCheckResult(
            passed=not faults,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"reason": dg.MetadataValue.md("\n".join(f"* {one}" for one in faults) or "all are")},
        )

    yield codes_exist
    yield table_asset(
        _boundaries,
        [member, *polygon_files],
        polygons,
        "Polygons, where delivered, and the outlines that they make up (GeoParquet).",
    )


def _frame(workspace: Workspace, key: dg.AssetKey) -> pd.DataFrame:
    frame: pd.DataFrame = workspace.lake.read(key.path).to_pandas(date_as_object=True)
    return frame


def _table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    ordered = frame.sort_values(schema.names[:3], kind="stable")
    return pa.Table.from_pandas(ordered[schema.names], schema, preserve_index=False)
