"""`levekar export`: a folder for each format, all made of one reading of the edition, whole or not there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.exports import dcat_file, flat_files, json_stat, px_file, sdmx_file, workbook_file
from pipelines.exports.dcat_file import Publisher
from pipelines.exports.table_model import Exported, read
from pipelines.storage import files

Write = Callable[[Exported, Path], Iterator[Path]]
FORMATS: dict[str, Write] = {
    "parquet": flat_files.write_parquet,
    "csv": flat_files.write_csv,
    "json-stat": json_stat.write,
    "px": px_file.write,
    "xlsx": workbook_file.write,
    "sdmx-csv": sdmx_file.write,
}
"""What is written without knowing who publishes it."""
DCAT = "dcat"
_MARKER = ".levekar-export"


class ExportError(ValueError):
    """The package cannot be written as asked."""


@dataclass(frozen=True)
class Package:
    """What was written: the folder, and its files."""

    folder: Path
    files: tuple[Path, ...]


def export(root: Path, folder: Path, formats: Sequence[str], publisher: Publisher | None = None) -> Package:
    """Write the current edition in these formats, in place of what an export wrote there before.

    Raises NothingPublished, and ExportError for an unknown format, a folder of something else, or dcat without who
    publishes.
    """
    unknown = [name for name in formats if name not in (*FORMATS, DCAT)]
    if unknown:
        raise ExportError(f"unknown format '{unknown[0]}'; expected some of {', '.join((*FORMATS, DCAT))}")
    if DCAT in formats and publisher is None:
        raise ExportError("dcat describes what is published: it needs --publisher, --contact and --url as well")
    exported = read(root)
    try:
        with files.replacing_folder(folder, _MARKER) as made:
            names = [path.relative_to(made) for path in fill(exported, made, formats, publisher)]
    except files.HoldsOther:
        raise ExportError(f"{folder} holds something else than an export: name a new or empty folder") from None
    return Package(folder, tuple(folder / name for name in names))


def fill(
    exported: Exported, folder: Path, formats: Sequence[str], publisher: Publisher | None = None
) -> Iterator[Path]:
    """Write the formats, each into its own folder below `folder`; yield the files. The description comes last."""
    written: list[Path] = []
    for name, write in FORMATS.items():
        if name in formats:
            (folder / name).mkdir()
            written += write(exported, folder / name)
    yield from written
    if DCAT in formats and publisher is not None:
        (folder / DCAT).mkdir()
        yield from dcat_file.write(exported, folder / DCAT, publisher, written)
