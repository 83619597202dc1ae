"""Drammen's 17 tracts in five years, borders by Kartverket, in some 410 points for all tracts together.

Published for the municipality (2020, as quoted by Wikipedia from Kartverket and Statistics Norway): 345.22 km2 in all,
with its part of the fjord; 317.68 km2 of land and fresh water; 305.12 km2 of land. Tracts reach out into the fjord, so
the first figure is the one to compare with; borders this coarse may miss it by 1 % (they miss it by 0.3 %).
"""

from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from indicators.outlines import area_km2, outline, simplified
from pipelines.formats import geojson as boundaries
from pipelines.storage.geoparquet import with_geo_metadata
from tests.recorded import RECORDED

YEARS = [2019, 2020, 2023, 2024, 2025]
IN_ALL, LAND_AND_FRESH_WATER = 345.22, 317.68


@cache
def tracts(year: int) -> pa.Table:
    path = RECORDED / "geo" / f"drammen_tracts_{year}.geojson"
    return boundaries.read(
        path.read_bytes(), path.name, code="delomraade_no", name="delomraade_name", level="tract", year=year
    )


def polygons(year: int) -> list[bytes]:
    return tracts(year)["geometry"].to_pylist()


def of(year: int, code: str) -> bytes:
    return dict(zip(tracts(year)["code"].to_pylist(), polygons(year), strict=True))[code]


@pytest.mark.parametrize("year", YEARS)
def test_all_tracts_of_a_year_are_read(year):
    table = tracts(year)
    assert table.num_rows == 17
    assert set(table["year"].to_pylist()) == {year}
    assert all(len(code) == 8 for code in table["code"].to_pylist())


@pytest.mark.parametrize(("year", "code"), [(2019, "06020600"), (2020, "30050600"), (2024, "33010600")])
def test_stromso_has_the_code_of_its_year_with_its_zeros(year, code):
    assert dict(zip(tracts(year)["code"].to_pylist(), tracts(year)["name"].to_pylist(), strict=True))[code] == "Strømsø"


@pytest.mark.parametrize("year", YEARS)
def test_the_municipality_is_one_outline_of_the_published_area(year):
    municipality = outline(polygons(year))
    assert shapely.from_wkb(municipality).geom_type == "Polygon"
    assert not shapely.from_wkb(municipality).interiors
    assert area_km2(municipality) == pytest.approx(IN_ALL, rel=0.01)
    assert area_km2(municipality) > LAND_AND_FRESH_WATER


def test_the_outline_did_not_change_between_2024_and_2025():
    assert shapely.from_wkb(outline(polygons(2024))).equals(shapely.from_wkb(outline(polygons(2025))))


@pytest.mark.parametrize("year", YEARS)
def test_a_second_implementation_finds_the_same_area(year):
    # PROJ goes along geodesics: with points every 0.0005 degrees that is GeoJSON's straight line too.
    geod = pytest.importorskip("pyproj").Geod(ellps="WGS84")
    for polygon in polygons(year):
        dense = shapely.segmentize(shapely.from_wkb(polygon), 0.0005)
        geodesic = abs(geod.geometry_area_perimeter(dense)[0]) / 1e6
        assert area_km2(polygon) == pytest.approx(geodesic, rel=1e-6)


def test_a_district_of_two_tracts_has_the_area_of_both():
    stromso, tangen = of(2024, "33010600"), of(2024, "33010700")
    district = outline([stromso, tangen])
    assert shapely.from_wkb(district).geom_type == "Polygon"
    assert area_km2(district) == pytest.approx(area_km2(stromso) + area_km2(tangen), rel=1e-12)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("tolerance", [50, 200, 1000])
def test_simplified_tracts_still_touch(year, tolerance):
    fewer = simplified(polygons(year), tolerance)
    shapes = shapely.from_wkb(fewer)
    assert shapely.coverage_is_valid(shapes)
    assert sum(shapely.get_num_coordinates(shapes)) < sum(shapely.get_num_coordinates(shapely.from_wkb(polygons(year))))
    union = outline(fewer)
    assert area_km2(union) == pytest.approx(sum(map(area_km2, fewer)), rel=1e-9)
    assert shapely.from_wkb(union).geom_type == "Polygon" and not shapely.from_wkb(union).interiors


@pytest.mark.parametrize("year", YEARS)
def test_neighbours_stay_neighbours(year):
    before, after = (shapely.from_wkb(some) for some in (polygons(year), simplified(polygons(year), 200)))
    assert [[a.touches(b) for b in before] for a in before] == [[a.touches(b) for b in after] for a in after]


@pytest.mark.parametrize("year", YEARS)
def test_geopandas_reads_what_is_written(year, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    pq.write_table(with_geo_metadata(tracts(year)), tmp_path / "tracts.parquet")
    frame = geopandas.read_parquet(tmp_path / "tracts.parquet")
    assert frame.crs.equals("OGC:CRS84")
    assert frame.geometry.to_wkb().tolist() == polygons(year)
