"""What `levekar diff` says of an area since the last release, or since the edition before: as the pages write it."""

from collections.abc import Iterable
from typing import Any

from indicators.dictionary import REMEMBERED
from pipelines.edition.difference import NO_REASON, Change, Difference
from pipelines.language import Language
from pipelines.report.figure_set import Row
from pipelines.report.published import Published

_MOST = 200
_MEASURE, _SERIES = (table.name for table in REMEMBERED[:2])


def context(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return what the template changes.html shows of the area's own figures; `since` None: the first edition."""
    found = published.differences.get(area)
    if found is None:
        return {"since": None, "counts": [], "figures": [], "words": [], "more_figures": 0}
    figures = found.of(_MEASURE)
    words = [one for one in found.of(_SERIES) if one.what == "changed" and "assessment" in one.figures]
    return {
        "since": since(found, say),
        "counts": [
            {"what": say.term("what_changed", what), "why": reasons(why.split(", "), say), "number": number}
            for table, what, why, number in found.counts()
            if table == _MEASURE
        ],
        "figures": [_figure(published, one, say) for one in figures[:_MOST]],
        "more_figures": max(len(figures) - _MOST, 0),
        "words": [_word(published, one, say) for one in words],
    }


def since(found: Difference, say: Language) -> str:
    """Name the earlier edition or release, with its day."""
    return say("since", name=found.earlier.asked, day=say.day(found.earlier.until))


def _figure(published: Published, change: Change, say: Language) -> dict[str, Any]:
    unit = published.indicators.get(change.key["indicator_id"])
    before, after = change.figures.get("value", (None, None))
    same = change.what == "changed" and "value" not in change.figures
    return {
        **_named(published, change, say),
        "what": say.term("what_changed", "only_others" if same else change.what),
        "before": say.figure(unit, before) if unit else "",
        "after": say.figure(unit, after) if unit else "",
        "columns": ", ".join(change.figures) if same else "",
    }


def _word(published: Published, change: Change, say: Language) -> dict[str, Any]:
    before, after = (say.known("assessment", word) for word in change.figures["assessment"])
    return {**_named(published, change, say), "before": before, "after": after}


def _named(published: Published, change: Change, say: Language) -> dict[str, Any]:
    indicator = change.key["indicator_id"]
    row: Row | None = published.indicators.get(indicator)
    return {
        "id": indicator if row else None,
        "name": say.of(row, "name") if row else indicator,
        "period": change.key["period"] or "",
        "why": reasons(change.reasons, say),
        "because": "; ".join(change.because),
    }


def reasons(found: Iterable[str], say: Language) -> str:
    """Write the reasons of a change; that there is none is told as well."""
    return ", ".join(say.term("reason", reason) for reason in list(found) or [NO_REASON])
