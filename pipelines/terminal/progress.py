"""How far a refresh has come: one bar on a terminal, otherwise a line for each piece of work that brings news."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console

Told = Callable[[str, str], None]


@dataclass(frozen=True)
class Progress:
    """Is told of each finished piece of work, and before that how many there may be."""

    told: Told
    expect: Callable[[int], None]

    def __call__(self, subject: str, state: str) -> None:
        """Show what came of one piece of work."""
        self.told(subject, state)


def on_lines(console: Console) -> Progress:
    """Show news as lines: for a file, a pipe, a log."""

    def told(subject: str, state: str) -> None:
        if _is_news(state):
            console.print(f"{subject}: {state}", highlight=False, markup=False, soft_wrap=True)

    return Progress(told, lambda _number: None)


@contextmanager
def on_a_terminal(console: Console) -> Iterator[Progress]:
    """Show one bar that goes in the end, with what is worked on and the time left; news stand above it."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("asking the sources", total=None)

        def told(subject: str, state: str) -> None:
            bar.update(task, advance=1, description=subject)
            if _is_news(state):
                bar.console.print(f"{subject}: {state}", highlight=False, markup=False)

        yield Progress(told, lambda number: bar.update(task, total=number))


def _is_news(state: str) -> bool:
    """Whether something is worth a line now; what failed is told at the end, once for all sources of a host."""
    return state not in ("unchanged", "absent") and not state.startswith("failed")
