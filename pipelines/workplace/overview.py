"""The analyst's first page: where each indicator of the area stands, the worst first, and what is to be done.

Markdown for the page of an asset. Reads the edition, what waits in the inbox and when whom was heard of; of deliveries
it says what their readers may know.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from indicators.catalogue import Catalogue
from indicators.dictionary import FORESEEN, SCHEMA, WORST_FIRST
from pipelines.deliveries.expected import Expected, expected, received
from pipelines.deliveries.held import Held
from pipelines.edition.figure_text import difference, figure, probability
from pipelines.formats.untrusted import in_markdown
from pipelines.storage import warehouse
from pipelines.storage.nights import Nights
from pipelines.storage.store import Store

Row = dict[str, Any]

_WAITED_FOR = 5  # of the files that most indicators wait for
_HEADER = ("| indicator | word | figure | target | gap | against | source |", "|---|---|---|---|---|---|---|")
_SOURCES = """
    SELECT indicator_id, list(DISTINCT source_table) FROM scorecard JOIN measure USING (indicator_id, area_id, period)
    WHERE area_id = ? GROUP BY ALL
"""
_SOURCE = re.compile(r"\w+/\w+")


def markdown(store: Store, catalogue: Catalogue, area: str, held: Iterable[Held], now: datetime) -> str:
    """Return the overview of an area in the newest edition. Raises NothingPublished."""
    with warehouse.connect(store.root, SCHEMA) as connection:
        rows = warehouse.rows(connection, "SELECT * FROM scorecard WHERE area_id = ?", area)
        views = warehouse.rows(connection, "SELECT * FROM pillar_view WHERE area_id = ?", area)
        checks = warehouse.rows(connection, "SELECT * FROM check_result WHERE NOT passed ORDER BY subject, check_name")
        names = dict(connection.execute("SELECT area_id, name FROM area").fetchall())
        sources = dict(connection.execute(_SOURCES, [area]).fetchall())
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    waited_for = expected(catalogue, received(catalogue, store.snapshots), now.date())
    made_up = "SYNTHETIC FIGURES: " if meta.get("synthetic") == "true" else ""
    headlines = {view["pillar_id"]: view["headline"] for view in views}
    lines = [
        f"# {made_up}{in_markdown(names.get(area, area))}",
        "",
        f"Edition `{meta['edition']}`, source set {meta['source_set']}.",
        *_to_do(list(held), waited_for, checks, Nights(store.root), now),
    ]
    for pillar, file in catalogue.pillars.items():
        own = [row for row in rows if row["pillar_id"] == pillar]
        lines += ["", f"## {file.pillar.name_en} / {file.pillar.name_no}", "", headlines.get(pillar) or ""]
        lines += _table(own, names, sources)
    return "\n".join([*lines, ""])


def _to_do(
    held: Sequence[Held], waited_for: Sequence[Expected], checks: Sequence[Row], nights: Nights, now: datetime
) -> Iterator[str]:
    """Yield what waits for somebody, the most pressing first."""
    found = [
        *(
            f"**Held** since {one.moment}: {one.figures} figure(s) of `{one.contract}` stand out. The job "
            f"`confirm_delivery` with `{one.public[:8]}` publishes them; `levekar doctor` says which they are."
            for one in held
        ),
        *(
            f"**Overdue** since {one.overdue_since}: `{one.contract}`, from {one.sender or one.provider}."
            for one in waited_for
            if one.overdue_since is not None
        ),
        *_failed(checks),
        *_heard_of(nights, now),
    ]
    missing = [one for one in waited_for if one.last_received is None and one.indicators]
    if missing:
        first = ", ".join(f"`{one.contract}` ({len(one.indicators)})" for one in missing[:_WAITED_FOR])
        found.append(
            f"**Never received**: {len(missing)} file(s); most indicators wait for {first}. "
            "`levekar deliveries --request CONTRACT` writes to the sender."
        )
    yield from ["", "## To do", ""]
    yield from (f"* {line}" for line in found)
    if not found:
        yield "Nothing: every source answered, and no file waits."


def _failed(checks: Sequence[Row]) -> Iterator[str]:
    """Yield the checks that failed, those of one name together."""
    by_check: dict[tuple[str, str], list[str]] = {}
    for row in checks:
        by_check.setdefault((row["severity"], row["check_name"]), []).append(row["subject"])
    for (severity, name), subjects in sorted(by_check.items()):
        told = ", ".join(f"[{subject}](/assets/{subject}?view=checks)" for subject in subjects[:_WAITED_FOR])
        more = f" and {len(subjects) - _WAITED_FOR} more" if len(subjects) > _WAITED_FOR else ""
        yield f"**{severity.capitalize()}**, check `{name}`: {told}{more}. The asset's page says why."


def _heard_of(nights: Nights, now: datetime) -> Iterator[str]:
    """Yield the providers that were asked last and did not answer."""
    last = nights.last_asked()
    for provider, moment in last.silent().items() if last is not None else ():
        days = f"{(now.astimezone(UTC) - moment).days} day(s) ago" if moment is not None else "never"
        yield f"**No answer** from {provider}, last heard {days}: what is shown of it is as it stood then."


def _table(rows: Sequence[Row], names: Mapping[str, str], sources: Mapping[str, Sequence[str]]) -> Iterator[str]:
    place = {word: number for number, word in enumerate(WORST_FIRST)}
    aimed = [row for row in rows if row["direction"] != "context" and row["period"] is not None]
    if aimed:
        yield from ["", *_HEADER]
    # What is not assessed comes last.
    for row in sorted(aimed, key=lambda row: place.get(row["assessment"], len(place))):
        yield _line(row, names, sources.get(row["indicator_id"], []))
    lacking = [row["indicator_name_en"] for row in rows if row["period"] is None]
    if lacking:
        yield from ["", f"No figures yet: {in_markdown('; '.join(lacking))}."]


def _line(row: Row, names: Mapping[str, str], sources: Sequence[str]) -> str:
    """Return an indicator's line; its name leads to its pillar's charts, and its source to what was received."""
    word = row["assessment"] or "not assessed"
    if row["probability"] is not None and word in FORESEEN:
        word += f", probability {probability(row['probability'])} ({row['calibration']})"
    value = figure(row, "value") if row["value"] is not None else (row["status"] or "missing").replace("_", " ")
    target = f"{figure(row, 'target_value')} by {row['target_period']}" if row["target_value"] is not None else ""
    against = ""
    if row["comparator_value"] is not None:
        name = names.get(row["comparator_id"], row["comparator_id"])
        if row["comparator_period"] != row["period"]:
            name = f"{name} ({row['comparator_period']})"
        against = f"{name} {figure(row, 'comparator_value')} {row['comparison'] or ''}".strip()
    name = f"[{in_markdown(row['indicator_name_en'])}](/assets/series/{row['pillar_id']})"
    texts = (word, f"{value} ({row['period']})", target, difference(row, "gap_to_required"), against)
    drawn = ", ".join(_SOURCE.sub(r"[\g<0>](/assets/snapshot/\g<0>)", source) for source in sorted(sources))
    return f"| {' | '.join([name, *map(in_markdown, texts), drawn])} |"
