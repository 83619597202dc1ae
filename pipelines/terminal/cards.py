"""The scorecard where a table would not fit: how it stands in a few lines, the worst first, and a card per indicator.

A figure is never cropped: text breaks between words, and goes on in the next line.
"""

from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.text import Text

from indicators.dictionary import WORST_FIRST
from pipelines.language import Language

Row = dict[str, Any]

_NAMED = WORST_FIRST[:6]
"""Those whose indicators are named in the summary."""


def by_word(indicators: list[Row]) -> dict[str, list[Row]]:
    """Return the indicators with a target by their word, the worst first, and before it words that nobody knows."""
    found: dict[str, list[Row]] = {}
    for row in indicators:
        if row["direction"] != "context":
            found.setdefault(row["assessment"] or "no data", []).append(row)
    order = [*(word for word in found if word not in WORST_FIRST), *(word for word in WORST_FIRST if word in found)]
    return {word: found[word] for word in order}


def summary(indicators: list[Row], colours: dict[str, str], language: Language) -> Iterator[Text]:
    """Yield a line per word, with the indicators of those that need attention."""
    for word, rows in by_word(indicators).items():
        line = Text(f"{len(rows):>3} {language.known('assessment', word)}", style=colours.get(word, ""))
        if word in _NAMED or word not in WORST_FIRST:
            line.append(": " + "; ".join(language.of(row, "indicator_name") for row in rows), style="default")
        yield line


def card(row: Row, cells: dict[str, Text], language: Language) -> Iterator[Padding]:
    """Yield an indicator's card: its name with the assessment, then each of its cells that says anything.

    cells: what a line of the table would have, by column, each perhaps of two lines.
    """
    title = Text(language.of(row, "indicator_name"), style="bold")
    word = cells.get("assessment", Text())  # of what is neither good nor bad there is none
    if word.plain.strip():
        title.append("  ").append_text(_in_one_line(word))
    yield Padding(title, (0, 0, 0, 1))
    told = [
        Text().append(f"{language.term('scorecard_column', name)} ", style="dim").append_text(_in_one_line(cell))
        for name, cell in cells.items()
        if name not in ("", "assessment") and cell.plain.strip()
    ]
    marks = [Text(mark.strip(), style="dim") for mark in cells[""].plain.split("\n")[1:]]
    if told or marks:
        yield Padding(Text("; ").join([*told, *marks]), (0, 0, 0, 3))


def _in_one_line(cell: Text) -> Text:
    lines = [line for line in cell.split("\n") if line.plain.strip()]
    return Text(", ").join(lines)
