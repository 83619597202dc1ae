"""The page of one indicator in one area: chart, table, all areas, definition, arithmetic, skill, sources, vintages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from pipelines.edition.chain import Chain
from pipelines.language import Language
from pipelines.report import area_map, home, series_chart, series_drawing, standing, what_changed
from pipelines.report.figure_set import Row, Rows
from pipelines.report.published import Published
from pipelines.report.svg import Scale, diamond, element, path, round_scale

_STRIP = (6.0, 294.0)


def context(published: Published, area: str, indicator: str, say: Language) -> dict[str, Any]:
    """Return what the template indicator.html is filled with."""
    row = published.indicators[indicator]
    newest = published.newest.get((indicator, area))
    chart = series_chart.of(published, indicator, area)
    own = published.catalogue.indicators[indicator]
    return {
        "indicator": indicator,
        "row": row,
        "own": own,
        "name": say.of(row, "name"),
        "definition": say.of(row, "definition"),
        "subgoal": next(one for one in published.subgoals if one["subgoal_id"] == row["subgoal_id"]),
        "pillar": next(one for one in published.pillars if one["pillar_id"] == row["pillar_id"]),
        "newest": newest,
        "missing": list(home.missing(published, [newest], say)) if newest else [],
        "verdict": standing.verdict(newest, say) if newest else None,
        "standing": list(_standing(published, newest, say)) if newest else [],
        "chart": series_drawing.large(chart, say, "chart") if chart else None,
        "figures": [_figure(published, one, say) for one in _all_figures(published, indicator, area)],
        "measures": published.measures_for(indicator, area),
        "areas": _areas(published, indicator, area, say),
        "maps": area_map.maps(published, indicator, area, say),
        "groups": _groups(published, indicator, area, say),
        "chain": _chain(published, indicator, area),
        "skill": [_skill(one, say) for one in published.skill.get(indicator, []) if one["cases"]],
        "sources": _sources(published, indicator, area),
        "versions": [_version(row, published, say) for row in published.versions.get((indicator, area), [])],
        "vintages": _vintages(published, indicator, area, say),
    }


def _standing(published: Published, row: Row, say: Language) -> Iterator[tuple[str, str]]:
    """Yield what stands in the box beside the chart: what it is called, and what it is."""
    limits = say.interval(row, row["lower"], row["upper"])
    if row["value"] is not None:
        text = f"{say.figure(row, row['value'])} ({row['period']})"
        yield say("newest"), text + (f", {say('interval95')} {limits}" if limits else "")
    elif row["status"]:
        yield say("newest"), f"{say.term('status', row['status'])} ({row['period']})"
    if remark := standing.remark(row, say):
        yield say("status"), remark
    if row["baseline_value"] is not None:
        yield say("baseline"), f"{say.figure(row, row['baseline_value'])} ({row['baseline_period']})"
    if row["change"] is not None:
        limits = say.interval(row, row["change_lower"], row["change_upper"], sign=True)
        yield say("change"), say.difference(row, row["change"]) + (f", {say('interval95')} {limits}" if limits else "")
    if row["target_value"] is not None:
        status = say.term("target_status", row["target_status"])
        yield say("target"), f"{say.figure(row, row['target_value'])} ({row['target_period']}), {status.lower()}"
    if text := standing.against(row, published, say):
        yield say("comparator"), text
    if row["newest_word"] not in (None, row["assessment"]):
        yield say("alone"), say("alone_value", word=say.term("assessment", row["newest_word"]))
    yield from _outlook(row, say)


def _outlook(row: Row, say: Language) -> Iterator[tuple[str, str]]:
    if row["probability"] is not None:
        yield say("probability"), say.probability(row["probability"])
        yield say("trust"), say.term("calibration", row["calibration"])
    if row["recent_trend"]:
        yield say("trend"), say.term("recent_trend", row["recent_trend"])
    if row["alternative_assessment"]:
        yield (
            say("alternative"),
            say(
                "alternative_value",
                value=say.figure(row, row["alternative_value"]),
                period=row["alternative_period"],
                word=say.term("assessment", row["alternative_assessment"]),
                sensitivity=say.term("sensitivity", row["sensitivity"] or "sensitive"),
            ),
        )


# --- tables -----------------------------------------------------------------------------------------------------------


def _all_figures(published: Published, indicator: str, area: str) -> Rows:
    """Return the area's measures, newest first, each with its row of the series where there is one."""
    series = {row["period"]: row for row in published.series.get((indicator, area), [])}
    return [
        {**measure, "series": series.get(measure["period"])}
        for measure in reversed(published.measured(indicator, area))
    ]


def _figure(published: Published, measure: Row, say: Language) -> dict[str, Any]:
    row = published.indicators[measure["indicator_id"]] | measure
    found = measure["series"] or {}
    remarks = [say.term("status", row["status"])] if row["status"] else []
    if series_chart.is_window(row):
        remarks.append(say("window_note"))
    remarks += [say(f"{name}_note") for name in ("disturbed", "broken") if found.get(name)]
    return {
        "period": row["period"],
        "hidden": row["status"] == "suppressed",
        "figure": say.bare(row, row["value"]),
        "limits": say.interval(row, row["lower"], row["upper"]),
        "numerator": say.count(row["numerator"]),
        "denominator": say.count(row["denominator"]),
        "required": say.bare(row, found.get("required_value")),
        "gap": say.bare(row, found.get("gap_to_required"), sign=True),
        "comparator": say.bare(row, found.get("comparator_value")),
        "remark": ", ".join(remarks),
    }


def _areas(published: Published, indicator: str, area: str, say: Language) -> dict[str, Any]:
    """Return the newest figure of each area with its dot and bar on one scale."""
    rows = [row for one in published.with_figures if (row := published.newest.get((indicator, one))) and row["period"]]
    values = [row[name] for row in rows for name in ("value", "lower", "upper") if row[name] is not None]
    if not values:
        return {}
    scale, _from_zero = round_scale(values, *_STRIP)
    unit = published.indicators[indicator]
    low, high = say.figure(unit, scale.low), say.figure(unit, scale.high)
    return {
        "axis": say("all_areas_axis", low=low, high=high) + ("" if scale.low == 0 else " " + say("axis_not_zero")),
        "rows": [
            {
                "id": row["area_id"],
                "name": published.name(row["area_id"]),
                "own": row["area_id"] == area,
                "figure": say.figure(row, row["value"]),
                "limits": say.interval(row, row["lower"], row["upper"]),
                "period": row["period"],
                "remark": standing.remark(row, say),
                "strip": _strip(row, scale, own=row["area_id"] == area),
            }
            for row in rows
        ],
    }


def _strip(row: Row, scale: Scale, *, own: bool) -> Markup:
    """Draw a figure as a dot on a line, a diamond for the page's own area; its row says the same in numbers."""
    if row["value"] is None:
        return Markup("")
    parts = [path([(_STRIP[0], 10), (_STRIP[1], 10)], class_="grid")]
    if row["lower"] is not None:
        parts.append(path([(scale(row["lower"]), 10), (scale(row["upper"]), 10)], class_="bar"))
    x, weak = scale(row["value"]), " weak" if row["status"] == "unreliable" else ""
    if own:
        parts.append(diamond(x, 10, 7.5, f"own{weak}"))
    else:
        parts.append(element("circle", cx=x, cy=10, r=4.5, class_=f"dot{weak}"))
    return element("svg", *parts, viewBox="0 0 300 20", class_="strip", aria_hidden="true", focusable="false")


def _groups(published: Published, indicator: str, area: str, say: Language) -> list[dict[str, str]]:
    """Return the figures of other sexes and ages than the indicator's own, newest period first."""
    own = published.catalogue.indicators[indicator]
    rows = [
        row
        for row in published.measures.get(indicator, [])
        if row["area_id"] == area and (row["sex"] != own.sex or row["age"] != own.age)
    ]
    unit = published.indicators[indicator]
    return [
        {
            "period": row["period"],
            "sex": say.known("sex", row["sex"]),
            "age": row["age"],
            "figure": say.figure(unit, row["value"]),
            "limits": say.interval(unit, row["lower"], row["upper"]),
            "remark": say.known("status", row["status"]),
        }
        for row in reversed(rows)
    ]


def _chain(published: Published, indicator: str, area: str) -> Chain | None:
    """Return the chain of the newest figure, without what the page has elsewhere: definition and sources."""
    told = published.chains.get((indicator, area))
    if told is None or told.period is None:
        return None
    elsewhere = ("Definition", "Snapshots")
    return replace(told, sections=tuple(one for one in told.sections if one.title not in elsewhere))


def _skill(row: Row, say: Language) -> dict[str, str]:
    return {
        "horizon": str(row["horizon"]) if row["horizon"] else say("horizon_all"),
        "cases": say.count(row["cases"]),
        "skill": "" if row["skill"] is None else say.number(row["skill"], 2, sign=True),
        "coverage80": say.probability(row["coverage_80"]),
        "coverage95": say.probability(row["coverage_95"]),
        "verdict": say.known("calibration", row["verdict"]),
    }


def _sources(published: Published, indicator: str, area: str) -> Rows:
    names = dict.fromkeys(
        name for row in reversed(published.measured(indicator, area)) for name in reversed(row["snapshots"] or [])
    )
    rows = [published.snapshots[name] for name in names if name in published.snapshots]
    return sorted(rows, key=lambda row: (row["provider"], row["table_id"], row["role"] != "data"))


def _vintages(published: Published, indicator: str, area: str, say: Language) -> list[dict[str, str]]:
    """Return the cells of the area's own codes that its sources changed."""
    tables = dict.fromkeys(row["source_table"] for row in published.measured(indicator, area))
    codes = published.codes.get(area, set())
    return [
        revision(row, say) for table in tables for row in published.revisions.get(table, []) if row["area_id"] in codes
    ]


def _version(row: Row, published: Published, say: Language) -> dict[str, str]:
    """Return one version of a measure: its figure, or why it has none, from when to when, and why it changed."""
    unit = published.indicators[row["indicator_id"]]
    gone = say.term("what_changed", "gone") if row["event"] == "gone" else ""
    return {
        "period": row["period"],
        "figure": say.figure(unit, row["value"]) or gone or say.known("status", row["status"]),
        "known_from": say.day(row["known_from"]),
        "known_to": say.day(row["known_to"]),
        "why": what_changed.reasons(row["reasons"], say),
    }


def revision(row: Row, say: Language) -> dict[str, str]:
    """Return a revised cell as the pages write it; a hidden figure is called so."""

    def written(value: float | None, status: str | None) -> str:
        return say.known("status", status) if value is None else say.number(value, 0 if value.is_integer() else 2)

    return {
        "table": row["table_id"],
        "area": row["area_id"] or "",
        "period": row["period"],
        "cell": ", ".join(f"{name}={code}" for name, code in sorted(dict(row["dimensions"]).items())),
        "before": written(row["old_value"], row["old_status"]),
        "after": written(row["new_value"], row["new_status"]),
        "known": say.day(row["new_vintage"]),
    }
