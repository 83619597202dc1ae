"""Quarantine: what was refused of deliveries, each in a folder with its reasons.

    <root>/<time>-<name>/<name>          the file, untouched; not there where it may hold personal data
    <root>/<time>-<name>/reasons.md      what its sender can do
    <root>/<time>-<name>/refusal.json    when, which file (SHA-256), by which catalogue and code

Why a file is refused belongs to `checking`.
"""

import itertools
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.deliveries.reasons import REASONS
from pipelines.storage import files

_RECORD = "refusal.json"
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Refusal:
    """One refused file. judged_by: catalogue and code. kept: it lies here. left: it still lies where it was found."""

    name: str
    sha256: str
    contract: str | None
    refused_at: str
    judged_by: str
    kept: bool = False
    left: bool = True

    @property
    def moment(self) -> str:
        """When it was refused, to the minute, for people."""
        return f"{datetime.fromisoformat(self.refused_at):%Y-%m-%d %H:%M} UTC"


class Quarantine:
    """The folders of refused files below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(
        self, refusal: Refusal, reasons: str, content: bytes | None, remove: Callable[[], bool] | None = None
    ) -> Path:
        """Make a folder for a refused file and return it.

        content: the bytes that were checked; None where they must not be kept. They are never read from the disk
        again: another file may lie there by now, which nobody has searched. remove: takes the file from where it lay,
        and tells whether it is gone.
        """
        folder = self._folder(refusal)
        files.write(folder / REASONS, reasons.encode())
        if content is not None:
            files.write(folder / safe_name(refusal.name), content)
        # Kept first and removed then: whatever happens, the file is somewhere.
        gone = content is not None and remove is not None and remove()
        record = asdict(refusal) | {"kept": content is not None, "left": not gone}
        files.write(folder / _RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n")
        return folder

    def _folder(self, refusal: Refusal) -> Path:
        moment = datetime.fromisoformat(refusal.refused_at)
        name = f"{moment:%Y%m%dT%H%M%SZ}-{safe_name(refusal.name)}"
        files.make_folder(self.root)
        for number in itertools.count(1):
            folder = self.root / (name if number == 1 else f"{name}-{number}")
            with suppress(FileExistsError):
                folder.mkdir(files.PRIVATE_FOLDER)
                break
        return folder

    def refusals(self) -> list[tuple[Path, Refusal]]:
        """Return the refused files with their folders, oldest first."""
        found = []
        for path in sorted(self.root.glob(f"*/{_RECORD}")):
            try:
                found.append((path.parent, Refusal(**json.loads(path.read_bytes()))))
            except (ValueError, TypeError):
                continue  # somebody's own note
        return found

    def left(self, sha256: str, judged_by: str) -> Path | None:
        """Return the folder of a file that the same catalogue and code refused and had to leave where it was."""
        wanted = (sha256, judged_by, True)
        newest = reversed(self.refusals())
        return next((folder for folder, file in newest if (file.sha256, file.judged_by, file.left) == wanted), None)

    @staticmethod
    def holds_file(folder: Path) -> bool:
        """Tell whether the file itself lies in the folder, beside its reasons."""
        return len(list(folder.iterdir())) > len((_RECORD, REASONS))


def safe_name(name: str) -> str:
    """Return a file name that is nothing but a name, on any system."""
    plain = re.sub(r"[^\w.,()\[\]+=@ -]", "_", Path(name.replace("\\", "/")).name).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= _LONGEST_NAME else f"{(stem or ending)[: _LONGEST_NAME - 8]}{dot}{ending[:7]}"


def now() -> str:
    """Return the moment as it is kept in a refusal."""
    return datetime.now(UTC).isoformat(timespec="seconds")
