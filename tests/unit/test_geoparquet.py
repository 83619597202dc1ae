"""GeoParquet against its specification (1.1.0) and two other readers: GeoPandas and DuckDB."""

from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from pipelines.formats.geojson import POLYGONS
from pipelines.storage.geoparquet import with_geo_metadata
from pipelines.storage.lake import Lake, Memo

SQUARE = shapely.box(10, 59, 11, 60)
ISLANDS = shapely.MultiPolygon([shapely.box(5, 61, 6, 62), shapely.box(7, 61, 8, 62)])


def areas(*geometries: shapely.Geometry | None) -> pa.Table:
    rows = [
        {
            "level": "tract",
            "code": f"060{number}",
            "name": "Åssiden",
            "year": 2024,
            "geometry": shapely.to_wkb(geometry),
        }
        for number, geometry in enumerate(geometries)
    ]
    return pa.Table.from_pylist(rows, POLYGONS)


def geo(table: pa.Table) -> dict:
    return orjson.loads(table.schema.metadata[b"geo"])


def test_the_key_says_what_the_specification_asks_for():
    assert geo(with_geo_metadata(areas(SQUARE, ISLANDS))) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["MultiPolygon", "Polygon"],
                "bbox": [5.0, 59.0, 11.0, 62.0],
            }
        },
    }


def test_only_types_that_occur_are_named():
    assert geo(with_geo_metadata(areas(SQUARE)))["columns"]["geometry"]["geometry_types"] == ["Polygon"]


def test_rows_and_other_metadata_are_kept():
    before = areas(SQUARE).replace_schema_metadata({"licence": "CC BY 4.0"})
    after = with_geo_metadata(before)
    assert after.equals(before)
    assert after.schema.metadata[b"licence"] == b"CC BY 4.0"


def test_a_second_time_changes_nothing():
    once = with_geo_metadata(areas(SQUARE))
    assert with_geo_metadata(once).equals(once, check_metadata=True)


@pytest.mark.parametrize("rows", [(), (None,)])
def test_no_geometry_has_no_bounds(rows):
    assert geo(with_geo_metadata(areas(*rows)))["columns"]["geometry"] == {"encoding": "WKB", "geometry_types": []}


def test_null_beside_a_geometry_is_allowed():
    assert geo(with_geo_metadata(areas(None, SQUARE)))["columns"]["geometry"]["bbox"] == [10.0, 59.0, 11.0, 60.0]


def test_another_column_may_hold_the_geometry():
    table = areas(SQUARE).rename_columns({"geometry": "outline"})
    assert geo(with_geo_metadata(table, "outline"))["primary_column"] == "outline"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("outline", "no column 'outline'; expected one of WKB among"),
        ("name", "column 'name' is string; expected binary"),
    ],
)
def test_a_column_that_cannot_be_is_refused(column, message):
    with pytest.raises(ValueError, match=message):
        with_geo_metadata(areas(SQUARE), column)


@pytest.mark.parametrize(
    ("given", "message"),
    [(b"POLYGON", "is no WKB"), (shapely.to_wkb(shapely.force_3d(SQUARE)), "has heights; expected two dimensions")],
)
def test_binary_that_is_no_flat_geometry_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        with_geo_metadata(pa.table({"geometry": pa.array([given], pa.binary())}))


def written(path: Path) -> Path:
    pq.write_table(with_geo_metadata(areas(SQUARE, ISLANDS)), path / "areas.parquet")
    return path / "areas.parquet"


def in_the_lake(path: Path) -> Path:
    lake = Lake(path)
    return lake.write("areas", with_geo_metadata(areas(SQUARE, ISLANDS)), Memo()).path


@pytest.mark.parametrize("write", [written, in_the_lake])
def test_geopandas_reads_the_same_polygons_in_wgs84(write, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    frame = geopandas.read_parquet(write(tmp_path))
    # CRS84 is EPSG:4326 with the axes in the order of the coordinates.
    assert frame.crs.equals("OGC:CRS84")
    assert frame.crs.equals("EPSG:4326", ignore_axis_order=True)
    assert list(frame.geometry) == [SQUARE, ISLANDS]
    assert list(frame["code"]) == ["0600", "0601"]


@pytest.fixture
def duck():
    """Without extensions from the network: `spatial` is neither fetched nor loaded."""
    with duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    ) as connection:
        yield connection


def test_duckdb_without_spatial_reads_the_other_columns(duck, tmp_path):
    found = duck.read_parquet(str(written(tmp_path))).select("level, code, name, year").fetchall()
    assert found == [("tract", "0600", "Åssiden", 2024), ("tract", "0601", "Åssiden", 2024)]
    loaded = duck.sql("select extension_name from duckdb_extensions() where loaded").fetchall()
    assert ("spatial",) not in loaded


def test_duckdb_gives_the_geometry_back_as_it_was_written(duck, tmp_path):
    duck.execute("set enable_geoparquet_conversion = false")
    ((geometry,), _) = duck.read_parquet(str(written(tmp_path))).select("geometry").fetchall()
    assert shapely.from_wkb(bytes(geometry)) == SQUARE
