"""Held files: deliveries that can be read, and hold figures that stand out from what is known.

A held file is neither published nor moved: it stays where it lies, and is looked at again each night until somebody
confirms it, or puts another one in its place. Beside the quarantine is kept why it is held, and who confirmed it:

    <root>/<SHA-256, 16 letters>/reasons.md       every figure that stands out, for the analyst
    <root>/<SHA-256, 16 letters>/held.json        which file, since when, and the name that readers know it by
    <root>/<SHA-256, 16 letters>/confirmed.json   by whom, why, when; the file's record has it once the file is taken

Which figures stand out belongs to `steps.weighing`.
"""

import getpass
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.deliveries.faults import DeliveryError
from pipelines.deliveries.reasons import REASONS
from pipelines.errors import SourceError
from pipelines.formats.untrusted import in_line
from pipelines.guards import personal
from pipelines.storage import files

_HELD, _CONFIRMED = "held.json", "confirmed.json"
_LETTERS = 16
SHORTEST_NAME = 6  # letters by which a held file is named
_SHORTEST_REASON = 10


class HeldError(SourceError):
    """A confirmation that names no held file, or gives no reason; the message says what would."""


@dataclass(frozen=True)
class Confirmation:
    """Somebody's word that the figures which stand out are right. at: ISO time."""

    by: str
    reason: str
    at: str


@dataclass(frozen=True)
class Held:
    """One held file. name: the file's own. public: the name that readers know it by. since: ISO time."""

    name: str
    sha256: str
    public: str
    contract: str
    since: str
    figures: int

    @property
    def moment(self) -> str:
        """Since when, to the minute, for people."""
        return f"{datetime.fromisoformat(self.since):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class HeldFiles:
    """The held files below `root`."""

    root: Path

    def hold(self, held: Held, reasons: str) -> Path:
        """Keep why a file is held, and return the folder; since when it is stays as it was."""
        folder = self.folder(held.sha256)
        if not (folder / _HELD).is_file():
            files.write(folder / _HELD, _json(asdict(held)))
        files.write(folder / REASONS, reasons.encode())
        return folder

    def folder(self, sha256: str) -> Path:
        """Return the folder of a held file, whether or not it is there."""
        return self.root / sha256[:_LETTERS]

    def all(self) -> Iterator[Held]:
        """Yield what is held, in the order of time."""
        found = [_read(path) for path in self.root.glob(f"*/{_HELD}")]
        yield from sorted((Held(**raw) for raw in found if raw is not None), key=lambda held: held.since)

    def confirm(self, named: str, confirmation: Confirmation) -> Held:
        """Keep that a held file is right. named: how its public name, or its SHA-256, begins. Raises HeldError."""
        held = list(self.all())
        wanted = named.strip().lower()
        found = [one for one in held if one.public.startswith(wanted) or one.sha256.startswith(wanted)]
        if len(wanted) < SHORTEST_NAME or len(found) != 1:
            known = ", ".join(one.public[:12] for one in held) or "none"
            raise HeldError(
                f"'{in_line(named)}' names no held file: expected at least {SHORTEST_NAME} letters that begin the name "
                f"of one; these are held: {known}"
            )
        files.write(self.folder(found[0].sha256) / _CONFIRMED, _json(asdict(confirmation)))
        return found[0]

    def confirmation(self, sha256: str) -> Confirmation | None:
        """Return who said that a held file is right, and why."""
        raw = _read(self.folder(sha256) / _CONFIRMED)
        return Confirmation(**raw) if raw is not None else None

    @property
    def confirmed(self) -> list[str]:
        """The folders of files that were confirmed and not taken yet."""
        return sorted(path.parent.name for path in self.root.glob(f"*/{_CONFIRMED}"))

    def release(self, sha256: str) -> None:
        """Forget that a file was held: it was taken, or refused, and its record says the rest."""
        shutil.rmtree(self.folder(sha256), ignore_errors=True)


def confirmation_of(reason: str, by: str | None = None) -> Confirmation:
    """Return a confirmation by whoever runs this, or by LEVEKAR_USER. Raises HeldError for a reason that is none."""
    who = " ".join(in_line(by or os.environ.get("LEVEKAR_USER") or getpass.getuser()).split())
    return Confirmation(who, reason_of(reason, "--confirm"), datetime.now(UTC).isoformat(timespec="seconds"))


def reason_of(given: str, option: str) -> str:
    """Return a reason as it is kept. Raises DeliveryError for one that says nothing, or speaks of persons itself."""
    reason = " ".join(in_line(given).split())
    if len(reason) < _SHORTEST_REASON or personal.findings([], [("the reason", reason)]):
        expected = "expected who says so and why, such as 'the analyst: the numbers are those of projects'"
        raise DeliveryError(option, [f"{expected}. It is kept with the delivery: name no person in it"])
    return reason


def _json(raw: dict[str, object]) -> bytes:
    return json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) else None
