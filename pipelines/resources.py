"""What the assets work with: settings from the environment, the catalogue, the store, clients of the providers.

No asset logic here, and nothing is read or asked until it is used.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from indicators import catalogue, geography
from indicators.catalogue import Catalogue
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.quarantine import Quarantine
from pipelines.errors import SourceError
from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient
from pipelines.providers.pxweb import PxWebClient
from pipelines.providers.replay import ReplayTransport
from pipelines.providers.transport import LiveTransport, Transport
from pipelines.storage.lake import Lake
from pipelines.storage.snapshots import DELIVERED, SnapshotStore

PROJECT = Path(__file__).parents[1]
DEMO = PROJECT / "data" / "demo"
SOURCE_SETS = ("demo", "live", "files", "replay")


class SettingsError(ValueError):
    """An option or environment variable that makes no sense; the message says what would."""


@dataclass(frozen=True)
class Settings:
    """Where figures come from and go to. `sources` is demo, live, files or replay:DIR."""

    sources: str = "demo"
    data_dir: Path = PROJECT / "data" / "store"
    inbox: Path = PROJECT / "data" / "inbox"
    area: str = "drammen-7"
    urls: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, _, folder = self.sources.partition(":")
        if name not in SOURCE_SETS or (name == "replay") != bool(folder):
            raise SettingsError(f"sources '{self.sources}': expected demo, live, files or replay:DIR")

    @classmethod
    def from_environment(cls, **given: object) -> "Settings":
        """Read LEVEKAR_* variables; what is given and not None overrides them."""
        read = {
            "sources": os.environ.get("LEVEKAR_SOURCES"),
            "data_dir": _path(os.environ.get("LEVEKAR_DATA_DIR")),
            "inbox": _path(os.environ.get("LEVEKAR_INBOX")),
            "area": os.environ.get("LEVEKAR_AREA"),
            "urls": _urls(),
        }
        chosen = {name: given.get(name) or value for name, value in read.items()}
        return cls(**{name: value for name, value in chosen.items() if value})  # type: ignore[arg-type]

    @property
    def source_set(self) -> str:
        """One of demo, live, files, replay: the name of the folder that everything is kept in."""
        return self.sources.partition(":")[0]

    @property
    def root(self) -> Path:
        """The folder of this source set, `<data dir>/<source set>`."""
        return self.data_dir / self.source_set

    @property
    def replay_folder(self) -> Path | None:
        """The folder of snapshots that stands in for the providers, for demo and replay."""
        if self.source_set == "demo":
            return DEMO / "snapshots"
        return Path(self.sources.partition(":")[2]) if self.source_set == "replay" else None

    @property
    def asks_providers(self) -> bool:
        """Whether open services are asked (or replayed); `files` takes deliveries only."""
        return self.source_set != "files"

    @property
    def synthetic(self) -> bool:
        """Whether figures are made up."""
        return self.source_set == "demo"

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps its runs, the same for the command line and the user interface."""
        return self.data_dir / "dagster"


def _urls() -> dict[str, str]:
    """Addresses of providers from the environment: LEVEKAR_SSB_URL, LEVEKAR_KLASS_URL, LEVEKAR_FHI_URL."""
    named = {name: os.environ.get(f"LEVEKAR_{name.upper()}_URL") for name in ("ssb", "klass", "fhi")}
    return {name: url for name, url in named.items() if url}


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


@dataclass
class Workspace:
    """One run's tools, made when first used: catalogue, snapshot store, lake, clients, deliveries."""

    settings: Settings
    full: bool = False
    # Files delivered by name, each with the contract to be tried, if only one is; None: what lies in the inbox.
    delivered: tuple[tuple[Path, str | None], ...] | None = None
    progress: Callable[[str, str], None] = lambda subject, state: None
    # What went wrong when a source was asked whether it changed, by the source's name.
    faults: dict[str, SourceError] = field(default_factory=dict)
    # When each table was last updated, as its provider said in this run.
    updated: dict[tuple[str, str], str | None] = field(default_factory=dict)
    # A fetch is decoded to see whether it makes sense, and again for its facts: once is enough.
    decoded: dict[tuple[str, ...], pa.Table] = field(default_factory=dict)
    listed: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The checked catalogue."""
        return catalogue.load()

    @cached_property
    def store(self) -> SnapshotStore:
        """The source set's own snapshots."""
        return SnapshotStore(self.settings.root / "snapshots")

    @cached_property
    def lake(self) -> Lake:
        """The source set's Parquet files."""
        return Lake(self.settings.root / "lake")

    @cached_property
    def replayed(self) -> SnapshotStore | None:
        """The snapshots that stand in for the providers, if the source set replays any."""
        folder = self.settings.replay_folder
        if folder is None:
            return None
        if not folder.is_dir():
            raise SourceError(f"{folder}: no such folder of snapshots; expected one written by `levekar refresh`")
        return SnapshotStore(folder)

    @cached_property
    def clients(self) -> dict[str, PxWebClient | FhiClient]:
        """One client per provider of tables, so that its calls share one rate limit."""
        return {
            name: FhiClient(self._transport(name))
            if provider.dialect == "fhi"
            else PxWebClient(self._transport(name), dialect=provider.dialect)
            for name, provider in self.catalogue.providers.items()
            if provider.dialect != "klass"
        }

    @cached_property
    def klass(self) -> KlassClient:
        """The client of the classification service."""
        return KlassClient(self._transport("klass"))

    def _transport(self, provider: str) -> Transport:
        if self.replayed is not None:
            return ReplayTransport(self.replayed, provider)
        url = self.settings.urls.get(provider) or self.catalogue.providers[provider].url
        return LiveTransport(url, name=provider)

    @cached_property
    def quarantine(self) -> Quarantine:
        """The folder of refused deliveries, beside the store's."""
        return Quarantine(self.settings.data_dir.parent / "quarantine")

    @cached_property
    def rules(self) -> Rules:
        """What deliveries are held against."""
        areas = self.catalogue.areas.values()
        names = {name for area in areas for name in (area.name, *area.published_names)}
        catalogue = self.catalogue
        return Rules(catalogue.contracts, catalogue.area_lists, catalogue.boundaries, geography.names(areas), names)

    @property
    def inbox_files(self) -> list[Path]:
        """The files in the inbox and its folders, oldest first; those that programs leave on the way are none."""
        folder = self.settings.inbox
        found = [path for path in folder.rglob("*") if not path.is_dir()] if folder.is_dir() else []
        own = [path for path in found if not any(map(_on_the_way, path.relative_to(folder).parts))]
        return sorted(own, key=lambda path: (path.lstat().st_mtime, path.name))

    @cached_property
    def pending(self) -> list[Checked]:
        """Each file that was not looked at before, checked: those of the inbox, or those given on the command line."""
        if self.delivered is not None:
            return [
                checking.check(checking.taken_from(path), self.rules, contract) for path, contract in self.delivered
            ]
        taken = map(checking.taken_from, self.inbox_files)
        return [checking.check(one, self.rules) for one in taken if not self.is_known(one)]

    def is_known(self, taken: Checked) -> bool:
        """Whether the bytes were taken, or withdrawn, or refused by the same catalogue and code, before."""
        if taken.sha256 is None:
            return False
        folder = self.quarantine.left(taken.sha256, self.judge)
        # What may hold personal data, of which no copy is kept, is told of as long as it lies there.
        return taken.sha256 in self._delivered_before or (folder is not None and self.quarantine.holds_file(folder))

    @cached_property
    def _delivered_before(self) -> set[str]:
        return {one.sha256 for fetch in self.store.fetches(DELIVERED) for one in fetch.responses if fetch.accepted}

    @property
    def judge(self) -> str:
        """What a delivery is judged by: the catalogue and the code."""
        return self.fingerprint("delivery")[:16]

    @cached_property
    def code_version(self) -> str:
        """SHA-256 over the project's own Python: with other code, everything after the snapshots is made anew."""
        digest = hashlib.sha256()
        for package in ("indicators", "pipelines"):
            for path in sorted((PROJECT / package).rglob("*.py")):
                digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def fingerprint(self, *parts: str | None) -> str:
        """Identify what a table is made from: the given parts, the catalogue and the code."""
        text = "\n".join([*(part or "" for part in parts), self.catalogue.digest, self.code_version])
        return hashlib.sha256(text.encode()).hexdigest()


def _on_the_way(part: str) -> bool:
    """Whether a name is one that programs give to what is not finished, or keep for themselves."""
    return part.startswith((".", "~$")) or part.casefold().endswith(_UNFINISHED) or part in ("Thumbs.db", "desktop.ini")


_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder of the project's Dagster instance, with the project's `dagster.yaml` in it, and return it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
    return home
