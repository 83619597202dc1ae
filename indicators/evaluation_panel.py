"""The panel of an evaluation: which figures of which areas are compared, before and after the start. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from indicators.rates import Floats

# With eight donors the smallest p-value is 1 in 9; with fewer, no effect could be told from chance, however large.
ENOUGH_DONORS = 8
# A trend before the start needs three points, a match of paths more (Abadie 2021: a few periods are matched by chance).
ENOUGH_BEFORE, ENOUGH_BEFORE_TO_MATCH = 3, 5

_UNUSABLE = {"incomplete", "missing", "suppressed", "not_applicable"}
_LONGEST = pd.Timedelta(days=366)


class NotEnough(ValueError):
    """Too few figures to evaluate; the message says what was found and what is needed."""


class Treated(NamedTuple):
    """A programme that a donor had: its name, first and last year (None: not known when it began; it goes on)."""

    name: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Panel:
    """What is compared: one row per period (in order), one column per area, the treated one first; none missing.

    periods: the rows' period, period_start, period_end. before: how many rows lie before the programme's start.
    left_out: donors that lack a figure in some period. notes: what else is to be said of the choice of donors.
    """

    outcomes: pd.DataFrame
    periods: pd.DataFrame
    before: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def treated(self) -> str:
        """The area with the programme."""
        return str(self.outcomes.columns[0])

    @property
    def donors(self) -> list[str]:
        """The areas without."""
        return [str(name) for name in self.outcomes.columns[1:]]

    @property
    def after(self) -> Floats:
        """1 for each period from the start on, 0 before."""
        return (np.arange(len(self.outcomes)) >= self.before).astype(float)


def panel(
    figures: pd.DataFrame,
    treated: str,
    donors: Sequence[str],
    start: int,
    nearest: int | None = None,
    programmes: Mapping[str, Sequence[Treated]] | None = None,
) -> Panel:
    """Return the balanced panel of one indicator for a programme that starts on 1 January of `start`.

    figures: area_id, period, period_start, period_end, value, status; one row per area and period. The panel takes
    complete figures of a year or less (windows of several years overlap, and a period around the start belongs to
    neither side), periods in which the treated area and enough donors have a figure, and donors that have a figure in
    each of these periods. nearest: so many of them, those whose figures before the start are nearest to the treated
    area's (least root mean squared difference; nothing after the start is looked at); none: all. programmes: of donors;
    one that had a programme in any year that the treated area has figures of is left out, and a note says so. Raises
    NotEnough.

    Nine donors, and periods from 2017; the programme starts in 2020, so three of the four lie before.

    >>> from datetime import date
    >>> donors = [f"d{number}" for number in range(9)]
    >>> figures = pd.DataFrame(
    ...     [
    ...         {"area_id": area, "period": str(year), "period_start": date(year, 1, 1),
    ...          "period_end": date(year, 12, 31), "value": 0.1, "status": None}
    ...         for area in ["north", *donors] for year in range(2017, 2021)
    ...     ]
    ... )
    >>> data = panel(figures, "north", donors, 2020)
    >>> data.treated, len(data.donors), data.before, data.outcomes.shape
    ('north', 9, 3, (4, 10))
    """
    known = figures[figures["value"].notna() & ~figures["status"].isin(_UNUSABLE)]
    starts, ends = pd.to_datetime(known["period_start"]), pd.to_datetime(known["period_end"])
    own = known["area_id"] == treated
    if not own.any():
        raise NotEnough(f"no complete figure for {treated}")
    short, first_day = ends - starts <= _LONGEST, pd.Timestamp(start, 1, 1)
    if not (own & short).any():
        raise NotEnough("published only as windows of several years, which overlap each other and the start")
    usable = known[short & ~((starts < first_day) & (ends >= first_day))]
    years = pd.to_datetime(usable.loc[own, "period_end"]).dt.year
    donors, excluded = _untouched(donors, years, programmes or {})
    wide = usable[usable["area_id"].isin([treated, *donors])].pivot(
        index=["period_start", "period_end", "period"], columns="area_id", values="value"
    )
    wide = wide.reindex(columns=[treated, *donors])
    wide = wide[wide[treated].notna() & (wide[list(donors)].notna().sum(axis=1) >= ENOUGH_DONORS)]
    complete = [name for name in donors if wide[name].notna().all()]
    left_out = tuple(name for name in donors if name not in complete)
    periods = wide.index.to_frame(index=False)[["period", "period_start", "period_end"]]
    periods = periods.assign(**{name: pd.to_datetime(periods[name]).dt.date for name in ("period_start", "period_end")})
    before = int((pd.to_datetime(periods["period_start"]) < first_day).sum())
    outcomes = wide[[treated, *complete]].set_axis(periods["period"]).rename_axis(columns=None).astype(float)
    data = Panel(outcomes, periods, before, left_out, excluded)
    _refuse_small(data, len(donors), start)
    return data if nearest is None or nearest >= len(complete) else _nearest(data, nearest)


def _untouched(
    donors: Sequence[str], years: pd.Series, programmes: Mapping[str, Sequence[Treated]]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the donors without a programme in these years, and a note on each of the others."""
    kept, notes = list(donors), []
    for name in donors:
        for own in programmes.get(name, ()):
            over = own.end is not None and own.end < years.min()
            to_come = own.start is not None and own.start > years.max()
            if not over and not to_come and name in kept:
                kept.remove(name)
                spell = f"{own.start or ''}-{own.end or ''}"
                notes.append(f"no donor, for it had a programme: {name} ({own.name}, {spell})")
    return kept, tuple(notes)


def _nearest(data: Panel, number: int) -> Panel:
    apart = data.outcomes[data.donors].sub(data.outcomes[data.treated], axis=0).iloc[: data.before]
    chosen = set(apart.pow(2).mean().nsmallest(number, keep="first").index)
    kept = among(data, [data.treated, *(name for name in data.donors if name in chosen)])
    said = f"the {number} nearest before the start of {len(data.donors)} areas with figures"
    return replace(kept, left_out=data.left_out, notes=(*data.notes, said))


def _refuse_small(data: Panel, wished: int, start: int) -> None:
    if data.outcomes.empty:
        raise NotEnough(
            f"in no period have the area and at least {ENOUGH_DONORS} of {wished} donors a complete figure; with fewer "
            f"donors no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    if len(data.donors) < ENOUGH_DONORS:
        raise NotEnough(
            f"{len(data.donors)} of {wished} donors have a complete figure in every period; at least {ENOUGH_DONORS} "
            f"are needed, for with fewer no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    counted = f"in which the area and at least {ENOUGH_DONORS} donors have a complete figure"
    if data.before < ENOUGH_BEFORE:
        raise NotEnough(f"{data.before} periods before {start} {counted}; {ENOUGH_BEFORE} are needed to see a trend")
    if data.before == len(data.outcomes):
        raise NotEnough(f"no period from {start} on {counted}")


def among(data: Panel, areas: Sequence[str]) -> Panel:
    """Return the panel of some of its areas, the first in the treated area's place."""
    return Panel(data.outcomes[list(areas)], data.periods, data.before, notes=data.notes)
