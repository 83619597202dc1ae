"""The figures that a chart shows, by indicator and area, wherever they were read: of an edition, or of the lake."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.catalogue import Catalogue
from indicators.catalogue.models import Programme

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Figures:
    """Figures of one time.

    meta: as the table of this name. areas: rows of `area`. newest: rows of the scorecard. series: of an area in the
    order of time. measures: of an indicator, all areas. record: by table what the programmes recorded.
    """

    catalogue: Catalogue
    meta: Mapping[str, str]
    areas: Mapping[str, Row]
    newest: Mapping[tuple[str, str], Row]
    series: Mapping[tuple[str, str], Rows]
    measures: Mapping[str, Rows]
    record: Mapping[str, Rows]

    @property
    def synthetic(self) -> bool:
        """Whether the figures are made up."""
        return self.meta.get("synthetic") == "true"

    def programme(self, area: str) -> Programme | None:
        """Return the programme for the area, if there is one."""
        return next((one for one in self.catalogue.programmes if one.area == area), None)

    def recorded(self, area: str, table: str) -> Rows:
        """Return what the area's programme recorded in a table such as `measure_taken`."""
        programme = self.programme(area)
        return [row for row in self.record[table] if programme and row["programme_id"] == programme.id]

    def measures_for(self, indicator: str, area: str) -> Rows:
        """Return the measures taken in an area that should move an indicator, in the order of time."""
        return [row for row in self.recorded(area, "measure_taken") if indicator in row["indicators"]]

    def measured(self, indicator: str, area: str) -> Rows:
        """Return an area's measures of an indicator in the order of time; of the indicator's own sex and age."""
        own = self.catalogue.indicators[indicator]
        rows = (row for row in self.measures.get(indicator, []) if row["area_id"] == area)
        return [row for row in rows if row["sex"] == own.sex and row["age"] == own.age]

    def name(self, area: str) -> str:
        """Return what an area is called."""
        return str(self.areas[area]["name"]) if area in self.areas else area


def by_two(rows: Iterable[Row], first: str, second: str) -> dict[tuple[str, str], Rows]:
    """Return the rows by two of their columns."""
    found: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        found[row[first], row[second]].append(row)
    return dict(found)


def by_one(rows: Iterable[Row], column: str) -> dict[str, Rows]:
    """Return the rows by one of their columns."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)
