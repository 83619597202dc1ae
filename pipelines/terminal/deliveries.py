"""`levekar deliveries`: which deliveries are expected, and which of them are overdue."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from indicators.catalogue import Catalogue
from pipelines.deliveries.expected import Expected, expected, received
from pipelines.settings import Settings
from pipelines.storage.store import Store

_NAMED = 6


def rows(settings: Settings, catalogue: Catalogue) -> list[Expected]:
    """Return what is expected, by what stands in the store."""
    known = received(catalogue, Store(settings.root).snapshots)
    return expected(catalogue, known, datetime.now(UTC).date())


def show(console: Console, found: Sequence[Expected]) -> None:
    """Print each delivery with what is known of it; what no contract says is called unknown."""
    for one in found:
        late = f"  [bold red]overdue since {one.overdue_since}[/]" if one.overdue_since else ""
        console.print(f"[bold]{one.contract}[/]: {escape(one.name_en)}{late}", highlight=False, soft_wrap=True)
        more = f" and {len(one.indicators) - _NAMED} more" if len(one.indicators) > _NAMED else ""
        waiting = ", ".join(one.indicators[:_NAMED]) + more or "none"
        for name, text in {
            "sent by": f"{one.sender or 'unknown'} (made by {one.provider})",
            "comes": (one.comes or "unknown") + (f", by {one.due}" if one.due else ""),
            "waited for by": waiting,
            "last received": str(one.last_received or "never"),
        }.items():
            console.print(f"  {name}: {escape(text)}", highlight=False, soft_wrap=True)
