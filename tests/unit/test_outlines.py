"""Outlines against arithmetic on squares; lengths of a degree and areas from the formulae of the ellipsoid."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.outlines import area_km2, outline, simplified

METRES_PER_DEGREE = math.pi * 6_371_008.8 / 180


def wkb(geometry: shapely.Geometry) -> bytes:
    return shapely.to_wkb(geometry)


def box(west: float, south: float, east: float, north: float) -> bytes:
    return wkb(shapely.box(west, south, east, north))


def shape(geometry: bytes) -> shapely.Geometry:
    return shapely.from_wkb(geometry)


def grid(columns: int, rows: int, step: float = 0.01) -> dict[tuple[int, int], bytes]:
    """Squares beside each other, their corners computed once so that they are equal."""
    x, y = [10 + step * i for i in range(columns + 1)], [59 + step * i for i in range(rows + 1)]
    return {(i, j): box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(columns) for j in range(rows)}


class TestOutline:
    def test_two_squares_side_by_side_are_one_rectangle(self):
        assert shape(outline([box(10, 59, 11, 60), box(11, 59, 12, 60)])).equals(shapely.box(10, 59, 12, 60))

    def test_of_one_part_is_that_part(self):
        assert shape(outline([box(10, 59, 11, 60)])).equals(shapely.box(10, 59, 11, 60))

    def test_an_overlap_counts_once(self):
        # 2 + 2 - 1 square degrees
        assert shape(outline([box(10, 59, 12, 60), box(11, 59, 13, 60)])).area == pytest.approx(3, rel=1e-12)

    def test_parts_apart_make_a_multipolygon(self):
        union = shape(outline([box(10, 59, 11, 60), box(12, 59, 13, 60)]))
        assert (union.geom_type, union.area) == ("MultiPolygon", 2)

    def test_parts_that_meet_in_a_point_only_stay_two(self):
        union = shape(outline([box(10, 59, 11, 60), box(11, 60, 12, 61)]))
        assert (len(union.geoms), union.area) == (2, 2)

    def test_a_vertex_that_only_one_neighbour_has_parts_nothing(self):
        with_vertex = shapely.Polygon([(10, 59), (11, 59), (11, 59.5), (11, 60), (10, 60)])
        assert shape(outline([wkb(with_vertex), box(11, 59, 12, 60)])).equals(shapely.box(10, 59, 12, 60))

    @pytest.mark.parametrize("noise", [1e-10, -1e-10, 3e-15])
    def test_noise_in_the_last_digits_parts_nothing(self, noise):
        union = shape(outline([box(10, 59, 10.1, 59.1), box(10.1 + noise, 59, 10.2, 59.1)]))
        assert union.geom_type == "Polygon" and not union.interiors
        assert union.area == pytest.approx(0.2 * 0.1, rel=1e-7)

    def test_a_gap_that_the_source_has_stays(self):
        assert shape(outline([box(10, 59, 10.1, 59.1), box(10.10001, 59, 10.2, 59.1)])).geom_type == "MultiPolygon"

    def test_a_ring_of_squares_keeps_the_hole_in_its_middle(self):
        squares = grid(3, 3)
        middle = shape(squares.pop((1, 1)))
        (hole,) = shape(outline(list(squares.values()))).interiors
        assert shapely.Polygon(hole).equals(middle)

    @pytest.mark.parametrize(("side", "holes"), [(3e-5, 0), (4e-5, 1)])  # 0.9e-9 and 1.6e-9 square degrees
    def test_a_hole_below_a_billionth_of_a_square_degree_is_a_sliver(self, side, holes):
        hole = shapely.box(10.5, 59.5, 10.5 + side, 59.5 + side)
        union = shape(outline([wkb(shapely.box(10, 59, 11, 60).difference(hole))]))
        assert len(union.interiors) == holes

    def test_a_multipolygon_is_a_part_like_another(self):
        islands = wkb(shapely.MultiPolygon([shapely.box(10, 59, 11, 60), shapely.box(14, 59, 15, 60)]))
        assert shape(outline([islands, box(11, 59, 12, 60)])).area == 3

    def test_the_same_parts_in_another_order_have_the_same_outline(self):
        squares = list(grid(4, 3).values())
        assert shape(outline(squares)).equals(shape(outline(squares[::-1])))

    @given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
    @settings(deadline=None, max_examples=60)
    def test_any_squares_of_a_grid_keep_their_area_and_lose_their_borders(self, chosen):
        squares = grid(6, 6)
        union = shape(outline([squares[one] for one in sorted(chosen)]))
        assert union.is_valid
        assert union.area == pytest.approx(len(chosen) * 0.01**2, rel=1e-9)
        shared = sum((x + 1, y) in chosen for x, y in chosen) + sum((x, y + 1) in chosen for x, y in chosen)
        assert union.length == pytest.approx((4 * len(chosen) - 2 * shared) * 0.01, rel=1e-9)

    def test_nothing_has_no_outline(self):
        with pytest.raises(ValueError, match="no parts; expected at least one"):
            outline([])

    @pytest.mark.parametrize(
        ("part", "message"),
        [
            (b"\x01\x02", "no WKB"),
            (wkb(shapely.Point(10, 59)), r"geometry 2 is POINT \(10 59\); expected a valid Polygon"),
            (wkb(shapely.Polygon()), "geometry 2 is POLYGON EMPTY"),
            (wkb(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])), "geometry 2 is .*Self-intersection"),
            (None, "geometry 2 is nothing"),
        ],
    )
    def test_what_is_no_polygon_is_refused_and_named(self, part, message):
        with pytest.raises(ValueError, match=message):
            outline([box(10, 59, 11, 60), part])


def wavy(points: int, height: float, seed: int) -> np.ndarray:
    """A border from (10.5, 59) to (10.5, 59.5) that wavers by at most `height` degrees."""
    x = 10.5 + np.random.default_rng(seed).uniform(-height, height, points)
    x[[0, -1]] = 10.5
    return np.column_stack((x, np.linspace(59, 59.5, points)))


def neighbours(border: np.ndarray) -> list[bytes]:
    """Two areas that share the border point by point."""
    west = [(10, 59), *border, (10, 59.5)]
    east = [(11, 59.5), *border[::-1], (11, 59)]
    return [wkb(shapely.Polygon(west)), wkb(shapely.Polygon(east))]


class TestSimplified:
    def test_a_point_on_a_straight_line_goes(self):
        square = wkb(shapely.Polygon([(10, 59), (10.5, 59), (11, 59), (11, 60), (10, 60)]))
        (fewer,) = simplified([square], 1)
        assert shape(fewer).equals(shapely.box(10, 59, 11, 60))
        assert shapely.get_num_coordinates(shape(fewer)) == 5

    @pytest.mark.parametrize("latitude", [0.0, 59.75, 71.0])
    @pytest.mark.parametrize(("share", "points"), [(0.99, 6), (1.01, 5)])
    def test_the_tolerance_is_metres_at_the_latitude(self, latitude, share, points):
        # A corner of 0.001 degrees of latitude above a base of 0.002 of longitude: a triangle of
        # 1/2 x 0.002 x cos(latitude) x 0.001 x (metres per degree)^2, symmetric about the middle latitude.
        cosine = math.cos(math.radians(latitude))
        corner = math.sqrt(0.5 * 0.002 * cosine * 0.001) * METRES_PER_DEGREE
        south, north = latitude - 0.1, latitude + 0.1
        with_corner = shapely.Polygon(
            [(10, south), (10.002, south), (10.002, north - 0.001), (10.001, north), (10, north - 0.001)]
        )
        (fewer,) = simplified([wkb(with_corner)], corner * share)
        assert shapely.get_num_coordinates(shape(fewer)) == points

    @given(st.integers(3, 60), st.floats(0, 0.01), st.integers(0, 99), st.floats(0, 5_000))
    @settings(deadline=None, max_examples=80)
    def test_neighbours_still_touch_without_gap_or_overlap(self, points, height, seed, tolerance):
        west, east = simplified(neighbours(wavy(points, height, seed)), tolerance)
        assert shapely.coverage_is_valid([shape(west), shape(east)])
        union = shape(outline([west, east]))
        assert union.geom_type == "Polygon" and not union.interiors
        assert union.area == pytest.approx(shape(west).area + shape(east).area, rel=1e-12)

    def test_no_tolerance_changes_nothing(self):
        before = neighbours(wavy(30, 0.01, 1))
        for one, other in zip(before, simplified(before, 0), strict=True):
            assert shape(one).equals(shape(other))

    def test_more_tolerance_leaves_fewer_points(self):
        before = neighbours(wavy(200, 0.01, 2))
        left = [sum(shapely.get_num_coordinates(shapely.from_wkb(simplified(before, m)))) for m in (0, 100, 300, 1000)]
        assert all(more > fewer for more, fewer in pairwise(left))

    def test_a_small_island_does_not_vanish(self):
        (fewer,) = simplified([box(10, 59, 10.0001, 59.0001)], 100_000)
        assert shape(fewer).area > 0

    def test_the_order_is_kept(self):
        squares = list(grid(3, 2).values())
        for before, after in zip(squares, simplified(squares, 10), strict=True):
            assert shape(before).equals(shape(after))

    def test_overlapping_areas_are_simplified_alone_within_the_tolerance(self):
        west, east = neighbours(wavy(100, 0.005, 3))
        over = wkb(shapely.union(shape(east), shapely.box(10.4, 59.1, 10.6, 59.2)))
        for before, after in zip([west, over], simplified([west, over], 200), strict=True):
            moved = shapely.hausdorff_distance(shape(before).boundary, shape(after).boundary)
            assert shapely.get_num_coordinates(shape(after)) < shapely.get_num_coordinates(shape(before))
            assert moved * METRES_PER_DEGREE <= 200

    def test_nothing_gives_nothing(self):
        assert simplified([], 10) == []

    @pytest.mark.parametrize("tolerance", [-1, math.nan, math.inf])
    def test_a_tolerance_that_is_none_is_refused(self, tolerance):
        with pytest.raises(ValueError, match="distance in metres, at least 0; found"):
            simplified([box(10, 59, 11, 60)], tolerance)


class TestArea:
    def test_the_whole_earth(self):
        # The area of the WGS84 ellipsoid: 510,065,621.7 km2.
        assert area_km2(box(-180, -90, 180, 90)) == pytest.approx(510_065_621.724, abs=0.001)

    def test_a_small_square_at_the_equator(self):
        # A degree at the equator is 111.31949 km of longitude and 110.57428 km of latitude.
        assert area_km2(box(0, -0.005, 0.01, 0.005)) == pytest.approx(1.1131949 * 1.1057428, rel=1e-6)

    def test_a_small_square_in_drammen(self):
        # The ellipsoid's radii of curvature at 59.75 degrees: M along the meridian, N across it.
        a, e2, latitude = 6378.137, 0.00669437999014, math.radians(59.75)
        w = math.sqrt(1 - e2 * math.sin(latitude) ** 2)
        n, m = a / w, a * (1 - e2) / w**3
        expected = math.radians(0.01) ** 2 * m * n * math.cos(latitude)
        assert area_km2(box(10.2, 59.745, 10.21, 59.755)) == pytest.approx(expected, rel=1e-7)

    def test_parts_add_up_and_holes_do_not_count(self):
        whole, hole, island = (
            shapely.box(10, 59, 11, 60),
            shapely.box(10.4, 59.4, 10.6, 59.6),
            shapely.box(12, 59, 13, 60),
        )
        given = shapely.MultiPolygon([whole.difference(hole), island])
        expected = area_km2(wkb(whole)) - area_km2(wkb(hole)) + area_km2(wkb(island))
        assert area_km2(wkb(given)) == pytest.approx(expected, rel=1e-12)

    def test_the_direction_of_the_rings_does_not_matter(self):
        assert area_km2(wkb(shapely.box(10, 59, 11, 60, ccw=False))) == area_km2(box(10, 59, 11, 60))

    @pytest.mark.parametrize("latitude", [58.0, 60.0, 71.0])
    @pytest.mark.parametrize("size", [0.02, 0.2, 2.0])
    @pytest.mark.parametrize("turn", range(0, 360, 45))
    def test_of_a_triangle_is_that_between_straight_lines_in_degrees(self, latitude, size, turn):
        # Integrated over 100,000 strips of latitude: width in radians x area of a radian of longitude.
        corners = [(math.cos(math.radians(turn + at)), math.sin(math.radians(turn + at))) for at in (0, 100, 200)]
        (_, south), (_, middle), (_, north) = low, mid, high = sorted(
            [(10 + size * x, latitude + size * y) for x, y in corners], key=lambda corner: corner[1]
        )
        edges = np.linspace(south, north, 100_001)
        at = np.radians((edges[1:] + edges[:-1]) / 2)
        long_side = np.interp(np.degrees(at), [south, north], [low[0], high[0]])
        short_sides = np.interp(np.degrees(at), [south, middle, north], [low[0], mid[0], high[0]])
        e2 = 0.00669437999014
        per_radian = 6378.137**2 * (1 - e2) * np.cos(at) / (1 - e2 * np.sin(at) ** 2) ** 2
        expected = np.sum(np.radians(np.abs(long_side - short_sides)) * per_radian) * math.radians(edges[1] - edges[0])
        assert area_km2(wkb(shapely.Polygon([low, mid, high]))) == pytest.approx(expected, rel=1e-6)

    def test_a_line_has_none(self):
        with pytest.raises(ValueError, match="expected a valid Polygon"):
            area_km2(wkb(shapely.LineString([(10, 59), (11, 60)])))
