"""`levekar deliveries`: which deliveries are expected, and which of them are overdue."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from indicators.catalogue import Catalogue
from pipelines.deliveries.expected import Expected, expected, received
from pipelines.language import Language
from pipelines.settings import Settings
from pipelines.storage.store import Store

_NAMED = 6


def rows(settings: Settings, catalogue: Catalogue) -> list[Expected]:
    """Return what is expected, by what stands in the store."""
    known = received(catalogue, Store(settings.root).snapshots)
    return expected(catalogue, known, datetime.now(UTC).date())


def show(console: Console, found: Sequence[Expected], language: Language) -> None:
    """Print each delivery with what is known of it; what no contract says is called unknown."""

    def say(name: str, **parts: object) -> str:
        return language.term("delivery", name).format(**parts)

    for one in found:
        late = f"  [bold red]{say('overdue', day=one.overdue_since)}[/]" if one.overdue_since else ""
        name = one.name_no if language.code == "nb" else one.name_en
        console.print(f"[bold]{one.contract}[/]: {escape(name)}{late}", highlight=False, soft_wrap=True)
        waiting = ", ".join(one.indicators[:_NAMED]) or say("none")
        if len(one.indicators) > _NAMED:
            waiting = say("and_more", listed=waiting, number=len(one.indicators) - _NAMED)
        comes = one.comes or say("unknown")
        for line, text in {
            "sent_by": say("sent_by_whom", sender=one.sender or say("unknown"), provider=one.provider),
            "comes": say("comes_by", comes=comes, day=", ".join(one.due)) if one.due else comes,
            "waited_for_by": waiting,
            "last_received": str(one.last_received or say("never")),
        }.items():
            console.print(f"  {say(line)}: {escape(text)}", highlight=False, soft_wrap=True)
