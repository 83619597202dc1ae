"""The inbox: which files wait, what each of them is, and what becomes of those that are refused.

How a file is read and what is wrong with it belongs to `checking`; keeping those that are taken, to `steps.asking`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.held import Confirmation, Held, HeldFiles
from pipelines.deliveries.quarantine import Quarantine, Refusal, now
from pipelines.deliveries.reasons import reasons_for
from pipelines.deliveries.receive import remove

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")


@dataclass
class Inbox:
    """The files that wait in a folder.

    judge: version of the catalogue and code that judge the files: what one version refused, another looks at again.
    taken_before: gives the SHA-256 of all files that were ever taken. given: files that were handed over by name
    instead, already checked.
    """

    folder: Path
    rules: Rules
    quarantine: Quarantine
    held: HeldFiles
    judge: str
    taken_before: Callable[[], set[str]]
    given: tuple[Checked, ...] | None = None
    _taken: set[str] | None = field(default=None, repr=False)

    @property
    def files(self) -> list[Path]:
        """The files in the inbox and its folders, oldest first; skips partial downloads and editors' lock files."""
        found = [path for path in self.folder.rglob("*") if not path.is_dir()] if self.folder.is_dir() else []
        whole = [path for path in found if not any(map(_is_temporary, path.relative_to(self.folder).parts))]
        ages: dict[Path, float] = {}
        for path in whole:
            with suppress(FileNotFoundError):  # gone again since the folder was listed
                ages[path] = path.lstat().st_mtime
        return sorted(ages, key=lambda path: (ages[path], path.name))

    @cached_property
    def pending(self) -> list[Checked]:
        """Each file that was not looked at before, checked: those that were given, or else those of the inbox."""
        if self.given is not None:
            return list(self.given)
        read = map(checking.taken_from, self.files)
        return [checking.check(file, self.rules) for file in read if not self.is_known(file)]

    def waiting(self, contract: str | None) -> list[Checked]:
        """Return the files that wait for a contract, or (None) those that fit none."""
        return [file for file in self.pending if file.contract == contract]

    def is_known(self, file: Checked) -> bool:
        """Whether the bytes were taken, or withdrawn, or refused by the same catalogue and code, before."""
        if file.sha256 is None:
            return False
        if self._taken is None:
            self._taken = self.taken_before()
        folder = self.quarantine.left(file.sha256, self.judge)
        # One that may hold personal data, or cannot be searched, is told of each time, as long as it lies there.
        return file.sha256 in self._taken or (folder is not None and self.quarantine.holds_file(folder))

    def hold(self, file: Checked, public: str) -> Path:
        """Keep why a file is held; it stays where it lies. public: the name that readers know it by.

        Raises ValueError for a file that nothing stands out in.
        """
        if file.error is None or file.sha256 is None or file.contract is None:
            raise ValueError(f"{file.name}: nothing stands out in it")
        held = Held(file.name, file.sha256, public, file.contract, now(), len(file.error.faults))
        return self.held.hold(held, reasons_for(file.name, file.contract, file.error))

    def confirmation(self, file: Checked) -> Confirmation | None:
        """Return who says that a file is right: with the file, or since it is held."""
        return file.confirmed or (self.held.confirmation(file.sha256) if file.sha256 is not None else None)

    def refuse(self, file: Checked) -> Path | None:
        """Put a refused file in quarantine with its reasons, and return the folder; None where it was not read whole.

        A file of the inbox is moved there; one from elsewhere is copied. One that may hold personal data, or cannot be
        searched for it, stays where it is. Raises ValueError for a file that nothing is wrong with.
        """
        if file.error is None:
            raise ValueError(f"{file.name}: nothing is wrong with it")
        if file.sha256 is None:
            return None  # it is looked at again
        folder = self.quarantine.left(file.sha256, self.judge)
        if folder is None:
            refusal = Refusal(file.name, file.sha256, file.contract, now(), self.judge)
            gone = None
            if file.inode is not None and self.folder in file.path.parents:
                gone = partial(remove, file.path, file.sha256, file.inode)
            reasons = reasons_for(file.name, file.contract, file.error)
            folder = self.quarantine.keep(refusal, reasons, file.content if file.may_be_kept else None, gone)
        return folder


def _is_temporary(part: str) -> bool:
    """Whether a file or folder has the name of a partial download, a lock file or a program's own file."""
    return part.startswith((".", "~$")) or part.casefold().endswith(_UNFINISHED) or part in ("Thumbs.db", "desktop.ini")
