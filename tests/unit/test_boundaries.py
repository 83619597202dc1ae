"""Boundaries: what is read as it stands, and what is refused, all at once and by number and code."""

from typing import Any

import orjson
import pytest
import shapely

from pipelines.formats import geojson as boundaries
from pipelines.formats.format_error import FormatError

SQUARE = [[[10, 59], [11, 59], [11, 60], [10, 60], [10, 59]]]
BOW_TIE = [[[10, 59], [11, 60], [11, 59], [10, 60], [10, 59]]]
# The same corner in EPSG:25833: east and north in metres.
UTM = [[[212345.6, 6623456.7], [213345.6, 6623456.7], [213345.6, 6624456.7], [212345.6, 6623456.7]]]


def polygon(coordinates: Any = SQUARE, **members: Any) -> dict:
    return {"type": "Polygon", "coordinates": coordinates, **members}


def feature(code: Any = "0602", name: Any = "Drammen", geometry: Any = None, **members: Any) -> dict:
    properties = {"no": code, "name": name}
    return {"type": "Feature", "properties": properties, "geometry": geometry or polygon(), **members}


def collection(*features: Any, **members: Any) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features, **members})


def read(content: bytes):
    return boundaries.read(content, "areas.geojson", code="no", name="name", level="municipality", year=2019)


def refusal(content: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read(content)
    assert str(caught.value).startswith("areas.geojson: ") or str(caught.value).startswith("areas.geojson:\n")
    return str(caught.value)


class TestReads:
    def test_an_area_with_code_name_level_and_year(self):
        table = read(collection(feature()))
        assert table.schema == boundaries.POLYGONS
        (row,) = table.to_pylist()
        assert shapely.from_wkb(row.pop("geometry")).equals(shapely.box(10, 59, 11, 60))
        assert row == {"level": "municipality", "code": "0602", "name": "Drammen", "year": 2019}

    def test_the_order_of_the_file_and_the_zeros_of_the_codes_stay(self):
        codes = ["1101", "0602", "0301"]
        assert read(collection(*map(feature, codes)))["code"].to_pylist() == codes

    def test_a_multipolygon(self):
        given = {"type": "MultiPolygon", "coordinates": [SQUARE, [[[12, 59], [13, 59], [13, 60], [12, 59]]]]}
        (geometry,) = read(collection(feature(geometry=given)))["geometry"].to_pylist()
        assert shapely.from_wkb(geometry).area == 1.5

    def test_heights_are_dropped(self):
        given = polygon([[[*position, 120.5] for position in SQUARE[0]]])
        (geometry,) = read(collection(feature(geometry=given)))["geometry"].to_pylist()
        assert not shapely.from_wkb(geometry).has_z

    def test_a_hole_stays(self):
        hole = [[10.4, 59.4], [10.4, 59.6], [10.6, 59.6], [10.4, 59.4]]
        (geometry,) = read(collection(feature(geometry=polygon([*SQUARE, hole]))))["geometry"].to_pylist()
        assert shapely.from_wkb(geometry).area == pytest.approx(1 - 0.02)

    def test_a_byte_order_mark_is_no_fault(self):
        assert read(b"\xef\xbb\xbf" + collection(feature())).num_rows == 1

    def test_coordinates_at_the_edge_of_the_world(self):
        world = [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]
        assert read(collection(feature(geometry=polygon(world)))).num_rows == 1

    @pytest.mark.parametrize(
        "name",
        [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::CRS84",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "OGC:CRS84",
            "EPSG:4326",
            "urn:ogc:def:crs:EPSG::4326",
            "https://www.opengis.net/def/crs/EPSG/0/4326",
        ],
    )
    def test_a_crs_that_is_wgs84(self, name):
        assert read(collection(feature(), crs={"type": "name", "properties": {"name": name}})).num_rows == 1


class TestRepairs:
    def test_a_spike_goes(self):
        # Out from the corner (11, 60) to (12, 60) and back: no area.
        spike = [[[10, 59], [11, 59], [11, 60], [12, 60], [11, 60], [10, 60], [10, 59]]]
        (geometry,) = read(collection(feature(geometry=polygon(spike))))["geometry"].to_pylist()
        assert shapely.from_wkb(geometry).equals(shapely.box(10, 59, 11, 60))

    def test_parts_of_a_multipolygon_that_share_a_border_become_one(self):
        east = [[[11, 59], [12, 59], [12, 60], [11, 60], [11, 59]]]
        given = {"type": "MultiPolygon", "coordinates": [SQUARE, east]}
        (geometry,) = read(collection(feature(geometry=given)))["geometry"].to_pylist()
        assert shapely.from_wkb(geometry).equals(shapely.box(10, 59, 12, 60))

    @pytest.mark.parametrize(("tip", "repaired"), [(0.009, True), (0.011, False)])
    def test_a_crossing_is_repaired_only_below_a_millionth_of_the_area(self, tip, repaired):
        # Above the square the border crosses itself: a triangle of width tip and height tip² / (1 + tip) is wound the
        # other way. A repair changes the area by twice that triangle: 0.7 and 1.3 millionths of the square.
        half = tip / 2
        ring = [[10, 59], [11, 59], [11, 60], [10.5 - half, 60 + tip], [10.5 + half, 60 + tip], [10, 60], [10, 59]]
        content = collection(feature(geometry=polygon([ring])))
        if repaired:
            (geometry,) = read(content)["geometry"].to_pylist()
            assert shapely.from_wkb(geometry).is_valid
        else:
            assert "a repair would change its area" in refusal(content)


class TestRefusesTheFile:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "not JSON .*expected GeoJSON"),
            (b"<html>", "not JSON"),
            (b"PK\x03\x04", "not JSON"),
            (b"[1, 2]", "a list at the top; expected a FeatureCollection"),
            (b'{"type": "Topology", "objects": {}}', "type 'Topology' at the top; expected a FeatureCollection"),
            (orjson.dumps(feature()), "type 'Feature' at the top"),
            (b"{}", "type None at the top"),
            (collection(), r"'features' is \[\]; expected a list of areas"),
            (b'{"type": "FeatureCollection"}', "'features' is None"),
            (b"[" * 100_000 + b"]" * 100_000, "not JSON .*depth"),
        ],
    )
    def test_that_is_no_collection_of_features(self, content, message):
        with pytest.raises(FormatError, match=rf"^areas\.geojson: {message}"):
            read(content)

    def test_with_more_coordinates_than_the_memory_should_hold(self, monkeypatch):
        monkeypatch.setattr(boundaries, "_MOST_POSITIONS", 5)
        assert "more than 5 coordinates" in refusal(collection(feature()))

    def test_with_more_numbers_than_the_memory_should_hold(self, monkeypatch):
        monkeypatch.setattr(boundaries, "_MOST_MEMBERS", 5)
        assert "coordinates" in refusal(collection(feature()))

    @pytest.mark.parametrize(
        "crs",
        [
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}},
            {"type": "name", "properties": {"name": "EPSG:43266"}},
            {"type": "name", "properties": None},
            {"type": "link", "properties": {"href": "http://example.com/crs"}},
            None,
            "EPSG:4326 or so",
        ],
    )
    def test_in_another_system_of_coordinates(self, crs):
        message = refusal(collection(feature(), crs=crs))
        assert message.startswith("areas.geojson: 'crs' is ")
        assert "expected WGS84 (CRS84, EPSG:4326) or no 'crs'; reproject it to WGS84 (ogr2ogr" in message


class TestRefusesAFeature:
    @pytest.mark.parametrize(
        ("geometry", "message"),
        [
            (polygon(UTM), r"\[212345\.6, 6623456\.7\] is no longitude .*metres of UTM \(EPSG:25833.*; reproject it"),
            (polygon([[[10, 59], [10, 91], [11, 60], [10, 59]]]), r"\[10\.0, 91\.0\] is no longitude [^U]*; reproject"),
            ({"type": "Point", "coordinates": [10, 59]}, "is of type 'Point'; expected Polygon or MultiPolygon"),
            ({"type": "LineString", "coordinates": SQUARE[0]}, "is of type 'LineString'"),
            ({"type": "GeometryCollection", "geometries": [polygon()]}, "is of type 'GeometryCollection'"),
            ({"type": ["Polygon"], "coordinates": SQUARE}, r"is of type \['Polygon'\]"),
            (polygon([]), "geometry is empty; expected"),
            ({"type": "MultiPolygon", "coordinates": []}, "geometry is empty"),
            ("POLYGON ((10 59))", "geometry is 'POLYGON"),
            ({"type": "Polygon"}, "coordinates are not those of a Polygon"),
            (polygon(SQUARE[0]), "coordinates are not those of a Polygon"),
            (polygon([[[10, 59], [11, 59], [11, 60]]]), "coordinates are not those of a Polygon .*closed"),
            (polygon([[["10", 59], [11, 59], [11, 60], ["10", 59]]]), "must be number, but is string"),
            (polygon([[[None, 59], [11, 59], [11, 60], [None, 59]]]), "must be number, but is null"),
            (polygon([[[True, 59], [11, 59], [11, 60], [True, 59]]]), "must be number, but is boolean"),
            (polygon(BOW_TIE), r"the outline is invalid \(Self-intersection.*correct it by hand"),
            (polygon([[[10, 59], [11, 60], [10, 59]]]), "the outline is invalid"),
            (polygon([[[10, 59], [11, 60], [12, 61], [10, 59]]]), "the outline is invalid"),
            (polygon([*SQUARE, [[12, 59], [13, 59], [13, 60], [12, 59]]]), "the outline is invalid .Hole lies outside"),
            (polygon(crs={"type": "name", "properties": {"name": "EPSG:25833"}}), "'crs' is 'EPSG:25833'"),
        ],
    )
    def test_with_a_geometry_that_is_no_outline(self, geometry, message):
        content = collection(feature("0301"), feature("0602", geometry=geometry))
        with pytest.raises(FormatError, match=rf"^areas\.geojson: feature 2 \(no '0602'\): .*{message}"):
            read(content)

    def test_without_a_geometry(self):
        given = feature()
        given["geometry"] = None
        assert "feature 1 (no '0602'): geometry is None; expected a Polygon" in refusal(collection(given))

    def test_that_overlaps_itself(self):
        given = {"type": "MultiPolygon", "coordinates": [SQUARE, [[[x + 0.5, y] for x, y in SQUARE[0]]]]}
        assert "a repair would change its area" in refusal(collection(feature(geometry=given)))

    def test_nested_as_a_bomb(self):
        deep: Any = 1
        for _ in range(500):
            deep = [deep]
        content = collection(feature(geometry=polygon("here"))).replace(b'"here"', b"[" * 500 + b"1" + b"]" * 500)
        assert "nested too deep" in refusal(content)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (602, "property 'no' is 602, no text: a leading zero may be lost; expected text such as '0602'"),
            (602.0, "property 'no' is 602.0, no text"),
            (None, "property 'no' is missing or null; expected text"),
            ("", "property 'no' is ''; expected text without blanks"),
            ("0602 ", "property 'no' is '0602 '; expected text without blanks"),
            (["0602"], "property 'no' is ['0602']; expected text"),
        ],
    )
    def test_with_a_code_that_is_no_text(self, code, message):
        assert f"feature 1 (no {code!r}): {message}" in refusal(collection(feature(code)))

    def test_without_a_name(self):
        assert "property 'name' is missing or null" in refusal(collection(feature(name=None)))

    @pytest.mark.parametrize("members", [{}, {"properties": None}, {"properties": ["no"]}])
    def test_without_properties(self, members):
        message = refusal(collection({"type": "Feature", "geometry": polygon(), **members}))
        assert "property 'no' is missing" in message and "property 'name' is missing" in message

    @pytest.mark.parametrize("given", [None, 5, "Feature", [], {"type": "feature"}])
    def test_that_is_none(self, given):
        assert "expected an object of type 'Feature'" in refusal(collection(given))

    def test_with_a_code_that_another_has(self):
        content = collection(feature("0301"), feature("0602"), feature("0602"))
        expected = "areas.geojson: feature 3 (no '0602'): the code is that of feature 2 too; expected each once; "
        assert refusal(content).startswith(expected)


class TestSaysAllAtOnce:
    def test_in_the_order_of_the_file(self):
        crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
        point = {"type": "Point", "coordinates": [10, 59]}
        content = collection(
            feature("0301", geometry=polygon(UTM)), feature(602), feature("1", geometry=point), crs=crs
        )
        first, *lines = refusal(content).split("\n  ")
        assert first == "areas.geojson:"
        assert [line.split(":")[0] for line in lines] == [
            "'crs' is 'EPSG",
            "feature 1 (no '0301')",
            "feature 2 (no 602)",
            "feature 3 (no '1')",
        ]

    def test_several_of_one_feature(self):
        message = refusal(collection(feature(602, 5, polygon(BOW_TIE))))
        assert message.count("feature 1 (no 602)") == 3

    def test_but_only_the_first_fault_of_one_geometry(self):
        in_metres = [[[1e5 * x, 1e5 * y] for x, y in BOW_TIE[0]]]
        assert refusal(collection(feature(geometry=polygon(in_metres)))).startswith("areas.geojson: feature 1")

    @pytest.mark.parametrize(
        ("features", "shown", "rest"), [(20, 20, None), (21, 20, "and 1 more"), (2020, 20, "and 2,000 more")]
    )
    def test_but_no_more_than_twenty(self, features, shown, rest):
        _first, *lines = refusal(collection(*[feature(number) for number in range(features)])).split("\n  ")
        assert len([line for line in lines if line.startswith("feature")]) == shown
        assert lines[shown:] == ([rest] if rest else [])
