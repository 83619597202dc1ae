"""Restating figures on another year's boundaries, along the graph of changes.

Each day of change is a sparse matrix of weights from the codes before to the codes after; a path through several days
is their product. One code to one, and several to one, are exact. One to several needs the population of the pieces and
is marked `estimated`. What cannot be restated is reported with its reason, never distributed by a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import ibis
import numpy as np
import pandas as pd
from ibis import Table, _
from scipy.sparse import coo_array, csr_array, eye_array

from indicators.geography.changes import ChangeError

# One row per code and boundary year, and per code that it becomes.
MAPPING = ["boundary_year", "code", "to_code", "weight", "exact", "sources"]
_TOLERANCE = 1e-9
NO_SUCCESSOR = "it, or a part of it, has no successor"
NO_WEIGHTS = "divided, and the population of its pieces is not known"
NO_CODE = "not an official code on 1 January of that year"

# By day of change: weights forward and backward.
_Steps = dict[date, tuple[csr_array, csr_array]]


@dataclass(frozen=True)
class Restated:
    """Facts on the target year's boundaries; and facts lost in whole or part, with the weight restated and a reason."""

    facts: Table
    lost: Table


@dataclass(frozen=True)
class ChangeGraph:
    """The changes of one level of areas as a graph from codes to the codes that replaced them.

    changes: columns of CHANGES, of one level. areas: official areas of that level (columns of OFFICIAL_AREAS).
    population: code, year, persons: residents of the pieces of divided areas, of the year of the split or else the
    nearest; without it, figures of divided areas cannot be restated on the pieces. last_year: the last boundary year
    that is known, where nothing changed in it; none: the year of the newest area or change.
    """

    changes: pd.DataFrame
    areas: pd.DataFrame
    population: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["code", "year", "persons"]))
    last_year: int | None = None

    @cached_property
    def years(self) -> range:
        """Boundary years that are known: a year stands for the codes valid on its 1 January."""
        starts = self.areas["valid_from"]
        last = max([*starts, *self.changes["change_date"]])
        return range(_year_from(min(starts)), max(_year_from(last), self.last_year or 0) + 1)

    def mapping(self, to_year: int, years: Iterable[int] | None = None) -> pd.DataFrame:
        """Return which codes become which codes of `to_year` (columns of MAPPING), for all codes valid in `years`.

        years: boundary years, none: all known. weight: the share of the code's figure that belongs to `to_code`; the
        weights of a code sum to 1, or to less where a part of it ended without a successor. exact: the whole code goes
        to one code. sources: how many codes of that boundary year `to_code` is made of. A code without a row cannot be
        restated. Raises ChangeError for a year that is not known.
        """
        wanted = list(years) if years is not None else list(self.years)
        for year in (to_year, *wanted):
            if year not in self.years:
                raise ChangeError(f"year {year}: official areas are known for {self.years[0]}-{self.years[-1]}")
        return pd.concat([self._rows(year, to_year) for year in wanted], ignore_index=True)[MAPPING]

    def shares(self, groups: dict[str, set[str]], to_year: int) -> pd.DataFrame:
        """Return how much of every code of every year belongs to groups of `to_year`'s codes, such as districts.

        Columns: group, boundary_year, code, weight. The weight is 1 where all successors of the code lie in the group,
        whether or not the population of the pieces is known; NaN where only some do and their population is not known.
        """
        names = list(groups)
        members = [(place, number) for number, name in enumerate(names) for place in self._positions(groups[name])]
        rows, columns = np.array(members, dtype=int).reshape(-1, 2).T
        indicator = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(self._codes), len(names))).tocsr()
        return pd.concat([self._shares(year, to_year, names, indicator) for year in self.years], ignore_index=True)

    def _positions(self, codes: set[str]) -> np.ndarray:
        found = self._index.get_indexer(pd.Index(sorted(codes)))
        return found[found >= 0]

    def _shares(self, year: int, to_year: int, names: list[str], indicator: csr_array) -> pd.DataFrame:
        valid = self._valid(year)
        weighted, bare = (self._path(year, to_year, steps)[valid] for steps in self._both_steps)
        touched = (bare @ indicator).tocoo()
        place, group = touched.row, touched.col
        followed, restated = (np.asarray(path.sum(axis=1)).ravel()[place] for path in (bare, weighted))
        weight = _entries((weighted @ indicator).tocsr(), place, group)
        weight = np.where(restated < followed - _TOLERANCE, np.nan, weight)
        weight = np.where(np.isclose(touched.data, 1, atol=_TOLERANCE), 1.0, weight)
        return pd.DataFrame(
            {
                "group": np.array(names)[group],
                "boundary_year": year,
                "code": self._codes[valid][place],
                "weight": weight,
            }
        )

    def unrestated(self, to_year: int, years: Iterable[int] | None = None) -> pd.DataFrame:
        """Return the codes that are not restated in full: boundary_year, code, weight (the share restated), reason."""
        rows = []
        for year in list(years) if years is not None else list(self.years):
            valid = self._valid(year)
            restated, followed = (self._path(year, to_year, steps).sum(axis=1)[valid] for steps in self._both_steps)
            lost = restated < 1 - _TOLERANCE
            reason = np.where(followed[lost] < 1 - _TOLERANCE, NO_SUCCESSOR, NO_WEIGHTS)
            codes = self._codes[valid][lost]
            rows.append(
                pd.DataFrame({"boundary_year": year, "code": codes, "weight": restated[lost], "reason": reason})
            )
        return pd.concat(rows, ignore_index=True)

    # --- the graph as matrices ----------------------------------------------------------------------------------

    @cached_property
    def _codes(self) -> np.ndarray:
        both = pd.concat([self.areas["code"], self.changes["old_code"], self.changes["new_code"]]).dropna()
        return np.sort(both.unique().astype(str))

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self._codes)

    def _positions_of_codes(self, codes: pd.Series) -> np.ndarray:
        return np.searchsorted(self._codes, codes.to_numpy(dtype=str))

    @cached_property
    def _validity(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ends = self.areas["valid_to"].map(lambda end: date.max if end is None or pd.isna(end) else end)
        return self._positions_of_codes(self.areas["code"]), _ordinals(self.areas["valid_from"]), _ordinals(ends)

    def _valid(self, year: int) -> np.ndarray:
        return self._valid_on(date(year, 1, 1).toordinal())

    def _valid_on(self, day: int) -> np.ndarray:
        place, begins, ends = self._validity
        return np.unique(place[(begins <= day) & (ends > day)])

    @cached_property
    def _days(self) -> list[date]:
        """Days of change, with the days on which a code begins or ends and no change is stated."""
        return sorted({*self.changes["change_date"], *self.areas["valid_from"], *self.areas["valid_to"].dropna()})

    @cached_property
    def _both_steps(self) -> tuple[_Steps, _Steps]:
        """The steps weighted by the population of the pieces, and bare steps in which every piece counts the same."""
        bare = np.ones(len(self._codes))
        weighted = {}
        for day in self._days:
            after = _year_from(day)
            weighted[day] = self._step(day, self._persons(after, 1), self._persons(after - 1, -1))
        return weighted, {day: self._step(day, bare, bare) for day in self._days}

    def _step(self, day: date, persons_after: np.ndarray, persons_before: np.ndarray) -> tuple[csr_array, csr_array]:
        """Weights of a day of change, forward (codes before × codes after) and backward (after × before)."""
        links = self.changes[self.changes["change_date"] == day].dropna(subset=["old_code", "new_code"])
        before, after = self._valid_on(day.toordinal() - 1), self._valid_on(day.toordinal())
        stays = np.intersect1d(before, after)
        old = np.concatenate([self._positions_of_codes(links["old_code"]), stays])
        new = np.concatenate([self._positions_of_codes(links["new_code"]), stays])
        pairs = np.unique(np.stack([old, new]), axis=1)
        return (
            self._weights(pairs[0], pairs[1], persons_after, np.setdiff1d(before, pairs[0])),
            self._weights(pairs[1], pairs[0], persons_before, np.setdiff1d(after, pairs[1])),
        )

    @cached_property
    def _known_residents(self) -> pd.DataFrame:
        """The known numbers of residents, and whether the code was valid in that year."""
        known = self.population.dropna(subset=["persons"])
        known = known[known["code"].isin(self._codes)].assign(valid=False)
        for year in known["year"].unique():
            known.loc[known["year"] == year, "valid"] = known["code"].isin(self._codes[self._valid(int(year))])
        return known

    def _persons(self, year: int, side: int) -> np.ndarray:
        """Residents by code in the given year, or the nearest year that has the code; NaN where none has.

        side: 1 after a change, -1 before. Years on the other side of the change are used only where the code was not
        valid then: a valid code had another extent there, but residents given for a code before it existed were
        counted for just this piece.
        """
        if self._known_residents.empty:
            return np.full(len(self._codes), np.nan)
        beyond = (self._known_residents["year"] - year) * side < 0
        known = self._known_residents[~(beyond & self._known_residents["valid"])]
        near = known.assign(distance=(known["year"] - year).abs()).sort_values(["distance", "year"], kind="stable")
        first = near.drop_duplicates("code")
        persons = np.full(len(self._codes), np.nan)
        persons[self._positions_of_codes(first["code"])] = first["persons"].to_numpy(dtype=float)
        return persons

    def _weights(self, source: np.ndarray, target: np.ndarray, persons: np.ndarray, without: np.ndarray) -> csr_array:
        """Return a matrix: 1 where a source has one target, the targets' shares of residents where it has several."""
        size = len(self._codes)
        targets = np.bincount(source, minlength=size)[source]
        weight = np.ones(len(source))
        several = targets > 1
        total = np.bincount(source[several], weights=persons[target[several]], minlength=size)
        with np.errstate(invalid="ignore", divide="ignore"):
            weight[several] = persons[target[several]] / total[source[several]]
        # A piece without a known population makes all pieces of its source NaN: the source cannot be divided.
        known = np.isfinite(weight)
        gone = np.union1d(np.setdiff1d(source, source[known]), without)
        rest = np.setdiff1d(np.arange(size), np.union1d(source, gone))
        rows, columns = np.concatenate([source[known], rest]), np.concatenate([target[known], rest])
        values = np.concatenate([weight[known], np.ones(len(rest))])
        return coo_array((values, (rows, columns)), shape=(size, size)).tocsr()

    def _path(self, year: int, to_year: int, steps: _Steps) -> csr_array:
        """The product of the steps between two boundary years."""
        found = eye_array(len(self._codes), format="csr")
        between = [day for day in self._days if date(min(year, to_year), 1, 1) < day <= date(max(year, to_year), 1, 1)]
        for day in between if year <= to_year else reversed(between):
            found = found @ steps[day][0 if year <= to_year else 1]
        return found

    def _rows(self, year: int, to_year: int) -> pd.DataFrame:
        valid = self._valid(year)
        weighted, bare = (self._path(year, to_year, steps)[valid] for steps in self._both_steps)
        touched = bare.tocoo()
        weight = _entries(weighted, touched.row, touched.col)
        # A piece without residents is kept with weight 0 where the whole code is known: its figure is 0, not missing.
        known = weighted.sum(axis=1)[touched.row] >= 1 - _TOLERANCE
        kept = known | (weight > _TOLERANCE)
        source, target, weight = touched.row[kept], touched.col[kept], weight[kept]
        whole = np.isclose(weight, 1, atol=_TOLERANCE) & np.isclose(touched.data[kept], 1, atol=_TOLERANCE)
        # Sources that cannot be divided count too, so that their targets are recognised as incomplete.
        sources = np.bincount(touched.col, minlength=len(self._codes))
        return pd.DataFrame(
            {
                "boundary_year": year,
                "code": self._codes[valid][source],
                "to_code": self._codes[target],
                "weight": np.where(whole, 1.0, weight),
                "exact": whole,
                "sources": sources[target],
            }
        )

    # --- restating ----------------------------------------------------------------------------------------------

    def harmonise(self, facts: Table, to_year: int) -> Restated:
        """Return counts restated on `to_year`'s boundaries, and what could not be.

        facts: area_id (a code of this graph's level), boundary_year, value (a count), status, and any other columns,
        which stay as they are. The result has boundary_year `to_year`; its value is the weighted sum over the codes
        that the area is made of, and is null where one of them has none; status is `estimated` where a weight was
        used. Only counts: a share or a mean cannot be added up.
        """
        return restate(facts, ibis.memtable(self.mapping(to_year)), ibis.memtable(self.unrestated(to_year)), to_year)


def restate(facts: Table, mapping: Table, unrestated: Table, to_year: int) -> Restated:
    """Restate counts by the results of `ChangeGraph.mapping` and `ChangeGraph.unrestated`, as Ibis expressions.

    A code that becomes one whole code of its own is only renamed. Only the others, usually few, are summed, so that the
    work for millions of rows is one join and a small aggregation.
    """
    others = [name for name in facts.columns if name not in ("area_id", "boundary_year", "value", "status")]
    met = facts.rename(code="area_id").join(mapping, ["boundary_year", "code"])
    renamed = met.filter(_.exact & (_.sources == 1)).select(
        area_id=_.to_code,
        boundary_year=ibis.literal(to_year, "int16"),
        value=ibis.ifelse(_.status.fill_null("") == ":", None, _.value),
        status=_.status,
        **_unchanged(others),
    )
    summed = (
        met.filter(~(_.exact & (_.sources == 1)))
        .group_by("boundary_year", "to_code", *others)
        .agg(
            total=(_.value * _.weight).sum(),
            # Every source code of that year must be there, each once.
            complete=(_.value.count() == _.sources.max())
            & (_.code.nunique(where=_.value.notnull()) == _.sources.max()),
            estimated=(~_.exact | (_.status == "estimated").fill_null(False)).any(),
            hidden=(_.status == ":").any().fill_null(False),
        )
        .select(
            area_id=_.to_code,
            boundary_year=ibis.literal(to_year, "int16"),
            value=ibis.ifelse(_.complete & ~_.hidden, _.total, None),
            status=ibis.cases((_.hidden, ":"), (~_.complete, ".."), (_.estimated, "estimated")),
            **_unchanged(others),
        )
    )
    where = ["boundary_year", "code"]
    coded = facts.rename(code="area_id")
    unknown = coded.anti_join(mapping, where).anti_join(unrestated, where)
    unknown = unknown.mutate(weight=0.0, reason=ibis.literal(NO_CODE))
    columns = [*where, *others, "value", "weight", "reason"]
    lost = coded.join(unrestated, where).select(columns).union(unknown.select(columns))
    return Restated(renamed.union(summed), lost)


def _unchanged(names: list[str]) -> dict[str, Table]:
    return {name: _[name] for name in names}


def _entries(matrix: csr_array, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    # Indexed with no rows, scipy returns a matrix instead of an array.
    return np.asarray(matrix[rows, columns]).ravel() if len(rows) else np.empty(0)


def _ordinals(days: pd.Series) -> np.ndarray:
    return np.array([day.toordinal() for day in days])


def _year_from(day: date) -> int:
    """Return the first boundary year on whose 1 January something that begins on the day is valid."""
    return day.year if (day.month, day.day) == (1, 1) else day.year + 1
