"""The page docs/coverage.md: for which indicator, at which level of areas, there are figures and from whom.

Text alone, from the catalogue; writing it belongs to `pipelines.edition.derived`.
"""

from collections.abc import Iterator
from typing import Any, get_args

from indicators.catalogue import Catalogue
from indicators.catalogue.models import AreaKind, IndicatorSource, OtherSet, SourceTable

_LEVELS: tuple[AreaKind, ...] = get_args(AreaKind)
_INTRODUCTION = """\
# Coverage

Which sources can have figures of each indicator, at each level of areas, in order of preference. Made from the
catalogue by `make docs`: do not edit. The warehouse has the same in its tables `coverage` and `sentence`.

A name such as `ssb/09429` is a table that a provider is asked for, `delivery/…` a file that can be handed over: which
of them were, `levekar doctor` says. *(not tried)*: no working query was seen yet. *(if it has zones)*: the table is
looked through for living-conditions zones, and no list says whether it has any. A dash: no source is known."""


def page(catalogue: Catalogue) -> str:
    """Return the page as Markdown: the agreement's sentences, a table per pillar, what lacks a source, other sets."""
    levels = {(row["indicator_id"], row["level"]): row for row in rows(catalogue)}
    pillars = [_pillar(catalogue, pillar, levels) for pillar in catalogue.pillars]
    gaps = [_gaps(catalogue, levels), *_not_asked(catalogue)]
    parts = [_INTRODUCTION, _agreement(catalogue), *pillars, *gaps, _elsewhere(catalogue)]
    return "\n\n".join(parts) + "\n"


_Rows = dict[tuple[str, str], dict[str, Any]]


def _pillar(catalogue: Catalogue, pillar: str, rows: _Rows) -> str:
    file = catalogue.pillars[pillar]
    lines = [f"## {file.pillar.name_en} ({file.pillar.name_no})"]
    for subgoal in file.subgoals:
        indicators = [indicator for indicator in file.indicators if indicator.subgoal == subgoal.id]
        lines += ["", f"**{subgoal.id}** {subgoal.name_en}", ""]
        if not indicators:
            lines.append("No indicator.")
            continue
        cells = (
            [f"{indicator.name_en} (`{indicator.id}`)"]
            + [_sources(catalogue, rows[indicator.id, level]) for level in _LEVELS]
            for indicator in indicators
        )
        lines += _table(["indicator", *_LEVELS], cells)
    return "\n".join(lines)


def _sources(catalogue: Catalogue, row: dict[str, Any]) -> str:
    return "<br>".join(f"`{name}`{_mark(catalogue.tables.get(name), row['level'])}" for name in row["sources"])


def _mark(table: SourceTable | None, level: AreaKind) -> str:
    if table is not None and table.zones and level not in table.levels:
        return " *(if it has zones)*"
    return " *(not tried)*" if table is not None and table.unverified else ""


def _gaps(catalogue: Catalogue, rows: _Rows) -> str:
    """For each level, the indicators without a known source, and those whose sources were never tried."""
    cells = []
    for level in _LEVELS:
        own = [row for row in rows.values() if row["level"] == level]
        lacking = [row["indicator_id"] for row in own if not row["sources"]]
        untried = [row["indicator_id"] for row in own if row["sources"] and not row["verified"]]
        without = "all" if len(lacking) == len(own) else _names(lacking)
        cells.append([level, f"{len(own) - len(lacking)} of {len(own)}", without, _names(untried)])
    heading = ["level", "indicators with a source", "no source is known for", "only sources not tried for"]
    subgoals = [
        f"* **{subgoal.id}** {subgoal.name_en}: {', '.join(lacking)}."
        for file in catalogue.pillars.values()
        for subgoal in file.subgoals
        if (lacking := [level for level in _LEVELS if not _has_source(rows, subgoal.id, level)])
    ]
    lines = ["## What lacks a source", "", *_table(heading, cells)]
    if subgoals:
        lines += ["", "Subgoals without any figure at a level:", "", *subgoals]
    return "\n".join(lines)


def _not_asked(catalogue: Catalogue) -> Iterator[str]:
    """Tables that would fill comparators, each with the reason why it is not asked for."""
    if catalogue.not_asked:
        rows = ([f"`{one.id}`", one.title, one.because.strip()] for one in catalogue.not_asked)
        yield "\n".join(["## Tables that are not asked for", "", *_table(["table", "what it holds", "why not"], rows)])


def _has_source(rows: _Rows, subgoal: str, level: AreaKind) -> bool:
    return any(row["sources"] for row in rows.values() if (row["subgoal_id"], row["level"]) == (subgoal, level))


_KINDS = {
    "subgoal": "What the programme is to reach",
    "aim": "By what means, and in what",
    "worry": "What it worries about",
    "context": "What a change must be read with",
}
_AGREEMENT = """\
## The agreement, sentence by sentence

What the agreement says, in our words, and what shows it: indicators, and what of it is not measurable and why. Of the
agreement's text only what is known of it is here; a sentence without an indicator is not measured at all."""


def _agreement(catalogue: Catalogue) -> str:
    """Each sentence with its indicators, or why there are none."""
    parts = [_AGREEMENT]
    for kind, heading in _KINDS.items():
        mine = [row for row in sentences(catalogue) if row["kind"] == kind]
        cells = (
            [
                f"{row['subgoal_id']} {row['name_en']}" if row["subgoal_id"] else row["name_en"],
                _names(row["indicators"]),
                row["not_measured"],
            ]
            for row in mine
        )
        parts.append(f"### {heading}")
        parts.append("\n".join(_table(["the agreement", "indicators", "not measurable, because"], cells)))
    return "\n\n".join(parts)


def sentences(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one row per subgoal and sentence of the agreement: what is said, its indicators, what is not measured."""
    indicators = catalogue.indicators.values()
    subgoals = [
        {
            "sentence_id": subgoal.id,
            "kind": "subgoal",
            "subgoal_id": subgoal.id,
            "name_no": subgoal.name_no,
            "name_en": subgoal.name_en,
            "indicators": [indicator.id for indicator in indicators if indicator.subgoal == subgoal.id],
            "not_measured": None,
        }
        for file in catalogue.pillars.values()
        for subgoal in file.subgoals
    ]
    said = [
        {
            "sentence_id": sentence.id,
            "kind": sentence.kind,
            "subgoal_id": sentence.subgoal,
            "name_no": sentence.name_no,
            "name_en": sentence.name_en,
            "indicators": [indicator.id for indicator in indicators if sentence.id in indicator.worries],
            "not_measured": sentence.not_measured,
        }
        for sentence in catalogue.sentences.values()
    ]
    return [*subgoals, *said]


_ELSEWHERE = """\
## Places in the state's indicator sets

Where each indicator stands in NOU 2020:16 (*Levekår i byer*), in the ministry's report on an indicator system for areas
with living-conditions challenges (KDD, id2923886) and in Husbanken's tool for area lifts. None of the three could be
read whole when this was written: what is not known is said to be unknown, and nothing is guessed. Of Husbanken's tool
only its goals are known: investment in dwellings, services, meeting places and outdoor areas, social participation."""


def _elsewhere(catalogue: Catalogue) -> str:
    """Each indicator's place in other sets, as far as it is known."""
    sets: tuple[OtherSet, ...] = get_args(OtherSet)
    cells = (
        [f"`{indicator.id}`", *(indicator.elsewhere.get(name, "unknown") for name in sets)]
        for indicator in catalogue.indicators.values()
    )
    return "\n".join([_ELSEWHERE, "", *_table(["indicator", *sets], cells)])


def _names(ids: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in ids)


def _table(heading: list[str], rows: Any) -> list[str]:
    lines = [heading, ["---"] * len(heading), *([cell or "–" for cell in row] for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one row per indicator and area level: the sources that have figures there, in order of preference.

    verified: at least one of them is a delivery, or asked by a query that was seen to work.
    """
    return [
        {
            "pillar_id": pillar,
            "subgoal_id": indicator.subgoal,
            "indicator_id": indicator.id,
            "level": level,
            "sources": sources,
            "verified": any(name not in catalogue.tables or not catalogue.tables[name].unverified for name in sources),
        }
        for pillar, file in catalogue.pillars.items()
        for indicator in sorted(file.indicators, key=lambda indicator: indicator.subgoal)
        for level in _LEVELS
        for sources in [[source.table for source in indicator.sources if level in _levels(catalogue, source)]]
    ]


def _levels(catalogue: Catalogue, source: IndicatorSource) -> list[AreaKind]:
    """Return the levels of a source, zones among them where they are looked for."""
    table = catalogue.tables.get(source.table)
    if table is not None:
        zones: list[AreaKind] = ["living-conditions zone"] if table.zones else []
        return [*table.levels, *zones]
    contract = catalogue.contracts.get(source.table.removeprefix("delivery/"))
    return contract.levels if contract else []
