"""The first page: what a steering group must know of each pillar and subgoal, and what is worse, hidden, missing."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from indicators.dictionary import WORD_COLUMNS, WORDS
from pipelines.language import Language
from pipelines.report import series_chart, series_drawing, standing
from pipelines.report.figure_set import Row, Rows, by_one
from pipelines.report.published import Published

_WANTED = re.compile(r"\b[a-z]+/\w+")


def context(published: Published, area: str, say: Language, pillar_id: str | None = None) -> dict[str, Any]:
    """Return what the templates home.html and, where a pillar is named, pillar.html are filled with."""
    pillars = [one for one in published.pillars if pillar_id in (None, one["pillar_id"])]
    own = {one["pillar_id"] for one in pillars}
    rows = [row for (_indicator, place), row in published.newest.items() if place == area and row["pillar_id"] in own]
    return {
        "programme": published.programme(area),
        "pillars": [_pillar(published, area, pillar, rows, say) for pillar in pillars],
        "worse": list(_changed(published, rows, "worse", say)),
        "better": list(_changed(published, rows, "better", say)),
        "hidden": list(_hidden(published, area, own, say)),
        "missing": list(missing(published, rows, say)),
    }


def _pillar(published: Published, area: str, pillar: Row, rows: Rows, say: Language) -> dict[str, Any]:
    own = [row for row in rows if row["pillar_id"] == pillar["pillar_id"]]
    by_subgoal = by_one((row for row in own if row["direction"] != "context"), "subgoal_id")
    view = published.pillar_views.get((area, pillar["pillar_id"]))
    return {
        "id": pillar["pillar_id"],
        "name": say.of(pillar, "name"),
        "counts": _counts(view, say),
        "number": view["indicators"] if view else 0,
        "groups": [
            {"name": name, **_cards(published, found, say)}
            for name, found in [
                *(
                    (f"{one['subgoal_id']} {say.of(one, 'name')}", by_subgoal.get(one["subgoal_id"]))
                    for one in published.subgoals
                ),
                (say("context_indicators"), [row for row in own if row["direction"] == "context"]),
            ]
            if found
        ],
    }


def _cards(published: Published, rows: Rows, say: Language) -> dict[str, Any]:
    """Return the cards of what there is, and the names of what there is no figure of."""
    shown = [row for row in rows if row["period"] is not None]
    return {
        "cards": [_card(published, row, say) for row in shown],
        "without": [_link(row, say) for row in rows if row["period"] is None],
    }


def _link(row: Row, say: Language) -> dict[str, str]:
    return {"id": row["indicator_id"], "name": say.of(row, "indicator_name")}


def _counts(view: Row | None, say: Language) -> list[dict[str, Any]]:
    if view is None:
        return []
    return [
        {"number": view[column], "word": say.term("assessment", word), "sign": sign, "tone": tone}
        for word, column in zip(WORDS, WORD_COLUMNS, strict=True)
        if view[column]
        for sign, tone in [standing.MARKS[word]]
    ]


def _card(published: Published, row: Row, say: Language) -> dict[str, Any]:
    chart = series_chart.of(published, row["indicator_id"], row["area_id"])
    drawn = series_drawing.small(chart, say, f"small-{row['indicator_id']}") if chart else None
    target = ""
    if row["target_value"] is not None:
        status, value = say.term("target_status", row["target_status"]), say.figure(row, row["target_value"])
        target = say("card_target", status=status, value=value, period=row["target_period"])
    baseline = say.figure(row, row["baseline_value"])
    return {
        "id": row["indicator_id"],
        "name": say.of(row, "indicator_name"),
        "figure": say.figure(row, row["value"]),
        "period": row["period"],
        "limits": say.interval(row, row["lower"], row["upper"]),
        "remark": standing.remark(row, say),
        "verdict": standing.verdict(row, say),
        "baseline": say("card_baseline", value=baseline, period=row["baseline_period"]) if baseline else "",
        "target": target,
        "against": standing.against(row, published, say),
        "chart": drawn.svg if drawn else None,
    }


def _changed(published: Published, rows: Rows, way: str, say: Language) -> Iterator[dict[str, str]]:
    """Yield the indicators that have surely become better or worse by themselves, and whether that holds for all."""
    for row in rows:
        test = published.change_tests.get((row["indicator_id"], row["area_id"]))
        if test is None or test["alone"] != way or row["value"] is None:
            continue
        change, limits = say.difference(row, row["change"]), ""
        if row["change_lower"] is not None:
            written = say.interval(row, row["change_lower"], row["change_upper"], sign=True)
            limits = say("changed_limits", limits=written)
        text = say(
            "changed_item",
            figure=say.figure(row, row["value"]),
            period=row["period"],
            change=change,
            baseline=row["baseline_period"],
        )
        held = "changed_together" if test["together"] == way else "changed_alone"
        yield {
            "id": row["indicator_id"],
            "name": say.of(row, "indicator_name"),
            "text": f"{text}{limits}. {say(held, number=test['tests'])}",
        }


def _hidden(published: Published, area: str, pillars: set[str], say: Language) -> Iterator[dict[str, str]]:
    inside = {key: row for key, row in published.indicators.items() if row["pillar_id"] in pillars}
    for indicator, row in inside.items():
        measured = published.measures.get(indicator, [])
        own = [one for one in measured if one["area_id"] == area and one["status"] == "suppressed"]
        if own:
            periods = ", ".join(dict.fromkeys(one["period"] for one in own))
            yield {
                "id": indicator,
                "name": say.of(row, "name"),
                "text": say("hidden_item", number=len(own), periods=periods),
            }


def missing(published: Published, rows: Rows, say: Language) -> Iterator[dict[str, Any]]:
    """Yield what is waited for, from whom, and the indicators that wait: each sender's words once."""
    waiting: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["period"] is None:
            waiting[_waited_for(published, wanted(row), say)].append(row)
    for (told, what), indicators in waiting.items():
        yield {"told": told, "what": what, "indicators": [_link(row, say) for row in indicators]}


def _waited_for(published: Published, sources: Sequence[str], say: Language) -> tuple[str, str]:
    """Return who must send it, and what; of what a provider is asked for, that it was not fetched."""
    known = [published.catalogue.deliveries[name] for name in sources if name in published.catalogue.deliveries]
    # Figures, where there can be any: a list of areas beside them is no other way to the same.
    known = [one for one in known if one.id in published.catalogue.contracts] or known
    if known:
        who = say("missing_or").join(dict.fromkeys(one.sender or one.provider for one in known))
        names = [one.name_no if say.code == "nb" else one.name_en for one in known]
        return say("missing_from", who=who), say("missing_or").join(names)
    asked = [published.catalogue.asked[name] for name in sources if name in published.catalogue.asked]
    titles = [(say.code == "en" and one.title_en) or one.title for one in asked]
    return say("missing_unasked"), say("missing_or").join(titles)


def wanted(row: Row) -> list[str]:
    """Return the names of the sources that a row of the scorecard without any figure waits for."""
    return list(dict.fromkeys(_WANTED.findall(row["note"] or "")))
