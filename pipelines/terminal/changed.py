"""`levekar diff`: what changed between two editions and why, as a table, as Markdown or as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.edition.difference import NO_REASON, Change, Difference
from pipelines.formats.untrusted import in_markdown
from pipelines.terminal.scorecard import SYNTHETIC

_ROWS = 200
"""Figures that are listed; --json gives all."""
_HEADER = ("indicator", "area", "period", "what", "before", "after", "why")


def show(console: Console, found: Difference) -> None:
    """Print how many rows changed for which reason, then the figures and the words that did."""
    console.print(Text(_title(found), style="bold"))
    if found.synthetic:
        console.print(SYNTHETIC, style="bold red")
    if not found.changes:
        console.print("Nothing has changed.")
        return
    counts = Table("table", "what", "why", "rows", box=None, pad_edge=False, header_style="bold")
    for table, what, why, number in found.counts():
        counts.add_row(table, what, Text(why, style="bold red" if why == NO_REASON else ""), f"{number:,}")
    console.print(counts)
    for title, rows, more in _parts(found):
        console.print(Text(f"\n{title}", style="bold"))
        listed = Table(*_HEADER, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            listed.add_row(*map(Text, row))
        console.print(listed)
        if more:
            console.print(more, style="dim")


def markdown(found: Difference) -> str:
    """Return the same as Markdown."""
    lines = [f"# {_title(found)}", ""]
    lines += [f"**{SYNTHETIC}**", ""] if found.synthetic else []
    if not found.changes:
        return "\n".join([*lines, "Nothing has changed.", ""])
    counts = [(table, what, why, f"{number:,}") for table, what, why, number in found.counts()]
    lines += _table(("table", "what", "why", "rows"), counts)
    for title, rows, more in _parts(found):
        lines += ["", f"## {title}", "", *_table(_HEADER, rows), *(["", more] if more else [])]
    return "\n".join([*lines, ""])


def _title(found: Difference) -> str:
    return f"What changed from {found.earlier.asked} to {found.later.asked}"


def _parts(found: Difference) -> Iterator[tuple[str, list[tuple[str, ...]], str | None]]:
    """Yield the figures, then the words of the scorecard, with what is to be said of those that are not listed."""
    words = [change for change in found.of("series") if "assessment" in change.figures and change.what == "changed"]
    for title, changes, column in (("Figures", found.of("measure"), "value"), ("Assessments", words, "assessment")):
        if changes:
            more = len(changes) - _ROWS
            said = f"and {more:,} more: --json gives all, --indicator and --area choose" if more > 0 else None
            yield title, [_row(found, change, column) for change in changes[:_ROWS]], said


def _row(found: Difference, change: Change, column: str) -> tuple[str, ...]:
    before, after = change.figures.get(column, (None, None))
    names = (found.names.get(change.key[name], change.key[name]) for name in ("indicator_id", "area_id"))
    why = ", ".join(change.reasons) or NO_REASON
    because = f" ({'; '.join(change.because)})" if change.because else ""
    others = "" if column in change.figures or change.what != "changed" else f" [{', '.join(list(change.figures)[:4])}]"
    return (*names, change.key["period"] or "", change.what + others, _figure(before), _figure(after), why + because)


def _figure(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *([in_markdown(text) for text in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]
