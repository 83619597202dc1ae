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
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData, Unsearchable
from pipelines.deliveries.quarantine import REASONS, Quarantine, Refusal, now
from pipelines.deliveries.receive import remove
from pipelines.formats.format_error import Fault

_SHOWN = 200
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

    def refuse(self, file: Checked) -> str:
        """Put a refused file in quarantine with its reasons, and return these (Markdown).

        A file of the inbox is moved there; one from elsewhere is copied. One that may hold personal data, or cannot be
        searched for it, stays where it is.
        """
        reasons = reasons_for(file)
        if file.sha256 is None:
            return reasons  # not read to its end: it is looked at again
        folder = self.quarantine.left(file.sha256, self.judge)
        if folder is None:
            refusal = Refusal(file.name, file.sha256, file.contract, now(), self.judge)
            gone = None
            if file.inode is not None and self.folder in file.path.parents:
                gone = partial(remove, file.path, file.sha256, file.inode)
            folder = self.quarantine.keep(refusal, reasons, file.content if file.may_be_kept else None, gone)
        what = "These reasons and the file lie" if file.may_be_kept else "These reasons lie"
        return f"{reasons}\n{what} in `{folder.parent.name}/{folder.name}`.\n"


def _is_temporary(part: str) -> bool:
    """Whether a file or folder has the name of a partial download, a lock file or a program's own file."""
    return part.startswith((".", "~$")) or part.casefold().endswith(_UNFINISHED) or part in ("Thumbs.db", "desktop.ini")


def reasons_for(file: Checked) -> str:
    """Return why a file is refused and what to do, as Markdown for its sender. Raises ValueError if it is not."""
    error = file.error
    if error is None:
        raise ValueError(f"{file.name}: nothing is wrong with it")
    lines = [f"# {file.name} was not taken", ""]
    if isinstance(error, PersonalData):
        lines += [
            "The file seems to hold **personal data**. It was not copied, and nothing of it is quoted here.",
            "",
            *(f"* {fault.place or 'the file'}: {fault.expected}" for fault in error.faults),
            "",
            "Levekår takes figures about areas only. Remove the file from where it was put, delete copies that were "
            "sent along with it, and ask for a table of counts by area. If this is a mistake, tell those who run it.",
        ]
        return "\n".join([*lines, ""])
    if isinstance(error, Unsearchable):
        lines += [
            "The file cannot be searched for **personal data**. So it was not copied, and stays where it lies.",
            "",
        ]
    if file.contract is not None:
        lines += [f"It was read by the contract `{file.contract}`. {_count(error)}", ""]
    if isinstance(error, NoContract):
        lines += [f"* {fault}" for fault in error.faults]
    else:
        lines += ["| where | what stands there | what was expected | such as |", "|---|---|---|---|"]
        lines += [_table_row(fault) for fault in error.faults[:_SHOWN]]
        if len(error.faults) > _SHOWN:
            lines.append(f"| and {len(error.faults) - _SHOWN:,} more | | | |")
    lines += [
        "",
        "What was delivered before stands and stays published. Put these right in a copy and deliver that: drop it "
        f"in the inbox, or run `levekar deliver FILE`. `{REASONS}` is for whoever made the file.",
    ]
    return "\n".join([*lines, ""])


def _table_row(fault: Fault) -> str:
    more = f" and {fault.cells - 1:,} more" if fault.cells > 1 else ""
    cells = (
        f"{fault.place or 'the file'}{more}",
        fault.found or "",
        fault.expected.removeprefix("expected "),
        fault.example or "",
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _count(error: DeliveryError) -> str:
    number = len(error.faults)
    return "One thing is wrong with it:" if number == 1 else f"{number:,} things are wrong with it:"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
