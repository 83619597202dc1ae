"""Where the command line writes: consoles on which text that others wrote cannot act.

Escapes, other control characters and marks of direction are written out, whatever a table, a message or an edition
brings. Markup is no part of it: text goes to `print` as `rich.text.Text`, or escaped, wherever it is not our own.
"""

import os
import sys
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.measure import Measurement
from rich.segment import Segment

from pipelines.formats.untrusted import visible

_WIDE = 160
"""Columns where the output is a file or a pipe, which has no width of its own; the scorecard needs about this much."""


def output() -> Console:
    """Return the console of standard output."""
    return guarded(Console(width=None if sys.stdout.isatty() else _WIDE))


def errors() -> Console:
    """Return the console of standard error."""
    return guarded(Console(stderr=True))


def own_terminal() -> Console | None:
    """Return a console of its own on the terminal; None where standard output is none.

    Dagster leads standard output through a pipe while a job runs: what is written there comes late, and its reader does
    not know that it is a terminal. So this one holds on to the terminal itself.
    """
    if not sys.stdout.isatty():
        return None
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding)
    return guarded(Console(file=own, force_terminal=True))


def guarded(console: Console) -> Console:
    """Return the console, on which text that others wrote cannot act from now on."""
    console.push_render_hook(_Hook())
    return console


class _Hook(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Visible(renderable) for renderable in renderables]


class _Visible:
    """Something to be shown, whose text is written out; what rich itself sends to the terminal passes."""

    def __init__(self, shown: ConsoleRenderable) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._shown, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._shown)
