"""What one night works with, put together once from the settings; each part is passed on where it is used."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from indicators import catalogue as yaml
from indicators.catalogue import Catalogue
from pipelines.code_version import version_behind
from pipelines.decoding.vintages import Vintages
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.held import HeldFiles
from pipelines.deliveries.inbox import Inbox
from pipelines.deliveries.quarantine import Quarantine
from pipelines.edition.publishing import Publisher
from pipelines.providers.tonight import Providers
from pipelines.settings import Settings
from pipelines.steps import flow
from pipelines.steps.asking import Asking
from pipelines.steps.remembering import Memory
from pipelines.steps.runner import Runner
from pipelines.steps.step import Step
from pipelines.steps.trying import Trial
from pipelines.storage.store import Store

KNOWN_KEY = b"The demo's figures are made up, and so is its key."
"""Everybody may know what the demo hides, and every machine is to hide the same."""

Progress = Callable[[str, str], None]
"""Is told of each finished piece of work: its subject, and what came of it."""


def _silent(subject: str, state: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Night:
    """The parts of one night. Nothing takes it whole but the room that puts the graph together."""

    settings: Settings
    catalogue: Catalogue
    store: Store
    asking: Asking
    steps: list[Step]
    runner: Runner
    publisher: Publisher
    progress: Progress


def compose(
    settings: Settings,
    *,
    full: bool = False,
    progress: Progress = _silent,
    given: tuple[Checked, ...] | None = None,
    providers: Providers | None = None,
    catalogue: Catalogue | None = None,
) -> Night:
    """Put a night together. Nothing is asked or written yet. Raises CatalogueError.

    given: delivered files, already checked, instead of those in the inbox. providers, catalogue: others than usual.
    """
    catalogue = catalogue or yaml.load()
    store = Store(settings.root, KNOWN_KEY if settings.synthetic else None)
    vintages = Vintages(catalogue, store)
    memory = Memory(store, tuple(catalogue.pillars))
    asked = providers or Providers(
        catalogue.providers,
        settings.urls,
        settings.replay_folder,
        asked=settings.asks_providers,
        anyway=settings.anyway,
        paces=settings.paces,
        everywhere=settings.scope == "norway",
    )
    inbox = inbox_of(settings, catalogue, store, given)
    oldest = timedelta(days=settings.full_after_days)
    steps = flow.steps(catalogue)
    trial = Trial(catalogue, store, settings.data_dir, steps)
    asking = Asking(catalogue, store.snapshots, asked, inbox, vintages, trial, full, oldest)
    return Night(
        settings,
        catalogue,
        store,
        asking,
        steps,
        Runner(catalogue, store.lake, vintages, memory, full=full, most=settings.memory),
        Publisher(catalogue, store, settings.source_set, settings.synthetic, memory, most=settings.memory),
        progress,
    )


def inbox_of(settings: Settings, catalogue: Catalogue, store: Store, given: tuple[Checked, ...] | None = None) -> Inbox:
    """Return the inbox that the settings name."""
    judge = hashlib.sha256(f"{catalogue.digest} {version_behind(checking.check)}".encode()).hexdigest()[:16]
    quarantine = Quarantine(settings.quarantine)
    taken_before = store.snapshots.delivered_before
    return Inbox(settings.inbox, Rules.of(catalogue), quarantine, HeldFiles(settings.held), judge, taken_before, given)
