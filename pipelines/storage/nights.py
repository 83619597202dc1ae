"""What became of each night, kept outside the editions: a night that published nothing has none to be told in.

    <root>/nights/<time>.json      one night, as data
    <root>/nights/<time>.md        the same for people; it is what is sent

A night is a refresh, whoever started it. Its record is written once and never changed; a night that did not take place,
or whose process died, has one too. The folder is private: what failed may name files.
"""

import dataclasses
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.storage import files

Outcome = Literal["published", "unchanged", "nothing published", "broke off", "missed"]
_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Tally:
    """How many sources there are to ask, how many were asked, and how many of these gave an answer of use."""

    of: int = 0
    asked: int = 0
    answered: int = 0

    def __str__(self) -> str:
        return f"asked tonight: {self.asked} of {self.of}, answered {self.answered}"


@dataclass(frozen=True)
class Moved:
    """A newest figure that differs from the one before it by more than chance.

    lower, upper: 95 per cent interval of the difference, in the indicator's unit.
    """

    indicator_id: str
    area_id: str
    name: str
    unit: str
    decimals: int
    old_period: str
    old_value: float
    period: str
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class NightRecord:
    """One night. Times are in UTC.

    failed, warnings: why, by source, check or step. not_asked: providers in their closed hours, and until when.
    new: sources that gave something new. last_answered: each source's last answer of use, of this night or an earlier
    one. silent: sources that failed, by the time of their last answer. changes: counts of figures against the edition
    before. moved: of the programme areas. overdue, held: deliveries, in words.
    """

    started_at: datetime
    finished_at: datetime
    trigger: str
    outcome: Outcome
    source_set: str
    synthetic: bool = False
    run_id: str | None = None
    edition: str | None = None
    asked: Tally = Tally()
    providers: Mapping[str, Tally] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    not_asked: Mapping[str, str] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    last_answered: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    overdue: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    remark: str | None = None

    @property
    def good(self) -> bool:
        """Whether the night took place and nothing failed."""
        return self.outcome in ("published", "unchanged") and not self.failed

    def provider_answered(self, provider: str) -> datetime | None:
        """Return when any source of a provider last answered."""
        found = [time for source, time in self.last_answered.items() if source.startswith(f"{provider}/")]
        return datetime.fromisoformat(max(found)) if found else None

    def silent(self) -> dict[str, datetime | None]:
        """Return the providers that were asked and gave not one answer, each with its last one."""
        names = [name for name, told in self.providers.items() if told.asked > told.answered == 0]
        return {name: self.provider_answered(name) for name in names}

    def as_data(self) -> dict[str, Any]:
        """Return the night as what JSON can hold."""
        moments = {name: getattr(self, name).isoformat() for name in ("started_at", "finished_at")}
        return {"form": 1, **dataclasses.asdict(self), **moments}


@dataclass(frozen=True)
class Nights:
    """The records below a store's root."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.root / "nights"

    def keep(self, record: NightRecord, text: str) -> Path:
        """Write a night down and return its JSON file; text: the same in Markdown. Raises OSError."""
        path = self.folder / f"{record.started_at.astimezone(UTC).strftime(_STAMP)}.json"
        while path.exists():  # two nights that were missed, written down at once, differ in nothing else
            path = path.with_stem(f"{path.stem}x")
        files.write(path.with_suffix(".md"), text.encode())
        files.write(path, json.dumps(record.as_data(), ensure_ascii=False, indent=1).encode() + b"\n")
        return path

    def newest(self) -> NightRecord | None:
        """Return the last night that was written down; None where none was, or where the folder may not be read."""
        return next(self.latest(), None)

    def last_asked(self) -> NightRecord | None:
        """Return the last night in which somebody was asked."""
        return next((record for record in self.latest() if record.asked.asked), None)

    def since(self, moment: datetime) -> list[NightRecord]:
        """Return the nights that began after a moment, the newest first."""
        return list(itertools.takewhile(lambda record: record.started_at > moment, self.latest()))

    def latest(self) -> Iterator[NightRecord]:
        """Yield all nights, the newest first; records that cannot be read are passed over."""
        try:
            paths = sorted(self.folder.glob("*.json"), reverse=True)
        except OSError:
            return
        for path in paths:
            try:
                yield _from_data(json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError, KeyError):
                continue


def _from_data(data: dict[str, Any]) -> NightRecord:
    known = {one.name for one in dataclasses.fields(NightRecord)}
    given = {name: value for name, value in data.items() if name in known}
    given |= {name: tuple(given.get(name, ())) for name in ("new", "overdue", "held")}
    given["moved"] = tuple(Moved(**one) for one in data.get("moved", ()))
    given["asked"] = Tally(**data.get("asked", {}))
    given["providers"] = {name: Tally(**told) for name, told in data.get("providers", {}).items()}
    given |= {name: datetime.fromisoformat(data[name]) for name in ("started_at", "finished_at")}
    return NightRecord(**given)
