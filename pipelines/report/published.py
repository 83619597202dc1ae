"""Everything that the pages of one area show, read from one edition before the first page is written.

Nothing is computed here: what the edition hides stays hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import duckdb

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.edition import chain, difference
from pipelines.edition.chain import Chain
from pipelines.edition.difference import Difference
from pipelines.exports.table_model import Exported, read_from
from pipelines.report.figure_set import Figures, Row, Rows, by_one, by_two
from pipelines.storage import warehouse

EVERY_AREA = "all"
"""Stands for all areas with figures."""


@dataclass(frozen=True)
class Published(Figures):
    """One edition's figures, by indicator and area.

    codes: official codes by area. outlines: GeoJSON by area of the catalogue, of
    the newest boundaries. chains: of the newest figure, as `levekar explain` tells it. differences: by area, to the
    last release, or else to the edition before. versions: figures that were published otherwise before, oldest first.
    exported: the small tables as they are, for downloads. downloads: names of files beside the pages, by folder.
    """

    pillars: Rows
    subgoals: Rows
    indicators: Mapping[str, Row]
    comparisons: Mapping[tuple[str, str], Rows]
    pillar_views: Mapping[tuple[str, str], Row]
    change_tests: Mapping[tuple[str, str], Row]
    skill: Mapping[str, Rows]
    evaluations: Rows
    snapshots: Mapping[str, Row]
    revisions: Mapping[str, Rows]
    checks: Rows
    runs: Rows
    releases: Rows
    codes: Mapping[str, set[str]]
    outlines: Mapping[str, str]
    chains: Mapping[tuple[str, str], Chain]
    differences: Mapping[str, Difference]
    versions: Mapping[tuple[str, str], Rows]
    exported: Exported
    downloads: Mapping[str, list[str]]

    @cached_property
    def with_figures(self) -> list[str]:
        """The areas with figures: those of the catalogue, in its order."""
        found = {area for _indicator, area in self.newest}
        return [area for area in self.catalogue.areas if area in found]


def read(root: Path, catalogue: Catalogue, areas: Sequence[str] = ()) -> Published:
    """Read the current edition, with the chains of these areas (EVERY_AREA: of all). Raises NothingPublished."""
    with warehouse.connect(root, SCHEMA) as connection:
        published = _read(connection, catalogue)
        told = published.with_figures if EVERY_AREA in areas else areas
        chains = {
            (indicator, area): chain.of(connection, catalogue, indicator, area)
            for indicator, area in published.newest
            if area in told
        }
        earlier = _before(connection)
        versions = _versions(connection, told)
    now = published.meta["edition"]
    differences = {one: difference.between(root, earlier, now, area=one) for one in told} if earlier else {}
    return replace(published, chains=chains, differences=differences, versions=versions)


def _before(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the edition that this one is held against: of the last release, else the one before; None: the first."""
    found = connection.execute("""
        SELECT edition FROM publication LEFT JOIN release USING (edition)
        WHERE edition <> (SELECT value FROM meta WHERE key = 'edition')
        ORDER BY release.name IS NULL, published_at DESC LIMIT 1
    """).fetchone()
    return None if found is None else str(found[0])


def _versions(connection: duckdb.DuckDBPyConnection, areas: Sequence[str]) -> dict[tuple[str, str], Rows]:
    """Return every version of the measures of these areas that have several; of a gone one no figure is left."""
    query = """
        FROM measure_history WHERE list_contains(?, area_id) AND event <> 'renewed'
        QUALIFY count(*) OVER (PARTITION BY indicator_id, area_id, period, sex, age) > 1
        ORDER BY period DESC, sex, age, known_from
    """
    return by_two(warehouse.rows(connection, query, list(areas)), "indicator_id", "area_id")


def _read(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Published:
    def table(query: str) -> Rows:
        return warehouse.rows(connection, query)

    series = table("SELECT * FROM series WHERE period IS NOT NULL ORDER BY period_end, period_start")
    measures = table("SELECT * FROM measure ORDER BY period_end, period_start, sex, age")
    return Published(
        catalogue=catalogue,
        meta={row["key"]: row["value"] for row in table("SELECT * FROM meta")},
        pillars=table("SELECT * FROM pillar ORDER BY position"),
        subgoals=table("SELECT * FROM subgoal ORDER BY subgoal_id"),
        indicators={row["indicator_id"]: row for row in table("SELECT * FROM indicator")},
        areas={row["area_id"]: row for row in table("SELECT * FROM area")},
        newest={(row["indicator_id"], row["area_id"]): row for row in table("SELECT * FROM scorecard")},
        series=by_two(series, "indicator_id", "area_id"),
        measures=by_one(measures, "indicator_id"),
        comparisons=by_two(table("SELECT * FROM comparison ORDER BY rank"), "indicator_id", "area_id"),
        pillar_views={(row["area_id"], row["pillar_id"]): row for row in table("SELECT * FROM pillar_view")},
        change_tests={(row["indicator_id"], row["area_id"]): row for row in table("SELECT * FROM change_test")},
        skill=by_one(table("SELECT * FROM forecast_skill ORDER BY horizon"), "indicator_id"),
        evaluations=table("SELECT * FROM evaluation ORDER BY evaluation_id, indicator_id, method, period_end"),
        snapshots={
            row["sha256"]: row for row in table("SELECT * FROM snapshot ORDER BY fetched_at") if row["accepted"]
        },
        revisions=by_one(table("SELECT * FROM revision ORDER BY new_vintage, table_id, area_id"), "table_id"),
        checks=table("SELECT * FROM check_result ORDER BY subject, check_name"),
        runs=table("SELECT * FROM refresh_run ORDER BY started_at DESC"),
        releases=table("SELECT * FROM release ORDER BY created_at"),
        record={
            "measure_taken": table("SELECT * FROM measure_taken ORDER BY first_day, measure_taken_id"),
            "finding": table("SELECT * FROM finding ORDER BY day, finding_id"),
            "obstacle": table("SELECT * FROM obstacle ORDER BY reported_on NULLS LAST, obstacle_id"),
            "adjustment": table("SELECT * FROM adjustment ORDER BY day, adjustment_id"),
            "budget": table("SELECT * FROM budget ORDER BY year, paid_by"),
        },
        codes={
            area: {row["code"] for row in rows}
            for area, rows in by_one(table("SELECT DISTINCT area_id, code FROM area_code"), "area_id").items()
        },
        outlines={
            row["area_id"]: row["outline_geojson"]
            for row in table("SELECT area_id, outline_geojson FROM boundary ORDER BY year")
            if row["area_id"] in catalogue.areas
        },
        chains={},
        differences={},
        versions={},
        exported=read_from(connection, heavy=False),
        downloads={},
    )
