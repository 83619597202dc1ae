"""Areas and the official codes that make them up in each year.

A district is a set of basic statistical units, a merged municipality the sum of its predecessors. Figures meet only
through `membership`: a code counts for an area only in the years in which that code was in use for it.
Boundary weights and the change graph are not here yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the catalogue itself uses this module
    from indicators.catalogue.models import Area

AreaNames = Callable[[str, int | None], str | None]


def membership(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Return one row per area, part and code.

    Keys: area_id, part (0 is preferred), code, first_year, last_year, codes (how many the part's sum needs).
    """
    return [
        {
            "area_id": area.id,
            "part": number,
            "code": code,
            "first_year": part.first,
            "last_year": part.last,
            "codes": len(part.codes),
        }
        for area in areas
        for number, part in enumerate(area.parts)
        for code in part.codes
    ]


def codes_in(area: Area, year: int | None) -> list[str]:
    """Return the codes of the first part valid in `year` (none: the newest part)."""
    valid = [part for part in area.parts if year is None or part.first <= year <= part.last]
    if not valid:
        return []
    return list(max(valid, key=lambda part: part.last).codes if year is None else valid[0].codes)


def names(areas: Iterable[Area]) -> AreaNames:
    """Return a resolver of published names: (name, year or None) -> the area's code in that year, or None.

    A name stands for one code. Where the area was several codes in that year, as Drammen was before its merger in
    2020, the name alone does not say which is meant, and the answer is None.
    """
    by_name = {name: area for area in areas for name in (area.name, *area.published_names)}

    def code(name: str, year: int | None) -> str | None:
        area = by_name.get(" ".join(name.split()))
        codes = codes_in(area, year) if area else []
        return codes[0] if len(codes) == 1 else None

    return code
