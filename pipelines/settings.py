"""Where figures come from and go to: options of the command line, else LEVEKAR_* variables, else these defaults."""

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parents[1]
DEMO = PROJECT / "data" / "demo"
_MEMORY = re.compile(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B")
SOURCE_SETS = ("demo", "live", "files", "replay")
SCOPES = ("declared", "norway")
_PROVIDERS = ("ssb", "klass", "fhi", "nvdb", "brreg", "trafikkdata", "nilu")


class SettingsError(ValueError):
    """An option or environment variable that makes no sense; the message says what would."""


def _language_of_the_machine() -> Literal["nb", "en"]:
    said = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "nb" if said.partition("_")[0] in ("nb", "nn", "no") else "en"


class Settings(BaseSettings):
    """Where figures come from and go to. `sources` is demo, live, files or replay:DIR.

    What is given and not None goes before the environment. anyway: ask providers in their closed hours too.
    full_after_days: so old at most are figures that were not asked for anew. memory: what DuckDB may take, such as 4GB;
    half of the machine's, unless given. wait: seconds at most that a command waits for another run on the same store.
    lang: nb or en, of what a case worker reads; what the machine's own settings say, unless given. scope: declared asks
    open tables for the areas that sources.yaml names, norway for every municipality besides. Raises SettingsError.
    """

    model_config = SettingsConfigDict(env_prefix="LEVEKAR_", env_ignore_empty=True, frozen=True, extra="ignore")

    sources: str = "demo"
    data_dir: Path = PROJECT / "data" / "store"
    inbox: Path = PROJECT / "data" / "inbox"
    area: str = "drammen-7"
    ssb_url: str | None = None
    klass_url: str | None = None
    fhi_url: str | None = None
    nvdb_url: str | None = None
    brreg_url: str | None = None
    trafikkdata_url: str | None = None
    nilu_url: str | None = None
    anyway: bool = False
    full_after_days: float = 30
    wait: float = 300
    memory: str | None = None
    scope: str = "declared"
    lang: Literal["nb", "en"] = Field(default_factory=_language_of_the_machine)

    def __init__(self, sources: str | None = None, **given: Any) -> None:
        named = {name: value for name, value in {"sources": sources, **given}.items() if value is not None}
        try:
            super().__init__(**named)
        except ValidationError as error:
            wrong = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
            raise SettingsError("settings: " + "; ".join(wrong)) from error

    def model_post_init(self, _context: Any, /) -> None:
        """Refuse an unknown source set or scope, and an amount of memory that DuckDB would not understand."""
        name, _, folder = self.sources.partition(":")
        if name not in SOURCE_SETS or (name == "replay") != bool(folder):
            raise SettingsError(f"sources '{self.sources}': expected demo, live, files or replay:DIR")
        if self.scope not in SCOPES:
            raise SettingsError(f"scope '{self.scope}': expected {' or '.join(SCOPES)}")
        if self.scope == "norway" and self.synthetic:
            raise SettingsError("scope 'norway': the demo has Drammen alone; expected --sources live or replay:DIR")
        if self.memory is not None and not _MEMORY.fullmatch(self.memory):
            raise SettingsError(f"memory '{self.memory}': expected a number and a unit, such as 500MB or 4GB")

    @property
    def urls(self) -> dict[str, str]:
        """Addresses of providers that go before those of sources.yaml, by the provider's id."""
        named = {name: getattr(self, f"{name}_url") for name in _PROVIDERS}
        return {provider: url for provider, url in named.items() if url}

    @property
    def source_set(self) -> str:
        """One of demo, live, files, replay: the name of the folder that everything is kept in."""
        return self.sources.partition(":")[0]

    @property
    def root(self) -> Path:
        """The folder of this source set, `<data dir>/<source set>`."""
        return self.data_dir.expanduser().resolve() / self.source_set

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
        """Where Dagster keeps this source set's runs, the same for the command line and the user interface."""
        return self.data_dir.expanduser().resolve() / "dagster" / self.source_set

    @property
    def paces(self) -> Path:
        """Where all processes count their calls to each provider."""
        return self.data_dir / ".paces"

    @property
    def held(self) -> Path:
        """Where it is kept why deliveries are held, and who confirmed them."""
        return self.data_dir.parent / "held"

    @property
    def quarantine(self) -> Path:
        """Where refused deliveries lie with their reasons."""
        return self.data_dir.parent / "quarantine"
