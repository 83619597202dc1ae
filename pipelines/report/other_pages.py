"""The pages beside the first one and those of indicators: what their templates are filled with."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from indicators.dictionary import SCHEMA, WORDS
from indicators.evaluation import EVENT_STUDY
from pipelines.deliveries.expected import expected
from pipelines.language import Language
from pipelines.report import effect_chart, series_chart, series_drawing, standing, what_changed
from pipelines.report.figure_set import Row, Rows
from pipelines.report.home import wanted
from pipelines.report.indicator_page import revision
from pipelines.report.published import Published

Context = Callable[[Published, str, Language], dict[str, Any]]
_MOST_REVISIONS = 200
_WHOLE = "whole"


def compare(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return a table per pillar: indicators down, the areas compared with across."""
    programme = published.programme(area)
    beside = list(programme.comparators) if programme else [one for one in published.with_figures if one != area]
    return {
        "name": published.name(area),
        "tables": [
            table for pillar in published.pillars if (table := _compared(published, pillar, area, beside, say))["rows"]
        ],
    }


def _compared(published: Published, pillar: Row, area: str, beside: list[str], say: Language) -> dict[str, Any]:
    own = [
        row for row in published.newest.values() if (row["area_id"], row["pillar_id"]) == (area, pillar["pillar_id"])
    ]
    shown = [row for row in own if row["value"] is not None]
    areas = [one for one in beside if any((row["indicator_id"], one) in published.newest for row in shown)]
    return {
        "name": say.of(pillar, "name"),
        "areas": [(one, published.name(one)) for one in areas],
        "rows": [
            {
                "id": row["indicator_id"],
                "name": say.of(row, "indicator_name"),
                "unit": say.term("unit", row["unit"]),
                "figure": say.bare(row, row["value"]),
                "period": row["period"],
                "cells": [_cell(published, row, one, say) for one in areas],
            }
            for row in shown
        ],
    }


def _cell(published: Published, row: Row, other: str, say: Language) -> dict[str, str]:
    theirs = published.newest.get((row["indicator_id"], other))
    if theirs is None or theirs["period"] is None:
        return {"figure": "", "period": "", "sign": "", "word": "", "remark": ""}
    found = [
        one
        for one in published.comparisons.get((row["indicator_id"], row["area_id"]), [])
        if (one["comparator_id"], one["period"]) == (other, row["period"])
    ]
    word = found[0]["comparison"] if found else None
    return {
        "figure": say.bare(theirs, theirs["value"]),
        "period": "" if theirs["period"] == row["period"] else theirs["period"],
        "sign": standing.compared_sign(word),
        "word": say.term("comparison", word) if word else "",
        "remark": say.term("status", theirs["status"]) if theirs["value"] is None and theirs["status"] else "",
    }


def evaluation(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return the estimates over all periods after the start, and what could not be evaluated."""
    rows = [row for row in published.evaluations if row["area_id"] == area]
    whole = [row for row in rows if row["status"] == "modelled" and row["phase"] == _WHOLE]
    indicators = list(dict.fromkeys(row["indicator_id"] for row in whole))
    return {
        "claimed": all(row["programme_effect_claimed"] for row in rows),
        "indicators": [
            {
                "id": one,
                "name": say.of(published.indicators[one], "name"),
                "direction": say.term("direction", published.indicators[one]["direction"]),
                "chart": _event_study(published, area, one, say),
                "rows": [_estimate(published, row, say) for row in whole if row["indicator_id"] == one],
            }
            for one in indicators
        ],
        "refused": [
            {
                "name": say.of(published.indicators[row["indicator_id"]], "name"),
                "method": _method(row, say),
                "note": row["note"],
            }
            for row in rows
            if row["status"] != "modelled"
        ],
    }


def _event_study(published: Published, area: str, indicator: str, say: Language) -> dict[str, Any] | None:
    rows = [
        row
        for row in published.evaluations
        if (row["area_id"], row["indicator_id"], row["method"]) == (area, indicator, EVENT_STUDY)
        and row["estimate"] is not None
    ]
    if not rows:
        return None
    unit = published.indicators[indicator]
    start = published.catalogue.evaluations[rows[0]["evaluation_id"]].start
    title = say("event_study", indicator=say.of(unit, "name"))
    key = f"effect-{indicator}"
    events = series_chart.events(published, indicator, area)
    drawn = effect_chart.draw(rows, unit, start, title, say, key, events, synthetic=published.synthetic)
    measures = [(one.letter, series_drawing.measure_in_words(one.row, say)) for one in events]
    return {"title": title, "svg": drawn.svg, "measures": measures}


def _method(row: Row, say: Language) -> str:
    """Say by which method, and in what it differs from the method itself."""
    return ", ".join(say.known("evaluation_method", part) for part in row["method"].split(", "))


def _estimate(published: Published, row: Row, say: Language) -> dict[str, Any]:
    unit = published.indicators[row["indicator_id"]]
    confidence = "" if row["confidence"] is None else f" ({say.number(row['confidence'] * 100, 0)}\u00a0%)"
    limits = say.interval(unit, row["lower"], row["upper"], sign=True)
    first, _, more = (row["note"] or "").partition(";")
    return {
        "method": _method(row, say),
        "period": row["period"],
        "estimate": say.difference(unit, row["estimate"]),
        "limits": limits + confidence if limits else "",
        "p": "" if row["p_value"] is None else say.number(row["p_value"], 2),
        "mde": say.difference(unit, row["mde"]).lstrip("+"),
        "donors": row["donors"],
        "note": first,
        "more": more.lstrip(),
    }


def programme(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return what the area's programme recorded: its measures, findings, obstacles, adjustments and budget."""
    own = published.programme(area)
    return {
        "programme": own,
        "measures": [_measure(published, row, say) for row in published.recorded(area, "measure_taken")],
        "findings": published.recorded(area, "finding"),
        "obstacles": published.recorded(area, "obstacle"),
        "adjustments": published.recorded(area, "adjustment"),
        "budget": published.recorded(area, "budget"),
        "planned": own.releases if own else [],
        "number": say.number,
    }


def _measure(published: Published, row: Row, say: Language) -> dict[str, Any]:
    moved = [(one, say.of(published.indicators[one], "name")) for one in row["indicators"]]
    return {
        **row,
        "name": say.of(row, "name"),
        "moved": moved,
        "cost": say.count(row["cost"]),
        "time": say.span(row["first"], row["last"]),
    }


def changes(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return what changed of the area's figures and why, revisions of the sources, refreshes and failed checks."""
    revised = [row for rows in published.revisions.values() for row in rows]
    newest = sorted(revised, key=lambda row: row["new_vintage"], reverse=True)
    return {
        **what_changed.context(published, area, say),
        "revisions": [revision(row, say) for row in newest[:_MOST_REVISIONS]],
        "more": max(len(revised) - _MOST_REVISIONS, 0),
        "runs": published.runs,
        "failed": [row for row in published.checks if not row["passed"]],
        "checks": len(published.checks),
    }


def deliveries(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return each contract with its sender, when it comes, the last file taken, who uses it and who waits."""
    received = {
        row["table_id"]: row["fetched_at"].date()
        for row in published.snapshots.values()  # in the order of time
        if row["provider"] == "delivery"
    }
    waits = [(row, wanted(row)) for row in published.newest.values() if row["area_id"] == area and not row["period"]]
    today = datetime.fromisoformat(published.meta["built_at"]).date()
    rows = [
        {
            "contract": one.contract,
            "what": one.name_no if say.code == "nb" else one.name_en,
            "sender": one.sender or one.provider,
            "comes": one.comes,
            "due": ", ".join(_due_day(day, say) for day in one.due),
            "last": say.day(one.last_received) or say("never"),
            "overdue": say.day(one.overdue_since),
            "used": len(one.indicators),
            "waiting": [
                (row["indicator_id"], say.of(row, "indicator_name"))
                for row, names in waits
                if f"delivery/{one.contract}" in names
            ],
        }
        for one in expected(published.catalogue, received, today)  # overdue ones first
    ]
    return {"rows": sorted(rows, key=lambda row: (not row["overdue"], -len(row["waiting"])))}


def _due_day(due: str, say: Language) -> str:
    """Write a day of every year (MM-DD), or one day (YYYY-MM-DD)."""
    *year, month, day = due.split("-")
    if year:
        return say.day(date.fromisoformat(due))
    return f"{int(day)}{'.' if say.code == 'nb' else ''} {say.term('month', str(int(month)))}"


def method(published: Published, _area: str, say: Language) -> dict[str, Any]:
    """Return the words with their rules, and what the remarks mean."""
    statuses = ("suppressed", "unreliable", "estimated", "no_denominator", "incomplete", "missing", "not_applicable")
    return {
        "words": [
            (*standing.MARKS[word], say.term("assessment", word), say.term("assessment_rule", word)) for word in WORDS
        ],
        "statuses": [(name, say.term("status", name)) for name in statuses],
        "smallest": published.catalogue.disclosure.smallest,
    }


def dictionary(_published: Published, _area: str, _say: Language) -> dict[str, Any]:
    """Return the schema of the edition."""
    return {"tables": list(SCHEMA)}


def download(published: Published, _area: str, _say: Language) -> dict[str, Any]:
    """Return the files of each format beside the pages."""
    return {"folders": list(published.downloads.items())}


def about(published: Published, area: str, say: Language) -> dict[str, Any]:
    """Return what the edition says of itself, of its sources' terms and of the area."""
    return {
        "facts": sorted(published.meta.items()),
        "licences": list(_licences(published)),
        "place_row": published.areas[area],
        "kind": say.known("kind", published.areas[area]["kind"]),
        "parent": published.areas.get(published.areas[area]["parent_id"] or ""),
        "releases": published.releases,
    }


def _licences(published: Published) -> Iterator[tuple[str, str]]:
    rows: Rows = sorted(published.snapshots.values(), key=lambda row: (row["provider"], row["attribution"]))
    yield from dict.fromkeys((row["attribution"], row["licence"]) for row in rows)


PAGES: dict[str, Context] = {
    "compare": compare,
    "evaluation": evaluation,
    "programme": programme,
    "changes": changes,
    "deliveries": deliveries,
    "method": method,
    "dictionary": dictionary,
    "download": download,
    "about": about,
}
"""The pages in the order of the menu."""
